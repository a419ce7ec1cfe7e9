"""`./desk scenarios`: plays what was agreed and shows which sequence flows nobody has agreed anything about."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from cli.drawn import PROCESSES, ensure_drawn
from cli.output import as_json, note, progress, report
from engine import ground, runtime
from office import composition
from office import scenarios as agreed
from office.scenarios import Played, Scenario


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
    if not files:
        ensure_drawn(keys)
    paths = (*files, *map(Path, keys)) if files else ()
    with runtime.entered(composition.runtime(ground.ephemeral_keys())):
        played = _play(_wanted(paths, keys))
        covered = [] if files else agreed.coverage(PROCESSES, played, keys)
    lines = [
        *(line for result in played for line in _lines(result)),
        "",
        *(f"{c.process:<10} {c.percent:>3} %  {' '.join(c.never)}".rstrip() for c in covered),
        f"{sum(result.ok for result in played)} of {len(played)} scenarios as agreed",
    ]
    differs = not all(result.ok for result in played) or any(c.never for c in covered)
    report(_document(played, covered, differs), lines, as_json=as_json, found=differs)


def _document(played: list[Played], covered: list[agreed.Coverage], differs: bool) -> dict[str, Any]:
    return {
        "ok": not differs,
        "scenarios": [
            {
                "process": p.process,
                "name": p.name,
                "ok": p.ok,
                "differences": [asdict(difference) | {"text": str(difference)} for difference in p.differences],
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


def _play(selection: list[Scenario]) -> list[Played]:
    with progress(
        selection, "playing", lambda scenario: f"{scenario.process} {scenario.name}" if scenario else None
    ) as steps:
        return [agreed.play(scenario, PROCESSES) for scenario in steps]


def _lines(result: Played) -> list[str]:
    return [
        f"{'ok  ' if result.ok else 'FAIL'}  {result.process}  {result.name}",
        *(f"        {d}" for d in result.differences),
    ]
