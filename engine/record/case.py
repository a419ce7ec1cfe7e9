"""A case in memory: what waits, what is stuck, when it is due, its variables. Only `appliers` change it, and only by the steps of its record.

The running engine, the living rows and every replay have their state in this class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from engine.definitions.compiled import Definition
from engine.record.case_steps import ScopeStep
from engine.record.rows import Rows, RowsInMemory
from engine.record.scopes import Scopes

NO_LIMIT, NO_CHOICE = "LimitNotReckoned", "NothingToChoose"


class Kind(StrEnum):
    """What a token waits for. LIMIT and UNRECKONED wait beside a step that is open: a person was told of its limit."""

    USER_TASK = "user_task"
    TIMER = "timer"
    MESSAGE = "message"
    JOB = "job"
    INCIDENT = "incident"
    LIMIT = "limit"
    UNRECKONED = "unreckoned"

    @property
    def is_of_limit(self) -> bool:
        """Whether the token itself goes on all the same."""
        return self in (Kind.LIMIT, Kind.UNRECKONED)


@dataclass(frozen=True, slots=True)
class Wait:
    """A token that waits at an element of a scope; `message` and `key` say what for, when it is a message."""

    kind: Kind
    element: str
    scope: int
    message: str = ""
    key: str = ""


class Seen(StrEnum):
    """What is counted on a diagram: tokens that stand at an element, how often it was done, how often a flow was taken."""

    ACTIVE = "active"
    DONE = "done"
    FLOWS = "flows"


class Move(NamedTuple):
    """One number of the picture has changed; `name` is an element or a flow of a scope's diagram."""

    kind: Seen
    scope: int
    name: str
    change: int


class Case:
    """A case as its record tells it. `open` and `stuck` are what waits, by token; a token may be in both.

    `due` is the limit of the whole case, `paused` since when the clock stands for which token. `moves` is what was seen on the diagrams
    since this lives. Of a case restored from its state `rows` and `moves` have only what came afterwards. Without its `definition` nobody knows which steps share a limit.
    """

    def __init__(self, process: str = "", rows: Rows | None = None, definition: Definition | None = None) -> None:
        self.definition = definition
        self.rows: Rows = rows if rows is not None else RowsInMemory()
        self.open: dict[int, Wait] = {}
        self.stuck: dict[int, Wait] = {}
        self.paused: dict[int, datetime] = {}
        self.due: datetime | None = None
        self.scopes = Scopes(process)
        self.moves: list[Move] = []

    def assign(self, scope: int, variables: Mapping[str, Any]) -> None:
        """Set variables in a scope."""
        self.scopes[scope].variables.update(variables)

    def seen(self, kind: Seen, name: str, scope: int, change: int) -> None:
        """Note that a token comes, goes or takes a flow."""
        self.moves.append(Move(kind, self.scopes.drawn(scope), name, change))

    def follow_scopes(self, step: ScopeStep) -> None:
        """Open and close scopes; a call ends with every call inside it, of which the record says nothing when all of them end in one step."""
        for closed in self.scopes.follow(step):
            if not closed.index:
                self.seen(Seen.ACTIVE, closed.element, closed.parent, -1)

    def limit_group(self, scope: int, element: str) -> str:
        """Return the group of steps that an element shares its limit with, if any."""
        if self.definition is None:
            return ""
        node = self.definition.processes[self.scopes[scope].process].diagram.elements.get(element)
        return node.properties.get("dueGroup", "") if node is not None else ""

    def limited(self, element: str, scope: int, due: datetime | None) -> None:
        """Set the limit of a step, and with it that of its group."""
        group = self.limit_group(scope, element) if due is not None else ""
        if group:
            self.scopes[scope].due_groups[group] = due

    def shift(self, by: timedelta) -> None:
        """Move every open limit to a later time."""
        if self.due is not None:
            self.due += by
        for scope in map(self.scopes.__getitem__, self.scopes.numbers()):
            scope.due_groups = {name: due + by for name, due in scope.due_groups.items()}

    def resume(self, token: int, since: datetime | None, at: datetime) -> None:
        """Let the clock go on for a token; `since` when it stands for those still waited for, where the record says so."""
        if token not in self.paused:
            return
        earliest = min(self.paused.values())
        del self.paused[token]
        if since is not None:
            self.paused = dict.fromkeys(self.paused, since)
        if not self.paused:
            self.shift(at - earliest)

    def counters(self) -> dict[Seen, dict[int, Counter[str]]]:
        """Return the picture that the moves make: what is counted → scope → element or flow → how many."""
        counts: dict[Seen, dict[int, Counter[str]]] = {kind: {} for kind in Seen}
        for move in self.moves:
            counts[move.kind].setdefault(move.scope, Counter())[move.name] += move.change
        return counts

    def pack(self) -> dict[str, Any]:
        """Return a JSON-able form."""
        return {
            "open": {str(token): [w.kind, w.element, w.scope, w.message, w.key] for token, w in self.open.items()},
            "stuck": {str(token): [w.kind, w.element, w.scope] for token, w in self.stuck.items()},
            "paused": {str(token): since.isoformat() for token, since in self.paused.items()},
            "scopes": self.scopes.pack(),
            **({"case_due": self.due.isoformat()} if self.due is not None else {}),
        }

    def restore(self, packed: Mapping[str, Any]) -> None:
        """Be what `pack` wrote down."""
        self.open = {int(token): _wait(*entry) for token, entry in packed["open"].items()}
        self.stuck = {int(token): _wait(*entry) for token, entry in packed["stuck"].items()}
        self.paused = {int(token): datetime.fromisoformat(since) for token, since in packed["paused"].items()}
        self.scopes = Scopes.unpack(packed["scopes"])
        self.due = datetime.fromisoformat(packed["case_due"]) if "case_due" in packed else None


def _wait(kind: str, element: str, scope: int, message: str = "", key: str = "") -> Wait:
    return Wait(Kind(kind), element, scope, message, key)
