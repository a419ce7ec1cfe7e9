"""Step → change of state. The living rows and every replay are made by this same code; a step type is handled here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from engine.steps import ACTS, Step, moved_by
from engine.stores import Store

Applier = Callable[[Store, Step, datetime, int], None]
_appliers: dict[str, Applier] = {}


def apply(steps: list[Step], store: Store, at: datetime) -> None:
    """Apply the steps of one entry in order."""
    for step in steps:
        _appliers[step["type"]](store, step, at, step.get("scope", 0))


def _on(*types: str) -> Callable[[Applier], Applier]:
    def register(applier: Applier) -> Applier:
        for type in types:
            _appliers[type] = applier
        return applier

    return register


@_on("instance_started")
def _started(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.instance_changed(state="active", started_at=at, due_at=step.get("due"), paused_at=None, overdue=False)
    store.variables_set(0, step["variables"], None)


@_on("user_task_created")
def _task_created(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.user_task_opened(
        step["token"],
        element_id=step["element"],
        name=step["name"],
        group=step["group"],
        form=step["form"],
        process_key=step["process"],
        state="open",
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
    store.seen("active", step["element"], scope, 1)


@_on("user_task_claimed", "user_task_assigned", "user_task_released")
def _task_assigned(store: Store, step: Step, at: datetime, scope: int) -> None:
    who = {"user_task_claimed": step.get("by"), "user_task_assigned": step.get("to")}
    store.user_task_changed(step["token"], assignee=who.get(step["type"]))


@_on("user_task_completed")
def _task_completed(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.user_task_changed(
        step["token"], state="completed", completed_at=at, completed_by=step["by"], assignee=step["by"]
    )
    store.variables_set(scope, step["form"], None)
    _moved_on(store, step["element"], scope)


@_on("user_task_cancelled")
def _task_cancelled(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.user_task_changed(step["token"], state="cancelled", completed_at=at)
    store.seen("active", step["element"], scope, -1)


@_on("flow_taken")
def _flow(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.seen("flows", step["flow"], scope, 1)


@_on("passed")
def _passed(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.seen("done", step["element"], scope, 1)


@_on("item_entered")
def _item_entered(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.item_opened(step["item"], scope)
    store.variables_set(step["item"], step["variables"], None)


@_on("items_left", "approval_given")
def _variables_set(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.variables_set(scope, step["variables"], None)


@_on("entered", "items_entered", "item_left", "item_cancelled")
def _entered(store: Store, step: Step, at: datetime, scope: int) -> None:
    return None


@_on("call_entered")
def _call_entered(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.call_opened(step["called"], scope, step["element"])
    store.variables_set(step["called"], step["variables"], scope)


@_on("call_left")
def _call_left(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.variables_set(scope, step["variables"], None)
    store.call_closed(step["called"])
    store.seen("done", step["element"], scope, 1)


@_on("call_cancelled")
def _call_cancelled(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.call_closed(step["called"])


@_on("job_created")
def _job_created(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.seen("active", step["element"], scope, 1)


@_on("job_completed", "decision_evaluated")
def _work_done(store: Store, step: Step, at: datetime, scope: int) -> None:
    value = step["result"] if step["type"] == "job_completed" else step["value"]
    if step["variable"]:
        store.variables_set(scope, {step["variable"]: value}, None)
    if step["type"] == "job_completed":
        store.seen("active", step["element"], scope, -1)
    store.seen("done", step["element"], scope, 1)


@_on("job_refused")
def _job_refused(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.seen("active", step["element"], scope, -1)
    store.variables_set(scope, {"refusal": {"code": step["code"], **step["values"]}}, None)


@_on("job_cancelled")
def _job_cancelled(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.seen("active", step["element"], scope, -1)


@_on("limit_extended")
def _extended(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.shifted(moved_by(step))


@_on("job_queued", "error_caught", "personal_data_erased", *ACTS)
def _noted(store: Store, step: Step, at: datetime, scope: int) -> None:
    return None


@_on("incident_opened")
def _incident(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.incident_opened(
        step["token"],
        element_id=step["element"],
        topic=step["topic"],
        kind=step["kind"],
        message=step["message"],
        trace=step.get("trace", ""),
        attempts=1,
        state="open",
        opened_at=at,
    )
    if step["after"] in ("refusal", "arrival"):  # otherwise the token is counted as standing there already
        store.seen("active", step["element"], scope, 1)


@_on("incident_retried", "incident_resolved", "incident_cancelled")
def _incident_closed(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.incident_closed(step["token"], step.get("reason", step["type"].removeprefix("incident_")))
    if "due" in step:
        _limited(store, step["token"], step["due"])
    if step["type"] != "incident_resolved":
        store.seen("active", step["element"], scope, -1)


def _limited(store: Store, token: int, due: datetime) -> None:
    """The limit of an open step, or of the case, is known after all."""
    if token:
        store.user_task_changed(token, due_at=due)
    else:
        store.instance_changed(due_at=due)


@_on("token_released")
def _released(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.seen("active", step["element"], scope, -1)


@_on("timer_set")
def _timer_set(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.timer_opened(step["token"], step["element"], step["due"])
    store.seen("active", step["element"], scope, 1)


@_on("timer_fired", "timer_cancelled")
def _timer_gone(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.timer_closed(step["token"])
    store.seen("active", step["element"], scope, -1)


@_on("message_awaited")
def _message_awaited(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.message_opened(step["token"], step["element"], step["message"], step["key"])
    store.seen("active", step["element"], scope, 1)


@_on("message_received", "message_cancelled")
def _message_gone(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.message_closed(step["token"])
    store.seen("active", step["element"], scope, -1)
    if step["type"] == "message_received":
        store.variables_set(scope, step["variables"], None)


@_on("clock_paused")
def _paused(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.instance_changed(paused_at=at)
    store.user_task_changed(step["token"], paused_at=at)


@_on("clock_resumed")
def _resumed(store: Store, step: Step, at: datetime, scope: int) -> None:
    if not step["still_paused"]:
        store.shifted(timedelta(seconds=step["paused_seconds"], microseconds=step.get("microseconds", 0)))
        store.instance_changed(paused_at=None)


@_on("case_limit_met")
def _limit_met(store: Store, step: Step, at: datetime, scope: int) -> None:
    store.instance_changed(due_at=None)
    for token in step["tokens"]:
        store.user_task_changed(token, due_at=None)


@_on("deadline_missed")
def _missed(store: Store, step: Step, at: datetime, scope: int) -> None:
    if "token" in step:
        store.user_task_changed(step["token"], overdue=True)
    else:
        store.instance_changed(overdue=True)


@_on("instance_completed", "instance_cancelled")
def _ended(store: Store, step: Step, at: datetime, scope: int) -> None:
    state: dict[str, Any] = {"instance_completed": "completed", "instance_cancelled": "cancelled"}
    store.instance_changed(state=state[step["type"]], ended_at=at)


def _moved_on(store: Store, element: str, scope: int) -> None:
    store.seen("active", element, scope, -1)
    store.seen("done", element, scope, 1)
