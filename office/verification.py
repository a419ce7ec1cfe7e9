"""Verification of cases with their money: the engine's verdict, and every journal entry against the recorded service call it belongs to.

The journal names the call by its key, instance and token; the history holds what the call was asked and answered. Both ways must agree: a call
that moves money has its one entry, an entry of a case has its call. What is compared and what is not: docs/explanation/verification.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, or_, select

import engine
from engine import Deviation, Verdict
from models.base import session
from models.billing import DEBIT_NORMAL, JournalEntry, LedgerAccount, Posting
from models.complaint import Complaint
from models.customer import Subscription
from models.instance import ProcessInstance
from service_tasks import effects

AT_ONCE = 100


@dataclass(frozen=True)
class Call:
    """An answered service call that moves money, as the history has it."""

    seq: int
    at: datetime
    move: effects.Move


def verify(instance_id: int) -> Verdict:
    """The verdict on one case. Errors: UnknownInstance."""
    for verdict in verify_each([instance_id]):
        return verdict
    raise engine.UnknownInstance(instance=instance_id)


def verify_each(ids: Iterable[int]) -> Iterator[Verdict]:
    """The verdicts on these cases, money included; ids that name none are left out."""
    wanted = list(ids)
    for start in range(0, len(wanted), AT_ONCE):
        verdicts = list(engine.verify_each(wanted[start : start + AT_ONCE]))
        journal = _journal(verdicts)
        for verdict in verdicts:
            found = _ledger(verdict, journal[verdict.instance_id]) if _readable(verdict) else ()
            yield replace(verdict, deviations=(*verdict.deviations, *found))


def _readable(verdict: Verdict) -> bool:
    return bool(verdict.history)


def verify_office() -> list[Deviation]:
    """What belongs to no single case: published versions, streams, balances, entries and complaints of cases that are gone."""
    return [*engine.verify_definitions(), *engine.verify_streams(), *_balances(), *_strays(), *_complaints()]


def _journal(verdicts: Sequence[Verdict]) -> Mapping[int, list[Any]]:
    """The postings of these cases by instance: those under a key of theirs, and those that bear their number."""
    by_number = {verdict.business_key: verdict.instance_id for verdict in verdicts}
    prefixes = [JournalEntry.key.like(f"{verdict.instance_id}:%") for verdict in verdicts]
    query = _postings().where(or_(JournalEntry.case_number.in_(by_number), *prefixes))
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session().execute(query):
        owner = _instance_of(row.key)
        found[owner if owner is not None else by_number.get(row.case_number, 0)].append(row)
    return found


def _postings() -> Any:
    debit, credit = LedgerAccount.__table__.alias("debit"), LedgerAccount.__table__.alias("credit")
    debited, credited = Subscription.__table__.alias("debited"), Subscription.__table__.alias("credited")
    return (
        select(
            JournalEntry.key,
            JournalEntry.at,
            JournalEntry.kind,
            JournalEntry.case_number,
            Posting.amount,
            debit.c.kind.label("debit"),
            debited.c.msisdn.label("debit_number"),
            credit.c.kind.label("credit"),
            credited.c.msisdn.label("credit_number"),
        )
        .outerjoin(Posting, Posting.entry_id == JournalEntry.id)
        .outerjoin(debit, debit.c.id == Posting.debit_account_id)
        .outerjoin(credit, credit.c.id == Posting.credit_account_id)
        .outerjoin(debited, debited.c.id == debit.c.subscription_id)
        .outerjoin(credited, credited.c.id == credit.c.subscription_id)
        .order_by(JournalEntry.id, Posting.line)
    )


def _instance_of(key: str) -> int | None:
    """The instance that a journal key such as 17:4 names."""
    instance, _, token = key.partition(":")
    return int(instance) if instance.isdecimal() and token.isdecimal() else None


def _ledger(verdict: Verdict, rows: list[Any]) -> Iterator[Deviation]:
    """Every posting of a case against its calls, both ways."""
    calls = _calls(verdict)
    seen = set()
    last = verdict.entries
    for row in rows:
        call = calls.get(row.key)
        if call is None or row.key in seen:
            yield Deviation(
                verdict.instance_id, "ledger", last, f"journal entry {row.key} belongs to no recorded service call"
            )
            continue
        seen.add(row.key)
        wrong = [name for name, one, other in _sides(row, call, verdict.business_key) if not _agrees(one, other)]
        if wrong:
            yield Deviation(verdict.instance_id, "ledger", call.seq, f"journal entry {row.key}: {', '.join(wrong)}")
    for key in sorted(calls.keys() - seen):
        yield Deviation(verdict.instance_id, "ledger", calls[key].seq, f"journal entry {key} is missing")


def _calls(verdict: Verdict) -> dict[str, Call]:
    """The calls that moved money by journal key; what a person settled by hand moved none here."""
    given: dict[int, Mapping[str, Any]] = {}
    found = {}
    for entry in verdict.history:
        by_hand = entry.steps[0]["token"] if entry.steps[0]["type"] == "incident_resolved" else None
        for step in entry.steps:
            if step["type"] == "job_created":
                given[step["token"]] = step["parameters"]
            elif step["type"] == "job_completed" and step["topic"] in effects.MOVING and step["token"] != by_hand:
                move = effects.expected(step["topic"], given.get(step["token"], {}), step["result"])
                if move is not None:
                    found[f"{verdict.instance_id}:{step['token']}"] = Call(entry.seq, entry.at, move)
    return found


def _sides(row: Any, call: Call, number: str) -> Iterator[tuple[str, Any, Any]]:
    yield "case", row.case_number, number
    yield "at", row.at, call.at
    yield "kind", row.kind, call.move.kind
    yield "amount", row.amount, call.move.amount
    yield "debit", (row.debit, row.debit_number), call.move.debit
    yield "credit", (row.credit, row.credit_number), call.move.credit


def _agrees(row: Any, call: Any) -> bool:
    if isinstance(call, tuple):
        return all(other in (one, effects.ANY) for one, other in zip(row, call, strict=True))
    return bool(row == call)


def _balances() -> Iterator[Deviation]:
    """A balance is the sum of its postings, in the account's own direction."""
    into = case((LedgerAccount.kind.in_(DEBIT_NORMAL), 1), else_=-1)
    moved: dict[int, int] = defaultdict(int)
    for side, sign in ((Posting.debit_account_id, 1), (Posting.credit_account_id, -1)):
        sums = select(LedgerAccount.id, func.sum(Posting.amount * into * sign)).join(Posting, side == LedgerAccount.id)
        for account, amount in session().execute(sums.group_by(LedgerAccount.id)):
            moved[account] += int(amount)
    kept = select(LedgerAccount.id, LedgerAccount.kind, LedgerAccount.balance).where(LedgerAccount.balance.is_not(None))
    for account, kind, balance in session().execute(kept.order_by(LedgerAccount.id)):
        if balance != moved[account]:
            yield Deviation(
                0, "ledger", 0, f"account {account} ({kind}) stands at {balance}, its postings make {moved[account]}"
            )


def _strays() -> Iterator[Deviation]:
    """Journal entries whose case is gone or never was, entries without lines and lines without an entry."""
    known = set(session().scalars(select(ProcessInstance.id)))
    numbers = set(session().scalars(select(ProcessInstance.business_key)))
    lines = select(Posting.entry_id)
    for entry in session().scalars(lines.where(Posting.entry_id.not_in(select(JournalEntry.id))).distinct()):
        yield Deviation(0, "ledger", 0, f"postings of entry {entry} without the entry")
    empty = set(session().scalars(select(JournalEntry.id).where(JournalEntry.id.not_in(lines))))
    for row in session().execute(select(JournalEntry.id, JournalEntry.key, JournalEntry.case_number)):
        owner = _instance_of(row.key)
        if row.id in empty:
            yield Deviation(owner or 0, "ledger", 0, f"journal entry {row.key} has no lines")
        elif (owner is not None and owner not in known) or (row.case_number and row.case_number not in numbers):
            yield Deviation(owner or 0, "missing", 0, f"journal entry {row.key}: its case {row.case_number} is gone")


def _complaints() -> Iterator[Deviation]:
    """Complaints must name the instance that bears their number."""
    query = select(Complaint.case_number, Complaint.instance_id, ProcessInstance.business_key)
    joined = query.outerjoin(ProcessInstance, ProcessInstance.id == Complaint.instance_id)
    for number, instance_id, business_key in session().execute(joined.order_by(Complaint.case_number)):
        if business_key is None:
            yield Deviation(instance_id or 0, "missing", 0, f"complaint {number}: its case is gone")
        elif business_key != number:
            yield Deviation(instance_id or 0, "rows", 1, f"complaint {number} names the case {business_key}")
