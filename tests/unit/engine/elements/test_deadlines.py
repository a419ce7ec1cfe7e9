"""The one clock of a case: steps without a limit of their own go by it, an answer to the customer ends it, and a restart loses nothing of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from marshmallow import Schema
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
import engine.runtime
from engine import cases, proof, published, running
from engine.runtime import Call, handler
from engine.spiff.run import Run
from models.entry import HistoryEntry
from models.instance import ProcessInstance
from models.user_task import UserTask
from tests.support.actors import CLEO
from tests.support.drawing import call, end, flow, gateway, package, path, process, properties, service, start, user

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
CLOCK = 'accepted_at + duration("PT24H")'


@pytest.fixture
def case(database: Session, at: datetime) -> None:
    """Two steps at once, one with a limit of its own, then the answer in a called process, then what comes after it."""
    answering = process(
        "ANSWER", start("asked"), user("reply", caseLimit="met"), end("told"), path("asked", "reply", "told")
    )
    drawn = process(
        "CASE",
        start(due=CLOCK),
        gateway("both", "parallel"),
        user("look"),
        user("watch", due='entered_at + duration("PT72H")'),
        user("idle"),
        call("answer", "ANSWER"),
        user("follow_up"),
        gateway("joined", "parallel"),
        end(),
        path("begun", "both", "look", "answer", "follow_up", "joined", "finished"),
        flow("both", "watch"),
        flow("watch", "joined"),
        flow("both", "idle"),
        flow("idle", "joined"),
    )
    published.publish(package("CASE", drawn, ANSWER_bpmn=answering), by=CLEO, note="", at=at)
    cases.start("CASE", business_key="AJ-1", variables={}, by=CLEO, at=at)


def limits(database: Session) -> dict[str, datetime | None]:
    """The limits of the open tasks, by element."""
    query = select(UserTask.element_id, UserTask.due_at).where(UserTask.state == "open")
    return {row.element_id: row.due_at for row in database.execute(query)}


def done(database: Session, element: str, at: datetime) -> None:
    """Cleo completes an open task."""
    query = select(UserTask.id).where(UserTask.state == "open", UserTask.element_id == element)
    cases.complete(database.scalars(query).one(), form={}, by=CLEO, at=at)


def due(database: Session) -> datetime | None:
    """The limit of the case."""
    return database.scalars(select(ProcessInstance.due_at)).one()


@pytest.mark.usefixtures("case")
def test_steps_without_a_limit_go_by_that_of_the_case(database: Session, at: datetime) -> None:
    """Otherwise they would stand at the end of the list while the customer's day runs out; called processes are no exception."""
    assert limits(database) == {"look": at + DAY, "idle": at + DAY, "watch": at + 3 * DAY}
    done(database, "look", at + HOUR)
    assert limits(database)["reply"] == at + DAY


@pytest.mark.usefixtures("case")
def test_an_answer_ends_it(database: Session, at: datetime) -> None:
    """The case and the steps that went by its limit are under no limit any more; a limit of a step's own stays."""
    done(database, "look", at + HOUR)
    done(database, "reply", at + 2 * HOUR)
    assert due(database) is None
    assert limits(database) == {"idle": None, "follow_up": None, "watch": at + 3 * DAY}
    assert running.run_due(at + 2 * DAY) == 0
    assert proof.verify(1) == []


@pytest.mark.usefixtures("case")
def test_a_word_in_between_ends_it_too(database: Session, at: datetime) -> None:
    """A person has told the customer how things stand; what was told is in the history, and the steps go on."""
    cases.meet_limit(1, text="正在核实", by=CLEO, at=at + HOUR)
    assert due(database) is None
    assert limits(database) == {"look": None, "idle": None, "watch": at + 3 * DAY}
    (step,) = proof.entries(1)[-1].steps
    assert (step["type"], step["by"], step["told"]) == ("case_limit_met", "cleo", "正在核实")
    done(database, "look", at + 2 * HOUR)
    done(database, "reply", at + 3 * HOUR)
    assert [s["type"] for e in proof.entries(1) for s in e.steps].count("case_limit_met") == 1
    assert proof.verify(1) == []


@pytest.mark.usefixtures("case")
def test_what_was_told_is_sealed(database: Session, at: datetime) -> None:
    """It is personal and goes with the key of the case."""
    cases.meet_limit(1, text="王女士的话费", by=CLEO, at=at)
    assert "王女士".encode() not in b"".join(database.scalars(select(HistoryEntry.body)))


@pytest.mark.usefixtures("case")
def test_a_missed_limit_stays_missed(database: Session, at: datetime) -> None:
    """An answer after the day is over does not make it one in time."""
    running.run_due(at + DAY + HOUR)
    done(database, "look", at + DAY + HOUR)
    done(database, "reply", at + DAY + HOUR)
    assert (due(database), database.scalars(select(ProcessInstance.overdue)).one()) == (None, True)


def test_it_moves_while_the_customer_is_waited_for(database: Session, at: datetime) -> None:
    """A step opened after the wait has the moved limit, and an answer given in the very step that ends the wait leaves none behind."""
    drawn = process(
        "WAIT",
        start(due=CLOCK),
        user("ask", customerWaits="true"),
        user("think"),
        user("tell", customerWaits="true", caseLimit="met"),
        user("after"),
        end(),
        path("begun", "ask", "think", "tell", "after", "finished"),
    )
    published.publish(package("WAIT", drawn), by=CLEO, note="", at=at)
    cases.start("WAIT", business_key="AJ-1", variables={}, by=CLEO, at=at)
    done(database, "ask", at + 5 * HOUR)
    assert limits(database) == {"think": at + DAY + 5 * HOUR}
    assert due(database) == at + DAY + 5 * HOUR
    done(database, "think", at + 6 * HOUR)
    done(database, "tell", at + 8 * HOUR)
    assert limits(database) == {"after": None}
    assert due(database) is None
    assert proof.verify(1) == []


@pytest.fixture
def asked_twice(database: Session, at: datetime) -> None:
    """The customer is asked something, two hours later something else, and answers the first after three hours and the second after five."""
    drawn = process(
        "TWICE",
        *(start(due=CLOCK), gateway("both", "parallel"), user("first", customerWaits="true"), user("then")),
        *(user("second", customerWaits="true"), user("after"), gateway("joined", "parallel"), end()),
        *(path("begun", "both", "then", "second", "after", "joined", "finished"), path("both", "first", "joined")),
    )
    published.publish(package("TWICE", drawn), by=CLEO, note="", at=at)
    cases.start("TWICE", business_key="AJ-1", variables={}, by=CLEO, at=at)
    for element, hours in (("then", 2), ("first", 3), ("second", 5)):
        done(database, element, at + hours * HOUR)


@pytest.mark.usefixtures("asked_twice")
def test_the_clock_stands_from_the_first_question_to_the_last_answer(database: Session, at: datetime) -> None:
    """What was asked later does not make the time before it count."""
    assert due(database) == at + DAY + 5 * HOUR
    assert limits(database) == {"after": at + DAY + 5 * HOUR}
    assert proof.verify(1) == []


def test_what_earlier_versions_forgot_still_verifies(
    database: Session, at: datetime, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """They counted only from the second question; the record of such a case is not accused."""
    monkeypatch.setattr("engine.elements.deadlines.is_omitted", lambda *_arguments: True)
    request.getfixturevalue("asked_twice")
    monkeypatch.undo()
    assert due(database) == at + DAY + 3 * HOUR
    assert proof.verify(1) == []


@pytest.mark.parametrize("omitted", [False, True])
def test_the_case_and_its_steps_move_alike(
    database: Session, at: datetime, monkeypatch: pytest.MonkeyPatch, omitted: bool
) -> None:
    """Nobody answers on the second; what earlier versions recorded in whole seconds still verifies."""
    drawn = process(
        "SPLIT",
        *(start(due=CLOCK), user("ask", customerWaits="true"), user("after"), end()),
        path("begun", "ask", "after", "finished"),
    )
    published.publish(package("SPLIT", drawn), by=CLEO, note="", at=at)
    cases.start("SPLIT", business_key="AJ-1", variables={}, by=CLEO, at=at)
    took = HOUR + timedelta(microseconds=700_000)
    if omitted:
        monkeypatch.setattr("engine.elements.deadlines.is_omitted", lambda *_arguments: True)
    done(database, "ask", at + took)
    monkeypatch.undo()
    assert limits(database) == {"after": at + DAY + took}
    assert due(database) == at + DAY + (HOUR if omitted else took)
    assert proof.verify(1) == []


@pytest.mark.parametrize("before", [False, True])
def test_a_clock_set_back_moves_the_case_and_its_steps_alike(
    database: Session, at: datetime, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    """An answer that seems to come a moment before the question; what earlier versions recorded of it still verifies."""
    drawn = process(
        "BACK",
        *(start(due=CLOCK), user("ask", customerWaits="true"), user("after"), end()),
        path("begun", "ask", "after", "finished"),
    )
    published.publish(package("BACK", drawn), by=CLEO, note="", at=at)
    cases.start("BACK", business_key="AJ-1", variables={}, by=CLEO, at=at)
    back = timedelta(seconds=-1, microseconds=-500_000)
    if before:
        monkeypatch.setattr(Run, "as_told", lambda *given, before: -1 if given[3] == "paused_seconds" else given[4])
    done(database, "ask", at + back)
    monkeypatch.undo()
    assert limits(database) == {"after": at + DAY + back}
    assert (due(database) == at + DAY + back) is not before
    assert proof.verify(1) == []


def test_a_question_taken_back_at_once_moves_nothing_back(database: Session, at: datetime) -> None:
    """The answer moves every limit; that the next question ends with the case in the same step does not undo it for what ended before it."""
    drawn = process(
        "ENDED",
        *(start(due=CLOCK), gateway("both", "parallel"), user("idle"), user("ask", customerWaits="true")),
        *(gateway("then", "parallel"), user("again", customerWaits="true"), gateway("joined", "parallel"), end()),
        end("halted", "<bpmn:terminateEventDefinition/>"),
        *(path("begun", "both", "idle", "joined", "finished"), path("both", "ask", "then", "again", "joined")),
        flow("then", "halted"),
    )
    published.publish(package("ENDED", drawn), by=CLEO, note="", at=at)
    cases.start("ENDED", business_key="AJ-1", variables={}, by=CLEO, at=at)
    done(database, "ask", at + 5 * HOUR)
    idle = database.scalars(select(UserTask).where(UserTask.element_id == "idle")).one()
    assert (idle.state, idle.due_at) == ("cancelled", at + DAY + 5 * HOUR)
    assert proof.verify(1) == []


class _Nothing(Schema):
    pass


@handler("test/tell", parameters=_Nothing, result=_Nothing, title_zh="告知", title_en="Tell")
def _tell(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    return {}


@pytest.fixture
def telling(runtime: engine.runtime.Runtime) -> None:
    """A service task that tells the customer something."""
    runtime.serve(_tell)


@pytest.mark.usefixtures("telling")
def test_an_answer_in_the_step_that_ends_a_call_ends_it(database: Session, at: datetime) -> None:
    """What was open in the called process went with it and is under no limit to be ended."""
    halted = end("halted", "<bpmn:terminateEventDefinition/>")
    called = process(
        "CALLED",
        *(start("asked"), gateway("both", "parallel"), user("halt"), user("idle"), end("told"), halted),
        path("asked", "both", "halt", "halted"),
        path("both", "idle", "told"),
    )
    limited = f"<bpmn:extensionElements>{properties(caseLimit='met')}"
    tell = service("tell", "test/tell").replace("<bpmn:extensionElements>", limited)
    drawn = process(
        "CASE",
        *(start(due=CLOCK), call("first", "CALLED"), tell, user("after")),
        *(end(), path("begun", "first", "tell", "after", "finished")),
    )
    published.publish(package("CASE", drawn, CALLED_bpmn=called), by=CLEO, note="", at=at)
    cases.start("CASE", business_key="AJ-1", variables={}, by=CLEO, at=at)
    done(database, "halt", at + HOUR)
    assert (due(database), limits(database)) == (None, {"after": None})
    assert proof.verify(1) == []


def test_an_extension_moves_the_steps_that_follow(database: Session, at: datetime) -> None:
    """A limit reckoned from the acceptance falls later with that of the case, one of the step's own time is none of the case's; what is done again comes to the same."""
    steps = (user("first"), user("then", due=CLOCK), user("own", due='entered_at + duration("PT2H")'))
    way = path("begun", "first", "then", "own", "finished")
    published.publish(package("LONG", process("LONG", start(due=CLOCK), *steps, end(), way)), by=CLEO, note="", at=at)
    instance = cases.start("LONG", business_key="AJ-2", variables={}, by=CLEO, at=at).instance_id
    cases.extend(instance, 3 * DAY, by=CLEO, at=at + HOUR)
    done(database, "first", at + 2 * HOUR)
    assert limits(database) == {"then": at + 4 * DAY}
    done(database, "then", at + 3 * HOUR)
    assert limits(database) == {"own": at + 5 * HOUR}
    assert not proof.verify(instance)
