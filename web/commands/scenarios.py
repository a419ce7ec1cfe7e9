"""`./desk scenarios`: plays what was agreed and shows which sequence flows nobody has agreed anything about."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from office import scenarios as agreed
from office.scenarios import Played, Scenario
from web.commands.output import ROOT, as_json, note, progress, report

PROCESSES = ROOT / "processes"


@click.command()
@click.argument("keys", nargs=-1)
@click.option(
    "--file",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Play this file instead of those in processes/scenarios; may be given several times, and further files may follow.",
)
@as_json
def scenarios(keys: tuple[str, ...], files: tuple[Path, ...], as_json: bool) -> None:
    """Play the scenarios of all processes or of KEYS; status 1 when one differs or a flow is never taken.

    With --file FILE… those files are played, wherever they lie, and flows are not counted; status 2 when one cannot be read.
    """
    agreed.prepare()
    named = (*files, *map(Path, keys)) if files else ()
    played = _play(_wanted(named, keys))
    covered = [] if files else agreed.coverage(PROCESSES, played, keys)
    lines = [
        *(line for one in played for line in _lines(one)),
        "",
        *(f"{c.process:<10} {c.percent:>3} %  {' '.join(c.never)}".rstrip() for c in covered),
        f"{sum(one.ok for one in played)} of {len(played)} scenarios as agreed",
    ]
    found = not all(one.ok for one in played) or any(c.never for c in covered)
    report(_document(played, covered, found), lines, as_json=as_json, found=found)


def _document(played: list[Played], covered: list[agreed.Coverage], found: bool) -> dict[str, Any]:
    return {
        "ok": not found,
        "scenarios": [
            {
                "process": p.process,
                "name": p.name,
                "ok": p.ok,
                "differences": [asdict(one) | {"text": str(one)} for one in p.differences],
            }
            for p in played
        ],
        "coverage": [asdict(c) | {"percent": c.percent} for c in covered],
    }


def _wanted(files: tuple[Path, ...], keys: tuple[str, ...]) -> list[Scenario]:
    try:
        return agreed.read_files(files) if files else agreed.read(PROCESSES, keys)
    except agreed.MalformedScenario as error:
        note(f"{error.values['file']}: {error.values['why']}")
        sys.exit(2)


def _play(wanted: list[Scenario]) -> list[Played]:
    with progress(wanted, "playing", lambda one: f"{one.process} {one.name}" if one else None) as steps:
        return [agreed.play(scenario, PROCESSES) for scenario in steps]


def _lines(one: Played) -> list[str]:
    return [f"{'ok  ' if one.ok else 'FAIL'}  {one.process}  {one.name}", *(f"        {d}" for d in one.differences)]
