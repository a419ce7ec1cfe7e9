"""What the office is told of a request: as PEP 3333 has it, and nothing that only a proxy may say."""

from __future__ import annotations

from io import BytesIO

from tests.unit.web.edge.asgi.asking import scope
from web.edge.asgi.environ import environ


def test_headers_become_variables() -> None:
    """Cookies are joined as one header, others by a comma; the length is the one that was read."""
    asked = scope("POST", "/", (b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"accept", b"x"), (b"accept", b"y"))
    asked["headers"].append((b"content-length", b"4"))
    found = environ(asked, BytesIO(b"body"), 4)
    assert (found["HTTP_COOKIE"], found["HTTP_ACCEPT"], found["CONTENT_LENGTH"]) == ("a=1; b=2", "x,y", "4")


def test_an_underscore_does_not_pass_for_a_hyphen() -> None:
    """`X_Forwarded_For` would be the same variable as `X-Forwarded-For`, which proxies overwrite and this one they do not."""
    found = environ(scope("GET", "/", (b"x_forwarded_for", b"198.51.100.1"), (b"proxy", b"http://x")), BytesIO(), 0)
    assert "HTTP_X_FORWARDED_FOR" not in found
    assert "HTTP_PROXY" not in found


def test_paths_keep_their_bytes() -> None:
    """Chinese, a per cent sign, and what is no UTF-8 at all."""
    asked = scope() | {"raw_path": b"/cases/%E5%AE%A2%25%FF"}
    assert environ(asked, BytesIO(), 0)["PATH_INFO"].encode("latin-1") == "/cases/客%".encode() + b"\xff"
