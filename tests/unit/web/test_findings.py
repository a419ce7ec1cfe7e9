"""Every rule of the checks has words for people, and they fill in whatever the finding carries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g

import engine
from web import i18n
from web.queries import findings

SOURCES = Path(__file__).parents[3] / "engine"
RULE = re.compile(r'(?:_?problem|Problem)\((?:[^()"]|"")*?"([a-z]+(?:_[a-z]+)+)"')


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A page in English."""
    app = Flask("web")
    i18n.register(app)
    with app.app_context():
        g.language = "en"
        yield


def rules() -> set[str]:
    """The rules that the engine's checks name."""
    files = [*(SOURCES / "definitions").glob("*.py"), *(SOURCES / "language" / "forms").glob("*.py")]
    found = {rule for file in files for rule in RULE.findall(file.read_text(encoding="utf-8"))}
    foreign = (SOURCES / "definitions" / "foreign.py").read_text(encoding="utf-8")
    return (
        found
        | set(re.findall(r'"(foreign_[a-z]+)"', foreign))
        | {"duplicate_id", "no_id", "not_executable", "unreachable"}
    )


def test_every_rule_has_words() -> None:
    """An owner never reads the name of a rule."""
    assert len(rules()) > 50
    assert rules() - findings.RULES.keys() == set()


def test_no_words_without_a_rule() -> None:
    """Texts of rules that are gone go too."""
    assert findings.RULES.keys() - rules() == set()


@pytest.mark.parametrize("rule", sorted(findings.RULES))
def test_words_stand_without_their_values(rule: str) -> None:
    """A finding that lacks a value still makes a sentence."""
    text = findings.text(engine.Problem(3, "pay", rule))
    assert "%(" not in text
    assert text.endswith((".", "…", "100."))
