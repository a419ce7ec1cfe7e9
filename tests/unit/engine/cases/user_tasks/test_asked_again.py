"""A form that comes back is filled in anew: of what it does not ask any more, nothing that was entered in it before is left."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine import cases, proof, published, running
from tests.support.actors import CLEO, SAM
from tests.support.drawing import end, flow, gateway, package, path, process, start, user

FIELDS = {
    "told": {"type": "checkbox"},
    "target": {"type": "textfield"},
    "limit": {"type": "number"},
    "picked": {"type": "lines"},
    "why": {"type": "radio", "values": [{"label": "a", "value": "a"}]},
    "since": {"type": "datetime", "subtype": "date"},
}
ENTERED: dict[str, Any] = {
    "told": "on",
    "target": "x",
    "limit": "7",
    "picked": ["card:K1 1.00"],
    "why": "a",
    "since": "2026-03-02",
}
DRAWN = process(
    "P",
    start(),
    user("ask", form="way"),
    user("look", form="free"),
    gateway("again", default="flow_again_finished"),
    flow("again", "ask", "way != null"),
    end(),
    path("begun", "ask", "look", "again", "finished"),
)


def _form() -> str:
    way = {"type": "radio", "key": "way", "values": [{"label": one, "value": one} for one in ("all", "none")]}
    rest = [{"key": key, "conditional": {"hide": '=way = "none"'}, **given} for key, given in FIELDS.items()]
    return json.dumps({"type": "default", "id": "way", "schemaVersion": 19, "components": [way, *rest]})


def begun(at: datetime, **variables: object) -> running.Advanced:
    """The first task of a case whose form comes back."""
    published.publish(package("P", DRAWN, {"forms/way.form": _form()}), by=SAM, note="", at=at)
    return cases.start("P", business_key="AJ-1", variables=variables, by=CLEO, at=at)


def after(case: running.Advanced, at: datetime, *forms: dict[str, Any]) -> dict[str, Any]:
    """What is known in the case when the form was filled in so often."""
    (task,) = case.user_task_ids
    for number, form in enumerate(forms):
        if number:
            (task,) = cases.complete(task, form={}, by=CLEO, at=at).user_task_ids
        (task,) = cases.complete(task, form=form, by=CLEO, at=at).user_task_ids
    return cases.form_of(task, at=at)[1]


@pytest.mark.parametrize("key", FIELDS)
def test_what_is_hidden_the_second_time_is_forgotten(database: Session, at: datetime, key: str) -> None:
    """A number to pay into that the customer no longer wants must reach no service task."""
    case = begun(at)
    assert after(case, at, {"way": "all", **ENTERED}, {"way": "none"})[key] is None
    assert proof.verify(case.instance_id) == []


@pytest.mark.parametrize("key", FIELDS)
def test_what_is_left_empty_the_second_time_is_forgotten(database: Session, at: datetime, key: str) -> None:
    """An unticked box, a cleared text or number: what the page did not send is not what it was."""
    assert not after(begun(at), at, {"way": "all", **ENTERED}, {"way": "all"})[key]


def test_what_somebody_else_wrote_there_is_kept(database: Session, at: datetime) -> None:
    """A hidden field owns only what was entered in it: what the case knew from elsewhere stays."""
    assert after(begun(at, target="y"), at, {"way": "none"}, {"way": "none"})["target"] == "y"
