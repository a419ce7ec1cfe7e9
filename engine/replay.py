"""Replay: reading a case's history, and folding it into the state of any past moment with the code that writes the live rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import appliers, execution, history, versions
from engine.definitions.compiled import Definition
from engine.execution import UnknownInstance
from engine.history import Entry
from engine.steps import Step
from engine.stores import MemoryStore
from models.base import session
from models.instance import ProcessInstance


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


def entries(instance_id: int, upto: int | None = None) -> list[Entry]:
    """The history of a case in order, the chain checked. Errors: UnknownInstance, BrokenChain."""
    if session().get(ProcessInstance, instance_id) is None:
        raise UnknownInstance(instance=instance_id)
    return history.read(history.INSTANCE, str(instance_id), execution.case_key(instance_id), upto)


def follow_scopes(processes: dict[int, str], step: Mapping[str, Any]) -> None:
    """Keep which process each scope belongs to, step by step; begin with scope 0."""
    if step["type"] == "call_entered":
        processes[step["called"]] = step["process"]
    elif step["type"] == "item_entered":
        processes[step["item"]] = processes[step.get("scope", 0)]


def fold(instance_id: int, upto: int | None = None) -> MemoryStore:
    """The case as it was after entry `upto`, or as it is. Errors: as `entries`."""
    store = MemoryStore()
    for entry in entries(instance_id, upto):
        appliers.apply(entry.steps, store, entry.at)
    return store


def marking(instance_id: int, upto: int | None = None, scope: int = 0) -> Marking:
    """Where the tokens of a case are after entry `upto`, or now. Errors: as `entries`."""
    found = entries(instance_id, upto)
    store = MemoryStore()
    calls: dict[int, str] = {}
    for entry in found:
        appliers.apply(entry.steps, store, entry.at)
        calls.update({s["called"]: s["process"] for s in entry.steps if s["type"] == "call_entered"})
    main = found[0].steps[0]["process"] if found else ""
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
    row = session().get(ProcessInstance, instance_id)
    if row is None:
        raise UnknownInstance(instance=instance_id)
    return versions.by_id(row.definition_id)
