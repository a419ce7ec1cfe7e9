"""Verification: proving that a case's record has not been altered and that the engine, run again, does what it says.

Five questions: is the chain whole and signed, is the definition the one it was begun with, does folding the history give the living rows,
does running the recorded inputs again give the recorded steps, and is the stored state the one that the last of them led to. Nothing is
changed. What money moved is the office's question (`office.verification`).
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import String, cast, select

from engine import again, calendars, comparison, history, sealing, versions
from engine.calendars import UnknownCalendar
from engine.comparison import Folded
from engine.definitions.compiled import Definition
from engine.errors import EngineError
from engine.execution import UnknownInstance
from engine.history import GENESIS, INSTANCE, Entry, chain
from engine.language.calendar import Calendar
from engine.spiff.run import Run
from engine.steps import Step
from models.base import session
from models.definition import ProcessDefinition
from models.entry import HistoryEntry
from models.identity import Department
from models.instance import CaseKey, ProcessInstance

AT_ONCE = 100


@dataclass(frozen=True)
class Deviation:
    """What does not agree: `kind` is one of KINDS, `seq` the entry since which it may be so, `what` the particulars."""

    instance_id: int
    kind: str
    seq: int
    what: str


KINDS = ("chain", "mac", "head", "key", "definition", "calendar", "rows", "steps", "state", "ledger", "missing")


@dataclass(frozen=True)
class Verdict:
    """What came of verifying a case. Of an erased one only the chain can be checked; `steps` are for whoever compares more."""

    instance_id: int
    business_key: str
    entries: int
    erased: bool
    deviations: tuple[Deviation, ...]
    history: list[Entry] = field(repr=False, compare=False, default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing contradicts the record."""
        return not self.deviations


class _Broken(Exception):
    """What keeps the rest of a case from being looked at."""

    def __init__(self, kind: str, seq: int, what: str) -> None:
        self.kind, self.seq, self.what = kind, seq, what
        super().__init__(what)


def verify(instance_id: int) -> list[Deviation]:
    """Everything about a case that contradicts its record; empty when all is well. Errors: UnknownInstance."""
    for verdict in verify_each([instance_id]):
        return list(verdict.deviations)
    raise UnknownInstance(instance=instance_id)


def verify_each(ids: Iterable[int]) -> Iterator[Verdict]:
    """The verdicts on these instances; ids that name none are left out."""
    wanted = list(ids)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        examined = _Examined(some)
        for row in comparison.instances(some):
            yield examined.verdict(row)


def every_instance() -> list[int]:
    """The ids of all instances, oldest first."""
    return list(session().scalars(select(ProcessInstance.id).order_by(ProcessInstance.id)))


class _Examined:
    """What is read once for many instances: history, keys, rows, definitions, calendars, departments."""

    def __init__(self, ids: Sequence[int]) -> None:
        self.stored = _stored(INSTANCE, [str(id) for id in ids])
        keys = select(CaseKey.instance_id, CaseKey.wrapped).where(CaseKey.instance_id.in_(ids))
        self.keys = dict(session().execute(keys).all())
        self.living = comparison.living(ids)
        self.codes = {name: code for code, name in session().execute(select(Department.code, Department.name_zh))}
        self._fingerprints: dict[int, str | None] = {}
        self._calendars: dict[str, Calendar] = {}

    def verdict(self, row: Any) -> Verdict:
        """The verdict on one of them."""
        stored, erased = self.stored[str(row.id)], row.id not in self.keys
        entries: list[Entry] = []
        found: list[Deviation] = []
        try:
            documents = _chain(row, stored)
            if not erased:
                key = _key(self.keys[row.id])
                entries = [_opened(one, read, key) for one, read in zip(stored, documents, strict=True)]
                found += self._rows(row, entries)
                found += self._again(row, entries, key)
        except _Broken as broken:
            found.append(Deviation(row.id, broken.kind, broken.seq, broken.what))
        return Verdict(row.id, row.business_key, len(stored), erased, tuple(found), entries)

    def _rows(self, row: Any, entries: list[Entry]) -> Iterator[Deviation]:
        folded = Folded(row.business_key)
        for entry in entries:
            folded.entry(entry)
        for what, since in comparison.compare(row, folded, self.living.tables(row.id)):
            yield Deviation(row.id, "rows", since, what)

    def _again(self, row: Any, entries: list[Entry], key: bytes) -> Iterator[Deviation]:
        """Running the recorded inputs again must give the recorded steps, and in the end the stored state."""
        definition = self._definition(row, entries[0].steps[0])
        state: dict[str, Any] | None = None
        for entry in entries:
            run = self._run(definition, entries[0], entry, state)
            try:
                again.command(run, entry.steps)
            except EngineError as error:
                raise _Broken("steps", entry.seq, f"cannot be run again: {error.code}") from error
            difference = again.difference(entry.steps, again.with_groups(run.steps, self.codes))
            if difference:
                raise _Broken("steps", entry.seq, difference)
            state = run.state()
        if not _keeps(row, key, state):
            yield Deviation(
                row.id, "state", entries[-1].seq, "the stored state is not the one that the history leads to"
            )

    def _run(self, definition: Definition, first: Entry, entry: Entry, state: dict[str, Any] | None) -> Run:
        return Run(
            definition,
            at=entry.at,
            accepted_at=first.at,
            calendar=self._calendar(entry),
            perform=again.answers(entry.steps),
            state=state,
            rules=first.steps[0].get("rules", 1),
        )

    def _definition(self, row: Any, started: Step) -> Definition:
        """The version the case was begun with, its package still what its fingerprint says."""
        if row.definition_id not in self._fingerprints:
            self._fingerprints[row.definition_id] = _fingerprint(row.definition_id)
        fingerprint = self._fingerprints[row.definition_id]
        if fingerprint != started["sha256"] or row.key != started["process"]:
            raise _Broken("definition", 1, f"{row.key} is not the version that the case was begun with")
        return versions.by_id(row.definition_id, started["sha256"])

    def _calendar(self, entry: Entry) -> Calendar:
        fingerprint = entry.calendar
        if fingerprint not in self._calendars:
            calendar = _kept(fingerprint)
            if calendar is None or calendar.fingerprint() != fingerprint:
                raise _Broken("calendar", entry.seq, "the calendar it was reckoned with is missing or changed")
            self._calendars[fingerprint] = calendar
        return self._calendars[fingerprint]


def _kept(fingerprint: str) -> Calendar | None:
    try:
        return calendars.kept(fingerprint)
    except (UnknownCalendar, ValueError, KeyError, TypeError):
        return None  # what was written over it need not even be a calendar


def _stored(stream: str, ids: Sequence[str]) -> dict[str, list[Any]]:
    """Rows of history by stream id, in order, as they stand in the database."""
    table = HistoryEntry.__table__
    query = select(table).where(table.c.stream == stream, table.c.stream_id.in_(ids))
    found: dict[str, list[Any]] = defaultdict(list)
    for row in session().execute(query.order_by(table.c.stream_id, table.c.sequence)):
        found[row.stream_id].append(row)
    return found


def _chain(row: Any, stored: list[Any]) -> list[dict[str, Any]]:
    """What the entries say, when they are whole, in order, signed by this office, and the instance ends where they do."""
    documents = list(_followed(INSTANCE, str(row.id), stored))
    head = stored[-1].hash if stored else GENESIS
    if not stored or (row.sequence, row.head) != (len(stored), head):
        raise _Broken("head", len(stored), f"instance ends at {row.sequence}, history at {len(stored)}")
    return documents


def _followed(stream: str, stream_id: str, stored: list[Any]) -> Iterator[dict[str, Any]]:
    previous = GENESIS
    for number, entry in enumerate(stored, start=1):
        if entry.sequence != number:
            raise _Broken("chain", number, "entry missing")
        if entry.previous != previous or entry.hash != chain(previous, entry.body):
            raise _Broken("chain", number, "hash does not follow")
        if not hmac.compare_digest(entry.mac, sealing.mac(entry.hash)):
            raise _Broken("mac", number, "not signed by this office")
        document = history.document(entry.body)
        signed = tuple(document[name] for name in ("stream", "id", "seq", "by", "at"))
        if signed != (stream, stream_id, number, entry.actor, entry.at):
            raise _Broken("chain", number, "columns differ from the signed body")
        previous = entry.hash
        yield document


def _key(wrapped: bytes) -> bytes:
    try:
        return sealing.unwrap(wrapped)
    except sealing.Unreadable as error:
        raise _Broken("key", 1, "the key of the case does not open") from error


def _opened(stored: Any, document: dict[str, Any], key: bytes) -> Entry:
    try:
        steps = sealing.reveal(key, document["steps"])
    except sealing.Unreadable as error:
        raise _Broken("key", stored.sequence, "sealed values do not open with the key of the case") from error
    return Entry(stored.sequence, stored.at, stored.actor, steps, stored.hash, document["calendar"])


def _keeps(row: Any, key: bytes, state: dict[str, Any] | None) -> bool:
    """Whether the stored state is this one; a case that is over keeps none."""
    if row.state != "active":
        return not row.state_blob
    try:
        stored = orjson.loads(sealing.unseal(key, row.state_blob))
    except (sealing.Unreadable, ValueError):
        return False
    return bool(stored == orjson.loads(orjson.dumps(state)))


def _fingerprint(definition_id: int) -> str | None:
    """The fingerprint of a version's package as it stands; None when there is none, or its own column says otherwise."""
    query = select(ProcessDefinition.package, ProcessDefinition.sha256).where(ProcessDefinition.id == definition_id)
    found = session().execute(query).first()
    if found is None or hashlib.sha256(found.package).hexdigest() != found.sha256:
        return None
    return str(found.sha256)


def verify_definitions() -> list[Deviation]:
    """Every published version against the history of its publication. `instance_id` is 0: no case is concerned yet."""
    table = ProcessDefinition.__table__
    rows = {(row.key, row.version): row for row in session().execute(select(table))}
    streams = select(HistoryEntry.stream_id).where(HistoryEntry.stream == "definition").distinct()
    keys = {key for key, _ in rows} | set(session().scalars(streams))
    stored = _stored("definition", sorted(keys))
    found = []
    for key in sorted(keys):
        try:
            said = _publications(key, stored[key])
        except _Broken as broken:
            found.append(Deviation(0, broken.kind, broken.seq, f"definition {key}: {broken.what}"))
            continue
        theirs = {version: row for (of, version), row in rows.items() if of == key}
        found += _compare_publications(key, said, theirs)
    return found


def _publications(key: str, stored: list[Any]) -> dict[int, dict[str, Any]]:
    said = {}
    for document in _followed("definition", key, stored):
        for step in document["steps"]:
            if step["type"] == "definition_published":
                said[step["version"]] = {**step, "seq": document["seq"], "by": document["by"], "at": document["at"]}
    return said


def _compare_publications(key: str, said: dict[int, dict[str, Any]], rows: dict[int, Any]) -> Iterator[Deviation]:
    for version in sorted(said.keys() | rows.keys()):
        step, row = said.get(version), rows.get(version)
        if step is None or row is None:
            yield Deviation(
                0, "definition", step["seq"] if step else 0, f"definition {key} {version} is missing on one side"
            )
            continue
        expected = (step["sha256"], step["by"], step["at"], step["note"], step["approved_by"])
        actual = (row.sha256, row.published_by, row.published_at, row.note, row.approved_by)
        whole = hashlib.sha256(row.package).hexdigest() == row.sha256
        if actual != expected or not whole or versions.by_id(row.id, row.sha256).name != row.name:
            yield Deviation(0, "definition", step["seq"], f"definition {key} {version} is not as it was published")


def verify_streams() -> list[Deviation]:
    """Histories whose instance is gone, and the chains of all streams that belong to people."""
    theirs = select(cast(ProcessInstance.id, String))
    streams = select(HistoryEntry.stream_id).where(HistoryEntry.stream == INSTANCE).distinct()
    orphans = session().scalars(streams.where(HistoryEntry.stream_id.not_in(theirs)))
    found = [
        Deviation(int(id) if id.isdecimal() else 0, "missing", 0, f"instance {id} is gone") for id in sorted(orphans)
    ]
    users = select(HistoryEntry.stream_id).where(HistoryEntry.stream == "user").distinct()
    for user, stored in _stored("user", list(session().scalars(users))).items():
        try:
            list(_followed("user", user, stored))
        except _Broken as broken:
            found.append(Deviation(0, broken.kind, broken.seq, f"user {user}: {broken.what}"))
    return found
