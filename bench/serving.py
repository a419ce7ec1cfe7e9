"""Serving from a process of its own, and asking it over one kept connection as a browser does."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from bench.databases import Place

ROOT = Path(__file__).resolve().parents[1]
CSRF = re.compile(r'name="csrf-token" content="([^"]+)"')


@contextmanager
def serve(place: Place, application: str) -> Iterator[int]:
    """Serve `application` ("office" or "floor") over a place; the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "BENCH_PLACE": json.dumps([place.kind, place.url, str(place.folder)])}
    command = [sys.executable, "-m", "bench.serving", application, str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("the server of the benchmark ended before it could be asked")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server of the benchmark does not answer")


def csrf_token(page: str) -> str:
    """What a form of the page has to bring with it. Errors: RuntimeError for a page without one."""
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
        """Log in as one of the demo people, whose password the bench has set."""
        self._csrf = self._token("/login")
        self.post("/login", {"name": name, "password": f"{name}-reception-desk"}, expected=302)
        self._csrf = self._token("/tasks")
        self._at_login = self._cookie

    def _token(self, path: str) -> str:
        return csrf_token(self.get(path))

    def get(self, path: str) -> str:
        """A page. Errors: RuntimeError when it is anything but 200."""
        return self._ask("GET", path, None, 200)

    def post(self, path: str, form: dict[str, str], *, expected: int = 302) -> str:
        """A submitted form; the redirect is not followed. Errors: RuntimeError for any other status than expected."""
        return self._ask("POST", path, urlencode({**form, "csrf_token": self._csrf}), expected)

    def leave_messages(self) -> None:
        """Forget what the answers since the login have put into the cookie: the messages that a next page would have shown."""
        self._cookie = self._at_login

    def put(self, path: str) -> str:
        """An empty PUT. Errors: as `get`."""
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


def _application() -> object:
    """What granian loads in the serving process."""
    from flask_babel import Babel

    from bench import floors
    from bench.databases import settings
    from web import create_app
    from web.server import at_the_edge

    kind, url, folder = json.loads(os.environ["BENCH_PLACE"])
    place = Place(kind, url, Path(folder))
    office = os.environ["BENCH_WHAT"] != "floor"
    app = create_app(settings(place)) if office else floors.application(place)
    if not office:
        Babel(app)  # the edge has words
    return at_the_edge(app)


def main(application: str, port: str) -> None:
    """Serve until terminated."""
    from cli.serving import listen

    os.environ["BENCH_WHAT"] = application
    listen("127.0.0.1", int(port), application="bench.serving:_application")


if __name__ == "__main__":
    main(*sys.argv[1:])
