"""Offices that answer browsers in a thread of the test's own process: what they do is as in a program of its own, but for starting it each time."""

from __future__ import annotations

import faulthandler
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Thread
from unittest.mock import patch

from flask import Flask
from werkzeug.serving import make_server

import engine
from engine import running
from office import batches
from tests.support.visitors import let_go, open_office


class Clock:
    """An instant that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant it stands at."""
        return self.at

    @contextmanager
    def running(self) -> Iterator[None]:
        """It is the clock of every office inside the block."""
        with patch.object(engine, "now", self.now):
            yield

    def move(self, app: Flask, at: datetime) -> None:
        """It becomes `at`, and whatever is due by then is done until nothing is left, as the clockwork of a serving office would."""
        self.at = at
        with app.app_context():
            batches.begin_due(at)
            while running.run_due(at):
                pass


def opened(folder: Path, url: str = "") -> Flask:
    """The app over a database that is there already, as a browser meets it: a form without its token is refused."""
    app = open_office(folder, url)
    app.config.update(WTF_CSRF_ENABLED=True, TESTING=False)
    return app


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address at which an app answers until the block ends."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        server.server_close()
        let_go(app)


def where_threads_stand(file: Path) -> str:
    """What each thread is doing: whether an office was asked at all, and where it stands if so."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w+") as said:
        faulthandler.dump_traceback(said)
        said.seek(0)
        return said.read()
