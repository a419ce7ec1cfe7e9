"""Databases in memory share what is compiled and nothing that is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, inspect, select, text

from models import in_memory


def metadata() -> MetaData:
    """One table."""
    tables = MetaData()
    Table("note", tables, Column("id", Integer, primary_key=True), Column("body", String(10)))
    return tables


@contextmanager
def opened(tables: MetaData) -> Iterator[Engine]:
    """A database until the block ends."""
    engine = in_memory.opened(tables)
    yield engine
    engine.dispose()


def test_what_is_written_in_one_is_in_no_other() -> None:
    """Neither in one beside it nor in one that comes after it."""
    tables = metadata()
    note = tables.tables["note"]
    with opened(tables) as first, opened(tables) as second:
        with first.connect() as connection:
            connection.execute(note.insert().values(id=1, body="a"))
        with second.connect() as connection:
            assert connection.execute(select(note)).all() == []
    with opened(tables) as third, third.connect() as connection:
        assert connection.execute(select(note)).all() == []


def test_a_table_that_is_told_of_later_is_there() -> None:
    """A module of models may be imported after the first database was made."""
    tables = metadata()
    with opened(tables):
        Table("later", tables, Column("id", Integer, primary_key=True))
    with opened(tables) as engine:
        assert sorted(inspect(engine).get_table_names()) == ["later", "note"]


def test_a_statement_is_compiled_once_for_all() -> None:
    """The second database finds what the first has compiled."""
    tables = metadata()
    outcomes = []
    for _ in range(2):
        with opened(tables) as engine, engine.connect() as connection:
            result = connection.execute(select(tables.tables["note"]))
            outcomes.append(result.context.cache_hit.name)
    assert outcomes == ["CACHE_MISS", "CACHE_HIT"]


def test_foreign_keys_hold_as_in_a_file() -> None:
    """Each connection is told what SQLite wants to be told."""
    with opened(metadata()) as engine, engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
