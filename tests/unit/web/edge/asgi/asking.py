"""A request to an edge without a server: what is sent, and what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from flask import Flask

from web.edge.asgi import Edge, Limits, Refusals
from web.telling import i18n

T = TypeVar("T")


def loop_of_its_own(coming: Coroutine[Any, Any, T]) -> T:
    """What it gives, from a thread that has no other event loop: a browser of another test may keep one in this."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coming).result()


def words() -> Refusals:
    """Refusals in the words of the office."""
    app = Flask("web")
    i18n.register(app)
    return Refusals(app)


def scope(method: str = "GET", path: str = "/", *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    """What granian tells of a request."""
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": list(headers),
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", "8000"),
        "client": ("192.0.2.1", "50000"),
    }


class Visit:
    """One request: `parts` of its body come at once, then nothing; `reads` answers are taken before the reader stops, for ever when None."""

    def __init__(
        self, asked: dict[str, Any], parts: tuple[bytes, ...] = (), ends: bool = True, reads: int | None = None
    ) -> None:
        self.asked, self.sent, self._reads = asked, [], reads  # type: ignore[var-annotated]
        self.messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
        if ends:
            self.messages.append({"type": "http.request", "body": b"", "more_body": False})

    async def _receive(self) -> dict[str, Any]:
        if not self.messages:
            await asyncio.Event().wait()
        return self.messages.pop(0)

    async def _send(self, message: dict[str, Any]) -> None:
        if self._reads is not None and len(self.sent) > self._reads:
            await asyncio.Event().wait()
        self.sent.append(message)

    async def to(self, edge: Edge) -> Visit:
        """Be answered."""
        await edge(self.asked, self._receive, self._send)
        return self

    @property
    def status(self) -> int:
        """Of the answer."""
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        """Of the answer."""
        return dict(self.sent[0]["headers"])

    @property
    def text(self) -> str:
        """The whole body."""
        return b"".join(message["body"] for message in self.sent[1:]).decode()


QUICK = Limits(
    body_seconds=0.3,
    silence_seconds=0.1,
    body_bytes=1_000,
    discarded_bytes=5_000,
    small_bytes=100,
    large_bytes=1_500,
    reader_seconds=0.1,
)
