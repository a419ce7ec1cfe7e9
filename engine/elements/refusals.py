"""Refusals: told to whoever has just entered what they are about, before anything is completed; else taken to the event that catches them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from engine.definitions import trials
from engine.diagrams.diagram import Element
from engine.elements.entered import EntryRefused
from engine.elements.running import Running
from engine.elements.token import Task, Token
from engine.elements.work import called_with, work
from engine.ground.errors import EngineError
from engine.language.forms import Reason
from engine.record.scopes import Scope
from engine.record.steps import Failed, Refused, WorkOutcome

NOWHERE = -1


def try_out(run: Running, token: Token, form: dict[str, Any]) -> None:
    """Carry out and undo the later service tasks that a user task `tries`, for what has just been entered.

    Errors: EntryRefused with what all of them would refuse.
    """
    reasons: dict[str, list[Reason]] = {}
    first: EntryRefused | None = None
    for refusal in tried(run, token, form):
        reasons = {**refusal.reasons, **reasons}
        first = first or refusal
    if first is not None:
        raise EntryRefused(**{**first.values, "reasons": reasons})


def tried(run: Running, token: Token, form: dict[str, Any]) -> Iterator[EntryRefused]:
    """Yield what each of these service tasks would refuse."""
    element, scope = token.element, token.scope
    condition = element.properties.get("triesWhen", "")
    if condition and run.evaluate(condition, replace(scope, variables={**scope.variables, **form})) is not True:
        return
    diagrams = {key: process.diagram for key, process in run.definition.processes.items()}
    for call, service in trials.of(element, scope.process, diagrams):
        try:
            there = token._replace(element=service, scope=_as_if_called(run, call, scope, form))
            parameters = called_with(run, service, there.scope)
        except EngineError:
            continue  # what it is called with comes only later
        outcome = run.perform(work(there, parameters, undone=True))
        if _comes_later(outcome, parameters):
            continue
        try:
            tell(run, service, there.scope, outcome)
        except EntryRefused as refusal:
            yield refusal


def _as_if_called(run: Running, call: Element | None, scope: Scope, form: dict[str, Any]) -> Scope:
    """Return the scope a later service task would see if it came now; one nobody else sees."""
    view = Scope(NOWHERE, scope.process, scope.number, variables={**scope.variables, **form})
    run.entered.enter(NOWHERE, scope.number)
    if call is not None:
        variables = {name: run.evaluate(text, view) for name, text in call.mapping("in.")}
        view = Scope(NOWHERE, call.called, scope.number, variables={**view.variables, **variables})
        run.entered.enter(NOWHERE, scope.number, run.mapped(call.mapping("in.")))
    return view


def tell(run: Running, element: Element, scope: Scope, outcome: WorkOutcome, task: Task | None = None) -> None:
    """Tell whoever has just entered what an outcome is about that it is a refusal; `task` where it happens now. Errors: EntryRefused."""
    if not isinstance(outcome, (Refused, Failed)):
        return
    texts = {parameter.name: parameter.expression for parameter in element.parameters}
    reasons: list[tuple[Reason, list[str]]] = []
    for refusal in (outcome, *(outcome.also if isinstance(outcome, Refused) else ())):
        reason = Reason(refusal.code, dict(refusal.values)) if isinstance(refusal, Refused) else Reason(refusal.kind)
        reasons.append((reason, [texts[name] for name in refusal.about if name in texts]))
    _tell(run, element, scope, reasons, task)


def tell_decided(run: Running, element: Element, scope: Scope) -> None:
    """Do the same for a decision that `refuses` what was entered. Errors: EntryRefused; those of FEEL."""
    code, condition = element.properties.get("refuses", ""), element.properties.get("refusesWhen", "")
    if code and condition and run.evaluate(condition, scope) is True:
        _tell(run, element, scope, [(Reason(code), element.properties.get("about", "").split(","))])


def _tell(
    run: Running, element: Element, scope: Scope, reasons: list[tuple[Reason, list[str]]], task: Task | None = None
) -> None:
    """Refuse what was entered for these reasons, if any is about a field. Errors: EntryRefused with every reason, each at the first field it is about; the first reason is the one that may be recorded."""
    by_field: dict[str, list[Reason]] = {}
    for reason, about in reasons:
        fields = (run.entered.field_of(run.definition.expression(text), scope.number) for text in about)
        field = next((field for field in fields if field is not None), None)
        if field is not None and reason.code not in run.entered.despite:
            by_field.setdefault(field, []).append(reason)
    if by_field:
        code = next(iter(by_field.values()))[0].code
        catcher = run.position.catcher(task, code)
        raise EntryRefused(
            reasons=by_field,
            code=code,
            process=scope.process,
            element=element.id,
            caught_by=catcher.element.id if catcher is not None else "",
            caught_in=catcher.scope.process if catcher is not None else "",
        )


def _comes_later(outcome: WorkOutcome, parameters: dict[str, Any]) -> bool:
    """Tell whether all that a tried service task could not take is what nobody has given yet."""
    if not isinstance(outcome, Failed) or outcome.kind != "InvalidParameters":
        return False
    return all(parameters.get(name) is None for name in outcome.about)
