"""What is laid beside the form of a task: in whose hands it is, where its case stands, what was found out and refused before, the last lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_login import current_user

import engine
import engine.definitions
import engine.language
from engine import cases, proof
from models.user_task import TaskColumns
from office.masking import Sight
from web.edge import auth
from web.lookup import staff
from web.queries import casefile, shown_variables, standing
from web.telling import error_texts, names, timeline

EARLIER_LINES = 8


def of_hands(row: TaskColumns, definition: engine.definitions.Definition) -> dict[str, Any]:
    """Say in whose hands the task is, and into whose it may come."""
    barred = _barred(row, definition)
    is_free = row.group in current_user.departments and row.assignee is None
    return {
        "barred": barred,
        "held": row.assignee if row.assignee not in (None, current_user.name) else None,
        "people": _colleagues(row, definition, barred),
        "may_work": not barred and (row.assignee == current_user.name or is_free),
    }


def of_history(
    row: TaskColumns,
    form: engine.language.Form,
    variables: Mapping[str, Any],
    history: proof.CaseHistory,
    sight: Sight,
) -> dict[str, Any]:
    """Return what is laid beside the form: where the case stands, what was found out and refused before, and its last lines."""
    definition, stage = history.definition, casefile.stage_of_task(row, history)
    element = definition.processes[stage.process].element(row.element_id)
    error_names = names.refusals(definition.processes[stage.process].diagram)
    refusal = standing.refused_before(history.entries, row.token)
    found_out = shown_variables.found_out(history.entries)
    earlier = timeline.newest(history, sight, EARLIER_LINES)
    return {
        "refused": refusal and (names.drawn_in(definition, refusal["element"]), standing.why(refusal, error_names)),
        "shown": [
            *shown_variables.turned_down(history, row.token, sight),
            *shown_variables.of(form, {**variables, "refusal": None}, error_names, sight, found_out),
        ],
        "documentation": names.documentation(stage.process, element),
        "manual_refs": element.manual_refs,
        "element": element,
        "earlier": earlier[:EARLIER_LINES],
        "more_earlier": len(earlier) > EARLIER_LINES or history.since > 1 or history.entries[-1].seq > EARLIER_LINES,
        "stage": stage,
        "definition": definition,
        "paused": history.is_paused,
    }


def _barred(row: TaskColumns, definition: engine.definitions.Definition) -> str:
    """Return why somebody else has to do the task, though it is with one's own department; empty where nothing speaks against it."""
    refusal = cases.barred_from([(row, definition)], auth.actor()).get(row.id)
    return error_texts.describe(refusal) if refusal is not None else ""


def _colleagues(row: TaskColumns, definition: engine.definitions.Definition, barred: str) -> list[tuple[str, str]]:
    """Return to whom a supervisor may give a task that somebody holds, or that they may not do themselves: (login, name) of those whom nothing bars."""
    if not current_user.has("supervisor") or not (row.assignee or barred):
        return []
    colleagues = [colleague for colleague in staff.of_department(row.group) if colleague[0] != row.assignee]
    return [
        colleague for colleague in colleagues if not cases.barred_from([(row, definition)], engine.Actor(colleague[0]))
    ]
