"""Whether a diagram can stand still or do things twice: its states are explored, every way that conditions, events and refusals may send the tokens.

A level (the process, or an embedded sub-process) is explored by itself; activities, called processes and sub-processes are one step of it. Conditions
are not evaluated: what they exclude together is not known here, so findings are warnings, but for a gateway that joins in no state at all: whatever
comes there stands still. What is explored is bounded by MOST_STATES; beyond, the
finding says so.

A state is which flows hold how many tokens. Steps that hinder no other are taken first and in one order only, which keeps what can be found and
leaves out most of the states; gateways that join or merge wait until nothing else can move, so that tokens that can meet there do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

from engine.definitions.diagram import ACTIVITIES, Diagram, Element, Flow, parse
from engine.errors import Problem

MOST_STATES = 4_000
MOST_TOKENS = 3  # on one flow: more of them tell nothing new
MOST_BRANCHES = 6  # of an inclusive gateway, of which every choice is tried; beyond, one and all
CAUGHT = ("intermediateCatchEvent", "receiveTask")

State = tuple[tuple[str, int], ...]


@lru_cache(maxsize=64)
def certain(written: bytes) -> tuple[Problem, ...]:
    """The findings about a diagram without other problems that hold on every way."""
    return tuple(one for one in check(parse(written)) if one.rule == "always_stands_still")


@dataclass(frozen=True)
class Move:
    """What a step takes and gives, flow by flow; `by` are the elements that make it, `ends` whether it takes all tokens of the level away."""

    by: tuple[str, ...]
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    ends: bool = False


@dataclass(frozen=True)
class StateProblem:
    """Where tokens stand for ever or meet (`element`), in which state."""

    rule: str
    element: str
    state: State
    missing: tuple[str, ...] = ()


def check(drawn: Diagram) -> list[Problem]:
    """The warnings about a diagram that has no problem, at most one of a kind at each element.

    Shape: `way` in the values of a finding are the ids of the elements and flows that lead there, in order.
    """
    found: list[Problem] = []
    for level in [drawn.key, *(e.id for e in drawn.elements.values() if e.type == "subProcess")]:
        if len(drawn.starts(level)) == 1:
            found += _Level(drawn, level).problems()
    return found


class _Level:
    """The states of one level, each with the move that first led to it."""

    def __init__(self, drawn: Diagram, level: str) -> None:
        self.drawn, self.level = drawn, level
        self.elements = {e.id: e for e in drawn.elements.values() if e.parent == level}
        self.flows = {f.id: f for f in drawn.flows.values() if f.source in self.elements and f.target in self.elements}
        self.reaching: dict[str, dict[str, set[str]]] = {}
        self.joined: set[str] = set()
        self.came: dict[State, tuple[State, Move] | None] = {}

    def problems(self) -> Iterator[Problem]:
        """Every finding, the shortest way to it."""
        told: set[tuple[str, str]] = set()
        for one in list(self.explore()):
            element = self.elements.get(one.element)
            if (one.rule, one.element) in told:
                continue
            told.add((one.rule, one.element))
            names = [self._name(flow) for flow in one.missing]
            values: dict[str, Any] = {
                "name": element.name if element else "",
                "missing": ", ".join(names),
                "limit": MOST_STATES,
            }
            line = element.line if element else 0
            values["way"] = self.way(one.state)
            if one.rule == "stands_still" and self._never_joins(one.element):
                yield Problem(line, one.element, "always_stands_still", values)
            else:
                yield Problem(line, one.element, one.rule, values)

    def _never_joins(self, element_id: str) -> bool:
        """Whether a gateway that waits for all its flows does so for ever, on whatever way: no state lets it go on."""
        element = self.elements.get(element_id)
        explored = len(self.came) <= MOST_STATES
        return explored and element is not None and element.type == "parallelGateway" and element_id not in self.joined

    def _name(self, flow_id: str) -> str:
        source = self.elements[self.flows[flow_id].source]
        return source.name or source.id

    def explore(self) -> Iterator[StateProblem]:
        """States breadth first, until there are no more or too many."""
        (start,) = self.drawn.starts(self.level)
        first: State = _state(Counter(flow.id for flow in self.leaving(start.id)))
        self.came = {first: None}
        pending = [first]
        for state in pending:
            held = Counter(dict(state))
            yield from self._meeting(held, state)
            moves = self._moves(held)
            if held and not moves:
                yield from self._stuck(held, state)
            for move in moves:
                self.joined.update(move.by)
                after = _after(held, move)
                if after not in self.came:
                    self.came[after] = state, move
                    pending.append(after)
            if len(self.came) > MOST_STATES:
                yield StateProblem("not_explored", self.level, state)
                return

    def leaving(self, element_id: str) -> list[Flow]:
        return [flow for flow in self.drawn.outgoing(element_id) if flow.id in self.flows]

    def arriving(self, element_id: str) -> list[Flow]:
        return [flow for flow in self.drawn.incoming(element_id) if flow.id in self.flows]

    def _moves(self, held: Counter[str]) -> list[Move]:
        """The steps to be tried: all of one token that hinders no other; when there is none, of every gateway that joins; then of those that merge.

        What takes all tokens away comes last, when nothing is left to be found without it.
        """
        standing = {flow: self.elements[self.flows[flow].target] for flow in held}
        targets = {flow: element for flow, element in standing.items() if not self._ends_all(element)}
        free = sorted(flow for flow, target in targets.items() if not self._gathers(target))
        if free:
            return self._of(targets[free[0]], free[0])
        joins = {e.id: e for e in targets.values() if e.type == "parallelGateway"}
        moves = [move for e in joins.values() for move in self._joining(e, held)]
        if moves:
            return moves[:1]
        merging = [
            (flow, e) for flow, e in sorted(targets.items()) if e.type not in ("parallelGateway", "inclusiveGateway")
        ]
        if merging:
            return [move for flow, e in merging for move in self._of(e, flow)]
        inclusive = {e.id: e for e in targets.values() if e.type == "inclusiveGateway"}
        gathering = [move for e in inclusive.values() for move in self._gathering(e, held)]
        ending = [move for flow, e in standing.items() if flow not in targets for move in self._of(e, flow)]
        return gathering or ending

    def _gathers(self, element: Element) -> bool:
        """Whether tokens from several flows come together there."""
        return element.type != "endEvent" and len(self.arriving(element.id)) > 1

    def _of(self, element: Element, flow: str) -> list[Move]:
        """What one token may do at an element."""
        if element.type == "endEvent":
            return [Move((element.id,), (flow,), (), self._ends_all(element))]
        if element.type in ("exclusiveGateway", "eventBasedGateway"):
            return [Move((element.id,), (flow,), (one.id,)) for one in self.leaving(element.id)]
        if element.type == "inclusiveGateway":
            return [Move((element.id,), (flow,), given) for given in self._choices(element)]
        if element.type in ACTIVITIES:
            return list(self._done(element, flow))
        return [Move((element.id,), (flow,), tuple(one.id for one in self.leaving(element.id)))]

    def _ends_all(self, element: Element) -> bool:
        """Terminating, or an error that leaves the sub-process or the called process."""
        return element.type == "endEvent" and element.trigger in ("terminate", "error")

    def _done(self, element: Element, flow: str) -> Iterator[Move]:
        """An activity is done or interrupted; meanwhile none, one or all of the events that do not interrupt may have happened."""
        events = self.drawn.boundary_events(element.id)
        beside = [one.id for one in events if not one.interrupting]
        happened = [(), *((one,) for one in beside), *([tuple(beside)] if len(beside) > 1 else [])]
        for way_out in [element.id, *(one.id for one in events if one.interrupting)]:
            for also in happened:
                by = dict.fromkeys((element.id, *also, way_out))
                given = tuple(one.id for source in (way_out, *also) for one in self.leaving(source))
                yield Move(tuple(by), (flow,), given)

    def _choices(self, element: Element) -> list[tuple[str, ...]]:
        """Which flows an inclusive gateway may take: any of those with a condition, or the default alone."""
        leaving = [one.id for one in self.leaving(element.id)]
        asked = [id for id in leaving if id != element.default] or leaving
        sizes = range(1, len(asked) + 1) if len(asked) <= MOST_BRANCHES else (1, len(asked))
        chosen = [some for size in sizes for some in combinations(asked, size)]
        return [*chosen, *([(element.default,)] if element.default in leaving and len(leaving) > 1 else [])]

    def _joining(self, element: Element, held: Counter[str]) -> list[Move]:
        needed = tuple(one.id for one in self.arriving(element.id))
        if not all(held[flow] for flow in needed):
            return []
        return [Move((element.id,), needed, tuple(one.id for one in self.leaving(element.id)))]

    def _gathering(self, element: Element, held: Counter[str]) -> list[Move]:
        """An inclusive gateway that joins goes on when no other token can come on a flow on which none has."""
        arriving = [one.id for one in self.arriving(element.id)]
        came = tuple(flow for flow in arriving if held[flow])
        reaching = self._reaching(element)
        at_hand = {flow for one in came for flow in reaching[one]}
        missing = {flow for one in arriving if one not in came for flow in reaching[one]} - at_hand
        if any(flow in missing for flow in held if flow not in arriving):
            return []
        return [Move((element.id,), came, given) for given in self._choices(element)]

    def _reaching(self, element: Element) -> dict[str, set[str]]:
        """By flow into a gateway, the flows from which a token can come on it without passing the gateway."""
        if element.id not in self.reaching:
            self.reaching[element.id] = {one.id: self._before(one, element.id) for one in self.arriving(element.id)}
        return self.reaching[element.id]

    def _before(self, flow: Flow, gateway: str) -> set[str]:
        found, pending = {flow.id}, [flow]
        while pending:
            source = self.elements[pending.pop().source]
            if source.id == gateway:
                continue
            for one in self.arriving(source.attached_to or source.id):
                if one.id not in found:
                    found.add(one.id)
                    pending.append(one)
        return found

    def _meeting(self, held: Counter[str], state: State) -> Iterator[StateProblem]:
        """Tokens on several flows into one element that takes each by itself: what follows is done once for each of them."""
        targets = Counter(self.flows[flow].target for flow in held)
        for id in sorted(id for id, count in targets.items() if count > 1):
            element = self.elements[id]
            if element.type not in ("parallelGateway", "inclusiveGateway", "endEvent") and self._does(element):
                yield StateProblem("done_twice", id, state)

    def _does(self, element: Element) -> bool:
        """Whether anything is done from an element on; doing nothing twice is no harm."""
        seen, pending = {element.id}, [element]
        while pending:
            one = pending.pop()
            if one.type in ACTIVITIES or one.type in CAUGHT:
                return True
            following = {flow.target for flow in self.leaving(one.id)} - seen
            seen |= following
            pending += [self.elements[id] for id in following]
        return False

    def _stuck(self, held: Counter[str], state: State) -> Iterator[StateProblem]:
        """Nothing can move any more, and tokens are left: at the gateways where they stand."""
        for id in sorted({self.flows[flow].target for flow in held}):
            missing = tuple(one.id for one in self.arriving(id) if not held[one.id])
            yield StateProblem("stands_still", id, state, missing)

    def way(self, state: State) -> list[str]:
        """The elements and flows by which a state is reached, each once."""
        moves: list[Move] = []
        while (before := self.came[state]) is not None:
            state = before[0]
            moves.append(before[1])
        (start,) = self.drawn.starts(self.level)
        passed = [start.id, *(flow for flow, _count in state)]
        for move in reversed(moves):
            passed += [*move.takes, *move.by, *move.gives]
        return list(dict.fromkeys(passed))


def _state(held: Counter[str]) -> State:
    return tuple(sorted((flow, min(count, MOST_TOKENS)) for flow, count in held.items() if count > 0))


def _after(held: Counter[str], move: Move) -> State:
    if move.ends:
        return ()
    left = held.copy()
    left.subtract(move.takes)
    left.update(move.gives)
    return _state(left)
