"""`./desk coverage`: the manual's steps against what the product declares, and against what scenarios and tests take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict

import click

from office import coverage as survey
from office import scenarios
from office.coverage import Answer
from web.commands.output import ROOT, as_json, progress, report
from web.commands.reference import manual_page

PAGE = ROOT / "docs" / "reference" / "manual.md"
STATES = {"done": "done", "declared": "declared only", "missing": "nowhere declared"}


@click.command()
@click.option("--write", is_flag=True, help="Write docs/reference/manual.md anew.")
@as_json
def coverage(write: bool, as_json: bool) -> None:
    """Play the scenarios and say of every manual id whether it is done, only declared or missing; and which elements declare none.

    Status 1 when something is missing, unknown or declares nothing.
    """
    ids = survey.manual_ids(ROOT / "docs" / "manual_ids.csv")
    found = survey.survey(ROOT / "processes", ids)
    answers = answered(found, ids, _taken())
    if write:
        PAGE.write_text(manual_page.render(answers), encoding="utf-8")
    counts = Counter(one.state for one in answers)
    lines = [
        *(
            f"{STATES[a.state]:<17} {a.one.id:<10} {a.one.title_zh}  {a.one.title_en}"
            for a in answers
            if a.state != "done"
        ),
        *(f"not in the manual {ref:<10} {', '.join(places)}" for ref, places in sorted(found.unknown.items())),
        *(f"declares nothing  {place}" for place in found.bare),
        f"{len(ids)} manual ids: " + ", ".join(f"{counts[state]} {said}" for state, said in STATES.items()),
        f"{len(found.bare)} elements declare none",
    ]
    document = {"complete": found.complete, **asdict(found), "counts": counts, "answers": [asdict(a) for a in answers]}
    report(document, lines, as_json=as_json, found=not found.complete)


def answered(found: survey.Coverage, ids: list[survey.ManualId], flows: Iterable[tuple[str, str]]) -> list[Answer]:
    """What became of each id, by the flows that plays took and the tests of this checkout."""
    taken = survey.taken_by(ROOT / "processes", flows)
    return survey.answers(found, ids, taken, survey.tests_naming(ROOT / "tests"))


def _taken() -> set[tuple[str, str]]:
    """The flows of every scenario that comes out as agreed."""
    scenarios.prepare()
    agreed = scenarios.read(ROOT / "processes")
    with progress(agreed, "playing", lambda one: f"{one.process} {one.name}" if one else None) as steps:
        played = [scenarios.play(one, ROOT / "processes") for one in steps]
    return {flow for one in played if one.ok for flow in one.flows}
