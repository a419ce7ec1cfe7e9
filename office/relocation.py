"""Moving an office into another database: every row of every table, the same on arrival, or nothing at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Table, and_, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from engine import Conflict, Corrupt, Invalid
from models.base import Base

BATCH = 1_000


class TargetInUse(Conflict):
    """Something is stored in the database that was to be moved into."""


class Unfit(Invalid):
    """Rows of a table do not fit into the other database."""


class ArrivedDifferent(Corrupt):
    """What was read back is not what was written."""


class Copied(NamedTuple):
    """A table that arrived: how many rows, and the sum of their SHA-256."""

    table: str
    rows: int
    fingerprint: str


Arrived = Callable[[int], None]


def count(source: Connection) -> int:
    """Return how many rows there are to move."""
    return sum(
        int(source.scalar(select(func.count()).select_from(table)) or 0) for table in Base.metadata.sorted_tables
    )


def ensure_empty(target: Connection) -> None:
    """Check that the target is empty. Errors: TargetInUse naming the tables that hold something."""
    full = [table.name for table in Base.metadata.sorted_tables if target.execute(select(table).limit(1)).first()]
    if full:
        raise TargetInUse(tables=full)


def move(source: Connection, target: Connection, arrived: Arrived) -> list[Copied]:
    """Copy every table from a source that does not change meanwhile into an empty PostgreSQL, in the target's transaction.

    Shape:  `arrived` is told how many more rows have been written.
    Errors: TargetInUse, Unfit, ArrivedDifferent.
    """
    ensure_empty(target)
    copied = [_copy(table, source, target, arrived) for table in Base.metadata.sorted_tables]
    for table in Base.metadata.sorted_tables:
        _continue_numbers(table, target)
    return copied


def _copy(table: Table, source: Connection, target: Connection, arrived: Arrived) -> Copied:
    """Copy a table while its triggers rest: what they derive from a row arrives as a row itself."""
    target.execute(text(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER'))
    try:
        for rows in _rows(table, source):
            _write(table, rows, target)
            arrived(len(rows))
        _refer_to_itself(table, source, target)
    except DBAPIError as error:
        raise Unfit(table=table.name, why=type(error.orig).__name__) from None
    target.execute(text(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER'))
    departed, came = fingerprint(table, source), fingerprint(table, target)
    if departed != came:
        raise ArrivedDifferent(table=table.name, left=departed.rows, came=came.rows)
    return came


def _inward(table: Table) -> list[Column[Any]]:
    """Return columns by which rows refer to other rows of the same table, which may not be there yet."""
    return [key.parent for key in table.foreign_keys if key.column.table is table]


def _write(table: Table, rows: list[dict[str, Any]], target: Connection) -> None:
    later = {column.key: None for column in _inward(table)}
    target.execute(insert(table), [row | later for row in rows] if later else rows)


def _refer_to_itself(table: Table, source: Connection, target: Connection) -> None:
    for column in _inward(table):
        referring = select(*table.primary_key.columns, column).where(column.is_not(None))
        for row in source.execute(referring).mappings():
            same = and_(*(key == row[key] for key in table.primary_key.columns))
            target.execute(update(table).where(same).values({column: row[column]}))


def fingerprint(table: Table, connection: Connection) -> Copied:
    """Return a table's rows as one number: the sum of their hashes, because databases do not agree on the order of words."""
    number, total = 0, 0
    for rows in _rows(table, connection):
        number += len(rows)
        total += sum(int.from_bytes(hashlib.sha256(_line(row)).digest()) for row in rows)
    return Copied(table.name, number, f"{total % 2**256:064x}")


def _rows(table: Table, connection: Connection) -> Iterator[list[dict[str, Any]]]:
    result = connection.execute(select(table).execution_options(yield_per=BATCH))
    for part in result.mappings().partitions():
        yield [{column.key: row[column] for column in table.columns} for row in part]


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, default=_plain, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def _continue_numbers(table: Table, target: Connection) -> None:
    """Have the next number that the database gives be the one after the last that arrived."""
    for column in table.primary_key.columns:
        parameters = {"name": f'"{table.name}"', "column": column.name}
        sequence = target.scalar(text("SELECT pg_get_serial_sequence(:name, :column)"), parameters)
        last = target.scalar(select(func.max(column))) if sequence else None
        if last is not None:
            setting = {"sequence": sequence, "last": last}
            target.execute(text("SELECT setval(CAST(:sequence AS regclass), :last)"), setting)
