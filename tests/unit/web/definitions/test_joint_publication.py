"""Drafts that belong together in the browser: offered where they stand, on one page in both languages, and in force with one approval."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

import engine
from cli import publication as cli_publication
from engine import definitions, diagrams, published, running
from models.base import session, transaction
from models.identity import User
from office import drafts, joint_publication, publication, scenarios
from office.demo.staff import PEOPLE
from office.scenarios import Difference, Played
from tests.support import wording
from tests.support.actors import OLU
from tests.support.visitors import LANGUAGES, PROCESSES, Page, Visitor

KEYS = ("SUB-010", "TS-008")  # TS-008 calls SUB-010
TOGETHER = "/drafts/SUB-010,TS-008/publish"
SAID = frozenset({"一起改", "缴费新规", "（新）", *(name for _, name, *_ in PEOPLE)})


@pytest.fixture
def drawn(desk: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An office in which a called process and its caller are drafts, and whose scenarios come out as agreed at once."""
    monkeypatch.setattr(publication.scenarios, "play_on", lambda one, *_: Played(one.process, one.name))
    agreed = [scenarios.read(PROCESSES, [key])[0] for key in KEYS]
    monkeypatch.setattr(publication.scenarios, "read", lambda _, keys: [one for one in agreed if one.process in keys])
    with desk.app_context():
        for key in KEYS:
            package = drafts.find(key).package
            text = package.files[f"{key}.bpmn"]
            name = diagrams.parse(text.encode()).name
            changed = text.replace(f'name="{name}"', f'name="{name}（新）"', 1)
            assert changed != text
            drafts.save(key, {f"{key}.bpmn": changed}, revision=0, by=OLU, at=engine.now())
    return desk


def fields(desk: Flask, **more: Any) -> dict[str, Any]:
    """What the forms of the page say of the drafts."""
    with desk.app_context():
        revisions = {f"revision-{key}": drafts.find(key).revision for key in KEYS}
        return {**revisions, **{f"against-{key}": drafts.newest_version(key) for key in KEYS}, **more}


def play(desk: Flask, olu: Visitor) -> None:
    """Have them played, and the office do what it has queued."""
    olu.post(f"{TOGETHER}/scenarios")
    with desk.app_context():
        running.run_due(engine.now())


def speak(desk: Flask, language: str) -> None:
    """Everybody reads a language from now on."""
    with desk.app_context(), transaction():
        session().execute(update(User).values(language=language))


def words(page: Page, language: str) -> list[tuple[str, str]]:
    """What is wrong with the words of a page."""
    return list(wording.wrong(page.tree, language, SAID | _drawn_names()))


@cache
def _drawn_names() -> frozenset[str]:
    """What the processes are called in Chinese on their own diagrams, which is what changes here."""
    packages = [definitions.read_package(PROCESSES, key) for key in KEYS]
    return frozenset(diagrams.parse(one.bpmn(one.key)).name for one in packages)


def newest(desk: Flask) -> Mapping[str, int]:
    """The newest versions."""
    with desk.app_context():
        return {key: drafts.newest_version(key) for key in KEYS}


def test_two_people_put_them_in_force_at_once(drawn: Flask) -> None:
    """One submission, one approval; what is in force of the caller holds the new one that it calls."""
    olu, otto = Visitor(drawn, "olu"), Visitor(drawn, "otto")
    play(drawn, olu)
    sent = olu.post(f"{TOGETHER}/submission", **fields(drawn, note="一起改"))
    assert sent.status == 302, sent.text
    assert newest(drawn) == {"SUB-010": 1, "TS-008": 1}
    assert otto.post(f"{TOGETHER}/approval", **fields(drawn)).status == 302
    assert newest(drawn) == {"SUB-010": 2, "TS-008": 2}
    with drawn.app_context():
        called = published.current("SUB-010").package.files["SUB-010.bpmn"]
        assert published.current("TS-008").package.files["SUB-010.bpmn"] == called


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_everything_in_the_language_of_the_reader(drawn: Flask, language: str) -> None:
    """Before it is submitted, when it waits, and where the drafts stand by themselves."""
    speak(drawn, language)
    olu, otto = Visitor(drawn, "olu"), Visitor(drawn, "otto")
    assert words(olu.get(TOGETHER), language) == []
    play(drawn, olu)
    olu.post(f"{TOGETHER}/submission", **fields(drawn, note="一起改"))
    for visitor in (olu, otto):
        for place in (TOGETHER, "/processes", "/processes/SUB-010/publish", "/processes/SUB-010"):
            assert words(visitor.get(place), language) == [], place


def test_it_is_offered_where_one_of_them_stands(drawn: Flask) -> None:
    """On the overview and on the page of each, with the order; once submitted, that page leads there and approves nothing by itself."""
    olu, otto = Visitor(drawn, "olu"), Visitor(drawn, "otto")
    for place in ("/processes", "/processes/TS-008/publish"):
        assert TOGETHER in [link.get("href") for link in olu.get(place).tree.iter("a")], place
    rows = olu.get(TOGETHER).tree.xpath("//section[@id='order']//tbody/tr/td[1]")
    assert [row.text_content().split()[0] for row in rows] == ["SUB-010", "TS-008"]
    play(drawn, olu)
    olu.post(f"{TOGETHER}/submission", **fields(drawn, note="一起改"))
    alone = otto.get("/processes/TS-008/publish")
    assert TOGETHER in [link.get("href") for link in alone.tree.iter("a")]
    assert not alone.tree.xpath("//form[contains(@action, 'approval')]")


def test_each_draft_is_shown_beside_what_is_in_force(drawn: Flask) -> None:
    """Its diagram and that of the newest version, with the changes of this draft alone."""
    page = Visitor(drawn, "olu").get(TOGETHER).tree
    for key in KEYS:
        (pictures,) = page.xpath(f"//section[@id='draft-{key}']//*[@data-difference]")
        assert pictures.get("data-old-url").endswith(f"/{key}/versions/1/bpmn")
        assert pictures.get("data-new-url").endswith(f"/{key}/draft/bpmn")
        assert {change["file"] for change in json.loads(pictures.get("data-changes"))} == {f"{key}.bpmn"}


def test_the_one_who_drew_them_does_not_approve(drawn: Flask) -> None:
    """The page offers no button, and a form sent all the same is refused in words."""
    olu = Visitor(drawn, "olu")
    play(drawn, olu)
    olu.post(f"{TOGETHER}/submission", **fields(drawn, note="一起改"))
    assert not olu.get(TOGETHER).tree.xpath("//form[contains(@action, 'approval')]")
    refused = olu.post(f"{TOGETHER}/approval", **fields(drawn))
    assert (refused.status, newest(drawn)) == (403, {"SUB-010": 1, "TS-008": 1})


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_refused_is_said_on_the_page(drawn: Flask, language: str) -> None:
    """Not played, and a draft saved meanwhile: in words, with what was typed still there."""
    speak(drawn, language)
    olu = Visitor(drawn, "olu")
    unplayed = olu.post(f"{TOGETHER}/submission", **fields(drawn, note="缴费新规"))
    assert (unplayed.status, unplayed.typed("note"), unplayed.has("#refused-ScenariosNotPlayed")) == (
        409,
        "缴费新规",
        True,
    )
    play(drawn, olu)
    stale = olu.post(f"{TOGETHER}/submission", **{**fields(drawn, note="缴费新规"), "revision-TS-008": 9})
    assert (stale.status, stale.has("#refused-StaleDraft")) == (409, True)
    assert words(unplayed, language) == words(stale, language) == []


def test_what_differs_is_confirmed(drawn: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scenarios that do not go as agreed on the whole are submitted knowingly, or not."""
    differing = (Difference("unknown_step", {"kinds": "x"}),)
    monkeypatch.setattr(publication.scenarios, "play_on", lambda one, *_: Played(one.process, one.name, differing))
    olu = Visitor(drawn, "olu")
    play(drawn, olu)
    assert olu.post(f"{TOGETHER}/submission", **fields(drawn, note="x")).status == 409
    assert olu.post(f"{TOGETHER}/submission", **fields(drawn, note="x", accepted="yes")).status == 302


def test_given_back_they_are_drafts_again(drawn: Flask) -> None:
    """With one reason, which stands at each."""
    olu, otto = Visitor(drawn, "olu"), Visitor(drawn, "otto")
    play(drawn, olu)
    olu.post(f"{TOGETHER}/submission", **fields(drawn, note="x"))
    assert otto.post(f"{TOGETHER}/return", **fields(drawn, reason="再看看")).status == 302
    with drawn.app_context():
        assert [draft.state for draft in joint_publication.find(KEYS).drafts] == ["editing", "editing"]
    assert olu.get(TOGETHER).text.count("再看看") == 2


def test_the_command_names_those_that_belong_together(drawn: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever makes drafts of files is led to the page on which they go into force at once."""
    monkeypatch.setattr(
        publication, "differing_files", lambda _: [(key, definitions.read_package(PROCESSES, key)) for key in KEYS]
    )
    told = f"SUB-010, TS-008: belong together; put them in force at once at {TOGETHER}"
    assert list(cli_publication.make_drafts(drawn, ()))[-1] == told
    assert list(cli_publication.make_drafts(drawn, ("CH-002",))) == []
