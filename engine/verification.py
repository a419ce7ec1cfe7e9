"""Verification: proving that a case's record has not been altered and that the engine, run again, does what it says.

Five questions: is the chain whole and signed, is the definition the one it was begun with, does folding the history give the living rows,
does running the recorded inputs again give the recorded steps, and is the stored state the one that the last of them led to. Nothing is
changed. Of a case whose personal data were erased the engine cannot be run again; everything else is asked all the same. What money moved is
the office's question (`office.verification`).
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import String, cast, select

from engine import again, calendars, comparison, history, jobs, sealing, versions
from engine.comparison import ERASED, Folded
from engine.definitions.compiled import Definition
from engine.errors import EngineError
from engine.execution import UnknownInstance
from engine.history import GENESIS, INSTANCE, Entry, chain
from engine.language.calendar import Calendar
from engine.spiff.run import Run
from engine.steps import Failed, Step
from models import cells
from models.base import session
from models.cells import UNREADABLE, as_stored
from models.definition import ProcessDefinition
from models.entry import HistoryEntry
from models.instance import CaseKey, ProcessInstance

AT_ONCE = 100
BREAKS = ("chain", "mac", "head")


@dataclass(frozen=True)
class Deviation:
    """What does not agree: `kind` is one of KINDS, `seq` the entry since which it may be so, `what` the particulars."""

    instance_id: int
    kind: str
    seq: int
    what: str


KINDS = (
    "chain",
    "mac",
    "head",
    "key",
    "definition",
    "calendar",
    "rows",
    "cell",
    "steps",
    "state",
    "ledger",
    "missing",
    "unverifiable",
)


@dataclass(frozen=True)
class Erasure:
    """The entry that tells of it: who had the personal data of a case erased, when and why; `extent` what went, as `engine.erasure` numbers it."""

    by: str
    at: datetime
    reason: str
    extent: int = field(default=1, compare=False)


@dataclass(frozen=True)
class Verdict:
    """What came of verifying a case; `history` are its entries up to where the chain holds, for whoever compares or tells more.

    `erasure` is the one that its history tells of, signed like everything else.
    """

    instance_id: int
    business_key: str
    entries: int
    erasure: Erasure | None
    deviations: tuple[Deviation, ...]
    history: list[Entry] = field(repr=False, compare=False, default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing contradicts the record."""
        return not self.deviations

    @property
    def whole(self) -> bool:
        """Whether `history` is everything that happened: chain, signatures and end hold."""
        return bool(self.history) and len(self.history) == self.entries and not self.broken

    @property
    def broken(self) -> bool:
        """Whether the chain itself does not hold."""
        return any(one.kind in BREAKS for one in self.deviations)


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
    """What is read once for many instances: history, keys, rows, definitions, calendars."""

    def __init__(self, ids: Sequence[int]) -> None:
        self.stored = _stored(INSTANCE, [str(id) for id in ids])
        keys = select(as_stored(CaseKey.instance_id), as_stored(CaseKey.wrapped)).where(CaseKey.instance_id.in_(ids))
        self.keys = {row.instance_id: row.wrapped for row in cells.rows(keys)}
        self.living = comparison.living(ids)
        self._fingerprints: dict[int, str] = {}
        self._calendars: dict[str, Calendar] = {}

    def verdict(self, row: Any) -> Verdict:
        """The verdict on one of them. What cannot even be looked at is a deviation of this one, and the others are looked at."""
        stored = self.stored[str(row.id)]
        case = _Case(row, stored)
        failed = jobs.survive(f"verifying {row.id}", lambda: self._examine(case))
        if isinstance(failed, Failed):
            case.found.append(Deviation(row.id, "unverifiable", len(stored), f"cannot be verified: {failed.kind}"))
        number = f"#{row.id}" if row.business_key is UNREADABLE else row.business_key
        return Verdict(row.id, number, len(stored), case.erasure, tuple(case.found), case.entries)

    def _examine(self, case: _Case) -> None:
        row = case.row
        case.found += [Deviation(row.id, "cell", 1, f"instance.{name}") for name in cells.unreadable(row)]
        key = case.read(self.keys.get(row.id))
        if not case.whole:
            return
        with case.collecting():
            case.found += self._rows(row, case.entries)
        if key is not None:
            with case.collecting():
                case.found += self._again(row, case.entries, key)

    def _rows(self, row: Any, entries: list[Entry]) -> Iterator[Deviation]:
        folded = Folded(row.business_key)
        for entry in entries:
            folded.entry(entry)
        for what, since, kind in comparison.compare(row, folded, self.living.tables(row.id)):
            yield Deviation(row.id, kind, since, what)

    def _again(self, row: Any, entries: list[Entry], key: bytes) -> Iterator[Deviation]:
        """Running the recorded inputs again must give the recorded steps, and in the end the stored state."""
        run = self._run(self._definition(row, entries[0].steps[0]), entries[0])
        for entry in entries:
            run.go_on(at=entry.at, calendar=self._calendar(entry), perform=again.answers(entry.steps))
            try:
                again.command(run, entry.steps)
            except EngineError as error:
                raise _Broken("steps", entry.seq, f"cannot be run again: {error.code}") from error
            difference = again.difference(entry.steps, again.with_groups(run.steps, entry.steps))
            if difference:
                raise _Broken("steps", entry.seq, difference)
        if not _keeps(row, key, run.state()):
            yield Deviation(
                row.id, "state", entries[-1].seq, "the stored state is not the one that the history leads to"
            )

    def _run(self, definition: Definition, first: Entry) -> Run:
        return Run(
            definition,
            at=first.at,
            accepted_at=first.at,
            calendar=self._calendar(first),
            perform=again.answers(first.steps),
            rules=first.steps[0].get("rules", 1),
        )

    def _definition(self, row: Any, started: Step) -> Definition:
        """The version the case was begun with, its package still what its fingerprint says."""
        if row.definition_id is UNREADABLE:
            raise _Broken("definition", 1, "it is not known which version the case was begun with")
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


class _Case:
    """One instance as it is looked at: what was found so far, and its history as far as it is whole, in order and signed by this office."""

    def __init__(self, row: Any, stored: list[Any]) -> None:
        self.row, self.stored = row, stored
        self.found: list[Deviation] = []
        self.entries: list[Entry] = []
        self.erasure: Erasure | None = None
        self.whole = False
        self._documents: list[dict[str, Any]] = []

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """What breaks inside is found."""
        try:
            yield
        except _Broken as broken:
            self.found.append(Deviation(self.row.id, broken.kind, broken.seq, broken.what))

    def read(self, wrapped: Any) -> bytes | None:
        """Read and open the entries; the key of the case, or None when it opens nothing, which is found unless an erasure tells why."""
        with self.collecting():
            for document in _followed(INSTANCE, str(self.row.id), self.stored):
                self._documents.append(document)
            _ends(self.row, self.stored)
            self.erasure = _erasure(self._documents[-1])
            self.whole = True
        with self.collecting():
            key = self._key(wrapped)
            if key is not None:
                self.entries = [_opened(*one, key) for one in self._pairs()]
                return key
        self.entries = [history.told(*one, None, ERASED) for one in self._pairs()]
        return None

    def _pairs(self) -> Iterator[tuple[Any, dict[str, Any]]]:
        return zip(self.stored, self._documents, strict=False)

    def _key(self, wrapped: Any) -> bytes | None:
        last = len(self.stored)
        if wrapped is None and self.erasure is None and self.whole:
            raise _Broken("key", last, "the key of the case is gone, and no erasure is recorded")
        if wrapped is not None and self.erasure is not None:
            raise _Broken("key", last, "the personal data were erased, and there is a key all the same")
        if wrapped is UNREADABLE:
            raise _Broken("cell", 1, f"case_key {self.row.id}.wrapped")
        return _key(wrapped) if wrapped is not None else None


def _erasure(document: dict[str, Any]) -> Erasure | None:
    first = document["steps"][0]
    if first["type"] != "personal_data_erased":
        return None
    return Erasure(document["by"], document["at"], first["reason"], first.get("extent", 1))


def _kept(fingerprint: str) -> Calendar | None:
    kept = jobs.survive("calendar", lambda: calendars.kept(fingerprint))
    return None if isinstance(kept, Failed) else kept  # what was written over it need not even be a calendar


def _stored(stream: str, ids: Sequence[str]) -> dict[str, list[Any]]:
    """Rows of history by stream id, in order, as they stand in the database."""
    table = HistoryEntry.__table__
    query = select(*map(as_stored, table.columns)).where(table.c.stream == stream, table.c.stream_id.in_(ids))
    found: dict[str, list[Any]] = defaultdict(list)
    for row in cells.rows(query.order_by(table.c.stream_id, table.c.sequence)):
        found[row.stream_id].append(row)
    return found


def _ends(row: Any, stored: list[Any]) -> None:
    """The instance ends where its history does."""
    head = stored[-1].hash if stored else GENESIS
    if not stored or (row.sequence, row.head) != (len(stored), head):
        raise _Broken("head", len(stored), f"instance ends at {row.sequence}, history at {len(stored)}")


def _followed(stream: str, stream_id: str, stored: list[Any]) -> Iterator[dict[str, Any]]:
    previous = GENESIS
    for number, entry in enumerate(stored, start=1):
        for name in cells.unreadable(entry):
            raise _Broken("chain", number, f"entry {number}.{name} holds nothing that can stand there")
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
        return history.told(stored, document, key)
    except sealing.Unreadable as error:
        raise _Broken("key", stored.sequence, "sealed values do not open with the key of the case") from error


def _keeps(row: Any, key: bytes, state: dict[str, Any] | None) -> bool:
    """Whether the stored state is this one; a case that is over keeps none."""
    if row.state != "active":
        return not row.state_blob
    try:
        stored = orjson.loads(sealing.unseal(key, row.state_blob))
    except (sealing.Unreadable, ValueError):
        return False
    return bool(stored == orjson.loads(orjson.dumps(state)))


def _fingerprint(definition_id: int) -> str:
    """The fingerprint of a version's package as it stands; empty when there is none, or its own column says otherwise."""
    columns = as_stored(ProcessDefinition.package), as_stored(ProcessDefinition.sha256)
    for found in cells.rows(select(*columns).where(ProcessDefinition.id == definition_id)):
        for name in cells.unreadable(found):
            raise _Broken("cell", 1, f"definition {definition_id}.{name}")
        return str(found.sha256) if hashlib.sha256(found.package).hexdigest() == found.sha256 else ""
    return ""


def verify_definitions() -> list[Deviation]:
    """Every published version against the history of its publication. `instance_id` is 0: no case is concerned yet."""
    table = ProcessDefinition.__table__
    rows: dict[Any, Any] = {}
    found = []
    for row in cells.rows(select(*map(as_stored, table.columns))):
        wrong = cells.unreadable(row)
        found += [Deviation(0, "cell", 0, f"definition {row.id}.{name}") for name in wrong]
        if not {"key", "version"} & set(wrong):
            rows[row.key, row.version] = row
    streams = select(as_stored(HistoryEntry.stream_id)).where(HistoryEntry.stream == "definition").distinct()
    keys = {key for key, _ in rows} | {row.stream_id for row in cells.rows(streams)}
    stored = _stored("definition", sorted(key for key in keys if key is not UNREADABLE))
    for key in sorted(key for key in keys if key is not UNREADABLE):
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
        if actual != expected or not _is_whole(row):
            yield Deviation(0, "definition", step["seq"], f"definition {key} {version} is not as it was published")


def _is_whole(row: Any) -> bool:
    """Whether a version's package is the one of its fingerprint, and its name the one of its diagram."""
    if row.package is UNREADABLE or hashlib.sha256(row.package).hexdigest() != row.sha256:
        return False
    return bool(versions.by_id(row.id, row.sha256).name == row.name)


def verify_streams() -> list[Deviation]:
    """Histories whose instance is gone, and the chains of all streams that belong to people."""
    theirs = select(cast(ProcessInstance.id, String))
    streams = select(as_stored(HistoryEntry.stream_id)).where(HistoryEntry.stream == INSTANCE).distinct()
    orphans = cells.rows(streams.where(HistoryEntry.stream_id.not_in(theirs)))
    found = [_orphan(str(row.stream_id)) for row in sorted(orphans, key=lambda row: str(row.stream_id))]
    users = select(as_stored(HistoryEntry.stream_id)).where(HistoryEntry.stream == "user").distinct()
    for user, stored in _stored("user", [row.stream_id for row in cells.rows(users)]).items():
        try:
            list(_followed("user", user, stored))
        except _Broken as broken:
            found.append(Deviation(0, broken.kind, broken.seq, f"user {user}: {broken.what}"))
    return found


def _orphan(id: str) -> Deviation:
    return Deviation(int(id) if id.isdecimal() else 0, "missing", 0, f"instance {id} is gone")
