"""What owners, auditors and supervisors read on the pages of processes: people by their names, whatever state a draft is in."""

from __future__ import annotations

import pytest
from flask import Flask

import engine
from office import drafts
from tests import wording
from tests.people import OLU
from tests.visitors import LANGUAGES, Visitor

NEW = "NET-001"
OTTO = engine.Actor("otto", frozenset(), frozenset({"owner"}))
PAGES = (
    "/processes",
    "/processes/BATCH-002",
    "/processes/BATCH-002/publish",
    "/processes/BATCH-002/versions/2",
    f"/processes/{NEW}/publish",
    "/processes/TS-002",
    "/processes/BATCH-002/try",
)


@pytest.fixture
def drawn(desk: Flask) -> Flask:
    """An office with a version by an owner, a draft upon it, and the draft of a process that was never published."""
    with desk.app_context():
        content = engine.newest_package("BATCH-002")
        assert content is not None
        text = content.files["BATCH-002.bpmn"]
        files = {**content.files, "BATCH-002.bpmn": text.replace("汇总本周挂帐", "汇总挂帐")}
        engine.publish(
            engine.Package(key="BATCH-002", files=files), by=OLU, note="x", at=engine.now(), approved_by=OTTO
        )
        drafts.save("BATCH-002", {"BATCH-002.bpmn": text}, revision=0, by=OLU, at=engine.now())
        drafts.save(NEW, {f"{NEW}.bpmn": text.replace("BATCH-002", NEW)}, revision=0, by=OLU, at=engine.now())
    return desk


@pytest.mark.parametrize("person", ["olu", "ada", "sam"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_people_are_called_by_name(drawn: Flask, person: str, language: str) -> None:
    """Nobody has to know that olu is 欧璐; the installation is no person and is called that."""
    visitor = Visitor(drawn, person, language)
    for address in PAGES:
        page = visitor.get(address)
        assert page.status == 200, address
        wrong = [found for found in wording.wrong(page.tree, language, frozenset()) if found[0] == "a log-in"]
        assert wrong == [], address
        assert ">installation<" not in page.text
        assert "· installation" not in page.text
    assert "欧璐" in visitor.get("/processes").text
