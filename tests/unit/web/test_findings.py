"""Every rule of the checks has words for people, and they fill in whatever the finding carries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g

import engine
from tests.drawing import end, path, process, start, user
from web import i18n
from web.queries import findings, unreadable

SOURCES = Path(__file__).parents[3] / "engine"
RULE = re.compile(r'(?:_?problem|Problem|TooMany)\((?:[^()"]|"")*?"([a-z]+(?:_[a-z]+)+)"')


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
    files = [
        SOURCES / "errors.py",
        *(SOURCES / "definitions").glob("*.py"),
        *(SOURCES / "language" / "forms").glob("*.py"),
    ]
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


def test_why_a_file_cannot_be_read_is_said(tmp_path: Path) -> None:
    """Encoding, document type, another kind of file, none at all, too many of something: each is told, and none as an export to repeat."""
    broken = {
        "empty": b"",
        "no_xml": b"PK\x03\x04",
        "encoding": "<a>话费</a>".encode("gb18030"),
        "document_type": b"<!DOCTYPE a><a/>",
        "too_long": b"<a>" + b" " * 4_000_000 + b"</a>",
        "too_many": b"<a>" + b"<b/>" * 200_000 + b"</a>",
        "too_deep": b"<a>" * 101 + b"</a>" * 101,
        "not_well_formed": b"<a>",
        "no_bpmn": b"<a/>",
    }
    for why, content in broken.items():
        file = tmp_path / f"{why}.bpmn"
        file.write_bytes(content)
        (found,) = engine.lint_file(file)
        assert (found.rule, found.values["why"]) == ("malformed_xml", why)
        assert findings.text(found) == unreadable.DIAGRAM[why] % {"limit": 0, **found.values}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_file_in_an_encoding_that_it_names_is_read(tmp_path: Path, encoding: str) -> None:
    """What the standard allows is no fault of the file."""
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?><a>话费</a>'
    (tmp_path / "a.bpmn").write_bytes(text.encode(encoding))
    assert [one.values["why"] for one in engine.lint_file(tmp_path / "a.bpmn")] == ["no_bpmn"]


def test_findings_without_end_end(tmp_path: Path) -> None:
    """A page of eighty thousand findings cannot be opened: two hundred are listed, and how many there are is said, here and by ./desk lint."""
    content = process(
        "P", start(), *(user(f"x{n}") for n in range(300)), end(), path("begun", "x0", "finished")
    ).replace("sequenceFlow", "nothing")
    (tmp_path / "P.bpmn").write_text(content, encoding="utf-8")
    listed = findings.as_json(engine.lint_file(tmp_path / "P.bpmn"))
    assert (len(listed), listed[-1]["rule"], findings.how_many(listed) > 600) == (201, "more_findings", True)
    assert f"There are {findings.how_many(listed)} problems." in listed[-1]["text"]


def test_no_words_without_a_rule() -> None:
    """Texts of rules that are gone go too."""
    assert findings.RULES.keys() - rules() == set()


@pytest.mark.parametrize("rule", sorted(findings.RULES))
def test_words_stand_without_their_values(rule: str) -> None:
    """A finding that lacks a value still makes a sentence."""
    text = findings.text(engine.Problem(3, "pay", rule))
    assert "%(" not in text
    assert text.endswith((".", "…", "100."))
