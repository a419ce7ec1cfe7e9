"""What cannot be written down is refused by the error that the verb promises, and nothing is begun."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

import engine
import engine.published
from engine import cases, language, proof
from tests.support.actors import CLEO, SAM
from tests.support.drawing import end, package, path, process, start, user

HALF = "\ud800"  # half of a character, as it may come in JSON


@pytest.fixture(autouse=True)
def published(database: Session, at: datetime) -> None:
    """A process of one task."""
    drawn = process("P", start(), user("one"), end(), path("begun", "one", "finished"))
    engine.published.publish(package("P", drawn), by=SAM, note="", at=at)


@pytest.mark.parametrize("value", [object(), HALF, {1: 2}], ids=["object", "half", "key"])
def test_a_case_does_not_begin_with_what_cannot_be_kept(at: datetime, value: Any) -> None:
    """`start` says that its variables are wrong, as its docstring promises."""
    with pytest.raises(cases.InvalidVariables):
        cases.start("P", business_key="AJ-1", variables={"amount": value}, by=CLEO, at=at)
    assert proof.every_instance() == []


@pytest.mark.parametrize("key", ["", "k", HALF])
def test_a_form_says_which_field_cannot_be_kept(at: datetime, key: str) -> None:
    """The reasons come beside the fields whether the request has a key or not."""
    (task,) = cases.start("P", business_key="AJ-1", variables={}, by=CLEO, at=at).user_task_ids
    with pytest.raises(language.InvalidForm) as refused:
        cases.complete(task, form={"note": HALF}, by=CLEO, at=at, key=key)
    assert [reason.code for reason in refused.value.values["reasons"]["note"]] == ["not_text"]
