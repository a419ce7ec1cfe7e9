"""A lock that is given in the order in which it was asked for; no table lives here.

Python's own locks go to whoever is quickest, which is the thread that has just let go: work of the clock would keep clerks waiting.
"""

from __future__ import annotations

import threading
from collections import deque


class OutOfTurn(TimeoutError):
    """The turn did not come in time."""


class Turns:
    """A fair lock; whoever holds it may take it again. Nobody waits for longer than some `seconds`. Errors: OutOfTurn."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._owner: int | None = None
        self._depth = 0

    def __enter__(self) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._owner in (None, me):
                self._owner, self._depth = me, self._depth + 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        self._wait_for(turn)
        self._owner, self._depth = me, 1

    def __exit__(self, *_error: object) -> None:
        with self._guard:
            self._depth -= 1
            if not self._depth:
                self._pass_on()

    def _pass_on(self) -> None:
        """To the first who waits; until that one has woken up the lock belongs to nobody's thread, but is not free."""
        self._owner = -1 if self._waiting else None
        if self._waiting:
            self._waiting.popleft().release()

    def _wait_for(self, turn: threading.Lock) -> None:
        try:
            has_come = turn.acquire(timeout=self._seconds)
        except BaseException:
            if not self._left(turn):
                with self._guard:
                    self._pass_on()
            raise
        if not has_come and self._left(turn):
            raise OutOfTurn

    def _left(self, turn: threading.Lock) -> bool:
        """Whether a turn was still waiting and is so no longer; else it has come meanwhile."""
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return True
            return False
