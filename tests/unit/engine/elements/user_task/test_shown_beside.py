"""A completed step names what lay beside its form: not what stood there, which the record gives for that moment anyway."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine import cases, language, proof, published
from tests.support.actors import CLEO, SAM
from tests.support.drawing import FREE_FORM, end, package, path, process, start, user

LAID = ("bill.late_fee", "bill.paid", "nothing", "lines")
SHOWS = [{"variable": path, "as": "text", "label": path, "label_en": path} for path in LAID]
FORMS = {"forms/free.form": json.dumps({**json.loads(FREE_FORM), "shows": SHOWS})}
KNOWN = {"bill": {"late_fee": 0, "paid": None}, "lines": ["1"]}


def complete(at: datetime, files: dict[str, str]) -> dict[str, Any]:
    """The step that a case completes first."""
    drawn = process("P", start(), user("a"), end(), path("begun", "a", "finished"))
    published.publish(package("P", drawn, files), by=SAM, note="", at=at)
    task_id = cases.start("P", business_key="AJ-1", variables=KNOWN, by=CLEO, at=at).user_task_ids[0]
    cases.complete(task_id, form={"amount": "1"}, by=CLEO, at=at)
    return dict(proof.entries(1)[-1].steps[0])


def instead(monkeypatch: pytest.MonkeyPatch, paths: Sequence[str]) -> None:
    """Steps are recorded as if this lay beside the form."""
    monkeypatch.setattr(language.Form, "shown_beside", lambda _form, _variables: list(paths))


def test_the_step_names_what_had_something_in_it(database: Session, at: datetime) -> None:
    """By the paths that the form shows; what was empty lay there for nobody, zero is not empty, and nothing of the content is repeated."""
    step = complete(at, FORMS)
    assert step["shown"] == ["bill.late_fee", "lines"]
    assert proof.verify(1) == []


def test_a_form_with_nothing_beside_it_costs_no_byte(database: Session, at: datetime) -> None:
    """Most forms of most offices are such."""
    assert "shown" not in complete(at, {})


def test_a_record_from_before_is_done_again_as_it_was(
    database: Session, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps of earlier versions named nothing, and no old case is accused of that."""
    with monkeypatch.context() as earlier:
        instead(earlier, [])
        assert "shown" not in complete(at, FORMS)
    assert proof.verify(1) == []


def test_a_record_that_names_something_else_is_found(
    database: Session, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lay beside the form is reckoned again with the case and compared."""
    with monkeypatch.context() as wrong:
        instead(wrong, ["lines"])
        complete(at, FORMS)
    assert [deviation.kind for deviation in proof.verify(1)] == ["steps"]
