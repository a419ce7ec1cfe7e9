"""`./desk scenarios`: plays what was agreed and shows which sequence flows nobody has agreed anything about."""

from __future__ import annotations

from dataclasses import asdict

import click

from office import scenarios as agreed
from office.scenarios import Played, Scenario
from web.commands.output import ROOT, as_json, progress, report

PROCESSES = ROOT / "processes"


@click.command()
@click.argument("keys", nargs=-1)
@as_json
def scenarios(keys: tuple[str, ...], as_json: bool) -> None:
    """Play the scenarios of all processes or of KEYS; status 1 when one differs or a flow is never taken."""
    agreed.prepare()
    played = _play(agreed.read(PROCESSES, keys))
    covered = agreed.coverage(PROCESSES, played, keys)
    lines = [
        *(line for one in played for line in _lines(one)),
        "",
        *(f"{c.process:<10} {c.percent:>3} %  {' '.join(c.never)}".rstrip() for c in covered),
        f"{sum(one.ok for one in played)} of {len(played)} scenarios as agreed",
    ]
    found = not all(one.ok for one in played) or any(c.never for c in covered)
    document = {
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
    report(document, lines, as_json=as_json, found=found)


def _play(wanted: list[Scenario]) -> list[Played]:
    with progress(wanted, "playing", lambda one: f"{one.process} {one.name}" if one else None) as steps:
        return [agreed.play(scenario, PROCESSES) for scenario in steps]


def _lines(one: Played) -> list[str]:
    return [f"{'ok  ' if one.ok else 'FAIL'}  {one.process}  {one.name}", *(f"        {d}" for d in one.differences)]
