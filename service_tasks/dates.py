"""Office dates that a service task needs: the month of an instant, the settling Thursday, when a duty is due; all by the business calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from engine import language, runtime
from service_tasks.zone import ZONE


def month_of(at: datetime) -> str:
    """Return the month of `at` in Shanghai, e.g. "2026-11"."""
    return at.astimezone(ZONE).strftime("%Y-%m")


def month_after(period: str) -> str:
    """Return the month after "2026-11"."""
    year, month = map(int, period.split("-"))
    return f"{year + month // 12}-{month % 12 + 1:02d}"


def day_of(at: datetime) -> date:
    """Return the day of `at` in Shanghai."""
    return at.astimezone(ZONE).date()


def start_of(day: date) -> datetime:
    """Return the first instant of a day in Shanghai."""
    return datetime.combine(day, time(), tzinfo=ZONE)


def first_of_next_month(day: date) -> date:
    """Return the first day of the month after the one `day` lies in."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def settling_thursday(at: datetime) -> date:
    """Return the day the charge-hold desk settles what comes in at `at` (TS-002.11): the next Thursday, or the working day before it."""
    return _thursday(runtime.calendar(), at)


def _thursday(calendar: language.Calendar, at: date) -> date:
    return calendar.local(calendar.next_weekday(at, "Thursday")).date()


def _thursday_of(scope: language.feel.Scope, at: Any) -> str | None:
    """Return, for FEEL, the same as text, "2026-11-26"; null for what is no instant."""
    return _thursday(scope.calendar, at).isoformat() if isinstance(at, date) else None


IN_FEEL = language.Added(name="thursday_of", parameters="at", run=_thursday_of, cost=4)


def is_month(text: str) -> bool:
    """Tell whether a text is a month as "2026-11"."""
    try:
        return date.fromisoformat(f"{text}-01").strftime("%Y-%m") == text
    except ValueError:
        return False


def is_settling_day(text: str) -> bool:
    """Tell whether a text is a day on which the charge-hold desk settles, as "2026-11-26"."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    before = datetime.combine(day - timedelta(days=3), time(9), ZONE)
    return settling_thursday(before) == day and day.isoformat() == text


def due(rule: str, at: datetime) -> datetime:
    """Return the instant that `rule` (FEEL over `at`, as in a diagram's due property) gives. Errors: ValueError for one that gives none."""
    scope = language.feel.Scope(at=at, calendar=runtime.calendar())
    instant = _compiled(rule).evaluate({"at": at}, scope=scope)
    if not isinstance(instant, datetime):
        raise ValueError(rule)
    return instant


@lru_cache(maxsize=64)
def _compiled(rule: str) -> language.feel.Expression:
    return language.feel.compile(rule)
