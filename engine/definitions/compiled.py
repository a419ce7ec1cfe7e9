"""A definition ready to run: every diagram parsed, every expression, form and decision compiled once. Immutable; no database."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.definitions import catalogue, dmn, package
from engine.diagrams import diagram, settings
from engine.diagrams.diagram import Diagram, Element, Flow
from engine.ground.errors import EngineError, NotFound
from engine.language import feel
from engine.language.decisions import Outcome
from engine.language.feel import Expression, FeelSyntaxError, Scope, uses
from engine.language.forms import Form
from engine.runtime import handlers, runtime
from engine.runtime.personal import Personal

WORD = re.compile(r"\w+")
WHETHER_OR_HOW_MUCH = frozenset({uses.WHETHER, uses.TOTAL})
PASSED = ("in.", "out.")
WAITED_FOR = ("userTask", "intermediateCatchEvent", "receiveTask", "callActivity", "subProcess")
APPROVED = ("approvedKind", "approvedPayee", "approvedLines")


class UnknownElement(NotFound):
    """The process has no such element."""


class Process:
    """One of the processes of a definition with its expressions compiled."""

    def __init__(self, drawing: Diagram) -> None:
        self.diagram = drawing
        self.key = drawing.key
        self._flow_by_ends = {(flow.source, flow.target): flow for flow in drawing.flows.values()}

    def element(self, element_id: str) -> Element:
        """Return an element of the process. Errors: UnknownElement."""
        try:
            return self.diagram.elements[element_id]
        except KeyError:
            raise UnknownElement(process=self.key, element=element_id) from None

    def flow_between(self, source: str, target: str) -> Flow | None:
        """Return the sequence flow from one element to another, if one is drawn."""
        return self._flow_by_ends.get((source, target))


@dataclass(frozen=True)
class CompiledDecision:
    """A decision and the model that holds it."""

    id: str
    model: dmn.Model

    def evaluate(self, variables: dict[str, Any], scope: Scope) -> Outcome:
        """Evaluate the decision over the variables."""
        return self.model.evaluate(self.id, variables, scope=scope)


class Definition:
    """One version of a process. `id` and `version` are 0 for a draft."""

    def __init__(self, content: package.Package, *, id: int = 0, version: int = 0) -> None:
        self.package, self.id, self.version = content, id, version
        self.key, self.sha256 = content.key, content.sha256
        self.processes = {key: Process(diagram.parse(content.bpmn(key))) for key in content.processes}
        self._expressions: dict[str, Expression] = {}
        self._forms: dict[str, Form] = {}
        self._decisions: dict[str, CompiledDecision] = {}
        self._branching: dict[tuple[str, str], frozenset[str]] = {}

    @property
    def name(self) -> str:
        """The Chinese name of the process."""
        return self.processes[self.key].diagram.name

    @property
    def xml(self) -> bytes:
        """The diagram as published."""
        return self.package.bpmn(self.key)

    @property
    def elements(self) -> dict[str, Element]:
        """The elements of its own diagram."""
        return self.processes[self.key].diagram.elements

    @cached_property
    def steps_awaiting_outside(self) -> frozenset[tuple[str, str]]:
        """The steps that wait for nobody but whoever the case is for, of every process of the package: process and element."""
        return frozenset(
            (key, element.id)
            for key, process in self.processes.items()
            for element in process.diagram.elements.values()
            if element.properties.get(settings.AWAITS) == "true"
        )

    @property
    def flows(self) -> dict[str, Flow]:
        """The sequence flows of its own diagram."""
        return self.processes[self.key].diagram.flows

    def expression(self, text: str) -> Expression:
        """Return a compiled FEEL expression. Errors: FeelSyntaxError."""
        if text not in self._expressions:
            self._expressions[text] = feel.compile(text)
        return self._expressions[text]

    def branching(self, element_id: str, process: str = "") -> frozenset[str]:
        """Return the variables by which the way goes on from an element, up to what is waited for next. Errors: UnknownElement."""
        place = (process or self.key, element_id)
        if place not in self._branching:
            drawing = self.processes[place[0]].diagram
            passed, ahead = {self.processes[place[0]].element(element_id).id}, drawing.outgoing(element_id)
            names: frozenset[str] = frozenset()
            while ahead:
                flow = ahead.pop()
                names |= self.expression(flow.condition).names if flow.condition else frozenset()
                if flow.target not in passed and drawing.elements[flow.target].type not in WAITED_FOR:
                    passed.add(flow.target)
                    ahead += drawing.outgoing(flow.target)
            self._branching[place] = names
        return self._branching[place]

    def form(self, element_id: str, process: str = "") -> Form:
        """Return the form of a user task. Errors: UnknownElement, MissingFile, InvalidDefinition."""
        return self.form_by_id(self.processes[process or self.key].element(element_id).properties.get("form", ""))

    def form_by_id(self, form_id: str) -> Form:
        """Return a form of the package. Errors: MissingFile, InvalidDefinition."""
        if form_id not in self._forms:
            self._forms[form_id] = Form.parse(self.package.form(form_id))
        return self._forms[form_id]

    def decision(self, decision_id: str) -> CompiledDecision:
        """Return a decision of the package. Errors: MissingFile, InvalidDefinition."""
        if decision_id not in self._decisions:
            self._decisions[decision_id] = CompiledDecision(decision_id, dmn.parse(self.package.decision(decision_id)))
        return self._decisions[decision_id]

    def decision_name(self, decision_id: str) -> str:
        """Return what the owner calls a decision; its id when the package does not hold it."""
        try:
            return self.decision(decision_id).model.find(decision_id).name
        except EngineError:
            return decision_id

    def columns(self, decision_id: str) -> dict[str, str]:
        """Return what each input column of a decision is called, by its expression; empty for one that is no table or no longer there."""
        try:
            decision = self.decision(decision_id).model.find(decision_id)
        except EngineError:
            return {}
        inputs = getattr(decision.logic, "inputs", ())
        return {column.expression.text: head for column, (head, _) in zip(inputs, decision.heads.inputs, strict=False)}

    @cached_property
    def private(self) -> Personal:
        """Which values of a case's steps are personal, by their place: the version's forms say so, and the service tasks it calls."""
        calls: dict[str, frozenset[str]] = {}
        for element in self._all_elements():
            names = self._asked(element)
            if names:
                calls[element.id] = calls.get(element.id, frozenset()) | names
        called_handlers = [
            handlers.handlers_by_topic()[e.topic]
            for e in self._all_elements()
            if e.topic in handlers.handlers_by_topic()
        ]
        return Personal(self.personal, calls, frozenset(name for handler in called_handlers for name in handler.secret))

    def _asked(self, element: Element) -> frozenset[str]:
        """Return parameters that are marked, and those reckoned from what is personal."""
        marked = (
            handlers.handlers_by_topic()[element.topic].asks
            if element.topic in handlers.handlers_by_topic()
            else frozenset()
        )
        return marked | {p.name for p in element.parameters if self.tells_of(p.expression, self.personal)}

    @cached_property
    def personal(self) -> frozenset[str]:
        """Names of variables, form fields and results that hold personal data: those that do in every process of the office, and what forms and
        service tasks mark.

        So do the items of a list whose expression names such a variable, the results whose expression does, and what is passed on to
        a called process or back under another name; not what only asks whether there is something, or what lines come to.
        """
        names = set(runtime.current().personal)
        for file in self.package.files:
            if file.startswith("forms/"):
                names |= self.form_by_id(file[len("forms/") : -len(".form")]).personal
        for element in self._all_elements():
            if element.topic in handlers.handlers_by_topic():
                names |= handlers.handlers_by_topic()[element.topic].answers
        return frozenset(self._passed_on(names))

    def _passed_on(self, names: set[str]) -> set[str]:
        markers = [e.multi_instance for e in self._all_elements() if e.multi_instance is not None]
        pairs = [(m.item, m.collection) for m in markers] + [(m.results, m.output) for m in markers]
        pairs += [
            (name.partition(".")[2], text)
            for e in self._all_elements()
            for name, text in e.properties.items()
            if e.called and name.startswith(PASSED)
        ]
        approvals = [e.properties for e in self._all_elements() if e.properties.get("approves")]
        pairs += [
            (properties["approves"], properties[part])
            for properties in approvals
            for part in APPROVED
            if properties.get(part)
        ]
        while True:
            more = {name for name, text in pairs if name and self.tells_of(text, names)} - names
            if not more:
                return names
            names |= more

    @staticmethod
    def tells_of(expression: str, names: Collection[str]) -> bool:
        """Tell whether an expression uses one of the names for more than whether it is there or what its lines come to; of what cannot be read every word counts."""
        try:
            telling_uses = [use for use in feel.uses_of(expression) if use.how not in WHETHER_OR_HOW_MUCH]
        except FeelSyntaxError:
            return not set(names).isdisjoint(WORD.findall(expression))
        return any(not use.names.isdisjoint(names) for use in telling_uses)

    @cached_property
    def english(self) -> dict[str, dict[str, Any]]:
        """English names by process key and element id; the process itself under the empty id."""
        names_by_process = {}
        for key in self.processes:
            text = self.package.files.get(f"translations/{key}.en.yaml", "")
            names_by_process[key] = dict(catalogue.read(text) or {})
        return names_by_process

    @cached_property
    def subjects(self) -> dict[str, str]:
        """What the subjects of notices say → the same in English, of every element that has an English one."""
        subjects = {
            key: wordings for key, names in self.english.items() if isinstance(wordings := names.get("subject"), dict)
        }
        return {
            parameter.says: str(texts[element.id])
            for key, texts in subjects.items()
            for element in self.processes[key].diagram.elements.values()
            for parameter in element.parameters
            if parameter.name == "subject" and parameter.says and texts.get(element.id)
        }

    def _all_elements(self) -> Iterable[Element]:
        for process in self.processes.values():
            yield from process.diagram.elements.values()
