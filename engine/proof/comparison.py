"""Comparing the rows that live beside a history with what folding it gives: what is missing, what was never opened, which column differs.

Rows are read column by column and for many instances at once: neither the session's memory of earlier reads nor a query per case stands
between the database and the comparison. `COVERED` says what is compared; the rest of those tables is listed in docs/explanation/verification.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Select, select

from engine.definitions.compiled import Definition
from engine.record import appliers
from engine.record.case import Case
from engine.record.columns import CaseEnd
from engine.record.history import CaseEntry
from engine.record.rows import RowsInMemory
from models import cells
from models.cells import UNREADABLE
from models.incident import Incident
from models.instance import ProcessInstance
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask

Row = Mapping[str, object]
Table = dict[tuple[int, int], Row]
COVERED: dict[str, tuple[Any, ...]] = {
    "user_task": (
        UserTask.business_key,
        UserTask.process_key,
        UserTask.element_id,
        UserTask.name,
        UserTask.form,
        UserTask.group,
        UserTask.assignee,
        UserTask.state,
        UserTask.created_at,
        UserTask.due_at,
        UserTask.paused_at,
        UserTask.overdue,
        UserTask.completed_at,
        UserTask.completed_by,
        UserTask.item_index,
        UserTask.item_count,
    ),
    "timer": (Timer.element_id, Timer.due_at),
    "message_subscription": (
        MessageSubscription.element_id,
        MessageSubscription.message,
        MessageSubscription.correlation_key,
    ),
    "incident": (
        Incident.element_id,
        Incident.topic,
        Incident.kind,
        Incident.message,
        Incident.trace,
        Incident.state,
        Incident.opened_at,
        Incident.resolved_at,
        Incident.resolved_by,
        Incident.reason,
    ),
}
MODELS: dict[str, type[UserTask | Timer | MessageSubscription | Incident]] = {
    "user_task": UserTask,
    "timer": Timer,
    "message_subscription": MessageSubscription,
    "incident": Incident,
}
INSTANCE = ("state", "started_at", "ended_at", "due_at", "paused_at", "overdue", "processes")


class InstanceRow(CaseEnd, Protocol):
    """The row of a case as it stands in the database."""

    @property
    def business_key(self) -> str: ...
    @property
    def definition_id(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def state_blob(self) -> bytes: ...


class Difference(NamedTuple):
    """`what` does not agree, and `since` which entry nothing has changed it any more.

    `kind` is `rows`, or `cell` where what is stored cannot stand in its column at all.
    """

    what: str
    since: int
    kind: str = "rows"


class _Erased:
    """What stood in a sealed place of a case whose key is gone: false, so that whoever needs a value finds none."""

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return "(erased)"


ERASED = _Erased()
UNNUMBERED = -1


class Folded:
    """A case folded from its history, with the rows that must live beside it."""

    def __init__(self, business_key: str, definition: Definition | None = None) -> None:
        self.rows = RowsInMemory(business_key)
        self.case = Case(rows=self.rows, definition=definition)

    def entry(self, entry: CaseEntry) -> None:
        """Apply one entry of the history."""
        self.rows.entry(entry.seq, entry.actor, entry.at)
        appliers.apply_each(entry.steps, self.case, entry.at)

    def tables(self) -> dict[str, Table]:
        """Return every row that must live, by table, token and count of rows of that token before it."""
        return {
            "user_task": _once(self.rows.user_tasks),
            "timer": _once(self.rows.timers),
            "message_subscription": _once(self.rows.messages),
            "incident": _counted(self.rows.incidents),
        }


def _once(rows: Mapping[int, Row]) -> Table:
    return {(token, 0): row for token, row in rows.items()}


def _counted(rows: Iterable[tuple[int, Row]]) -> Table:
    counts: Counter[int] = Counter()
    table: Table = {}
    for token, row in rows:
        table[token, counts[token]] = row
        counts[token] += 1
    return table


@dataclass
class Living:
    """The rows of some instances as they stand in the database, by table and instance."""

    rows: dict[str, dict[int, list[tuple[int, Row]]]] = field(default_factory=dict)

    def tables(self, instance_id: int) -> dict[str, Table]:
        """Return the same as `Folded.tables`."""
        return {table: _counted(by_instance.get(instance_id, ())) for table, by_instance in self.rows.items()}


def living(ids: Sequence[int]) -> Living:
    """Read the rows of these instances: one query a table."""
    return Living({table: _read(_query(table, ids)) for table in COVERED})


def _query(table: str, ids: Sequence[int]) -> Select[Any]:
    model = MODELS[table]
    columns = map(cells.as_stored, (model.instance_id, model.token, *COVERED[table]))
    query = select(*columns).where(model.instance_id.in_(ids))
    return query.order_by(Incident.id) if table == "incident" else query


def _read(query: Select[Any]) -> dict[int, list[tuple[int, Row]]]:
    by_instance: dict[int, list[tuple[int, Row]]] = defaultdict(list)
    for row in cells.rows(query):
        columns = row._asdict()
        token = columns.pop("token")
        by_instance[columns.pop("instance_id")].append((UNNUMBERED if token is UNREADABLE else token, columns))
    return by_instance


def compare(instance: InstanceRow, folded: Folded, tables: Mapping[str, Table]) -> Iterator[Difference]:
    """Yield where the living rows of an instance depart from the folded ones; `instance` is its own row."""
    expected = {"ended_at": None, **folded.rows.instance}
    for name in INSTANCE:
        if name in expected and getattr(instance, name) not in (expected[name], UNREADABLE):
            yield Difference(f"instance.{name}", folded.rows.since["instance", 0])
    for table, should in folded.tables().items():
        for kind, place, token in _table(table, should, tables[table]):
            yield Difference(place, folded.rows.since[table, token] or folded.rows.seq, kind)


def _table(table: str, should: Table, there: Table) -> Iterator[tuple[str, str, int]]:
    for place in sorted(should.keys() | there.keys()):
        token = place[0]
        if token == UNNUMBERED:
            yield "cell", f"{table}.token", token
        elif place not in there:
            yield "rows", f"{table} {token} is missing", token
        elif place not in should:
            yield "rows", f"{table} {token} was never opened", token
        else:
            for name, kind in _columns(should[place], there[place]):
                yield kind, f"{table} {token}.{name}", token


def _columns(should: Row, there: Row) -> Iterator[tuple[str, str]]:
    """Yield what differs; of what was erased only that something stands there can be said, and nothing is."""
    for name, value in there.items():
        if value is UNREADABLE:
            yield name, "cell"
        elif should.get(name) != value and should.get(name) is not ERASED:
            yield name, "rows"


def instances(ids: Sequence[int]) -> list[InstanceRow]:
    """Return the columns of these instances that verification looks at, in the order of their ids."""
    columns = [getattr(ProcessInstance, name) for name in INSTANCE]
    more = (
        ProcessInstance.id,
        ProcessInstance.business_key,
        ProcessInstance.key,
        ProcessInstance.definition_id,
        ProcessInstance.version,
        ProcessInstance.sequence,
        ProcessInstance.head,
        ProcessInstance.ordinal,
        ProcessInstance.head_mac,
        ProcessInstance.state_blob,
    )
    query = select(*map(cells.as_stored, (*more, *columns)))
    return cells.rows(query.where(ProcessInstance.id.in_(ids)).order_by(ProcessInstance.id))
