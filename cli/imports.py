"""`./desk import-cdrs`: call detail records from a CSV file. The columns stand in office/imports.py."""

from __future__ import annotations

from typing import BinaryIO

import click

from cli.output import as_json, report
from office import imports
from web import create_app


@click.command()
@click.argument("file", type=click.File("rb"))
@as_json
def import_cdrs(file: BinaryIO, as_json: bool) -> None:
    """Read call detail records from FILE: all rows, or none when one is wrong; then each wrong row is named with its line."""
    with create_app().app_context():
        try:
            count, faults = imports.import_cdrs(file), []
        except imports.ImportRefused as error:
            count, faults = 0, error.rows
    lines = [*(f"line {fault.line}  {fault.column}  {fault.reason}" for fault in faults), f"{count} records imported"]
    report(
        {"imported": count, "faults": [fault._asdict() for fault in faults]}, lines, as_json=as_json, found=bool(faults)
    )
