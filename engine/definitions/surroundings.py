"""Which variables can exist at an element, and of which types: the processes of an office seen together, each with what its callers hand it.

A called process begins with a copy of its caller's variables, so what may come from any caller is known. Nothing is executed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from engine.definitions import dmn, variable_types
from engine.definitions.package import MissingFile, Package
from engine.diagrams.diagram import ACTIVITIES, COUNTER, EVENTS, GATEWAYS, SERVED, Diagram, Element, parse
from engine.diagrams.predecessors import Predecessors, around
from engine.ground.errors import EngineError, InvalidDefinition
from engine.ground.xml import MalformedXml
from engine.language import feel, vocabulary
from engine.language.feel import FeelSyntaxError, Names, inferred
from engine.language.feel.inferred import ANYTHING, CONTEXT, INSTANT, LIST, NUMBER, Type, list_of, union
from engine.language.forms import Form
from engine.language.vocabulary import Vocabulary
from engine.runtime import handlers

IN, OUT = "in.", "out."
MOST_ROUNDS = 16
MOST_KEPT = 512
MOST_AT_ONCE = 8
ALWAYS = {"accepted_at": INSTANT, "entered_at": INSTANT, "refusal": CONTEXT}
COUNTS = {"numberOfInstances": NUMBER, "numberOfCompletedInstances": NUMBER, "numberOfActiveInstances": NUMBER}
Types = dict[str, Type]


@dataclass
class Drawn:
    """One process with the package its files come from. `entry` is what it begins with, `sets` what each of its elements adds."""

    key: str
    diagram: Diagram
    package: Package
    entry: Types = field(default_factory=dict)
    sets: dict[str, Types] = field(default_factory=dict)
    _around: dict[str, list[Element]] = field(default_factory=dict)
    _before: dict[str, list[Element]] = field(default_factory=dict)
    _given: dict[str, Types] = field(default_factory=dict)

    @cached_property
    def _predecessors(self) -> Predecessors:
        return Predecessors(self.diagram)

    def around(self, element_id: str) -> list[Element]:
        """Return the multi-instance activities that an element or flow is or stands in, the outermost first."""
        if element_id not in self._around:
            self._around[element_id] = around(self.diagram, element_id)
        return self._around[element_id]

    def before(self, element_id: str) -> list[Element]:
        """Return the elements that may have been passed when a token comes to an element or flow, on other branches as well."""
        if element_id not in self._before:
            self._before[element_id] = self._predecessors.of(element_id)
        return self._before[element_id]

    def given(self, element: Element) -> Types:
        """Return what a form or a service task gives, which depends on nothing around it."""
        if element.id not in self._given:
            self._given[element.id] = self._of_form(element) if element.type == "userTask" else _of_service(element)
        return self._given[element.id]

    def _of_form(self, element: Element) -> Types:
        approval = element.properties.get("approves", "")
        return {**_form_types(self.package, element), **({approval: CONTEXT} if approval else {})}


class Surroundings:
    """The processes of a package, and those of other packages where it has none of that name."""

    def __init__(
        self, content: Package, in_force: Iterable[Package] = (), opening_types: Mapping[str, str] | None = None
    ) -> None:
        self.drawn: dict[str, Drawn] = {}
        for package in (content, *in_force):
            for key in package.processes:
                if key not in self.drawn and (diagram := _read(package, key)) is not None:
                    self.drawn[key] = Drawn(key, diagram, package)
        self._started = {name: inferred.named(kind) for name, kind in (opening_types or {}).items()}
        self._incomplete = self._with_unknown_sources()
        self._settled = False
        self._settle()
        self._settled = True

    # -- what is known where -----------------------------------------------------------------------------------------------

    def at(self, key: str, element_id: str) -> Names:
        """Return the variables that can exist when a token comes to an element, or leaves by a flow."""
        return self._told(key, self.seen(key, element_id))

    def _told(self, key: str, types: Types) -> Names:
        if key in self._incomplete:  # what is known of a variable may not be all
            return Names(dict.fromkeys(types, ANYTHING), complete=False, likely=self._settled)
        return Names(types, self._settled)

    def unknown_source(self, key: str) -> Element | None:
        """Return the first element of a process that may set what nobody can tell: without a form that can be read, or calling what is not there."""
        process = self.drawn[key]
        return next((e for e in process.diagram.elements.values() if self._is_unknown(process, e)), None)

    def seen(self, key: str, element_id: str) -> Types:
        """Return the same as far as it is known, in a process in which something may set what nobody can tell as well."""
        process = self.drawn[key]
        inside = process.around(element_id)
        types = {**ALWAYS, **self._seen(process, process.before(element_id), inside)}
        for element in inside:
            types |= self._of_item(key, element)
        return types

    def within(self, key: str, element: Element) -> Names:
        """Return the variables that an item of a multi-instance activity has when it is done."""
        names = self.at(key, element.id)
        own = self._given(self.drawn[key], element)
        if element.type == "subProcess":
            process = self.drawn[key]
            inner = [
                candidate for candidate in process.diagram.elements.values() if element in process.around(candidate.id)
            ]
            for inner_element in inner:
                _add(own, process.sets.get(inner_element.id, {}) if inner_element.id != element.id else {})
        return names.with_types({**own, **COUNTS})

    def finally_(self, key: str) -> Names:
        """Return the variables that a process may have when it ends."""
        process = self.drawn[key]
        return self._names(key, self._seen(process, list(process.diagram.elements.values()), []), [])

    def set_later(self, key: str, element_id: str, name: str) -> Element | None:
        """Return the first element of a process, else of one that calls it, that sets a variable which is not known at an element or flow of the process."""
        inside, pending = self.drawn[key].around(element_id), [key]
        for process_key in pending:
            process = self.drawn[process_key]
            for id, types in process.sets.items():
                if name in types and not (process_key == key and _is_hidden(process, id, inside)):
                    return process.diagram.elements[id]
            pending += dict.fromkeys(caller for caller, _call in self.calls_of(process_key) if caller not in pending)
        return None

    def _names(self, key: str, types: Types, inside: list[Element]) -> Names:
        for element in inside:
            types |= self._of_item(key, element)
        return self._told(key, {**ALWAYS, **types})

    def _seen(self, process: Drawn, passed: list[Element], inside: list[Element]) -> Types:
        types = dict(process.entry)
        for element in passed:
            if not _is_hidden(process, element.id, inside) and element not in inside:
                _add(types, process.sets.get(element.id, {}))
        return types

    def _of_item(self, key: str, element: Element) -> Types:
        marker = element.multi_instance
        types = {COUNTER: NUMBER}
        if marker is not None and marker.item:
            list_type = _judged(marker.collection, self._outside(key, element))
            types[marker.item] = (list_type.item or ANYTHING) if list_type.kinds == {"list"} else ANYTHING
        return types

    def _outside(self, key: str, element: Element) -> Names:
        """Return what a multi-instance activity sees when it is reached: its list is evaluated before there is an item."""
        process = self.drawn[key]
        inside = [marked for marked in process.around(element.id) if marked.id != element.id]
        return self._names(key, self._seen(process, process.before(element.id), inside), inside)

    def listing(self, key: str, element: Element) -> Names:
        """Return the variables that the list of a multi-instance activity, and a timer on it, may name."""
        return self._outside(key, element)

    # -- how it comes to be known ------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Settle what processes begin with and what they set: each depends on the other, so it is done again until nothing changes."""
        for process in self.drawn.values():
            process.entry = dict(self._started)
            process.sets = {
                element.id: dict.fromkeys(self._set(process, element), ANYTHING)
                for element in process.diagram.elements.values()
            }
        around = self._neighbours()
        pending = set(self.drawn)
        for _ in range(MOST_ROUNDS):
            settled = {key: (self._entry(key), self._all_sets(self.drawn[key])) for key in pending}
            changed = [key for key, now in settled.items() if now != (self.drawn[key].entry, self.drawn[key].sets)]
            for key, (entry, sets) in settled.items():
                self.drawn[key].entry, self.drawn[key].sets = entry, sets
            if not changed:
                return
            pending = set(changed).union(*(around[key] for key in changed))
        for process in self.drawn.values():
            process.entry = dict.fromkeys(process.entry, ANYTHING)
            process.sets = {id: dict.fromkeys(types, ANYTHING) for id, types in process.sets.items()}

    def _neighbours(self) -> dict[str, set[str]]:
        """Return whom each process calls or is called by: what they know depends on what it knows."""
        around: dict[str, set[str]] = {key: set() for key in self.drawn}
        for key in self.drawn:
            for caller, _call in self.calls_of(key):
                around[key].add(caller)
                around[caller].add(key)
        return around

    def _entry(self, key: str) -> Types:
        types = dict(self._started)
        for caller, element in self.calls_of(key):
            names = self.at(caller, element.id)
            variables = {name: kind for name, kind in names.types.items() if name not in ALWAYS}
            mapped = {name: _judged(text, names) for name, text in _mapped(element, IN)}
            _add(types, {**variables, **mapped})
        return types

    def calls_of(self, key: str) -> Iterator[tuple[str, Element]]:
        """Yield who calls a process, and by which activity."""
        for caller, process in self.drawn.items():
            for element in process.diagram.elements.values():
                if element.type == "callActivity" and element.called == key:
                    yield caller, element

    def _all_sets(self, process: Drawn) -> dict[str, Types]:
        return {element.id: self._set(process, element) for element in process.diagram.elements.values()}

    def _set(self, process: Drawn, element: Element) -> Types:
        """Return what an element adds to the variables around it: of a multi-instance activity only its list of results."""
        marker = element.multi_instance
        if marker is None:
            return self._given(process, element)
        if not marker.results:
            return {}
        item = _judged(marker.output, self.within(process.key, element)) if process.sets else ANYTHING
        return {marker.results: list_of(item) if item.is_known else LIST}

    def _given(self, process: Drawn, element: Element) -> Types:
        """Return what an element gives, or one item of it."""
        if element.type == "userTask" or element.type in SERVED:
            return process.given(element)
        if element.type == "businessRuleTask" and element.result_variable:
            return {element.result_variable: self._decided(process, element)}
        if element.type == "callActivity":
            known_inside = self.drawn.get(element.called)
            ready = known_inside is not None and bool(known_inside.sets)
            return {
                name: _judged(text, self.finally_(element.called)) if ready else ANYTHING
                for name, text in _mapped(element, OUT)
            }
        return {}

    def _decided(self, process: Drawn, element: Element) -> Type:
        model_and_decision = decision_of(process.package, element)
        if model_and_decision is None or not process.sets:
            return ANYTHING
        return variable_types.of_decision(*model_and_decision, self.at(process.key, element.id))

    # -- what is not known -------------------------------------------------------------------------------------------------

    def _with_unknown_sources(self) -> set[str]:
        """Return processes in which something sets variables that nobody can tell, and those they call."""
        keys = {
            key
            for key, process in self.drawn.items()
            if any(self._is_unknown(process, e) for e in process.diagram.elements.values())
        }
        pending = list(keys)
        while pending:
            callees = self.drawn[pending.pop()].diagram.called_processes()
            new = [key for key in callees if key in self.drawn and key not in keys]
            keys.update(new)
            pending += new
        return keys

    def _is_unknown(self, process: Drawn, element: Element) -> bool:
        if element.type == "userTask":
            return form_of(process.package, element) is None
        if element.type == "callActivity":
            return element.called not in self.drawn
        return element.type not in ACTIVITIES | GATEWAYS | EVENTS or element.event_sub_process


def _is_hidden(process: Drawn, element_id: str, inside: list[Element]) -> bool:
    """Tell whether an element stands in a multi-instance activity that keeps what it sets from those who do not stand inside."""
    return any(marker not in inside and marker.id != element_id for marker in process.around(element_id))


class Same:
    """A package that is the same as another of the same fingerprint, read in the words of the same office."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self._same = (package.sha256, vocabulary.in_force())

    def __hash__(self) -> int:
        return hash(self._same)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self._same == other._same


@lru_cache(maxsize=MOST_AT_ONCE)
def kept(
    content: Same, in_force: tuple[Same, ...], opening_types: tuple[tuple[str, str], ...], topics: frozenset[str]
) -> Surroundings:
    """Return the surroundings of a package, kept while an owner goes from element to element; `topics` are the service tasks known then."""
    return Surroundings(content.package, (package.package for package in in_force), dict(opening_types))


def _read(package: Package, key: str) -> Diagram | None:
    try:
        return parse(package.bpmn(key))
    except (MalformedXml, MissingFile):
        return None


def form_of(package: Package, element: Element) -> Form | None:
    """Return the form of a user task; None when there is none that can be read."""
    text = package.files.get(f"forms/{element.properties.get('form', '')}.form")
    return _form(text, vocabulary.in_force()) if text is not None else None


@lru_cache(maxsize=MOST_KEPT)
def _form(text: str, _: Vocabulary) -> Form | None:
    try:
        return Form.parse(text)
    except InvalidDefinition:
        return None


def decision_of(package: Package, element: Element) -> tuple[dmn.Model, dmn.Decision] | None:
    """Return the decision of a business rule task with the file it stands in; None when there is none that can be executed."""
    text = package.files.get(f"decisions/{element.decision}.dmn")
    return _decision(text, element.decision, vocabulary.in_force()) if text is not None else None


@lru_cache(maxsize=MOST_KEPT)
def _decision(text: str, decision: str, _: Vocabulary) -> tuple[dmn.Model, dmn.Decision] | None:
    try:
        model = dmn.parse(text.encode())
        return model, model.find(decision)
    except EngineError:
        return None


def _form_types(package: Package, element: Element) -> Types:
    form = form_of(package, element)
    return variable_types.of_form(form) if form is not None else {}


def _of_service(element: Element) -> Types:
    if not element.result_variable:
        return {}
    handler = handlers.handlers_by_topic().get(element.topic)
    return {element.result_variable: variable_types.of_schema(handler.gives) if handler is not None else ANYTHING}


def _mapped(element: Element, side: str) -> list[tuple[str, str]]:
    """Return (name, expression) of what a call activity hands over (`in.`) or takes back (`out.`)."""
    properties = element.properties.items()
    return [(name.removeprefix(side), text) for name, text in properties if name.startswith(side)]


def _judged(text: str, names: Names) -> Type:
    """Return what an expression gives; anything for one that cannot be read, which is told elsewhere."""
    try:
        judgement = feel.judge(text)(names, [])
    except FeelSyntaxError:
        return ANYTHING
    return replace(judgement, said="", literal=False)


def _add(types: Types, more: Types) -> None:
    for name, kind in more.items():
        types[name] = union(types[name], kind) if name in types else kind
