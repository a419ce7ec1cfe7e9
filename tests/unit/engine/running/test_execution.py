"""The engine from outside: start, complete, refuse, wait, retry; always in one commit and with a chained history."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from marshmallow import Schema, fields
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import engine
import engine.runtime
from engine import cases, definitions, language, proof, published, running
from engine.cases.incidents import IncidentResolved
from engine.runtime import BpmnError, Call, handler
from engine.runtime.permissions import ClaimedByAnother
from models.incident import Incident
from models.instance import ProcessInstance
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask
from tests.support.actors import CLEO, NORA, SAM
from tests.support.drawing import (
    boundary,
    call,
    catch,
    catch_message,
    end,
    error_end,
    flow,
    gateway,
    package,
    path,
    process,
    service,
    start,
    sub_process,
    user,
)

UNLUCKY = 1313


class _Amount(Schema):
    amount = fields.Integer(required=True)


class _Paid(Schema):
    paid = fields.Integer()
    key = fields.String()


@pytest.fixture(autouse=True)
def paying(runtime: engine.runtime.Runtime) -> None:
    """A service task of these tests."""
    runtime.serve(_pay)


@handler("test/pay", parameters=_Amount, result=_Paid, errors=("refused",), title_zh="付", title_en="Pay")
def _pay(parameters: dict[str, int], call: Call) -> dict[str, object]:
    if parameters["amount"] > 10_000:
        raise BpmnError("refused")
    if parameters["amount"] == UNLUCKY:
        raise RuntimeError("customer 13900000001")
    return {"paid": parameters["amount"], "key": call.key}


def publish(content: definitions.Package, at: datetime) -> None:
    published.publish(content, by=SAM, note="", at=at)


def begin(key: str, at: datetime, **variables: object) -> running.Advanced:
    return cases.start(key, business_key="AJ-1", variables=variables, by=CLEO, at=at)


def kinds(instance_id: int) -> list[str]:
    """The types of the steps of the last entry."""
    return [step["type"] for step in proof.entries(instance_id)[-1].steps]


PAYMENT = process(
    "PAY",
    start(due='accepted_at + duration("PT24H")'),
    user("ask", due='accepted_at + duration("PT4H")'),
    service("pay", "test/pay", amount="amount"),
    boundary("refused", "pay", error="refused"),
    end(),
    path("begun", "ask", "pay", "finished"),
    flow("refused", "ask"),
    errors=("refused",),
)


@pytest.fixture
def payment(database: Session, at: datetime) -> running.Advanced:
    publish(package("PAY", PAYMENT), at)
    return begin("PAY", at, msisdn="13900000001")


def test_start_opens_the_first_task_with_its_limit(payment: running.Advanced, database: Session, at: datetime) -> None:
    """A case waits at its first user task, due when the diagram says."""
    task = database.get(UserTask, payment.user_task_ids[0])
    assert task is not None
    assert (task.element_id, task.group, task.due_at) == ("ask", "service_hall", at + timedelta(hours=4))
    assert database.scalars(select(ProcessInstance.due_at)).one() == at + timedelta(hours=24)


def test_completing_runs_to_the_end(payment: running.Advanced, database: Session, at: datetime) -> None:
    """What was typed reaches the service as fen, its answer becomes a variable, and the case ends."""
    done = cases.complete(payment.user_task_ids[0], form={"amount": "12.50"}, by=CLEO, at=at)
    assert done.ended
    assert proof.marking(1).variables["result"]["paid"] == 1250


def test_a_business_no_returns_to_a_person(payment: running.Advanced, at: datetime) -> None:
    """An error boundary event takes the refusal back to the task it points at; nothing is an incident."""
    again = cases.complete(payment.user_task_ids[0], form={"amount": "500"}, by=CLEO, at=at)
    assert len(again.user_task_ids) == 1
    assert proof.marking(1).variables["refusal"] == {"code": "refused"}


def test_a_broken_service_is_an_incident_without_customers_data(
    payment: running.Advanced, database: Session, at: datetime
) -> None:
    """The case waits, the entry was kept, and neither message nor trace holds what the handler was handling."""
    cases.complete(payment.user_task_ids[0], form={"amount": "13.13"}, by=CLEO, at=at)
    incident = database.scalars(select(Incident)).one()
    assert (incident.kind, incident.element_id, incident.state) == ("RuntimeError", "pay", "open")
    assert "139" not in incident.message + incident.trace
    assert proof.marking(1).active == {"pay": 1}


def test_an_incident_can_be_retried_and_resolved(payment: running.Advanced, database: Session, at: datetime) -> None:
    """A retry that fails again stays one case with one open incident; a person's result lets it go on."""
    cases.complete(payment.user_task_ids[0], form={"amount": "13.13"}, by=CLEO, at=at)
    cases.retry(1, by=SAM, at=at)
    states = list(database.scalars(select(Incident.state).order_by(Incident.id)))
    assert states == ["resolved", "open"]
    done = cases.resolve(2, result={"paid": 0}, reason="paid by hand", by=SAM, at=at)
    assert done.ended
    with pytest.raises(IncidentResolved):
        cases.retry(2, by=SAM, at=at)


def test_nobody_else_may_complete(payment: running.Advanced, at: datetime) -> None:
    """Another department, a colleague when the task is claimed, and a second completion are refused and change nothing."""
    task_id = payment.user_task_ids[0]
    before = proof.entries(1)[-1].hash
    with pytest.raises(engine.runtime.NotACandidate):
        cases.complete(task_id, form={}, by=NORA, at=at)
    with pytest.raises(cases.UnknownUserTask):
        cases.complete(99, form={}, by=CLEO, at=at)
    assert proof.entries(1)[-1].hash == before
    cases.claim(task_id, by=CLEO, at=at)
    with pytest.raises(ClaimedByAnother):
        cases.complete(task_id, form={}, by=SAM, at=at)
    cases.complete(task_id, form={"amount": "1"}, by=CLEO, at=at)
    with pytest.raises(engine.runtime.AlreadyCompleted):
        cases.complete(task_id, form={"amount": "1"}, by=CLEO, at=at)


def test_a_wrong_form_changes_nothing(payment: running.Advanced, database: Session, at: datetime) -> None:
    """Every wrong field is named, and the task is as it was."""
    with pytest.raises(language.InvalidForm) as refused:
        cases.complete(payment.user_task_ids[0], form={"amount": "-1.234", "other": "x"}, by=CLEO, at=at)
    assert set(refused.value.reasons) == {"amount", "other"}
    assert database.scalars(select(UserTask.state)).one() == "open"


def test_an_interrupting_timer_takes_the_task_away(database: Session, at: datetime) -> None:
    """When the limit passes the task is cancelled, once, and the other path is taken; a clerk's late click gets a plain answer."""
    drawn = process(
        "LATE",
        start(),
        user("ask"),
        boundary("late", "ask", timer='duration("PT2H")'),
        user("press"),
        end(),
        end("pressed"),
        path("begun", "ask", "finished"),
        path("late", "press", "pressed"),
    )
    publish(package("LATE", drawn), at)
    begun = begin("LATE", at)
    assert running.run_due(at + timedelta(hours=1)) == 0
    assert running.run_due(at + timedelta(hours=2)) == 1
    assert running.run_due(at + timedelta(hours=2)) == 0
    assert proof.marking(1).active == {"press": 1}
    with pytest.raises(engine.runtime.AlreadyCompleted):
        cases.complete(begun.user_task_ids[0], form={}, by=CLEO, at=at)


def test_completing_one_of_two_parallel_tasks_leaves_the_other(database: Session, at: datetime) -> None:
    """SpiffWorkflow's own wall clock would fire the sibling's timer; here only a recorded step does."""
    drawn = process(
        "FORK",
        start(),
        gateway("fork", "parallel"),
        user("left"),
        user("right"),
        boundary("late", "right", timer='duration("PT1H")'),
        end("late_end"),
        gateway("join", "parallel"),
        end(),
        path("begun", "fork", "left", "join", "finished"),
        path("fork", "right", "join"),
        path("late", "late_end"),
    )
    publish(package("FORK", drawn), at)
    left, _right = begin("FORK", at).user_task_ids
    cases.complete(left, form={"amount": "1"}, by=CLEO, at=at + timedelta(days=400))
    assert proof.marking(1).active == {"right": 1, "late": 1}


def test_a_fork_loses_no_update(database: Session, at: datetime) -> None:
    """A variable set in one branch survives the join although the other branch ends last."""
    drawn = process(
        "DATA",
        start(),
        gateway("fork", "parallel"),
        user("left"),
        user("right"),
        gateway("join", "parallel"),
        user("after"),
        end(),
        path("begun", "fork", "left", "join", "after", "finished"),
        path("fork", "right", "join"),
    )
    publish(package("DATA", drawn), at)
    left, right = begin("DATA", at, amount=1, note="before").user_task_ids
    cases.complete(left, form={"amount": "2"}, by=CLEO, at=at)
    cases.complete(right, form={"note": "right"}, by=CLEO, at=at)
    variables = proof.marking(1).variables
    assert variables["note"] == "right"
    assert proof.marking(1).active == {"after": 1}


CALLED = process(
    "INNER",
    start(),
    user("inner_ask"),
    gateway("enough", default="flow_enough_inner_end"),
    end("inner_end"),
    error_end("too_little", "too_little"),
    path("begun", "inner_ask", "enough", "inner_end"),
    flow("enough", "too_little", "amount < limit"),
    errors=("too_little",),
)
CALLER = process(
    "OUTER",
    start(),
    call("inner", "INNER", in_limit="100", out_settled="amount"),
    boundary("short", "inner", error="too_little"),
    end(),
    end("refused"),
    path("begun", "inner", "finished"),
    path("short", "refused"),
    errors=("too_little",),
)


def test_a_called_process_has_its_own_variables(database: Session, at: datetime) -> None:
    """It starts with a copy of the caller's and its inputs; only what is named comes back."""
    publish(package("OUTER", CALLER, INNER_bpmn=CALLED), at)
    begun = begin("OUTER", at, note="mine")
    done = cases.complete(begun.user_task_ids[0], form={"amount": "5", "note": "theirs"}, by=CLEO, at=at)
    assert done.ended
    assert proof.marking(1).variables == {"note": "mine", "settled": 500}


def test_an_error_end_is_caught_by_the_caller(database: Session, at: datetime) -> None:
    """A called process that ends with an error goes on at the caller's boundary event, and nowhere else."""
    publish(package("OUTER", CALLER, INNER_bpmn=CALLED), at)
    begun = begin("OUTER", at)
    done = cases.complete(begun.user_task_ids[0], form={"amount": "0.5"}, by=CLEO, at=at)
    assert done.ended
    passed = proof.marking(1).done
    assert "refused" in passed
    assert "finished" not in passed


def test_an_error_stays_with_the_activity_that_raised_it(database: Session, at: datetime) -> None:
    """Two parallel activities that handle the same error code do not catch each other's."""
    drawn = process(
        "SAME",
        start(),
        gateway("fork", "parallel"),
        user("left_ask"),
        sub_process(
            "left",
            start("left_begun"),
            service("left_pay", "test/pay", amount="amount"),
            end("left_end"),
            path("left_begun", "left_pay", "left_end"),
        ),
        boundary("left_no", "left", error="refused"),
        end("left_refused"),
        user("right_ask"),
        boundary("right_no", "right_ask", error="refused"),
        end("right_refused"),
        gateway("join", "parallel"),
        end(),
        path("begun", "fork", "left_ask", "left", "join", "finished"),
        path("fork", "right_ask", "join"),
        path("left_no", "left_refused"),
        path("right_no", "right_refused"),
        errors=("refused",),
    )
    publish(package("SAME", drawn), at)
    left, _right = begin("SAME", at).user_task_ids
    cases.complete(left, form={"amount": "500"}, by=CLEO, at=at)
    marking = proof.marking(1)
    assert "left_refused" in marking.done
    assert marking.active == {"right_ask": 1}


def test_a_message_reaches_only_its_key(database: Session, at: datetime) -> None:
    """Two cases wait for two periods; a release lets exactly one of them on, and again does nothing."""
    drawn = process(
        "WAIT",
        start(),
        catch_message("released", "run_done", "period"),
        user("after"),
        end(),
        path("begun", "released", "after", "finished"),
        messages=("run_done",),
    )
    publish(package("WAIT", drawn), at)
    for period in ("2026-11", "2026-12"):
        cases.start("WAIT", business_key=period, variables={"period": period}, by=CLEO, at=at)
    assert cases.correlate("run_done", "2026-12", variables={"note": "x"}, by=SAM, at=at) == 1
    assert cases.correlate("run_done", "2026-12", variables={}, by=SAM, at=at) == 0
    assert proof.marking(1).active == {"released": 1}
    assert proof.marking(2).active == {"after": 1}
    assert database.scalar(select(func.count()).select_from(MessageSubscription)) == 1


def test_an_event_gateway_takes_what_happens_first(database: Session, at: datetime) -> None:
    """Two timers and a message wait at one gateway: the shorter timer fires although it is drawn second."""
    drawn = process(
        "RACE",
        start(),
        gateway("which", "eventBased"),
        catch("long", timer='duration("PT5H")'),
        catch("short", timer='duration("PT1H")'),
        catch("told", message="told", key='"k"'),
        end("long_end"),
        end("short_end"),
        end("told_end"),
        path("begun", "which", "long", "long_end"),
        path("which", "short", "short_end"),
        path("which", "told", "told_end"),
        messages=("told",),
    )
    publish(package("RACE", drawn), at)
    begin("RACE", at)
    assert running.run_due(at + timedelta(hours=2)) == 1
    assert "short_end" in proof.marking(1).done
    assert database.scalar(select(func.count()).select_from(Timer)) == 0
    assert database.scalar(select(func.count()).select_from(MessageSubscription)) == 0


def test_waiting_for_the_customer_stops_every_clock(database: Session, at: datetime) -> None:
    """The case's limit moves by the time the customer took, and nothing is late meanwhile."""
    drawn = process(
        "PAUSE",
        start(due='accepted_at + duration("PT24H")'),
        user("ask_customer", customerWaits="true"),
        user("reply"),
        end(),
        path("begun", "ask_customer", "reply", "finished"),
    )
    publish(package("PAUSE", drawn), at)
    begun = begin("PAUSE", at)
    late = at + timedelta(hours=30)
    assert running.run_due(late) == 0
    cases.complete(begun.user_task_ids[0], form={}, by=CLEO, at=late)
    assert database.scalars(select(ProcessInstance.due_at)).one() == at + timedelta(hours=54)


def test_a_missed_limit_is_recorded_once(payment: running.Advanced, database: Session, at: datetime) -> None:
    """The task after 4 hours, the case after 24; each leaves one step."""
    assert running.run_due(at + timedelta(hours=5)) == 1
    assert running.run_due(at + timedelta(hours=25)) == 1
    assert running.run_due(at + timedelta(hours=26)) == 0
    missed = [s for e in proof.entries(1) for s in e.steps if s["type"] == "deadline_missed"]
    assert len(missed) == 2


def test_steps_that_share_a_limit_share_it(database: Session, at: datetime) -> None:
    """The first step of a group fixes the limit; the second does not get a new one."""
    limit = 'now() + duration("PT24H")'
    drawn = process(
        "GROUP",
        start(),
        user("one", due=limit, dueGroup="check"),
        user("two", due=limit, dueGroup="check"),
        end(),
        path("begun", "one", "two", "finished"),
    )
    publish(package("GROUP", drawn), at)
    begun = begin("GROUP", at)
    cases.complete(begun.user_task_ids[0], form={}, by=CLEO, at=at + timedelta(hours=20))
    assert set(database.scalars(select(UserTask.due_at))) == {at + timedelta(hours=24)}


def test_a_loop_costs_no_more_the_fortieth_time(database: Session, at: datetime) -> None:
    """State holds open tokens and not rounds: it does not grow, and the loop ends properly."""
    drawn = process(
        "LOOP",
        start(),
        user("ask"),
        gateway("again", default="flow_again_finished"),
        end(),
        path("begun", "ask", "again", "finished"),
        flow("again", "ask", "amount > 0"),
    )
    publish(package("LOOP", drawn), at)
    task_id = begin("LOOP", at).user_task_ids[0]
    sizes = []
    for _round in range(40):
        task_id = cases.complete(task_id, form={"amount": "1"}, by=CLEO, at=at).user_task_ids[0]
        sizes.append(len(database.scalars(select(ProcessInstance.state_blob)).one()))
    assert max(sizes[5:]) <= min(sizes[5:]) + 16
    assert cases.complete(task_id, form={"amount": "0"}, by=CLEO, at=at).ended


def test_an_endless_loop_is_stopped(database: Session, at: datetime) -> None:
    """A process that never waits is refused with nothing started; the rest of the office goes on."""
    drawn = process(
        "SPIN",
        start(),
        gateway("again", default="flow_again_pay"),
        service("pay", "test/pay", amount="1"),
        end(),
        path("begun", "again", "pay"),
        flow("pay", "again"),
        flow("again", "finished", "amount = 5"),
    )
    publish(package("SPIN", drawn), at)
    with pytest.raises(engine.Corrupt):
        begin("SPIN", at)
    assert database.scalar(select(func.count()).select_from(ProcessInstance)) == 0


def test_cancelling_takes_everything_open_away(payment: running.Advanced, database: Session, at: datetime) -> None:
    """A cancelled case leaves no open task and says why."""
    cases.cancel(1, reason="entered twice", by=SAM, at=at)
    assert database.scalars(select(UserTask.state)).one() == "cancelled"
    assert kinds(1)[-1] == "instance_cancelled"
    with pytest.raises(running.InstanceEnded):
        cases.cancel(1, reason="again", by=SAM, at=at)


def test_personal_values_are_not_readable_in_the_record(
    payment: running.Advanced, database: Session, at: datetime
) -> None:
    """The stored bytes hold neither the number nor the remark, yet whoever has the case's key reads both."""
    from models.entry import HistoryEntry

    cases.complete(payment.user_task_ids[0], form={"amount": "500", "note": "秘密备注"}, by=CLEO, at=at)
    stored = (
        b"".join(database.scalars(select(HistoryEntry.body)))
        + database.scalars(select(ProcessInstance.state_blob)).one()
    )
    assert b"13900000001" not in stored
    assert "秘密备注".encode() not in stored
    assert proof.marking(1).variables["note"] == "秘密备注"
