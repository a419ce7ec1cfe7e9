"""A case of many entries is shown part by part: what is shown is what the whole shows, and the way to the rest needs no script."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from flask import Flask

import engine
import engine.cases
from engine import published
from tests.support.actors import CLEO, OLU
from tests.support.drawing import end, flow, gateway, package, path, process, start, user
from tests.support.visitors import Visitor
from web.cases import cases
from web.cases.queries import replay

ROUNDS, ENTRIES = 11, 12


@pytest.fixture
def long(desk: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An office where a dozen entries are more than is shown at once."""
    monkeypatch.setattr(cases, "NEWEST", 5)
    monkeypatch.setattr(replay, "AT_ONCE", 5)
    drawn = process(
        "P",
        start(),
        gateway("again"),
        user("ask"),
        gateway("enough", default="more"),
        end(),
        path("begun", "again", "ask", "enough"),
        flow("enough", "again", id="more"),
        flow("enough", "finished", "amount < 0"),
    )
    with desk.app_context():
        published.publish(package("P", drawn), by=OLU, note="", at=engine.now())
        tasks = engine.cases.start("P", business_key="AJ-1", variables={}, by=CLEO, at=engine.now()).user_task_ids
        for number in range(ROUNDS):
            form = {"note": f"round {number}"}
            tasks = engine.cases.complete(tasks[0], form=form, by=CLEO, at=engine.now()).user_task_ids
    return desk


def walked(app: Flask, path: str, link: str) -> list[Any]:
    """The pages from one on, by the link of that name."""
    visitor, found = Visitor(app, "ada", "en"), []
    here: str | None = path
    while here is not None:
        page = visitor.get(here)
        assert page.status == 200
        found.append(page)
        onward = page.tree.xpath(f"//main//a[normalize-space()='{link}']/@href")
        here = path.split("?", maxsplit=1)[0] + onward[0] if onward else None
    return found


def test_the_timeline_is_read_to_its_beginning(long: Flask) -> None:
    """Nothing of a long case is out of reach, and nothing is told twice or otherwise than in one piece."""
    pages = walked(long, "/cases/AJ-1", "Earlier")
    told = [" ".join(line.text_content().split()) for page in pages for line in page.tree.xpath("//ol/li[.//time]")]
    cases.NEWEST = 100
    (whole,) = walked(long, "/cases/AJ-1", "Earlier")
    assert told == [" ".join(line.text_content().split()) for line in whole.tree.xpath("//ol/li[.//time]")]
    assert len(pages) == 3


def moves(page: Any) -> Counter[tuple[str, int, str]]:
    """Where the tokens stand after the events of a page."""
    found: Counter[tuple[str, int, str]] = Counter()
    for event in page.tree.xpath("//li[@data-event]"):
        for kind, scope, name, change in json.loads(event.get("data-moves")):
            found[kind, scope, name] += change
    return found


def test_a_replay_goes_on_where_its_part_before_ended(long: Flask) -> None:
    """The last part ends with the marking of the whole, and every event stands in one of the parts."""
    pages = walked(long, "/cases/AJ-1/replay", "Later")
    seen = [event.get("data-seq") for page in pages for event in page.tree.xpath("//li[@data-event]")]
    replay.AT_ONCE = 100
    (whole,) = walked(long, "/cases/AJ-1/replay", "Later")
    assert seen == [event.get("data-seq") for event in whole.tree.xpath("//li[@data-event]")]
    assert +moves(pages[-1]) == +moves(whole)
    assert len(pages) == 3


def test_the_moment_that_is_asked_for_is_on_the_page(long: Flask) -> None:
    """A link to an entry in the middle of a long case opens the part that holds it, standing there."""
    page = Visitor(long, "ada").get("/cases/AJ-1/replay?at=8")
    events = page.tree.xpath("//li[@data-event]")
    (root,) = page.tree.xpath("//*[@data-replay]")
    assert events[int(root.get("data-start"))].get("data-seq") == "8"


def test_a_long_case_is_verified_when_it_is_asked_for(long: Flask) -> None:
    """The page never says verified before it is so: it says that it is being done, and asks for it."""
    visitor = Visitor(long, "ada", "en")
    (said,) = visitor.get("/cases/AJ-1/replay").tree.xpath("//*[@id='verdict']")
    assert "being verified" in said.text_content()
    assert (said.get("hx-get"), said.get("hx-trigger")) == ("?verify=1", "load")
    (then,) = visitor.get("/cases/AJ-1/replay?verify=1").tree.xpath("//*[@id='verdict']")
    assert f"Verified: {ENTRIES} entries" in then.text_content()
