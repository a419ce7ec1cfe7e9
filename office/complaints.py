"""The complaint row kept in step with its instance, inside the same transaction; and a case's words, unsealed for those who may read them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, update

from engine import proof
from engine.running import Change
from models.base import connection, forget
from models.complaint import Complaint, ComplaintState
from office import correspondence

CONFIRM = "confirm_process"
MOST_RESOLUTION = 300
ENDED_OTHERWISE = ("case_withdrawn", "case_not_reached", "credit_reversed")  # what was promised is not so any longer
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


def _from_step(step: dict[str, Any], change: Change) -> dict[str, Any]:
    kind = step["type"]
    columns: dict[str, Any] = {}
    entered = step.get("form") or {} if kind == "user_task_completed" else step.get("variables") or {}
    if kind in ("user_task_completed", "call_left") and isinstance(entered.get("resolution"), str):
        columns["resolution"] = entered["resolution"][:MOST_RESOLUTION]
    if kind in ENDED_OTHERWISE and isinstance(step.get("told"), str):
        columns["resolution"] = step["told"][:MOST_RESOLUTION]
    if kind == "user_task_completed" and correspondence.answers(change) and not correspondence.arrives_later(change):
        columns |= {"state": ComplaintState.REPLIED, "replied_at": change.at}
    if kind == "user_task_completed" and step["element"] == CONFIRM and entered.get("process"):
        columns["process_key"] = entered["process"]
    if kind in ("instance_completed", "instance_cancelled"):
        columns |= {"state": ComplaintState.CLOSED, "closed_at": change.at}
        columns |= {"outcome": step["outcome"]} if step.get("outcome") else {}
    return columns


def words(complaint: Complaint, history: proof.CaseHistory) -> str | None:
    """Return what the customer said; None once the case has been erased."""
    plain = history.unsealed(complaint.text_sealed) if complaint.text_sealed is not None else None
    return plain.decode() if plain is not None else None
