"""`./desk bench`: measures the product against the floors of the machine it runs on, in one run, and prints ratios."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import click

from bench import carrying, databases, feel, paired, profile, program
from bench.figures import Figure
from bench.office import measured
from cli.output import as_json, note, report

SIZES = {True: program.QUICK, False: program.FULL}
ROUNDS = {True: 12, False: 40}
OFFICES = {True: measured.QUICK, False: measured.FULL}


@click.command()
@click.option("--quick", is_flag=True, help="Fewer rounds and smaller worklists: a few minutes' worth in one.")
@click.option(
    "--database",
    type=click.Choice(["sqlite", "postgresql", "both"]),
    default="both",
    show_default=True,
    help="What to measure on.",
)
@click.option("--postgresql", "server", envvar="TEST_DATABASE_URL", help="A PostgreSQL to use; else the test extra's.")
@click.option("--office", "only_office", is_flag=True, help="Only the office: clerks on real pages, over HTTP.")
@click.option("--jobs", "only_jobs", is_flag=True, help="Only queued jobs: what looking costs, how soon they are done.")
@click.option("--profile", "profiled", is_flag=True, help="Instead: where the CPU time of a completion goes.")
@click.option(
    "--against",
    "checkout",
    type=click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path),
    help="Instead: another checkout, in turn with this one; the CPU of each verb and page here to that there.",
)
@as_json
def bench(
    quick: bool,
    database: str,
    server: str | None,
    only_office: bool,
    only_jobs: bool,
    profiled: bool,
    checkout: Path | None,
    as_json: bool,
) -> None:
    """Measure speed and growth; the floors of the machine are measured before and after."""
    if profiled:
        _profile(database, server, as_json=as_json)
        return
    figures: list[Figure] = []
    if checkout is not None:
        figures += _paired(database, server, checkout, ROUNDS[quick])
    elif only_jobs:
        figures += _measured(database, server, lambda place, _say: carrying.figures(place))
    elif not only_office:
        note("conditions of gateways …")
        figures += feel.figures()
        figures += _measured(database, server, lambda place, say: program.run(place, SIZES[quick], say))
    if not only_jobs and checkout is None:
        figures += _measured(database, server, lambda place, say: measured.run(place, OFFICES[quick], say))
    missed = [figure for figure in figures if figure.reached is False]
    document = {
        "quick": quick,
        "figures": [figure.document() for figure in figures],
        "missed": [figure.what for figure in missed],
    }
    report(document, _lines(figures), as_json=as_json, found=False)


def _paired(database: str, server: str | None, checkout: Path, rounds: int) -> list[Figure]:
    note(f"this checkout and {checkout}, {rounds} rounds …")
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="desk-bench-") as folder, ExitStack() as stack:
        if database in ("sqlite", "both"):
            figures += paired.figures(Path(folder), "", checkout, rounds)
        if database in ("postgresql", "both"):
            url = stack.enter_context(databases.server(Path(folder), server))
            figures += paired.figures(Path(folder), url, checkout, rounds)
    return figures


def _measured(
    database: str, server: str | None, run: Callable[[databases.Place, program.Say], Iterator[Figure]]
) -> list[Figure]:
    """Return the figures of every database, each in a place of its own."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="desk-bench-") as folder, ExitStack() as stack:
        for place in _places(Path(folder), database, server, stack):
            figures += run(place, partial(_say, place.kind))
    return figures


def _say(kind: str, phase: str) -> None:
    note(f"{kind}: {phase} …")


def _profile(database: str, server: str | None, *, as_json: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="desk-bench-") as folder, ExitStack() as stack:
        profiles_by_kind = {
            place.kind: profile.completing(place) for place in _places(Path(folder), database, server, stack)
        }
    lines = [
        line
        for kind, profiles in profiles_by_kind.items()
        for action, measurement in profiles.items()
        for line in (
            f"{kind}: share of the CPU time of {action}",
            *(_share(share) for table in measurement for share in (*table, None)),
        )
    ]
    document = {
        kind: {action: measurement.document() for action, measurement in profiles.items()}
        for kind, profiles in profiles_by_kind.items()
    }
    report(document, lines, as_json=as_json, found=False)


def _share(line: profile.Line | None) -> str:
    if line is None:
        return ""
    return f"{line.share:7.1%}  {f'{line.calls:6.1f} ×' if line.calls else '':8}  {line.what}"


def _places(folder: Path, database: str, server: str | None, stack: ExitStack) -> Iterator[databases.Place]:
    if database in ("sqlite", "both"):
        with databases.sqlite(folder) as place:
            yield place
    if database in ("postgresql", "both"):
        url = stack.enter_context(databases.server(folder, server))
        with databases.postgresql(folder, url) as place:
            yield place


def _lines(figures: list[Figure]) -> list[str]:
    rows = [(*_cells(figure), figure.database) for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _cells(figure: Figure) -> tuple[str, str, str, str]:
    digits = 2 if figure.value < 100 else 0
    ratio = f"{figure.ratio:.2f} × {figure.to}" if figure.ratio is not None else ""
    sign = "≥" if figure.least else "≤"
    goal = f"{'reached' if figure.reached else 'missed '} {sign} {figure.goal:g}" if figure.goal is not None else ""
    return figure.what, f"{figure.value:,.{digits}f} {figure.unit}", ratio, goal
