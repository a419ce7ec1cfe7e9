"""Messages to many cases: one that cannot go on keeps none of the others back, and a person learns of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from marshmallow import Schema
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
from engine import handlers
from engine.handlers import Call, handler
from engine.messages import NotAllReleased
from models.incident import Incident
from tests.drawing import catch, catch_message, end, flow, gateway, package, path, process, service, start, user
from tests.people import CLEO, SAM


class _Nothing(Schema):
    """No parameters and no result."""


@pytest.fixture
def nothing() -> Iterator[None]:
    """A service task that does nothing."""
    before = dict(handlers._registry)

    @handler("test/nothing", parameters=_Nothing, result=_Nothing, title_zh="无", title_en="Nothing")
    def do_nothing(_parameters: dict[str, object], _call: Call) -> dict[str, object]:
        return {}

    yield
    handlers._registry.clear()
    handlers._registry.update(before)


@pytest.mark.usefixtures("nothing")
def test_a_case_that_would_run_for_ever_is_an_incident(database: Session, at: datetime) -> None:
    """The other case goes on; the endless one stays where it waits, is reported once however often the message comes, and verifies."""
    drawn = process(
        "P",
        start(),
        catch("told", message="told", key='"k"'),
        gateway("merge"),
        service("x", "test/nothing"),
        gateway("again", default="flow_again_finished"),
        end(),
        path("begun", "told", "merge", "x", "again", "finished"),
        flow("again", "merge", "amount > 300"),
        messages=("told",),
    )
    engine.publish(package("P", drawn), by=SAM, note="", at=at)
    for number, amount in enumerate((500, 1), start=1):
        engine.start("P", business_key=f"AJ-{number}", variables={"amount": amount}, by=CLEO, at=at)
    for released in (1, 0):
        with pytest.raises(NotAllReleased) as told:
            engine.correlate("told", "k", variables={}, by=SAM, at=at)
        assert (told.value.values["released"], told.value.values["kinds"]) == (released, ["CannotGoOn"])
    incident = database.scalars(select(Incident)).one()
    assert (incident.instance_id, incident.kind, incident.element_id) == (1, "EndlessLoop", "told")
    assert engine.marking(1).active == {"told": 1}
    assert engine.marking(2).active == {}
    assert engine.verify(1) == []


@pytest.mark.parametrize("word", ["x" * 121, "a\0b"], ids=["long", "null"])
def test_a_key_that_no_database_keeps_is_refused(database: Session, at: datetime, word: str) -> None:
    """On PostgreSQL the clerk was told that something went wrong: both databases refuse it by name, and the task stays open."""
    drawn = process(
        *("P", start(), user("ask"), catch_message("told", "told", "word"), end()),
        path("begun", "ask", "told", "finished"),
        messages=("told",),
    )
    engine.publish(package("P", drawn), by=SAM, note="", at=at)
    begun = engine.start("P", business_key="AJ-1", variables={"word": word}, by=CLEO, at=at)
    with pytest.raises(engine.Invalid, match="too long"):
        engine.complete(begun.user_task_ids[0], form={}, by=CLEO, at=at)
    assert engine.marking(begun.instance_id).active == {"ask": 1}
