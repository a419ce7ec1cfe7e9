"""Functions of the office: when its limits fall by the business calendar (`language.calendar`), and how it writes money."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from engine.language import written
from engine.language.calendar import MOST_DAYS, WEEKDAYS
from engine.language.feel.functions.registry import builtin, is_whole


def _on_calendar(
    name: str,
    parameters: str = "at",
    fits: Callable[..., bool] = lambda: True,
    days: Callable[..., int] = lambda *more: 0,
) -> None:
    """Register a function of the calendar; `days` says how many it has to walk through, which is charged."""

    def run(scope: Any, at: Any, *more: Any) -> Any:
        if not isinstance(at, date) or not fits(*more):
            return None
        scope.spend(min(days(*more), MOST_DAYS))
        return getattr(scope.calendar, name)(at, *more)

    builtin(name, parameters, cost=4)(run)


def _is_day_number(n: Any) -> bool:
    return is_whole(n) and 1 <= n <= 31


def _is_office_time(span: Any) -> bool:
    return isinstance(span, timedelta) and span >= timedelta()


_on_calendar("same_day")
_on_calendar("office_hours", "at, duration", _is_office_time, lambda span: 5 * span.days)
_on_calendar("working_days", "at, n", lambda n: is_whole(n) and n >= 0, lambda n: n)
_on_calendar("next_weekday", "at, weekday", lambda weekday: isinstance(weekday, str) and weekday in WEEKDAYS)
_on_calendar("day_of_month", "at, n", _is_day_number)
_on_calendar("next_month", "at, n", _is_day_number)
_on_calendar("first_working_day")
_on_calendar("period_of")
_on_calendar("thursday_of")


@builtin("yuan", "fen")
def _yuan(scope: Any, fen: Any) -> Any:
    """An amount in fen as people read it, "50.00"; null for what is no whole number."""
    if not is_whole(fen):
        return None
    return written.yuan(int(fen))
