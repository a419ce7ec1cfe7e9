"""Always true: what verification covers cannot be changed without being found, and what nobody touched is never accused.

The cases are the agreed scenarios, played into one database. Which tables and columns are covered stands in docs/explanation/verification.md.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Table, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine import ground, proof, runtime
from engine.proof import Deviation
from models.base import Base, scratch
from models.billing import DEBIT_NORMAL, JournalEntry, LedgerAccount, Posting
from models.calendar import CalendarVersion
from models.definition import ProcessDefinition
from models.entry import HistoryEntry
from models.head import StreamHead
from models.incident import Incident
from models.instance import CaseKey, ProcessInstance
from models.liability import Liability, LiabilityPart
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask
from models.work_order import WorkOrder, WorkOrderAct, WorkOrderCase
from office import composition, verification
from tests.support import population
from tests.support.tampering import disarm
from tests.support.worlds import played

MUTATIONS = 200
THOUSAND = 1_000
ATTEMPTS = 5
# A few cases with everything that is covered but incidents; the last leaves timers, so nothing that lets days pass may come after it.
PLAYED = (
    "However well it went, a case with a work order is evaluated",
    "Rejected on Thursday, due again",
    "Whoever was named objects, an agency is named in their place and accepts",
    "The supervisor forwards to the department and approves after its answer",
    "Two cases on one work order, each is answered, one repaid, the other explained",
)
COVERED: dict[Any, tuple[str, ...]] = {
    HistoryEntry: ("stream", "stream_id", "sequence", "at", "actor", "body", "previous", "hash", "mac"),
    ProcessInstance: (
        "business_key",
        "definition_id",
        "key",
        "state",
        "started_at",
        "ended_at",
        "due_at",
        "paused_at",
        "overdue",
        "sequence",
        "head",
        "state_blob",
        "ordinal",
        "head_mac",
    ),
    StreamHead: ("stream", "stream_id", "ordinal", "sequence", "head", "mac"),
    UserTask: (
        "instance_id",
        "token",
        "business_key",
        "process_key",
        "element_id",
        "name",
        "form",
        "group_code",
        "assignee",
        "state",
        "created_at",
        "due_at",
        "paused_at",
        "overdue",
        "completed_at",
        "completed_by",
    ),
    Timer: ("instance_id", "token", "element_id", "due_at"),
    MessageSubscription: ("instance_id", "token", "element_id", "message", "correlation_key"),
    Incident: (
        "instance_id",
        "token",
        "element_id",
        "topic",
        "kind",
        "message",
        "trace",
        "state",
        "opened_at",
        "resolved_at",
        "resolved_by",
        "reason",
    ),
    CaseKey: ("wrapped",),
    CalendarVersion: ("content",),
    ProcessDefinition: (
        "key",
        "version",
        "name",
        "sha256",
        "package",
        "published_at",
        "published_by",
        "approved_by",
        "note",
    ),
    JournalEntry: ("key", "at", "kind", "case_number"),
    Posting: ("entry_id", "debit_account_id", "credit_account_id", "amount"),
    LedgerAccount: ("balance",),
    Liability: (
        *("case_number", "cause", "amount", "bearer", "name", "unit", "state", "opened_at"),
        *("named_at", "named_by", "objection", "decided_at", "decided_by"),
    ),
    LiabilityPart: ("liability_id", "key", "amount", "at"),
    WorkOrder: (
        *("key", "number", "instance_id", "case_number", "department", "about", "question", "state", "opened_at"),
        *("opened_by", "half_at", "due_at", "due_whole_at", "chased", "reported_at", "finding", "cause", "proposal"),
        *("line_amount", "unit", "person", "answered_at", "answered_by", "verified_at", "verified_by"),
    ),
    WorkOrderCase: ("order_id", "instance_id", "case_number", "joined_at", "joined_by", "left_at", "how"),
    WorkOrderAct: ("key", "order_id", "kind", "at", "by_whom", "case_number", "text"),
}
FORBIDDEN_TO_DELETE = {CaseKey, LedgerAccount}  # a key deleted is a case erased; an account is what postings name
STATES = {
    "instance": ("active", "completed", "cancelled"),
    "user_task": ("open", "completed", "cancelled"),
    "liability": ("to_name", "named", "objected", "stands", "paid"),
    "work_order": ("open", "answered", "closed", "dropped"),
}


@pytest.fixture(scope="module")
def tampered_cases() -> Iterator[Session]:
    """A few cases in one database that lets itself be tampered with."""
    with runtime.entered(_office()), played(PLAYED) as session:
        yield session


@contextmanager
def _many_cases() -> Iterator[Session]:
    """Some dozens of cases of a handful of processes, in the same way."""
    with runtime.entered(_office()), scratch() as session:
        population.publish()
        population.play_some(("TS-001", "TS-002", "TS-007", "SUB-001", "SUB-002", "BATCH"))
        disarm(session)
        yield session


def _office() -> runtime.Runtime:
    """What an office writes beside its cases is written here too."""
    return composition.runtime(ground.ephemeral_keys())


def deviations() -> list[Deviation]:
    """Everything that verification of the whole office finds."""
    found = [one for verdict in verification.verify_each(proof.every_instance()) for one in verdict.deviations]
    return found + verification.verify_office()


def noticed() -> bool:
    """Whether verification finds anything, case by case and then in what belongs to none."""
    verdicts = (verdict for case in proof.every_instance() for verdict in verification.verify_each([case]))
    return any(verdict.deviations for verdict in verdicts) or bool(verification.verify_office())


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """Whatever happens inside is rolled back."""
    session.rollback()
    session.execute(text("BEGIN"))
    try:
        yield
    finally:
        session.rollback()
        session.expunge_all()


@pytest.mark.slow
def test_every_single_alteration_is_found(tampered_cases: Session) -> None:
    """Every covered column with another value, every table with a row less and a row more, histories swapped and gone: each on its own, not one goes unnoticed."""
    chance = random.Random(20261123)
    assert deviations() == []
    assert {model for model in COVERED if not _rows(tampered_cases, model.__table__)} == {Incident}
    unnoticed = [_unnoticed(tampered_cases, alteration) for alteration in _alterations(tampered_cases, chance)]
    assert not any(unnoticed), "\n".join(filter(None, unnoticed))


@pytest.mark.long
def test_two_hundred_alterations_among_many_cases_are_found() -> None:
    """The same by chance, of any row of many cases."""
    chance = random.Random(20261123)
    with _many_cases() as office:
        assert deviations() == []
        unnoticed = [_unnoticed(office, lambda: _tamper(office, chance)) for _number in range(MUTATIONS)]
    assert not any(unnoticed), "\n".join(filter(None, unnoticed))


def _alterations(session: Session, chance: random.Random) -> Iterator[Callable[[], str]]:
    """Yield every kind of alteration of every table once."""
    for model, columns in COVERED.items():
        yield from (partial(_change, session, model, chance, column) for column in columns)
        yield partial(_delete, session, model, chance)
        yield partial(_insert, session, model, chance)
    for alter in (_swap, _delete_case, _delete_stream):
        yield partial(alter, session, HistoryEntry, chance)


def _unnoticed(session: Session, alter: Callable[[], str]) -> str:
    """What was done and not found; empty when it was, or when after some attempts there was nothing to alter or the database refused."""
    for _attempt in range(ATTEMPTS):
        with undone(session), suppress(IntegrityError):
            if alteration := alter():
                return "" if noticed() else alteration
    return ""


def _tamper(session: Session, chance: random.Random) -> str:
    """What was done; empty when there was nothing to alter."""
    kinds: list[Callable[..., str]] = [_change] * 6 + [_delete] * 2 + [_insert, _swap, _delete_case, _delete_stream]
    model = chance.choice(list(COVERED))
    return chance.choice(kinds)(session, model, chance)


def _rows(session: Session, table: Table) -> list[Any]:
    return list(session.execute(select(table).order_by(*table.primary_key.columns)))


def _is_covered(session: Session, model: Any, row: Any) -> bool:
    """The operator's own accounts keep no balance; what billing entered of itself, and that an order was opened, stand in no case's history."""
    if model is LedgerAccount:
        return row.balance is not None
    if model is WorkOrderAct:
        return row.kind != "acknowledged"
    if model in (JournalEntry, Posting):
        entry = row.id if model is JournalEntry else row.entry_id
        return session.scalar(select(JournalEntry.case_number).where(JournalEntry.id == entry)) is not None
    return True


def _where(table: Table, row: Any) -> list[Any]:
    return [column == getattr(row, column.name) for column in table.primary_key.columns]


def _change(session: Session, model: Any, chance: random.Random, column: str = "") -> str:
    """One column of one row, any that is covered unless it is named, gets another value."""
    table, name = model.__table__, column or chance.choice(COVERED[model])
    rows = [row for row in _rows(session, table) if _is_covered(session, model, row)]
    if not rows:
        return ""
    row = chance.choice(rows)
    value = _other(getattr(row, name), name, table, chance)
    session.execute(update(table).where(*_where(table, row)).values({name: value}))
    return f"{table.name}.{name} of {_named(table, row)} from {getattr(row, name)!r:.60} to {value!r:.60}"


def _other(value: Any, name: str, table: Table, chance: random.Random) -> Any:
    """A plausible other value of the same kind."""
    if name == "state" and table.name in STATES:
        return chance.choice([state for state in STATES[table.name] if state != value])
    if value is None:
        kind = str(table.c[name].type)
        return datetime(2026, 3, 9, 8, tzinfo=UTC) if "DATETIME" in kind else "mallory"
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + chance.choice((1, 100, 1000))
    if isinstance(value, datetime):
        return value + timedelta(seconds=chance.choice((-3600, 1, 60)))
    if isinstance(value, bytes):
        if not value:
            return b"\x00"
        place = chance.randrange(len(value))
        return value[:place] + bytes([value[place] ^ 1 << chance.randrange(8)]) + value[place + 1 :]
    return f"{value[:-1]}x" if len(value) > 1 and chance.random() < 0.5 else f"{value}1"


def _delete(session: Session, model: Any, chance: random.Random) -> str:
    """One row goes."""
    table = model.__table__
    rows = [row for row in _rows(session, table) if model is not WorkOrderAct or _is_covered(session, model, row)]
    if model in FORBIDDEN_TO_DELETE or not rows:
        return _change(session, model, chance)
    row = chance.choice(rows)
    session.execute(delete(table).where(*_where(table, row)))
    return f"{table.name} {_named(table, row)} deleted"


def _insert(session: Session, model: Any, chance: random.Random) -> str:
    """One row comes that was not there: a copy of another under a key of its own."""
    table = model.__table__
    rows = [row for row in _rows(session, table) if model is not WorkOrderAct or _is_covered(session, model, row)]
    if model in (CalendarVersion, CaseKey, LedgerAccount) or not rows:
        return _change(session, model, chance)
    row = chance.choice(rows)
    fresh = {**row._mapping, **_fresh_key(session, table, row)}
    session.execute(insert(table).values(fresh))
    return f"{table.name} {_named(table, row)} inserted again as {fresh!r:.80}"


def _fresh_key(session: Session, table: Table, row: Any) -> dict[str, Any]:
    if table.name == "entry":
        return {"sequence": row.sequence + 100 if row.sequence > 1 else 2 + 100}
    if table.name == "posting":
        return {"line": row.line + 7}
    if table.name == "stream_head":
        return {"stream_id": f"{row.stream_id}9"}
    if table.name in ("timer", "message_subscription"):
        return {"token": row.token + 500}
    if table.name == "work_order_case":
        return {"instance_id": session.scalar(select(func.max(ProcessInstance.id))) - row.instance_id + 1}
    top = session.scalar(select(func.max(table.c.id))) + 1
    if {"key", "order_id"} <= set(table.c.keys()) or table.name in ("work_order", "liability_part"):
        return {"id": top, "key": f"{row.key}9", **({"number": f"{row.number}9"} if table.name == "work_order" else {})}
    if table.name == "liability":
        return {"id": top, "cause": f"{row.cause}9"}
    more: dict[str, dict[str, Any]] = {"user_task": {"token": 900}, "definition": {"version": 77}}
    if table.name == "journal_entry":
        return {"id": top, "key": f"{row.key}9"}
    return {"id": top, **more.get(table.name, {})}


def _swap(session: Session, model: Any, chance: random.Random) -> str:
    """Two neighbouring rows of a history, or of a case, change places."""
    table = HistoryEntry.__table__
    rows = [row for row in _rows(session, table) if row.stream == "instance"]
    pairs = [(a, b) for a, b in pairwise(rows) if a.stream_id == b.stream_id]
    one, other = chance.choice(pairs)
    session.execute(update(table).where(*_where(table, one)).values(sequence=-1))
    session.execute(update(table).where(*_where(table, other)).values(sequence=one.sequence))
    back = (table.c.stream == one.stream, table.c.stream_id == one.stream_id, table.c.sequence == -1)
    session.execute(update(table).where(*back).values(sequence=other.sequence))
    return f"entries {one.sequence} and {other.sequence} of {one.stream_id} swapped"


def _delete_case(session: Session, _model: Any, chance: random.Random) -> str:
    """A case goes whole: every row of every table that names it, its money with it, and the balances are made to fit."""
    return _without(session, chance.choice(_cases(session)))


def _cases(session: Session) -> list[Any]:
    columns = (ProcessInstance.id, ProcessInstance.business_key)
    return list(session.execute(select(*columns).order_by(ProcessInstance.id)))


def _without(session: Session, case: Any) -> str:
    names = {"instance_id": case.id, "case_number": case.business_key, "business_key": case.business_key}
    _delete_money(session, case)
    for table in reversed(Base.metadata.sorted_tables):
        for name, value in names.items():
            if name in table.c:
                session.execute(delete(table).where(table.c[name] == value))
    of_case = (HistoryEntry.stream == "instance", HistoryEntry.stream_id == str(case.id))
    session.execute(delete(HistoryEntry).where(*of_case))
    session.execute(delete(ProcessInstance).where(ProcessInstance.id == case.id))
    return f"case {case.business_key} deleted whole"


def _delete_money(session: Session, case: Any) -> None:
    of_case = (JournalEntry.case_number == case.business_key) | JournalEntry.key.like(f"{case.id}:%")
    entries = session.scalars(select(JournalEntry.id).where(of_case)).all()
    for posting in session.execute(select(Posting.__table__).where(Posting.entry_id.in_(entries))).all():
        for account_id, sign in ((posting.debit_account_id, -1), (posting.credit_account_id, 1)):
            account = session.execute(select(LedgerAccount.__table__).where(LedgerAccount.id == account_id)).one()
            back = posting.amount * (sign if account.kind in DEBIT_NORMAL else -sign)
            fitting = update(LedgerAccount).where(LedgerAccount.id == account_id, LedgerAccount.balance.is_not(None))
            session.execute(fitting.values(balance=LedgerAccount.balance + back))
    session.execute(delete(Posting).where(Posting.entry_id.in_(entries)))
    session.execute(delete(JournalEntry).where(JournalEntry.id.in_(entries)))


def _delete_stream(session: Session, _model: Any, chance: random.Random) -> str:
    """The history of a definition or of a person goes whole, with its head; of a definition the versions as well."""
    named = select(StreamHead.stream, StreamHead.stream_id).where(StreamHead.stream != "register")
    row = chance.choice(list(session.execute(named.order_by(StreamHead.stream, StreamHead.stream_id))))
    for model in (StreamHead, HistoryEntry):  # type: Any
        session.execute(delete(model).where(model.stream == row.stream, model.stream_id == row.stream_id))
    if row.stream == "definition":
        session.execute(delete(ProcessDefinition).where(ProcessDefinition.key == row.stream_id))
    return f"{row.stream} {row.stream_id} deleted whole"


@pytest.mark.slow
def test_every_case_deleted_whole_is_found(tampered_cases: Session) -> None:
    """Each in turn, with everything that names it and with balances that fit: the register alone still knows of it."""
    unnoticed = []
    for case in _cases(tampered_cases):
        with undone(tampered_cases):
            what = _without(tampered_cases, case)
            if not proof.verify_registers():
                unnoticed.append(what)
    assert unnoticed == []


def _named(table: Table, row: Any) -> str:
    return " ".join(str(getattr(row, column.name)) for column in table.primary_key.columns)


def test_the_list_of_what_is_covered_is_right(tampered_cases: Session) -> None:
    """Every column named as covered exists, so that the list cannot be longer than the truth."""
    for model, names in COVERED.items():
        assert set(names) <= {column.name for column in model.__table__.columns}, model
    assert Base.metadata.tables["user_task"] is UserTask.__table__


def test_untouched_cases_are_not_accused(tampered_cases: Session) -> None:
    """What nobody touched agrees with its record: no false alarm, each case looked at."""
    verdicts = list(verification.verify_each(proof.every_instance()))
    assert len(verdicts) == tampered_cases.scalar(select(func.count(ProcessInstance.id)))
    assert [one for verdict in verdicts for one in verdict.deviations] + verification.verify_office() == []


def test_a_rolled_back_case_is_found_by_its_ledger(tampered_cases: Session) -> None:
    """Cutting a case back to its beginning, consistently, still leaves the money it moved."""
    with undone(tampered_cases):
        key = tampered_cases.scalar(select(JournalEntry.key).where(JournalEntry.case_number.is_not(None)))
        instance = int(str(key).split(":")[0])
        for table in (HistoryEntry.__table__, UserTask.__table__, ProcessInstance.__table__):
            column = table.c.stream_id if "stream_id" in table.c else table.c.get("instance_id", table.c.id)
            tampered_cases.execute(
                delete(table).where(column == (str(instance) if "stream_id" in table.c else instance))
            )
        assert {one.kind for one in deviations()} >= {"missing"}


@pytest.mark.long
def test_a_thousand_untouched_cases_are_not_accused() -> None:
    """What nobody touched agrees with its record: no false alarm over a thousand cases."""
    with runtime.entered(_office()), scratch():
        population.publish()
        verified = 0
        for ids in _portions():
            verdicts = list(verification.verify_each(ids))
            assert [one for verdict in verdicts for one in verdict.deviations] == []
            verified += len(verdicts)
        assert verified >= THOUSAND
        assert verification.verify_office() == []


def _portions() -> Iterator[list[int]]:
    ids: list[int] = []
    for instance_id in population.played(30):
        ids.append(instance_id)
        if len(ids) == THOUSAND:
            break
    yield ids
