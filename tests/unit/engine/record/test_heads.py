"""Every stream has a signed head and a number: what is cut off an end, and what is deleted whole, is found, and is never signed over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

import engine.cases
from engine import proof, published, record, running
from engine.proof import Deviation
from engine.record import heads, person_streams, sealing
from engine.record.history import document
from models.base import Base, connection, transaction
from models.entry import HistoryEntry
from models.head import StreamHead
from models.instance import CaseKey, ProcessInstance
from models.user_task import UserTask
from tests.support.actors import CLEO, SAM
from tests.support.drawing import end, package, path, process, start, user

DRAWN = process("P", start(), user("a"), user("b"), end(), path("begun", "a", "b", "finished"))


@pytest.fixture
def three_cases(database: Session, at: datetime) -> Session:
    """Three cases of a process, one of them with its first step done, two people who looked, and no trigger in the way."""
    published.publish(package("P", DRAWN), by=SAM, note="", at=at)
    cases = [begin(number, at) for number in ("AJ-1", "AJ-2", "AJ-3")]
    engine.cases.complete(cases[1].user_task_ids[0], form={"amount": "1"}, by=CLEO, at=at)
    for case in ("AJ-1", "AJ-2"):
        person_streams.record_act({"type": "case_looked_at", "case": case}, by=SAM, at=at)
    person_streams.record_act({"type": "case_looked_at", "case": "AJ-1"}, by=CLEO, at=at)
    with transaction():
        for name in database.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection().execute(text(f"DROP TRIGGER {name}"))
    return database


def begin(number: str, at: datetime) -> running.Advanced:
    return engine.cases.start("P", business_key=number, variables={}, by=CLEO, at=at)


def deviations() -> list[Deviation]:
    """What verification finds in the whole database."""
    of_cases = [deviation for verdict in proof.verify_each(proof.every_instance()) for deviation in verdict.deviations]
    return [*of_cases, *proof.verify_definitions(), *proof.verify_streams(), *proof.verify_registers()]


def written(*statements: Any) -> None:
    """Done by somebody who may write the database and has no keys."""
    with transaction():
        for statement in statements:
            connection().execute(statement)


def without_case(instance_id: int) -> list[Any]:
    """A case goes with everything that names it."""
    of_case = [delete(model).where(model.instance_id == instance_id) for model in (UserTask, CaseKey)]
    entries = (HistoryEntry.stream == "instance", HistoryEntry.stream_id == str(instance_id))
    return [
        *of_case,
        delete(HistoryEntry).where(*entries),
        delete(ProcessInstance).where(ProcessInstance.id == instance_id),
    ]


def without_stream(stream: str, stream_id: str) -> list[Any]:
    """A person's or a definition's history goes with its head."""
    return [
        delete(model).where(model.stream == stream, model.stream_id == stream_id)
        for model in (HistoryEntry, StreamHead)
    ]


@pytest.mark.parametrize(
    ("instance_id", "beside"), [(1, "before AJ-2"), (2, "after AJ-1 and before AJ-3"), (3, "after AJ-2")]
)
def test_a_case_deleted_whole_is_missed_by_its_number(three_cases: Session, instance_id: int, beside: str) -> None:
    """Nothing of it is left to contradict, the last one's number included: the register knows how many there were."""
    assert deviations() == []
    written(*without_case(instance_id))
    (deviation,) = deviations()
    assert (deviation.kind, deviation.what) == ("missing", f"the register of P: number {instance_id} is gone, {beside}")


@pytest.mark.parametrize(
    "hide",
    [
        lambda: [update(StreamHead).where(StreamHead.stream_id == "P").values(sequence=2)],
        lambda: [delete(StreamHead).where(StreamHead.stream == "register", StreamHead.stream_id == "P")],
        lambda: [delete(StreamHead)],
        lambda: [delete(StreamHead), update(ProcessInstance).values(ordinal=None, head_mac=None)],
    ],
)
def test_a_register_cannot_be_made_to_fit(three_cases: Session, hide: Callable[[], list[Any]], at: datetime) -> None:
    """Counting back, taking the register away, or every head with it: found, and still found when the office has gone on since."""
    written(*without_case(3), *hide())
    assert {deviation.kind for deviation in deviations()} & {"head", "missing"}
    begin("AJ-4", at)
    person_streams.record_act({"type": "case_looked_at", "case": "AJ-4"}, by=SAM, at=at)
    assert {deviation.kind for deviation in deviations()} & {"head", "missing"}


@pytest.mark.parametrize(("stream", "stream_id"), [("user", "sam"), ("user", "cleo"), ("definition", "P")])
def test_a_stream_deleted_whole_is_missed(three_cases: Session, stream: str, stream_id: str) -> None:
    """Of a person or of a definition nothing at all is left."""
    written(*without_stream(stream, stream_id))
    (deviation,) = proof.verify_registers()
    assert "the register of all streams: number" in deviation.what


def test_entries_cut_off_the_end_of_a_stream_are_missed(three_cases: Session, at: datetime) -> None:
    """With the head put to where they end now, and also once the person has gone on: what was altered is never signed again."""
    last = (HistoryEntry.stream_id == "sam", HistoryEntry.sequence == 2)
    written(delete(HistoryEntry).where(*last))
    assert [deviation.kind for deviation in deviations()] == ["head"]
    first = three_cases.execute(select(HistoryEntry.hash).where(HistoryEntry.stream_id == "sam")).scalar_one()
    written(update(StreamHead).where(StreamHead.stream_id == "sam").values(sequence=1, head=first))
    assert [deviation.kind for deviation in deviations()] == ["head"]
    person_streams.record_act({"type": "case_looked_at", "case": "AJ-3"}, by=SAM, at=at)
    assert [(deviation.kind, deviation.seq) for deviation in deviations()] == [("head", 2)]


def test_a_case_cut_back_is_found_though_it_goes_on(three_cases: Session, at: datetime) -> None:
    """Its row names the entry that is the last now, and what the office writes after it is not signed over."""
    tail = (HistoryEntry.stream == "instance", HistoryEntry.stream_id == "2", HistoryEntry.sequence == 2)
    first = select(HistoryEntry.hash).where(HistoryEntry.stream_id == "2", HistoryEntry.sequence == 1).scalar_subquery()
    cut = update(ProcessInstance).where(ProcessInstance.id == 2).values(sequence=1, head=first)
    written(delete(HistoryEntry).where(*tail), cut)
    assert "head" in {deviation.kind for deviation in proof.verify(2)}
    engine.cases.cancel(2, reason="mistake", by=SAM, at=at)
    assert "head" in {deviation.kind for deviation in proof.verify(2)}


def test_two_cases_cannot_exchange_their_numbers_in_the_register(three_cases: Session) -> None:
    """The number is signed with the end of the history it belongs to."""
    first_case = update(ProcessInstance).where(ProcessInstance.id == 1).values(ordinal=2)
    second_case = update(ProcessInstance).where(ProcessInstance.id == 2).values(ordinal=1)
    written(first_case, second_case)
    assert {(deviation.instance_id, deviation.kind) for deviation in deviations()} == {(1, "head"), (2, "head")}


def as_before() -> None:
    """The database as an office of the version before heads has left it: its entries say no schema, and nothing has a head."""
    previous: dict[tuple[str, str], bytes] = {}
    ordered = select(HistoryEntry.__table__).order_by(
        HistoryEntry.stream, HistoryEntry.stream_id, HistoryEntry.sequence
    )
    changes: list[Any] = [delete(StreamHead)]
    for row in connection().execute(ordered).all():
        stream = (row.stream, row.stream_id)
        body = orjson.dumps({name: value for name, value in orjson.loads(row.body).items() if name != "v"})
        before = previous.get(stream, record.GENESIS)
        previous[stream] = record.chain(before, body)
        of_entry = (HistoryEntry.stream == row.stream, HistoryEntry.stream_id == row.stream_id)
        chained = {"body": body, "previous": before, "hash": previous[stream], "mac": sealing.mac(previous[stream])}
        changes.append(update(HistoryEntry).where(*of_entry, HistoryEntry.sequence == row.sequence).values(**chained))
    for (stream_name, stream_id), digest in previous.items():
        if stream_name == "instance":
            ended = {"head": digest, "ordinal": None, "head_mac": None}
            changes.append(update(ProcessInstance).where(ProcessInstance.id == int(stream_id)).values(**ended))
    written(*changes)


@pytest.mark.parametrize("go_on", ["a case", "a step", "a look"])
def test_an_office_from_before_goes_on_and_is_numbered(three_cases: Session, at: datetime, go_on: str) -> None:
    """Without heads nothing is accused; whatever is written first gives them to everything that is there, and then the oldest case is missed too."""
    as_before()
    assert deviations() == []
    if go_on == "a case":
        begin("AJ-4", at)
    elif go_on == "a step":
        engine.cases.cancel(1, reason="mistake", by=SAM, at=at)
    else:
        person_streams.record_act({"type": "case_looked_at", "case": "AJ-3"}, by=SAM, at=at)
    assert deviations() == []
    assert three_cases.scalar(select(ProcessInstance.ordinal).where(ProcessInstance.id == 1)) == 1
    written(*without_case(1))
    assert [deviation.kind for deviation in deviations()] == ["missing"]


def test_an_entry_says_how_it_was_written(three_cases: Session) -> None:
    """Whoever reads it in years knows by its schema what it may say; one that says none is of the first."""
    bodies = three_cases.scalars(select(HistoryEntry.body)).all()
    assert {document(body)["v"] for body in bodies} == {heads.SCHEMA}
    assert [entry.schema for entry in record.read_history("instance", "1")] == [heads.SCHEMA]
    assert Base.metadata.tables["stream_head"] is StreamHead.__table__
