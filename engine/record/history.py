"""The log: one append-only entry per commit of a stream, each holding the hash of the one before it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, NotRequired, TypedDict, TypeVar, cast

import orjson
from sqlalchemy import bindparam, select

from engine.ground.errors import Corrupt
from engine.language import values
from engine.record import heads, sealing
from engine.record.case_steps import CaseStep, Started
from engine.record.columns import EntryRow
from engine.record.heads import BEGINNING, SCHEMA, Head
from engine.record.steps import Step
from engine.runtime.personal import SAID, Personal
from models import writes
from models.base import connection
from models.entry import HistoryEntry
from models.writes import Write

S = TypeVar("S", bound=Mapping[str, object])
AT_ONCE = 500  # streams that one statement asks for
NOTHING = Personal(frozenset())
_SEALED, _TAGGED = f'"{sealing.SEALED}"'.encode(), f'"{values.TAG}'.encode()


class BrokenChain(Corrupt):
    """The history has been altered."""


class Document(TypedDict):
    """What the body of an entry says; `v` since the second schema, `request` of an entry that answers one with a key."""

    v: NotRequired[int]
    stream: str
    id: str
    seq: int
    at: datetime
    by: str
    calendar: str
    request: NotRequired[str]
    steps: list[Step]


@dataclass(frozen=True)
class Entry(Generic[S]):
    """One commit of a stream whose steps are S: who did it, when, and its steps with personal values readable unless the case was erased.

    `calendar` is the fingerprint of the calendar reckoned with, `request` that of the request answered, when it had a key. `body` is what was
    signed, `mac` the signature, `doubt` the kind of deviation when the row is not what was signed. `schema` counts how entries have been written.
    """

    seq: int
    at: datetime
    actor: str
    steps: list[S]
    hash: bytes
    calendar: str = ""
    request: str = ""
    body: bytes = field(default=b"", repr=False)
    mac: bytes = field(default=b"", repr=False)
    doubt: str = ""
    schema: int = 1


CaseEntry = Entry[CaseStep]


def beginning(entries: Sequence[CaseEntry]) -> Started:
    """Return the step with which a case began, of the entries of its whole history."""
    return cast(Started, entries[0].steps[0])


def entry(
    stream: str,
    stream_id: str,
    head: Head,
    steps: Sequence[Mapping[str, object]],
    *,
    by: str,
    at: datetime,
    case_key: bytes | None = None,
    personal: Personal = NOTHING,
    calendar: str = "",
    request: str = "",
) -> tuple[Head, Write]:
    """Return the entry after `head`, to be sent with what it tells of, and the head it makes; what is `personal` in it is sealed before they are hashed.

    `calendar` is the fingerprint of the business calendar that limits were reckoned with, `request` that of a request with a key.
    """
    sealed_steps = sealing.hide(case_key, personal, steps) if case_key is not None else steps
    document: dict[str, object] = {
        "v": SCHEMA,
        "stream": stream,
        "id": stream_id,
        "seq": head.seq + 1,
        "at": at,
        "by": by,
    }
    document |= {"calendar": calendar}
    document |= {"request": request} if request else {}
    body = values.canonical({**document, "steps": sealed_steps})
    digest = chain(head.hash, body)
    row = {"stream": stream, "stream_id": stream_id, "sequence": head.seq + 1, "at": at, "actor": by, "body": body}
    signed = {**row, "previous": head.hash, "hash": digest, "mac": sealing.mac(digest)}
    return Head(head.seq + 1, digest), writes.insertion(HistoryEntry.__table__, signed)


def append(stream: str, stream_id: str, steps: Sequence[Mapping[str, object]], *, by: str, at: datetime) -> None:
    """Add an entry without personal values at the end of a person's or a definition's stream, which stays locked until the commit."""
    place = heads.enter(stream, stream_id)
    after, write = entry(stream, stream_id, place.head, steps, by=by, at=at)
    writes.send([write, heads.change(place.after(after))])


def chain(previous: bytes, body: bytes) -> bytes:
    """Return the hash that binds a body to what came before it."""
    return hashlib.sha256(previous + body).digest()


def read_history(
    stream: str, stream_id: str, case_key: bytes | None = None, upto: int | None = None
) -> list[Entry[Any]]:
    """Return the entries of a stream in order, the chain checked. Errors: BrokenChain."""
    return list(_checked(rows(stream, stream_id, upto), stream_id, case_key))


def read_whole(stream: str, stream_id: str, case_key: bytes | None = None) -> list[Entry[Any]]:
    """Return the entries of a stream as far as its chain holds."""
    entries: list[Entry[Any]] = []
    with suppress(BrokenChain):
        entries.extend(_checked(rows(stream, stream_id), stream_id, case_key))
    return entries


_ENTRY = HistoryEntry.__table__
_OF_STREAM = (
    select(_ENTRY)
    .where(
        _ENTRY.c.stream == bindparam("stream"),
        _ENTRY.c.stream_id == bindparam("stream_id"),
        _ENTRY.c.sequence >= bindparam("since"),
        _ENTRY.c.sequence <= bindparam("upto"),
    )
    .order_by(_ENTRY.c.sequence)
)
MOST_ENTRIES = 2**31 - 1


def read_end(stream: str, stream_id: str, head: Head, since: int, case_key: bytes | None = None) -> list[Entry[Any]]:
    """Return the entries of a stream from `since` on, the chain checked from them to the head it has to end at. Errors: BrokenChain."""
    stored = rows(stream, stream_id, head.seq, since)
    if not stored or (stored[-1].sequence, stored[-1].hash) != (head.seq, head.hash):
        raise BrokenChain(stream=stream_id, seq=head.seq)
    return list(_checked(stored, stream_id, case_key, Head(since - 1, stored[0].previous)))


def rows(stream: str, stream_id: str, upto: int | None = None, since: int = 1) -> Sequence[EntryRow]:
    """Return the stored rows of a stream in order."""
    last = MOST_ENTRIES if upto is None else upto
    bounds = {"stream": stream, "stream_id": stream_id, "since": since, "upto": last}
    return connection().execute(_OF_STREAM, bounds).all()


def bodies(stream: str, stream_ids: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Yield (stream id, body as it is stored) of every entry of several streams, each in its order; no chain is checked."""
    ids = sorted(stream_ids)
    for start in range(0, len(ids), AT_ONCE):
        condition = HistoryEntry.stream_id.in_(ids[start : start + AT_ONCE])
        query = select(HistoryEntry.stream_id, HistoryEntry.body).where(HistoryEntry.stream == stream, condition)
        found_rows = connection().execute(query.order_by(HistoryEntry.stream_id, HistoryEntry.sequence))
        yield from ((str(row.stream_id), bytes(row.body)) for row in found_rows)


def _checked(
    stored: Sequence[EntryRow], stream_id: str, case_key: bytes | None, before: Head = BEGINNING
) -> Iterator[Entry[Any]]:
    previous = before.hash
    for number, row in enumerate(stored, start=before.seq + 1):
        if row.sequence != number or row.previous != previous:
            raise BrokenChain(stream=stream_id, seq=number)
        previous = row.hash
        yield opened(row, case_key)


def opened(row: EntryRow, case_key: bytes | None = None) -> Entry[Any]:
    """Return one stored row, as it was when it was written. Errors: BrokenChain."""
    is_stored = all(isinstance(cell, bytes) for cell in (row.previous, row.body, row.hash, row.mac))
    if not is_stored or row.hash != chain(row.previous, row.body):
        raise BrokenChain(stream=row.stream_id, seq=row.sequence)
    entry = told(row, document(row.body), case_key)
    kind = _doubt(row, entry)
    return replace(entry, doubt=kind) if kind else entry


def told(row: EntryRow, content: Document, case_key: bytes | None, erased: object = None) -> Entry[Any]:
    """Return what the signed body of a row says, with `erased` in the place of what no key opens. Errors: Unreadable.

    The columns beside the body are for searching; nobody is told of them.
    """
    steps = content["steps"]
    if _SEALED in row.body:
        steps = [_step(step, case_key, erased) for step in steps]
    request, schema = content.get("request", ""), content.get("v", 1)
    place = content["seq"], content["at"], content["by"]
    return Entry(*place, steps, row.hash, content["calendar"], request, row.body, row.mac, "", schema)


def steps_left(body: bytes, erased: str) -> list[Step]:
    """Return the steps of a body as far as they can be read without the key of their case: `erased` stands where something was sealed."""
    steps: list[Step] = sealing.reveal(None, document(body)["steps"], erased)
    return steps


def _step(step: Step, case_key: bytes | None, erased: object) -> Step:
    """Reveal a step. Records of earlier versions sealed whole forms and values; when they are erased, nothing is left in them."""
    if case_key is None:
        sealed = [place for place in SAID if sealing.is_sealed(step.get(place))]
        step = {**step, **{place: {} for place in sealed if step["type"] != "user_task_created"}} if sealed else step
    revealed: Step = sealing.reveal(case_key, step, erased)
    return revealed


def _doubt(row: EntryRow, entry: Entry[Any]) -> str:
    if (row.sequence, row.actor, row.at) != (entry.seq, entry.actor, entry.at):
        return "columns"
    return "" if hmac.compare_digest(row.mac, sealing.mac(row.hash)) else "mac"


def holds_clear(body: bytes, personal: Personal) -> bool:
    """Tell whether something personal stands in a body unsealed, as in records from before it was known to be personal."""
    clear: list[Any] = []
    for step in document(body)["steps"]:
        personal.replaced(step, lambda value: value if sealing.is_sealed(value) else clear.append(value))
    return bool(clear)


def document(body: bytes) -> Document:
    """Return what a stored body says, personal values still sealed."""
    content: dict[str, object] = orjson.loads(body)
    tagged = body.count(_TAGGED)
    if tagged > 1 and tagged - body.count(_SEALED) == 1 and type(content["at"]) is dict:
        tagged = 1  # what is sealed is no tag, and in the instant of the entry stands the one that there is
    if tagged == 1 and type(content["at"]) is dict:
        return _read({**content, "at": values.unpack(content["at"])})
    return _read(values.unpack(content) if tagged else content)


def _read(unpacked: Any) -> Document:
    content: Document = unpacked
    return content
