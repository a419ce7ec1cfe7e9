"""Replay: reading a case's history, and folding it into the state of any past moment with the code that writes the live rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Row

from engine import appliers, execution, history, sealing, versions
from engine.definitions.compiled import Definition
from engine.execution import UnknownInstance
from engine.history import Entry, Head
from engine.steps import Step
from engine.stores import MemoryStore


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

    def __init__(self, definition: Definition, found: list[Entry], key: bytes | None, since: int = 1) -> None:
        self.definition, self.entries, self._key, self.since = definition, found, key, since
        self.is_broken = False

    @property
    def is_erased(self) -> bool:
        """Whether the personal data of the case were erased, by the last of the entries."""
        return bool(self.entries) and self.entries[-1].steps[0]["type"] == "personal_data_erased"

    @cached_property
    def doubts(self) -> list[Doubt]:
        """What contradicts the entries although their chain holds, and that it does not."""
        found = [Doubt(entry.doubt, entry.seq) for entry in self.entries if entry.doubt]
        if self.is_broken:
            found.append(Doubt("chain", len(self.entries) + 1))
        elif self._key is None and not self.is_erased:
            found.append(Doubt("key", len(self.entries)))
        return found

    @property
    def is_whole(self) -> bool:
        """Whether nothing comes before the first entry that was asked for."""
        return self.since == 1

    @cached_property
    def _folded(self) -> tuple[MemoryStore, dict[int, str]]:
        store, calls = MemoryStore(), {}
        for entry in self.entries:
            appliers.apply(entry.steps, store, entry.at)
            calls.update({s["called"]: s["process"] for s in entry.steps if s["type"] == "call_entered"})
        return store, calls

    def marking(self, scope: int = 0) -> Marking:
        """Where the tokens are in the process of a scope, after the last of the entries."""
        store, calls = self._folded
        main = self.entries[0].steps[0]["process"] if self.entries else ""
        scope = store.drawn(scope)
        return Marking(
            scope=scope,
            process=calls.get(scope, main),
            active=_positive(store.active.get(scope)),
            done=_positive(store.done.get(scope)),
            flows=_positive(store.flows.get(scope)),
            variables=store.variables.get(scope, {}),
            calls=calls,
        )

    @property
    def is_paused(self) -> bool:
        """Whether the clock of the case rests."""
        return self._folded[0].instance.get("paused_at") is not None

    def unsealed(self, kept: bytes) -> bytes | None:
        """What is kept sealed beside the case; None once the case has been erased."""
        return sealing.unseal(self._key, kept) if self._key is not None else None

    def scope_of_task(self, token: int) -> int | None:
        """The scope in which a user task was opened; None when none was opened under this token."""
        for entry in reversed(self.entries):
            for one in entry.steps:
                if one["type"] == "user_task_created" and one["token"] == token:
                    return int(one.get("scope", 0))
        return None


def history_of(instance_id: int, upto: int | None = None) -> CaseHistory:
    """A case with everything its history tells, up to an entry or to the last. Errors: UnknownInstance, BrokenChain."""
    row = _row(instance_id)
    key = sealing.unwrap(row.wrapped) if row.wrapped is not None else None
    found = history.read(history.INSTANCE, str(instance_id), key, upto)
    return CaseHistory(versions.by_id(row.definition_id, row.sha256), found, key)


def what_holds(instance_id: int) -> CaseHistory:
    """A case whose chain is broken, with the entries before the break. Errors: UnknownInstance."""
    row = _row(instance_id)
    key = sealing.unwrap(row.wrapped) if row.wrapped is not None else None
    found = history.read_whole(history.INSTANCE, str(instance_id), key)
    told = CaseHistory(versions.by_id(row.definition_id, row.sha256), found, key)
    told.is_broken = True
    return told


def end_of(instance_id: int, count: int, before: int | None = None) -> CaseHistory:
    """The newest `count` entries of a case, or the newest before an entry, with what comes after them; checked as far as the case's head.

    Shape:  `entries` may begin earlier than `since`, where a scope that they speak of was entered.
    Errors: UnknownInstance, BrokenChain.
    """
    row = _row(instance_id)
    last = row.sequence if before is None else min(row.sequence, before - 1)
    since = read_from = max(1, last - count + 1)
    key = sealing.unwrap(row.wrapped) if row.wrapped is not None else None
    while True:
        found = history.read_end(
            history.INSTANCE, str(instance_id), Head(row.sequence, row.head), read_from, case_key=key
        )
        if read_from == 1 or _scopes_are_known(found):
            return CaseHistory(versions.by_id(row.definition_id, row.sha256), found, key, since)
        read_from = max(1, read_from - 2 * (row.sequence - read_from + 1))


def _scopes_are_known(found: list[Entry]) -> bool:
    """Whether every scope that the entries speak of is entered in them."""
    steps = [one for entry in found for one in entry.steps]
    entered = {one["called"] for one in steps if one["type"] == "call_entered"}
    entered |= {one["item"] for one in steps if one["type"] == "item_entered"}
    return {one.get("scope", 0) for one in steps} <= entered | {0}


def _row(instance_id: int) -> Row[Any]:
    row = execution.find(instance_id, lock=False)
    if row is None:
        raise UnknownInstance(instance=instance_id)
    return row


def entries(instance_id: int, upto: int | None = None) -> list[Entry]:
    """The history of a case in order, the chain checked. Errors: UnknownInstance, BrokenChain."""
    return history_of(instance_id, upto).entries


def follow_scopes(processes: dict[int, str], step: Mapping[str, Any]) -> None:
    """Keep which process each scope belongs to, step by step; begin with scope 0."""
    if step["type"] == "call_entered":
        processes[step["called"]] = step["process"]
    elif step["type"] == "item_entered":
        processes[step["item"]] = processes[step.get("scope", 0)]


def calls_under_way(instance_ids: Collection[int]) -> dict[int, set[str]]:
    """The processes that each case has called and not left yet, those that have called others among them. Nothing is unsealed or checked."""
    around: dict[int, dict[int, tuple[int, str]]] = {id: {} for id in instance_ids}
    for id, body in history.bodies(history.INSTANCE, {str(id) for id in instance_ids}):
        if b'"called"' in body or b'"item"' in body:
            for step in history.document(body)["steps"]:
                _follow_call(around[int(id)], step)
    return {
        id: {name for scope, (_, name) in found.items() if name and _is_open(scope, found)}
        for id, found in around.items()
    }


def _follow_call(around: dict[int, tuple[int, str]], step: Mapping[str, Any]) -> None:
    """Keep for every scope that is open the one it was opened in, and the process that was called."""
    if step["type"] == "call_entered":
        around[step["called"]] = (step.get("scope", 0), step["process"])
    elif step["type"] == "item_entered":
        around[step["item"]] = (step.get("scope", 0), "")
    elif step["type"] in ("call_left", "call_cancelled"):
        around.pop(step["called"], None)
    elif step["type"] in ("item_left", "item_cancelled"):
        around.pop(step.get("item", 0), None)


def _is_open(scope: int, around: Mapping[int, tuple[int, str]]) -> bool:
    """What is called inside a call ends with it."""
    while scope:
        if scope not in around:
            return False
        scope = around[scope][0]
    return True


def fold(instance_id: int, upto: int | None = None) -> MemoryStore:
    """The case as it was after entry `upto`, or as it is. Errors: as `entries`."""
    store = MemoryStore()
    for entry in entries(instance_id, upto):
        appliers.apply(entry.steps, store, entry.at)
    return store


def marking(instance_id: int, upto: int | None = None, scope: int = 0) -> Marking:
    """Where the tokens of a case are after entry `upto`, or now. Errors: as `entries`."""
    return history_of(instance_id, upto).marking(scope)


def _positive(counter: Any) -> dict[str, int]:
    return {name: count for name, count in (counter or {}).items() if count > 0}


class Follower(MemoryStore):
    """A case followed step by step: what each step did to the marking and to the variables."""

    def __init__(self) -> None:
        super().__init__()
        self._moves: list[tuple[str, int, str, int]] = []
        self._changes: list[tuple[str, Any, Any]] = []

    def follow(self, step: Step, at: datetime) -> tuple[list[tuple[str, int, str, int]], list[tuple[str, Any, Any]]]:
        """Apply one step. Returns: moves as (active, done or flows; scope; element or flow; by how much), changes as (name, before, after)."""
        self._moves, self._changes = [], []
        appliers.apply([step], self, at)
        return self._moves, self._changes

    def seen(self, kind: str, name: str, scope: int, change: int) -> None:
        self._moves.append((kind, self.drawn(scope), name, change))
        super().seen(kind, name, scope, change)

    def variables_set(self, scope: int, values: dict[str, Any], parent: int | None) -> None:
        before = self.visible(scope if parent is None else parent)
        self._changes += [(name, before.get(name), new) for name, new in values.items() if before.get(name) != new]
        super().variables_set(scope, values, parent)


def definition_of(instance_id: int) -> Definition:
    """The version a case runs on. Errors: UnknownInstance."""
    row = _row(instance_id)
    return versions.by_id(row.definition_id, row.sha256)
