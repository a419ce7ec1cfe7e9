"""`./desk export`: cases as an XES event log for process mining, written a trace at a time."""

from __future__ import annotations

import getpass
import sys
from datetime import datetime
from pathlib import Path

import click

import engine
from office import exports, looks
from web import create_app
from web.commands.output import counted, note
from web.i18n import ZONE

AT_THE_MACHINE = "machine:"
DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--xes", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--from", "since", type=DAY, help="Cases begun on this day or later.")
@click.option("--to", "until", type=DAY, help="Cases begun before this day.")
@click.option("--process", default="", help="Cases of this process only, such as TS-002.")
@click.option("--personal", is_flag=True, help="With personal values; without, they are withheld.")
def export(file: Path, since: datetime | None, until: datetime | None, process: str, personal: bool) -> None:
    """Write the cases wanted to an XES 1.0 event log."""
    wanted = exports.Wanted(since=_local(since), until=_local(until), process=process, personal=personal)
    unfinished = file.with_name(f"{file.name}.unfinished")
    with create_app().app_context(), unfinished.open("w", encoding="utf-8") as opened:
        total = exports.count(wanted)
        bar = click.progressbar(length=total, label="exporting", file=sys.stderr, hidden=not sys.stderr.isatty())
        with bar as shown:
            for part in exports.xes(wanted):
                opened.write(part)
                shown.update(1)
        chosen = {"from": since and since.date(), "to": until and until.date(), "process": process}
        by = engine.Actor(f"{AT_THE_MACHINE}{getpass.getuser()}")
        looks.exported("log.xes", rows=total, by=by, at=engine.now(), personal=personal, **chosen)
    unfinished.replace(file)  # what stands under the name that was asked for is whole
    note(f"{counted(total, 'case')} in {file}")


def _local(day: datetime | None) -> datetime | None:
    return day.replace(tzinfo=ZONE) if day else None
