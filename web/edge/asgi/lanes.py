"""Lanes: some threads each and a line before them that has an end, so that what one kind of request does cannot take the threads of another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeVar

import structlog

from engine import record, running
from web.edge.asgi.errors import Refused

T = TypeVar("T")
_log = structlog.get_logger()


class Lane:
    """Work in the order of its coming; used from one event loop."""

    def __init__(self, name: str, threads: int, waiting: int) -> None:
        self._line: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._most, self.inside = threads + waiting, 0
        for _number in range(threads):
            threading.Thread(target=self._serve, name=name, daemon=True).start()

    async def run(self, work: Callable[[], T], *, begun: bool = False) -> T | record.Failed:
        """Return what `work` gives, from a thread of the lane, or what it threw, which is logged. What has `begun` is not turned away. Errors: Refused (503) when the line is full."""
        if self.inside >= self._most and not begun:
            raise Refused(503)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T | record.Failed] = loop.create_future()
        self.inside += 1
        self._line.put(lambda: _carry_out(work, future, loop))
        try:
            outcome = await future
        finally:
            self.inside -= 1
        if isinstance(outcome, record.Failed):
            _log.error("unexpected", kind=outcome.kind, trace=outcome.trace)
        return outcome

    def _serve(self) -> None:
        while True:
            self._line.get()()


def _carry_out(
    work: Callable[[], T], future: asyncio.Future[T | record.Failed], loop: asyncio.AbstractEventLoop
) -> None:
    outcome = running.survive("edge", work)
    if not loop.is_closed():
        loop.call_soon_threadsafe(_settle, future, outcome)


def _settle(future: asyncio.Future[T | record.Failed], outcome: T | record.Failed) -> None:
    if not future.done():
        future.set_result(outcome)
