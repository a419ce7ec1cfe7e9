"""What a case that promised a credit had found to be the cause, for the case that takes the promise over; who bears it then is `liabilities`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import select

from engine import proof, record
from engine.record.case_steps import CaseStep
from models.base import session
from models.instance import ProcessInstance
from service_tasks.liabilities import NAMED, OURS, PROMISED, cause_of
from service_tasks.liability import ORDER_ERRORS

APPLY = "secondary_pricing/apply"


def cause(case_number: str | None, item: int) -> str | None:
    """Return what its liability, the call that was to credit the item, or else its findings name, in this order; None where nothing does.

    What was erased, or cannot be read, names nothing.
    """
    own_cause = cause_of(case_number)
    if own_cause is not None and own_cause != PROMISED:
        return own_cause
    query = select(ProcessInstance.id).where(ProcessInstance.business_key == case_number)
    mentions: list[tuple[bool, Any]] = []
    for instance_id in session().scalars(query.order_by(ProcessInstance.id)):
        with suppress(record.BrokenChain):
            mentions += (mention for entry in proof.entries(instance_id) for mention in _told(entry.steps, item))
    causes = [fault for _, fault in sorted(mentions, key=lambda mention: mention[0]) if fault in (*NAMED, *OURS)]
    return causes[-1] if causes and causes[-1] != PROMISED else None


def _told(steps: list[CaseStep], item: int) -> Iterator[tuple[bool, Any]]:
    """Yield the causes that steps name, and whether by the call that was to credit this item."""
    for step in steps:
        if step["type"] == "user_task_completed" and "finding" in (step["form"] or {}):
            yield False, _cause(step["form"])
        elif step["type"] == "job_created" and step["topic"] == APPLY and step["parameters"].get("item_id") == item:
            yield True, step["parameters"].get("fault")


def _cause(form: Mapping[str, Any]) -> str:
    of_staff = form["finding"] == "operator" and form.get("error_kind") in ORDER_ERRORS
    return "staff" if of_staff else str(form["finding"])
