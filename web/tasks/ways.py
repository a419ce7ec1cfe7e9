"""The way round a refusal: what whoever was told of one may record all the same, and the step that the diagram leads to then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import engine
from engine import cases, diagrams, proof
from models.base import session
from models.user_task import TaskColumns, UserTask
from web.telling import names
from web.telling.i18n import in_language


@dataclass(frozen=True)
class Way:
    """What a person may do who has been told of a refusal: record it, and go on to the step that its event leads to.

    `codes` are those of everything that was told at once, with commas between them; `choices` is what this very step offers then,
    `sealed` what the form took and no page shows.
    """

    codes: str
    step: str
    choices: tuple[str, ...] = ()
    sealed: str = ""


def around(task_id: int, refusal: Mapping[str, Any]) -> Way | None:
    """Return the way round a refusal, when the diagram draws one that leads to another step than this, or back to it with more to choose from."""
    caught_by, process = refusal.get("caught_by"), refusal.get("caught_in", "")
    if not caught_by:
        return None
    row = session().get_one(UserTask, task_id)
    definition = proof.definition_of(row.instance_id)
    diagram = definition.processes[process].diagram
    for flow in diagram.outgoing(caught_by):
        target = _past_merges(diagram, flow.target)
        again = (process, target.id) == (row.process_key, row.element_id)
        codes, step = refusal["codes"], names.element_name(process, target.id, target.name, definition)
        choices = _offered_then(row, codes) if again else ()
        if not again or choices:
            return Way(",".join(codes), step, choices, refusal.get("sealed", ""))
    return None


def _past_merges(diagram: diagrams.Diagram, target: str) -> diagrams.Element:
    """Return the step that a flow leads to; a gateway where flows only come together is none."""
    passed: set[str] = set()
    while "Gateway" in diagram.elements[target].type and len(diagram.outgoing(target)) == 1 and target not in passed:
        passed.add(target)
        target = diagram.outgoing(target)[0].target
    return diagram.elements[target]


def _offered_then(row: TaskColumns, codes: Sequence[str]) -> tuple[str, ...]:
    """Return what a step that a refusal leads back to offers more than now, once the refusal is recorded."""
    form, variables, scope = cases.form_of(row.id, at=engine.now())

    def offered(values: Mapping[str, Any]) -> dict[str, str]:
        fields = form.offered(values, {}, scope)
        return {
            f"{field.key}={option.value}": in_language(option.label, option.label_en)
            for field in fields
            for option in field.options
        }

    now = offered(variables)
    then = {key: text for code in codes for key, text in offered({**variables, "refusal": {"code": code}}).items()}
    return tuple(text for key, text in then.items() if key not in now)
