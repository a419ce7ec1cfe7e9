"""Messages to many cases: one that cannot go on keeps none of the others back, and a person learns of it."""

from __future__ import annotations

from datetime import datetime

import pytest
from marshmallow import Schema
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
import engine.runtime
from engine import cases, proof, published
from engine.cases.messages import NotAllReleased
from engine.runtime import Call, handler
from models.incident import Incident
from tests.support.actors import CLEO, SAM
from tests.support.drawing import catch, catch_message, end, flow, gateway, package, path, process, service, start, user


class _Nothing(Schema):
    """No parameters and no result."""


@handler("test/nothing", parameters=_Nothing, result=_Nothing, title_zh="无", title_en="Nothing")
def _do_nothing(_parameters: dict[str, object], _call: Call) -> dict[str, object]:
    return {}


@pytest.fixture
def nothing(runtime: engine.runtime.Runtime) -> None:
    """A service task that does nothing."""
    runtime.serve(_do_nothing)


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
    published.publish(package("P", drawn), by=SAM, note="", at=at)
    for number, amount in enumerate((500, 1), start=1):
        cases.start("P", business_key=f"AJ-{number}", variables={"amount": amount}, by=CLEO, at=at)
    for released in (1, 0):
        with pytest.raises(NotAllReleased) as told:
            cases.correlate("told", "k", variables={}, by=SAM, at=at)
        assert (told.value.values["released"], told.value.values["kinds"]) == (released, ["CannotGoOn"])
    incident = database.scalars(select(Incident)).one()
    assert (incident.instance_id, incident.kind, incident.element_id) == (1, "EndlessLoop", "told")
    assert proof.marking(1).active == {"told": 1}
    assert proof.marking(2).active == {}
    assert proof.verify(1) == []


@pytest.mark.parametrize("word", ["x" * 121, "a\0b"], ids=["long", "null"])
def test_a_key_that_no_database_keeps_is_refused(database: Session, at: datetime, word: str) -> None:
    """On PostgreSQL the clerk was told that something went wrong: both databases refuse it by name, and the task stays open."""
    drawn = process(
        *("P", start(), user("ask"), catch_message("told", "told", "word"), end()),
        path("begun", "ask", "told", "finished"),
        messages=("told",),
    )
    published.publish(package("P", drawn), by=SAM, note="", at=at)
    begun = cases.start("P", business_key="AJ-1", variables={"word": word}, by=CLEO, at=at)
    with pytest.raises(engine.Invalid, match="too long"):
        cases.complete(begun.user_task_ids[0], form={}, by=CLEO, at=at)
    assert proof.marking(begun.instance_id).active == {"ask": 1}
