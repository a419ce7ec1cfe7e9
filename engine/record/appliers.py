"""Step → change of a case and of its rows. Engine, living rows and every replay are driven by this same code; a step type is handled here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never

from engine.record.case import NO_LIMIT, Case, Kind, Seen, Wait
from engine.record.case_steps import (
    CaseStep,
    ClockResumed,
    Ended,
    IncidentClosed,
    IncidentOpened,
    IncidentStep,
    LimitStep,
    Noted,
    ScopeStep,
    Started,
    TaskCompleted,
    TaskOpened,
    TaskTaken,
    TokenStep,
    UserTaskStep,
    WaitStep,
    WorkStep,
    scope_of,
)
from models.states import CaseState, IncidentState, TaskState


def apply(step: CaseStep, case: Case, at: datetime) -> None:
    """Let a case be as it is after a step."""
    scope = scope_of(step)
    match step["type"]:
        case "flow_taken" | "passed" | "token_released":
            _token(step, case, scope)
        case (
            "user_task_created"
            | "user_task_claimed"
            | "user_task_released"
            | "user_task_assigned"
            | "user_task_completed"
            | "user_task_cancelled"
        ):
            _user_task(step, case, at, scope)
        case "job_created" | "job_completed" | "job_refused" | "job_queued" | "job_cancelled" | "decision_evaluated":
            _work(step, case, scope)
        case (
            "call_entered"
            | "call_left"
            | "call_cancelled"
            | "item_entered"
            | "item_left"
            | "item_cancelled"
            | "items_left"
            | "approval_given"
        ):
            _scope(step, case, scope)
        case _:
            _apply_other(step, case, at, scope)


def _apply_other(
    step: WaitStep | IncidentStep | LimitStep | Started | Ended | Noted, case: Case, at: datetime, scope: int
) -> None:
    match step["type"]:
        case (
            "timer_set"
            | "timer_fired"
            | "timer_cancelled"
            | "message_awaited"
            | "message_received"
            | "message_cancelled"
        ):
            _wait(step, case, scope)
        case "incident_opened" | "incident_retried" | "incident_resolved" | "incident_cancelled":
            _incident(step, case, at, scope)
        case "clock_paused" | "clock_resumed" | "case_limit_met" | "deadline_missed" | "limit_extended":
            _limit(step, case, at)
        case "instance_started" | "instance_completed" | "instance_cancelled":
            _instance(step, case, at)
        case (
            "entered"
            | "items_entered"
            | "error_caught"
            | "personal_data_erased"
            | "case_withdrawn"
            | "case_voided"
            | "case_not_reached"
            | "hold_lifted"
            | "correction_withdrawn"
            | "customer_tried"
            | "extension_asked"
            | "reversal_asked"
            | "reversal_agreed"
            | "credit_reversed"
            | "request_refused"
        ):
            pass  # what is told beside the state
        case _:
            assert_never(step)


def apply_each(steps: Sequence[CaseStep], case: Case, at: datetime) -> None:
    """Do the same for the steps of one entry, in order."""
    prepare(steps, case)
    for step in steps:
        apply(step, case, at)


def prepare(steps: Sequence[CaseStep], case: Case) -> None:
    """Prepare the case for these steps: earlier versions did not tell that an event at a gateway had reached a limit before, when it happened after all: nobody is stuck there."""
    first = steps[0]
    if first["type"] != "message_received" or first["token"] not in case.stuck:
        return
    if not any(step["type"] == "incident_resolved" and step["token"] == first["token"] for step in steps[1:]):
        case.stuck.pop(first["token"])


def _instance(step: Started | Ended, case: Case, at: datetime) -> None:
    if step["type"] == "instance_started":
        _begin(step, case, at)
    else:
        case.rows.instance_changed(state=CaseState(step["type"].removeprefix("instance_")), ended_at=at)


def _begin(step: Started, case: Case, at: datetime) -> None:
    case.rows.instance_changed(
        state=CaseState.ACTIVE, started_at=at, due_at=step.get("due"), paused_at=None, overdue=False, processes=""
    )
    case.scopes[0].process = step["process"]
    case.due = step.get("due")
    case.assign(0, step["variables"])


def _user_task(step: UserTaskStep, case: Case, at: datetime, scope: int) -> None:
    match step["type"]:
        case "user_task_created":
            _task_created(step, case, at, scope)
        case "user_task_claimed" | "user_task_released" | "user_task_assigned":
            case.rows.user_task_changed(step["token"], assignee=_hands(step))
        case "user_task_completed":
            _task_completed(step, case, at, scope)
        case "user_task_cancelled":
            case.rows.user_task_changed(step["token"], state=TaskState.CANCELLED, completed_at=at)
            case.open.pop(step["token"], None)
            case.seen(Seen.ACTIVE, step["element"], scope, -1)
        case _:
            assert_never(step)


def _task_created(step: TaskOpened, case: Case, at: datetime, scope: int) -> None:
    case.rows.user_task_opened(
        step["token"],
        element_id=step["element"],
        name=step["name"],
        group=step["group"],
        form=step["form"],
        process_key=step["process"],
        state=TaskState.OPEN,
        created_at=at,
        due_at=step["due"],
        paused_at=None,
        overdue=False,
        assignee=None,
        completed_at=None,
        completed_by=None,
        item_index=step.get("index"),
        item_count=step.get("count"),
    )
    case.open[step["token"]] = Wait(Kind.USER_TASK, step["element"], scope)
    case.limited(step["element"], scope, step["due"])
    case.seen(Seen.ACTIVE, step["element"], scope, 1)


def _hands(step: TaskTaken) -> str | None:
    """Return whose hands a user task is in."""
    if step["type"] == "user_task_released":
        return None
    return step["by"] if step["type"] == "user_task_claimed" else step.get("to")


def _task_completed(step: TaskCompleted, case: Case, at: datetime, scope: int) -> None:
    columns = {"state": TaskState.COMPLETED, "completed_at": at, "completed_by": step["by"], "assignee": step["by"]}
    case.rows.user_task_changed(step["token"], **columns)
    case.open.pop(step["token"], None)
    case.assign(scope, step["form"])
    case.seen(Seen.ACTIVE, step["element"], scope, -1)
    case.seen(Seen.DONE, step["element"], scope, 1)


def _token(step: TokenStep, case: Case, scope: int) -> None:
    match step["type"]:
        case "flow_taken":
            case.seen(Seen.FLOWS, step["flow"], scope, 1)
        case "passed":
            case.seen(Seen.DONE, step["element"], scope, 1)
        case "token_released":
            case.seen(Seen.ACTIVE, step["element"], scope, -1)
        case _:
            assert_never(step)


def _scope(step: ScopeStep, case: Case, scope: int) -> None:
    match step["type"]:
        case "call_entered":
            case.follow_scopes(step)
            case.rows.process_entered(step["process"])
            case.seen(Seen.ACTIVE, step["element"], scope, 1)
            case.assign(step["called"], step["variables"])
        case "call_left":
            case.assign(scope, step["variables"])
            case.follow_scopes(step)
            case.seen(Seen.DONE, step["element"], scope, 1)
        case "item_entered":
            case.follow_scopes(step)
            case.assign(step["item"], step["variables"])
        case "call_cancelled" | "item_left" | "item_cancelled":
            case.follow_scopes(step)
        case "items_left" | "approval_given":
            case.assign(scope, step["variables"])
        case _:
            assert_never(step)


def _work(step: WorkStep, case: Case, scope: int) -> None:
    match step["type"]:
        case "job_created":
            case.seen(Seen.ACTIVE, step["element"], scope, 1)
        case "job_completed":
            case.stuck.pop(step["token"], None)
            case.assign(scope, {step["variable"]: step["result"]} if step["variable"] else {})
            case.seen(Seen.ACTIVE, step["element"], scope, -1)
            case.seen(Seen.DONE, step["element"], scope, 1)
        case "decision_evaluated":
            case.assign(scope, {step["variable"]: step["value"]} if step["variable"] else {})
            case.seen(Seen.DONE, step["element"], scope, 1)
        case "job_refused":
            case.stuck.pop(step["token"], None)
            case.seen(Seen.ACTIVE, step["element"], scope, -1)
            case.assign(scope, {"refusal": {"code": step["code"], **step["values"]}})
        case "job_queued":
            case.stuck[step["token"]] = Wait(Kind.JOB, step["element"], scope)
        case "job_cancelled":
            case.stuck.pop(step["token"], None)
            case.seen(Seen.ACTIVE, step["element"], scope, -1)
        case _:
            assert_never(step)


def _incident(step: IncidentStep, case: Case, at: datetime, scope: int) -> None:
    match step["type"]:
        case "incident_opened":
            _incident_opened(step, case, at, scope)
        case "incident_retried" | "incident_resolved" | "incident_cancelled":
            _incident_closed(step, case, scope)
        case _:
            assert_never(step)


def _incident_opened(step: IncidentOpened, case: Case, at: datetime, scope: int) -> None:
    case.rows.incident_opened(
        step["token"],
        element_id=step["element"],
        topic=step["topic"],
        kind=step["kind"],
        message=step["message"],
        trace=step.get("trace", ""),
        attempts=1,
        state=IncidentState.OPEN,
        opened_at=at,
    )
    case.stuck[step["token"]] = Wait(_kind_of_incident(step), step["element"], scope)
    if step["after"] in ("refusal", "arrival"):  # otherwise the token is counted as standing there already
        case.seen(Seen.ACTIVE, step["element"], scope, 1)


def _kind_of_incident(step: IncidentOpened) -> Kind:
    if step["after"] != "limit":
        return Kind.INCIDENT
    return Kind.UNRECKONED if step["kind"] == NO_LIMIT else Kind.LIMIT


def _incident_closed(step: IncidentClosed, case: Case, scope: int) -> None:
    case.rows.incident_closed(step["token"], step.get("reason", step["type"].removeprefix("incident_")))
    case.stuck.pop(step["token"], None)
    if "due" in step:
        _limited(case, step["token"], step["element"], scope, step["due"])
    if step["type"] != "incident_resolved":
        case.seen(Seen.ACTIVE, step["element"], scope, -1)


def _limited(case: Case, token: int, element: str, scope: int, due: datetime) -> None:
    """Set the limit of an open step, or of the case, which is known after all."""
    if token:
        case.limited(element, scope, due)
        case.rows.user_task_changed(token, due_at=due)
    else:
        case.due = due
        case.rows.instance_changed(due_at=due)


def _wait(step: WaitStep, case: Case, scope: int) -> None:
    match step["type"]:
        case "timer_set":
            case.open[step["token"]] = Wait(Kind.TIMER, step["element"], scope)
            case.rows.timer_opened(step["token"], step["element"], step["due"])
        case "message_awaited":
            case.open[step["token"]] = Wait(Kind.MESSAGE, step["element"], scope, step["message"], step["key"])
            case.rows.message_opened(step["token"], step["element"], step["message"], step["key"])
        case "timer_fired" | "timer_cancelled":
            case.open.pop(step["token"], None)
            case.rows.timer_closed(step["token"])
        case "message_cancelled":
            case.open.pop(step["token"], None)
            case.rows.message_closed(step["token"])
        case "message_received":
            case.open.pop(step["token"], None)
            case.rows.message_closed(step["token"])
            case.assign(scope, step["variables"])
        case _:
            assert_never(step)
    case.seen(Seen.ACTIVE, step["element"], scope, 1 if step["type"] in ("timer_set", "message_awaited") else -1)


def _limit(step: LimitStep, case: Case, at: datetime) -> None:
    match step["type"]:
        case "clock_paused":
            case.paused[step["token"]] = at
            case.rows.instance_changed(paused_at=at)
            case.rows.user_task_changed(step["token"], paused_at=at)
        case "clock_resumed":
            _resumed(step, case, at)
        case "limit_extended":
            shift = timedelta(seconds=step["moved_seconds"], microseconds=step["microseconds"])
            case.shift(shift)
            case.rows.shifted(shift)
        case "case_limit_met":
            case.due = None
            case.rows.instance_changed(due_at=None)
            for token in step["tokens"]:
                case.rows.user_task_changed(token, due_at=None)
        case "deadline_missed":
            if "token" in step:
                case.rows.user_task_changed(step["token"], overdue=True)
            else:
                case.rows.instance_changed(overdue=True)
        case _:
            assert_never(step)


def _resumed(step: ClockResumed, case: Case, at: datetime) -> None:
    case.resume(step["token"], step.get("since"), at)
    if not step["still_paused"]:
        case.rows.shifted(timedelta(seconds=step["paused_seconds"], microseconds=step.get("microseconds", 0)))
        case.rows.instance_changed(paused_at=None)
