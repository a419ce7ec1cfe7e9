"""What people wanted to do and may not: whatever is refused by right or by four eyes is in their stream, on pages and in the API alike.

Nothing is asked of the database for a request that is not refused. Of what was typed nothing is kept; a number of a customer only masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from sqlalchemy import bindparam, select
from werkzeug.exceptions import HTTPException

import engine
from models.base import session
from models.definition import ProcessDefinition
from models.instance import ProcessInstance
from models.user_task import UserTask
from office import access_log
from service_tasks import numbers
from web.edge import addresses

_CASE = ProcessInstance.business_key
_OF_NUMBER = select(_CASE).where(ProcessInstance.business_key == bindparam("number")).limit(1)
_OF_INSTANCE = select(_CASE).where(ProcessInstance.id == bindparam("instance_id"))
_PROCESS = select(ProcessDefinition.key).where(ProcessDefinition.key == bindparam("key")).limit(1)
_TASK = select(UserTask.id, UserTask.business_key, UserTask.process_key, UserTask.element_id).where(
    UserTask.id == bindparam("task_id")
)


def record(error: engine.NotPermitted, by: engine.Actor) -> None:
    """Record that somebody may not do what this request is for."""
    place = _about(request.view_args or {}, error)
    if addresses.asks_for_personal():
        place["personal"] = True
    msisdn = numbers.msisdn(_number()) or ""
    access_log.refused_act(str(request.endpoint), error.code, place, by=by, at=engine.now(), msisdn=msisdn)


def _number() -> str:
    return str((request.view_args or {}).get("msisdn") or addresses.number_asked_for() or _number_sent())


def _number_sent() -> str:
    """Return the number in the form that was sent; none where the form cannot be read, which is no second fault."""
    try:
        return request.form.get("msisdn", "")
    except HTTPException:
        return ""


def _about(parts: Mapping[str, Any], error: engine.NotPermitted) -> access_log.Place:
    """Return the case, task and process that an address names and the office has."""
    if "task_id" in parts:
        task = session().execute(_TASK, {"task_id": parts["task_id"]}).first()
        if task is None:
            return {}
        return {
            "task": task.id,
            "case": task.business_key,
            "process": task.process_key,
            "element": task.element_id,
        }
    if "key" in parts:
        key = session().scalar(_PROCESS, {"key": parts["key"]})
        return {"process": key} if key is not None else {}
    case = _case(parts, error)
    return {"case": case} if case is not None else {}


def _case(parts: Mapping[str, Any], error: engine.NotPermitted) -> str | None:
    instance_id = parts.get("instance_id") or error.values.get("instance")
    if instance_id is not None:
        return session().scalar(_OF_INSTANCE, {"instance_id": instance_id})
    number = parts.get("number")
    return session().scalar(_OF_NUMBER, {"number": number}) if isinstance(number, str) else None
