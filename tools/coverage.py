"""`./desk coverage`: the manual's steps against what the product declares, and against what scenarios and tests take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict

import click

from cli.output import ROOT, as_json, progress, report
from engine import ground, runtime
from office import composition, scenarios
from office import coverage as survey
from office.coverage import Answer, AnswerState
from tools.reference_pages import manual_page

PAGE = ROOT / "docs" / "reference" / "manual.md"
STATES = {
    AnswerState.DONE: "done",
    AnswerState.DECLARED: "declared only",
    AnswerState.MISSING: "nowhere declared",
}


@click.command()
@click.option("--write", is_flag=True, help="Write docs/reference/manual.md anew.")
@as_json
def coverage(write: bool, as_json: bool) -> None:
    """Play the scenarios and say of every manual id whether it is done, only declared or missing; and which elements declare none.

    Status 1 when something is missing, unknown or declares nothing.
    """
    ids = survey.manual_ids(ROOT / "docs" / "manual_ids.csv")
    with runtime.entered(composition.runtime(ground.ephemeral_keys())):
        manual_coverage = survey.survey(ROOT / "processes", ids)
        answers = answered(manual_coverage, ids, _taken())
    if write:
        PAGE.write_text(manual_page.render(answers), encoding="utf-8")
    counts = Counter(answer.state for answer in answers)
    lines = [
        *(
            f"{STATES[a.state]:<17} {a.one.id:<10} {a.one.title_zh}  {a.one.title_en}"
            for a in answers
            if a.state != AnswerState.DONE
        ),
        *(
            f"not in the manual {ref:<10} {', '.join(places)}"
            for ref, places in sorted(manual_coverage.unknown.items())
        ),
        *(f"declares nothing  {place}" for place in manual_coverage.bare),
        f"{len(ids)} manual ids: " + ", ".join(f"{counts[state]} {label}" for state, label in STATES.items()),
        f"{len(manual_coverage.bare)} elements declare none",
    ]
    document = {
        "complete": manual_coverage.complete,
        **asdict(manual_coverage),
        "counts": counts,
        "answers": [asdict(a) for a in answers],
    }
    report(document, lines, as_json=as_json, found=not manual_coverage.complete)


def answered(
    manual_coverage: survey.Coverage, ids: list[survey.ManualId], flows: Iterable[tuple[str, str]]
) -> list[Answer]:
    """Return what became of each id, by the flows that plays took and the tests of this checkout."""
    ids_taken = survey.taken_by(ROOT / "processes", flows)
    return survey.answers(manual_coverage, ids, ids_taken, survey.tests_naming(ROOT / "tests"))


def _taken() -> set[tuple[str, str]]:
    """Return the flows of every scenario that comes out as agreed."""
    agreed_scenarios = scenarios.read(ROOT / "processes")
    with progress(
        agreed_scenarios, "playing", lambda scenario: f"{scenario.process} {scenario.name}" if scenario else None
    ) as steps:
        played = [scenarios.play(scenario, ROOT / "processes") for scenario in steps]
    return {flow for result in played if result.ok for flow in result.flows}
