"""A request sent again under its key is answered as the first time, and only that request."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from engine import cases, published
from tests.support.actors import CLEO, SAM
from tests.support.drawing import end, flow, gateway, package, path, process, start, sub_process, user


def begun(drawn: str, at: datetime) -> int:
    """The first task of a case of this process."""
    published.publish(package("P", drawn), by=SAM, note="", at=at)
    return cases.start("P", business_key="AJ-1", variables={}, by=CLEO, at=at).user_task_ids[0]


def test_a_key_used_for_two_tasks_answers_for_each(database: Session, at: datetime) -> None:
    """Two tasks of one case completed alike under one key: the second, sent again, is not answered with what the first came to."""
    drawn = process("P", start(), user("one"), user("other"), end(), path("begun", "one", "other", "finished"))
    one = begun(drawn, at)
    first = cases.complete(one, form={}, by=CLEO, at=at, key="k")
    (other,) = first.user_task_ids
    second = cases.complete(other, form={}, by=CLEO, at=at, key="k")
    assert second.ended
    assert cases.complete(one, form={}, by=CLEO, at=at, key="k") == first
    assert cases.complete(other, form={}, by=CLEO, at=at, key="k") == second


def test_a_task_taken_away_at_once_is_in_no_answer(database: Session, at: datetime) -> None:
    """A task that is opened and cancelled within the step is not told of, the second time no more than the first."""
    terminate = end("terminated", "<bpmn:terminateEventDefinition/>")
    parts = (start("in"), gateway("fork", "parallel"), user("vain"), end("out"), terminate)
    ways = (path("in", "fork", "vain", "out"), flow("fork", "terminated"))
    drawn = process(
        *("P", start(), user("one"), sub_process("brief", *parts, *ways), user("after"), end()),
        path("begun", "one", "brief", "after", "finished"),
    )
    one = begun(drawn, at)
    first = cases.complete(one, form={}, by=CLEO, at=at, key="k")
    assert len(first.user_task_ids) == 1
    assert cases.complete(one, form={}, by=CLEO, at=at, key="k") == first
