"""The worklist: open user tasks of a person's departments, the most urgent first, a page at a time by keyset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, func, literal, or_, select, union_all

from engine import cases
from models.base import connection, glance
from models.complaint import Complaint
from models.definition import DefinitionDraft, ProcessDefinition
from models.instance import ProcessInstance
from models.states import TaskState
from models.user_task import UserTask
from web.edge.auth import Person, actor_of
from web.lookup.definitions import version
from web.lookup.staff import know_people
from web.telling.names import element_name, of_item, process_name

PAGE, MOST_COUNTED, MOST_DIGITS, MOST_STATEMENTS = 50, 1_000, 10, 128


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for, as it stands in the address."""

    scope: str = "group"
    process: str = ""
    group: str = ""
    late: bool = False
    text: str = ""
    after: str = ""
    due_by: datetime | None = None

    @property
    def have_limits(self) -> bool:
        """Whether only tasks that have a limit can be meant."""
        return self.late or self.due_by is not None


@dataclass(frozen=True)
class Row:
    """One open task as the list shows it."""

    id: int
    name: str
    case: str
    process: str
    group: str
    assignee: str | None
    due_at: datetime | None
    paused: bool
    msisdn: str | None
    created_at: datetime
    process_name: str
    extended: bool = False  # a supervisor has granted the case more time
    barred: str = ""  # why somebody else has to do it: the code of the refusal


@dataclass(frozen=True)
class Page:
    """Some rows, and where the next ones begin; empty at the end."""

    rows: list[Row]
    next: str


def page(person: Person, filters: Wanted) -> Page:
    """Return one page of open tasks the person may see: those with a limit by limit, then those without."""
    query, beyond = _asked(person, filters), _beyond(filters.after)
    ids: list[int] = []
    if beyond.due is not None or not beyond.id:
        ids += _ids(_dated(query, beyond.due is not None), due=beyond.due, id=beyond.id, limit=PAGE + 1)
    if len(ids) <= PAGE and not query.wanted.have_limits:
        last = beyond.id if beyond.due is None else 0
        ids += _ids(_undated(query), id=last, limit=PAGE + 1 - len(ids))
    return _page(ids, _rows(ids[:PAGE], person))


def first_pages(person: Person, *lists: Wanted) -> list[Page]:
    """Return the first page of each of these lists, all of tasks that have a limit, by two statements."""
    rows = connection().execute(_heads(tuple(_asked(person, filters) for filters in lists)), {"limit": PAGE + 1})
    ids_by_list: list[list[int]] = [[] for _ in lists]
    for number, task_id in rows:
        ids_by_list[number].append(task_id)
    by_id = {row.id: row for row in _rows([task_id for ids in ids_by_list for task_id in ids[:PAGE]], person)}
    return [_page(ids, [by_id[task_id] for task_id in ids[:PAGE]]) for ids in ids_by_list]


def _page(ids: list[int], rows: list[Row]) -> Page:
    return Page(rows, _key(rows[-1]) if len(ids) > PAGE else "")


Conditions = list[ColumnElement[bool]]


@dataclass(frozen=True)
class _Asked:
    """Who asks and for what: what a statement is made from, once for all pages of the answer."""

    name: str
    departments: frozenset[str]
    everything: bool
    wanted: Wanted

    def branches(self) -> list[Conditions]:
        """Return whose tasks are asked for, as alternatives that exclude each other; each is answered from the head of an index."""
        filters = self.wanted
        if filters.scope == "mine":
            return [[UserTask.assignee == self.name]]
        if filters.scope == "all" and self.everything:
            return [[UserTask.group == filters.group]] if filters.group else [[]]
        departments = sorted(self.departments & {filters.group} if filters.group else self.departments)
        elsewhere: Conditions = [UserTask.assignee == self.name, UserTask.group.not_in(self.departments)]
        return [*([UserTask.group == code] for code in departments), elsewhere]


def _asked(person: Person, filters: Wanted) -> _Asked:
    return _Asked(person.name, person.departments, person.has("supervisor", "auditor"), replace(filters, after=""))


@lru_cache(maxsize=MOST_STATEMENTS)
def _dated(query: _Asked, further: bool) -> Select[Any]:
    """Return the most urgent tasks of all branches together, from the first or from where the last page ended."""
    due: Any = bindparam("due")
    after = or_(UserTask.due_at > due, UserTask.id > bindparam("id"))
    beyond: Conditions = [UserTask.due_at >= due, after] if further else []
    dated = [UserTask.due_at.is_not(None), *beyond]
    return _merged([[*branch, *dated] for branch in query.branches()], query.wanted, bindparam("limit"))


@lru_cache(maxsize=MOST_STATEMENTS)
def _undated(query: _Asked) -> Select[Any]:
    """Return those without a limit, from a task on."""
    undated = [UserTask.due_at.is_(None), UserTask.id > bindparam("id")]
    return _merged([[*branch, *undated] for branch in query.branches()], query.wanted, bindparam("limit"))


@lru_cache(maxsize=MOST_STATEMENTS)
def _heads(queries: tuple[_Asked, ...]) -> Select[Any]:
    """Return the most urgent tasks of each query, with the number of the query."""
    parts = [_dated(query, further=False).subquery() for query in queries]
    numbered = [select(literal(number).label("number"), part.c.id, part.c.due_at) for number, part in enumerate(parts)]
    heads = union_all(*numbered).subquery()
    return select(heads.c.number, heads.c.id).order_by(heads.c.number, heads.c.due_at, heads.c.id)


def _ids(query: Select[Any], **parameters: Any) -> list[int]:
    return list(connection().scalars(query, parameters))


def _merged(branches: list[Conditions], filters: Wanted, limit: Any) -> Select[Any]:
    parts = [_part(branch, filters, limit).subquery() for branch in branches]
    merged = union_all(*(select(part.c.id, part.c.due_at) for part in parts)).subquery()
    return select(merged.c.id, merged.c.due_at).order_by(merged.c.due_at, merged.c.id).limit(limit)


def _part(conditions: Conditions, filters: Wanted, limit: Any) -> Select[Any]:
    columns: tuple[Any, ...] = (UserTask.id, UserTask.due_at)
    query = select(*columns).where(UserTask.state == TaskState.OPEN, *conditions)
    if filters.process:
        query = query.where(UserTask.process_key == filters.process)
    if filters.group:
        query = query.where(UserTask.group == filters.group)
    if filters.late:
        query = query.where(UserTask.overdue.is_(True))
    if filters.due_by:
        query = query.where(UserTask.due_at <= filters.due_by, UserTask.overdue.is_(False))
    if filters.text:
        query = query.outerjoin(Complaint, Complaint.instance_id == UserTask.instance_id).where(_has(filters.text))
    return query.order_by(UserTask.due_at, UserTask.id).limit(limit)


def _has(text: str) -> ColumnElement[bool]:
    columns = (UserTask.business_key, UserTask.name, Complaint.msisdn)
    return or_(*(column.contains(text.strip(), autoescape=True) for column in columns))


@dataclass(frozen=True)
class _Beyond:
    """Where the last page ended."""

    due: datetime | None
    id: int


def _key(row: Row) -> str:
    return f"{row.due_at.isoformat() if row.due_at else ''}|{row.id}"


def _beyond(after: str) -> _Beyond:
    """Read what `_key` wrote; anything else is the beginning."""
    due, _, number = after.rpartition("|")
    last = int(number) if number.isascii() and number.isdigit() and len(number) < MOST_DIGITS else 0
    return _Beyond(_instant(due), last)


_OF_IDS = (
    select(
        UserTask.id,
        UserTask.instance_id,
        UserTask.name,
        UserTask.business_key,
        UserTask.process_key,
        UserTask.element_id,
        UserTask.group,
        UserTask.assignee,
        UserTask.due_at,
        UserTask.created_at,
        UserTask.item_index,
        UserTask.item_count,
        ProcessInstance.paused_at,
        Complaint.msisdn,
        Complaint.extended_to,
        ProcessInstance.definition_id,
        ProcessDefinition.sha256,
    )
    .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
    .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
    .outerjoin(Complaint, Complaint.instance_id == UserTask.instance_id)
    .where(UserTask.id.in_(bindparam("ids", expanding=True)))
    .order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.id)
)


def _rows(ids: list[int], person: Person) -> list[Row]:
    records = connection().execute(_OF_IDS, {"ids": ids}).all()
    refusals = cases.barred_from(
        [(record, version(record.definition_id, record.sha256)) for record in records], actor_of(person)
    )
    rows = [_row(record, refusals[record.id].code if record.id in refusals else "") for record in records]
    know_people({row.assignee for row in rows})
    return rows


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _row(record: Any, barred: str) -> Row:
    own = version(record.definition_id, record.sha256)
    name = element_name(record.process_key, record.element_id, record.name, own)
    return Row(
        record.id,
        of_item(name, record.item_index, record.item_count),
        record.business_key,
        record.process_key,
        record.group_code,
        record.assignee,
        record.due_at,
        record.paused_at is not None,
        record.msisdn,
        record.created_at,
        process_name(record.process_key, own),
        record.extended_to is not None,
        barred,
    )


def counts(person: Person) -> dict[str, int]:
    """Return the figures beside the navigation: mine, my departments', late, drafts that others have submitted; each counted up to MOST_COUNTED."""
    row = connection().execute(_counted(person.departments), {"me": person.name}).one()
    return dict(row._mapping)


_SUBMITTED = select(func.count()).where(DefinitionDraft.submitted_by != bindparam("me")).scalar_subquery()


@lru_cache(maxsize=MOST_STATEMENTS)
def _counted(departments: frozenset[str]) -> Select[*tuple[int, ...]]:
    of_departments: Conditions = [UserTask.group.in_(sorted(departments))]
    conditions_by_name: dict[str, Conditions] = {
        "mine": [UserTask.assignee == bindparam("me")],
        "group": of_departments,
        "late": [*of_departments, UserTask.overdue.is_(True)],
    }
    figures = [_up_to(conditions).label(name) for name, conditions in conditions_by_name.items()]
    return select(*figures, _SUBMITTED.label("submitted"))


def _up_to(conditions: Conditions) -> ScalarSelect[int]:
    open_tasks = select(UserTask.id).where(UserTask.state == TaskState.OPEN, *conditions).limit(MOST_COUNTED).subquery()
    return select(func.count()).select_from(open_tasks).scalar_subquery()


def next_task(person: Person) -> int | None:
    """Return the most urgent open task of the person's departments that nobody else has taken and that nobody else has to do."""
    departments, me = tuple(sorted(person.departments)), {"me": person.name}
    with glance() as opened:
        candidates = (opened.execute(_next(departments, limited), me).scalar() for limited in (True, False))
        task_id = next((int(id) for id in candidates if id is not None), None)
    if task_id is None or not _rows([task_id], person)[0].barred:
        return task_id
    return next(_open_to(person), None)


def _open_to(person: Person) -> Iterator[int]:
    """Yield what a person could take, the most urgent first."""
    after: str | None = ""
    while after is not None:
        tasks = page(person, Wanted(after=after))
        yield from (row.id for row in tasks.rows if row.assignee in (None, person.name) and not row.barred)
        after = tasks.next or None


@lru_cache(maxsize=512)
def _next(departments: tuple[str, ...], with_limit: bool) -> Select[Any]:
    """Return the most urgent task of whoever works for these departments, asked after every completion."""
    limit = UserTask.due_at.is_not(None) if with_limit else UserTask.due_at.is_(None)
    free: list[Conditions] = [[UserTask.group == code, UserTask.assignee.is_(None), limit] for code in departments]
    return _merged([[UserTask.assignee == bindparam("me"), limit], *free], Wanted(), 1)
