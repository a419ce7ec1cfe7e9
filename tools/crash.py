"""`./desk crash`: an office of its own under load, killed at random instants, then asked whether everything it confirmed is true."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from cli.output import as_json, note, progress, report
from tools.crashing import findings
from tools.crashing.load import Confirmed, Shift
from tools.crashing.place import Place, opened

CASES_PER_ROUND = 6
LONGEST_ROUND = 1.0
LONGEST_WAIT = 20.0
WARM = 0.8


@click.command()
@click.option("--kills", default=20, show_default=True, type=click.IntRange(1, 100_000), help="How often to kill it.")
@click.option("--database", help="URL of an empty PostgreSQL database to use; a SQLite file of its own otherwise.")
@click.option("--seed", default=1, show_default=True, help="Other instants, other clerks.")
@as_json
def crash(kills: int, database: str | None, seed: int, as_json: bool) -> None:
    """Kill an office under load again and again; status 1 when anything was lost, done twice, stuck or cannot be verified."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="desk-crash-") as folder:
        url = database or f"sqlite:///{folder}/office.db"
        with opened(Path(folder), url) as place:
            chance = random.Random(seed)  # noqa: S311
            document, all_findings = _ordeal(place, kills, chance)
    document |= {"database": url.split(":")[0], "seconds": round(time.monotonic() - began), "seed": seed}
    document |= {"ok": not all_findings.lines(), "findings": vars(all_findings)}
    lines = [*all_findings.lines(), _sentence(document)]
    report(document, lines, as_json=as_json, found=bool(all_findings.lines()))


def _ordeal(place: Place, kills: int, chance: random.Random) -> tuple[dict[str, Any], findings.Findings]:
    losses: list[str] = []
    total = {"kills": kills, "completions": 0, "starts": 0, "refused": 0, "unknown": 0}
    with progress(range(1, kills + 1), "killing", lambda number: f"{number}" if number else None) as numbers:
        for number in numbers:
            confirmed = _round(place, number, chance)
            losses += findings.lost(place, confirmed)
            _add(total, confirmed)
    place.come_up()
    in_time = findings.settled(place)
    place.kill(place.kinds)
    note("verifying every case")
    all_findings, counts = findings.everything(place, _shown)
    all_findings.lost += losses
    all_findings.stuck += [] if in_time else [f"something was still due after {findings.SECONDS_TO_SETTLE} s"]
    return total | counts, all_findings


def _round(place: Place, number: int, chance: random.Random) -> Confirmed:
    """Play one round: some new cases, everything up, clerks at work, and the power fails: for all processes or, where there are several, for one.

    Mostly once something has been confirmed, at times while the office is still coming up.
    """
    place.begin_cases(CASES_PER_ROUND)
    place.come_up()
    shift = Shift(place, number)
    shift.begin()
    if chance.random() < WARM:
        shift.wait_for_a_confirmation(LONGEST_WAIT)
    time.sleep(chance.uniform(0.0, LONGEST_ROUND))
    place.kill(chance.choice([place.kinds, *((kind,) for kind in place.kinds)]))
    confirmed = shift.end()
    place.kill(() if number % 2 else place.kinds)
    return confirmed


def _add(total: dict[str, int], confirmed: Confirmed) -> None:
    total["completions"] += len(confirmed.completions)
    total["starts"] += len(confirmed.starts)
    total["refused"] += confirmed.refused
    total["unknown"] += confirmed.unknown


def _shown(instances: list[int]) -> Iterable[int]:
    with progress(instances, "verifying", lambda instance_id: f"{instance_id}" if instance_id else None) as steps:
        yield from steps


def _sentence(document: dict[str, Any]) -> str:
    return (
        f"{document['kills']} kills in {document['seconds']} s on {document['database']}: {document['completions']} completions and "
        f"{document['starts']} cases confirmed, {document['unknown']} requests cut off, {document['instances']} cases with "
        f"{document['entries']} entries verified, {document['told_again']} outside calls repeated under their key"
    )
