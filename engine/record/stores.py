"""The living rows: what the appliers say about them is gathered and becomes the writes of one commit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from engine.ground.errors import Invalid
from models import writes
from models.incident import Incident
from models.states import IncidentState, TaskState
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask
from models.writes import Write

LONGEST_KEY = 120


class UnusableKey(Invalid):
    """No message can be waited for under this: it is too long for a key, or no text."""


_TABLES = {"timer": Timer.__table__, "message": MessageSubscription.__table__}
_TASK, _INCIDENT = UserTask.__table__, Incident.__table__


class SqlRows:
    """Gathers the changes of one commit, and says with which writes they are made."""

    def __init__(self, instance_id: int, at: datetime, by: str, common: dict[str, Any]) -> None:
        self.instance_id, self.at, self.by, self._common = instance_id, at, by, common
        self.instance: dict[str, Any] = {}
        self.called: list[str] = []
        self._tasks: dict[int, dict[str, Any]] = {}
        self._task_changes: dict[int, dict[str, Any]] = {}
        self._timers: dict[int, dict[str, Any]] = {}
        self._messages: dict[int, dict[str, Any]] = {}
        self._incidents: list[tuple[int, dict[str, Any]]] = []
        self._closed: dict[str, list[int]] = {"timer": [], "message": []}
        self._incidents_closed: dict[int, str] = {}
        self._shift = timedelta()
        self._closed_before_shift: set[int] = set()

    def user_task_opened(self, token: int, **columns: Any) -> None:
        columns["group_code"] = columns.pop("group")
        self._tasks[token] = {"instance_id": self.instance_id, "token": token, **self._common, **columns}

    def user_task_changed(self, token: int, **columns: Any) -> None:
        if token in self._tasks:
            self._tasks[token].update(columns)
        else:
            self._task_changes.setdefault(token, {}).update(columns)

    def timer_opened(self, token: int, element_id: str, due_at: datetime) -> None:
        self._timers[token] = {"element_id": element_id, "due_at": due_at}

    def timer_closed(self, token: int) -> None:
        if self._timers.pop(token, None) is None:
            self._closed["timer"].append(token)

    def message_opened(self, token: int, element_id: str, message: str, key: str) -> None:
        if len(key) > LONGEST_KEY or "\0" in key:
            raise UnusableKey(element=element_id)
        self._messages[token] = {"element_id": element_id, "message": message, "correlation_key": key}

    def message_closed(self, token: int) -> None:
        if self._messages.pop(token, None) is None:
            self._closed["message"].append(token)

    def incident_opened(self, token: int, **columns: Any) -> None:
        self._incidents.append((token, {"resolved_at": None, "resolved_by": None, "reason": None, **columns}))

    def incident_closed(self, token: int, reason: str) -> None:
        self._incidents_closed.setdefault(token, reason)
        for of, row in self._incidents:
            if of == token and row["state"] == IncidentState.OPEN:
                row.update(self._resolved(reason))

    def _resolved(self, reason: str) -> dict[str, Any]:
        return {"state": IncidentState.RESOLVED, "resolved_at": self.at, "resolved_by": self.by, "reason": reason}

    def instance_changed(self, **columns: Any) -> None:
        self.instance.update(columns)

    def process_entered(self, key: str) -> None:
        self.called.append(key)

    def shifted(self, by: timedelta) -> None:
        if not by:  # a question taken back at once must not make us forget what had moved before it
            return
        self._shift += by
        self._closed_before_shift = self._closed_tasks()
        for task in self._tasks.values():
            if task["state"] == TaskState.OPEN and task["due_at"] is not None:
                task["due_at"] += by

    @property
    def shift(self) -> timedelta:
        """By how much the open limits move."""
        return self._shift

    @property
    def opened(self) -> list[int]:
        """Tokens of the tasks this opens: what of them moves has been moved."""
        return list(self._tasks)

    @property
    def closed_after_shift(self) -> list[int]:
        """Tokens of the tasks that moved although they are closed by now."""
        return sorted(self._closed_tasks() - self._closed_before_shift)

    def _closed_tasks(self) -> set[int]:
        return {
            token
            for token, columns in self._task_changes.items()
            if columns.get("state", TaskState.OPEN) != TaskState.OPEN
        }

    def writes(self) -> Iterator[Write]:
        """Yield what was gathered; the new user tasks come last, in the order they were reached, and ask for their ids."""
        for kind, tokens in self._closed.items():
            yield from (writes.removal(_TABLES[kind], instance_id=self.instance_id, token=token) for token in tokens)
        for token, reason in self._incidents_closed.items():
            yield writes.change(
                _INCIDENT, self._resolved(reason), instance_id=self.instance_id, token=token, state=IncidentState.OPEN
            )
        for token, columns in self._task_changes.items():
            yield writes.change(_TASK, columns, instance_id=self.instance_id, token=token)
        for table, rows in (
            (_TABLES["timer"], self._timers.items()),
            (_TABLES["message"], self._messages.items()),
            (_INCIDENT, self._incidents),
        ):
            yield from (
                writes.insertion(table, {"instance_id": self.instance_id, "token": t, **row}) for t, row in rows
            )
        yield from (writes.insertion(_TASK, columns, wants_id=True) for columns in self._tasks.values())

    def open_tasks(self, ids: list[int]) -> list[int]:
        """Return which of the new user tasks are still open; `ids` are those of all."""
        return [id for id, columns in zip(ids, self._tasks.values(), strict=True) if columns["state"] == TaskState.OPEN]
