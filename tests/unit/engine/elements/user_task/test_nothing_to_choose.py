"""A step that must be answered and offers nothing is told to a person; nobody finds a page that cannot be left in silence."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import cases, proof, published
from models.incident import Incident
from models.instance import ProcessInstance
from tests.support.actors import CLEO, SAM
from tests.support.drawing import end, package, path, process, start, user

OPTIONS = [{"value": value, "label": value} for value in ("a", "b")]
FIELD = {"type": "radio", "key": "way", "label": "way", "values": OPTIONS, "validate": {"required": True}}


def begin(at: datetime, **variables: object) -> int:
    field = {**FIELD, "properties": {"allowed": "ways"}}
    form = json.dumps({"type": "default", "id": "choose", "components": [field]})
    drawn = process("P", start(), user("choose", "choose"), end(), path("begun", "choose", "finished"))
    published.publish(package("P", drawn, {"forms/choose.form": form}), by=SAM, note="", at=at)
    return cases.start("P", business_key="P-1", variables=variables, by=CLEO, at=at).user_task_ids[0]


def told(database: Session) -> list[tuple[str, str, str]]:
    """The incidents: kind, message, state."""
    database.expire_all()
    columns = Incident.kind, Incident.message, Incident.state
    return [(row[0], row[1], row[2]) for row in database.execute(select(*columns).order_by(Incident.id))]


@pytest.mark.parametrize("ways", [[], ["c"]])
def test_a_step_that_offers_nothing_is_an_incident(database: Session, at: datetime, ways: list[str]) -> None:
    """It says of which field; tried again it comes back as long as nothing is offered, and the record agrees."""
    begin(at, ways=ways)
    assert told(database) == [("NothingToChoose", "way", "open")]
    cases.retry(database.scalars(select(Incident.id)).one(), by=SAM, at=at)
    assert told(database) == [("NothingToChoose", "way", "resolved"), ("NothingToChoose", "way", "open")]
    assert proof.verify(database.scalars(select(ProcessInstance.id)).one()) == []


@pytest.mark.parametrize("ways", [["a"], None])
def test_a_step_that_offers_something_is_none(database: Session, at: datetime, ways: list[str] | None) -> None:
    """It is completed as ever."""
    task = begin(at, ways=ways)
    assert told(database) == []
    assert cases.complete(task, form={"way": "a"}, by=CLEO, at=at).ended
