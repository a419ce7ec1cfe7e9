"""Periods of days as instants of the office: from the first midnight to the one after the last day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from service_tasks.zone import ZONE

Period = tuple[datetime | None, datetime | None]


def period(first: date | None, last: date | None) -> Period:
    """Return the begin (inclusive) and the end (exclusive) of some days; None where nothing bounds them."""
    return midnight(first), midnight(last, timedelta(days=1))


def midnight(day: date | None, more: timedelta = timedelta()) -> datetime | None:
    """Return the instant at which a day begins, or one so much later."""
    return datetime.combine(day + more, time(), ZONE) if day is not None else None
