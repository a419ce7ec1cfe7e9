"""The complaint of a case: its row against what was taken in, and what the steps made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine import proof, record
from engine.proof import Verdict
from engine.record.case_steps import TaskCompleted
from models.cells import UNREADABLE
from models.complaint import Complaint, ComplaintState
from models.notice import OutboxMessage
from office import complaints, correspondence, intake
from office.derived.rows import Beside, can_be_read

OF_INTAKE = re.compile(r"AJ-\d{4}-\d{6}")


def differing(verdict: Verdict, rows: Sequence[Complaint], beside: Beside) -> Iterator[tuple[int, str]]:
    """Yield since which entry, and what: a row that is missing, one too many, or the columns that say something else."""
    start = record.beginning(verdict.history)
    number, variables = verdict.business_key, start["variables"] or {}
    taken_in = start["process"] == intake.PROCESS and "proposed_process" in variables
    if not rows:
        if taken_in and OF_INTAKE.fullmatch(number):
            yield 1, f"complaint {number} is missing"
        return
    for row in rows:
        if not taken_in and OF_INTAKE.fullmatch(number):
            yield 1, f"complaint {row.case_number} belongs to a case that was not taken in as one"
            continue
        wrong = [name for name, values in _columns(verdict, variables, row, beside) if getattr(row, name) not in values]
        if taken_in and not _says(row, variables, verdict, beside):
            wrong.append("text_sealed")
        if wrong:
            yield _since(verdict, wrong), f"complaint {number}: {', '.join(wrong)}"


def _since(verdict: Verdict, wrong: Sequence[str]) -> int:
    """Return the entry since which it may be so: the first for what is known from it on, else the last."""
    followed = {"state", "resolution", "replied_at", "closed_at", "process_key", "outcome", "extended_to"}
    return verdict.entries if followed.intersection(wrong) else 1


def _columns(
    verdict: Verdict, variables: Mapping[str, Any], row: Complaint, beside: Beside
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield what may stand in each column that the record knows."""
    yield "case_number", (verdict.business_key,)
    if "proposed_process" in variables:
        yield from _taken_in(verdict, variables, row)
    yield from _followed(verdict, variables, row, beside.messages.get(verdict.business_key, []))


def _taken_in(verdict: Verdict, variables: Mapping[str, Any], row: Complaint) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield what was said at the counter, and what was suggested; what some packages hold personal and an erasure took says nothing."""
    first, erased = verdict.history[0], not can_be_read(verdict)
    yield "accepted_by", (first.actor,)
    yield "accepted_at", (first.at,)
    for name in ("channel", "disputed_amount"):
        if name in variables and variables[name] is not proof.ERASED:
            yield name, (variables[name],)
    if not erased:
        yield "msisdn", (variables.get("msisdn"),)
        yield "demand", (variables.get("demand") or "",)
    if bool(variables.get("repeated")) != (row.repeat_of is not None):
        yield "repeat_of", ()
    suggestions = [
        step["result"] for step in first.steps if step["type"] == "job_completed" and step["variable"] == "suggestion"
    ]
    if suggestions and isinstance(suggestions[-1], Mapping):
        yield "suggested_process", (suggestions[-1].get("process"),)
        yield "confidence", (suggestions[-1].get("confidence"),)
        reason = variables.get("proposed_reason")
        overruled = reason is not None and variables["proposed_process"] != suggestions[-1].get("process")
        yield "overruled", (overruled,)
        if not erased:
            yield "overruled_reason", (reason if overruled else None,)


def _followed(
    verdict: Verdict, variables: Mapping[str, Any], row: Complaint, messages: Sequence[OutboxMessage]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield what became of it, step by step, as `office.complaints` carries it over."""
    process, closed_at, heard_at = variables.get("proposed_process"), None, None
    outcome, extended_to = None, None
    instants = {instant for message in messages for instant in (message.sent_at, message.queued_at, message.settled_at)}
    for entry in verdict.history:
        for step in entry.steps:
            if step["type"] == "user_task_completed":
                instants.add(entry.at)
                heard_at = entry.at if _answers(step) else heard_at
                if step["element"] == complaints.CONFIRM:
                    process = record.named(step["form"]).get("process") or process
            elif step["type"] == "instance_completed" or step["type"] == "instance_cancelled":
                closed_at, outcome = entry.at, step.get("outcome")
            elif step["type"] == "limit_extended":
                extended_to = step["until"]
    if process is not None:
        yield "process_key", (process,)
    if can_be_read(verdict):
        yield "resolution", _resolutions(verdict)
        yield "replied_at", (*({None} if heard_at is None else ()), *instants)
    yield "closed_at", (closed_at,)
    yield "outcome", (outcome,)
    yield "extended_to", (extended_to,)
    over = ComplaintState.CLOSED if closed_at else None
    yield "state", (over or (ComplaintState.OPEN if row.replied_at is None else ComplaintState.REPLIED),)


def _resolutions(verdict: Verdict) -> tuple[str | None, ...]:
    """Return the result, and that which an act overtook: offices that ran an earlier version left it there."""
    resolutions: list[str | None] = [None]
    for step in (step for entry in verdict.history for step in entry.steps):
        text = complaints.resolution(step)
        if text is not None:
            is_overtaken = step["type"] in complaints.ENDED_OTHERWISE
            resolutions = [*resolutions, text] if is_overtaken else [text]
    return tuple(resolutions)


def _answers(step: TaskCompleted) -> bool:
    """Tell whether a step certainly answers the complaint at once: by word of mouth, and not by a text message or letter, which may not have left."""
    ways = set(correspondence.AT_ONCE).intersection(str(value) for value in record.named(step["form"]).values())
    return step["element"].startswith(correspondence.ANSWER) and bool(ways)


def _says(row: Complaint, variables: Mapping[str, Any], verdict: Verdict, beside: Beside) -> bool:
    """Tell whether the sealed words are those that the case was begun with; of erased ones nothing can be said."""
    if not can_be_read(verdict):
        return True
    case_key = beside.keys.get(verdict.instance_id)
    if case_key is None or case_key is UNREADABLE or row.text_sealed is UNREADABLE:
        return case_key is None or case_key is UNREADABLE  # the key is found missing elsewhere
    plain = record.unsealed_beside(case_key, row.text_sealed or b"")
    return plain is not None and plain.decode(errors="replace") == variables.get("complaint_text")
