"""What falls due: done by whoever comes first, and one broken case holds nobody up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

import engine
from engine import cases, proof, published, running
from engine.spiff import commands
from engine.spiff.run import Run
from models.incident import Incident
from models.instance import ProcessInstance
from models.timer import Setback, Timer
from models.user_task import UserTask
from tests.support.actors import CLEO, SAM
from tests.support.drawing import boundary, catch_message, end, package, path, process, start, user

HOUR = timedelta(hours=1)
LATE = process(
    "LATE",
    start(due='accepted_at + duration("PT2H")'),
    user("ask", due='accepted_at + duration("PT1H")'),
    boundary("late", "ask", timer='duration("PT2H")'),
    user("press"),
    end(),
    end("pressed"),
    path("begun", "ask", "finished"),
    path("late", "press", "pressed"),
)


@pytest.fixture
def three(database: Session, at: datetime) -> list[int]:
    """Three cases whose timer is due two hours after `at`."""
    published.publish(package("LATE", LATE), by=SAM, note="", at=at)
    return [cases.start("LATE", business_key=f"AJ-{n}", variables={}, by=CLEO, at=at).instance_id for n in range(3)]


def spoil(database: Session, instance_id: int) -> None:
    """A case that can no longer be restored."""
    database.execute(update(ProcessInstance).where(ProcessInstance.id == instance_id).values(state_blob=b"spoilt"))
    database.commit()


def where(instance_id: int) -> dict[str, int]:
    return dict(proof.marking(instance_id).active)


def test_one_broken_case_holds_nobody_up(three: list[int], database: Session, at: datetime) -> None:
    """The first of three cannot be restored: the timers, tasks and limits of the others have their turn in the same pass, and its own are not forgotten."""
    spoil(database, three[0])
    assert running.run_clock(at + 2 * HOUR) == 2 + 2 + 2
    assert [where(one) for one in three[1:]] == [{"press": 1}, {"press": 1}]
    kept = database.execute(select(Setback.kind, Setback.attempts).order_by(Setback.kind)).all()
    assert [tuple(row) for row in kept] == [("case", 1), ("task", 1), ("timer", 1)]


def test_what_was_put_back_is_not_tried_at_once(three: list[int], database: Session, at: datetime) -> None:
    """The delay grows, so that a broken case does not cost a try every second."""
    spoil(database, three[0])
    due = at + 2 * HOUR
    waits = []
    for _attempt in range(4):
        running.run_clock(due)
        again_at = database.scalars(select(Setback.again_at).where(Setback.kind == "timer")).one()
        assert again_at is not None
        waits.append((again_at - due).total_seconds())
        assert running.run_clock(again_at - timedelta(seconds=1)) == 0
        due = again_at
    assert waits == [5, 20, 80, 320]


def fail_for(monkeypatch: pytest.MonkeyPatch, failing: list[bool]) -> None:
    """Let timers break as long as `failing` holds true."""
    fire = commands.fire_timer

    def break_or_fire(run: Run, token: int) -> None:
        if failing[0]:
            raise RuntimeError("13900000001")
        fire(run, token)

    monkeypatch.setattr(commands, "fire_timer", break_or_fire)


def test_a_timer_that_never_fires_becomes_an_incident(
    three: list[int], database: Session, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After five attempts a person is asked; trying again fires it, the record agrees, and no customer's number stands in the trace."""
    failing = [True]
    fail_for(monkeypatch, failing)
    for hours in range(2, 12):
        running.run_clock(at + hours * HOUR)
    found = database.scalars(select(Incident).where(Incident.instance_id == three[0])).one()
    assert (found.kind, found.message, "13900000001" in found.trace) == ("TimerFailed", "RuntimeError", False)
    failing[0] = False
    assert running.run_clock(at + 12 * HOUR) == 0
    cases.retry(found.id, by=SAM, at=at + 13 * HOUR)
    assert where(three[0]) == {"press": 1}
    assert proof.verify(three[0]) == []
    assert database.scalar(select(func.count()).select_from(Setback)) == 2


def test_an_incident_of_a_timer_that_went_away_can_be_settled(
    three: list[int], database: Session, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clerk finished the task before anybody looked at the incident: nothing is left to fire, and the incident closes."""
    fail_for(monkeypatch, [True])
    for hours in range(2, 12):
        running.run_clock(at + hours * HOUR)
    task_id = database.scalars(select(UserTask.id).where(UserTask.instance_id == three[0])).one()
    cases.claim(task_id, by=CLEO, at=at + 12 * HOUR)
    incident = database.scalars(select(Incident).where(Incident.instance_id == three[0])).one()
    database.execute(Timer.__table__.delete().where(Timer.instance_id == three[0]))
    database.commit()
    cases.retry(incident.id, by=SAM, at=at + 13 * HOUR)
    database.expire_all()
    assert database.scalars(select(Incident.state).where(Incident.instance_id == three[0])).one() == "resolved"


@pytest.mark.parametrize("gone", ["cancelled", "completed"])
def test_an_incident_of_a_timer_goes_with_it(
    three: list[int], database: Session, at: datetime, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    """The case is closed or the task done before anybody looked: no incident is left that nobody could settle any more."""
    fail_for(monkeypatch, [True])
    for hours in range(2, 12):
        running.run_clock(at + hours * HOUR)
    if gone == "cancelled":
        cases.cancel(three[0], reason="entered twice", by=SAM, at=at + 12 * HOUR)
    else:
        task_id = database.scalars(select(UserTask.id).where(UserTask.instance_id == three[0])).one()
        assert cases.complete(task_id, form={}, by=CLEO, at=at + 12 * HOUR).ended
    found = select(Incident.state, Incident.reason).where(Incident.instance_id == three[0])
    assert tuple(database.execute(found).one()) == ("resolved", "passed")
    assert proof.verify(three[0]) == []


def test_an_incident_that_earlier_versions_opened_for_a_timer_still_verifies(
    three: list[int], at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They noted it beside the run, which knew nothing of it: a record with one agrees, and it can be settled."""
    told = {"topic": "", "after": "timer", "kind": "TimerFailed", "message": "RuntimeError", "trace": ""}
    with monkeypatch.context() as earlier:
        earlier.setattr(
            commands,
            "report",
            lambda run, token, **_more: run.add({"type": "incident_opened", "token": token, "element": "late", **told}),
        )
        fail_for(earlier, [True])
        for hours in range(2, 12):
            running.run_clock(at + hours * HOUR)
    assert proof.verify(three[0]) == []
    cases.retry(1, by=SAM, at=at + 13 * HOUR)
    assert [where(three[0]), proof.verify(three[0])] == [{"press": 1}, []]


def test_a_timer_that_fires_at_last_leaves_nothing_behind(
    three: list[int], database: Session, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two attempts fail, the third succeeds: no incident, and no setback that a later timer could trip over."""
    failing = [True]
    fail_for(monkeypatch, failing)
    running.run_clock(at + 2 * HOUR)
    running.run_clock(at + 3 * HOUR)
    failing[0] = False
    running.run_clock(at + 4 * HOUR)
    assert [where(one) for one in three] == [{"press": 1}] * 3
    assert database.scalar(select(func.count()).select_from(Setback)) == 0
    assert database.scalar(select(func.count()).select_from(Incident)) == 0


def test_a_message_reaches_the_others_when_one_is_broken(database: Session, at: datetime) -> None:
    """A batch releases every case it can, and says that one is left."""
    drawn = process(
        "WAIT",
        start(),
        catch_message("released", "run_done", '"k"'),
        user("after"),
        end(),
        path("begun", "released", "after", "finished"),
        messages=("run_done",),
    )
    published.publish(package("WAIT", drawn), by=SAM, note="", at=at)
    for number in range(3):
        cases.start("WAIT", business_key=f"AJ-{number}", variables={}, by=CLEO, at=at)
    spoil(database, 1)
    with pytest.raises(engine.Conflict, match="released=2"):
        cases.correlate("run_done", "k", variables={}, by=SAM, at=at)
    assert [where(one) for one in (2, 3)] == [{"after": 1}, {"after": 1}]


def test_waiting_costs_nothing(database: Session, at: datetime) -> None:
    """A case at five boundary timers is not even looked at until one is due: a pass is three statements for the whole office."""
    drawn = process(
        "FIVE",
        start(),
        user("ask"),
        *(boundary(f"late{n}", "ask", timer=f'duration("PT{n}H")', interrupting=False) for n in range(1, 6)),
        *(end(f"end{n}") for n in range(1, 6)),
        end(),
        path("begun", "ask", "finished"),
        *(path(f"late{n}", f"end{n}") for n in range(1, 6)),
    )
    published.publish(package("FIVE", drawn), by=SAM, note="", at=at)
    for number in range(20):
        cases.start("FIVE", business_key=f"AJ-{number}", variables={}, by=CLEO, at=at)
    selected: list[str] = []
    running.run_clock(at)  # the first time a process also looks for cases that stand still

    def note(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        selected.append(statement)

    event.listen(database.get_bind(), "before_cursor_execute", note)
    assert running.run_clock(at) == 0
    assert [one for one in selected if not one.startswith("BEGIN")] == selected[1::2]
    assert len(selected) == 6
    assert running.run_clock(at + HOUR) == 20
