"""Lanes: some threads each and a line before them that has an end, so that what one kind of request does cannot take the threads of another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeVar

import structlog

import engine
from web.edge.errors import Refused

T = TypeVar("T")
_log = structlog.get_logger()


class Lane:
    """Work in the order of its coming; used from one event loop."""

    def __init__(self, name: str, threads: int, waiting: int) -> None:
        self._line: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._most, self.inside = threads + waiting, 0
        for _number in range(threads):
            threading.Thread(target=self._serve, name=name, daemon=True).start()

    async def run(self, work: Callable[[], T], *, begun: bool = False) -> T | engine.Failed:
        """What `work` gives, from a thread of the lane, or what it threw, which is logged. What has `begun` is not turned away. Errors: Refused (503) when the line is full."""
        if self.inside >= self._most and not begun:
            raise Refused(503)
        loop = asyncio.get_running_loop()
        asked: asyncio.Future[T | engine.Failed] = loop.create_future()
        self.inside += 1
        self._line.put(lambda: _carry_out(work, asked, loop))
        try:
            outcome = await asked
        finally:
            self.inside -= 1
        if isinstance(outcome, engine.Failed):
            _log.error("unexpected", kind=outcome.kind, trace=outcome.trace)
        return outcome

    def _serve(self) -> None:
        while True:
            self._line.get()()


def _carry_out(
    work: Callable[[], T], asked: asyncio.Future[T | engine.Failed], loop: asyncio.AbstractEventLoop
) -> None:
    outcome = engine.survive("edge", work)
    if not loop.is_closed():
        loop.call_soon_threadsafe(_settle, asked, outcome)


def _settle(asked: asyncio.Future[T | engine.Failed], outcome: T | engine.Failed) -> None:
    if not asked.done():
        asked.set_result(outcome)
