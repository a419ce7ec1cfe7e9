"""SpiffWorkflow's state as plain lists, without specifications, without data, and without finished history.

Task ids are renumbered on the way out, so that the same history always gives the same bytes. Variables are not here: `scopes` keeps them.
"""

from __future__ import annotations

from itertools import count
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, InclusiveGateway, ParallelGateway
from SpiffWorkflow.bpmn.specs.mixins import SubWorkflowTaskMixin
from SpiffWorkflow.util.task import TaskState

from engine.elements.token import ITEM
from engine.ground.errors import Corrupt
from engine.spiff.parsing import Specification
from engine.spiff.workflow import Asked, Flat, FlatSubWorkflow, FlatTask, FlatWorkflow

FORMAT = 1
FINISHED = TaskState.FINISHED_MASK


def encode(workflow: FlatWorkflow) -> dict[str, Any]:
    """Return the state as JSON-able lists; call `prune` first to keep it small."""
    numbers = {task.id: n for n, task in enumerate(_all_tasks(workflow), start=1)}
    return {
        "format": FORMAT,
        "main": _encode_one(workflow, numbers),
        "inner": [
            [numbers[parent], inner.spec.name, _encode_one(inner, numbers)]
            for parent, inner in workflow.subprocesses.items()
        ],
    }


def _all_tasks(workflow: FlatWorkflow) -> list[FlatTask]:
    return [task for process in workflow.all() for task in process.tasks.values()]


def _encode_one(workflow: Flat, numbers: dict[int, int]) -> list[Any]:
    rows = [
        [
            numbers[task.id],
            numbers.get(task._parent or 0, 0),
            [numbers[child] for child in task._children],
            int(task._state),
            task.task_spec.name,
            int(task.triggered),
            task.internal_data,
        ]
        for task in workflow.tasks.values()
    ]
    last = numbers.get(workflow.last_task.id, 0) if workflow.last_task is not None else 0
    return [numbers[workflow.task_tree.id], last, int(workflow.success), int(workflow.completed), rows]


def decode(state: dict[str, Any], specification: Specification, script_engine: Asked) -> FlatWorkflow:
    """Return the workflow as it was encoded, with `script_engine` in place before anything can be evaluated."""
    workflow = FlatWorkflow(specification.main, specification.others, script_engine, restored=True)
    _decode_one(workflow, state["main"])
    for parent, name, inner in state["inner"]:
        sub = FlatSubWorkflow(specification.others[name], parent, workflow, restored=True)
        workflow.subprocesses[parent] = sub
        _decode_one(sub, inner)
        task = workflow.get_task_from_id(parent)
        if not isinstance(task.task_spec, SubWorkflowTaskMixin):
            raise Corrupt(task=task.task_spec.name, inner=name)
        sub.completed_event.connect(task.task_spec._on_subworkflow_completed, task)
    workflow.numbers = count(max(task.id for task in _all_tasks(workflow)) + 1)
    return workflow


def _decode_one(workflow: Flat, encoded: list[Any]) -> None:
    root, last, success, completed, rows = encoded
    specs = workflow.spec.task_specs
    for number, parent, children, state, spec, triggered, internal in rows:
        task = FlatTask(workflow, specs[spec], None, state, number)
        task._parent, task._children = parent or None, children
        task.triggered, task.internal_data = bool(triggered), internal
    workflow.task_tree = workflow.tasks[root]
    workflow.last_task = workflow.tasks.get(last)
    workflow.success, workflow.completed = bool(success), bool(completed)


def prune(workflow: FlatWorkflow) -> None:
    """Forget finished called processes and, on every open branch, what lies behind it.

    This keeps state and cost flat over loops, also beside an open branch, and repairs the stock join of a parallel gateway, which reads
    finished history.
    """
    for parent in [p for p, inner in workflow.subprocesses.items() if _is_over(workflow, p)]:
        workflow.subprocesses.pop(parent, None)
    for process in workflow.all():
        _forget_items(process)
        _forget_caught(process)
        _Pruning(process).run()


def _forget_items(workflow: Flat) -> None:
    """Forget the items that are over but for their results, which the activity keeps."""
    for task in [t for t in workflow.tasks.values() if ITEM in t.internal_data and t._state & FINISHED]:
        task.before._children.remove(task.id)
        del workflow.tasks[task.id]


def _forget_caught(workflow: Flat) -> None:
    """Forget message events that have caught again once what followed is over."""
    events = [t for t in workflow.tasks.values() if t.triggered and isinstance(t.task_spec, BoundaryEvent)]
    leading = _leading_to_open(workflow) if events else set()
    for task in (t for t in events if t._state & FINISHED and t.id not in leading):
        task.before._children.remove(task.id)
        pending = [task.id]
        while pending:
            pending.extend(workflow.tasks.pop(pending.pop())._children)


def _is_over(workflow: FlatWorkflow, parent: int) -> bool:
    owner = next((process.tasks[parent] for process in workflow.all() if parent in process.tasks), None)
    return owner is None or bool(owner._state & FINISHED)


class _Pruning:
    """Shortens one process: from its root, and from each branch of a fork that is still open, to the last finished task before what is open."""

    def __init__(self, workflow: Flat) -> None:
        self._workflow, self._tasks = workflow, workflow.tasks
        self._leading = _leading_to_open(workflow)
        self._awaited = {
            task.task_spec.name
            for task in self._tasks.values()
            if not task._state & FINISHED and isinstance(task.task_spec, ParallelGateway | InclusiveGateway)
        }

    def run(self) -> None:
        tops = [self._workflow.task_tree]
        while tops:
            last = self._shorten(tops.pop())
            tops += [child for child in self._alive(last) if child._state & FINISHED]
        if self._workflow.last_task is not None and self._workflow.last_task.id not in self._tasks:
            self._workflow.last_task = None

    def _alive(self, task: FlatTask) -> list[FlatTask]:
        return [self._tasks[child] for child in task._children if child in self._leading]

    def _shorten(self, top: FlatTask) -> FlatTask:
        """Forget everything between a task and the last finished one from which all that is open below it descends."""
        last = self._last_before_open(top)
        if last is not top:
            for number in [task for child in top._children for task in self._below(child, last)]:
                del self._tasks[number]
            top._children, last._parent = [last.id], top.id
        return last

    def _last_before_open(self, top: FlatTask) -> FlatTask:
        node = top
        while node._state & FINISHED:
            alive = self._alive(node)
            if len(alive) != 1 or not alive[0]._state & FINISHED or self._holds_arrivals(node, alive[0]):
                break
            node = alive[0]
        return node

    def _holds_arrivals(self, node: FlatTask, alive: FlatTask) -> bool:
        """Tell whether a finished branch holds the arrival at a gateway that still waits for others."""
        siblings = [child for child in node._children if child != alive.id]
        return bool(self._awaited) and any(
            self._tasks[task].task_spec.name in self._awaited for child in siblings for task in self._below(child)
        )

    def _below(self, top: int, without: FlatTask | None = None) -> list[int]:
        """Return the ids of a task and of everything below it, except one task and what is below that."""
        ids, stack = [], [top]
        while stack:
            current = stack.pop()
            if without is None or current != without.id:
                ids.append(current)
                stack.extend(self._tasks[current]._children)
        return ids


def _leading_to_open(workflow: Flat) -> set[int]:
    """Return ids of the open tasks and of everything above them."""
    ids: set[int] = set()
    for task in workflow.tasks.values():
        current = None if task._state & FINISHED else task
        while current is not None and current.id not in ids:
            ids.add(current.id)
            current = current.parent
    return ids
