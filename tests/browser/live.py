"""The office that browser tests use, as a process of its own: it serves the pages, and its clock stands until it is told to move.

Argument: the first instant. It prints the port once it serves; every line it reads is an instant to move to, and it answers with a line
when everything that is due by then has been done. On SIGUSR1 it writes to standard error where each of its threads is. Database and keys come
from the environment, as for ./desk run.
"""

from __future__ import annotations

import faulthandler
import signal
import sys
from datetime import datetime
from threading import Thread

from flask import Flask
from werkzeug.serving import make_server

import engine
from cli.serving import prepare
from engine import running
from office import batches
from web import create_app


class Clock:
    """An instant that stands still."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant it stands at."""
        return self.at


def main() -> None:
    """Prepare the office, serve it, and move its clock as the lines of standard input say."""
    faulthandler.register(signal.SIGUSR1)
    clock = Clock(datetime.fromisoformat(sys.argv[1]))
    engine.now = clock.now
    app = create_app()
    prepare(app)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    answer(str(server.port))
    for line in sys.stdin:
        clock.at = datetime.fromisoformat(line.strip())
        do_what_is_due(app, clock.at)
        answer("done")


def do_what_is_due(app: Flask, at: datetime) -> None:
    """Until nothing is left, as the clockwork of a serving office would."""
    with app.app_context():
        batches.begin_due(at)
        while running.run_due(at):
            pass


def answer(line: str) -> None:
    """One line to whoever started this process."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
