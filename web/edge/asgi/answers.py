"""Answers: asked of the office in a thread, sent by the event loop. A short one is whole before it is sent; of a long one the next part is asked for when the last has gone.

All parts of an answer are made in one context, by whichever thread is free, because Flask keeps the request there while a generator runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextvars import Context
from typing import Any

from web.edge.asgi.refusals import header

FILE = b"x-sendfile"  # how Flask names a file that whoever stands before it shall send
AT_ONCE = 256_000
A_PART = 64_000
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Answer:
    """An answer of the office: `status`, `headers`, whether that is all, and the `file` that is sent in place of a body. Its methods are called in a thread."""

    def __init__(self, application: Application, environ: dict[str, Any]) -> None:
        self._context, self._application, self._environ = Context(), application, environ
        self._body: Iterable[bytes] = ()
        self._parts: Iterator[bytes] = iter(())
        self._made, self.length, self.over = 0, -1, False
        self.status, self.file = 500, ""
        self.headers: list[tuple[bytes, bytes]] = []

    def begin(self) -> bytes:
        """Ask the office, and make what is sent at once."""
        return self._context.run(self._begin)

    def more(self) -> bytes:
        """Return the next part."""
        return self._context.run(self._collect, A_PART)

    def close(self) -> None:
        """Close the answer, of which no more is wanted."""
        self._context.run(self._close)

    @property
    def is_made_meanwhile(self) -> bool:
        """Whether it is made while it is sent, from an open database, and nobody knows how long it will be."""
        return not self.over and self.length < 0

    def _begin(self) -> bytes:
        self._body = self._application(self._environ, self._start)
        self._parts = iter(self._body)
        return self._collect(AT_ONCE)

    def _start(self, status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
        self.status = int(status[:3])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self.length = int(header(self.headers, b"content-length") or -1)
        self.file = (header(self.headers, FILE) or b"").decode()

    def _collect(self, most: int) -> bytes:
        """Collect parts until there are `most` bytes or no more; a failure closes the answer."""
        parts: list[bytes] = []
        first = self._made
        try:
            while not self.over and self._made - first < most:
                part = next(self._parts, None)
                if part is not None:
                    parts.append(part)
                    self._made += len(part)
                if part is None or self._made == self.length:
                    self._close()
        except BaseException:
            self._close()
            raise
        return b"".join(parts)

    def _close(self) -> None:
        self.over = True
        body, self._body = self._body, ()
        if hasattr(body, "close"):
            body.close()
