"""Papers: PDFs in which what people wrote stays what they wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typst

from office.papers import PAPERS, NotSet, named, typeset, typesetting

ROOT = Path(__file__).parents[3]
FONTS = ROOT / "web" / "static" / "build" / "fonts"
HOSTILE = '#panic("x") $x$ @ref <l> \\ *b* _i_ `c` // = - + / #let x = 1 [ ] { } "'
needs_fonts = pytest.mark.skipif(not FONTS.is_dir(), reason="the fonts come with ./desk build")


def content(lines: int = 1, wording: str = "彩铃功能费") -> dict[str, Any]:
    """What a template is given, with a text of choice wherever a person wrote one."""
    return {
        "company": wording,
        "title": "表",
        "case": "TS-1",
        "date": wording,
        "facts": [["客户姓名", wording], ["手机号码", "13900000001"], ["原因", wording]],
        "reason_label": "原因",
        "reason": wording,
        "lines": [{"what": wording, "charged": "1.00", "amount": "1.00", "why": wording}] * lines,
        "total": "1.00",
        "amount": "1.00",
        "capitals": "人民币壹元整",
        "approvals": [{"step": wording, "opinion": wording, "who": wording, "at": "2026-11-28 10:00"}],
        "signs": [{"who": "客户", "name": wording}] * 4,
        "note": wording,
        "duplicate": wording,
        "foot": [wording, "2"],
    }


def test_every_paper_has_its_template() -> None:
    """And every template its paper, besides what they have in common."""
    files = {file.stem for file in typesetting.TEMPLATES.glob("*.typ")}
    assert files == {*PAPERS, "common"}
    assert [paper.key for paper in named("late_fee_waiver, unknown,refund_form")] == ["late_fee_waiver", "refund_form"]


@needs_fonts
@pytest.mark.parametrize("key", PAPERS)
def test_the_same_content_is_the_same_paper(key: str) -> None:
    """Byte for byte, so that its fingerprint tells whether it is the one that was printed."""
    first = typeset(key, content(), FONTS)
    assert first.startswith(b"%PDF-")
    assert typeset(key, content(), FONTS) == first
    assert typeset(key, content(wording="话费"), FONTS) != first


def test_what_people_wrote_is_no_markup() -> None:
    """Every text arrives in the document sign by sign, whatever it would mean in the language of the templates."""
    texts: dict[str, Any] = {}
    source = b"#let said = json(bytes(sys.inputs.content))\n#metadata(said.reason) <raw>\n#text(said.reason) <set>\n"
    inputs = {"content": json.dumps(content(wording=HOSTILE))}
    for label, field in (("<raw>", "value"), ("<set>", "text")):
        texts[label] = json.loads(typst.query(source, label, field=field, one=True, sys_inputs=inputs))
    assert texts == {"<raw>": HOSTILE, "<set>": HOSTILE}


@needs_fonts
@pytest.mark.parametrize("wording", [HOSTILE, "\\#\\$", "长" * 3000, "\u202e反", "😀", ""])
def test_a_paper_comes_of_whatever_was_written(wording: str) -> None:
    """Nothing that somebody wrote keeps a paper from being printed."""
    assert typeset("refund_form", content(wording=wording), FONTS).startswith(b"%PDF-")


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
    with pytest.raises(NotSet) as raised:
        typeset("x", {}, tmp_path / "fonts", templates=tmp_path / "templates")
    assert raised.value.values["why"] == "failed"


def test_a_document_without_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever keeps it busy, the page that asked for it gets an answer."""
    monkeypatch.setattr(typesetting, "MOST_SECONDS", 0.01)
    (tmp_path / "a.ttf").write_bytes(b"")
    with pytest.raises(NotSet) as raised:
        typeset("refund_form", content(), tmp_path)
    assert raised.value.values["why"] == "too_slow"


def test_too_much_is_not_begun(tmp_path: Path) -> None:
    """What is longer than any paper is refused before a program is started; without fonts nothing is set in boxes."""
    with pytest.raises(NotSet) as raised:
        typeset("refund_form", content(), tmp_path)
    assert raised.value.values["why"] == "fonts"
    (tmp_path / "a.ttf").write_bytes(b"")
    with pytest.raises(NotSet) as raised:
        typeset("refund_form", {"x": "x" * typesetting.MOST_CONTENT}, tmp_path)
    assert raised.value.values["why"] == "too_long"


@needs_fonts
@pytest.mark.parametrize(("lines", "pages"), [(0, 1), (12, 1), (80, 4)])
def test_twelve_lines_stand_on_one_page(lines: int, pages: int) -> None:
    """With everything else that a paper says; what is longer goes on, under the same heads."""
    document = {
        **content(lines),
        "facts": [["受理时间", "2026-11-28 10:00"]] * 8,
        "approvals": content()["approvals"] * 3,
    }
    images = typst.compile(
        str(typesetting.TEMPLATES / "refund_form.typ"),
        format="png",
        ppi=8,
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(document)},
    )
    assert (len(images) if isinstance(images, list) else 1) == pages
