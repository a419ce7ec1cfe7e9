"""The complaint row kept in step with its instance, inside the same transaction; and a case's words, unsealed for those who may read them."""

from __future__ import annotations

from typing import Any, TypeGuard

from sqlalchemy import bindparam, update

from engine import proof, record
from engine.record.case_steps import CaseStep, CreditReversed, NotReached, TaskCompleted, Voided, Withdrawn
from engine.running import Change
from models.base import connection, forget
from models.complaint import Complaint, ComplaintState
from office import correspondence

CONFIRM = "confirm_process"
MOST_RESOLUTION = 300
# After these what was promised is not so any longer.
ENDED_OTHERWISE = ("case_withdrawn", "case_voided", "case_not_reached", "credit_reversed")
_OF_CASE = update(Complaint.metadata.tables[Complaint.__tablename__]).where(
    Complaint.__table__.c.case_number == bindparam("of")
)


def follow(change: Change) -> None:
    """Carry what happened to an instance over to its complaint: reply, resolution, end."""
    columns: dict[str, Any] = {}
    for step in change.steps:
        columns |= _from_step(step, change)
    if columns:
        connection().execute(_OF_CASE, {"of": change.business_key, **columns})
        forget(Complaint)


def resolution(step: CaseStep) -> str | None:
    """Return the result that a step says the complaint came to; None where it says none."""
    text: object = None
    if step["type"] == "user_task_completed":
        text = record.named(step["form"]).get("resolution")
    elif step["type"] == "call_left":
        text = record.named(step["variables"]).get("resolution")
    elif _ends_otherwise(step):
        text = step.get("told")
    return text[:MOST_RESOLUTION] if isinstance(text, str) else None


def _ends_otherwise(step: CaseStep) -> TypeGuard[Withdrawn | Voided | NotReached | CreditReversed]:
    return step["type"] in ENDED_OTHERWISE


def _from_step(step: CaseStep, change: Change) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    text = resolution(step)
    if text is not None:
        columns["resolution"] = text
    if step["type"] == "user_task_completed":
        columns |= _completed(step, change)
    elif step["type"] == "instance_completed" or step["type"] == "instance_cancelled":
        columns |= {"state": ComplaintState.CLOSED, "closed_at": change.at}
        columns |= {"outcome": step["outcome"]} if step.get("outcome") else {}
    return columns


def _completed(step: TaskCompleted, change: Change) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    if correspondence.answers(change) and not correspondence.arrives_later(change):
        columns |= {"state": ComplaintState.REPLIED, "replied_at": change.at}
    if step["element"] == CONFIRM and step["form"].get("process"):
        columns["process_key"] = step["form"]["process"]
    return columns


def words(complaint: Complaint, history: proof.CaseHistory) -> str | None:
    """Return what the customer said; None once the case has been erased."""
    plain = history.unsealed(complaint.text_sealed) if complaint.text_sealed is not None else None
    return plain.decode() if plain is not None else None
