"""The rows that live beside a record: what the appliers say about them, and the rows in memory as a record tells of them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Protocol

from models.states import IncidentState, TaskState


class Rows(Protocol):
    """What an applier may say about rows: user tasks, timers, awaited messages, incidents, and the instance itself."""

    def user_task_opened(self, token: int, **columns: Any) -> None: ...
    def user_task_changed(self, token: int, **columns: Any) -> None: ...
    def timer_opened(self, token: int, element_id: str, due_at: datetime) -> None: ...
    def timer_closed(self, token: int) -> None: ...
    def message_opened(self, token: int, element_id: str, message: str, key: str) -> None: ...
    def message_closed(self, token: int) -> None: ...
    def incident_opened(self, token: int, **columns: Any) -> None: ...
    def incident_closed(self, token: int, reason: str) -> None: ...
    def instance_changed(self, **columns: Any) -> None: ...
    def shifted(self, by: timedelta) -> None: ...
    def process_entered(self, key: str) -> None: ...


def through(processes: str, key: str) -> str:
    """Return the called processes of a case, each between blanks, with one more."""
    return processes if f" {key} " in processes else f"{processes or ' '}{key} "


class RowsInMemory:
    """The rows as far as a record has been told, and the entry that last touched each; settled incidents stay.

    `entry` says whose entry the next steps are of.
    """

    def __init__(self, business_key: str = "") -> None:
        self.business_key = business_key
        self.seq, self.by = 0, ""
        self.at: datetime | None = None
        self.since: Counter[tuple[str, int]] = Counter()
        self.user_tasks: dict[int, dict[str, Any]] = {}
        self.timers: dict[int, dict[str, Any]] = {}
        self.messages: dict[int, dict[str, Any]] = {}
        self.incidents: list[tuple[int, dict[str, Any]]] = []
        self.instance: dict[str, Any] = {}

    def entry(self, seq: int, by: str, at: datetime) -> None:
        """Begin an entry, which tells what follows."""
        self.seq, self.by, self.at = seq, by, at

    def user_task_opened(self, token: int, **columns: Any) -> None:
        self.since["user_task", token] = self.seq
        self.user_tasks[token] = {"business_key": self.business_key, **columns}

    def user_task_changed(self, token: int, **columns: Any) -> None:
        self.since["user_task", token] = self.seq
        self.user_tasks.setdefault(token, {}).update(columns)

    def timer_opened(self, token: int, element_id: str, due_at: datetime) -> None:
        self.since["timer", token] = self.seq
        self.timers[token] = {"element_id": element_id, "due_at": due_at}

    def timer_closed(self, token: int) -> None:
        self.since["timer", token] = self.seq
        self.timers.pop(token, None)

    def message_opened(self, token: int, element_id: str, message: str, key: str) -> None:
        self.since["message_subscription", token] = self.seq
        self.messages[token] = {"element_id": element_id, "message": message, "correlation_key": key}

    def message_closed(self, token: int) -> None:
        self.since["message_subscription", token] = self.seq
        self.messages.pop(token, None)

    def incident_opened(self, token: int, **columns: Any) -> None:
        self.since["incident", token] = self.seq
        self.incidents.append((token, {"resolved_at": None, "resolved_by": None, "reason": None, **columns}))

    def incident_closed(self, token: int, reason: str) -> None:
        self.since["incident", token] = self.seq
        for of, row in self.incidents:
            if of == token and row["state"] == IncidentState.OPEN:
                row.update(state=IncidentState.RESOLVED, resolved_at=self.at, resolved_by=self.by, reason=reason)

    def instance_changed(self, **columns: Any) -> None:
        self.since["instance", 0] = self.seq
        self.instance.update(columns)

    def process_entered(self, key: str) -> None:
        self.instance_changed(processes=through(self.instance.get("processes", ""), key))

    def shifted(self, by: timedelta) -> None:
        for task in self.user_tasks.values():
            if task.get("state") == TaskState.OPEN and task.get("due_at") is not None:
                task["due_at"] += by
        if self.instance.get("due_at") is not None:
            self.instance["due_at"] += by
