"""CDR files: what is kept, what is refused and where, and that a refused file leaves nothing behind."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from models.base import session
from models.usage import Cdr
from office import imports
from office.imports import Fault, ImportRefused, import_cdrs
from tests.support.worlds import accounts

HEADER = "served_msisdn,other_party,kind,start,duration_s,long_distance_fen,service_provider\n"
GOOD = "13900000001,01012345678,originating,2026-10-02T09:00:00+08:00,3,70,\n"


@pytest.fixture(autouse=True)
def billed_number() -> Iterator[None]:
    """A number with a bill of October 2026."""
    bill = {"period": "2026-10", "items": []}
    world = {"subscriptions": [{"msisdn": "13900000001", "bill": bill}]}
    with accounts(world, at=datetime(2026, 11, 23, 1, tzinfo=UTC)):
        yield


def read(text: str, encoding: str = "utf-8") -> int:
    """Import a text as a file."""
    return import_cdrs(io.BytesIO(text.encode(encoding)))


def faults(content: str | bytes) -> list[Fault]:
    """What is wrong with a file, of which nothing may have been kept."""
    before = kept()
    with pytest.raises(ImportRefused) as raised:
        import_cdrs(io.BytesIO(content if isinstance(content, bytes) else content.encode()))
    assert kept() == before
    return raised.value.rows


def kept() -> int:
    """How many records are stored."""
    return session().scalar(select(func.count()).select_from(Cdr)) or 0


def test_a_record_is_kept_with_all_its_columns() -> None:
    """The instant in UTC, the charge in fen, columns left out empty, and the bill of its month beside it."""
    assert read(HEADER + GOOD) == 1
    record = session().scalars(select(Cdr)).one()
    assert record.start == datetime(2026, 10, 2, 1, tzinfo=UTC)
    assert (record.duration_s, record.long_distance, record.basic, record.cell) == (3, 70, 0, "")
    assert record.bill_id is not None


def test_the_month_of_a_record_is_the_offices() -> None:
    """A call at 20:00 UTC on 31 October was made in November here, and is not on October's bill."""
    read(HEADER + GOOD.replace("2026-10-02T09:00:00+08:00", "2026-10-31T20:00:00Z"))
    assert session().scalars(select(Cdr)).one().bill_id is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encoding_is_found(encoding: str) -> None:
    """Chinese text arrives the same from UTF-8, UTF-8 with BOM and GB18030."""
    assert read(HEADER + GOOD.replace(",70,", ",70,梦网站点"), encoding) == 1
    assert session().scalars(select(Cdr.service_provider)).one() == "梦网站点"


@pytest.mark.parametrize(
    ("good", "bad", "column", "reason"),
    [
        ("13900000001", "", "served_msisdn", "missing"),
        ("13900000001", "139-0000", "served_msisdn", "not_an_msisdn"),
        ("13900000001", "１３９００００００００１", "served_msisdn", "not_an_msisdn"),
        ("originating", "call", "kind", "unknown_kind"),
        ("+08:00", "", "start", "no_time_zone"),
        ("2026-10-02T09:00:00", "02/10/2026", "start", "not_a_time"),
        ("2026", "0001", "start", "not_a_time"),
        (",3,", ",3.5,", "duration_s", "not_a_number"),
        (",3,", ",-3,", "duration_s", "negative"),
        (",70,", ",0.70,", "long_distance_fen", "not_a_number"),
        (",70,", ",99999999999,", "long_distance_fen", "too_large"),
        ("01012345678", "0" * 41, "other_party", "too_many_characters"),
    ],
)
def test_a_bad_value_is_named_by_line_and_column(good: str, bad: str, column: str, reason: str) -> None:
    """The second record is bad: the whole file is refused, and line 3 is named."""
    second = GOOD.replace("09:00", "10:00")
    assert faults(
        HEADER + GOOD + second.replace("10:00", "09:00" if "09:00" in good else "10:00").replace(good, bad, 1)
    )[0] == (
        3,
        column,
        reason,
    )


def test_every_bad_row_is_reported() -> None:
    """Two bad rows and one with two bad columns: four faults, in the order of the file."""
    rows = ["13900000001,,call,2026-10-02T09:00:00+08:00,,,\n", GOOD, "x,,sms,yesterday,,,\n", "a,b\n"]
    assert [(fault.line, fault.column) for fault in faults(HEADER + "".join(rows))] == [
        (2, "kind"),
        (4, "served_msisdn"),
        (4, "start"),
        (5, ""),
    ]


@pytest.mark.parametrize("apart", [0, imports.CHUNK_ROWS + 5])
def test_a_record_twice_in_a_file_is_refused(apart: int) -> None:
    """The same record again is a duplicate, next to the first one or many rows later, in whatever zone it is written."""
    between = "".join(f"1390000{number:04},,sms,2026-10-02T09:00:00+08:00,,,\n" for number in range(1000, 1000 + apart))
    again = GOOD.replace("09:00:00+08:00", "01:00:00Z")
    assert faults(HEADER + GOOD + between + again) == [(apart + 3, "", "duplicate")]


def test_a_record_stored_before_is_refused() -> None:
    """The same file a second time adds nothing."""
    read(HEADER + GOOD)
    assert faults(HEADER + GOOD) == [(2, "", "duplicate")]
    assert kept() == 1


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("served_msisdn,kind\n", (1, "start", "missing_column")),
        (HEADER.replace("duration_s", "seconds"), (1, "seconds", "unknown_column")),
        (HEADER.replace("duration_s", "kind"), (1, "kind", "repeated_column")),
    ],
)
def test_a_header_must_be_understood(header: str, expected: tuple[int, str, str]) -> None:
    """A column that is missing, unknown or there twice refuses the file before any row is read."""
    assert faults(header + GOOD) == [expected]


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (codecs.BOM_UTF8 + b"\xff\xfe", "encoding"), (b"served_msisdn\xff\xff\n", "encoding")],
)
def test_a_file_must_be_text(content: bytes, reason: str) -> None:
    """Nothing, and what is neither UTF-8 nor GB18030, is refused as a whole."""
    assert faults(content) == [(0, "", reason)]


def test_a_file_has_a_greatest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file beyond the limit is refused while it is read, however good its rows are."""
    monkeypatch.setattr(imports, "MOST_BYTES", 100)
    assert faults(HEADER + GOOD) == [(0, "", "too_long")]


def test_broken_quotes_are_named_by_line() -> None:
    """A quote that is never closed ends the reading with the line it was found on."""
    assert faults(HEADER + GOOD + '"13900000001,') == [(3, "", "unreadable")]


def test_faults_have_an_end() -> None:
    """A file of nothing but bad rows reports the first 200."""
    assert len(faults(HEADER + "x,,sms,2026-10-02T09:00:00+08:00,,,\n" * 300)) == imports.MOST_FAULTS
