"""What a step and a case cost, counted and not timed: commits, statements at the cursor, rows and bytes that stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from engine import cases, proof, published, running
from engine.published import versions
from models.base import Base
from models.instance import ProcessInstance
from models.user_task import UserTask
from office.fixtures import build
from tests.support.actors import CLEO, SAM
from tests.support.drawing import boundary, catch, end, flow, gateway, package, path, process, service, start, user

ENGINE_TABLES = ("instance", "case_key", "entry", "user_task", "timer", "message_subscription", "incident", "job")
MOST_STATEMENTS, LEDGER_EFFECT, SAVEPOINT = 8, 3, 2
LOOKED_UP = ("ledger_account", "subscription", "bill", "receipt")  # what the service task asks for itself
MOST_ROWS, MOST_BYTES = 20, 15_000


@pytest.fixture
def statements(database: Session) -> Iterator[list[str]]:
    """What is sent to the database, commits among it."""
    sent: list[str] = []
    bind = database.get_bind()
    assert isinstance(bind, Engine)

    @event.listens_for(bind, "before_cursor_execute")
    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    @event.listens_for(bind, "commit")
    def commit(_connection: object) -> None:
        sent.append("COMMIT")

    yield sent
    event.remove(bind, "before_cursor_execute", note)
    event.remove(bind, "commit", commit)


def begin(drawn: str, at: datetime, **variables: Any) -> running.Advanced:
    published.publish(package("P", drawn), by=SAM, note="", at=at)
    return cases.start("P", business_key="AJ-1", variables=variables, by=CLEO, at=at)


def completed(task_id: int, statements: list[str], at: datetime) -> list[str]:
    """What completing a task sends, without its one commit."""
    statements.clear()
    cases.complete(task_id, form={"amount": "1"}, by=CLEO, at=at)
    assert statements.count("COMMIT") == 1
    return [one for one in statements if one != "COMMIT"]


def test_a_pure_step_costs_one_commit_and_at_most_eight_statements(
    database: Session, statements: list[str], at: datetime
) -> None:
    """From one task to the next over a gateway: login excluded, permission check, history and worklist included."""
    drawn = process(
        "P",
        *(start(), user("a"), gateway("which", default="flow_which_b"), user("b"), end()),
        path("begun", "a", "which", "b", "finished"),
        flow("which", "finished", "amount > 100"),
    )
    sent = completed(begin(drawn, at).user_task_ids[0], statements, at)
    assert len(sent) <= MOST_STATEMENTS, sent


def test_the_thirtieth_step_costs_what_the_first_did(database: Session, statements: list[str], at: datetime) -> None:
    """The number of statements does not grow with the history of a case."""
    drawn = process(
        "P",
        *(start(), gateway("merge"), user("a"), gateway("again", default="flow_again_merge"), end()),
        path("begun", "merge", "a", "again", "merge"),
        flow("again", "finished", "amount > 100"),
    )
    task_id = begin(drawn, at).user_task_ids[0]
    costs = []
    for _round in range(30):
        costs.append(len(completed(task_id, statements, at)))
        task_id = database.scalars(select(UserTask.id).where(UserTask.state == "open")).one()
    assert len(set(costs)) == 1


def test_a_ledger_effect_costs_three_statements_more(database: Session, statements: list[str], at: datetime) -> None:
    """Lock, entry, lines: beside the savepoint around a service task and what it looks up."""
    numbers = ({"msisdn": "13900000001", "prepayment": 10000}, {"msisdn": "13900000002", "prepayment": 1})
    build({"subscriptions": list(numbers)}, at=at)
    database.commit()
    asked = {"source": '"13900000001"', "target": '"13900000002"', "amount": "amount"}
    drawn = process(
        "P",
        *(start(), user("a"), service("pay", "prepayment/transfer", **asked), user("b"), end()),
        path("begun", "a", "pay", "b", "finished"),
    )
    sent = completed(begin(drawn, at).user_task_ids[0], statements, at)
    ledger = [one for one in sent if "posting" in one or "journal_entry" in one]
    looked_up = [one for one in sent if one.startswith("SELECT") and any(f"FROM {table}" in one for table in LOOKED_UP)]
    assert len(ledger) <= LEDGER_EFFECT, ledger
    assert len(sent) - len(looked_up) <= MOST_STATEMENTS + LEDGER_EFFECT + SAVEPOINT, sent


BENCHMARK = process(
    "P",
    *(start(due='accepted_at + duration("PT24H")'), user("a"), user("b"), user("c"), user("d"), user("e"), user("f")),
    boundary("late", "c", timer='duration("PT1H")', interrupting=False),
    *(gateway("first", default="flow_first_b"), gateway("second", default="flow_second_d"), end(), end("reminded")),
    *(
        service("one", "account/look_up", msisdn='"13900000001"'),
        service("two", "account/look_up", msisdn='"13900000001"'),
    ),
    path("begun", "a", "first", "b", "one", "c", "second", "d", "two", "e", "f", "finished"),
    path("late", "reminded"),
    flow("first", "finished", "amount > 1000"),
    flow("second", "finished", "amount > 1000"),
)


def test_a_finished_case_leaves_few_rows_and_bytes(database: Session, at: datetime) -> None:
    """Six user tasks, two gateways, two service tasks and a timer that fires, with the whole record of all of it."""
    build({"subscriptions": [{"msisdn": "13900000001", "prepayment": 10000}]}, at=at)
    database.commit()
    advanced = begin(BENCHMARK, at, msisdn="13900000001", complaint_text="多收了彩铃功能费,要求退费")
    for hours in range(6):
        running.run_due(at + timedelta(hours=hours))
        form = {"amount": "1", "note": "客户要求退费"}
        moment = at + timedelta(hours=hours)
        advanced = cases.complete(advanced.user_task_ids[0], form=form, by=CLEO, at=moment)
    assert advanced.ended
    rows, bytes_ = left_behind(database)
    assert rows <= MOST_ROWS, rows
    assert bytes_ <= MOST_BYTES, bytes_


def left_behind(database: Session) -> tuple[int, int]:
    """Rows and bytes of content in the tables of the engine, definitions and what they publish left out."""
    rows = bytes_ = 0
    for name in ENGINE_TABLES:
        table = Base.metadata.tables[name]
        query = select(table) if name != "entry" else select(table).where(table.c.stream == "instance")
        for row in database.execute(query):
            rows += 1
            bytes_ += sum(size(value) for value in row)
    return rows, bytes_


def size(value: Any) -> int:
    """Bytes of a stored value; a number takes eight."""
    if isinstance(value, str):
        return len(value.encode())
    return len(value) if isinstance(value, bytes) else 8 * (value is not None)


def test_a_finished_case_keeps_no_position(database: Session, at: datetime) -> None:
    """What an ended case needs is its record: nothing restores it any more."""
    drawn = process(
        "P", start(), user("a"), catch("wait", timer='duration("PT1H")'), end(), path("begun", "a", "wait", "finished")
    )
    cases.complete(begin(drawn, at).user_task_ids[0], form={"note": "x" * 200}, by=CLEO, at=at)
    running.run_due(at + timedelta(hours=2))
    assert database.scalars(select(ProcessInstance.state_blob)).one() == b""


def test_a_version_is_compiled_once_however_it_is_looked_up(
    database: Session, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that looks a case's version up by its row finds the one that is warm, and leaves it there."""
    begun = begin(process("P", start(), user("a"), end(), path("begun", "a", "finished")), at)
    warm = published.current("P")
    compiled: list[object] = []
    monkeypatch.setattr(versions, "Definition", compiled.append)
    assert proof.definition_of(begun.instance_id) is warm
    assert published.current("P") is warm
    assert compiled == []
