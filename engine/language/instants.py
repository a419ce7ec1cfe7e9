"""From the value of an expression to the instant it means, for limits and timers; and whether an expression can ever mean one. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from engine.language import feel, vocabulary
from engine.language.calendar import WEEKDAYS, Calendar
from engine.language.feel import FeelLimit, FeelSyntaxError, temporal
from engine.language.feel.arithmetic import plus_months
from engine.language.values import YearsMonths
from engine.language.vocabulary import Vocabulary

# In the week, at night, on the last evening of a year, on a Sunday: what is null on all of them is so on every day.
SAMPLES = ((2026, 11, 23, 10), (2026, 2, 28, 23), (2026, 12, 31, 19), (2026, 6, 14, 8))
GIVEN = frozenset({"accepted_at", "entered_at"})
# A duration or a repetition as other engines write it, which FEEL reads as the name of a variable.
UNQUOTED = re.compile(r"\s*[-+]?(R\d*\s*/.*|P(?=T?\d)(\d+[YMWD])*(T(\d+(\.\d+)?[HMS])*)?)\s*", re.DOTALL)
# What chooses, or looks into a value: then nothing can be said of names that are not known.
CHOOSING = re.compile(r'"(?:[^"\\]|\\.)*"|\b(?:if|for|some|every|and|or|in|get value)\b|[=<>\[{.]', re.DOTALL)


def of(value: Any, at: datetime) -> datetime | None:
    """Return the instant that a value means, given as text or not: an instant, a date (its end in the office's zone), or a duration from `at`."""
    zone = vocabulary.in_force().zone
    if isinstance(value, str):
        value = temporal.at_literal(value.strip())
    try:
        if isinstance(value, YearsMonths):
            shifted: datetime = plus_months(at.astimezone(zone), value.months)
            return shifted.astimezone(UTC)
        if isinstance(value, timedelta):
            return at + value
    except (OverflowError, ValueError):  # later than there are years
        return None
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(23, 59, 59), zone).astimezone(UTC)
    return None


def any_day() -> feel.Scope:
    """Return a morning in a week without a day off, for what is the same on every day."""
    return _on(_samples()[0])


def _samples() -> list[datetime]:
    zone = vocabulary.in_force().zone
    samples = (datetime(year, month, day, hour, 30, tzinfo=zone) for year, month, day, hour in SAMPLES)
    return [sample.astimezone(UTC) for sample in samples]


def _on(at: datetime) -> feel.Scope:
    return feel.Scope(at=at, calendar=Calendar(days_off=frozenset(), workdays=frozenset()))


def never(text: str) -> bool:
    """Tell whether an expression is no instant, whatever the variables: as far as that can be seen without them. Errors: none; what is no FEEL is not judged."""
    return _never(text, vocabulary.in_force())


@lru_cache(maxsize=1024)
def _never(text: str, _: Vocabulary) -> bool:
    if UNQUOTED.fullmatch(text):
        return True
    try:
        expression = feel.compile(text)
    except FeelSyntaxError:
        return False
    unknown = expression.names - GIVEN
    if unknown and any(not choice[0].startswith('"') for choice in CHOOSING.finditer(text)):
        return False
    return not any(_is_one(expression, dict.fromkeys(unknown, value), at) for at in _samples() for value in _values(at))


def over(text: str) -> bool:
    """Tell whether an instant has always come when it is reckoned, as with a negative duration or a day of long ago. Of what depends on a variable nothing is said."""
    return _over(text, vocabulary.in_force())


@lru_cache(maxsize=1024)
def _over(text: str, _: Vocabulary) -> bool:
    try:
        expression = feel.compile(text)
    except FeelSyntaxError:
        return False
    return not expression.names - {"entered_at"} and all(_is_over(expression, at) for at in _samples())


def _is_over(expression: feel.Expression, at: datetime) -> bool:
    try:
        value = expression.evaluate({"entered_at": at}, scope=_on(at))
    except FeelLimit:
        return False
    instant = of(value, at)
    return instant is not None and instant <= at


def _values(at: datetime) -> list[Any]:
    """Return what a variable may hold, a kind each."""
    return [at, at.date(), timedelta(hours=4), YearsMonths(1), 5, "2026-12-01", "PT4H", WEEKDAYS[0]]


def _is_one(expression: feel.Expression, variables: dict[str, Any], at: datetime) -> bool:
    context = {"accepted_at": at, "entered_at": at, **variables}
    try:
        value = expression.evaluate(context, scope=_on(at))
    except FeelLimit:
        return True
    return of(value, at) is not None
