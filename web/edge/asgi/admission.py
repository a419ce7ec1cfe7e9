"""The way of a request: its body is read, it is given a thread, and its answer is sent; whoever cannot be let in is told so."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any

from engine import record
from web.edge.asgi.answers import FILE, Answer, Application
from web.edge.asgi.body import Bodies, Receive
from web.edge.asgi.capacity import Limits
from web.edge.asgi.environ import Scope, announced, environ
from web.edge.asgi.errors import CutOff, Refused
from web.edge.asgi.lanes import Lane
from web.edge.asgi.refusals import Refusals, header

Send = Callable[[dict[str, Any]], Awaitable[None]]
LOGIN, FILES = "/login", "/static/"
ABOUT_FILES = frozenset({FILE, b"accept-ranges"})
SWITCH_SECONDS = 0.001  # the loop that takes requests in need not wait longer for a thread that computes


class Edge:
    """An ASGI application over a WSGI one; `bodies` are those being read, `streams` how many answers are sent piece by piece."""

    def __init__(self, application: Application, refusals: Refusals, limits: Limits | None = None) -> None:
        sys.setswitchinterval(SWITCH_SECONDS)
        self.limits = limits or Limits()
        self._application, self._refusals = application, refusals
        self.bodies, self.streams = Bodies(self.limits), 0
        self._office = Lane("office", self.limits.threads, self.limits.waiting)
        self._files = Lane("files", self.limits.file_threads, self.limits.files_waiting)
        self._logins = Lane("logins", self.limits.login_threads, self.limits.logins_waiting)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Errors: CutOff for an answer that broke off."""
        if scope["type"] != "http":
            return
        try:
            await self._admit(scope, receive, send)
        except Refused as refusal:
            await self._refuse(refusal.status, scope, send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = announced(scope, self.limits.header_bytes)
        body, byte_count = await self.bodies.read(receive, length) if length != 0 else (BytesIO(), 0)
        try:
            variables = environ(scope, body, body.getbuffer().nbytes)
            answer, lane = (
                Answer(self._application, variables),
                self._lane(variables["REQUEST_METHOD"], variables["PATH_INFO"]),
            )
            first = await lane.run(answer.begin)
        finally:
            self.bodies.forget(byte_count)
        if isinstance(first, record.Failed):
            raise Refused(500)
        await self._send(answer, first, lane, receive, send)

    def _lane(self, method: str, path: str) -> Lane:
        """Return the lane of a request: what a stranger may ask for has threads of its own."""
        if path.startswith(FILES):
            return self._files
        return self._logins if method == "POST" and path == LOGIN else self._office

    async def _send(self, answer: Answer, first: bytes, lane: Lane, receive: Receive, send: Send) -> None:
        if answer.file and answer.status == 200:
            headers = [header for header in answer.headers if header[0] not in ABOUT_FILES]
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            await send({"type": "http.response.pathsend", "path": answer.file})
            return
        if answer.over:
            await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
            await send({"type": "http.response.body", "body": first, "more_body": False})
            return
        counts = answer.is_made_meanwhile
        if counts and self.streams >= self.limits.streams:
            await lane.run(answer.close, begun=True)
            raise Refused(503)
        self.streams += counts
        try:
            await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
            await self._stream(answer, first, lane, receive, send)
        finally:
            self.streams -= counts

    async def _stream(self, answer: Answer, part: bytes, lane: Lane, receive: Receive, send: Send) -> None:
        """Send part after part, as fast as they are read and at most so long. Errors: CutOff."""
        leaving = asyncio.ensure_future(_leaving(receive))
        try:
            async with asyncio.timeout(self.limits.stream_seconds):
                while True:
                    async with asyncio.timeout(self.limits.reader_seconds):
                        await send({"type": "http.response.body", "body": part, "more_body": not answer.over})
                    if answer.over or leaving.done():
                        break
                    next_part = await lane.run(answer.more, begun=True)
                    if isinstance(next_part, record.Failed):
                        raise CutOff
                    part = next_part
        except TimeoutError:
            if answer.length < 0:
                raise CutOff from None
        finally:
            leaving.cancel()
            if not answer.over:
                await lane.run(answer.close, begun=True)

    async def _refuse(self, status: int, scope: Scope, send: Send) -> None:
        languages = (header(scope["headers"], b"accept-language") or b"").decode("latin-1")
        headers, body = self._refusals.answer(status, scope["path"], languages)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


async def _leaving(receive: Receive) -> None:
    """Wait until whoever asked has left."""
    while (await receive())["type"] != "http.disconnect":
        pass
