"""What owners, auditors and supervisors read on the pages of processes: people by their names, whatever state a draft is in."""

from __future__ import annotations

import pytest
from flask import Flask

import engine
from cli.publication import lacking
from engine import definitions, published
from office import drafts, precedence
from tests.support import wording
from tests.support.actors import OLU
from tests.support.drawing import call, end, package, path, process, start
from tests.support.visitors import LANGUAGES, Visitor

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
        content = published.newest_package("BATCH-002")
        assert content is not None
        text = content.files["BATCH-002.bpmn"]
        files = {**content.files, "BATCH-002.bpmn": text.replace("汇总本周挂帐", "汇总挂帐")}
        published.publish(
            definitions.Package(key="BATCH-002", files=files), by=OLU, note="x", at=engine.now(), approved_by=OTTO
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


def test_the_editor_of_a_new_process_leads_somewhere(drawn: Flask) -> None:
    """It is headed by the name that is drawn, and its way back is a page that there is; a process that there is not has no editor."""
    olu = Visitor(drawn, "olu")
    page = olu.get(f"/processes/{NEW}/edit")
    assert page.tree.xpath("string(//h1)") == f"{NEW} 周四挂帐批处理"
    ways = page.tree.xpath("//nav[contains(@class, 'desk-crumbs')]//a/@href")
    assert [olu.get(way).status for way in ways] == [200] * len(ways)
    assert olu.get("/processes/NOWHERE/edit").status == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_order_of_publication_is_told(drawn: Flask, language: str) -> None:
    """Among several drafts the one that is called comes first, on the overview and on the page of the draft that calls it."""
    caller = "AAA-001"
    text = process(caller, start(), call("to_new", NEW), end(), path("begun", "to_new", "finished"))
    with drawn.app_context():
        files = package(caller, text).files
        drafts.save(caller, {f"{caller}.bpmn": files[f"{caller}.bpmn"]}, revision=0, by=OLU, at=engine.now())
    olu = Visitor(drawn, "olu", language)
    listed = [one.get("href") for one in olu.get("/processes").tree.xpath("//*[@id='order']//a")]
    assert listed.index(f"/processes/{NEW}/publish") < listed.index(f"/processes/{caller}/publish")
    assert NEW in olu.get(f"/processes/{caller}/publish").tree.xpath("string(//*[@id='before'])")
    assert not olu.get(f"/processes/{NEW}/publish").has("before")
    assert not Visitor(drawn, "cleo", language).get("/processes").has("order")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_begun_and_not_in_force_is_told_on_the_overview(
    desk: Flask, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """With what to do: approve its draft where there is one, else bring it in; `./desk run` says the same."""
    missing = [precedence.Lacking("SUB-008", ("TS-001",), True), precedence.Lacking("SUB-009", (), False)]
    assert not Visitor(desk, "olu", language).get("/processes").has("lacking")
    monkeypatch.setattr(precedence, "not_in_force", lambda: missing)
    page = Visitor(desk, "olu", language).get("/processes")
    (note,) = page.tree.xpath("//*[@id='lacking']")
    assert note.xpath(".//a/@href") == ["/processes/SUB-008/publish"]
    assert "./desk publish" in note.text_content()
    assert list(wording.wrong(note, language, frozenset())) == []
    assert [line.split(" ")[0] for line in lacking(desk)] == ["SUB-008", "SUB-009"]
    assert not Visitor(desk, "cleo", language).get("/processes").has("lacking")
