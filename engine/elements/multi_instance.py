"""Multi-instance activities: entering one item after the other or all at once, collecting what each gives, and going on after the last.

The list is evaluated once, when the activity is reached. Each item has a scope of its own: it sees the variables around it, and what it writes is gone
with it but for its result.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.definitions.package import Package
from engine.diagrams import settings
from engine.diagrams.diagram import COUNTER, Diagram, Element, MultiInstance
from engine.elements.kind import Kind, problem
from engine.elements.running import Running
from engine.elements.token import ITEM, ITEMS, Items, Token
from engine.elements.work import settle_otherwise
from engine.ground.errors import Corrupt, EngineError, Problem
from engine.language import values
from engine.record.scopes import Scope
from engine.record.steps import Done, Failed, WorkOutcome

MOST_ITEMS = 100


def arrive(run: Running, token: Token) -> None:
    """Evaluate the list and begin with it; what is no list, or too long a one, is an incident."""
    task, number, element, scope = token
    packed = _packed(run, element, scope)
    if isinstance(packed, Failed):
        run.open_incident(number, element, scope, packed, after="arrival")
        return
    task.internal_data[ITEMS] = {"count": len(packed), "left": 0, "waiting": [], "results": []}
    run.add(
        {"type": "items_entered", "scope": scope.number, "token": number, "element": element.id, "count": len(packed)}
    )
    if not packed:
        _leave_all(run, token)
    elif _marker(element).sequential:
        task.internal_data[ITEMS]["waiting"] = packed
        _enter_next(run, token)
    else:
        for index, item in enumerate(packed, start=1):
            _enter(run, token, index, item)
    run.arrive()


def _packed(run: Running, element: Element, scope: Scope) -> list[Any] | Failed:
    """Return the items as they can be kept."""
    text = _marker(element).collection
    try:
        items = run.evaluate(text, scope)
        if items is None:
            return Failed("NoCollection", text)
        if not isinstance(items, list):
            return Failed("CollectionNotAList", text)
        if len(items) > MOST_ITEMS:
            return Failed("CollectionTooLong", f"{len(items)} > {MOST_ITEMS}")
        return [values.pack(item) for item in items]
    except EngineError as error:
        return Failed(error.code, error.message)


def _enter_next(run: Running, activity: Token) -> None:
    progress = activity.task.internal_data[ITEMS]
    _enter(run, activity, progress["left"] + 1, progress["waiting"].pop(0))


def _enter(run: Running, activity: Token, index: int, packed: Any) -> None:
    task, element, scope = activity.task, activity.element, activity.scope
    number, count, name = run.next_number(), task.internal_data[ITEMS]["count"], _marker(element).item
    variables = {COUNTER: index, **({name: values.unpack(packed)} if name else {})}
    mapping = [(name, _marker(element).collection)] if name else []
    run.entered.enter(number, scope.number, run.mapped(mapping))
    run.add(
        {
            "type": "item_entered",
            "scope": scope.number,
            "token": activity.number,
            "element": element.id,
            "item": number,
            "index": index,
            "count": count,
            "variables": variables,
        }
    )
    run.begin_item(task, number)


def leave(run: Running, token: Token) -> None:
    """Keep what an item that is done gives, then go on with the next, or leave the activity."""
    element, item = token.element, run.case.scopes[token.task.internal_data[ITEM]]
    activity = run.position.token_at(token.task.before)._replace(scope=run.case.scopes[item.parent])
    progress, marker = activity.task.internal_data[ITEMS], _marker(element)
    result = run.evaluate(marker.output, item) if marker.results else None
    progress["left"] += 1
    if marker.results:
        progress["results"].append([item.index, values.pack(result)])
    enough = _enough(run, progress, marker, item)
    scopes = run.position.gone(but=item.number)
    run.add(
        {
            "type": "item_left",
            "scope": activity.scope.number,
            "token": activity.number,
            "element": element.id,
            "item": item.number,
            "index": item.index,
            "variables": {marker.results: result} if marker.results else {},
        }
    )
    run.reconcile(scopes)
    if enough or progress["left"] == progress["count"]:
        _leave_all(run, activity)
    elif progress["waiting"]:
        _enter_next(run, activity)


def _enough(run: Running, progress: Items, marker: MultiInstance, item: Scope) -> bool:
    """Tell whether the completion condition holds, seen from the item that was just done."""
    if not marker.completion:
        return False
    active = 0 if marker.sequential else progress["count"] - progress["left"]
    counts = {
        "numberOfInstances": progress["count"],
        "numberOfCompletedInstances": progress["left"],
        "numberOfActiveInstances": active,
    }
    return run.evaluate(marker.completion, item, **counts) is True


def _leave_all(run: Running, activity: Token) -> None:
    _, number, element, scope = activity
    run.end_items(activity.task)
    run.reconcile()
    results, name = activity.task.internal_data[ITEMS]["results"], _marker(element).results
    variables = {name: [values.unpack(packed) for _, packed in sorted(results, key=_index)]} if name else {}
    run.add(
        {"type": "items_left", "scope": scope.number, "token": number, "element": element.id, "variables": variables}
    )
    run.make_ready(activity.task)


def close(run: Running, item: Scope) -> None:
    """Say that an item was taken away before it was done."""
    run.add(
        {
            "type": "item_cancelled",
            "scope": item.parent,
            "item": item.number,
            "element": item.element,
            "index": item.index,
        }
    )


def settle(run: Running, token: Token, outcome: WorkOutcome) -> None:
    """Go on as after an empty list, because a person has settled that it cannot be had."""
    if not isinstance(outcome, Done):
        settle_otherwise(run, token, outcome)
        return
    task, number, element, scope = token
    run.add(
        {
            "type": "job_completed",
            "scope": scope.number,
            "token": number,
            "element": element.id,
            "topic": "",
            "variable": _marker(element).results,
            "result": [],
        }
    )
    task.complete()


def _marker(element: Element) -> MultiInstance:
    if element.multi_instance is None:
        raise Corrupt(items=element.id)
    return element.multi_instance


def _index(result: list[Any]) -> int:
    return int(result[0])


def problems(element: Element, _diagram: Diagram, _content: Package) -> Iterator[Problem]:
    """Check that the list is named in our way, and that the activity may have one."""
    marker = element.multi_instance
    if marker is None:
        return
    if element.type not in REPEATED:
        yield problem(element, "not_multi_instance", type=element.type)
    for part in marker.others:
        yield problem(element, "multi_instance_part", part=part)
    if not marker.collection:
        yield problem(element, "no_collection")
    if bool(marker.results) != bool(marker.output):
        yield problem(element, "results_incomplete")
    for variable in filter(None, (marker.item, marker.results)):
        if not settings.usable(variable):
            yield problem(element, "unusable_variable", variable=variable)


REPEATED = frozenset({"userTask", "serviceTask", "businessRuleTask", "callActivity", "subProcess"})
PROPERTIES = frozenset({"inputCollection", "inputElement", "outputCollection", "outputElement"})
STEPS = frozenset({"items_entered", "item_entered", "item_left", "item_cancelled", "items_left"})
KIND = Kind(
    properties=PROPERTIES,
    problems=problems,
    arrive=arrive,
    leave=leave,
    close=close,
    retry=arrive,
    settle=settle,
    steps=STEPS,
    done="items_left",
)
