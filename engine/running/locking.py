"""The rows of instances as execution takes them: locked for change, or only looked at, with what is asked of a task beside them.

One statement each, compiled once; a lock on the instance is what keeps two people from changing one case at the same time.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute

from engine.record.columns import CaseRow, TaskRow
from models.base import connection
from models.definition import ProcessDefinition
from models.instance import CaseKey, ProcessInstance
from models.states import TaskState
from models.user_task import UserTask

_INSTANCE, _KEY, _DEFINITION, _TASK = (
    model.__table__ for model in (ProcessInstance, CaseKey, ProcessDefinition, UserTask)
)
_COLUMNS = (
    *(
        _INSTANCE.c[name]
        for name in (
            "id",
            "business_key",
            "definition_id",
            "key",
            "state",
            "started_at",
            "due_at",
            "version",
            "sequence",
            "head",
            "ordinal",
            "head_mac",
            "processes",
        )
    ),
    _INSTANCE.c.state_blob,
    _KEY.c.wrapped,
    _DEFINITION.c.sha256,
)


def rows(*more: ColumnElement[Any] | InstrumentedAttribute[Any]) -> Select[Any]:
    """Return what `execution.take` needs of instances, and `more` columns, to be narrowed down by the caller."""
    return (
        select(*_COLUMNS, *more)
        .select_from(_INSTANCE)
        .join(_DEFINITION, _DEFINITION.c.id == _INSTANCE.c.definition_id)
        .outerjoin(_KEY, _KEY.c.instance_id == _INSTANCE.c.id)
    )


_BY_ID = rows().where(_INSTANCE.c.id == bindparam("id"))
_HEAD_BY_ID = _BY_ID.with_only_columns(*(column for column in _COLUMNS if column is not _INSTANCE.c.state_blob))
_BY_ID_FOR_CHANGE = _BY_ID.with_for_update(of=_INSTANCE)
_BEFORE = _TASK.alias("before")
_LAST_OF_FORM = (
    select(func.max(_BEFORE.c.token))
    .where(
        _BEFORE.c.instance_id == _TASK.c.instance_id,
        _BEFORE.c.process_key == _TASK.c.process_key,
        _BEFORE.c.form == _TASK.c.form,
        _BEFORE.c.state == TaskState.COMPLETED,
    )
    .scalar_subquery()
)
_OF_TASK = (
    rows(
        _TASK.c.token.label("task_token"),
        _TASK.c.process_key.label("task_process"),
        _TASK.c.element_id,
        _TASK.c.group_code.label("task_group"),
        _TASK.c.state.label("task_state"),
        _TASK.c.assignee,
        _TASK.c.id.label("task_id"),
        _LAST_OF_FORM.label("asked_before"),
    )
    .join(_TASK, _TASK.c.instance_id == _INSTANCE.c.id)
    .where(_TASK.c.id == bindparam("id"))
)
# the task as well, so that PostgreSQL reads it as it is once the lock is had
_OF_TASK_FOR_CHANGE = _OF_TASK.with_for_update(of=(_INSTANCE, _TASK))


def find(instance_id: int, *, lock: bool = True) -> CaseRow | None:
    """Return the row of an instance with its key and its definition's fingerprint; locked for change unless it is only looked at."""
    row: CaseRow | None = connection().execute(_BY_ID_FOR_CHANGE if lock else _BY_ID, {"id": instance_id}).first()
    return row


def look(instance_id: int) -> CaseRow | None:
    """Return the row of an instance without its state, for whoever asks where its history ends and which version it runs on."""
    row: CaseRow | None = connection().execute(_HEAD_BY_ID, {"id": instance_id}).first()
    return row


def find_of_task(task_id: int, *, lock: bool) -> TaskRow | None:
    """Return the row of a user task's instance with what is asked of the task; locked for change unless it is only looked at."""
    row: TaskRow | None = connection().execute(_OF_TASK_FOR_CHANGE if lock else _OF_TASK, {"id": task_id}).first()
    return row
