"""What every export says of a case beside its events: whether it verified; and steps as they may leave the office."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from engine import proof, record
from engine.definitions import Definition
from engine.proof import Verdict
from engine.record import CaseEntry
from engine.record.case_steps import CaseStep
from office import masking, step_outcomes

DESK = "desk"
UNITS = {"amounts": "fen"}
ACTS = frozenset(
    {
        "instance_started",
        "instance_cancelled",
        "user_task_claimed",
        "user_task_assigned",
        "user_task_released",
        "user_task_completed",
        "case_limit_met",
        "incident_retried",
        "incident_resolved",
        "token_released",
        "personal_data_erased",
        "limit_extended",
        *record.ACTS,
    }
)


def shown(step: CaseStep, definition: Definition, personal: bool) -> CaseStep:
    """Return a step with what is personal in it withheld, unless that is asked for; what is secret is withheld from everybody."""
    return masking.step(step, definition.private, masking.EVERYTHING if personal else masking.NOTHING)


def who(entry: CaseEntry, step: CaseStep) -> str:
    """Return who did what a step tells: the person whose act it is, or the desk, which does by itself what follows from it."""
    first = entry.steps[0]
    by_hand = first["type"] == "incident_resolved" and record.token_of(step) == first["token"]
    return who_earlier(entry, step) if step["type"] in ACTS or by_hand else DESK


def who_earlier(entry: CaseEntry, step: CaseStep) -> str:
    """Return the same as earlier versions wrote it: whoever completed the step before bore what the desk did by itself."""
    return record.by_of(step) or entry.actor


def came_to(definition: Definition, process: str, step: CaseStep, steps: Sequence[CaseStep]) -> str:
    """Return what a completed step came to where it was not simply done, as `step_outcomes` has it; empty for any other step."""
    return step_outcomes.came_to(definition, process, step, steps) if step["type"] == "user_task_completed" else ""


def verified(verdict: Verdict) -> str:
    """Say `yes`, or `no` with everything that contradicts the record."""
    return "yes" if verdict.ok else "no: " + "; ".join(contradictions(verdict))


def contradictions(verdict: Verdict) -> list[str]:
    """Return what contradicts the record, the kind first."""
    return [f"{deviation.kind} since entry {deviation.seq}: {deviation.what}" for deviation in verdict.deviations]


def element_name(definition: Definition, process: str, element: str) -> str:
    """Return what an element is called on the diagram of the case's own version; empty when it has no name."""
    shape = definition.processes[process].diagram.elements.get(element) if process in definition.processes else None
    return shape.name if shape else ""


def as_json(value: Any) -> str:
    """Return any value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False, default=text)


def text(value: Any) -> str:
    """Return what JSON has no form for."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def definition_of(verdict: Verdict) -> Definition:
    """Return the version a case runs on."""
    return verdict.definition or proof.definition_of(verdict.instance_id)
