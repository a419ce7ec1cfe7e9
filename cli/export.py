"""`./desk export`: cases as an XES event log for process mining, written a trace at a time."""

from __future__ import annotations

import getpass
import sys
from datetime import datetime, timedelta
from pathlib import Path

import click

import engine
from cli.database import open_office
from cli.output import counted, note
from engine import published
from office import access_log, exports
from service_tasks.zone import ZONE

AT_THE_MACHINE = "machine:"
DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--xes", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--from", "since", type=DAY, help="Cases begun on this day or later.")
@click.option("--to", "until", type=DAY, help="Cases begun on this day or earlier.")
@click.option("--process", default="", help="Cases of this process only, such as TS-002.")
@click.option("--personal", is_flag=True, help="With personal values; without, they are withheld.")
def export(file: Path, since: datetime | None, until: datetime | None, process: str, personal: bool) -> None:
    """Write the cases wanted to an XES 1.0 event log."""
    selection = exports.Wanted(
        since=_local(since), until=_local(until, timedelta(days=1)), process=process, personal=personal
    )
    if since and until and since > until:
        raise click.BadParameter("this day is before --from", param_hint="--to")
    unfinished = file.with_name(f"{file.name}.unfinished")
    app = open_office()
    with app.app_context():
        _ensure_published(process)
    with app.app_context(), unfinished.open("w", encoding="utf-8") as opened:
        total = exports.count(selection)
        bar = click.progressbar(length=total, label="exporting", file=sys.stderr, hidden=not sys.stderr.isatty())
        with bar as progress_bar:
            for part in exports.xes(selection):
                opened.write(part)
                progress_bar.update(1)
        filters = {"from": since and since.date(), "to": until and until.date(), "process": process}
        by = engine.Actor(f"{AT_THE_MACHINE}{getpass.getuser()}")
        access_log.exported("log.xes", rows=total, by=by, at=engine.now(), personal=personal, **filters)
    unfinished.replace(file)  # what stands under the name that was asked for is whole
    note(f"{counted(total, 'case')} in {file}")


def _ensure_published(process: str) -> None:
    """Refuse a name that no process has, which would give an empty file."""
    if process and published.newest_package(process) is None:
        raise click.BadParameter(f"there is no published process {process}", param_hint="--process")


def _local(day: datetime | None, more: timedelta = timedelta()) -> datetime | None:
    return (day + more).replace(tzinfo=ZONE) if day else None
