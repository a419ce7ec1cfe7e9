"""Multi-instance activities: entering one item after the other or all at once, collecting what each gives, and going on after the last.

The list is evaluated once, when the activity is reached. Each item has a scope of its own: it sees the variables around it, and what it writes is gone
with it but for its result.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.definitions.diagram import COUNTER, Element, MultiInstance
from engine.errors import Corrupt, EngineError
from engine.language import values
from engine.spiff.arrivals import ITEMS, Arrivals
from engine.spiff.position import OPEN, TOKEN
from engine.spiff.scopes import Scope
from engine.spiff.specs import ITEM
from engine.steps import Failed

MOST_ITEMS = 100


class Items(Arrivals):
    """What happens at activities that are done once for each item of a list."""

    def enter_items(self, task: Task, element: Element, scope: Scope) -> None:
        """Evaluate the list and begin with it; what is no list, or too long a one, is an incident."""
        packed, token = self._packed(element, scope), task.internal_data[TOKEN]
        if isinstance(packed, Failed):
            self.open_incident(token, element, scope, packed, after="arrival")
            return
        task.internal_data[ITEMS] = {"count": len(packed), "left": 0, "waiting": [], "results": []}
        self.add("items_entered", scope.number, token=token, element=element.id, count=len(packed))
        if not packed:
            self._leave_items(task, element, scope)
        elif _marker(element).sequential:
            task.internal_data[ITEMS]["waiting"] = packed
            self._enter_next(task, element, scope)
        else:
            for index, one in enumerate(packed, start=1):
                self._enter_item(task, element, scope, index, one)
        self.arrive()

    def _packed(self, element: Element, scope: Scope) -> list[Any] | Failed:
        """The items as they can be kept."""
        text = _marker(element).collection
        try:
            found = self.evaluate(text, scope)
            if found is None:
                return Failed("NoCollection", text)
            if not isinstance(found, list):
                return Failed("CollectionNotAList", text)
            if len(found) > MOST_ITEMS:
                return Failed("CollectionTooLong", f"{len(found)} > {MOST_ITEMS}")
            return [values.pack(one) for one in found]
        except EngineError as error:
            return Failed(error.code, error.message)

    def _enter_next(self, task: Task, element: Element, scope: Scope) -> None:
        held = task.internal_data[ITEMS]
        self._enter_item(task, element, scope, held["left"] + 1, held["waiting"].pop(0))

    def _enter_item(self, task: Task, element: Element, scope: Scope, index: int, packed: Any) -> None:
        self.counter += 1
        number, count, name = self.counter, task.internal_data[ITEMS]["count"], _marker(element).item
        given = {COUNTER: index, **({name: values.unpack(packed)} if name else {})}
        self.scopes.open_item(number, scope.number, element.id, (index, count), given)
        listed = [(name, _marker(element).collection)] if name else []
        self.entered.enter(number, scope.number, self.mapped(listed))
        self.add(
            "item_entered",
            scope.number,
            token=task.internal_data[TOKEN],
            element=element.id,
            item=number,
            index=index,
            count=count,
            variables=dict(given),
        )
        self._arrive_at(task.task_spec.add_item(task, number))

    def leave_item(self, task: Task) -> None:
        """An item is done: keep what it gives, then go on with the next, or leave the activity."""
        activity, element, item = task.parent, self.element_of(task), self.scopes[task.internal_data[ITEM]]
        outer, held, marker = self.scopes[item.parent], activity.internal_data[ITEMS], _marker(element)
        result = self.evaluate(marker.output, item) if marker.results else None
        held["left"] += 1
        if marker.results:
            held["results"].append([item.index, values.pack(result)])
        enough = self._enough(activity, marker, item)
        self.add(
            "item_left",
            outer.number,
            token=activity.internal_data[TOKEN],
            element=element.id,
            item=item.number,
            index=item.index,
            variables={marker.results: result} if marker.results else {},
        )
        self.reconcile(but=item.number)
        self.scopes.close(item.number)
        if enough or held["left"] == held["count"]:
            self._leave_items(activity, element, outer)
        elif held["waiting"]:
            self._enter_next(activity, element, outer)

    def _enough(self, activity: Task, marker: MultiInstance, item: Scope) -> bool:
        """Whether the completion condition holds, seen from the item that was just done."""
        if not marker.completion:
            return False
        held = activity.internal_data[ITEMS]
        active = 0 if marker.sequential else held["count"] - held["left"]
        counts = {
            "numberOfInstances": held["count"],
            "numberOfCompletedInstances": held["left"],
            "numberOfActiveInstances": active,
        }
        return self.evaluate(marker.completion, item, **counts) is True

    def _leave_items(self, activity: Task, element: Element, scope: Scope) -> None:
        for child in activity.children:
            if ITEM in child.internal_data and child._state & OPEN:
                child.cancel()
        self.reconcile()
        held, name = activity.internal_data[ITEMS], _marker(element).results
        found = {name: [values.unpack(one) for _, one in sorted(held["results"], key=_index)]} if name else {}
        scope.variables.update(found)
        token = activity.internal_data[TOKEN]
        self.add("items_left", scope.number, token=token, element=element.id, variables=found)
        activity._set_state(TaskState.READY)

    def pass_over(self, activity: Task) -> None:
        """A person has settled that the list cannot be had: go on as after an empty one."""
        element, scope = self.element_of(activity), self.scope_at(activity)
        name = _marker(element).results
        if name:
            scope.variables[name] = []
        common = {"token": activity.internal_data[TOKEN], "element": element.id, "topic": ""}
        self.add("job_completed", scope.number, **common, variable=name, result=[])
        activity.complete()


def _marker(element: Element) -> MultiInstance:
    if element.multi_instance is None:
        raise Corrupt(items=element.id)
    return element.multi_instance


def _index(result: list[Any]) -> int:
    return int(result[0])
