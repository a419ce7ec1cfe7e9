"""A WSGI request from an ASGI one whose body is there.

Source: PEP 3333. A header with an underscore in its name is left out: as a variable it could not be told from one with a hyphen, and would pass
for what only a proxy may say.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from io import BytesIO
from typing import Any, TypedDict
from urllib.parse import unquote_to_bytes

from web.edge.asgi.errors import Refused

PLAIN = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}
# The body is whole; `Proxy` would become HTTP_PROXY; answers are whole.
LEFT_OUT = frozenset({b"transfer-encoding", b"proxy", b"range"})


class Scope(TypedDict):
    """What an ASGI server says of a request. Source: the HTTP connection scope of ASGI."""

    type: str
    method: str
    scheme: str
    http_version: str
    path: str
    raw_path: bytes
    query_string: bytes
    headers: Iterable[tuple[bytes, bytes]]
    client: tuple[str, int]
    server: tuple[str, int]


def announced(scope: Scope, most: int) -> int | None:
    """Return how long the body says it is; 0 for none, None when it does not say. Errors: Refused (400, 431)."""
    size, length = 0, 0
    for name, value in scope["headers"]:
        size += len(name) + len(value) + 4
        if name == b"content-length":
            if not value.isdigit():
                raise Refused(400)
            length = int(value[:20])
        elif name == b"transfer-encoding":
            length = -1
    if size > most or len(scope["query_string"]) + len(scope["raw_path"]) > most:
        raise Refused(431)
    return None if length < 0 else length


def environ(scope: Scope, body: BytesIO, length: int) -> dict[str, Any]:
    """Return the environment of a request. `length` is that of the body."""
    path = scope["raw_path"].partition(b"?")[0]
    variables: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": str(scope["server"][1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0],
        "REMOTE_PORT": str(scope["client"][1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        if b"_" in name or name in LEFT_OUT:
            continue
        key = PLAIN.get(name) or "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        text = value.decode("latin-1")
        variables[key] = f"{variables[key]}{'; ' if name == b'cookie' else ','}{text}" if key in variables else text
    if length or "CONTENT_LENGTH" in variables:
        variables["CONTENT_LENGTH"] = str(length)
    return variables
