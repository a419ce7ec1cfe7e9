"""Doing again what a history entry says was done: the command its first step stands for, with the answers that services gave then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeGuard, assert_never, cast

from engine.elements.running import Perform
from engine.language import values
from engine.record import appliers
from engine.record.case import NO_CHOICE
from engine.record.case_steps import (
    CaseStep,
    ExtensionSaid,
    IncidentClosed,
    IncidentOpened,
    JobCompleted,
    JobQueued,
    JobRefused,
    LimitExtended,
    Started,
)
from engine.record.steps import ACTS, Done, Failed, Queued, Refused, Work, WorkOutcome
from engine.spiff import commands
from engine.spiff.position import CASE
from engine.spiff.run import STANDSTILL, Run


def answers(steps: Sequence[CaseStep]) -> Perform:
    """Return how the services answer: as they did then."""
    outcomes: dict[int, WorkOutcome] = {}
    for step in steps:
        if _says_outcome(step):
            outcomes.setdefault(step["token"], _outcome(step))  # an uncaught refusal is followed by its incident

    def perform(work: Work) -> WorkOutcome:
        return outcomes.get(work.token, Failed("NotRecorded", work.topic))

    return perform


_OUTCOMES = ("job_completed", "job_refused", "incident_opened", "job_queued")
_Outcome = JobCompleted | JobRefused | IncidentOpened | JobQueued


def _says_outcome(step: CaseStep) -> TypeGuard[_Outcome]:
    return step["type"] in _OUTCOMES


def _outcome(step: _Outcome) -> WorkOutcome:
    match step["type"]:
        case "job_completed":
            return Done(step["result"])
        case "job_refused":
            return Refused(step["code"], step["values"])
        case "incident_opened":
            return Failed(step["kind"], step["message"], step.get("trace", ""))
        case "job_queued":
            return Queued()
        case _:
            assert_never(step)


def _moved_by(step: LimitExtended) -> timedelta:
    """Return by how much an extension moved the limits."""
    return timedelta(seconds=step["moved_seconds"], microseconds=step["microseconds"])


def _told(step: LimitExtended) -> ExtensionSaid:
    """Return what an extension says beside how far the limits moved."""
    shift = ("type", "moved_seconds", "microseconds")
    return cast(ExtensionSaid, {name: value for name, value in step.items() if name not in shift})


def _origin(opening: Started) -> dict[str, str]:
    """Return the number of a case and the software that began it, which earlier versions did not say."""
    return {"number": opening.get("number", ""), "software": opening.get("software", "")}


def command(run: Run, steps: list[CaseStep]) -> None:
    """Do again what the first step of an entry says was done."""
    first, last, run.recorded = steps[0], steps[-1], steps
    appliers.prepare(steps, run.case)
    if last["type"] == "instance_cancelled":
        commands.cancel(run, last["reason"], last.get("outcome", ""), [act for act in steps if act["type"] in ACTS])
    elif first["type"] == "incident_opened":
        _report(run, first, steps)
    elif first["type"] == "incident_resolved":
        _resolve(run, first, steps[1:])
    else:
        _do(run, first, steps)


def _report(run: Run, first: IncidentOpened, steps: list[CaseStep]) -> None:
    """Do again what a person was told of: queued work that failed, a case that stands still, a limit that was reached."""
    if first["after"] == "job":
        commands.finish_work(run, first["token"], _outcome(first))
    elif first["kind"] == STANDSTILL:
        run.notice_standstill()
    elif first["after"] == "limit":
        commands.report(run, first["token"], first["kind"], first["message"], first.get("trace", ""))
    else:
        commands.note(run, steps)


def _do(run: Run, first: CaseStep, steps: list[CaseStep]) -> None:
    match first["type"]:
        case "instance_started":
            commands.begin(run, dict(first["variables"]), **_origin(first))
        case "user_task_completed":
            commands.complete_user_task(run, first["token"], first["form"], first["by"], first.get("despite", ()))
        case "timer_fired":
            commands.fire_timer(run, first["token"])
        case "message_received":
            commands.receive_message(run, first["token"], first["variables"])
        case "incident_retried":
            commands.retry(run, first["token"])
        case "job_completed" | "job_refused":
            commands.finish_work(run, first["token"], _outcome(first))
        case "limit_extended":
            commands.extend(run, _moved_by(first), **_told(first))
        case "case_limit_met":
            commands.meet_limit(run, first["by"], first["told"], first.get("despite", ()))
        case (
            "instance_completed" | "instance_cancelled" | "user_task_created" | "user_task_claimed"
            | "user_task_released" | "user_task_assigned" | "user_task_cancelled" | "timer_set" | "timer_cancelled"
            | "message_awaited" | "message_cancelled" | "job_created" | "job_queued" | "job_cancelled"
            | "decision_evaluated" | "incident_opened" | "incident_resolved" | "incident_cancelled" | "flow_taken"
            | "passed" | "token_released" | "call_entered" | "call_left" | "call_cancelled" | "item_entered"
            | "item_left" | "item_cancelled" | "items_left" | "approval_given" | "clock_paused" | "clock_resumed"
            | "deadline_missed" | "entered" | "items_entered" | "error_caught" | "personal_data_erased"
            | "customer_tried" | "case_withdrawn" | "case_voided" | "case_not_reached" | "hold_lifted"
            | "correction_withdrawn" | "credit_reversed" | "extension_asked" | "reversal_asked" | "reversal_agreed"
            | "request_refused"
        ):  # fmt: skip
            commands.note(run, steps)
        case _:
            assert_never(first)


def _resolve(run: Run, first: IncidentClosed, after: list[CaseStep]) -> None:
    """Resolve a settled incident as it was: stuck work finished by hand, a timer fired, or nothing because nobody waits any more."""
    again = first["token"] == CASE or commands.is_unreckoned(run, first["token"])
    offers_nothing = any(step["type"] == "incident_opened" and step["kind"] == NO_CHOICE for step in after[:1])
    if offers_nothing or (again and ("due" in first or after)):
        commands.retry(run, first["token"])
        return
    if first["token"] in run.case.stuck and first["token"] not in run.case.open:
        outcome = _outcome(after[0]) if after and _says_outcome(after[0]) else Done({})
        commands.resolve(run, first["token"], outcome, first["reason"])
        return
    run.record(first)
    if after:
        commands.fire_timer(run, first["token"])


def with_groups(steps: list[CaseStep], recorded: list[CaseStep]) -> list[CaseStep]:
    """Return steps with the departments that were recorded: lanes bear a department's name, and whose name that was is known by the record alone."""
    return [_with_group(step, then) for step, then in zip(steps, recorded, strict=False)] + steps[len(recorded) :]


def _with_group(step: CaseStep, then: CaseStep) -> CaseStep:
    if step["type"] != "user_task_created" or then["type"] != "user_task_created":
        return step
    is_same = (step["token"], step["element"]) == (then["token"], then["element"])
    return {**step, "group": then["group"]} if is_same else step


def difference(recorded: list[CaseStep], again: list[CaseStep]) -> str:
    """Return where what was done again parts from the record; empty when it does not."""
    if values.canonical(recorded) == values.canonical(again):
        return ""
    for number, (step, replayed) in enumerate(zip(recorded, again, strict=False)):
        if values.canonical(step) != values.canonical(replayed):
            return f"step {number}: recorded {step['type']}, run again {replayed['type']}"
    if len(recorded) != len(again):
        return f"{len(recorded)} steps recorded, {len(again)} when run again"
    return ""
