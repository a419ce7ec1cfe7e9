"""A timer that repeats: case, replay and event log say which time it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from lxml import etree

import engine
from engine import cases, published, running
from tests.support.actors import CLEO, OLU
from tests.support.drawing import boundary, end, package, path, process, start, user
from tests.support.visitors import LANGUAGES, Visitor

SECOND = {
    "R8/PT30M": {"zh": "chase（第 2 次，共 8 次）", "en": "chase (no. 2 of 8)"},
    "R/PT30M": {"zh": "chase（第 2 次）", "en": "chase (no. 2)"},
}


def chase(desk: Flask, timer: str) -> None:
    """A case whose timer has fired once."""
    drawn = process(
        "CHASE",
        *(start(), user("x"), boundary("chase", "x", timer=timer, interrupting=False), end(), end("chased")),
        path("begun", "x", "finished"),
        path("chase", "chased"),
    )
    with desk.app_context():
        begun = engine.now() - timedelta(minutes=40)
        published.publish(package("CHASE", drawn), by=OLU, note="", at=begun)
        cases.start("CHASE", business_key="AJ-1", variables={}, by=CLEO, at=begun)
        running.run_clock(engine.now())


@pytest.mark.parametrize("timer", SECOND)
@pytest.mark.parametrize("language", LANGUAGES)
def test_case_and_replay_say_which_time(desk: Flask, language: str, timer: str) -> None:
    """Whoever reads the case sees the second wait apart from the first."""
    chase(desk, timer)
    assert Visitor(desk, "cleo", language).get("/cases/AJ-1").text.count(SECOND[timer][language]) == 1
    assert SECOND[timer][language] in Visitor(desk, "ada", language).get("/cases/AJ-1/replay").text


def test_the_event_log_says_which_time(desk: Flask) -> None:
    """A miner of processes can tell the times apart, and how many were meant."""
    chase(desk, "R8/PT30M")
    log = etree.fromstring(Visitor(desk, "ada").client.get("/audit/log.xes").data)
    assert log.xpath("//*[@key='occurrence']/@value") == ["1/8"]
