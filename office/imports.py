"""CDR files from billing: read, checked to the last row, and kept as a whole or not at all.

A file is CSV with a header line naming the columns below, in any order, separated by commas; UTF-8 (with or without BOM) or GB18030.

    served_msisdn        the number charged, digits                          required
    other_party          the number or site at the other end
    kind                 originating, terminating, forwarded, sms, data, monternet   required
    start                ISO 8601 with its offset, 2026-11-02T09:00:00+08:00  required
    duration_s           seconds
    cell                 code of the cell where the call began
    visited_network      name of the network used
    basic_fen, long_distance_fen, ip_fen, forwarding_fen, roaming_fen, information_fen     charges in fen, without decimals
    service_provider     who takes the information fee

A column or value left out is empty text, or 0. Two records with the same served number, start, kind and other party are the same record.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, NamedTuple, Protocol

from sqlalchemy import insert, select

from engine import Invalid
from models.base import savepoint, session, transaction
from models.billing import Bill
from models.customer import Subscription
from models.usage import CDR_KINDS, COMPONENTS, Cdr
from service_tasks.zone import ZONE

MOST_BYTES = 64 * 2**20
MOST_FAULTS = 200
MOST_FEN = 2**31 - 1
CHUNK_ROWS = 500
OLDEST_YEAR = 1990
REQUIRED = ("served_msisdn", "kind", "start")


class Fault(NamedTuple):
    """What is wrong with a file: `line` counts from 1 (0: the file itself), `reason` is a code."""

    line: int
    column: str
    reason: str


class ImportRefused(Invalid):
    """The file was not imported; nothing of it has been kept."""

    @property
    def rows(self) -> list[Fault]:
        return list(self.values["rows"])


class _Bad(Exception):
    """A value that cannot be read; carries the reason to its row, and no further."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


def import_cdrs(file: BinaryIO) -> int:
    """Store every record of `file` (seekable), or none; returns how many.

    Errors: ImportRefused(rows) with the first 200 faults of the file, each with line, column and reason: too_long, empty, encoding,
    missing_column, unknown_column, repeated_column, unreadable, field_count, missing, not_an_msisdn, unknown_kind, not_a_time,
    no_time_zone, not_a_number, negative, too_large, too_many_characters, duplicate.
    """
    with transaction(), savepoint():
        text = io.TextIOWrapper(file, encoding=_encoding(file), newline="")
        try:
            count = _store(csv.reader(text, strict=True))
        finally:
            text.detach()
    return count


def _encoding(file: BinaryIO) -> str:
    """Return the encoding of the whole file, which is read once for it. Errors: ImportRefused."""
    start = file.read(3)
    if not start:
        raise ImportRefused(rows=[Fault(0, "", "empty")])
    candidates = ["utf-8-sig"] if start == codecs.BOM_UTF8 else ["utf-8", "gb18030"]
    for name in candidates:
        if _decodes(file, name):
            file.seek(0)
            return name
    raise ImportRefused(rows=[Fault(0, "", "encoding")])


def _decodes(file: BinaryIO, encoding: str) -> bool:
    file.seek(0)
    decoder, size = codecs.getincrementaldecoder(encoding)(), 0
    try:
        while chunk := file.read(2**16):
            size += len(chunk)
            if size > MOST_BYTES:
                raise ImportRefused(rows=[Fault(0, "", "too_long")])
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


class _Lines(Protocol):
    """A reader of the lines of a file, each as its cells."""

    @property
    def line_num(self) -> int: ...
    def __next__(self) -> list[str]: ...
    def __iter__(self) -> Iterator[list[str]]: ...


def _store(reader: _Lines) -> int:
    """Insert good rows chunk by chunk while looking for bad ones; the savepoint around it undoes all when there is one."""
    faults: list[Fault] = []
    header = _header(reader)
    records, count = _records(reader, header, faults), 0
    while chunk := list(islice(records, CHUNK_ROWS)):
        fresh = _without_duplicates(chunk, faults)
        if fresh:
            session().execute(insert(Cdr), _with_bills(fresh))
        count += len(fresh)
    if faults:
        raise ImportRefused(rows=sorted(faults)[:MOST_FAULTS])
    return count


def _header(reader: _Lines) -> list[str]:
    try:
        names: list[str] = next(reader, [])
        columns = [name.strip() for name in names]
    except csv.Error:
        raise ImportRefused(rows=[Fault(1, "", "unreadable")]) from None
    faults = [Fault(1, name, "missing_column") for name in REQUIRED if name not in columns]
    faults += [Fault(1, name, "unknown_column") for name in columns if name not in READERS]
    faults += [Fault(1, name, "repeated_column") for name in sorted(set(columns)) if columns.count(name) > 1]
    if faults:
        raise ImportRefused(rows=faults)
    return columns


def _records(reader: _Lines, header: list[str], faults: list[Fault]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield line number and columns of every good row; what is wrong with the others goes to `faults`."""
    while len(faults) < MOST_FAULTS:
        try:
            row = next(reader, None)
        except csv.Error:
            faults.append(Fault(reader.line_num, "", "unreadable"))
            return
        if row is None:
            return
        if not row:
            continue
        if len(row) != len(header):
            faults.append(Fault(reader.line_num, "", "field_count"))
        elif (record := _record(reader.line_num, dict(zip(header, row, strict=True)), faults)) is not None:
            yield reader.line_num, record


def _record(line: int, row: Mapping[str, str], faults: list[Fault]) -> dict[str, Any] | None:
    record: dict[str, Any] = {}
    good = True
    for column, parse in READERS.items():
        try:
            record[column.removesuffix("_fen")] = parse(row.get(column, "").strip())
        except _Bad as bad:
            faults.append(Fault(line, column, bad.reason))
            good = False
    return record if good else None


def _msisdn(text: str) -> str:
    if not text:
        raise _Bad("missing")
    if not (text.isascii() and text.isdigit() and 5 <= len(text) <= 15):
        raise _Bad("not_an_msisdn")
    return text


def _kind(text: str) -> str:
    if not text:
        raise _Bad("missing")
    if text not in CDR_KINDS:
        raise _Bad("unknown_kind")
    return text


def _start(text: str) -> datetime:
    if not text:
        raise _Bad("missing")
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        raise _Bad("not_a_time") from None
    if start.tzinfo is None:
        raise _Bad("no_time_zone")
    if not OLDEST_YEAR <= start.year < OLDEST_YEAR + 200:
        raise _Bad("not_a_time")
    return start


def _count(text: str) -> int:
    if not text:
        return 0
    if not text.removeprefix("-").isdecimal() or not text.isascii():
        raise _Bad("not_a_number")
    if text.startswith("-"):
        raise _Bad("negative")
    if len(text) > len(str(MOST_FEN)) or int(text) > MOST_FEN:
        raise _Bad("too_large")
    return int(text)


def _text(most: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > most:
            raise _Bad("too_many_characters")
        return text

    return read


def _provider(text: str) -> str | None:
    return _text(80)(text) or None


READERS: dict[str, Callable[[str], Any]] = {
    "served_msisdn": _msisdn,
    "other_party": _text(40),
    "kind": _kind,
    "start": _start,
    "duration_s": _count,
    "cell": _text(40),
    "visited_network": _text(40),
    **{f"{component}_fen": _count for component in COMPONENTS},
    "service_provider": _provider,
}


def _without_duplicates(chunk: Iterable[tuple[int, dict[str, Any]]], faults: list[Fault]) -> list[dict[str, Any]]:
    chunk = list(chunk)
    numbers = {record["served_msisdn"] for _, record in chunk}
    starts = [record["start"] for _, record in chunk]
    query = select(Cdr.served_msisdn, Cdr.start, Cdr.kind, Cdr.other_party)
    near = query.where(Cdr.served_msisdn.in_(numbers), Cdr.start.between(min(starts), max(starts)))
    stored = {tuple(row) for row in session().execute(near)}
    fresh = []
    for line, record in chunk:
        same = (record["served_msisdn"], record["start"], record["kind"], record["other_party"])
        if same in stored:
            faults.append(Fault(line, "", "duplicate"))
        else:
            stored.add(same)
            fresh.append(record)
    return fresh


def _with_bills(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records with the bill of their month, where the number has one."""
    numbers = {record["served_msisdn"] for record in records}
    query = select(Subscription.msisdn, Bill.period, Bill.id).join(Bill, Bill.subscription_id == Subscription.id)
    rows = session().execute(query.where(Subscription.msisdn.in_(numbers)).order_by(Subscription.id))
    bills = {(msisdn, period): bill_id for msisdn, period, bill_id in rows}
    return [
        {**record, "bill_id": bills.get((record["served_msisdn"], f"{record['start'].astimezone(ZONE):%Y-%m}"))}
        for record in records
    ]
