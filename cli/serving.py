"""`./desk run` brings the office to where it can be served and serves it; `./desk serve` and `./desk worker` are for offices that are set up already."""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

import click
from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from sqlalchemy import select

from cli.building import build_everything
from cli.database import bring_up_to_date, check_up_to_date, login_lines, plant
from cli.output import note
from cli.publication import lacking, not_in_force, publish_all
from models.base import session
from models.identity import User
from reception_desk import PROGRAM, TREE
from web import create_app, server
from web.edge import config
from web.edge.application import Office
from web.edge.asgi import Edge

APPLICATION = "web.server:application"
STOPPING_SECONDS = 5  # a worker that is told twice to stop, by a terminal and by its parent, may never do so
CONNECTIONS, FILES_BESIDE = 4_096, 256
# Milliseconds, also for a kept connection.
HEADERS = HTTP1Settings(header_read_timeout=30_000, max_buffer_size=64 * 1024)
on_host = click.option("--host", default="127.0.0.1", show_default=True, help="Address to answer on.")
on_port = click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to answer on."
)


@click.command()
@on_host
@on_port
@click.option("--prepare-only", is_flag=True, help="Do everything but serve.")
def run(host: str, port: int, prepare_only: bool) -> None:
    """Set up what is missing and serve the office."""
    if not prepare_only:
        _ensure_free(host, port)
    build_everything()
    app = create_app()
    prepare(app)
    if not prepare_only:
        _begin_anew(host, port)


@click.command()
@on_host
@on_port
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes; PostgreSQL only.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve an office whose schema is up to date; changes nothing before it begins."""
    settings = config.read()
    if workers > 1:
        _ensure_postgresql(settings, "several processes")
    _ensure_free(host, port)
    check_up_to_date(settings.database_url)
    create_app(settings)  # wrong keys are told here, once
    _begin_anew(host, port, workers)


@click.command()
def worker() -> None:
    """Do what falls due and carry out queued jobs, beside any number of others; SIGTERM ends it."""
    settings = config.read()
    _ensure_postgresql(settings, "a worker of its own")
    check_up_to_date(settings.database_url)
    work(create_app(settings))


def listen(host: str, port: int, workers: int = 1, application: str = APPLICATION) -> None:
    """Answer HTTP until a signal ends it."""
    note(f"Serving on http://{host}:{port}   (Ctrl-C ends it)")
    Granian(
        application,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        http1_settings=HEADERS,
        websockets=False,
        factory=True,
        workers=workers,
        backpressure=_connections(),
        respawn_failed_workers=True,
        workers_kill_timeout=STOPPING_SECONDS,
        log_level=LogLevels.warning,
    ).serve()


def loaded(app: Flask) -> Edge:
    """Return an application as the server takes it, for `listen`: behind the edge of the office, whatever it answers."""
    return server.at_the_edge(app)


def _connections() -> int:
    """Return how many connections a process holds at once; it may open as many files as the system lets it, and its database needs some."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = CONNECTIONS + FILES_BESIDE if hard == resource.RLIM_INFINITY else min(CONNECTIONS + FILES_BESIDE, hard)
    with suppress(ValueError, OSError):
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (max(limit, _soft) if _soft != resource.RLIM_INFINITY else _soft, hard)
        )
    return max(1, limit - FILES_BESIDE)


def work(app: Office) -> None:
    """Do what falls due until a signal ends it; what is in hand is finished first."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with working(app):
        note("Working   (Ctrl-C ends it)")
        ended.wait()


@contextmanager
def working(app: Office) -> Iterator[None]:
    """Do what falls due and what is queued until the block ends; what is in hand is finished first."""
    stop = threading.Event()
    threads = server.start_background(app, stop)
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _ensure_postgresql(settings: config.Settings, command: str) -> None:
    if settings.database_url.startswith("sqlite"):
        raise click.ClickException(
            f"SQLite is for one process; {command} needs PostgreSQL. Moving there: docs/how-to/move-to-postgresql.md"
        )


def prepare(app: Office) -> None:
    """Make the schema, the demo office in an empty database, and the processes in an office without; says who may log in."""
    bring_up_to_date(app)
    logins = plant(app)
    published = publish_all(app)
    if published:
        note(f"Published {len(published)} processes.")
    elif waiting := not_in_force(app):
        note(f"Not in force here as the files have them: {', '.join(waiting)}. {PROGRAM} publish makes drafts of them.")
    for line in lacking(app):
        note(line)
    note("Who may log in:")
    note("\n".join(login_lines(logins) if logins else _known(app)))


def _begin_anew(host: str, port: int, workers: int = 1) -> NoReturn:
    """Serve as a program that has never opened the database.

    A process that is forked after SQLite has been used believes that it holds the locks of its parent and takes none of its own. Any command
    beside it would then be the only one to hold the file, and remove the log of what the office has confirmed since.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    places = filter(None, (str(TREE), config.environment().get("PYTHONPATH")))
    surroundings = config.environment(PYTHONPATH=os.pathsep.join(places))
    os.execve(sys.executable, [sys.executable, "-m", "cli.serving", host, str(port), str(workers)], surroundings)  # noqa: S606


def _known(app: Office) -> list[str]:
    """Return whoever may log in by now; passwords were said when each was made and are not kept."""
    with app.app_context():
        people = session().scalars(select(User).where(User.active.is_(True)).order_by(User.name))
        names = [f"{user.name} ({user.display_name})" for user in people]
    return [
        f"  {', '.join(names)}",
        "  The password of a demo person is NAME-reception-desk, unless it has been changed.",
    ]


def _ensure_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} on {host} cannot be used ({error.strerror}). Another one: {PROGRAM} run --port {port + 1}"
            ) from error


if __name__ == "__main__":
    listen(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
