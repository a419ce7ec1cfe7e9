"""The page that says what became of every id of the manual."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from office.coverage import Answer, AnswerState
from tools.reference_pages.markdown import wrapped

HEAD = """<!-- Written by ./desk coverage --write. -->

# What became of the manual

A step or rule of the manual is **done** when something declares it (an element, a decision, a duty, a paper, a module of the office) and a scenario
that comes out as agreed, or a test, takes what declares it; **declared** when something declares it and nothing takes that; **missing** when nothing declares it. Where each is declared and
what takes it: `./desk coverage --json`.
"""


def render(answers: Iterable[Answer]) -> str:
    """Return the counts, and a row for each id."""
    rows = list(answers)
    counts = Counter(answer.state for answer in rows)
    lines = "\n".join(
        [
            HEAD,
            "| done | declared | missing |",
            "|---|---|---|",
            f"| {counts[AnswerState.DONE]} | {counts[AnswerState.DECLARED]} | {counts[AnswerState.MISSING]} |",
            "",
            "| id | what it asks | state |",
            "|---|---|---|",
            *(
                f"| {answer.one.id} | {answer.one.title_zh} · {answer.one.title_en} | {answer.state} |"
                for answer in rows
            ),
            "",
        ]
    )
    return wrapped(lines)
