"""A timer that repeats, against workers that come when they like: each time is fired once, in order, from when the one before was due."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count, takewhile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import cases, proof, published, running
from models.timer import Timer
from models.user_task import UserTask
from tests.support.actors import CLEO, SAM
from tests.support.drawing import boundary, end, package, path, process, start, user

MINUTE = timedelta(minutes=1)
_keys = count(1)
visits = st.lists(st.integers(1, 400), min_size=1, max_size=6)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(times=st.sampled_from(("", "1", "2", "5")), every=st.integers(20, 300), gaps=visits, done=st.integers(0, 6))
def test_each_time_fires_once_and_in_order(
    database: Session, at: datetime, times: str, every: int, gaps: list[int], done: int
) -> None:
    """Whenever workers come: what was due by then, up to the count, while the step is open; and the record verifies."""
    key = f"R{next(_keys)}"
    drawn = process(
        key,
        *(start(), user("ask"), boundary("chase", "ask", timer=f"R{times}/PT{every}M", interrupting=False)),
        *(end(), end("chased")),
        path("begun", "ask", "finished"),
        path("chase", "chased"),
    )
    published.publish(package(key, drawn), by=SAM, note="", at=at)
    instance_id = cases.start(key, business_key="AJ-1", variables={}, by=CLEO, at=at).instance_id
    now, over = at, at
    for number, gap in enumerate(gaps):
        now += gap * MINUTE
        running.run_clock(now)
        over = now
        if number == done:
            tasks = select(UserTask.id).where(UserTask.instance_id == instance_id, UserTask.state == "open")
            cases.complete(database.scalars(tasks).one(), form={}, by=CLEO, at=now)
            break
    running.run_clock(now + 10_000 * MINUTE if over == now and done < len(gaps) else now)
    dues = (at + number * every * MINUTE for number in count(1))
    expected = list(takewhile(lambda due: due <= over, dues))[: int(times) if times else None]
    recorded = [step for entry in proof.entries(instance_id) for step in entry.steps]
    set_at = {step["token"]: step["due"] for step in recorded if step["type"] == "timer_set"}
    fired = [step for step in recorded if step["type"] == "timer_fired"]
    assert [set_at[step["token"]] for step in fired] == expected
    assert [step["index"] for step in fired] == list(range(1, len(expected) + 1))
    assert proof.verify(instance_id) == []
    if done < len(gaps):
        assert database.scalars(select(Timer.due_at).where(Timer.instance_id == instance_id)).all() == []


pytestmark = pytest.mark.usefixtures("working")
