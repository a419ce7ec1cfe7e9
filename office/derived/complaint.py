"""The complaint of a case: its row against what was taken in, and what the steps made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import engine
from engine import Verdict
from models.cells import UNREADABLE
from office import complaints, correspondence, intake
from office.derived.rows import Beside, can_be_read

OF_INTAKE = re.compile(r"AJ-\d{4}-\d{6}")
ENDS = ("instance_completed", "instance_cancelled")


def differing(verdict: Verdict, rows: Sequence[Any], beside: Beside) -> Iterator[tuple[int, str]]:
    """Since which entry, and what: a row that is missing, one too many, or the columns that say something else."""
    started = verdict.history[0].steps[0]
    number, given = verdict.business_key, started.get("variables") or {}
    taken_in = started.get("process") == intake.PROCESS and "proposed_process" in given
    if not rows:
        if taken_in and OF_INTAKE.fullmatch(number):
            yield 1, f"complaint {number} is missing"
        return
    for row in rows:
        if not taken_in and OF_INTAKE.fullmatch(number):
            yield 1, f"complaint {row.case_number} belongs to a case that was not taken in as one"
            continue
        wrong = [name for name, allowed in _columns(verdict, given, row, beside) if getattr(row, name) not in allowed]
        if taken_in and not _says(row, given, verdict, beside):
            wrong.append("text_sealed")
        if wrong:
            yield _since(verdict, wrong), f"complaint {number}: {', '.join(wrong)}"


def _since(verdict: Verdict, wrong: Sequence[str]) -> int:
    """The entry since which it may be so: the first for what is known from it on, else the last."""
    followed = {"state", "resolution", "replied_at", "closed_at", "process_key", "outcome", "extended_to"}
    return verdict.entries if followed.intersection(wrong) else 1


def _columns(
    verdict: Verdict, given: Mapping[str, Any], row: Any, beside: Beside
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """What may stand in each column that the record knows."""
    yield "case_number", (verdict.business_key,)
    if "proposed_process" in given:
        yield from _taken_in(verdict, given, row)
    yield from _followed(verdict, given, row, beside.messages.get(verdict.business_key, []))


def _taken_in(verdict: Verdict, given: Mapping[str, Any], row: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """What was said at the counter, and what was suggested; what some packages hold personal and an erasure took says nothing."""
    first, erased = verdict.history[0], not can_be_read(verdict)
    yield "accepted_by", (first.actor,)
    yield "accepted_at", (first.at,)
    for name in ("channel", "disputed_amount"):
        if name in given and given[name] is not engine.ERASED:
            yield name, (given[name],)
    if not erased:
        yield "msisdn", (given.get("msisdn"),)
        yield "demand", (given.get("demand") or "",)
    if bool(given.get("repeated")) != (row.repeat_of is not None):
        yield "repeat_of", ()
    suggested = [s["result"] for s in first.steps if s["type"] == "job_completed" and s.get("variable") == "suggestion"]
    if suggested and isinstance(suggested[-1], Mapping):
        yield "suggested_process", (suggested[-1].get("process"),)
        yield "confidence", (suggested[-1].get("confidence"),)
        reason = given.get("proposed_reason")
        overruled = reason is not None and given["proposed_process"] != suggested[-1].get("process")
        yield "overruled", (overruled,)
        if not erased:
            yield "overruled_reason", (reason if overruled else None,)


def _followed(
    verdict: Verdict, given: Mapping[str, Any], row: Any, messages: Sequence[Any]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """What became of it, step by step, as `office.complaints` carries it over."""
    process, resolution, closed, heard = given.get("proposed_process"), None, None, None
    outcome, extended = None, None
    answered = {one for m in messages for one in (m.sent_at, m.queued_at)}
    for entry in verdict.history:
        for step in entry.steps:
            form = _entered(step)
            if step["type"] == "user_task_completed":
                answered.add(entry.at)
                heard = entry.at if _answers(step, form) else heard
            if step["type"] == "user_task_completed" and step["element"] == complaints.CONFIRM:
                process = form.get("process") or process
            entered = form if step["type"] == "user_task_completed" else step.get("variables")
            if step["type"] in ("user_task_completed", "call_left") and isinstance(entered, Mapping):
                told = entered.get("resolution")
                resolution = told[: complaints.MOST_RESOLUTION] if isinstance(told, str) else resolution
            if step["type"] in ENDS:
                closed, outcome = entry.at, step.get("outcome")
            elif step["type"] == "limit_extended":
                extended = step["until"]
    if process is not None:
        yield "process_key", (process,)
    if can_be_read(verdict):
        yield "resolution", (resolution,)
        yield "replied_at", (*({None} if heard is None else ()), *answered)
    yield "closed_at", (closed,)
    yield "outcome", (outcome,)
    yield "extended_to", (extended,)
    yield "state", (("closed",) if closed else ("replied",) if row.replied_at is not None else ("open",))


def _entered(step: Mapping[str, Any]) -> Mapping[str, Any]:
    form = step.get("form")
    return form if isinstance(form, Mapping) else {}


def _answers(step: Mapping[str, Any], form: Mapping[str, Any]) -> bool:
    """Whether a step certainly answers the complaint at once: by no text message, which may not have been sent."""
    return str(step["element"]).startswith(correspondence.ANSWER) and correspondence.SMS not in form.values()


def _says(row: Any, given: Mapping[str, Any], verdict: Verdict, beside: Beside) -> bool:
    """Whether the sealed words are those that the case was begun with; of erased ones nothing can be said."""
    if not can_be_read(verdict):
        return True
    wrapped = beside.keys.get(verdict.instance_id)
    if wrapped is None or wrapped is UNREADABLE or row.text_sealed is UNREADABLE:
        return wrapped is None or wrapped is UNREADABLE  # the key is found missing elsewhere
    plain = engine.unsealed_beside(wrapped, row.text_sealed or b"")
    return plain is not None and plain.decode(errors="replace") == given.get("complaint_text")
