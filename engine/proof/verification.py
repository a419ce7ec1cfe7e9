"""Verification: proving that a case's record has not been altered and that the engine, run again, does what it says.

Five questions: is the chain whole and signed, is the definition the one it was begun with, does folding the history give the living rows,
does running the recorded inputs again give the recorded steps, and is the stored state the one that the last of them led to. Nothing is
changed. Of a case whose personal data were erased the engine cannot be run again; everything else is asked all the same. What money moved is
the office's question (`office.verification`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from sqlalchemy import select

from engine.definitions.compiled import Definition
from engine.ground.errors import EngineError
from engine.language.calendar import Calendar
from engine.proof import comparison, re_execution
from engine.proof.chains import BREAKS, Broken, Deviation, are_registers_open, check_head, followed, stored_rows
from engine.proof.comparison import ERASED, Folded, InstanceRow
from engine.published import versions
from engine.record import heads, history, sealing
from engine.record.case_steps import Started
from engine.record.columns import EntryRow
from engine.record.heads import INSTANCE, Head
from engine.record.history import CaseEntry, Document
from engine.record.steps import Failed
from engine.running import jobs
from engine.running.execution import UnknownInstance
from engine.runtime import calendars
from engine.spiff.run import Run
from models import cells
from models.base import session
from models.cells import UNREADABLE, as_stored
from models.definition import ProcessDefinition
from models.instance import CaseKey, ProcessInstance
from models.states import CaseState

AT_ONCE = 100


@dataclass(frozen=True)
class Erasure:
    """The entry that tells of it: who had the personal data of a case erased, when and why; `extent` what went, as `engine.cases.erasure` numbers it."""

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
    history: list[CaseEntry] = field(repr=False, compare=False, default_factory=list)
    definition: Definition | None = field(repr=False, compare=False, default=None)
    """The version it was begun with, where that is whole."""

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
        return any(deviation.kind in BREAKS for deviation in self.deviations)


def verify(instance_id: int) -> list[Deviation]:
    """Return everything about a case that contradicts its record; empty when all is well. Errors: UnknownInstance."""
    for verdict in verify_each([instance_id]):
        return list(verdict.deviations)
    raise UnknownInstance(instance=instance_id)


def verify_each(ids: Iterable[int]) -> Iterator[Verdict]:
    """Yield the verdicts on these instances; ids that name none are left out."""
    all_ids = list(ids)
    for start in range(0, len(all_ids), AT_ONCE):
        batch = all_ids[start : start + AT_ONCE]
        examined = _Examined(batch)
        for row in comparison.instances(batch):
            yield examined.verdict(row)


def every_instance() -> list[int]:
    """Return the ids of all instances, oldest first."""
    return list(session().scalars(select(ProcessInstance.id).order_by(ProcessInstance.id)))


class _Examined:
    """What is read once for many instances: history, keys, rows, definitions, calendars."""

    def __init__(self, ids: Sequence[int]) -> None:
        self.stored = stored_rows(INSTANCE, [str(id) for id in ids])
        keys = select(as_stored(CaseKey.instance_id), as_stored(CaseKey.wrapped)).where(CaseKey.instance_id.in_(ids))
        self.keys: dict[int, bytes] = {row.instance_id: row.wrapped for row in cells.rows(keys)}
        self.living = comparison.living(ids)
        self.opened = are_registers_open()
        self._fingerprints: dict[int, str] = {}
        self._calendars: dict[str, Calendar] = {}

    def verdict(self, row: InstanceRow) -> Verdict:
        """Return the verdict on one of them. What cannot even be looked at is a deviation of this one, and the others are looked at."""
        stored = self.stored[str(row.id)]
        case = _Case(row, stored, opened=self.opened)
        failed = jobs.survive(f"verifying {row.id}", lambda: self._examine(case))
        if isinstance(failed, Failed):
            case.found.append(
                Deviation(
                    row.id,
                    "unverifiable",
                    len(stored),
                    "cannot be verified: what it needs is missing or cannot be read",
                )
            )
        number = f"#{row.id}" if row.business_key is UNREADABLE else row.business_key
        return Verdict(row.id, number, len(stored), case.erasure, tuple(case.found), case.entries, case.definition)

    def _examine(self, case: _Case) -> None:
        row = case.row
        case.found += [Deviation(row.id, "cell", 1, f"instance.{name}") for name in cells.unreadable(row)]
        key = case.read(self.keys.get(row.id))
        if not case.whole:
            return
        if history.beginning(case.entries).get("number", row.business_key) != row.business_key:
            case.found.append(Deviation(row.id, "rows", 1, "instance.business_key"))
        with case.collecting():
            case.found += self._rows(row, case.entries)
        if key is not None:
            with case.collecting():
                case.definition = self._definition(row, history.beginning(case.entries))
                case.found += self._again(row, case.entries, key, case.definition)

    def _rows(self, row: InstanceRow, entries: list[CaseEntry]) -> Iterator[Deviation]:
        folded = Folded(row.business_key)  # the definition has still to be looked at
        for entry in entries:
            folded.entry(entry)
        for place, since, kind in comparison.compare(row, folded, self.living.tables(row.id)):
            yield Deviation(row.id, kind, since, place)

    def _again(
        self, row: InstanceRow, entries: list[CaseEntry], key: bytes, definition: Definition
    ) -> Iterator[Deviation]:
        """Check that running the recorded inputs again gives the recorded steps, and in the end the stored state."""
        run = self._run(definition, entries[0])
        for entry in entries:
            run.go_on(at=entry.at, calendar=self._calendar(entry), perform=re_execution.answers(entry.steps))
            try:
                re_execution.command(run, entry.steps)
            except EngineError as error:
                raise Broken("steps", entry.seq, f"cannot be run again: {error.code}") from error
            difference = re_execution.difference(entry.steps, re_execution.with_groups(run.steps, entry.steps))
            if difference:
                raise Broken("steps", entry.seq, difference)
        if not _keeps(row, key, run.state()):
            yield Deviation(
                row.id, "state", entries[-1].seq, "the stored state is not the one that the history leads to"
            )

    def _run(self, definition: Definition, first: CaseEntry) -> Run:
        return Run(
            definition,
            at=first.at,
            accepted_at=first.at,
            calendar=self._calendar(first),
            perform=re_execution.answers(first.steps),
            rules=history.beginning([first]).get("rules", 1),
        )

    def _definition(self, row: InstanceRow, opening: Started) -> Definition:
        """Return the version the case was begun with, its package still what its fingerprint says."""
        if row.definition_id is UNREADABLE:
            raise Broken("definition", 1, "it is not known which version the case was begun with")
        if row.definition_id not in self._fingerprints:
            self._fingerprints[row.definition_id] = _fingerprint(row.definition_id)
        fingerprint = self._fingerprints[row.definition_id]
        if fingerprint != opening["sha256"] or row.key != opening["process"]:
            raise Broken("definition", 1, f"{row.key} is not the version that the case was begun with")
        return versions.by_id(row.definition_id, opening["sha256"])

    def _calendar(self, entry: CaseEntry) -> Calendar:
        fingerprint = entry.calendar
        if fingerprint not in self._calendars:
            calendar = _kept(fingerprint)
            if calendar is None or calendar.fingerprint() != fingerprint:
                raise Broken("calendar", entry.seq, "the calendar it was reckoned with is missing or changed")
            self._calendars[fingerprint] = calendar
        return self._calendars[fingerprint]


class _Case:
    """One instance as it is looked at: what was found so far, and its history as far as it is whole, in order and signed by this office."""

    def __init__(self, row: InstanceRow, stored: list[EntryRow], *, opened: bool) -> None:
        self.row, self.stored, self.opened = row, stored, opened
        self.found: list[Deviation] = []
        self.entries: list[CaseEntry] = []
        self.erasure: Erasure | None = None
        self.definition: Definition | None = None
        self.whole = False
        self._documents: list[Document] = []

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Add what breaks inside to what was found."""
        try:
            yield
        except Broken as broken:
            self.found.append(Deviation(self.row.id, broken.kind, broken.seq, broken.detail))

    def read(self, wrapped: bytes | None) -> bytes | None:
        """Read and open the entries; the key of the case, or None when it opens nothing, which is found unless an erasure tells why."""
        with self.collecting():
            for document in followed(INSTANCE, str(self.row.id), self.stored):
                self._documents.append(document)
            row = self.row
            place = heads.of_case(row.id, row.key, row.ordinal, Head(row.sequence, row.head), row.head_mac)
            check_head(place, self.stored, opened=self.opened)
            self.erasure = _erasure(self._documents[-1])
            self.whole = True
        with self.collecting():
            key = self._key(wrapped)
            if key is not None:
                self.entries = [_opened(stored, document, key) for stored, document in self._pairs()]
                return key
        self.entries = [history.told(stored, document, None, ERASED) for stored, document in self._pairs()]
        return None

    def _pairs(self) -> Iterator[tuple[EntryRow, Document]]:
        return zip(self.stored, self._documents, strict=False)

    def _key(self, wrapped: bytes | None) -> bytes | None:
        last = len(self.stored)
        if wrapped is None and self.erasure is None and self.whole:
            raise Broken("key", last, "the key of the case is gone, and no erasure is recorded")
        if wrapped is not None and self.erasure is not None:
            raise Broken("key", last, "the personal data were erased, and there is a key all the same")
        if wrapped is UNREADABLE:
            raise Broken("cell", 1, f"case_key {self.row.id}.wrapped")
        return _key(wrapped) if wrapped is not None else None


def _erasure(document: Document) -> Erasure | None:
    first = document["steps"][0]
    if first["type"] != "personal_data_erased":
        return None
    return Erasure(document["by"], document["at"], first["reason"], first.get("extent", 1))


def _kept(fingerprint: str) -> Calendar | None:
    calendar = jobs.survive("calendar", lambda: calendars.kept(fingerprint))
    return None if isinstance(calendar, Failed) else calendar  # what was written over it need not even be a calendar


def _key(wrapped: bytes) -> bytes:
    try:
        return sealing.unwrap(wrapped)
    except sealing.Unreadable as error:
        raise Broken("key", 1, "the key of the case does not open") from error


def _opened(stored: EntryRow, document: Document, key: bytes) -> CaseEntry:
    try:
        return history.told(stored, document, key)
    except sealing.Unreadable as error:
        raise Broken("key", stored.sequence, "sealed values do not open with the key of the case") from error


def _keeps(row: InstanceRow, key: bytes, state: dict[str, object]) -> bool:
    """Tell whether the stored state is this one; a case that is over keeps none."""
    if row.state != CaseState.ACTIVE:
        return not row.state_blob
    try:
        stored = orjson.loads(sealing.unseal(key, row.state_blob))
    except (sealing.Unreadable, ValueError):
        return False
    return bool(stored == orjson.loads(orjson.dumps(state)))


def _fingerprint(definition_id: int) -> str:
    """Return the fingerprint of a version's package as it stands; empty when there is none, or its own column says otherwise."""
    columns = as_stored(ProcessDefinition.package), as_stored(ProcessDefinition.sha256)
    for row in cells.rows(select(*columns).where(ProcessDefinition.id == definition_id)):
        for name in cells.unreadable(row):
            raise Broken("cell", 1, f"definition {definition_id}.{name}")
        return str(row.sha256) if hashlib.sha256(row.package).hexdigest() == row.sha256 else ""
    return ""
