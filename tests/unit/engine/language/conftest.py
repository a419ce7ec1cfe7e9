"""The language's tests speak FEEL: `value` evaluates an expression over variables on the calendar of 2026."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.language import feel
from engine.language.calendar import Calendar
from engine.language.feel import Scope

DATES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "dates.yaml").read_text(encoding="utf-8"))
Value = Callable[..., Any]


def noticed() -> Calendar:
    """The calendar that the State Council's notice makes of 2026."""
    notice = DATES["notice of 2026"]
    return Calendar(frozenset(day for span in notice["free"] for day in _span(span)), frozenset(notice["worked"]))


def _span(text: str) -> list[date]:
    first, last = map(date.fromisoformat, text.split(".."))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.fixture
def scope(at: datetime) -> Scope:
    """Monday 2026-11-23, 09:00 in the office."""
    return Scope(at, noticed())


@pytest.fixture
def value(scope: Scope) -> Value:
    """`value(expression, **variables)`."""

    def evaluate(text: str, **variables: Any) -> Any:
        return feel.compile(text, names=variables).evaluate(variables, scope=scope)

    return evaluate
