"""Replay: reading a case's history, and folding it into the state of any past moment with the code that writes the live rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, cast

from engine.definitions.compiled import Definition
from engine.published import versions
from engine.record import appliers, history, sealing
from engine.record.case import Case, Move, Seen
from engine.record.case_steps import CaseStep, scope_of, token_of
from engine.record.columns import CaseRow
from engine.record.heads import INSTANCE, Head
from engine.record.history import CaseEntry
from engine.record.scopes import Scopes
from engine.running import locking
from engine.running.execution import UnknownInstance


@dataclass(frozen=True)
class Marking:
    """Where a case stands in one of its processes: tokens, what was passed how often, flows taken how often, and the data.

    `scope` 0 is the process itself; called processes have the scope numbers listed in `calls` (scope → process key). An item of a list
    stands on the diagram of its activity.
    """

    scope: int
    process: str
    active: dict[str, int]
    done: dict[str, int]
    flows: dict[str, int]
    variables: dict[str, Any]
    calls: dict[int, str]


class Doubt(NamedTuple):
    """A kind of deviation, and the entry since which it may be so."""

    kind: str
    seq: int
    what: str = ""


class CaseHistory:
    """A case's history read once and its chain checked, for whoever asks more than one thing about it: entries, version, markings.

    Of a long case only the end may have been read (`is_whole` False); it has no markings, and `since` is the first entry that was asked for.
    """

    def __init__(self, definition: Definition, entries: list[CaseEntry], key: bytes | None, since: int = 1) -> None:
        self.definition, self.entries, self._key, self.since = definition, entries, key, since
        self.is_broken = False

    @property
    def is_erased(self) -> bool:
        """Whether the personal data of the case were erased, by the last of the entries."""
        return bool(self.entries) and self.entries[-1].steps[0]["type"] == "personal_data_erased"

    @property
    def is_readable(self) -> bool:
        """Whether the key of the case is there, so that what is personal can be read."""
        return self._key is not None

    @cached_property
    def doubts(self) -> list[Doubt]:
        """What contradicts the entries although their chain holds, and that it does not."""
        doubts = [Doubt(entry.doubt, entry.seq) for entry in self.entries if entry.doubt]
        if self.is_broken:
            doubts.append(Doubt("chain", len(self.entries) + 1))
        elif self._key is None and not self.is_erased:
            doubts.append(Doubt("key", len(self.entries)))
        return doubts

    @property
    def is_whole(self) -> bool:
        """Whether nothing comes before the first entry that was asked for."""
        return self.since == 1

    @cached_property
    def case(self) -> Case:
        """The case as it was after the last of the entries."""
        case = Case(self.definition.key, definition=self.definition)
        for entry in self.entries:
            appliers.apply_each(entry.steps, case, entry.at)
        return case

    @cached_property
    def _counters(self) -> dict[Seen, dict[int, Counter[str]]]:
        return self.case.counters()

    def marking(self, scope: int = 0) -> Marking:
        """Return where the tokens are in the process of a scope, after the last of the entries."""
        scopes = self.case.scopes
        scope = scopes.drawn(scope)
        holder = scopes.known(scope)
        counts = {kind: _positive(self._counters[kind].get(scope)) for kind in Seen}
        return Marking(
            scope=scope,
            process=scopes.process(scope),
            **counts,
            variables=holder.own if holder is not None else {},
            calls=scopes.calls(),
        )

    @property
    def is_paused(self) -> bool:
        """Whether the clock of the case rests."""
        return bool(self.case.paused)

    def unsealed(self, ciphertext: bytes) -> bytes | None:
        """Return what is kept sealed beside the case; None once the case has been erased."""
        return sealing.unseal(self._key, ciphertext) if self._key is not None else None

    def scope_of_task(self, token: int) -> int | None:
        """Return the scope in which a user task was opened; None when none was opened under this token."""
        for entry in reversed(self.entries):
            for step in entry.steps:
                if step["type"] == "user_task_created" and step["token"] == token:
                    return step.get("scope", 0)
        return None


def history_of(instance_id: int, upto: int | None = None) -> CaseHistory:
    """Return a case with everything its history tells, up to an entry or to the last. Errors: UnknownInstance, BrokenChain."""
    return history_from(_row(instance_id), upto)


def history_from(row: CaseRow, upto: int | None = None) -> CaseHistory:
    """Return the same for a row of `locking.find` or `locking.find_of_task`."""
    key = sealing.unwrap(row.wrapped) if row.wrapped is not None else None
    entries = history.read_history(INSTANCE, str(row.id), key, upto)
    return CaseHistory(versions.by_id(row.definition_id, row.sha256), entries, key)


def what_holds(instance_id: int) -> CaseHistory:
    """Return a case whose chain is broken, with the entries before the break. Errors: UnknownInstance."""
    row = _row(instance_id)
    key = sealing.unwrap(row.wrapped) if row.wrapped is not None else None
    entries = history.read_whole(INSTANCE, str(instance_id), key)
    case = CaseHistory(versions.by_id(row.definition_id, row.sha256), entries, key)
    case.is_broken = True
    return case


def end_of(instance_id: int, count: int, before: int | None = None) -> CaseHistory:
    """Return the newest `count` entries of a case, or the newest before an entry, with what comes after them; checked as far as the case's head.

    Shape:  `entries` may begin earlier than `since`, where a scope that they speak of was entered.
    Errors: UnknownInstance, BrokenChain.
    """
    row = _row(instance_id)
    last = row.sequence if before is None else min(row.sequence, before - 1)
    since = read_from = max(1, last - count + 1)
    key = sealing.unwrap(row.wrapped) if row.wrapped is not None else None
    while True:
        entries = history.read_end(INSTANCE, str(instance_id), Head(row.sequence, row.head), read_from, case_key=key)
        if read_from == 1 or _scopes_are_known(entries):
            return CaseHistory(versions.by_id(row.definition_id, row.sha256), entries, key, since)
        read_from = max(1, read_from - 2 * (row.sequence - read_from + 1))


def _scopes_are_known(entries: list[CaseEntry]) -> bool:
    """Tell whether every scope that the entries speak of is entered in them."""
    steps = [step for entry in entries for step in entry.steps]
    entered = {step["called"] for step in steps if step["type"] == "call_entered"}
    entered |= {step["item"] for step in steps if step["type"] == "item_entered"}
    return {scope_of(step) for step in steps} <= entered | {0}


def _row(instance_id: int) -> CaseRow:
    row = locking.look(instance_id)
    if row is None:
        raise UnknownInstance(instance=instance_id)
    return row


def entries(instance_id: int, upto: int | None = None) -> list[CaseEntry]:
    """Return the history of a case in order, the chain checked. Errors: UnknownInstance, BrokenChain."""
    return history_of(instance_id, upto).entries


def calls_under_way(instance_ids: Collection[int]) -> dict[int, set[str]]:
    """Return the processes that each case has called and not left yet, those that have called others among them. Nothing is unsealed or checked."""
    scopes = {id: Scopes("") for id in instance_ids}
    for id, body in history.bodies(INSTANCE, {str(id) for id in instance_ids}):
        if b'"called"' in body or b'"item"' in body:
            for step in cast(list[CaseStep], history.document(body)["steps"]):
                scopes[int(id)].follow(step)
    return {id: followed.called() for id, followed in scopes.items()}


def places(instance_id: int) -> tuple[dict[int, int], Scopes]:
    """Return the scope in which each token of a case was, and the scopes as far as they are known, calls with what was handed to them. Nothing is unsealed or checked."""
    scopes, scopes_by_token = Scopes(""), dict[int, int]()
    for _, body in history.bodies(INSTANCE, {str(instance_id)}):
        for step in cast(list[CaseStep], history.document(body)["steps"]):
            scopes.follow(step)
            if step["type"] == "call_entered":
                scopes.hand_over(step)
            token = token_of(step)
            if token:
                scopes_by_token.setdefault(token, scope_of(step))
    return scopes_by_token, scopes


def fold(instance_id: int, upto: int | None = None) -> Case:
    """Return the case as it was after entry `upto`, or as it is. Errors: as `entries`."""
    return history_of(instance_id, upto).case


def marking(instance_id: int, upto: int | None = None, scope: int = 0) -> Marking:
    """Return where the tokens of a case are after entry `upto`, or now. Errors: as `entries`."""
    return history_of(instance_id, upto).marking(scope)


def _positive(counter: Mapping[str, int] | None) -> dict[str, int]:
    return {name: count for name, count in (counter or {}).items() if count > 0}


class Follower(Case):
    """A case followed step by step: what each step did to the picture and to the variables."""

    def __init__(self) -> None:
        super().__init__()
        self._changes: list[tuple[str, Any, Any]] = []

    def follow(self, step: CaseStep, at: datetime) -> tuple[list[Move], list[tuple[str, Any, Any]]]:
        """Apply one step. Returns: how the picture moved, and the variables that changed as (name, before, after)."""
        self._changes, start = [], len(self.moves)
        appliers.apply(step, self, at)
        return self.moves[start:], self._changes

    def assign(self, scope: int, variables: Mapping[str, Any]) -> None:
        before = self.scopes[scope].variables
        self._changes += [(name, before.get(name), new) for name, new in variables.items() if before.get(name) != new]
        super().assign(scope, variables)


def definition_of(instance_id: int) -> Definition:
    """Return the version a case runs on. Errors: UnknownInstance."""
    row = _row(instance_id)
    return versions.by_id(row.definition_id, row.sha256)
