"""The office that a command works on, and `./desk migrate` and `./desk seed`: the schema, and the demo office in an empty one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import create_engine, inspect, make_url
from sqlalchemy.pool import NullPool

import engine
from cli.output import ROOT, note
from engine import record
from models.base import transaction
from office import demo
from reception_desk import PROGRAM
from web import create_app
from web.edge import config
from web.edge.application import Office
from web.edge.auth import hash_password


@click.command()
def migrate() -> None:
    """Bring the database to the current schema; an up-to-date one is left alone."""
    bring_up_to_date(create_app())
    note("the schema is up to date")


@click.command()
def seed() -> None:
    """Fill an empty database with the demo office and say who may log in."""
    app = create_app()
    bring_up_to_date(app)
    logins = plant(app)
    click.echo("\n".join(login_lines(logins)) if logins else "this office has people already; nothing was changed")


def bring_up_to_date(app: Flask) -> None:
    """Run the migrations that the app's database lacks, and sign where streams end that are there from before there were heads."""
    upgrade(app.config["SQLALCHEMY_DATABASE_URI"])
    with app.app_context(), transaction():
        record.open_registers()


def upgrade(url: str) -> None:
    """Run the migrations that a database lacks."""
    command.upgrade(configuration(url), "head")


def check_up_to_date(url: str) -> None:
    """Refuse to work on a database of another schema."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    if set(heads) != set(ScriptDirectory.from_config(configuration(url)).get_heads()):
        raise click.ClickException(
            f"The database is not at the current schema. Once, on one machine: {PROGRAM} migrate"
        )


def open_office(environment: Mapping[str, str] | None = None) -> Office:
    """Open the office that the settings name, those of this process or of another `environment`.

    Errors: ClickException where there is none yet, or an earlier version served it last.
    """
    settings = config.read(environment)
    if not _has_tables(settings.database_url):
        place = make_url(settings.database_url)
        raise click.ClickException(
            f"There is no office in {place.database if place.host is None else place.render_as_string()} yet. "
            f"{PROGRAM} run sets one up; DATABASE_URL or DESK_VAR names another place."
        )
    _refuse_earlier(settings.database_url)
    return create_app(settings)


def _has_tables(url: str) -> bool:
    """Tell whether anything is there; a SQLite file that is not there is not made by asking."""
    place = make_url(url)
    if place.get_backend_name() == "sqlite" and not Path(place.database or "").exists():
        return False
    with create_engine(url, poolclass=NullPool).connect() as connection:
        return bool(inspect(connection).get_table_names())


def _refuse_earlier(url: str) -> None:
    """Refuse to judge an office that an earlier version served last: what its schema lacks is no loss."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        if MigrationContext.configure(connection).get_current_heads():
            check_up_to_date(url)


def configuration(url: str) -> Config:
    """Return Alembic's configuration for a database."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    return config


def plant(app: Flask) -> list[demo.Login]:
    """Plant the demo office in an empty database; returns the new logins, none where somebody works already."""
    with app.app_context():
        return demo.seed(engine.now(), hash_password=hash_password)


def login_lines(logins: list[demo.Login]) -> list[str]:
    """Return who may log in with which password, as lines of a table."""
    rows = [
        (login.name, login.password, login.display_name, ", ".join((*login.departments, *login.roles)))
        for login in logins
    ]
    return [
        f"  {name:<7} {password:<24} {display_name}  {membership}" for name, password, display_name, membership in rows
    ]
