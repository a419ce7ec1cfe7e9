"""Verification of cases with their money: the engine's verdict, and every journal entry against the recorded service call it belongs to.

The journal names the call by its key, instance and token; the history holds what the call was asked and answered. Both ways must agree: a call
that moves money has its one entry, an entry of a case has its call. So it is of an erased case, whose amounts nobody hid. What is compared and what is not: docs/explanation/verification.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Select, case, func, or_, select

import engine
from engine import proof, record, running
from engine.proof import Deviation, Verdict
from engine.record.person_steps import OfficeVerified
from models import cells
from models.base import Base, session
from models.billing import DEBIT_NORMAL, JournalEntry, LedgerAccount, Posting
from models.cells import UNREADABLE, as_stored
from models.complaint import Complaint
from models.customer import Subscription
from models.instance import CaseKey, ProcessInstance
from office import derived, erasure
from office.derived import totals
from office.derived.calls import answered
from service_tasks import effects

AT_ONCE = 100
CASE_BY_CASE = frozenset(
    ("entry", "definition", "instance", "case_key", "user_task", "timer", "message_subscription", "incident")
)
STANDS_IN = {
    "key": "journal_entry.key",
    "at": "journal_entry.at",
    "kind": "journal_entry.kind",
    "case_number": "journal_entry.case_number",
    "amount": "posting.amount",
    "debit": "ledger_account.kind",
    "debit_number": "subscription.msisdn",
    "credit": "ledger_account.kind",
    "credit_number": "subscription.msisdn",
}


@dataclass(frozen=True)
class Call:
    """An answered service call that moves money, as the history has it, and what it moves in order."""

    seq: int
    at: datetime
    moves: tuple[effects.Move, ...]


class _Instance(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def business_key(self) -> str: ...


class _Posted(Protocol):
    """A posting as it stands in the journal; a cell of no sense holds UNREADABLE."""

    @property
    def id(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def kind(self) -> str: ...
    @property
    def case_number(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def debit(self) -> str: ...
    @property
    def debit_number(self) -> str: ...
    @property
    def credit(self) -> str: ...
    @property
    def credit_number(self) -> str: ...


def verify(instance_id: int) -> Verdict:
    """Return the verdict on one case. Errors: UnknownInstance."""
    for verdict in verify_each([instance_id]):
        return verdict
    raise running.UnknownInstance(instance=instance_id)


def verify_each(ids: Iterable[int]) -> Iterator[Verdict]:
    """Yield the verdicts on these cases, money included; ids that name none are left out."""
    instance_ids = list(ids)
    for start in range(0, len(instance_ids), AT_ONCE):
        verdicts = list(proof.verify_each(instance_ids[start : start + AT_ONCE]))
        journal, remains, beside = _journal(verdicts), _left(verdicts), _beside(verdicts)
        for verdict in verdicts:
            deviations = [*_ledger(verdict, journal[verdict.instance_id])] if verdict.whole else []
            deviations += [
                Deviation(verdict.instance_id, "rows", verdict.entries, difference)
                for difference in remains[verdict.business_key]
            ]
            deviations += beside[verdict.instance_id]
            yield replace(verdict, deviations=(*verdict.deviations, *deviations))


def _beside(verdicts: Sequence[Verdict]) -> Mapping[int, list[Deviation]]:
    """Return what the rows beside these cases say otherwise than their records, by instance."""
    by_instance: dict[int, list[Deviation]] = defaultdict(list)
    for deviation in derived.deviations(verdicts):
        by_instance[deviation.instance_id].append(deviation)
    return by_instance


def _left(verdicts: Sequence[Verdict]) -> Mapping[str, list[str]]:
    """Return what is still there of the personal data of erased cases, by case number."""
    erased = {verdict.business_key: verdict.erasure.extent for verdict in verdicts if verdict.erasure is not None}
    earlier = {f"{Complaint.__tablename__}.{name}" for name in erasure.LATER}
    remains: dict[str, list[str]] = defaultdict(list)
    for number, column in erasure.left(list(erased)) if erased else ():
        if erased[number] == 1 and column in earlier:
            continue
        remains[number].append(f"{column} is still there, though the personal data were erased")
    return remains


def record_run(cases: int, entries: int, deviations: int, at: datetime) -> bool:
    """Write down that the whole office was verified and with which result, for those who cannot verify it; whether that could be done."""
    act: OfficeVerified = {"type": "office_verified", "cases": cases, "entries": entries, "deviations": deviations}
    outcome = running.survive("verification", lambda: record.record_act(act, by=engine.SYSTEM, at=at))
    return not isinstance(outcome, record.Failed)


def verify_office() -> list[Deviation]:
    """Return what belongs to no single case: published versions, streams, balances, entries, keys and complaints of cases that are gone, cells of no sense, tables that are missing."""
    questions = (
        proof.verify_definitions,
        proof.verify_streams,
        proof.verify_registers,
        _balances,
        _strays,
        _keys,
        _complaints,
        totals.verify_lines,
        totals.verify_receipts,
        totals.verify_exchanges,
        totals.verify_reviews,
        totals.verify_liabilities,
        totals.verify_orders,
        _cells,
    )
    return verify_schema() + [deviation for question in questions for deviation in _survived(question)]


def verify_schema() -> list[Deviation]:
    """Return tables and columns that the database lacks; as long as any is missing no case can be looked at."""
    deviations = []
    for table, columns in cells.absent(Base.metadata.sorted_tables).items():
        lacks = [f"column {table}.{name} is missing" for name in columns] or [f"table {table} is missing"]
        deviations += [Deviation(0, "missing", 0, f"{lack}; put the database back from a backup") for lack in lacks]
    return deviations


def _survived(question: Callable[[], Iterable[Deviation]]) -> list[Deviation]:
    """Return the answer; a question that cannot be answered keeps no other from being asked."""
    name = question.__name__.removeprefix("verify").strip("_").replace("_", " ")
    answer = running.survive(name, lambda: list(question()))
    if isinstance(answer, record.Failed):
        return [
            Deviation(0, "unverifiable", 0, f"{name} cannot be verified: what is needed is missing or cannot be read")
        ]
    return answer


def _cells() -> Iterator[Deviation]:
    """Yield cells that hold nothing their column can hold, in every table that is not looked at case by case."""
    tables = Base.metadata.sorted_tables
    looked_at = CASE_BY_CASE | cells.absent(tables).keys()
    for table in tables:
        if table.name not in looked_at:
            yield from (Deviation(0, "cell", 0, f"{table.name} {row}.{name}") for row, name in cells.wrong_in(table))


def _journal(verdicts: Sequence[Verdict]) -> Mapping[int, list[_Posted]]:
    """Return the postings of these cases by instance: those under a key of theirs, and those that bear their number."""
    by_number = {verdict.business_key: verdict.instance_id for verdict in verdicts}
    prefixes = [JournalEntry.key.like(f"{verdict.instance_id}:%") for verdict in verdicts]
    query = _postings().where(or_(JournalEntry.case_number.in_(by_number), *prefixes))
    postings: dict[int, list[_Posted]] = defaultdict(list)
    rows: list[_Posted] = cells.rows(query)
    for row in rows:
        owner = _instance_of(row.key)
        postings[owner if owner is not None else by_number.get(row.case_number, 0)].append(row)
    return postings


def _postings() -> Select[Any]:
    debit, credit = LedgerAccount.__table__.alias("debit"), LedgerAccount.__table__.alias("credit")
    debited, credited = Subscription.__table__.alias("debited"), Subscription.__table__.alias("credited")
    beside = ((debit.c.kind, "debit"), (debited.c.msisdn, "debit_number"), (credit.c.kind, "credit"))
    return (
        select(
            *map(as_stored, (JournalEntry.id, JournalEntry.key, JournalEntry.at, JournalEntry.kind)),
            as_stored(JournalEntry.case_number),
            as_stored(Posting.amount, nullable=True),
            *(as_stored(column, nullable=True).label(name) for column, name in beside),
            as_stored(credited.c.msisdn, nullable=True).label("credit_number"),
        )
        .outerjoin(Posting, Posting.entry_id == JournalEntry.id)
        .outerjoin(debit, debit.c.id == Posting.debit_account_id)
        .outerjoin(credit, credit.c.id == Posting.credit_account_id)
        .outerjoin(debited, debited.c.id == debit.c.subscription_id)
        .outerjoin(credited, credited.c.id == credit.c.subscription_id)
        .order_by(JournalEntry.id, Posting.line)
    )


def _instance_of(key: object) -> int | None:
    """Return the instance that a journal key such as 17:4 names."""
    if not isinstance(key, str):  # nothing that can be read
        return None
    instance, _, token = key.partition(":")
    return int(instance) if instance.isdecimal() and token.isdecimal() else None


def _ledger(verdict: Verdict, rows: list[_Posted]) -> Iterator[Deviation]:
    """Hold every posting of a case against its calls, both ways."""
    calls = _calls(verdict)
    counts: dict[str, int] = defaultdict(int)
    last = verdict.entries
    for row in rows:
        damaged = cells.unreadable(row)
        place = counts[row.key]
        counts[row.key] += 1
        if damaged:
            entry_name = f"journal entry {row.id} ({row.key})"
            yield from (
                Deviation(verdict.instance_id, "cell", last, f"{entry_name}: {STANDS_IN.get(name, name)}")
                for name in damaged
            )
            continue
        call = calls.get(row.key)
        if call is None or place >= len(call.moves):
            yield Deviation(
                verdict.instance_id, "ledger", last, f"journal entry {row.key} belongs to no recorded service call"
            )
            continue
        sides = _sides(row, call, call.moves[place], verdict.business_key)
        wrong = [name for name, in_row, in_call in sides if not _agrees(in_row, in_call)]
        if wrong:
            yield Deviation(verdict.instance_id, "ledger", call.seq, f"journal entry {row.key}: {', '.join(wrong)}")
    for key in sorted(key for key in calls if counts[key] < len(calls[key].moves)):
        missing = f"journal entry {key} is missing" if not counts[key] else f"journal entry {key}: lines are missing"
        yield Deviation(verdict.instance_id, "ledger", calls[key].seq, missing)


def _calls(verdict: Verdict) -> dict[str, Call]:
    """Return the calls and acts that moved money by journal key; what a person settled by hand moved none here."""
    calls = {}
    for call in answered(verdict):
        moves = effects.expected(call.topic, call.parameters, call.result) if call.topic in effects.MOVING else ()
        if moves:
            calls[call.key] = Call(call.seq, call.at, moves)
    for entry in verdict.history:
        for step in entry.steps:
            if step["type"] == "hold_lifted":
                result = {"outcome": step.get("outcome", "rejected"), "amount": step["amount"]}
                moves = effects.expected("charge_hold/settle", {}, result)
                calls[step["key"]] = Call(entry.seq, entry.at, moves)
            elif step["type"] == "credit_reversed" and step["entry"] in calls:
                moves = effects.other_way(
                    calls[step["entry"]].moves, step.get("owed", 0), handed_back="handed_back" in step
                )
                calls[step["key"]] = Call(entry.seq, entry.at, moves)
    return calls


def _sides(row: _Posted, call: Call, move: effects.Move, number: str) -> Iterator[tuple[str, object, object]]:
    yield "case", row.case_number, move.case or number
    yield "at", row.at, call.at
    yield "kind", row.kind, move.kind
    yield "amount", row.amount, move.amount
    yield "debit", (row.debit, row.debit_number), move.debit
    yield "credit", (row.credit, row.credit_number), move.credit


def _agrees(row: object, call: object) -> bool:
    if isinstance(call, tuple) and isinstance(row, tuple):
        return all(expected in (actual, effects.ANY) for actual, expected in zip(row, call, strict=True))
    return row == call


def _balances() -> Iterator[Deviation]:
    """Verify that a balance is the sum of its postings, in the account's own direction."""
    into = case((LedgerAccount.kind.in_(DEBIT_NORMAL), 1), else_=-1)
    totals: dict[int, int] = defaultdict(int)
    for side, sign in ((Posting.debit_account_id, 1), (Posting.credit_account_id, -1)):
        sums = select(LedgerAccount.id, func.sum(Posting.amount * into * sign)).join(Posting, side == LedgerAccount.id)
        for account, amount in session().execute(sums.group_by(LedgerAccount.id)):
            totals[account] += int(amount or 0)
    columns = map(as_stored, (LedgerAccount.id, LedgerAccount.kind, LedgerAccount.balance))
    query = select(*columns).where(LedgerAccount.balance.is_not(None))
    accounts: list[tuple[int, str, int]] = cells.rows(query.order_by(LedgerAccount.id))
    for account, kind, balance in accounts:
        if balance is not UNREADABLE and balance != totals[account]:
            yield Deviation(
                0, "ledger", 0, f"account {account} ({kind}) stands at {balance}, its postings make {totals[account]}"
            )


def _strays() -> Iterator[Deviation]:
    """Yield journal entries whose case is gone or never was, entries without lines and lines without an entry."""
    instances: list[_Instance] = cells.rows(
        select(as_stored(ProcessInstance.id), as_stored(ProcessInstance.business_key))
    )
    ids, numbers = {row.id for row in instances}, {row.business_key for row in instances}
    lines = select(Posting.entry_id)
    orphans = select(as_stored(Posting.entry_id)).where(Posting.entry_id.not_in(select(JournalEntry.id))).distinct()
    without: list[tuple[int]] = cells.rows(orphans)
    for (entry_id,) in without:
        yield Deviation(0, "ledger", 0, f"postings of entry {entry_id} without the entry")
    unposted: list[tuple[int]] = cells.rows(select(as_stored(JournalEntry.id)).where(JournalEntry.id.not_in(lines)))
    empty = {entry_id for (entry_id,) in unposted}
    columns = map(as_stored, (JournalEntry.id, JournalEntry.key, JournalEntry.case_number))
    entries: list[tuple[int, str, str | None]] = cells.rows(select(*columns))
    for entry_id, key, number in entries:
        owner = _instance_of(key)
        if entry_id in empty:
            yield Deviation(owner or 0, "ledger", 0, f"journal entry {key} has no lines")
        elif (owner is not None and owner not in ids) or (number and number not in numbers):
            yield Deviation(owner or 0, "missing", 0, f"journal entry {key}: its case {number} is gone")


def _keys() -> Iterator[Deviation]:
    """Yield keys of cases that are gone or never were."""
    strays = select(as_stored(CaseKey.instance_id)).where(CaseKey.instance_id.not_in(select(ProcessInstance.id)))
    ids: list[tuple[object]] = cells.rows(strays.order_by(CaseKey.instance_id))
    for (instance_id,) in ids:
        yield Deviation(_id(instance_id), "missing", 0, f"case_key {instance_id}: its case is gone")


def _complaints() -> Iterator[Deviation]:
    """Check that complaints name the instance that bears their number."""
    columns = as_stored(Complaint.case_number), as_stored(Complaint.instance_id)
    query = select(*columns, as_stored(ProcessInstance.business_key, nullable=True))
    joined = query.outerjoin(ProcessInstance, ProcessInstance.id == Complaint.instance_id)
    complaints: list[tuple[object, object, object]] = cells.rows(joined.order_by(Complaint.case_number))
    for number, instance_id, business_key in complaints:
        if business_key is None:
            yield Deviation(_id(instance_id), "missing", 0, f"complaint {number}: its case is gone")
        elif business_key != number:
            yield Deviation(_id(instance_id), "rows", 1, f"complaint {number} names the case {business_key}")


def _id(stored: object) -> int:
    return stored if isinstance(stored, int) else 0
