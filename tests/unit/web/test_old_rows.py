"""What an earlier edition of the office wrote breaks no page: it is shown as far as it can be read, and nobody is locked out by it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import insert, update

import engine
from engine import published, record
from models.base import session, transaction
from models.definition import DraftPlay
from models.unsent import UnsentForm
from models.user_task import UserTask
from office import drafts, intake, publication
from office.scenarios import differences
from tests.support.actors import CLEO, OLU
from tests.support.furnishing import open_tasks
from tests.support.visitors import PROCESSES, Visitor

WORDS = "客户说每月多收五元"
TAKEN = intake.Intake(
    msisdn="13900000202", text="多收了话费", channel="counter", process="TS-002", overrule_reason="客户要求"
)
FIELDS = {"text": [WORDS], "finding_note": [WORDS], "told": [WORDS]}
SHAPES: dict[str, Any] = {
    "the fields alone": FIELDS,
    "no refusal": {"fields": FIELDS},
    "a refusal without reasons": {"fields": FIELDS, "refusal": {}},
    "codes without reasons": {"fields": FIELDS, "refusal": {"codes": ["pattern"], "caught_by": "Gone", "caught_in": "TS-002"}},
    "a reason without values": {"fields": FIELDS, "refusal": {"reasons": {"finding_note": [{"code": "pattern"}]}}},
    "a reason without a code": {"fields": FIELDS, "refusal": {"reasons": {"finding_note": [{"values": {}}]}}},
    "a sentence as reason": {"fields": FIELDS, "refusal": {"reasons": {"finding_note": ["Please check this."]}}},
    "reasons as a list": {"fields": FIELDS, "refusal": {"reasons": ["required"]}},
    "a reason of no day": {"fields": FIELDS, "refusal": {"reasons": {"finding_note": [{"code": "min", "values": {"limit": {"day": "soon"}}}]}}},
    "a code nobody knows": {"fields": FIELDS, "refusal": {"reasons": {"finding_note": [{"code": "gone", "values": {}}]}}},
    "one text in place of a list": {"fields": {name: values[0] for name, values in FIELDS.items()}, "refusal": None},
    "numbers among the texts": {"fields": {**FIELDS, "finding_note": [WORDS, 7, None]}, "refusal": None},
}  # fmt: skip
UNREADABLE = {"no fields": {"fields": {}, "refusal": None}, "a list": [FIELDS], "a text": "x", "nothing": None}


def places(task: int) -> dict[str, str]:
    """The place that a form is sent to, and the page on which it stands."""
    number = session().get_one(UserTask, task).business_key
    return {
        "/intake": "/intake",
        f"/tasks/{task}/completion": f"/tasks/{task}",
        f"/cases/{number}/comments": f"/cases/{number}?tab=messages",
        f"/cases/{number}/interim-replies": f"/cases/{number}?tab=messages",
        f"/cases/{number}/withdrawal": f"/cases/{number}?tab=acts",
    }


def written(place: str, kept: Any) -> None:
    """A row as it lies in the table, whatever today's verb would write."""
    row = {"user": "cleo", "place": place, "form": "0", "at": engine.now()}
    sealed = record.seal_for_office(orjson.dumps(kept))
    session().execute(insert(UnsentForm).values(**row, fields_sealed=sealed))


@pytest.mark.parametrize("shape", [*SHAPES, *UNREADABLE])
def test_pages_stand_with_what_an_earlier_edition_kept(desk: Flask, shape: str) -> None:
    """Every page that offers an unsent form again opens; what was typed stands in it where it can be read at all."""
    with desk.app_context():
        task = open_tasks(intake.accept(TAKEN, by=CLEO, at=engine.now(), key=""))[0]
        pages = places(task)
        with transaction():
            for place in pages:
                written(place, {**SHAPES, **UNREADABLE}[shape])
    cleo = Visitor(desk, "cleo")
    for page in (*pages.values(), "/tasks"):
        assert cleo.get(page).status == 200, page
    shown = (cleo.get("/intake").typed("text"), cleo.get(f"/tasks/{task}").typed("finding_note"))
    assert shown == ((WORDS, WORDS) if shape in SHAPES else ("", ""))
    assert cleo.post("/unsent", text="x", unsent_place="/intake").status == 204


@pytest.mark.parametrize(
    "kept",
    ['["a sentence"]', "[]", '[["refused", {}, 0]]', '[["not_open", {"element": "A"}]]', '[["gone", {}, 0]]', "{}", "null"],
)  # fmt: skip
def test_how_an_earlier_edition_kept_a_play_breaks_no_page(desk: Flask, kept: str) -> None:
    """The scenarios of a draft are to be played again where it cannot be told how they came out."""
    with desk.app_context():
        content = published.newest_package("BATCH-002")
        assert content is not None
        text = content.files["BATCH-002.bpmn"].replace("汇总本周挂帐", "汇总")
        drafts.save("BATCH-002", {"BATCH-002.bpmn": text}, revision=0, by=OLU, at=engine.now())
        assert publication.play(drafts.find("BATCH-002"), PROCESSES, at=engine.now()) == 0
        with transaction():
            session().execute(update(DraftPlay).values(differences=kept, ok=False))
    olu = Visitor(desk, "olu")
    for page in ("/processes/BATCH-002", "/processes/BATCH-002/publish"):
        assert olu.get(page).status == 200, page


def test_what_is_written_today_is_read_today() -> None:
    """A difference with all that its sentence needs comes back as it was."""
    found = (differences.Difference("nobody_waits", {"message": "m", "key": "k"}, 3),)
    assert differences.load(differences.dump(found)) == found
