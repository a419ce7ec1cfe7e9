"""Papers: amounts in capitals, and PDFs in which what people wrote stays what they wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typst

from office.papers import PAPERS, NotSet, in_capitals, named, typeset, typesetting

ROOT = Path(__file__).parents[3]
FONTS = ROOT / "web" / "static" / "build" / "fonts"
HOSTILE = '#panic("x") $x$ @ref <l> \\ *b* _i_ `c` // = - + / #let x = 1 [ ] { } "'
needs_fonts = pytest.mark.skipif(not FONTS.is_dir(), reason="the fonts come with ./desk build")


def content(lines: int = 1, said: str = "彩铃功能费") -> dict[str, Any]:
    """What a template is given, with a text of choice wherever a person wrote one."""
    return {
        "company": said,
        "title": "表",
        "case": "TS-1",
        "date": said,
        "facts": [["客户姓名", said], ["手机号码", "13900000001"], ["原因", said]],
        "reason_label": "原因",
        "reason": said,
        "lines": [{"what": said, "charged": "1.00", "amount": "1.00", "why": said}] * lines,
        "total": "1.00",
        "amount": "1.00",
        "capitals": in_capitals(100),
        "approvals": [{"step": said, "opinion": said, "who": said, "at": "2026-11-28 10:00"}],
        "signs": [{"who": "客户", "name": said}] * 4,
        "note": said,
        "foot": [said, "2"],
    }


@pytest.mark.parametrize(
    ("fen", "capitals"),
    [
        (5, "人民币伍分"),
        (50, "人民币伍角整"),
        (1000, "人民币壹拾元整"),
        (1005, "人民币壹拾元零伍分"),
        (10050, "人民币壹佰元伍角整"),
        (1000000, "人民币壹万元整"),
        (101001, "人民币壹仟零壹拾元零壹分"),
        (0, "人民币零元整"),
        (10000100, "人民币壹拾万零壹元整"),
        (1000000000000, "人民币壹佰亿元整"),
        (10000000100, "人民币壹亿零壹元整"),
        (12345678, "人民币壹拾贰万叁仟肆佰伍拾陆元柒角捌分"),
    ],
)
def test_amounts_in_capitals(fen: int, capitals: str) -> None:
    """As the rules for vouchers write them; an amount of which a figure is left out is another amount."""
    assert in_capitals(fen) == capitals


@pytest.mark.parametrize("fen", [-1, 10**16])
def test_no_capitals_beyond_what_they_can_say(fen: int) -> None:
    """Better no paper than a wrong one."""
    with pytest.raises(ValueError, match=str(fen)):
        in_capitals(fen)


def test_every_paper_has_its_template() -> None:
    """And every template its paper, besides what they have in common."""
    files = {file.stem for file in typesetting.TEMPLATES.glob("*.typ")}
    assert files == {*PAPERS, "common"}
    assert [one.key for one in named("late_fee_waiver, unknown,refund_form")] == ["late_fee_waiver", "refund_form"]


@needs_fonts
@pytest.mark.parametrize("key", PAPERS)
def test_the_same_content_is_the_same_paper(key: str) -> None:
    """Byte for byte, so that its fingerprint tells whether it is the one that was printed."""
    first = typeset(key, content(), FONTS)
    assert first.startswith(b"%PDF-")
    assert typeset(key, content(), FONTS) == first
    assert typeset(key, content(said="话费"), FONTS) != first


def test_what_people_wrote_is_no_markup() -> None:
    """Every text arrives in the document sign by sign, whatever it would mean in the language of the templates."""
    found: dict[str, Any] = {}
    source = b"#let said = json(bytes(sys.inputs.content))\n#metadata(said.reason) <raw>\n#text(said.reason) <set>\n"
    given = {"content": json.dumps(content(said=HOSTILE))}
    for label, field in (("<raw>", "value"), ("<set>", "text")):
        found[label] = json.loads(typst.query(source, label, field=field, one=True, sys_inputs=given))
    assert found == {"<raw>": HOSTILE, "<set>": HOSTILE}


@needs_fonts
@pytest.mark.parametrize("said", [HOSTILE, "\\#\\$", "长" * 3000, "\u202e反", "😀", ""])
def test_a_paper_comes_of_whatever_was_written(said: str) -> None:
    """Nothing that somebody wrote keeps a paper from being printed."""
    assert typeset("refund_form", content(said=said), FONTS).startswith(b"%PDF-")


@pytest.mark.parametrize(
    "document",
    [
        '#read("/etc/passwd")',
        '#read("../secret.txt")',
        '#import "@preview/cetz:0.3.0"',
        '#image("http://127.0.0.1/x.png")',
    ],
)
def test_a_document_reads_nothing_but_its_folder(tmp_path: Path, document: str) -> None:
    """Not even a template that somebody altered: no file outside, no network."""
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "a.ttf").write_bytes(b"")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "x.typ").write_text(document, encoding="utf-8")
    with pytest.raises(NotSet) as told:
        typeset("x", {}, tmp_path / "fonts", templates=tmp_path / "templates")
    assert told.value.values["why"] == "failed"


def test_a_document_without_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever keeps it busy, the page that asked for it gets an answer."""
    monkeypatch.setattr(typesetting, "MOST_SECONDS", 0.01)
    (tmp_path / "a.ttf").write_bytes(b"")
    with pytest.raises(NotSet) as told:
        typeset("refund_form", content(), tmp_path)
    assert told.value.values["why"] == "too_slow"


def test_too_much_is_not_begun(tmp_path: Path) -> None:
    """What is longer than any paper is refused before a program is started; without fonts nothing is set in boxes."""
    with pytest.raises(NotSet) as told:
        typeset("refund_form", content(), tmp_path)
    assert told.value.values["why"] == "fonts"
    (tmp_path / "a.ttf").write_bytes(b"")
    with pytest.raises(NotSet) as told:
        typeset("refund_form", {"x": "x" * typesetting.MOST_CONTENT}, tmp_path)
    assert told.value.values["why"] == "too_long"
