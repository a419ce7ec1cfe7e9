"""Failed log-ins by name: how many lately, and which names that locks. What is kept is bounded, whoever fails and however often."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=10)
MOST_NAMES = 10_000


class Failures:
    """The instants of the last failures of each name."""

    def __init__(self, most_names: int = MOST_NAMES) -> None:
        self._of: dict[str, list[datetime]] = {}
        self._most, self._guard = most_names, threading.Lock()

    def locks(self, name: str, at: datetime) -> bool:
        """Whether a name is locked."""
        with self._guard:
            return len(self._recent(name, at)) >= MOST_FAILURES

    def locked_for(self, name: str, at: datetime) -> timedelta:
        """How long a locked name stays so, if nobody fails again."""
        with self._guard:
            return min(self._recent(name, at), default=at) + LOCKED_FOR - at

    def note(self, name: str, at: datetime) -> None:
        """One more."""
        with self._guard:
            recent = self._recent(name, at)
            self._of.pop(name, None)
            if len(self._of) >= self._most:
                self._make_room(at)
            self._of[name] = [*recent, at][-MOST_FAILURES:]

    def forget(self, name: str) -> None:
        """The right password was given."""
        with self._guard:
            self._of.pop(name, None)

    def clear(self) -> None:
        """Nobody has failed."""
        with self._guard:
            self._of.clear()

    def _recent(self, name: str, at: datetime) -> list[datetime]:
        return [when for when in self._of.get(name, ()) if when > at - LOCKED_FOR]

    def _make_room(self, at: datetime) -> None:
        """What is over goes; else whoever failed longest ago without being locked, so that nobody unlocks a name by failing with others."""
        for name in [name for name in self._of if not self._recent(name, at)]:
            del self._of[name]
        if len(self._of) >= self._most:
            free = (name for name, failed in self._of.items() if len(failed) < MOST_FAILURES)
            del self._of[next(free, next(iter(self._of)))]

    def __len__(self) -> int:
        return len(self._of)
