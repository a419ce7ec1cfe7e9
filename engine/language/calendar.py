"""The business calendar: which days the office works, and the instants its limits fall on. Pure arithmetic; days come from outside."""

from __future__ import annotations

import calendar as months
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from engine.language import vocabulary

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKEND = 5
DAY = timedelta(days=1)
MOST_DAYS = 4_000
EDITION = 2  # of how limits are reckoned from days; what was reckoned by an earlier one is reckoned so again


@dataclass(frozen=True)
class Calendar:
    """Days off and make-up working days above the plain week, and the hours of the office.

    Its `zone` is that of the office unless another is named.
    A limit that falls on a day off is due on the working day before. Every instant returned is aware UTC. In the first `edition` the limit in the next
    month could thereby be past already.
    """

    days_off: frozenset[date]
    workdays: frozenset[date]
    opens: time = time(8, 30)
    closes: time = time(18, 0)
    zone: str = field(default_factory=lambda: vocabulary.in_force().zone.key)
    edition: int = EDITION

    @cached_property
    def tz(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.zone)

    def fingerprint(self) -> str:
        """Return the SHA-256 of everything that limits depend on."""
        facts = (sorted(self.days_off), sorted(self.workdays), self.opens, self.closes, self.zone)
        content = repr(facts if self.edition == 1 else (*facts, self.edition))
        return hashlib.sha256(content.encode()).hexdigest()

    def is_working(self, day: date) -> bool:
        """Tell whether the office works on that day."""
        if day in self.workdays:
            return True
        return day.weekday() < WEEKEND and day not in self.days_off

    def local(self, at: datetime | date) -> datetime:
        """Return an instant as the office's clock shows it; a date begins at midnight."""
        if isinstance(at, datetime):
            return at.astimezone(self.tz) if at.tzinfo else at.replace(tzinfo=self.tz)
        return datetime.combine(at, time(), self.tz)

    def close_of(self, day: date) -> datetime:
        """Return the close of business of a day."""
        return datetime.combine(day, self.closes, self.tz).astimezone(UTC)

    def working_day_before(self, day: date) -> date:
        """Return the day itself when the office works, else the last working day before it."""
        return self._seek(day, -DAY)

    def working_day_from(self, day: date) -> date:
        """Return the day itself when the office works, else the next working day."""
        return self._seek(day, DAY)

    def _seek(self, day: date, step: timedelta) -> date:
        for _ in range(MOST_DAYS):
            if self.is_working(day):
                return day
            day += step
        raise OverflowError("no working day in reach")

    def same_day(self, at: datetime | date) -> datetime:
        """Return the close of business on the working day of `at`; of the next one when `at` is after closing or on a day off."""
        local = self.local(at)
        day = local.date()
        if self.is_working(day) and local.timetz().replace(tzinfo=None) <= self.closes:
            return self.close_of(day)
        return self.close_of(self.working_day_from(day + DAY))

    def office_hours(self, at: datetime | date, duration: timedelta) -> datetime:
        """Return `at` plus that much time in which the office is open; counting begins at the next opening when it is closed."""
        local, remaining = self.local(at), duration
        for _ in range(MOST_DAYS):
            day = local.date()
            opened = max(local, datetime.combine(day, self.opens, self.tz))
            closed = datetime.combine(day, self.closes, self.tz)
            if self.is_working(day) and opened < closed:
                if opened + remaining <= closed:
                    return (opened + remaining).astimezone(UTC)
                remaining -= closed - opened
            local = datetime.combine(day + DAY, time(), self.tz)
        raise OverflowError("too many office hours")

    def working_days(self, at: datetime | date, n: int) -> datetime:
        """Return the close of business `n` working days after the day of `at`; for none, as `same_day`."""
        if n == 0:
            return self.same_day(at)
        if n > MOST_DAYS:
            raise OverflowError("too many working days")
        day = self.local(at).date()
        for _ in range(n):
            day = self.working_day_from(day + DAY)
        return self.close_of(day)

    def next_weekday(self, at: datetime | date, weekday: str) -> datetime:
        """Return the close of business of the first such weekday on or after `at`; on a day off, of the working day before it.

        When that is already past, it is the following week's.
        """
        index = WEEKDAYS.index(weekday)
        local = self.local(at)
        day = local.date() + timedelta(days=(index - local.weekday()) % 7)
        for _ in range(60):
            due = self.close_of(self.working_day_before(day))
            if due >= local:
                return due
            day += timedelta(days=7)
        raise OverflowError("no such weekday in reach")

    def day_of_month(self, at: datetime | date, n: int) -> datetime:
        """Return the close of business of day `n` of the month of `at`, or of the first month after it in which that is not past.

        A month that lacks the day: its last day. A day off: the working day before.
        """
        local = self.local(at)
        month = (local.year, local.month)
        for _ in range(60):
            due = self._in_month(*month, n)
            if due >= local:
                return due
            month = _next(*month)
        raise OverflowError("no such day in reach")

    def next_month(self, at: datetime | date, n: int) -> datetime:
        """Return the same as `day_of_month`, always in the month after that of `at`; when the working day before is past already, that month's first working day."""
        local = self.local(at)
        due = self._in_month(*_next(local.year, local.month), n)
        return due if due >= local or self.edition == 1 else self.first_working_day(at)

    def _in_month(self, year: int, month: int, n: int) -> datetime:
        last = months.monthrange(year, month)[1]
        return self.close_of(self.working_day_before(date(year, month, max(1, min(n, last)))))

    def first_working_day(self, at: datetime | date) -> datetime:
        """Return the close of business of the first working day of the month after that of `at`."""
        local = self.local(at)
        return self.close_of(self.working_day_from(date(*_next(local.year, local.month), 1)))

    def period_of(self, at: datetime | date) -> str:
        """Return the month of an instant, "2026-11"."""
        return f"{self.local(at):%Y-%m}"


def _next(year: int, month: int) -> tuple[int, int]:
    return (year + 1, 1) if month == 12 else (year, month + 1)
