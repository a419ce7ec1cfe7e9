"""Verification of the office: whatever stands in a cell, the case concerned is named and the others are looked at all the same; what nobody
touched is not accused, whatever was renamed meanwhile; and a key that is gone is explained by a signed erasure or by nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import cycle
from typing import Any

import pytest
from sqlalchemy import case as case_of
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

import engine
import engine.cases
import engine.runtime
from engine import ground, proof
from engine.proof import Deviation
from models.base import Base
from models.billing import DEBIT_NORMAL, JournalEntry, LedgerAccount, Posting
from models.calendar import CalendarVersion
from models.definition import ProcessDefinition
from models.entry import HistoryEntry
from models.head import StreamHead
from models.identity import Department
from models.incident import Incident
from models.instance import CaseKey, ProcessInstance
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask
from office import complaints, composition, correspondence, erasure, verification
from tests.support import auditing
from tests.support.actors import SAM
from tests.support.worlds import played

PLAYED = (auditing.REFUSED, auditing.HELD, auditing.CALLED)
NOT_TEXT = "CAST(x'ff' AS TEXT)"
HOSTILE = {
    int: ("'x'", "1.5", "NULL", NOT_TEXT),
    str: ("x'ff'", "NULL", NOT_TEXT),
    bytes: ("'x'", "5", NOT_TEXT, "NULL"),
}
OTHER = ("'x'", "7", "NULL", NOT_TEXT)
READ = (
    HistoryEntry,
    StreamHead,
    ProcessInstance,
    CaseKey,
    UserTask,
    Timer,
    MessageSubscription,
    Incident,
    CalendarVersion,
    ProcessDefinition,
    JournalEntry,
    Posting,
    LedgerAccount,
)
NAMES_THE_ROW = ("instance_id", "stream", "stream_id", "sequence")


@pytest.fixture(scope="module")
def three_cases() -> Iterator[Session]:
    """Three cases and what they called, in a database that lets itself be tampered with."""
    with engine.runtime.entered(composition.bare(ground.ephemeral_keys())) as runtime:
        runtime.observers = (complaints.follow, correspondence.follow, erasure.follow)
        with played(PLAYED) as current:
            yield current


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


def found() -> list[Deviation]:
    """Everything that verification of the whole office finds."""
    cases = [
        deviation for verdict in verification.verify_each(proof.every_instance()) for deviation in verdict.deviations
    ]
    return cases + verification.verify_office()


def cells() -> Iterator[tuple[str, str, str]]:
    """Table, column and something that cannot stand there: everything of each."""
    for model in READ:
        for column in model.__table__.columns:
            yield from ((model.__tablename__, column.name, value) for value in _values(column))


def some_cells() -> Iterator[tuple[str, str, str]]:
    """The same with one value for each column, the next one at the next column of its type."""
    turns = {values: cycle(values) for values in (*HOSTILE.values(), OTHER)}
    for model in READ:
        for column in model.__table__.columns:
            values = _values(column)
            value = next(turns[values])
            yield (
                model.__tablename__,
                column.name,
                next(turns[values]) if column.nullable and value == "NULL" else value,
            )


def _values(column: Any) -> tuple[str, ...]:
    return HOSTILE.get(getattr(column.type, "impl_instance", column.type).python_type, OTHER)


def write(session: Session, table: str, column: str, value: str) -> bool:
    """One cell of the first row that belongs to a case; False where the database itself refuses."""
    only = {"entry": "WHERE stream = 'instance'", "journal_entry": "WHERE case_number IS NOT NULL"}
    only["posting"] = "WHERE entry_id IN (SELECT id FROM journal_entry WHERE case_number IS NOT NULL)"
    only["ledger_account"] = "WHERE balance IS NOT NULL"
    row = f"(SELECT min(rowid) FROM {table} {only.get(table, '')})"
    try:
        before = session.scalar(text(f"SELECT CAST({column} AS BLOB) IS {value} FROM {table} WHERE rowid = {row}"))
        changed: Any = session.execute(text(f"UPDATE {table} SET {column} = {value} WHERE rowid = {row}"))
    except DatabaseError:  # such as another type in the place of a row's number
        return False
    return bool(changed.rowcount) and not before


def may_be_empty(table: str, column: str, value: str) -> bool:
    """A null that is what the column holds when there is nothing to say is another value, found by comparison."""
    return value == "NULL" and bool(Base.metadata.tables[table].c[column].nullable)


@pytest.mark.slow
@pytest.mark.parametrize("tried", [some_cells, pytest.param(cells, marks=pytest.mark.long)], ids=["some", "all"])
def test_whatever_stands_in_a_cell_is_named(three_cases: Session, tried: Any) -> None:
    """Text where a number stands, bytes that are no text, nothing: a deviation by table and column, and a verdict on every case."""
    assert found() == []
    silent = []
    for table, column, value in tried():
        with undone(three_cases):
            if not write(three_cases, table, column, value) or may_be_empty(table, column, value):
                continue
            deviations = found()
            whole = not any(deviation.kind == "unverifiable" for deviation in deviations)
            named = any(
                table in deviation.what and column.removesuffix("_code") in deviation.what for deviation in deviations
            )
            if not deviations or not whole or not (named or column in NAMES_THE_ROW):
                silent.append(f"{table}.{column} = {value}: {deviations}")
    assert silent == [], "\n".join(silent)


LOGGED_IN = "INSERT INTO login_session VALUES ('k', 'sam', {0}, {0}, {0}, '192.0.2.1')"
PERSON = (
    "INSERT INTO user_account (name, display_name, password_hash, language, active) VALUES ('eve', '', '', 'en', {})"
)
TOKEN = "INSERT INTO api_token VALUES (1, 'sam', 'h', {0}, {0}, {0})"


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        (PERSON.format("'maybe'"), {"user_account eve.active"}),
        (PERSON.format("7"), {"user_account eve.active"}),
        ("UPDATE customer SET name = x'ff' WHERE id = 1", {"customer 1.name"}),
        ("UPDATE customer SET name = CAST(x'ff' AS TEXT) WHERE id = 1", {"customer 1.name"}),
        *(
            (insertion.format(value), {f"{row}.{name}" for name in names})
            for value in ("'x'", "12.5", "x'ff'", NOT_TEXT)
            for insertion, row, names in (
                (LOGGED_IN, "login_session k", ("created_at", "seen_at", "ended_at")),
                (TOKEN, "api_token 1", ("created_at", "expires_at", "revoked_at")),
            )
        ),
    ],
)
def test_cells_of_no_case_are_named_too(three_cases: Session, statement: str, names: set[str]) -> None:
    """Log-ins, tokens, people and customers stand in no case's history; what cannot stand there is named all the same."""
    with undone(three_cases):
        three_cases.execute(text(statement))
        assert {deviation.what for deviation in found()} == names


def test_an_unreadable_name_of_a_department_is_named(three_cases: Session) -> None:
    """It is the name that lanes are compared with, and keeps no case from being looked at."""
    with undone(three_cases):
        code = three_cases.scalar(select(Department.code).order_by(Department.code))
        three_cases.execute(text("UPDATE department SET name_zh = x'ff' WHERE code = :code"), {"code": code})
        deviations = found()
        assert f"department {code}.name_zh" in {deviation.what for deviation in deviations}
        assert not any(deviation.kind == "unverifiable" for deviation in deviations)


@pytest.mark.parametrize(
    ("statement", "lack"),
    [
        ("DROP TABLE timer", "table timer"),
        ("DROP TABLE customer", "table customer"),
        ("ALTER TABLE complaint DROP COLUMN demand", "column complaint.demand"),
    ],
)
def test_what_the_database_lacks_is_named(three_cases: Session, statement: str, lack: str) -> None:
    """A table or a column that was taken away, by name; the other tables are looked at."""
    with undone(three_cases):
        three_cases.execute(text(statement))
        three_cases.execute(text(PERSON.format("7")))
        sentences = {deviation.what for deviation in verification.verify_office()}
        assert {f"{lack} is missing; put the database back from a backup", "user_account eve.active"} <= sentences
        assert verification.verify_schema()


def test_a_key_of_no_case_is_named(three_cases: Session) -> None:
    """Nothing says whose it would be."""
    with undone(three_cases):
        three_cases.execute(insert(CaseKey).values(instance_id=999, wrapped=b"x"))
        assert [(deviation.instance_id, deviation.what) for deviation in found()] == [
            (999, "case_key 999: its case is gone")
        ]


def test_a_package_of_the_wrong_type_accuses_its_own_cases_only(three_cases: Session) -> None:
    """`UPDATE definition SET package = 'x'` ended verification with a TypeError, and nothing was said of any case."""
    key, of = three_cases.execute(
        select(ProcessDefinition.key, ProcessDefinition.id).join(ProcessInstance)
    ).first() or (
        "",
        0,
    )
    with undone(three_cases):
        three_cases.execute(text("UPDATE definition SET package = 'x' WHERE id = :id"), {"id": of})
        verdicts = list(verification.verify_each(proof.every_instance()))
        accused = {deviation.what for verdict in verdicts for deviation in verdict.deviations}
        assert accused == {f"definition {of}.package"}
        assert any(verdict.ok for verdict in verdicts)
        assert f"definition {of}.package" in {deviation.what for deviation in verification.verify_office()}
        assert key


def test_a_renamed_department_accuses_no_case(three_cases: Session) -> None:
    """Lanes bear the name of their day, and the record says whose it was; two departments may even exchange their names."""
    with undone(three_cases):
        three_cases.execute(update(Department).values(name_zh=Department.name_zh + "(新)"))
        assert found() == []


def test_a_key_that_is_gone_without_an_erasure_is_a_deviation(three_cases: Session) -> None:
    """Deleting the key used to make every change of rows and money invisible; now each of them is named as well."""
    with undone(three_cases):
        case = int(
            str(three_cases.scalar(select(JournalEntry.key).where(JournalEntry.case_number.is_not(None)))).split(":")[0]
        )
        three_cases.execute(delete(CaseKey).where(CaseKey.instance_id == case))
        (key,) = found()
        assert (key.instance_id, key.kind) == (case, "key")
        entry = three_cases.scalar(select(JournalEntry.id).where(JournalEntry.key.like(f"{case}:%")))
        _a_hundredfold(three_cases, entry)
        three_cases.execute(update(UserTask).where(UserTask.instance_id == case).values(completed_by="mallory"))
        kinds = {deviation.kind for deviation in found() if deviation.instance_id == case}
        assert kinds >= {"key", "ledger", "rows"}
    with undone(three_cases):
        three_cases.execute(delete(CaseKey).where(CaseKey.instance_id == case))
        of_case = (HistoryEntry.stream == "instance", HistoryEntry.stream_id == str(case))
        end = three_cases.scalar(select(func.max(HistoryEntry.sequence)).where(*of_case))
        three_cases.execute(delete(HistoryEntry).where(*of_case, HistoryEntry.sequence == end))
        assert {deviation.kind for deviation in found() if deviation.instance_id == case} - {"key"}


def _a_hundredfold(three_cases: Session, entry: int | None) -> None:
    """The postings of an entry times a hundred, with every balance made to fit."""
    owed_to_us = LedgerAccount.kind.in_(DEBIT_NORMAL)
    for posting in three_cases.scalars(select(Posting).where(Posting.entry_id == entry)).all():
        more = 99 * posting.amount
        for account, debit in ((posting.debit_account_id, more), (posting.credit_account_id, -more)):
            fitting = LedgerAccount.balance + case_of((owed_to_us, debit), else_=-debit)
            three_cases.execute(update(LedgerAccount).where(LedgerAccount.id == account).values(balance=fitting))
    three_cases.execute(update(Posting).where(Posting.entry_id == entry).values(amount=Posting.amount * 100))


KEYS: dict[int, Any] = {}


def erased(three_cases: Session, at: datetime) -> tuple[int, Any]:
    """The last case that moved money, erased, and the key it had."""
    if not KEYS:
        keys = three_cases.scalars(select(JournalEntry.key).where(JournalEntry.case_number.is_not(None))).all()
        case = max(int(key.split(":")[0]) for key in keys)
        KEYS[case] = three_cases.scalar(select(CaseKey.wrapped).where(CaseKey.instance_id == case))
        engine.cases.erase(case, reason="asked for", by=SAM, at=at)
    return next(iter(KEYS.items()))


@pytest.mark.parametrize("change", ["posting", "row", "tail", "key", "copy"])
def test_an_erased_case_keeps_its_rows_and_money_compared(three_cases: Session, change: str, at: Any) -> None:
    """What holds no personal data says the same after the erasure as before, and nothing of it can be changed unseen."""
    case, wrapped = erased(three_cases, at)
    number = three_cases.scalar(select(ProcessInstance.business_key).where(ProcessInstance.id == case))
    with undone(three_cases):
        verdict = verification.verify(case)
        assert verdict.erasure == proof.Erasure("sam", at, "asked for")
        assert found() == []
        entry_id = select(JournalEntry.id).where(JournalEntry.key.like(f"{case}:%")).limit(1)
        last = (
            select(HistoryEntry.sequence)
            .where(HistoryEntry.stream_id == str(case))
            .order_by(HistoryEntry.sequence.desc())
        )
        changes = {
            "posting": update(Posting).where(Posting.entry_id == entry_id.scalar_subquery()).values(amount=1),
            "row": update(UserTask).where(UserTask.instance_id == case).values(completed_by="mallory"),
            "tail": delete(HistoryEntry).where(
                HistoryEntry.stream_id == str(case), HistoryEntry.sequence == last.limit(1).scalar_subquery()
            ),
            "key": insert(CaseKey).values(instance_id=case, wrapped=wrapped),
            "copy": text(
                "INSERT INTO comment (case_number, user_name, at, text) VALUES (:n, 'x', '2026-01-01 00:00:00', 'y')"
            ),
        }
        three_cases.execute(changes[change], {"n": number} if change == "copy" else {})
        three_cases.expunge_all()
        assert {deviation.instance_id for deviation in found()} >= {case}


def test_one_question_that_cannot_be_answered_keeps_no_other_from_being_asked(three_cases: Session) -> None:
    """Amounts whose sum no number holds end the question about balances, and that is said; the rest is verified."""
    with undone(three_cases):
        three_cases.execute(update(Posting).values(amount=2**62))
        kinds = {deviation.kind for deviation in verification.verify_office()}
        assert "unverifiable" in kinds
