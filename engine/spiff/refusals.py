"""Refusals: told to whoever has just entered what they are about, before anything is completed; else taken to the event that catches them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.definitions import tried
from engine.definitions.diagram import Element
from engine.errors import EngineError
from engine.language.forms import Reason
from engine.spiff.entered import Entered, EntryRefused
from engine.spiff.items import Items
from engine.spiff.position import TOKEN
from engine.spiff.scopes import Scope
from engine.spiff.specs import FIRED, ITEM
from engine.steps import Failed, Refused, Work, WorkOutcome

NOWHERE = -1


class Refusals(Items):
    """What becomes of a "no"."""

    def parameters(self, element: Element, scope: Scope) -> dict[str, Any]:
        """What a service task is called with, by name. Errors: those of FEEL."""
        return {p.name: self.evaluate(p.expression, scope) for p in element.parameters}

    def work(
        self, token: int, element: Element, scope: Scope, parameters: dict[str, Any], *, undone: bool = False
    ) -> Work:
        """A service task as it is handed to its handler."""
        return Work(
            token=token,
            element_id=element.id,
            process_key=scope.process,
            topic=element.topic,
            parameters=parameters,
            undone=undone,
        )

    def try_out(self, task: Task, form: dict[str, Any]) -> None:
        """Carry out and undo the later service tasks that a user task `tries`, for what has just been entered.

        Errors: EntryRefused with what all of them would refuse.
        """
        refused: dict[str, list[Reason]] = {}
        first: EntryRefused | None = None
        for told in self._tried(task, form):
            refused = {**told.reasons, **refused}
            first = first or told
        if first is not None:
            raise EntryRefused(**{**first.values, "reasons": refused})

    def foreseen(self, token: int, form: dict[str, Any]) -> dict[str, list[Reason]]:
        """What would be refused, by field, of a form that cannot be taken as it is; null stands for what is wrong by itself."""
        task = self.task(token)
        self.entered = Entered(self.scope_at(task).number, form, ())
        return {field: found for told in self._tried(task, form) for field, found in told.reasons.items()}

    def _tried(self, task: Task, form: dict[str, Any]) -> Iterator[EntryRefused]:
        element, scope = self.element_of(task), self.scope_at(task)
        when = element.properties.get("triesWhen", "")
        if when and self.evaluate(when, replace(scope, variables={**scope.variables, **form})) is not True:
            return
        diagrams = {key: process.diagram for key, process in self.definition.processes.items()}
        for call, service in tried.of(element, scope.process, diagrams):
            try:
                there = self._as_if_called(call, scope, form)
                parameters = self.parameters(service, there)
            except EngineError:
                continue  # what it is called with comes only later
            work = self.work(task.internal_data[TOKEN], service, there, parameters, undone=True)
            outcome = self.perform(work)
            if _comes_later(outcome, parameters):
                continue
            try:
                self.tell(service, there, outcome)
            except EntryRefused as told:
                yield told

    def _as_if_called(self, call: Element | None, scope: Scope, form: dict[str, Any]) -> Scope:
        """The scope a later service task would see if it came now; one nobody else sees."""
        seen = Scope(NOWHERE, scope.process, scope.number, variables={**scope.variables, **form})
        self.entered.enter(NOWHERE, scope.number)
        if call is not None:
            given = {name: self.evaluate(text, seen) for name, text in call.mapping("in.")}
            seen = Scope(NOWHERE, call.called, scope.number, variables={**seen.variables, **given})
            self.entered.enter(NOWHERE, scope.number, self.mapped(call.mapping("in.")))
        return seen

    def tell(self, element: Element, scope: Scope, outcome: WorkOutcome, task: Task | None = None) -> None:
        """Tell whoever has just entered what an outcome is about that it is a refusal; `task` where it happens now. Errors: EntryRefused."""
        if not isinstance(outcome, (Refused, Failed)):
            return
        texts = {parameter.name: parameter.expression for parameter in element.parameters}
        told: list[tuple[Reason, list[str]]] = []
        for one in (outcome, *(outcome.also if isinstance(outcome, Refused) else ())):
            reason = Reason(one.code, one.values) if isinstance(one, Refused) else Reason(one.kind)
            told.append((reason, [texts[name] for name in one.about if name in texts]))
        self._tell(element, scope, told, task)

    def tell_decided(self, element: Element, scope: Scope) -> None:
        """The same for a decision that `refuses` what was entered. Errors: EntryRefused; those of FEEL."""
        code, when = element.properties.get("refuses", ""), element.properties.get("refusesWhen", "")
        if code and when and self.evaluate(when, scope) is True:
            self._tell(element, scope, [(Reason(code), element.properties.get("about", "").split(","))])

    def _tell(
        self, element: Element, scope: Scope, told: list[tuple[Reason, list[str]]], task: Task | None = None
    ) -> None:
        """Errors: EntryRefused with every reason, each at the first field it is about; the first reason is the one that may be recorded."""
        found: dict[str, list[Reason]] = {}
        for reason, about in told:
            fields = (self.entered.field_of(self.definition.expression(text), scope.number) for text in about)
            field = next((field for field in fields if field is not None), None)
            if field is not None and reason.code not in self.entered.despite:
                found.setdefault(field, []).append(reason)
        if found:
            code = next(iter(found.values()))[0].code
            catcher = self._catcher(task, code)
            raise EntryRefused(
                reasons=found,
                code=code,
                process=scope.process,
                element=element.id,
                caught_by=catcher.task_spec.bpmn_id if catcher is not None else "",
                caught_in=self.scope_of(catcher.workflow).process if catcher is not None else "",
            )

    def throw_error(self, task: Task, code: str) -> bool:
        """Take a BPMN error to the innermost boundary event that catches it; False when none does."""
        caught = self._catcher(task, code)
        if caught is None:
            return False
        scope = self.scope_of(caught.workflow)
        self.add("error_caught", scope.number, element=caught.task_spec.bpmn_id, code=code)
        caught.internal_data[FIRED] = True
        caught.task_spec._update(caught)
        self.run_task(caught)
        return True

    def _catcher(self, task: Task | None, code: str) -> Task | None:
        """The innermost boundary event that catches a BPMN error."""
        current = task
        while current is not None:
            caught = _catching(current, code)
            if caught is not None:
                return caught
            parent = current.workflow.parent_task_id
            if ITEM in current.internal_data:
                current = current.parent
            else:
                current = self.workflow.get_task_from_id(parent) if parent is not None else None
        return None


def _comes_later(outcome: WorkOutcome, parameters: dict[str, Any]) -> bool:
    """Whether all that a tried service task could not take is what nobody has given yet."""
    if not isinstance(outcome, Failed) or outcome.kind != "InvalidParameters":
        return False
    return all(parameters.get(name) is None for name in outcome.about)


def _catching(task: Task, code: str) -> Task | None:
    """The waiting error boundary event of this very activity; one with the code wins over one without."""
    parent = task.parent
    if parent is None or not isinstance(parent.task_spec, BoundaryEventSplit):
        return None
    waiting = [
        sibling
        for sibling in parent.children
        if sibling._state == TaskState.WAITING
        and isinstance(getattr(sibling.task_spec, "event_definition", None), ErrorEventDefinition)
    ]
    exact = [s for s in waiting if s.task_spec.event_definition.code == code]
    general = [s for s in waiting if not s.task_spec.event_definition.code]
    return next(iter(exact + general), None)
