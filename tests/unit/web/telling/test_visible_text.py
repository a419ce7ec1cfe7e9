"""What people wrote cannot turn, hide or bury what stands beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from markupsafe import Markup

from tests.support.furnishing import begin
from tests.support.visitors import Visitor
from web.telling.visible_text import visible

TEMPLATES = Path(__file__).parents[4] / "web" / "templates"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("退\u202e00.05\u202c元", "退[U+202E]00.05[U+202C]元"),
        ("多\u200b收", "多[U+200B]收"),
        ("\u2066a\u2069", "[U+2066]a[U+2069]"),
        ("a\x00b\x1b", "a[U+0000]b[U+001B]"),
        ("a" + "\u0301" * 40, "a" + "\u0301" * 3 + "[+37]"),
        ("trần ê", "trần ê"),
        ("一家\U0001f468\u200d\U0001f469", "一家\U0001f468\u200d\U0001f469"),
        ("two\nlines\t", "two\nlines\t"),
    ],
)
def test_what_turns_or_hides_is_written_out(said: str, shown: str) -> None:
    """Such a character is shown by its number; letters, accents, emoji and lines stay."""
    assert visible(said) == shown


@pytest.mark.parametrize("other", [None, 5, Markup("\u202e")])
def test_what_is_no_text_of_a_person_stays(other: object) -> None:
    """Numbers and markup that is made already pass."""
    assert visible(other) is other


def test_a_page_shows_it_so(app: Flask) -> None:
    """What a customer said, and a remark about it, stand on the page with the characters written out."""
    case = begin("13900000202")
    cleo = Visitor(app, "cleo")
    cleo.post(f"/cases/{case}/comments", text="退\u202e00.05")
    text = cleo.get(f"/cases/{case}", tab="messages").text
    assert "\u202e" not in text
    assert "退[U+202E]00.05" in text


@pytest.mark.parametrize("action", ["accept", "suggest"])
def test_a_field_keeps_what_was_typed(app: Flask, action: str) -> None:
    """A refused form and one that is asked for a suggestion come back sign by sign, with what cannot be seen written out beside it."""
    typed = {"msisdn": "139", "channel": "counter", "text": "退\u202e00.05", "demand": "多\u200b收"}
    page = Visitor(app, "cleo").post("/intake", action=action, **typed)
    assert {name: page.typed(name) for name in ("text", "demand")} == {name: typed[name] for name in ("text", "demand")}
    assert page.text.count("退[U+202E]00.05") == 1


def test_every_field_of_every_page_keeps_its_signs() -> None:
    """What a template puts into a field is what is sent back; only what is read is written out."""
    fields = re.compile(r' value="\{\{ ([^}]+) \}\}"|<textarea[^\n]*>\{\{ ([^}]+) \}\}</textarea>')
    altered = {
        f"{file.name}: {expression}"
        for file in TEMPLATES.rglob("*.html")
        for found in fields.findall(file.read_text())
        for expression in found
        if expression and not expression.endswith("| as_typed")
    }
    assert not altered
