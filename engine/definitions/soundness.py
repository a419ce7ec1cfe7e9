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

from engine.diagrams.diagram import ACTIVITIES, Diagram, Element, Flow, parse
from engine.ground.errors import Problem

MOST_STATES = 4_000
MOST_TOKENS = 3  # on one flow: more of them tell nothing new
MOST_BRANCHES = 6  # of an inclusive gateway, of which every choice is tried; beyond, one and all
CAUGHT = ("intermediateCatchEvent", "receiveTask")

State = tuple[tuple[str, int], ...]


@lru_cache(maxsize=64)
def certain(source: bytes) -> tuple[Problem, ...]:
    """Return the findings about a diagram without other problems that hold on every way."""
    return tuple(problem for problem in check(parse(source)) if problem.rule == "always_stands_still")


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


def check(diagram: Diagram) -> list[Problem]:
    """Return the warnings about a diagram that has no problem, at most one of a kind at each element.

    Shape: `way` in the values of a finding are the ids of the elements and flows that lead there, in order.
    """
    findings: list[Problem] = []
    for level in [diagram.key, *(e.id for e in diagram.elements.values() if e.type == "subProcess")]:
        if len(diagram.starts(level)) == 1:
            findings += _Level(diagram, level).problems()
    return findings


class _Level:
    """The states of one level, each with the move that first led to it."""

    def __init__(self, diagram: Diagram, level: str) -> None:
        self.drawn, self.level = diagram, level
        self.elements = {e.id: e for e in diagram.elements.values() if e.parent == level}
        self.flows = {
            f.id: f for f in diagram.flows.values() if f.source in self.elements and f.target in self.elements
        }
        self.reaching: dict[str, dict[str, set[str]]] = {}
        self.joined: set[str] = set()
        self.came: dict[State, tuple[State, Move] | None] = {}

    def problems(self) -> Iterator[Problem]:
        """Yield every finding, the shortest way to it."""
        reported: set[tuple[str, str]] = set()
        for finding in list(self.explore()):
            element = self.elements.get(finding.element)
            if (finding.rule, finding.element) in reported:
                continue
            reported.add((finding.rule, finding.element))
            names = [self._name(flow) for flow in finding.missing]
            values: dict[str, Any] = {
                "name": element.name if element else "",
                "missing": names,
                "limit": MOST_STATES,
            }
            line = element.line if element else 0
            values["way"] = self.way(finding.state)
            if finding.rule == "stands_still" and self._never_joins(finding.element):
                yield Problem(line, finding.element, "always_stands_still", values)
            else:
                yield Problem(line, finding.element, finding.rule, values)

    def _never_joins(self, element_id: str) -> bool:
        """Tell whether a gateway that waits for all its flows does so for ever, on whatever way: no state lets it go on."""
        element = self.elements.get(element_id)
        explored = len(self.came) <= MOST_STATES
        return explored and element is not None and element.type == "parallelGateway" and element_id not in self.joined

    def _name(self, flow_id: str) -> str:
        source = self.elements[self.flows[flow_id].source]
        return source.name or source.id

    def explore(self) -> Iterator[StateProblem]:
        """Go through the states breadth first, until there are no more or too many."""
        (start,) = self.drawn.starts(self.level)
        first: State = _state(Counter(flow.id for flow in self.leaving(start.id)))
        self.came = {first: None}
        pending = [first]
        for state in pending:
            tokens = Counter(dict(state))
            yield from self._meeting(tokens, state)
            moves = self._moves(tokens)
            if tokens and not moves:
                yield from self._stuck(tokens, state)
            for move in moves:
                self.joined.update(move.by)
                after = _after(tokens, move)
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

    def _moves(self, tokens: Counter[str]) -> list[Move]:
        """Return the steps to be tried: all of one token that hinders no other; when there is none, of every gateway that joins; then of those that merge.

        What takes all tokens away comes last, when nothing is left to be found without it.
        """
        standing = {flow: self.elements[self.flows[flow].target] for flow in tokens}
        targets = {flow: element for flow, element in standing.items() if not self._ends_all(element)}
        free = sorted(flow for flow, target in targets.items() if not self._gathers(target))
        if free:
            return self._of(targets[free[0]], free[0])
        joins = {e.id: e for e in targets.values() if e.type == "parallelGateway"}
        moves = [move for e in joins.values() for move in self._joining(e, tokens)]
        if moves:
            return moves[:1]
        merging = [
            (flow, e) for flow, e in sorted(targets.items()) if e.type not in ("parallelGateway", "inclusiveGateway")
        ]
        if merging:
            return [move for flow, e in merging for move in self._of(e, flow)]
        inclusive = {e.id: e for e in targets.values() if e.type == "inclusiveGateway"}
        gathering = [move for e in inclusive.values() for move in self._gathering(e, tokens)]
        ending = [move for flow, e in standing.items() if flow not in targets for move in self._of(e, flow)]
        return gathering or ending

    def _gathers(self, element: Element) -> bool:
        """Tell whether tokens from several flows come together there."""
        return element.type != "endEvent" and len(self.arriving(element.id)) > 1

    def _of(self, element: Element, flow: str) -> list[Move]:
        """Return what one token may do at an element."""
        if element.type == "endEvent":
            return [Move((element.id,), (flow,), (), self._ends_all(element))]
        if element.type in ("exclusiveGateway", "eventBasedGateway"):
            return [Move((element.id,), (flow,), (flow_out.id,)) for flow_out in self.leaving(element.id)]
        if element.type == "inclusiveGateway":
            return [Move((element.id,), (flow,), flows_out) for flows_out in self._choices(element)]
        if element.type in ACTIVITIES:
            return list(self._done(element, flow))
        return [Move((element.id,), (flow,), tuple(flow_out.id for flow_out in self.leaving(element.id)))]

    def _ends_all(self, element: Element) -> bool:
        """Tell whether an end ends all: terminating, or an error that leaves the sub-process or the called process."""
        return element.type == "endEvent" and element.trigger in ("terminate", "error")

    def _done(self, element: Element, flow: str) -> Iterator[Move]:
        """Yield the moves of an activity that is done or interrupted; meanwhile none, one or all of the events that do not interrupt may have happened."""
        events = self.drawn.boundary_events(element.id)
        beside = [event.id for event in events if not event.interrupting]
        happened = [(), *((event_id,) for event_id in beside), *([tuple(beside)] if len(beside) > 1 else [])]
        for way_out in [element.id, *(event.id for event in events if event.interrupting)]:
            for also in happened:
                by = dict.fromkeys((element.id, *also, way_out))
                flows_out = tuple(flow_out.id for source in (way_out, *also) for flow_out in self.leaving(source))
                yield Move(tuple(by), (flow,), flows_out)

    def _choices(self, element: Element) -> list[tuple[str, ...]]:
        """Return which flows an inclusive gateway may take: any of those with a condition, or the default alone."""
        leaving = [flow_out.id for flow_out in self.leaving(element.id)]
        conditional = [id for id in leaving if id != element.default] or leaving
        sizes = range(1, len(conditional) + 1) if len(conditional) <= MOST_BRANCHES else (1, len(conditional))
        subsets = [subset for size in sizes for subset in combinations(conditional, size)]
        return [*subsets, *([(element.default,)] if element.default in leaving and len(leaving) > 1 else [])]

    def _joining(self, element: Element, tokens: Counter[str]) -> list[Move]:
        flows_in = tuple(flow_in.id for flow_in in self.arriving(element.id))
        if not all(tokens[flow] for flow in flows_in):
            return []
        return [Move((element.id,), flows_in, tuple(flow_out.id for flow_out in self.leaving(element.id)))]

    def _gathering(self, element: Element, tokens: Counter[str]) -> list[Move]:
        """Return the moves of an inclusive gateway that joins: it goes on when no other token can come on a flow on which none has."""
        arriving = [flow_in.id for flow_in in self.arriving(element.id)]
        came = tuple(flow for flow in arriving if tokens[flow])
        reaching = self._reaching(element)
        at_hand = {flow for flow_in in came for flow in reaching[flow_in]}
        missing = {flow for flow_in in arriving if flow_in not in came for flow in reaching[flow_in]} - at_hand
        if any(flow in missing for flow in tokens if flow not in arriving):
            return []
        return [Move((element.id,), came, flows_out) for flows_out in self._choices(element)]

    def _reaching(self, element: Element) -> dict[str, set[str]]:
        """Return, by flow into a gateway, the flows from which a token can come on it without passing the gateway."""
        if element.id not in self.reaching:
            self.reaching[element.id] = {
                flow_in.id: self._before(flow_in, element.id) for flow_in in self.arriving(element.id)
            }
        return self.reaching[element.id]

    def _before(self, flow: Flow, gateway: str) -> set[str]:
        flow_ids, pending = {flow.id}, [flow]
        while pending:
            source = self.elements[pending.pop().source]
            if source.id == gateway:
                continue
            for flow_in in self.arriving(source.attached_to or source.id):
                if flow_in.id not in flow_ids:
                    flow_ids.add(flow_in.id)
                    pending.append(flow_in)
        return flow_ids

    def _meeting(self, tokens: Counter[str], state: State) -> Iterator[StateProblem]:
        """Yield tokens on several flows into one element that takes each by itself: what follows is done once for each of them."""
        targets = Counter(self.flows[flow].target for flow in tokens)
        for id in sorted(id for id, count in targets.items() if count > 1):
            element = self.elements[id]
            if element.type not in ("parallelGateway", "inclusiveGateway", "endEvent") and self._does(element):
                yield StateProblem("done_twice", id, state)

    def _does(self, element: Element) -> bool:
        """Tell whether anything is done from an element on; doing nothing twice is no harm."""
        visited, pending = {element.id}, [element]
        while pending:
            element = pending.pop()
            if element.type in ACTIVITIES or element.type in CAUGHT:
                return True
            following = {flow.target for flow in self.leaving(element.id)} - visited
            visited |= following
            pending += [self.elements[id] for id in following]
        return False

    def _stuck(self, tokens: Counter[str], state: State) -> Iterator[StateProblem]:
        """Tell that nothing can move any more and tokens are left: at the gateways where they stand."""
        for id in sorted({self.flows[flow].target for flow in tokens}):
            missing = tuple(flow_in.id for flow_in in self.arriving(id) if not tokens[flow_in.id])
            yield StateProblem("stands_still", id, state, missing)

    def way(self, state: State) -> list[str]:
        """Return the elements and flows by which a state is reached, each once."""
        moves: list[Move] = []
        while (before := self.came[state]) is not None:
            state = before[0]
            moves.append(before[1])
        (start,) = self.drawn.starts(self.level)
        passed = [start.id, *(flow for flow, _count in state)]
        for move in reversed(moves):
            passed += [*move.takes, *move.by, *move.gives]
        return list(dict.fromkeys(passed))


def _state(tokens: Counter[str]) -> State:
    return tuple(sorted((flow, min(count, MOST_TOKENS)) for flow, count in tokens.items() if count > 0))


def _after(tokens: Counter[str], move: Move) -> State:
    if move.ends:
        return ()
    remainder = tokens.copy()
    remainder.subtract(move.takes)
    remainder.update(move.gives)
    return _state(remainder)
