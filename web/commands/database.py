"""`./desk migrate` and `./desk seed`: the schema, and the demo office in an empty one."""

from __future__ import annotations

import click
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

import engine
from office import demo
from web import create_app
from web.auth import hash_password
from web.commands.output import ROOT, note


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
    """Run the migrations that the app's database lacks."""
    upgrade(app.config["SQLALCHEMY_DATABASE_URI"])


def upgrade(url: str) -> None:
    """Run the migrations that a database lacks."""
    command.upgrade(configuration(url), "head")


def check_up_to_date(url: str) -> None:
    """Refuse to work on a database of another schema."""
    with create_engine(url, poolclass=NullPool).connect() as connection:
        found = MigrationContext.configure(connection).get_current_heads()
    if set(found) != set(ScriptDirectory.from_config(configuration(url)).get_heads()):
        raise click.ClickException("The database is not at the current schema. Once, on one machine: ./desk migrate")


def configuration(url: str) -> Config:
    """Alembic's configuration for a database."""
    found = Config()
    found.set_main_option("script_location", str(ROOT / "migrations"))
    found.attributes["url"] = url
    return found


def plant(app: Flask) -> list[demo.Login]:
    """The demo office in an empty database; the new logins, none where somebody works already."""
    with app.app_context():
        return demo.seed(engine.now(), hash_password=hash_password)


def login_lines(logins: list[demo.Login]) -> list[str]:
    """Who may log in with which password, as lines of a table."""
    rows = [(one.name, one.password, one.display_name, ", ".join((*one.departments, *one.roles))) for one in logins]
    return [f"  {name:<7} {password:<24} {shown}  {what}" for name, password, shown, what in rows]
