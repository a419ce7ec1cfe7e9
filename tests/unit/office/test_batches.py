"""A batch begins when the start timer of its diagram says so, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import engine
from engine import definitions, ground, published, runtime
from models.base import scratch, session, transaction
from models.duty import Duty
from office import batches, composition
from service_tasks import dates

MONDAY = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)  # 18:30, half an hour after the close three days before Thursday's
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PROCESSES = Path(__file__).parents[3] / "processes"


WEEKLY = next(kind for kind in batches.KINDS if kind.process == batches.CHARGE_HOLD)
RULE = 'next_weekday(at, "Thursday")'


@contextmanager
def office_with_a_weekly_batch() -> Iterator[None]:
    """An office that knows the day of the weekly batch and has its process."""
    with runtime.entered(composition.bare(ground.ephemeral_keys())), scratch():
        with transaction():
            session().add(Duty(code="DUE.3", title_zh="挂帐", title_en="Holds", rule=RULE, manual_ref="DUE.3"))
        package = definitions.read_package(PROCESSES, batches.CHARGE_HOLD)
        published.publish(package, by=engine.SYSTEM, note="", at=MONDAY - 2 * HOUR)
        yield


def test_the_diagram_says_when_the_weekly_batch_begins() -> None:
    """Three days before Thursday's close, once; the batch of the month is not near."""
    with office_with_a_weekly_batch():
        assert batches.begin_due(MONDAY - HOUR) == []
        assert batches.begin_due(MONDAY) == ["GZ-2026-03-05"]
        assert batches.begin_due(MONDAY + HOUR) == []


def test_another_timer_begins_it_at_another_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever changes the timer changes the beginning; a process without one begins so long before its day."""
    hour_later = f'date and time("{(MONDAY + HOUR).isoformat()}")'
    for timer, begins in ((hour_later, MONDAY + HOUR), ("", dates.due(RULE, MONDAY) - WEEKLY.ahead)):
        monkeypatch.setattr(published, "start_timer", lambda key, timer=timer: timer)
        with office_with_a_weekly_batch():
            assert batches.begin_due(begins - MINUTE) == []
            assert batches.begin_due(begins) == ["GZ-2026-03-05"]
