"""What a completed step came to, as its form and the record say: it was done, it sent the case back, or it refused what it was asked to approve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine import definitions, language
from engine.record.case_steps import CaseStep, TaskCompleted

SENT_BACK, REFUSED = "sent_back", "refused"


def box_of_return(
    definition: definitions.Definition, element: str, process: str, entered: Mapping[str, Any]
) -> language.Field | None:
    """Return the box that was ticked instead of doing the step, by which the process goes back; None when the step itself was done.

    Such a box decides how the process goes on, and ticked it takes away what else had to be filled in. Shape: `entered` as the form stores it.
    """
    form = definition.form(element, process)
    ticked = [box for box in form.inputs if box.type == "checkbox" and entered.get(box.key) is True]
    branching = definition.branching(element, process) if ticked else frozenset()
    return next((box for box in ticked if box.key in branching and form.gives_way_to(box.key)), None)


def refusing(steps: Sequence[CaseStep]) -> frozenset[int]:
    """Return the tokens of the steps of an entry that were asked to approve something and did not."""
    return frozenset(
        step["token"]
        for step in steps
        if step["type"] == "approval_given" and all(approval is None for approval in step["variables"].values())
    )


def came_to(definition: definitions.Definition, process: str, step: TaskCompleted, steps: Sequence[CaseStep]) -> str:
    """Return SENT_BACK or REFUSED of a completed step, `steps` being those of its entry; empty when it was done."""
    if step["token"] in refusing(steps):
        return REFUSED
    open_values = {name: value for name, value in step["form"].items() if name not in definition.personal}
    return SENT_BACK if box_of_return(definition, step["element"], process, open_values) is not None else ""


def answer_of_way(definition: definitions.Definition, process: str, step: TaskCompleted) -> language.Option | None:
    """Return what was chosen by which the process goes on, among several; None where nothing was, or nobody is told."""
    branching = definition.branching(step["element"], process)
    options = (
        option
        for field in definition.form(step["element"], process).inputs
        if field.key in branching and field.type in ("radio", "select") and field.key not in definition.personal
        for option in field.options
        if len(field.options) > 1 and option.value == _as_option(field, step["form"].get(field.key))
    )
    return next(options, None)


def _as_option(field: language.Field, value: object) -> object:
    """Return a stored value as its options have it: a yes or no is stored as true or false."""
    return ("yes" if value else "no") if field.is_boolean and isinstance(value, bool) else value
