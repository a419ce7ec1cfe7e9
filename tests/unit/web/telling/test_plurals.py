"""One thing is not called several, and whatever is written for one belongs to a text that is really used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask, g
from flask_babel import gettext

from tools.catalogue import extracted
from web.telling import i18n, plurals

SCRIPTS = Path(__file__).parents[4] / "web" / "frontend" / "src"
SAID = re.compile(r'(\w+): "((?:[^"\\]|\\.)*)"')


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_is_said_as_one(app: Flask, language: str) -> None:
    """In code and in templates alike; Chinese has one wording for both."""
    with app.test_request_context():
        g.language = language
        for say in (gettext, i18n.written):
            said = [str(say("%(n)s steps so far", n=n)) for n in (1, 2)]
            assert said[0] != said[1]
            if language == "en":
                assert said == ["1 step so far", "2 steps so far"]


COUNTED = re.compile(r"%\((n|count|limit|left|all|played|total|most)\)s ([a-z]+s)\b")
NO_NOUN = frozenset({"is", "was", "has"})
# What is never one: limits that are fixed, and counts that are told only from two on.
NEVER_ONE = (
    "flows leave",
    "There are %(count)s problems",
    "There are more than %(limit)s ways",
    "at most %(limit)s characters",
    "at most %(limit)s elements",
    "at most %(limit)s texts",
)


def test_whatever_counts_something_can_say_one() -> None:
    """No page says 1 warnings: a text with a number before a word for several has its wording for one."""
    counting = {text for text in extracted() for found in COUNTED.finditer(text) if found[2] not in NO_NOUN}
    assert {one for one in counting - plurals.ONE.keys() if not any(part in one for part in NEVER_ONE)} == set()
    assert len(counting) > 15


def test_the_scripts_can_say_one() -> None:
    """The same in the texts of the editor and of the other scripts."""
    texts = [file.read_text(encoding="utf-8") for file in SCRIPTS.rglob("*.js")]
    counting = {
        name for text in texts for name, said in SAID.findall(text) if re.search(r"\{(?:n|count)\} [a-z]+s\b", said)
    }
    named = {name for text in texts for name, _said in SAID.findall(text)}
    assert {name for name in counting if f"{name}_one" not in named} == set()
    assert counting


def test_each_wording_for_one_has_its_text() -> None:
    """A text that was reworded takes its wording for one along; values that go in are the same."""
    assert plurals.ONE.keys() <= extracted()
    for several, one in plurals.ONE.items():
        counted = {f"%({name})s" for name in plurals.COUNTED}
        assert set(re.findall(r"%\(\w+\)s", one)) == set(re.findall(r"%\(\w+\)s", several)) - counted
