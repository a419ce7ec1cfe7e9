"""Functions of the business calendar: when the office's limits fall (`language.calendar`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from engine.language.calendar import WEEKDAYS
from engine.language.feel.functions.registry import builtin, is_whole


def _on_calendar(name: str, parameters: str = "at", fits: Callable[..., bool] = lambda: True) -> None:
    def run(scope: Any, at: Any, *more: Any) -> Any:
        if not isinstance(at, date) or not fits(*more):
            return None
        return getattr(scope.calendar, name)(at, *more)

    builtin(name, parameters)(run)


def _is_day_number(n: Any) -> bool:
    return is_whole(n) and 1 <= n <= 31


def _is_office_time(span: Any) -> bool:
    return isinstance(span, timedelta) and span >= timedelta()


_on_calendar("same_day")
_on_calendar("office_hours", "at, duration", _is_office_time)
_on_calendar("working_days", "at, n", lambda n: is_whole(n) and n >= 0)
_on_calendar("next_weekday", "at, weekday", lambda weekday: isinstance(weekday, str) and weekday in WEEKDAYS)
_on_calendar("day_of_month", "at, n", _is_day_number)
_on_calendar("next_month", "at, n", _is_day_number)
_on_calendar("first_working_day")
_on_calendar("period_of")
_on_calendar("thursday_of")
