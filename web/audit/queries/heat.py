"""Where work piles up: count, time and late share of every task of a process in a period, reckoned by the database from the rows of user tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, Subquery, case, cast, extract, func, select

import engine
from models.base import session
from models.definition import ProcessDefinition
from models.instance import ProcessInstance
from models.states import TaskState
from models.user_task import UserTask
from service_tasks.zone import ZONE
from web.lookup.definitions import version
from web.telling.names import element_name

LEVELS = 5
USUAL = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Tasks of a process that were opened from `since` to and with `until`; `version` 0 means all, calls by other processes included."""

    process: str
    since: date
    until: date
    version: int = 0
    measure: str = "count"


@dataclass(frozen=True)
class Figure:
    """One task: how often opened, how often done, the median from opened to done in seconds, its share of all time, and how many were late."""

    element: str
    name: str
    count: int
    done: int
    median: float | None
    share: float
    late: float
    level: int = 0


def wanted(process: str, arguments: Mapping[str, Any]) -> Wanted:
    """Return what an address asks for; the last ninety days, or those before its end, where it says nothing."""
    today = engine.now().astimezone(ZONE).date()
    until = arguments["to"] or max(today, arguments["from"] or today)
    since = arguments["from"] or until - USUAL
    return Wanted(
        process=process,
        since=since,
        until=until,
        version=arguments["version"],
        measure=arguments["measure"],
    )


def figures(filters: Wanted) -> list[Figure]:
    """Return the figures by task, the hottest first."""
    worked = _worked(filters)
    rows = session().execute(_totals(worked)).all()
    medians = dict(tuple(row) for row in session().execute(_medians(worked)))
    whole = sum(row.spent or 0 for row in rows)
    task_names = _names(filters)
    measured = [
        Figure(
            row.element_id,
            task_names.get(row.element_id, row.name),
            row.opened,
            row.done,
            medians.get(row.element_id),
            float(row.spent or 0) / float(whole) if whole else 0.0,
            float(row.late or 0) / row.opened,
        )
        for row in rows
    ]
    return sorted(
        _levelled(measured, filters.measure), key=lambda figure: (-heat(figure, filters.measure), figure.element)
    )


def _names(filters: Wanted) -> dict[str, str]:
    """Return what each task is called in the versions that were worked on, the newest first; a task that was renamed has all its names."""
    pairs = _tasks(filters, UserTask.element_id, UserTask.name, ProcessInstance.definition_id, ProcessDefinition.sha256)
    by_element: dict[str, dict[str, None]] = defaultdict(dict)
    for element, recorded, definition_id, sha256 in session().execute(
        pairs.distinct().order_by(ProcessInstance.definition_id.desc())
    ):
        own = version(definition_id, sha256)
        by_element[element][element_name(filters.process, element, recorded, own)] = None
    return {element: " / ".join(names) for element, names in by_element.items()}


def heat(figure: Figure, measure: str) -> float:
    """Return the number that a figure is coloured by."""
    values = {"count": figure.count, "time": figure.median or 0, "share": figure.share, "late": figure.late}
    return float(values[measure])


def _levelled(measured: list[Figure], measure: str) -> list[Figure]:
    hottest = max((heat(figure, measure) for figure in measured), default=0)
    return [
        Figure(**{**vars(figure), "level": round(LEVELS * heat(figure, measure) / hottest) if hottest else 0})
        for figure in measured
    ]


def _worked(filters: Wanted) -> Subquery:
    columns = (UserTask.element_id, UserTask.name, UserTask.state, UserTask.overdue, _seconds().label("spent"))
    return _tasks(filters, *columns).subquery()


def _tasks(filters: Wanted, *columns: Any) -> Select[Any]:
    begin = datetime.combine(filters.since, time(), ZONE)
    end = datetime.combine(filters.until + timedelta(days=1), time(), ZONE)
    query = select(*columns).join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
    query = query.join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
    query = query.where(
        UserTask.process_key == filters.process, UserTask.created_at >= begin, UserTask.created_at < end
    )
    if filters.version:
        query = query.where(ProcessDefinition.key == filters.process, ProcessDefinition.version == filters.version)
    return query


def _seconds() -> ColumnElement[Any]:
    """Return the seconds from opened to done; null while a task is open."""
    if session().get_bind().dialect.name == "sqlite":
        days = func.julianday(UserTask.completed_at) - func.julianday(UserTask.created_at)
        return case((UserTask.state == TaskState.COMPLETED, days * 86_400))
    duration = extract("epoch", UserTask.completed_at - UserTask.created_at)
    return case((UserTask.state == TaskState.COMPLETED, cast(duration, Float)))


def _totals(worked: Subquery) -> Select[Any]:
    return select(
        worked.c.element_id,
        func.max(worked.c.name).label("name"),
        func.count().label("opened"),
        func.count(worked.c.spent).label("done"),
        func.sum(worked.c.spent).label("spent"),
        func.sum(case((worked.c.overdue, 1), else_=0)).label("late"),
    ).group_by(worked.c.element_id)


def _medians(worked: Subquery) -> Select[Any]:
    """Return the middle one of each task's times, or the mean of the two in the middle."""
    place = func.row_number().over(partition_by=worked.c.element_id, order_by=worked.c.spent)
    many = func.count().over(partition_by=worked.c.element_id)
    times = select(worked.c.element_id, worked.c.spent, (place * 2).label("place"), many.label("many"))
    ranked = times.where(worked.c.spent.is_not(None)).subquery()
    middle = ranked.c.place.between(ranked.c.many, ranked.c.many + 2)
    return select(ranked.c.element_id, func.avg(ranked.c.spent)).where(middle).group_by(ranked.c.element_id)
