"""A step that a case does not need: by an input of the call it is passed, without a gateway and without anybody being asked."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
import engine.published
from engine import cases, proof
from engine.proof.verification import verify
from models.instance import ProcessInstance
from models.user_task import UserTask
from tests.support.actors import CLEO
from tests.support.drawing import call, end, package, path, process, start, user

LEFT_OUT = "reply_by_caller = true"


@pytest.fixture
def published(database: Session, at: datetime) -> None:
    """A process that replies unless its caller does, and one that calls it and replies itself."""
    inner = process(
        "REFUND", start("asked"), user("reply", skippedWhen=LEFT_OUT), end("paid"), path("asked", "reply", "paid")
    )
    outer = process(
        "CASE",
        start(),
        call("refund", "REFUND", **{"in.reply_by_caller": "true"}),
        user("reply_myself"),
        end(),
        path("begun", "refund", "reply_myself", "finished"),
    )
    engine.published.publish(package("REFUND", inner), by=CLEO, note="", at=at)
    engine.published.publish(package("CASE", outer, REFUND_bpmn=inner), by=CLEO, note="", at=at)


def begun(database: Session, at: datetime, key: str, variables: dict[str, bool]) -> tuple[list[str], list[str]]:
    """The steps somebody has been asked, and everything that was passed, of a case that has just begun."""
    case = cases.start(key, business_key="AJ-1", variables=variables, by=CLEO, at=at).instance_id
    passed = [step["element"] for entry in proof.entries(case) for step in entry.steps if step["type"] == "passed"]
    assert verify(case) == []
    return list(database.scalars(select(UserTask.element_id))), passed


def test_a_called_process_does_not_ask(database: Session, published: None, at: datetime) -> None:
    """The caller's own reply is the one that is asked, and doing it all again leads to the same."""
    assert begun(database, at, "CASE", {}) == (["reply_myself"], ["begun", "asked", "reply", "paid"])


@pytest.mark.parametrize("variables", [{}, {"reply_by_caller": False}])
def test_by_itself_it_asks(database: Session, published: None, at: datetime, variables: dict[str, bool]) -> None:
    """Where the condition does not hold, or nothing is known of it, the step stands on the worklist."""
    assert begun(database, at, "REFUND", variables) == (["reply"], ["asked"])


def test_a_case_may_end_without_the_step(database: Session, published: None, at: datetime) -> None:
    """A step that is passed is no standstill."""
    assert begun(database, at, "REFUND", {"reply_by_caller": True}) == ([], ["asked", "reply", "paid"])
    assert database.scalars(select(ProcessInstance.state)).all() == ["completed"]
