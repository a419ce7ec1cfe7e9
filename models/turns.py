"""A lock that is given in the order in which it was asked for; no table lives here.

Python's own locks go to whoever is quickest, which is the thread that has just let go: work of the clock would keep clerks waiting.
"""

from __future__ import annotations

import threading
from collections import deque


class OutOfTurn(TimeoutError):
    """The turn did not come in time."""


class Turns:
    """A fair lock; whoever holds it may take it again. Nobody waits for longer than some `seconds`. Errors: OutOfTurn.

    `owner` is the thread that holds it, `depth` how often; `waiting` are the turns of the others, in order.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._guard = threading.Lock()
        self.waiting: deque[threading.Lock] = deque()
        self.owner: int | None = None
        self.depth = 0

    def __enter__(self) -> None:
        me = threading.get_ident()
        with self._guard:
            if self.owner in (None, me):
                self.owner, self.depth = me, self.depth + 1
                return
            turn = threading.Lock()
            turn.acquire()
            self.waiting.append(turn)
        self.wait_for(turn)
        self.owner, self.depth = me, 1

    def __exit__(self, *_error: object) -> None:
        with self._guard:
            self.depth -= 1
            if not self.depth:
                self._pass_on()

    def _pass_on(self) -> None:
        """Pass the lock on to the first who waits; until that one has woken up it belongs to nobody's thread, but is not free."""
        self.owner = -1 if self.waiting else None
        if self.waiting:
            self.waiting.popleft().release()

    def wait_for(self, turn: threading.Lock) -> None:
        """Wait until a turn has come. Errors: OutOfTurn."""
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
        """Tell whether a turn was still waiting and is so no longer; else it has come meanwhile."""
        with self._guard:
            if turn in self.waiting:
                self.waiting.remove(turn)
                return True
            return False
