"""Functions of the business calendar (`language.calendar`): when the limits of an office fall."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeGuard, TypeVar

from engine.language.calendar import MOST_DAYS, WEEKDAYS, Calendar
from engine.language.feel.functions.registry import builtin, is_whole
from engine.language.feel.scope import Scope
from engine.language.feel.types import FeelValue

_Further = TypeVar("_Further")


def _of_instant(name: str, reckon: Callable[[Calendar, date], FeelValue]) -> None:
    """Register a function of the calendar that is asked about an instant."""

    def run(scope: Scope, at: FeelValue) -> FeelValue:
        return reckon(scope.calendar, at) if isinstance(at, date) else None

    builtin(name, "at", cost=4)(run)


def _of_instant_and(
    name: str,
    parameter: str,
    fits: Callable[[FeelValue], TypeGuard[_Further]],
    reckon: Callable[[Calendar, date, _Further], FeelValue],
    days: Callable[[_Further], int] = lambda further: 0,
) -> None:
    """Register one that takes something further; `days` says how many it has to walk through, which is charged."""

    def run(scope: Scope, at: FeelValue, further: FeelValue) -> FeelValue:
        if not isinstance(at, date) or not fits(further):
            return None
        scope.spend(min(days(further), MOST_DAYS))
        return reckon(scope.calendar, at, further)

    builtin(name, f"at, {parameter}", cost=4)(run)


def _is_count(n: FeelValue) -> TypeGuard[int]:
    return is_whole(n) and n >= 0


def _is_day_number(n: FeelValue) -> TypeGuard[int]:
    return is_whole(n) and 1 <= n <= 31


def _is_office_time(span: FeelValue) -> TypeGuard[timedelta]:
    return isinstance(span, timedelta) and span >= timedelta()


def _is_weekday(name: FeelValue) -> TypeGuard[str]:
    return isinstance(name, str) and name in WEEKDAYS


_of_instant("same_day", Calendar.same_day)
_of_instant_and("office_hours", "duration", _is_office_time, Calendar.office_hours, lambda span: 5 * span.days)
_of_instant_and("working_days", "n", _is_count, Calendar.working_days, lambda n: n)
_of_instant_and("next_weekday", "weekday", _is_weekday, Calendar.next_weekday)
_of_instant_and("day_of_month", "n", _is_day_number, Calendar.day_of_month)
_of_instant_and("next_month", "n", _is_day_number, Calendar.next_month)
_of_instant("first_working_day", Calendar.first_working_day)
_of_instant("period_of", Calendar.period_of)
