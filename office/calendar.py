"""The business calendar: China's public holidays and make-up working days from the `holidays` library, and above them what owners keep.

Day arithmetic is not done here but in the language's calendar, which this one hands over as a value.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from importlib.metadata import version
from typing import NamedTuple

import holidays
from sqlalchemy import event, select
from sqlalchemy.orm import Session

import engine
from engine import runtime
from engine.language import Calendar
from models.base import bind, session
from models.calendar import CalendarDay
from service_tasks.zone import ZONE

FIRST_YEAR, LAST_YEAR = 2020, 2060
SOURCE = f"holidays {version('holidays')}"
OWNER = "owner"
READ_AGAIN_AFTER = timedelta(minutes=1)


class Day(NamedTuple):
    """One day that differs from the plain week. `provisional`: its year's make-up days are not announced yet."""

    date: date
    kind: str
    name: str
    source: str
    provisional: bool


def current() -> Calendar:
    """Return the calendar in force.

    Kept in memory until a day changes; a change by another process is seen within a minute.
    """
    remembered = runtime.current().remembered(bind())
    dated = remembered.calendar
    if dated is None or engine.now() - dated.read_at > READ_AGAIN_AFTER:
        dated = remembered.calendar = runtime.Dated(_read(), engine.now())
    return dated.calendar


def announced() -> Calendar:
    """Return the calendar of an office that has changed no day; needs no database."""
    off, work = _seeded()
    return _in_zone(off, work)


def days(year: int) -> list[Day]:
    """Return every day of a year that differs from the plain week, rows of owners before the seed, by date."""
    from_rows = {row.date: _day(row) for row in _rows(year)}
    return sorted(({day.date: day for day in _seed(year)} | from_rows).values())


def put(day: date, kind: str, name: str) -> None:
    """Make a day off ("off") or a working day ("work") on behalf of an owner, whatever the seed says."""
    row = session().get(CalendarDay, day) or CalendarDay(date=day)
    row.kind, row.name, row.source, row.provisional = kind, name, OWNER, False
    session().add(row)
    session().flush()


def remove(day: date) -> None:
    """Go back to what the seed says of a day."""
    if (row := session().get(CalendarDay, day)) is not None:
        session().delete(row)
        session().flush()


def seed(years: Iterable[int]) -> None:
    """Write the library's days of `years` as rows, so that owners see and can change them; rows of owners stay."""
    for year in years:
        rows_by_date = {row.date: row for row in _rows(year)}
        for row in rows_by_date.values():
            if row.source != OWNER:
                session().delete(row)
        session().flush()
        owner_days = {day for day, row in rows_by_date.items() if row.source == OWNER}
        session().add_all(CalendarDay(**day._asdict()) for day in _seed(year) if day.date not in owner_days)
    session().flush()


def _read() -> Calendar:
    off, work = _seeded()
    rows = list(session().execute(select(CalendarDay.date, CalendarDay.kind)))
    put_off = {day for day, kind in rows if kind == "off"}
    put_work = {day for day, kind in rows if kind == "work"}
    return _in_zone((off - put_work) | put_off, (work - put_off) | put_work)


def _in_zone(off: frozenset[date], work: frozenset[date]) -> Calendar:
    return Calendar(days_off=off, workdays=work, zone=ZONE.key)


@cache
def _seeded() -> tuple[frozenset[date], frozenset[date]]:
    seed_days = [day for year in range(FIRST_YEAR, LAST_YEAR + 1) for day in _seed(year)]
    return (
        frozenset(day.date for day in seed_days if day.kind == "off"),
        frozenset(day.date for day in seed_days if day.kind == "work"),
    )


@cache
def _seed(year: int) -> tuple[Day, ...]:
    """Return the library's days of one year. A year without any make-up day has not been announced, and is provisional."""
    china = holidays.country_holidays("CN", years=year, language="zh_CN")
    made_up = sorted(day for day in china.weekend_workdays if day.year == year)
    provisional = not made_up
    off = [Day(day, "off", china[day], SOURCE, provisional) for day in sorted(china) if day.year == year]
    return tuple(off + [Day(day, "work", "调休上班", SOURCE, provisional) for day in made_up])


def _rows(year: int) -> list[CalendarDay]:
    within = CalendarDay.date.between(date(year, 1, 1), date(year, 12, 31))
    return list(session().scalars(select(CalendarDay).where(within).order_by(CalendarDay.date)))


def _day(row: CalendarDay) -> Day:
    return Day(row.date, row.kind, row.name, row.source, row.provisional)


@event.listens_for(Session, "after_flush")
def _note(changed: Session, _context: object) -> None:
    if any(isinstance(row, CalendarDay) for row in (*changed.new, *changed.dirty, *changed.deleted)):
        _read_again()
        changed.info["calendar_changed"] = True


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _forget(changed: Session) -> None:
    if changed.info.pop("calendar_changed", False):
        _read_again()


def _read_again() -> None:
    runtime.current().remembered(bind()).calendar = None
