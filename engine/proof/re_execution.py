"""Doing again what a history entry says was done: the command its first step stands for, with the answers that services gave then."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from engine.language import values
from engine.record import appliers
from engine.record.case import NO_CHOICE
from engine.record.steps import ACTS, Done, Failed, Queued, Refused, Step, Work, WorkOutcome, moved_by
from engine.spiff.movement import STANDSTILL
from engine.spiff.position import CASE
from engine.spiff.run import Run


def answers(steps: list[Step]) -> Any:
    """Return how the services answer: as they did then."""
    outcomes: dict[int, WorkOutcome] = {}
    for step in steps:
        if step["type"] in _OUTCOMES:
            outcomes.setdefault(step["token"], _outcome(step))  # an uncaught refusal is followed by its incident

    def perform(work: Work) -> WorkOutcome:
        return outcomes.get(work.token, Failed("NotRecorded", work.topic))

    return perform


_OUTCOMES = ("job_completed", "job_refused", "incident_opened", "job_queued")


def _outcome(step: Step) -> WorkOutcome:
    if step["type"] == "job_completed":
        return Done(step["result"])
    if step["type"] == "job_refused":
        return Refused(step["code"], step["values"])
    if step["type"] == "job_queued":
        return Queued()
    return Failed(step["kind"], step["message"], step.get("trace", ""))


def _told(step: Step) -> Step:
    """Return what an extension says beside how far the limits moved."""
    return {name: value for name, value in step.items() if name not in ("type", "moved_seconds", "microseconds")}


def _origin(opening: Step) -> dict[str, str]:
    """Return the number of a case and the software that began it, which earlier versions did not say."""
    return {name: opening[name] for name in ("number", "software") if name in opening}


_COMMANDS: dict[str, Callable[[Run, Step], None]] = {
    "instance_started": lambda run, first: run.begin(first["variables"], **_origin(first)),
    "user_task_completed": lambda run, first: run.complete_user_task(
        first["token"], first["form"], first["by"], first.get("despite", ())
    ),
    "timer_fired": lambda run, first: run.fire_timer(first["token"]),
    "message_received": lambda run, first: run.receive_message(first["token"], first["variables"]),
    "incident_retried": lambda run, first: run.retry(first["token"]),
    "job_completed": lambda run, first: run.finish_work(first["token"], _outcome(first)),
    "job_refused": lambda run, first: run.finish_work(first["token"], _outcome(first)),
    "limit_extended": lambda run, first: run.extend(moved_by(first), **_told(first)),
    "case_limit_met": lambda run, first: run.meet_limit(first["by"], first["told"], first.get("despite", ())),
}


def command(run: Run, steps: list[Step]) -> None:
    """Do again what the first step of an entry says was done."""
    first, run.recorded = steps[0], steps
    kind = first["type"]
    appliers.prepare(steps, run.case)
    if steps[-1]["type"] == "instance_cancelled":
        run.cancel(steps[-1]["reason"], steps[-1].get("outcome", ""), [act for act in steps if act["type"] in ACTS])
    elif kind == "incident_opened" and first["after"] == "job":
        run.finish_work(first["token"], _outcome(first))
    elif kind == "incident_opened" and first["kind"] == STANDSTILL:
        run.notice_standstill()
    elif kind == "incident_opened" and first["after"] == "limit":
        run.report(first["token"], first["kind"], first["message"], first.get("trace", ""))
    elif kind == "incident_resolved":
        _resolve(run, first, steps[1:])
    elif kind in _COMMANDS:
        _COMMANDS[kind](run, first)
    else:
        run.note(steps)


def _resolve(run: Run, first: Step, after: list[Step]) -> None:
    """Resolve a settled incident as it was: stuck work finished by hand, a timer fired, or nothing because nobody waits any more."""
    again = first["token"] == CASE or run.is_unreckoned(first["token"])
    offers_nothing = any(step["type"] == "incident_opened" and step["kind"] == NO_CHOICE for step in after[:1])
    if offers_nothing or (again and ("due" in first or after)):
        run.retry(first["token"])
        return
    if first["token"] in run.case.stuck and first["token"] not in run.case.open:
        outcome = _outcome(after[0]) if after and after[0]["type"] in _OUTCOMES else Done({})
        run.resolve(first["token"], outcome, first["reason"])
        return
    run.record(first)
    if after:
        run.fire_timer(first["token"])


def with_groups(steps: list[Step], recorded: list[Step]) -> list[Step]:
    """Return steps with the departments that were recorded: lanes bear a department's name, and whose name that was is known by the record alone."""
    return [
        {**step, "group": then["group"]} if _opens_the_same(step, then) else step
        for step, then in zip_longest(steps, recorded, fillvalue=_NOTHING)
        if step is not _NOTHING
    ]


_NOTHING: Step = {"type": ""}


def _opens_the_same(step: Step, then: Step) -> bool:
    kind, fields = "user_task_created", ("token", "element")
    return step["type"] == then["type"] == kind and all(step[name] == then[name] for name in fields)


def difference(recorded: list[Step], again: list[Step]) -> str:
    """Return where what was done again parts from the record; empty when it does not."""
    if values.canonical(recorded) == values.canonical(again):
        return ""
    for number, (step, replayed) in enumerate(zip(recorded, again, strict=False)):
        if values.canonical(step) != values.canonical(replayed):
            return f"step {number}: recorded {step['type']}, run again {replayed['type']}"
    if len(recorded) != len(again):
        return f"{len(recorded)} steps recorded, {len(again)} when run again"
    return ""
