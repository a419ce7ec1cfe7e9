"""Changes of rows that belong together, sent in as few round trips as the database allows; no table lives here.

PostgreSQL takes them as one statement, each change an expression in its WITH clause; SQLite, which is asked in the same process, takes them one
after another. The changes of one `send` must not touch the same row twice, because nothing says in which order they happen. Statements are
compiled once per shape and process, so that sending costs what the database costs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cachetools import LRUCache, cached
from sqlalchemy import (
    GenerativeSelect,
    Table,
    UpdateBase,
    bindparam,
    delete,
    insert,
    literal_column,
    select,
    union_all,
    update,
)
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.types import TypeEngine

from models.base import connection

MOST_AT_ONCE, MOST_PREPARED = 12, 1_000
_VERBS: dict[str, Any] = {"insert": insert, "update": update, "delete": delete}


class Write(NamedTuple):
    """One change. `where` are columns and the values they must have; `wants_id` asks for the ids of the rows it concerned."""

    kind: str
    table: Table
    columns: Mapping[str, object]
    where: Mapping[str, object]
    wants_id: bool

    @property
    def shape(self) -> _Shape:
        """Changes of one shape differ in their values only."""
        return self.kind, self.table, tuple(self.columns), tuple(self.where), self.wants_id


_Shape = tuple[str, Table, tuple[str, ...], tuple[str, ...], bool]


def insertion(table: Table, columns: Mapping[str, object], *, wants_id: bool = False) -> Write:
    """Return the write of a new row."""
    return Write("insert", table, columns, {}, wants_id)


def change(table: Table, columns: Mapping[str, object], *, wants_id: bool = False, **conditions: object) -> Write:
    """Return the write that puts other values in the rows whose columns are as `conditions` say."""
    return Write("update", table, columns, conditions, wants_id)


def removal(table: Table, **conditions: object) -> Write:
    """Return the write that takes out the rows whose columns are as `conditions` say."""
    return Write("delete", table, {}, conditions, False)


def send(writes: Sequence[Write]) -> list[list[int]]:
    """Carry out all of them; the ids asked for, in the order of the writes. Errors: IntegrityError."""
    opened, ids = connection(), []
    at_once = 1 if opened.dialect.name == "sqlite" else MOST_AT_ONCE
    for start in range(0, len(writes), at_once):
        ids += _together(opened, writes[start : start + at_once])
    return ids


def _together(opened: Connection, writes: Sequence[Write]) -> list[list[int]]:
    shapes = tuple(write.shape for write in writes)
    prepared = _prepare(opened.dialect, shapes)
    result = opened.exec_driver_sql(prepared.text, prepared.parameters(writes))
    ids: list[list[int]] = [[] for _ in writes]
    if prepared.answers:
        for place, id in result:
            ids[place].append(id)
    return ids


class _Prepared(NamedTuple):
    """A statement as the driver takes it. `takes` are its parameters: name, place among the values of the writes, conversion."""

    text: str
    takes: Sequence[tuple[str, int, Callable[[object], object] | None]]
    by_position: bool
    answers: bool

    def parameters(self, writes: Iterable[Write]) -> tuple[object, ...] | dict[str, object]:
        """Return the values of the writes as the driver takes them."""
        values = [value for write in writes for columns in (write.columns, write.where) for value in columns.values()]
        if self.by_position:
            return tuple([values[at] if convert is None else convert(values[at]) for _, at, convert in self.takes])
        return {name: values[at] if convert is None else convert(values[at]) for name, at, convert in self.takes}


def _of_shapes(dialect: Dialect, shapes: tuple[_Shape, ...]) -> tuple[str, tuple[_Shape, ...]]:
    return dialect.name, shapes


@cached(LRUCache(MOST_PREPARED), key=_of_shapes, lock=threading.Lock())
def _prepare(dialect: Dialect, shapes: tuple[_Shape, ...]) -> _Prepared:
    """Prepare the statement of writes of these shapes. Errors: KeyError for a column that has a default in Python and is not given."""
    bound = [pair for place, shape in enumerate(shapes) for pair in _bound(place, shape)]
    places = {name: (at, type.dialect_impl(dialect).bind_processor(dialect)) for at, (name, type) in enumerate(bound)}
    compiled = _statement(shapes).compile(dialect=dialect)
    takes = [(name, *places[name]) for name in (compiled.positiontup or compiled.params)]
    return _Prepared(str(compiled), takes, compiled.positional, any(shape[-1] for shape in shapes))


def _bound(place: int, shape: _Shape) -> Iterator[tuple[str, TypeEngine[Any]]]:
    """Yield the parameters of one write and their types."""
    _, table, columns, conditions, _ = shape
    yield from ((f"{place}_{name}", table.c[name].type) for name in columns)
    yield from ((f"{place}_if_{name}", table.c[name].type) for name in conditions)


def _statement(shapes: tuple[_Shape, ...]) -> UpdateBase | GenerativeSelect:
    """Return one write as it is; of several a SELECT over all that were asked for their ids."""
    if len(shapes) == 1:
        return _change(0, shapes[0])
    parts = [_change(place, shape).cte(f"change_{place}") for place, shape in enumerate(shapes)]
    answers = [select(part.c["place"], part.c.id) for part, shape in zip(parts, shapes, strict=True) if shape[-1]]
    return (union_all(*answers) if answers else select(literal_column("1"))).add_cte(*parts)


def _change(place: int, shape: _Shape) -> UpdateBase:
    kind, table, columns, conditions, wants_id = shape
    statement = _VERBS[kind](table)
    if columns:
        statement = statement.values(
            {table.c[name]: bindparam(f"{place}_{name}", type_=table.c[name].type) for name in columns}
        )
    for name in conditions:
        statement = statement.where(table.c[name] == bindparam(f"{place}_if_{name}", type_=table.c[name].type))
    return statement.returning(literal_column(str(place)).label("place"), table.c.id) if wants_id else statement
