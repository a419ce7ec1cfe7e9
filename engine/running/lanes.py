"""Whose worklist a lane leads to: the code of the department that bears its name, also where the department has been renamed since."""

from __future__ import annotations

from sqlalchemy import select

from engine.runtime import runtime
from models.base import bind, session
from models.identity import Department
from models.user_task import UserTask


def department(process: str, element: str, lane: str) -> str:
    """Return the code of a department, by which work lists go; lanes carry its name."""
    codes = _department_codes(lane)
    departments = set(codes.values())
    if lane in departments:
        return lane
    return codes.get(lane) or _worked_on_by(process, element, departments) or lane


def _worked_on_by(process: str, element: str, departments: set[str]) -> str | None:
    """Return the department that had this step before: a lane still bears the name of one that has been renamed since."""
    if not departments:
        return None
    earlier = select(UserTask.group).where(
        UserTask.process_key == process,
        UserTask.element_id == element,
        UserTask.group.in_(departments),
    )
    return session().scalar(earlier.order_by(UserTask.id.desc()).limit(1))


def _department_codes(department: str) -> dict[str, str]:
    """Return department codes by Chinese name; read again when the one wanted is not among those known."""
    office = runtime.current().remembered(bind())
    if department not in office.departments and department not in office.departments.values():
        pairs = session().execute(select(Department.code, Department.name_zh))
        office.departments = {name: code for code, name in pairs}
    return office.departments
