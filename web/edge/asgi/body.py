"""Bodies: read to their end before anything else happens, or refused. None is longer than allowed, none takes longer, and all together keep a bounded part of the memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

from web.edge.asgi.capacity import Limits
from web.edge.asgi.errors import Refused

Receive = Callable[[], Awaitable[dict[str, Any]]]


class Bodies:
    """Reads bodies, and knows how much all of those under way keep."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.kept = 0

    async def read(self, receive: Receive, announced: int | None) -> tuple[BytesIO, int]:
        """Return the body and what it keeps, to be given back by `forget`. Errors: Refused (400 for a body that breaks off, 408, 413, 503)."""
        limits, last = self._limits, asyncio.get_running_loop().time() + self._limits.body_seconds
        if announced is not None and announced > limits.discarded_bytes:
            raise Refused(413)
        parts, size, beyond = BytesIO(), 0, 0
        try:
            while True:
                message = await self._next(receive, last)
                part = message.get("body", b"")
                size += len(part)
                if size > limits.discarded_bytes:
                    raise Refused(413)
                if size <= limits.body_bytes:
                    beyond += self._keep(len(part) if size > limits.small_bytes else 0)
                    parts.write(part)
                if not message.get("more_body"):
                    break
            if size > limits.body_bytes:
                raise Refused(413)
        except BaseException:
            self.forget(beyond)
            raise
        parts.seek(0)
        return parts, beyond

    async def _next(self, receive: Receive, last: float) -> dict[str, Any]:
        remaining = last - asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(min(self._limits.silence_seconds, remaining)):
                message = await receive()
        except TimeoutError:
            raise Refused(408) from None
        # This is also how the server tells of chunks that are none; whoever sent them may still read.
        if message["type"] == "http.disconnect":
            raise Refused(400)
        return message

    def _keep(self, more: int) -> int:
        if self.kept + more > self._limits.large_bytes:
            raise Refused(503)
        self.kept += more
        return more

    def forget(self, byte_count: int) -> None:
        """Forget what a request kept, which is needed no longer."""
        self.kept -= byte_count
