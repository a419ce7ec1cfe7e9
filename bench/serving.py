"""Serving from a process of its own, and asking it over one kept connection as a browser does."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from bench import commands
from bench.databases import Place

CSRF = re.compile(r'name="csrf-token" content="([^"]+)"')


@contextmanager
def serve_office(place: Place) -> Iterator[int]:
    """Serve the office of a place by `./desk serve`; the port."""
    port = commands.free_port()
    with _answering(place, port, commands.desk("serve", "--port", str(port))):
        yield port


@contextmanager
def serve_floor(place: Place) -> Iterator[int]:
    """Serve the floor of a request over a place by the same server; the port."""
    port = commands.free_port()
    with _answering(place, port, [sys.executable, "-m", "bench.serving", str(port)]):
        yield port


@contextmanager
def _answering(place: Place, port: int, command: list[str]) -> Iterator[None]:
    of_floor = json.dumps([place.kind, place.url, str(place.folder)])
    with commands.started(place, command, {"BENCH_PLACE": of_floor}) as process:
        commands.await_port(place, port, process)
        yield


def csrf_token(page: str) -> str:
    """Return what a form of the page has to bring with it. Errors: RuntimeError for a page without one."""
    match = CSRF.search(page)
    if match is None:
        raise RuntimeError("a page without a CSRF token")
    return match.group(1)


class Browser:
    """One kept connection with a session cookie."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookie = self._csrf = self._at_login = ""

    def log_in(self, name: str) -> None:
        """Log in as one of the demo people, whose passwords `./desk seed` has set."""
        self._csrf = self._token("/login")
        self.post("/login", {"name": name, "password": f"{name}-reception-desk"}, expected=302)
        self._csrf = self._token("/tasks")
        self._at_login = self._cookie

    def _token(self, path: str) -> str:
        return csrf_token(self.get(path))

    def get(self, path: str) -> str:
        """Get a page. Errors: RuntimeError when it is anything but 200."""
        return self._ask("GET", path, None, 200)

    def post(self, path: str, form: dict[str, str], *, expected: int = 302) -> str:
        """Submit a form; the redirect is not followed. Errors: RuntimeError for any other status than expected."""
        return self._ask("POST", path, urlencode({**form, "csrf_token": self._csrf}), expected)

    def leave_messages(self) -> None:
        """Forget what the answers since the login have put into the cookie: the messages that a next page would have shown."""
        self._cookie = self._at_login

    def rest(self) -> None:
        """Give the connection back, which the server would end after half a minute without a request; the next request opens another."""
        self._connection.close()

    def put(self, path: str) -> str:
        """Send an empty PUT. Errors: as `get`."""
        return self._ask("PUT", path, "", 200)

    def _ask(self, method: str, path: str, body: str | None, expected: int) -> str:
        headers = {"Cookie": self._cookie} if self._cookie else {}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self._cookie = cookie.partition(";")[0]
        if answer.status != expected:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {text[:400]}")
        return text


def floor() -> object:
    """Return what the server loads for the floor of a request; its edge has words."""
    from flask_babel import Babel

    from bench import floors
    from cli.serving import loaded

    kind, url, folder = json.loads(os.environ["BENCH_PLACE"])
    app = floors.application(Place(kind, url, Path(folder)))
    Babel(app)
    return loaded(app)


def main(port: str) -> None:
    """Serve the floor until terminated."""
    from cli.serving import listen

    listen("127.0.0.1", int(port), application="bench.serving:floor")


if __name__ == "__main__":
    main(*sys.argv[1:])
