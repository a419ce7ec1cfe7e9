"""`./desk copy-database`: a SQLite office into an empty PostgreSQL, table by table and verified, and the record of every case on arrival."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Protocol

import click
from sqlalchemy import Connection, create_engine, select, text
from sqlalchemy.pool import NullPool

from cli.database import check_up_to_date, upgrade
from cli.output import as_json, counted, note, progress, report
from engine import proof
from models import drivers
from models.base import session
from models.instance import ProcessInstance
from office import relocation
from web import create_app
from web.edge import config


@click.command()
@click.argument("target")
@as_json
def copy_database(target: str, as_json: bool) -> None:
    """Copy this office, a SQLite one, into the empty PostgreSQL database with the URL TARGET; the SQLite file stays as it is."""
    here = config.read()
    there = replace(here, database_url=_url(here, target))
    check_up_to_date(here.database_url)
    create_app(here)  # refuses keys that are not those of this office
    upgrade(there.database_url)
    copied = _move(here.database_url, there.database_url)
    deviations = _verify(there)
    rows = sum(table.rows for table in copied)
    document = {"tables": [table._asdict() for table in copied], "rows": rows, "deviations": deviations}
    lines = [
        *(f"{table.rows:>9}  {table.table}  {table.fingerprint[:16]}" for table in copied if table.rows),
        *deviations,
    ]
    closing = f"{counted(rows, 'row')} in {counted(len(copied), 'table')}, the same on arrival; {counted(len(deviations), 'deviation')} in the record"
    report(document, [*lines, closing], as_json=as_json, found=bool(deviations))


def _url(here: config.Settings, target: str) -> str:
    if not here.database_url.startswith("sqlite"):
        raise click.ClickException("DATABASE_URL does not name a SQLite office; PostgreSQL is moved with pg_dump.")
    if not target.startswith(("postgresql://", "postgresql+psycopg://")):
        raise click.ClickException("TARGET is a URL such as postgresql://user:password@host/name")
    return target.replace("postgresql://", "postgresql+psycopg://")


class Bar(Protocol):
    """A bar that is told how many rows more were copied."""

    def update(self, n_steps: int) -> None: ...


def _move(source_url: str, target_url: str) -> list[relocation.Copied]:
    target = create_engine(target_url, poolclass=NullPool)
    with _standing_still(source_url) as source, target.begin() as connection, _bar(source) as bar:
        try:
            return relocation.move(source, connection, bar.update)
        except (relocation.TargetInUse, relocation.Unfit, relocation.ArrivedDifferent) as error:
            raise click.ClickException(f"{error.message} Nothing was changed.") from None


@contextmanager
def _standing_still(url: str) -> Iterator[Connection]:
    """Keep the source so that nobody can write to it until the copy has ended."""
    source = create_engine(url, poolclass=NullPool)
    drivers.listen(source)
    with source.connect() as connection:
        connection.execute(text("BEGIN IMMEDIATE"))
        yield connection
        connection.rollback()


def _bar(source: Connection) -> AbstractContextManager[Bar]:
    return click.progressbar(
        length=relocation.count(source), label="copying", file=sys.stderr, hidden=not sys.stderr.isatty()
    )


def _verify(there: config.Settings) -> list[str]:
    note("verifying every case")
    with create_app(there).app_context():
        instances = list(session().scalars(select(ProcessInstance.id).order_by(ProcessInstance.id)))
        with progress(instances, "verifying", lambda id: str(id) if id else None) as steps:
            return [
                f"case {deviation.instance_id}: {deviation.kind} {deviation.seq} {deviation.what}"
                for id in steps
                for deviation in proof.verify(id)
            ]
