"""What a diagram consists of, as plain values: elements with our properties, flows, and the diagram that asks which of them meet. `diagram` reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from engine.language import cycles
from engine.language.cycles import Cycle

_Part = TypeVar("_Part")
LITERAL = re.compile(r'"([^"\\]+)"')


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A service task parameter: a FEEL expression by name."""

    name: str
    expression: str

    @property
    def says(self) -> str:
        """The first fixed text in the expression, as `投诉原因通报` in `"投诉原因通报 " + case_number`; empty when there is none."""
        literal = LITERAL.search(self.expression)
        return literal[1].strip() if literal is not None else ""


@dataclass(frozen=True, kw_only=True)
class MultiInstance:
    """An activity done once per item of a list. `collection`, `output` and `completion` are FEEL, `item` and `results` names of variables.

    `others` are the parts of the marker that name the list in ways we do not execute.
    """

    sequential: bool
    collection: str
    item: str
    results: str
    output: str
    completion: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Element:
    """One flow node. `trigger` is the kind of its event definition (timer, message, error, terminate …), empty when it has none.

    `error_code` is None when no error that is declared is named; `error_named` when one is, declared or not.
    """

    id: str
    type: str
    name: str
    line: int
    parent: str
    lane: str = ""
    documentation: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    default: str = ""
    attached_to: str = ""
    interrupting: bool = True
    trigger: str = ""
    trigger_count: int = 0
    timer: str = ""
    timer_kind: str = ""
    message: str = ""
    error_code: str | None = None
    error_named: bool = False
    topic: str = ""
    result_variable: str = ""
    parameters: tuple[Parameter, ...] = ()
    decision: str = ""
    called: str = ""
    looped: bool = False
    multi_instance: MultiInstance | None = None
    extensions: tuple[str, ...] = ()
    event_sub_process: bool = False

    @property
    def timer_expression(self) -> str:
        """In FEEL, what the instant of a timer is reckoned by; empty when it says none."""
        if self.timer_kind != "timeCycle":
            return self.timer
        return self.cycle.interval if self.cycle is not None else ""

    @property
    def cycle(self) -> Cycle | None:
        """How a timer repeats; None for one that is due once, or whose repetition cannot be read."""
        return cycles.parse(self.timer) if self.timer_kind == "timeCycle" else None

    @property
    def manual_refs(self) -> tuple[str, ...]:
        """The ids of the manual this element declares."""
        return tuple(ref.strip() for ref in self.properties.get("manualRef", "").split(",") if ref.strip())

    def mapping(self, prefix: str) -> list[tuple[str, str]]:
        """Return variables and FEEL texts of what a call takes ("in.") or brings back ("out.")."""
        return [(name[len(prefix) :], text) for name, text in self.properties.items() if name.startswith(prefix)]


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A sequence flow and its FEEL condition."""

    id: str
    name: str
    source: str
    target: str
    condition: str
    line: int


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """One executable process with everything drawn in it.

    `executable` counts those of the file, `twice` are ids used more than once, `nameless` the kinds and lines of elements without any, `lanes_of` the
    names of the lanes that an element stands in.
    """

    key: str
    name: str
    documentation: str
    elements: dict[str, Element]
    flows: dict[str, Flow]
    lanes: tuple[str, ...]
    lane_names: dict[str, str]
    executable: int
    twice: tuple[str, ...] = ()
    nameless: tuple[tuple[str, int], ...] = ()
    lanes_of: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def outgoing(self, element_id: str) -> list[Flow]:
        """Return the flows that leave an element, in document order."""
        return list(self._leaving.get(element_id, ()))

    def incoming(self, element_id: str) -> list[Flow]:
        """Return the flows that arrive at an element, in document order."""
        return list(self._arriving.get(element_id, ()))

    def boundary_events(self, element_id: str) -> list[Element]:
        """Return the events attached to an activity."""
        return list(self._attached.get(element_id, ()))

    def starts(self, parent: str) -> list[Element]:
        """Return the start events of the process or of a sub-process."""
        return list(self._starting.get(parent, ()))

    # PlacedExpression for every element of a diagram: looking through all of them each time takes the square of their number.

    @cached_property
    def _leaving(self) -> dict[str, list[Flow]]:
        return _grouped(self.flows.values(), lambda flow: flow.source)

    @cached_property
    def _arriving(self) -> dict[str, list[Flow]]:
        return _grouped(self.flows.values(), lambda flow: flow.target)

    @cached_property
    def _attached(self) -> dict[str, list[Element]]:
        return _grouped(self.elements.values(), lambda element: element.attached_to)

    @cached_property
    def _starting(self) -> dict[str, list[Element]]:
        starts = (element for element in self.elements.values() if element.type == "startEvent")
        return _grouped(starts, lambda element: element.parent)

    def called_processes(self) -> list[str]:
        """Return keys of the processes that call activities name, in document order, each once."""
        return list(dict.fromkeys(e.called for e in self.elements.values() if e.type == "callActivity" and e.called))


def _grouped(parts: Iterable[_Part], by: Callable[[_Part], str]) -> dict[str, list[_Part]]:
    groups: dict[str, list[_Part]] = {}
    for part in parts:
        groups.setdefault(by(part), []).append(part)
    return groups
