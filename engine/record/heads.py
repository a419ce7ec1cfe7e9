"""Where streams end: a signed head for each, and registers that number streams, so that neither an end nor a whole stream goes unmissed.

A case has its head in its own row, people and definitions in `stream_head`. Each is signed together with the number that its stream has in a
register: cases in that of their process, everything else, registers included, in the register ROOT. A register only ever counts on, and how far
it has counted is signed as well. A head that does not bear the office's signature is never signed again: what was altered stays to be found.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Label, bindparam, func, select, update

from engine.record import sealing
from engine.record.columns import CaseEnd, LastEntry, Signed, StreamEnd
from models import writes
from models.base import bind, connection, in_turn
from models.entry import HistoryEntry
from models.head import StreamHead
from models.instance import ProcessInstance
from models.writes import Write

SCHEMA = 2  # of entries: since the second they say so, and have been written with a signed head beside them
GENESIS = bytes(32)
INSTANCE, REGISTER, ROOT = "instance", "register", ""
UNSIGNED = b""
AT_ONCE = 1_000


@dataclass(frozen=True)
class Head:
    """Where a stream ends."""

    seq: int
    hash: bytes


BEGINNING = Head(0, GENESIS)


@dataclass(frozen=True)
class Place:
    """The head of a stream as it is kept, with the number of the stream in its register and the signature under both."""

    stream: str
    stream_id: str
    register: str
    ordinal: int | None
    head: Head
    mac: bytes | None

    @property
    def is_signed(self) -> bool:
        """Whether the office signed this head; what stands in its place in the database may be anything."""
        is_head = isinstance(self.mac, bytes) and isinstance(self.ordinal, int) and isinstance(self.register, str)
        return is_head and hmac.compare_digest(self.mac or UNSIGNED, self._signature())

    def signed(self) -> Place:
        """Return the same with the office's signature."""
        return replace(self, mac=self._signature())

    def after(self, head: Head) -> Place:
        """Return the stream with a later end; signed only if the one before was."""
        later = replace(self, head=head)
        return later.signed() if self.is_signed else replace(later, mac=UNSIGNED)

    def _signature(self) -> bytes:
        end = (self.register, self.ordinal, self.head.seq, self.head.hash.hex())
        return sealing.mac(orjson.dumps(["head", self.stream, self.stream_id, *end]))


_HEADS = StreamHead.__table__
_INSTANCE = ProcessInstance.__table__
_ENTRY = HistoryEntry.__table__
_ONE = select(_HEADS.c.ordinal, _HEADS.c.sequence, _HEADS.c.head, _HEADS.c.mac).where(
    _HEADS.c.stream == bindparam("of_stream"), _HEADS.c.stream_id == bindparam("of_id")
)
_NUMBER = select(_INSTANCE.c.ordinal, _INSTANCE.c.head_mac).where(_INSTANCE.c.id == bindparam("of_id"))
_ONE_FOR_CHANGE = _ONE.with_for_update()


def find(stream: str, stream_id: str, *, lock: bool = True) -> Place | None:
    """Return where a person's or definition's stream or a register stands; None when it has no head. Locked for change unless it is only looked at."""
    parameters = {"of_stream": stream, "of_id": stream_id}
    row: StreamEnd | None = connection().execute(_ONE_FOR_CHANGE if lock else _ONE, parameters).first()
    return Place(stream, stream_id, ROOT, row.ordinal, Head(row.sequence, row.head), row.mac) if row else None


def enter(stream: str, stream_id: str) -> Place:
    """Return the head of a stream that is not a case, locked for change; one without a head is numbered, and signed if nothing was in it."""
    place = find(stream, stream_id)
    if place is not None:
        return place
    root = _root()
    place = find(stream, stream_id)  # given one meanwhile, by whoever held the register or by its opening
    return place if place is not None else _begun(root, stream, stream_id)


def change(place: Place) -> Write:
    """Return the write that keeps the head of a stream which has entered."""
    end = {"sequence": place.head.seq, "head": place.head.hash, "mac": place.mac}
    return writes.change(_HEADS, end, stream=place.stream, stream_id=place.stream_id)


def counted(parameter: str) -> list[Label[Any]]:
    """Return what a statement has to answer for `next_case`: the register that the statement's parameter names, locked for change; nothing where it has not begun."""
    of_register = (_HEADS.c.stream == REGISTER, _HEADS.c.stream_id == bindparam(parameter))
    columns = (_HEADS.c.ordinal, _HEADS.c.sequence, _HEADS.c.head, _HEADS.c.mac)
    return [
        select(column).where(*of_register).with_for_update().scalar_subquery().label(f"register_{column.name}")
        for column in columns
    ]


def next_case(register: str, answer: tuple[int, int | None, bytes, bytes]) -> Place:
    """Return the register of a process with one more case in it; `answer` are the values of `counted`, in their order."""
    ordinal, sequence, head, mac = answer
    if sequence is None:
        place = enter(REGISTER, register)
    else:
        place = Place(REGISTER, register, ROOT, ordinal, Head(sequence, head), mac)
    return place.after(Head(place.head.seq + 1, GENESIS))


def of_case(instance_id: int, process: str, ordinal: int | None, head: Head, mac: bytes | None) -> Place:
    """Return the head of a case."""
    return Place(INSTANCE, str(instance_id), process, ordinal, head, mac)


def of_row(row: CaseEnd) -> Place:
    """Return the head of the case of a row that is locked for change; numbered before anything is written where it was not."""
    end = Head(row.sequence, row.head)
    if row.ordinal is not None:
        return of_case(row.id, row.key, row.ordinal, end, row.head_mac)
    open_registers()
    numbered: Signed = connection().execute(_NUMBER, {"of_id": row.id}).one()
    return of_case(row.id, row.key, numbered.ordinal, end, numbered.head_mac)


def columns(place: Place) -> dict[str, int | bytes | None]:
    """Return what the row of a case says of its head."""
    return {"sequence": place.head.seq, "head": place.head.hash, "ordinal": place.ordinal, "head_mac": place.mac}


def open_registers() -> None:
    """Sign and number what is there from before there were heads, once for an office; where it was done nothing happens."""
    _root()


def _root() -> Place:
    """Return the register of everything that is no case, locked for change."""
    place = find(REGISTER, ROOT)
    if place is None:
        in_turn(StreamHead)
        place = find(REGISTER, ROOT) or _opened()
    return place


def _begun(root: Place, stream: str, stream_id: str) -> Place:
    """Begin a stream with the next number of the root register. What it should have had a head for already stays unsigned."""
    head = _end(stream, stream_id)
    register = root.after(Head(root.head.seq + 1, GENESIS))
    place = Place(stream, stream_id, ROOT, register.head.seq, head, UNSIGNED)
    if register.is_signed and head == BEGINNING:
        place = place.signed()
    writes.send([change(register), _insertion(place)])
    return place


def _insertion(place: Place) -> Write:
    keys = {"stream": place.stream, "stream_id": place.stream_id, "ordinal": place.ordinal}
    head = {"sequence": place.head.seq, "head": place.head.hash, "mac": place.mac}
    return writes.insertion(_HEADS, {**keys, **head})


def _end(stream: str, stream_id: str) -> Head:
    """Return where the entries of a stream end."""
    entries = (_ENTRY.c.stream == stream, _ENTRY.c.stream_id == stream_id)
    query = select(_ENTRY.c.sequence, _ENTRY.c.hash).where(*entries).order_by(_ENTRY.c.sequence.desc()).limit(1)
    row: LastEntry | None = connection().execute(query).first()
    return Head(row.sequence, row.hash) if row else BEGINNING


def _opened() -> Place:
    """Begin the root register, which takes in what is there. Where something has been written with heads before, they were taken away: it stays unsigned."""
    root = Place(REGISTER, ROOT, ROOT, 0, BEGINNING, UNSIGNED)
    if any(_written_with_heads()):
        writes.send([_insertion(root)])
        return root
    places = [*_case_registers(), *_other_streams()]
    numbered = [replace(place, ordinal=number).signed() for number, place in enumerate(places, start=1)]
    root = replace(root, head=Head(len(numbered), GENESIS)).signed()
    writes.send([_insertion(place) for place in (root, *numbered)])
    return root


def _written_with_heads() -> Iterator[int]:
    """Yield the schema of every entry that has a later one than the first."""
    holds = {"sqlite": func.instr, "postgresql": func.pg_catalog.position}[bind().dialect.name]
    query = select(_ENTRY.c.body).where(holds(_ENTRY.c.body, b'"v":') > 0)
    for body in connection().execute(query).scalars():
        version = int(orjson.loads(body).get("v", 1))
        if version >= SCHEMA:
            yield version


def _case_registers() -> Iterator[Place]:
    """Yield the register of every process that has cases, all of which it numbers in the order they began in."""
    columns = [_INSTANCE.c[name] for name in ("id", "key", "sequence", "head")]
    counts: dict[str, int] = {}
    signed = []
    query = select(*columns).where(
        _INSTANCE.c.sequence > 0
    )  # the one that is just beginning is numbered by whoever begins it
    cases: Sequence[CaseEnd] = connection().execute(query.order_by(_INSTANCE.c.id)).all()
    for row in cases:
        counts[row.key] = counts.get(row.key, 0) + 1
        place = of_case(row.id, row.key, counts[row.key], Head(row.sequence, row.head), None).signed()
        signed.append({"of_id": row.id, "number": place.ordinal, "signature": place.mac})
    numbering = update(_INSTANCE).where(_INSTANCE.c.id == bindparam("of_id"))
    numbering = numbering.values(ordinal=bindparam("number"), head_mac=bindparam("signature"))
    for start in range(0, len(signed), AT_ONCE):
        connection().execute(numbering, signed[start : start + AT_ONCE])
    yield from (Place(REGISTER, key, ROOT, None, Head(count, GENESIS), None) for key, count in counts.items())


def _other_streams() -> Iterator[Place]:
    query = select(_ENTRY.c.stream, _ENTRY.c.stream_id).where(_ENTRY.c.stream != INSTANCE).distinct()
    for stream, stream_id in connection().execute(query.order_by(_ENTRY.c.stream, _ENTRY.c.stream_id)).all():
        yield Place(stream, stream_id, ROOT, None, _end(stream, stream_id), None)
