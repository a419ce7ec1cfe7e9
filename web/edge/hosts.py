"""The name by which the office was asked for: one that no host can have is refused before anything builds an address with it, the error page included."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from web.edge.asgi import Refusals

MOST = 255
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9A-Fa-f:.]{{2,45}}\])(?::[0-9]{{1,5}})?", re.ASCII)
Start = Callable[..., Any]


def is_possible(host: str) -> bool:
    """Tell whether a host, with or without a port, can be called so."""
    return len(host) <= MOST and _HOST.fullmatch(host) is not None


class Named:
    """A WSGI application that answers 400 to whoever asks for an impossible host; HTTP/1.0 may ask without one."""

    def __init__(self, application: Callable[[dict[str, Any], Start], Iterable[bytes]], refusals: Refusals) -> None:
        self._application, self._refusals = application, refusals

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer, or pass on."""
        if is_possible(environ.get("HTTP_HOST") or "none"):
            return self._application(environ, start)
        languages = environ.get("HTTP_ACCEPT_LANGUAGE", "")
        headers, body = self._refusals.answer(HTTPStatus.BAD_REQUEST, environ.get("PATH_INFO", ""), languages)
        start("400 Bad Request", [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers])
        return [body]
