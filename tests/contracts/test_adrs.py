"""Every architecture decision record says by its file name and title what was decided, and whether and since when it holds."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "adr"
RECORDS = sorted(FOLDER.glob("*.md"))
HEAD = re.compile(
    r"# (?P<number>\d+) · (?P<title>[^\n]+)\n\n"
    r"Status: (?P<status>proposed|accepted|superseded by \d+) · Date: (?P<date>\d{4}-\d{2}-\d{2})\n\n"
)
FEWEST_WORDS, MOST_WORDS = 4, 12


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.name)
def test_a_record_begins_with_title_status_and_date(record: Path) -> None:
    """The title is a sentence of its own, short enough for a list; the file is called by it."""
    head = HEAD.match(record.read_text(encoding="utf-8"))
    assert head is not None, "# NUMBER · Title, an empty line, Status: … · Date: …, an empty line"
    slug = re.sub(r"[^a-z0-9]+", "-", head["title"].lower()).strip("-")
    assert record.name == f"{int(head['number']):04d}-{slug}.md"
    assert FEWEST_WORDS <= len(head["title"].split()) <= MOST_WORDS
    assert date.fromisoformat(head["date"])


def test_records_are_numbered_without_gaps() -> None:
    """A record that is superseded stays; nothing is numbered twice."""
    assert [int(record.name[:4]) for record in RECORDS] == list(range(1, len(RECORDS) + 1))
    superseding = re.findall(r"superseded by (\d+)", "".join(record.read_text("utf-8") for record in RECORDS))
    assert {int(number) for number in superseding} <= set(range(1, len(RECORDS) + 1))
