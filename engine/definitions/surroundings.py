"""Which variables can exist at an element, and of which types: the processes of an office seen together, each with what its callers hand it.

A called process begins with a copy of its caller's variables, so what may come from any caller is known. Nothing is executed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from engine import handlers
from engine.definitions import dmn, setting
from engine.definitions.diagram import ACTIVITIES, COUNTER, EVENTS, GATEWAYS, SERVED, Diagram, Element, parse
from engine.definitions.package import MissingFile, Package
from engine.definitions.ways import all_later, around, before
from engine.errors import EngineError, InvalidDefinition
from engine.language import feel
from engine.language.feel import FeelSyntaxError, Names, inferred
from engine.language.feel.inferred import ANYTHING, CONTEXT, INSTANT, LIST, NUMBER, Type, list_of, union
from engine.language.forms import Form
from engine.xml import MalformedXml

IN, OUT = "in.", "out."
MOST_ROUNDS = 16
MOST_KEPT = 512
MOST_AT_ONCE = 8
ALWAYS = {"accepted_at": INSTANT, "entered_at": INSTANT, "refusal": CONTEXT}
COUNTS = {"numberOfInstances": NUMBER, "numberOfCompletedInstances": NUMBER, "numberOfActiveInstances": NUMBER}
FORKS = frozenset({"parallelGateway", "inclusiveGateway"})
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

    @cached_property
    def is_sequential(self) -> bool:
        """Whether only one token is on its way, so that what comes later has not been yet."""
        return not any(
            (one.type in FORKS and len(self.diagram.outgoing(one.id)) > 1)
            or (one.type == "boundaryEvent" and not one.interrupting)
            for one in self.diagram.elements.values()
        )

    @cached_property
    def _later(self) -> dict[str, set[str]]:
        return all_later(self.diagram)

    def around(self, element_id: str) -> list[Element]:
        """The multi-instance activities that an element or flow is or stands in, the outermost first."""
        if element_id not in self._around:
            self._around[element_id] = around(self.diagram, element_id)
        return self._around[element_id]

    def before(self, element_id: str) -> list[Element]:
        """The elements that may have been passed when a token comes to an element or flow."""
        if not self.is_sequential:
            return list(self.diagram.elements.values())
        return before(self.diagram, element_id, self._later)


class Surroundings:
    """The processes of a package, and those of other packages where it has none of that name."""

    def __init__(
        self, content: Package, others: Iterable[Package] = (), started: Mapping[str, str] | None = None
    ) -> None:
        self.drawn: dict[str, Drawn] = {}
        for package in (content, *others):
            for key in package.processes:
                if key not in self.drawn and (diagram := _read(package, key)) is not None:
                    self.drawn[key] = Drawn(key, diagram, package)
        self._started = {name: inferred.named(kind) for name, kind in (started or {}).items()}
        self._incomplete = self._with_unknown_sources()
        self._settled = False
        self._settle()
        self._settled = True

    # -- what is known where -----------------------------------------------------------------------------------------------

    def at(self, key: str, element_id: str) -> Names:
        """The variables that can exist when a token comes to an element, or leaves by a flow."""
        return self._told(key, self.seen(key, element_id))

    def _told(self, key: str, found: Types) -> Names:
        if key in self._incomplete:  # what is known of a variable may not be all
            return Names(dict.fromkeys(found, ANYTHING), complete=False)
        return Names(found, self._settled)

    def seen(self, key: str, element_id: str) -> Types:
        """The same as far as it is known, in a process in which something may set what nobody can tell as well."""
        drawn = self.drawn[key]
        inside = drawn.around(element_id)
        found = {**ALWAYS, **self._seen(drawn, drawn.before(element_id), inside)}
        for element in inside:
            found |= self._of_item(key, element)
        return found

    def within(self, key: str, element: Element) -> Names:
        """The variables that an item of a multi-instance activity has when it is done."""
        names = self.at(key, element.id)
        own = self._given(self.drawn[key], element)
        if element.type == "subProcess":
            drawn = self.drawn[key]
            inner = [one for one in drawn.diagram.elements.values() if element in drawn.around(one.id)]
            for one in inner:
                _add(own, drawn.sets.get(one.id, {}) if one.id != element.id else {})
        return names.with_types({**own, **COUNTS})

    def finally_(self, key: str) -> Names:
        """The variables that a process may have when it ends."""
        drawn = self.drawn[key]
        return self._names(key, self._seen(drawn, list(drawn.diagram.elements.values()), []), [])

    def set_by(self, key: str, name: str) -> list[Element]:
        """The elements of a process that set a variable."""
        drawn = self.drawn[key]
        return [drawn.diagram.elements[id] for id, found in drawn.sets.items() if name in found]

    def _names(self, key: str, found: Types, inside: list[Element]) -> Names:
        for element in inside:
            found |= self._of_item(key, element)
        return self._told(key, {**ALWAYS, **found})

    def _seen(self, drawn: Drawn, passed: list[Element], inside: list[Element]) -> Types:
        found = dict(drawn.entry)
        for element in passed:
            hidden = [one for one in drawn.around(element.id) if one not in inside and one.id != element.id]
            if not hidden and element not in inside:
                _add(found, drawn.sets.get(element.id, {}))
        return found

    def _of_item(self, key: str, element: Element) -> Types:
        marker = element.multi_instance
        found = {COUNTER: NUMBER}
        if marker is not None and marker.item:
            listed = _judged(marker.collection, self._outside(key, element))
            found[marker.item] = (listed.item or ANYTHING) if listed.kinds == {"list"} else ANYTHING
        return found

    def _outside(self, key: str, element: Element) -> Names:
        """What a multi-instance activity sees when it is reached: its list is evaluated before there is an item."""
        drawn = self.drawn[key]
        inside = [one for one in drawn.around(element.id) if one.id != element.id]
        return self._names(key, self._seen(drawn, drawn.before(element.id), inside), inside)

    def listing(self, key: str, element: Element) -> Names:
        """The variables that the list of a multi-instance activity, and a timer on it, may name."""
        return self._outside(key, element)

    # -- how it comes to be known ------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """What processes begin with depends on what others set, and the other way round: again until nothing changes."""
        for drawn in self.drawn.values():
            drawn.entry = dict(self._started)
            drawn.sets = {
                one.id: dict.fromkeys(self._set(drawn, one), ANYTHING) for one in drawn.diagram.elements.values()
            }
        for _ in range(MOST_ROUNDS):
            former = [(drawn.entry, drawn.sets) for drawn in self.drawn.values()]
            entries = {key: self._entry(key) for key in self.drawn}
            sets = {key: self._all_sets(drawn) for key, drawn in self.drawn.items()}
            for key, drawn in self.drawn.items():
                drawn.entry, drawn.sets = entries[key], sets[key]
            if former == [(drawn.entry, drawn.sets) for drawn in self.drawn.values()]:
                return
        for drawn in self.drawn.values():
            drawn.entry = dict.fromkeys(drawn.entry, ANYTHING)
            drawn.sets = {id: dict.fromkeys(found, ANYTHING) for id, found in drawn.sets.items()}

    def _entry(self, key: str) -> Types:
        found = dict(self._started)
        for caller, element in self.calls_of(key):
            names = self.at(caller, element.id)
            handed = {name: kind for name, kind in names.types.items() if name not in ALWAYS}
            mapped = {name: _judged(text, names) for name, text in _mapped(element, IN)}
            _add(found, {**handed, **mapped})
        return found

    def calls_of(self, key: str) -> Iterator[tuple[str, Element]]:
        """Who calls a process, and by which activity."""
        for caller, drawn in self.drawn.items():
            for element in drawn.diagram.elements.values():
                if element.type == "callActivity" and element.called == key:
                    yield caller, element

    def _all_sets(self, drawn: Drawn) -> dict[str, Types]:
        return {element.id: self._set(drawn, element) for element in drawn.diagram.elements.values()}

    def _set(self, drawn: Drawn, element: Element) -> Types:
        """What an element adds to the variables around it: of a multi-instance activity only its list of results."""
        marker = element.multi_instance
        if marker is None:
            return self._given(drawn, element)
        if not marker.results:
            return {}
        item = _judged(marker.output, self.within(drawn.key, element)) if drawn.sets else ANYTHING
        return {marker.results: list_of(item) if item.is_known else LIST}

    def _given(self, drawn: Drawn, element: Element) -> Types:
        """What an element gives, or one item of it."""
        if element.type == "userTask":
            approval = element.properties.get("approves", "")
            return {**_form_types(drawn.package, element), **({approval: CONTEXT} if approval else {})}
        if element.type in SERVED and element.result_variable:
            known = handlers.registered().get(element.topic)
            return {element.result_variable: setting.of_schema(known.gives) if known is not None else ANYTHING}
        if element.type == "businessRuleTask" and element.result_variable:
            return {element.result_variable: self._decided(drawn, element)}
        if element.type == "callActivity":
            known_inside = self.drawn.get(element.called)
            ready = known_inside is not None and bool(known_inside.sets)
            return {
                name: _judged(text, self.finally_(element.called)) if ready else ANYTHING
                for name, text in _mapped(element, OUT)
            }
        return {}

    def _decided(self, drawn: Drawn, element: Element) -> Type:
        found = decision_of(drawn.package, element)
        if found is None or not drawn.sets:
            return ANYTHING
        return setting.of_decision(*found, self.at(drawn.key, element.id))

    # -- what is not known -------------------------------------------------------------------------------------------------

    def _with_unknown_sources(self) -> set[str]:
        """Processes in which something sets variables that nobody can tell, and those they call."""
        found = {
            key
            for key, drawn in self.drawn.items()
            if any(self._is_unknown(drawn, e) for e in drawn.diagram.elements.values())
        }
        pending = list(found)
        while pending:
            called = self.drawn[pending.pop()].diagram.called_processes()
            new = [key for key in called if key in self.drawn and key not in found]
            found.update(new)
            pending += new
        return found

    def _is_unknown(self, drawn: Drawn, element: Element) -> bool:
        if element.type == "userTask":
            return form_of(drawn.package, element) is None
        if element.type == "callActivity":
            return element.called not in self.drawn
        return element.type not in ACTIVITIES | GATEWAYS | EVENTS or element.event_sub_process


class Same:
    """A package that is the same as another of the same fingerprint."""

    def __init__(self, package: Package) -> None:
        self.package = package

    def __hash__(self) -> int:
        return hash(self.package.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.package.sha256 == other.package.sha256


@lru_cache(maxsize=MOST_AT_ONCE)
def kept(
    content: Same, others: tuple[Same, ...], started: tuple[tuple[str, str], ...], topics: frozenset[str]
) -> Surroundings:
    """The surroundings of a package, kept while an owner goes from element to element; `topics` are the service tasks known then."""
    return Surroundings(content.package, (one.package for one in others), dict(started))


def _read(package: Package, key: str) -> Diagram | None:
    try:
        return parse(package.bpmn(key))
    except (MalformedXml, MissingFile):
        return None


def form_of(package: Package, element: Element) -> Form | None:
    """The form of a user task; None when there is none that can be read."""
    text = package.files.get(f"forms/{element.properties.get('form', '')}.form")
    return _form(text) if text is not None else None


@lru_cache(maxsize=MOST_KEPT)
def _form(text: str) -> Form | None:
    try:
        return Form.parse(text)
    except InvalidDefinition:
        return None


def decision_of(package: Package, element: Element) -> tuple[dmn.Model, dmn.Decision] | None:
    """The decision of a business rule task with the file it stands in; None when there is none that can be executed."""
    text = package.files.get(f"decisions/{element.decision}.dmn")
    return _decision(text, element.decision) if text is not None else None


@lru_cache(maxsize=MOST_KEPT)
def _decision(text: str, decision: str) -> tuple[dmn.Model, dmn.Decision] | None:
    try:
        model = dmn.parse(text.encode())
        return model, model.find(decision)
    except EngineError:
        return None


def _form_types(package: Package, element: Element) -> Types:
    form = form_of(package, element)
    return setting.of_form(form) if form is not None else {}


def _mapped(element: Element, side: str) -> list[tuple[str, str]]:
    """(name, expression) of what a call activity hands over (`in.`) or takes back (`out.`)."""
    listed = element.properties.items()
    return [(name.removeprefix(side), text) for name, text in listed if name.startswith(side)]


def _judged(text: str, names: Names) -> Type:
    """What an expression gives; anything for one that cannot be read, which is told elsewhere."""
    try:
        found = feel.judge(text)(names, [])
    except FeelSyntaxError:
        return ANYTHING
    return Type(found.kinds, found.values, found.parts, found.item, found.unit)


def _add(found: Types, more: Types) -> None:
    for name, kind in more.items():
        found[name] = union(found[name], kind) if name in found else kind
