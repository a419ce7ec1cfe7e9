"""What a time means, and which texts can never mean one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from engine.language import instants
from engine.language.values import YearsMonths

AT = datetime(2026, 1, 31, 2, tzinfo=UTC)  # 10 o'clock in the office


@pytest.mark.parametrize(
    ("value", "due"),
    [
        (timedelta(hours=4), datetime(2026, 1, 31, 6, tzinfo=UTC)),
        (YearsMonths(1), datetime(2026, 2, 28, 2, tzinfo=UTC)),
        ("P1M", datetime(2026, 2, 28, 2, tzinfo=UTC)),
        ("PT4H", datetime(2026, 1, 31, 6, tzinfo=UTC)),
        (date(2026, 2, 1), datetime(2026, 2, 1, 15, 59, 59, tzinfo=UTC)),
        (datetime(2026, 2, 1, 9), datetime(2026, 2, 1, 1, tzinfo=UTC)),  # noqa: DTZ001
        *[(value, None) for value in (None, 5, True, "soon", [AT], YearsMonths(12 * 9_000), timedelta.max)],
    ],
)
def test_a_value_means_an_instant_or_none(value: Any, due: datetime | None) -> None:
    """Months are the office's months; what is no time is none, and nothing breaks."""
    assert instants.of(value, AT) == due


@pytest.mark.parametrize("text", ["PT4H", "P1DT", "R/PT1H", "2026-12-01", "5", "null", 'time("10:00:00")', 'next_weekday(x, "thursday")', "[now()]"])  # fmt: skip
def test_never(text: str) -> None:
    """Whatever the variables, this is no instant."""
    assert instants.never(text)


@pytest.mark.parametrize("text", ["due", "order.due", "P", 'duration("P1M")', "today()", 'if a then duration("PT1H") else null', "some x in y satisfies x", 'day_of_month(a, 30)', "date and time(date(a.b), c)", '"PT4H"', "not feel ("])  # fmt: skip
def test_perhaps(text: str) -> None:
    """What can be one, for all that is known, is not accused."""
    assert not instants.never(text)
