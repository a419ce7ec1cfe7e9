"""Verification of what belongs to no single case: published versions, the streams of people, and the registers that number all streams.

What was deleted whole leaves nothing to contradict. It is missed all the same: its number in the register is there no more, and neither the
signed count of the register nor another stream can be put in its place without the office's key.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import NamedTuple, Protocol, cast

from sqlalchemy import String, select
from sqlalchemy import cast as as_type

from engine.proof.chains import Broken, Deviation, are_registers_open, check_head, followed, schema, stored_rows
from engine.published import versions
from engine.published.definition_steps import DefinitionStep, Published
from engine.record.columns import EntryRow, Streamed, StreamHeadRow, VersionRow
from engine.record.heads import INSTANCE, REGISTER, ROOT, SCHEMA, Head, Place
from models import cells
from models.cells import UNREADABLE, as_stored
from models.definition import ProcessDefinition
from models.entry import HistoryEntry
from models.head import StreamHead
from models.instance import ProcessInstance

USER = "user"


class _Named(Protocol):
    """What the row of a case says of its number."""

    @property
    def key(self) -> object: ...
    @property
    def business_key(self) -> object: ...
    @property
    def ordinal(self) -> object: ...


NAMES = {
    REGISTER: "the register of {id}",
    USER: "the history of user {id}",
    "definition": "the history of definition {id}",
}


def verify_definitions() -> list[Deviation]:
    """Verify every published version against the history of its publication. `instance_id` is 0: no case is concerned yet."""
    table = ProcessDefinition.__table__
    rows: dict[tuple[str, int], VersionRow] = {}
    deviations = []
    versions_stored: list[VersionRow] = cells.rows(select(*map(as_stored, table.columns)))
    for row in versions_stored:
        wrong = cells.unreadable(row)
        deviations += [Deviation(0, "cell", 0, f"definition {row.id}.{name}") for name in wrong]
        if not {"key", "version"} & set(wrong):
            rows[row.key, row.version] = row
    ends = _Ends("definition")
    keys = {key for key, _ in rows} | ends.ids
    stored = stored_rows("definition", sorted(keys))
    for key in sorted(keys):
        try:
            publications = _publications(key, stored[key])
            ends.check(key, stored[key])
        except Broken as broken:
            deviations.append(Deviation(0, broken.kind, broken.seq, f"definition {key}: {broken.detail}"))
            continue
        of_key = {version: row for (of, version), row in rows.items() if of == key}
        deviations += _compare_publications(key, publications, of_key)
    return deviations


class _Publication(NamedTuple):
    """A version came into force, as the history says: by whom, when and in which entry."""

    step: Published
    by: str
    at: datetime
    seq: int


def _publications(key: str, stored: list[EntryRow]) -> dict[int, _Publication]:
    publications = {}
    for document in followed("definition", key, stored):
        for step in cast(list[DefinitionStep], document["steps"]):
            if step["type"] == "definition_published":
                publications[step["version"]] = _Publication(step, document["by"], document["at"], document["seq"])
    return publications


def _compare_publications(
    key: str, publications: dict[int, _Publication], rows: dict[int, VersionRow]
) -> Iterator[Deviation]:
    for version in sorted(publications.keys() | rows.keys()):
        publication, row = publications.get(version), rows.get(version)
        if publication is None or row is None:
            yield Deviation(
                0,
                "definition",
                publication.seq if publication else 0,
                f"definition {key} {version} is missing on one side",
            )
            continue
        step, by, at, seq = publication
        expected = (step["sha256"], by, at, step["note"], step["approved_by"])
        actual = (row.sha256, row.published_by, row.published_at, row.note, row.approved_by)
        if actual != expected or not _is_whole(row):
            yield Deviation(0, "definition", seq, f"definition {key} {version} is not as it was published")


def _is_whole(row: VersionRow) -> bool:
    """Tell whether a version's package is the one of its fingerprint, and its name the one of its diagram."""
    if row.package is UNREADABLE or hashlib.sha256(row.package).hexdigest() != row.sha256:
        return False
    return versions.by_id(row.id, row.sha256).name == row.name


def verify_streams() -> list[Deviation]:
    """Return histories whose instance is gone, and the chains and heads of all streams that belong to people."""
    cases = select(as_type(ProcessInstance.id, String))
    streams = select(as_stored(HistoryEntry.stream_id)).where(HistoryEntry.stream == INSTANCE).distinct()
    orphans: list[Streamed] = cells.rows(streams.where(HistoryEntry.stream_id.not_in(cases)))
    deviations = [_orphan(str(row.stream_id)) for row in sorted(orphans, key=lambda row: str(row.stream_id))]
    ends = _Ends(USER)
    stored = stored_rows(USER, sorted(ends.ids))
    for user in sorted(ends.ids):
        try:
            list(followed(USER, user, stored[user]))
            ends.check(user, stored[user])
        except Broken as broken:
            deviations.append(Deviation(0, broken.kind, broken.seq, f"user {user}: {broken.detail}"))
    return deviations


def _orphan(id: str) -> Deviation:
    return Deviation(int(id) if id.isdecimal() else 0, "missing", 0, f"instance {id} is gone")


class _Ends:
    """The heads of the streams of one kind, and the ids of all that have entries or a head."""

    def __init__(self, stream: str) -> None:
        self.stream, self.opened = stream, are_registers_open()
        streams = select(as_stored(HistoryEntry.stream_id)).where(HistoryEntry.stream == stream).distinct()
        self._places = {place.stream_id: place for place in _places() if place.stream == stream}
        entries: list[Streamed] = cells.rows(streams)
        with_entries = {row.stream_id for row in entries}
        self.ids = {id for id in with_entries | self._places.keys() if id is not UNREADABLE}

    def check(self, stream_id: str, stored: list[EntryRow]) -> None:
        """Check the end of a stream against its head. Errors: Broken."""
        place = self._places.get(stream_id)
        if place is not None:
            check_head(place, stored, opened=self.opened)
        elif stored and (self.opened or schema(stored[-1]) >= SCHEMA):
            raise Broken("head", len(stored), "the head of the history is gone")


def _places() -> list[Place]:
    """Return everything in `stream_head`, as it stands there."""
    rows: list[StreamHeadRow] = cells.rows(select(*map(as_stored, StreamHead.__table__.columns)))
    return [
        Place(row.stream, row.stream_id, ROOT, row.ordinal, Head(row.sequence, row.head), row.mac)
        for row in rows
        if not cells.unreadable(row)  # told of by table and column
    ]


def verify_registers() -> list[Deviation]:
    """Verify that every number that a register has given is that of a stream which is there, and that no other number is."""
    places, cases = _places(), _cases()
    registers = {place.stream_id: place for place in places if place.stream == REGISTER}
    if ROOT not in registers:
        has_heads = bool(places) or any(row.ordinal is not None for row in cases)
        return [Deviation(0, "missing", 0, "the register of all streams is gone")] if has_heads else []
    streams: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for place in places:
        if (place.stream, place.stream_id) != (REGISTER, ROOT):
            streams[ROOT].append((place.ordinal or 0, NAMES[place.stream].format(id=place.stream_id)))
    for row in cases:
        if isinstance(row.ordinal, int) and isinstance(row.key, str):
            streams[row.key].append((row.ordinal, str(row.business_key)))
    deviations = [deviation for place in registers.values() for deviation in _register(place, streams[place.stream_id])]
    strays = sorted(streams.keys() - registers.keys())
    return deviations + [Deviation(0, "missing", 0, f"the register of {key} is gone") for key in strays]


def _cases() -> list[_Named]:
    columns = (ProcessInstance.key, ProcessInstance.business_key, ProcessInstance.ordinal)
    return cells.rows(select(*map(as_stored, columns)))


def _register(place: Place, streams: Iterable[tuple[int, str]]) -> Iterator[Deviation]:
    title = f"the register of {place.stream_id or 'all streams'}"
    if not place.is_signed:
        yield Deviation(0, "head", 0, f"{title} is not signed by this office")
    by_number = dict(streams)
    absent = sorted(set(range(1, place.head.seq + 1)) - by_number.keys())
    for first, last in _runs(absent):
        numbers = str(first) if first == last else f"{first} to {last}"
        beside = [
            f"{word} {by_number[at]}" for word, at in (("after", first - 1), ("before", last + 1)) if at in by_number
        ]
        yield Deviation(
            0, "missing", 0, f"{title}: number {numbers} is gone, {' and '.join(beside) or 'and all beside it'}"
        )
    twice = [number for number, times in Counter(number for number, _ in streams).items() if times > 1]
    beyond = [number for number in by_number if not 0 < number <= place.head.seq]
    for number in sorted({*twice, *beyond}):
        yield Deviation(0, "head", 0, f"{title}: it has not given number {number} to {by_number[number]}")


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of each run of numbers that follow each other."""
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        yield members[0], members[-1]
