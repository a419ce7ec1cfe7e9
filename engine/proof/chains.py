"""Streams as they stand in the database, followed entry by entry up to their signed heads; what contradicts is a deviation."""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from engine.record import history, sealing
from engine.record.columns import EntryRow
from engine.record.heads import GENESIS, REGISTER, ROOT, SCHEMA, Head, Place
from engine.record.history import Document, chain
from models import cells
from models.cells import as_stored
from models.entry import HistoryEntry
from models.head import StreamHead

BREAKS = ("chain", "columns", "mac", "head")


@dataclass(frozen=True)
class Deviation:
    """What does not agree: `kind` is one of KINDS or of those that an office's own verification adds, `seq` the entry since which it may be so, `what` the particulars."""

    instance_id: int
    kind: str
    seq: int
    what: str


KINDS = (
    "chain",
    "columns",
    "mac",
    "head",
    "key",
    "definition",
    "calendar",
    "rows",
    "cell",
    "steps",
    "state",
    "missing",
    "unverifiable",
)


class Broken(Exception):
    """What keeps the rest of a case from being looked at."""

    def __init__(self, kind: str, seq: int, detail: str) -> None:
        self.kind, self.seq, self.detail = kind, seq, detail
        super().__init__(detail)


def stored_rows(stream: str, ids: Sequence[str]) -> dict[str, list[EntryRow]]:
    """Return rows of history by stream id, in order, as they stand in the database."""
    table = HistoryEntry.__table__
    query = select(*map(as_stored, table.columns)).where(table.c.stream == stream, table.c.stream_id.in_(ids))
    by_id: dict[str, list[EntryRow]] = defaultdict(list)
    rows: list[EntryRow] = cells.rows(query.order_by(table.c.stream_id, table.c.sequence))
    for row in rows:
        by_id[row.stream_id].append(row)
    return by_id


def followed(stream: str, stream_id: str, stored: list[EntryRow]) -> Iterator[Document]:
    """Yield what the bodies of a stream say, personal values still sealed, each checked against the one before it. Errors: Broken."""
    previous = GENESIS
    for number, entry in enumerate(stored, start=1):
        for name in cells.unreadable(entry):
            raise Broken("chain", number, f"entry {number}.{name} holds nothing that can stand there")
        if entry.sequence != number:
            raise Broken("chain", number, "entry missing")
        if entry.previous != previous or entry.hash != chain(previous, entry.body):
            raise Broken("chain", number, "hash does not follow")
        if not hmac.compare_digest(entry.mac, sealing.mac(entry.hash)):
            raise Broken("mac", number, "not signed by this office")
        document = history.document(entry.body)
        signed = (document["stream"], document["id"], document["seq"], document["by"], document["at"])
        if signed != (stream, stream_id, number, entry.actor, entry.at):
            raise Broken("columns", number, "columns differ from the signed body")
        previous = entry.hash
        yield document


def are_registers_open() -> bool:
    """Tell whether streams have been given heads and numbers here, so that each must have one."""
    root = (StreamHead.stream == REGISTER, StreamHead.stream_id == ROOT)
    return bool(cells.rows(select(as_stored(StreamHead.stream)).where(*root)))


def check_head(place: Place, stored: Sequence[EntryRow], *, opened: bool) -> None:
    """Check that a stream ends where its head says, and that the office signed that; before registers were `opened` nothing needed to be. Errors: Broken."""
    end = Head(len(stored), stored[-1].hash if stored else GENESIS)
    if not stored or place.head != end:
        same = place.head.seq == end.seq
        difference = (
            "the head names another last entry"
            if same
            else f"the head is entry {place.head.seq}, the history ends at {end.seq}"
        )
        raise Broken("head", end.seq, difference)
    if not place.is_signed and (opened or place.mac or schema(stored[-1]) >= SCHEMA):
        raise Broken("head", end.seq, "the end of the history is not signed by this office")


def schema(stored: EntryRow) -> int:
    """Return how an entry was written; 1 for one that does not say."""
    return history.document(stored.body).get("v", 1)
