"""Reading cells as they stand: of a cell that holds nothing its column can hold one learns that, and of the cells beside it what they say.

SQLite stores anything in any column, and the driver fails over a whole answer for one cell it cannot read. Here it is `UNREADABLE`, which equals
nothing. No table lives here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Integer,
    LargeBinary,
    Row,
    Select,
    Table,
    and_,
    false,
    func,
    inspect,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from models.base import bind, connection
from models.drivers import is_sqlite


class _Unreadable:
    def __repr__(self) -> str:
        return "UNREADABLE"


UNREADABLE: object = _Unreadable()
NOT_ASCII = "*[^ -~]*"


class _AsStored(TypeEngine[Any]):
    """What a column of some type holds, if it is of that type."""

    cache_ok = True

    def __init__(self, kind: TypeEngine[Any], nullable: bool) -> None:
        self.kind, self.nullable = kind, nullable

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[object], object]:
        """Return what is made of what the driver gives."""
        if isinstance(self.kind, Boolean):
            return self._boolean
        process = self.kind.dialect_impl(dialect).result_processor(dialect, coltype)
        expected, nullable = _python_type(self.kind), self.nullable

        def read(value: object) -> object:
            if value is None:
                return None if nullable else UNREADABLE
            try:
                converted = value if process is None else process(value)
            except (TypeError, ValueError):
                return UNREADABLE
            return converted if type(converted) is expected or expected is None else UNREADABLE

        return read

    def _boolean(self, value: object) -> object:
        if value is None and self.nullable:
            return None
        return bool(value) if isinstance(value, int) and value in (0, 1) else UNREADABLE


def _python_type(kind: TypeEngine[Any]) -> type | None:
    """Return the very type, so that True is no number; None where any will do."""
    if isinstance(kind, LargeBinary):
        return bytes
    if isinstance(kind, JSON):
        return None
    return kind.impl_instance.python_type if isinstance(kind, TypeDecorator) else kind.python_type


def as_stored(column: Any, *, nullable: bool | None = None) -> ColumnElement[Any]:
    """Return a column for `rows`, under its own name; `nullable` where more may be missing than the table says, as in an outer join."""
    may_miss = column.nullable if nullable is None else nullable
    return type_coerce(column, _AsStored(column.type, may_miss)).label(column.key)


def rows(query: Select[Any]) -> list[Any]:
    """Return the answer to a query over `as_stored` columns."""
    opened = connection()
    with _any_text(opened.connection.driver_connection):
        return list(opened.execute(query))


@contextmanager
def _any_text(driver: Any) -> Iterator[None]:
    """Read text that is no UTF-8, on SQLite, as the bytes it is, instead of ending the answer."""
    if not is_sqlite(bind()):
        yield
        return
    before, driver.text_factory = driver.text_factory, _text
    try:
        yield
    finally:
        driver.text_factory = before


class _NoText(bytes):
    """Neither text nor what a column of bytes holds."""


def _text(raw: bytes) -> str | bytes:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return _NoText(raw)


def unreadable(row: object) -> list[str]:
    """Return the names of a row's columns that hold nothing they can hold."""
    return [name for name, value in cast("Row[*tuple[Any, ...]]", row)._mapping.items() if value is UNREADABLE]


def absent(tables: Iterable[Table]) -> dict[str, list[str]]:
    """Return tables that the database lacks, or that lack columns there: the names of these columns, none for a whole table."""
    stored = inspect(connection())
    there = set(stored.get_table_names())
    lacks: dict[str, list[str]] = {}
    for table in tables:
        if table.name not in there:
            lacks[table.name] = []
            continue
        columns_there = {column["name"] for column in stored.get_columns(table.name)}
        if lacking := [column.name for column in table.columns if column.name not in columns_there]:
            lacks[table.name] = lacking
    return lacks


def wrong_in(table: Table) -> Iterator[tuple[str, str]]:
    """Yield every cell of a table that holds nothing its column can hold: what the row is called, and the column."""
    keys = list(table.primary_key.columns)
    for row in rows(_suspects(table, is_sqlite(bind()))):
        row_name = " ".join(str(getattr(row, column.key)) for column in keys)
        yield from ((row_name, name) for name in unreadable(row))


@cache
def _suspects(table: Table, on_sqlite: bool) -> Select[Any]:
    """Return the rows of a table that have to be looked at; put together once, because offices are verified again and again."""
    suspect = or_(*(_suspect(column, on_sqlite) for column in table.columns))
    return select(*map(as_stored, table.columns)).where(suspect)


def _suspect(column: Any, on_sqlite: bool) -> ColumnElement[bool]:
    """Return what the database can say by itself, and text that one has to look at; on PostgreSQL nothing but a null can be wrong."""
    missing: ColumnElement[bool] = false() if column.nullable else column.is_(None)
    return or_(missing, and_(column.is_not(None), _mistyped(column))) if on_sqlite else missing


def _mistyped(column: Any) -> ColumnElement[bool]:
    stored, expected = func.typeof(column), _python_type(column.type)
    if expected in (date, datetime):
        return or_(stored != "text", func.julianday(column).is_(None))
    if expected is bool:
        return type_coerce(column, Integer).not_in((0, 1))
    if isinstance(column.type, JSON):
        return or_(stored != "text", func.json_valid(column) == 0)
    kinds = {int: ("integer",), float: ("real", "integer"), bytes: ("blob",), str: ("text",)}
    wrong = stored.not_in(kinds[expected]) if expected in kinds else false()
    return or_(wrong, column.op("GLOB")(NOT_ASCII)) if expected is str else wrong
