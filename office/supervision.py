"""Tracking (CH1.2): a step or case past its limit is reported to the supervisor of the desk, once."""

from __future__ import annotations

from sqlalchemy import insert

from engine.running import Change
from models.base import session
from models.notice import DepartmentNotice

manual_ref = "CH1.2"
SUPERVISOR = "supervisor"


def report_missed(change: Change) -> None:
    """Tell the supervisor of every limit that has just been recorded as missed."""
    for number, step in enumerate(change.steps):
        if step["type"] == "deadline_missed":
            element = step.get("element", "")
            session().execute(
                insert(DepartmentNotice).values(
                    key=f"late:{change.instance_id}:{step.get('token', 0)}:{number}",
                    department=SUPERVISOR,
                    case_number=change.business_key,
                    subject="deadline_missed",
                    text=element,
                    at=change.at,
                )
            )
