"""`./desk import-cdrs`: call detail records from a CSV file. The columns stand in office/imports.py."""

from __future__ import annotations

from typing import BinaryIO

import click

from cli.database import open_office
from cli.output import as_json, counted, report
from office import imports

REASONS = {
    "empty": "holds no rows; the first line names the columns",
    "encoding": "is not written as UTF-8; save it as UTF-8",
    "too_long": "is longer than one import may be; divide it",
    "unreadable": "cannot be read as CSV; look for a quotation mark that is not closed",
    "missing_column": "this column is missing",
    "unknown_column": "there is no such column; the reference names those there are",
    "repeated_column": "this column stands there twice",
    "field_count": "has more or fewer fields than the first line names",
    "missing": "must be filled in",
    "not_an_msisdn": "is no mobile number; write 1xxxxxxxxxx",
    "unknown_kind": "is no kind of record",
    "not_a_time": "is no date and time; write 2026-11-23T09:00:00+08:00",
    "no_time_zone": "lacks its time zone; write 2026-11-23T09:00:00+08:00",
    "not_a_number": "is no whole number",
    "negative": "is below nothing",
    "too_large": "is larger than can be kept",
    "too_many_characters": "has too many characters",
    "duplicate": "stands in the file or in the office already",
}


@click.command()
@click.argument("file", type=click.File("rb"))
@as_json
def import_cdrs(file: BinaryIO, as_json: bool) -> None:
    """Read call detail records from FILE: all rows, or none when one is wrong; then each wrong row is named with its line."""
    with open_office().app_context():
        try:
            count, faults = imports.import_cdrs(file), []
        except imports.ImportRefused as error:
            count, faults = 0, error.rows
    document = {"imported": count, "faults": [fault._asdict() for fault in faults]}
    lines = [*map(_line, faults), f"{counted(count, 'record')} imported"]
    report(document, lines, as_json=as_json, found=bool(faults))


def _line(fault: imports.Fault) -> str:
    place = [f"line {fault.line}"] if fault.line else []
    return f"{', '.join([*place, *([fault.column] if fault.column else [])]) or 'the file'}: {REASONS[fault.reason]}"
