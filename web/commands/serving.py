"""`./desk run`: brings the office to where it can be served, says who may log in, and serves it together with its clockwork."""

from __future__ import annotations

import socket

import click
from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from sqlalchemy import select

from models.base import session
from models.identity import User
from web import create_app
from web.commands.building import build_everything
from web.commands.database import bring_up_to_date, login_lines, plant
from web.commands.output import note
from web.commands.publication import publish_all

THREADS = 8


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--prepare-only", is_flag=True, help="Do everything but serve.")
def run(host: str, port: int, prepare_only: bool) -> None:
    """Set up what is missing and serve the office."""
    if not prepare_only:
        _ensure_free(host, port)
    build_everything()
    app = create_app()
    prepare(app)
    if prepare_only:
        return
    note(f"Serving on http://{host}:{port}   (Ctrl-C ends it)")
    Granian(
        "web.server:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=1,
        blocking_threads=THREADS,
        log_level=LogLevels.warning,
    ).serve()


def prepare(app: Flask) -> None:
    """Schema, demo office in an empty database, processes in an office without; says who may log in."""
    bring_up_to_date(app)
    logins = plant(app)
    published = publish_all(app)
    if published:
        note(f"Published {len(published)} processes.")
    note("Who may log in:")
    note("\n".join(login_lines(logins) if logins else _known(app)))


def _known(app: Flask) -> list[str]:
    """Whoever may log in by now; passwords were said when each was made and are not kept."""
    with app.app_context():
        people = session().scalars(select(User).where(User.active.is_(True)).order_by(User.name))
        names = [f"{one.name} ({one.display_name})" for one in people]
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
                f"Port {port} on {host} cannot be used ({error.strerror}). Another one: ./desk run --port {port + 1}"
            ) from error
