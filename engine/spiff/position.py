"""Where the tokens of a case stand: looking them up, and what is drawn and what can be seen there."""

from __future__ import annotations

from collections.abc import Sequence

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition
from SpiffWorkflow.bpmn.specs.mixins import CallActivityMixin
from SpiffWorkflow.util.task import TaskState

from engine.definitions.compiled import Definition, Process
from engine.diagrams.diagram import Element
from engine.elements.token import ITEM, SCOPE, TOKEN, WAITS, Task, Token
from engine.ground.errors import NotFound
from engine.record.scopes import Scope, Scopes
from engine.spiff.specs import ARRIVED, InclusiveGateway, ParallelGateway, waiting_at
from engine.spiff.workflow import Flat, FlatTask, FlatWorkflow, flat

OPEN = TaskState.WAITING | TaskState.READY | TaskState.STARTED
CASE = 0  # the token under which a person is told of what concerns the whole case


class UnknownToken(NotFound):
    """No open element of the instance has this number."""


class Position:
    """The tokens of a `workflow`, which SpiffWorkflow moves, and the open `scopes` that are seen from them."""

    def __init__(self, workflow: FlatWorkflow, definition: Definition, scopes: Scopes) -> None:
        self.workflow, self.definition, self.scopes = workflow, definition, scopes

    def task(self, token: int) -> FlatTask:
        """Return the open SpiffWorkflow task with this token. Errors: UnknownToken."""
        for workflow in self.workflows():
            for task in workflow.tasks.values():
                if task.internal_data.get(TOKEN) == token and task._state & OPEN:
                    return task
        raise UnknownToken(token=token)

    def workflows(self) -> list[Flat]:
        """Return the process itself and the inner ones, from the outermost in."""
        inner = sorted(self.workflow.subprocesses.values(), key=lambda workflow: workflow.depth)
        return [self.workflow, *inner]

    def scope_of(self, workflow: Flat) -> Scope:
        """Return the scope an inner workflow's expressions see."""
        while workflow.parent_task_id is not None:
            parent = self.workflow.get_task_from_id(workflow.parent_task_id)
            if isinstance(parent.task_spec, CallActivityMixin):
                return self.scopes[parent.internal_data[SCOPE]]
            if ITEM in parent.internal_data:
                return self.scopes[parent.internal_data[ITEM]]
            workflow = parent.workflow
        return self.scopes[0]

    def scope_at(self, task: FlatTask) -> Scope:
        """Return the scope that the expressions of a task see."""
        item = task.internal_data.get(ITEM)
        return self.scope_of(task.workflow) if item is None else self.scopes[item]

    def process_of(self, workflow: Flat) -> Process:
        """Return the process a workflow belongs to."""
        return self.definition.processes[self.scope_of(workflow).process]

    def element_of(self, task: FlatTask) -> Element:
        """Return the drawn element of a task."""
        return self.process_of(task.workflow).element(task.task_spec.bpmn_id or "")

    def token_at(self, task: Task) -> Token:
        """Return the token of a task that has arrived."""
        own = flat(task)
        return Token(own, own.internal_data[TOKEN], self.element_of(own), self.scope_at(own))

    def is_waiting(self, task: Task) -> bool:
        """Tell whether a token waits for what its event is about."""
        return flat(task)._state == TaskState.WAITING

    def is_inside(self, task: Task) -> bool:
        """Tell whether a token is in a sub-process or in what is called."""
        return flat(task).workflow is not self.workflow

    def events_after(self, task: Task) -> Sequence[Element]:
        """Return what is drawn after a gateway, in document order."""
        own = flat(task)
        process = self.process_of(own.workflow)
        return [process.element(flow.target) for flow in process.diagram.outgoing(own.task_spec.bpmn_id or "")]

    def catcher(self, task: Task | None, code: str) -> Token | None:
        """Return the innermost boundary event that catches a BPMN error."""
        current = flat(task) if task is not None else None
        while current is not None:
            event = _catching(current, code)
            if event is not None:
                return Token(event, 0, self.element_of(event), self.scope_of(event.workflow))
            parent = current.workflow.parent_task_id
            if ITEM in current.internal_data:
                current = current.parent
            else:
                current = self.workflow.get_task_from_id(parent) if parent is not None else None
        return None

    def gone(self, but: int = 0) -> list[Scope]:
        """Return the open scopes in which no token is left, the innermost first, except one that is being left."""
        alive = self.alive() | {0, but}
        numbers = sorted(self.scopes.numbers(), reverse=True)
        return [self.scopes[number] for number in numbers if number not in alive]

    def alive(self) -> set[int]:
        """Return the numbers of everything that is open: tokens, items, and what a gateway waits for."""
        numbers: set[int] = set()
        for workflow in self.workflows():
            for task in workflow.tasks.values():
                if task._state & OPEN:
                    numbers.add(task.internal_data.get(TOKEN, 0))
                    numbers.add(task.internal_data.get(ITEM, 0))
                    numbers.update(int(number) for number in task.internal_data.get(WAITS, ()))
        return numbers - {CASE} if self.workflow.completed else numbers | {CASE}

    def standing(self) -> FlatTask | None:
        """Return the first of the innermost tokens that wait at a gateway; where there is none, of those that are open at all."""
        tasks = [
            task
            for workflow in self.workflow.deepest_first()
            for task in workflow.tasks.values()
            if task._state & OPEN and task.task_spec.bpmn_id is not None and TOKEN in task.internal_data
        ]
        joins = [task for task in tasks if isinstance(task.task_spec, ParallelGateway | InclusiveGateway)]
        return next(iter(joins + tasks), None)


def _catching(task: FlatTask, code: str) -> FlatTask | None:
    """Return the waiting error boundary event of this very activity; one with the code wins over one without."""
    parent = task.parent
    if parent is None or not isinstance(parent.task_spec, BoundaryEventSplit):
        return None
    waiting: dict[str, FlatTask] = {}
    for sibling in parent.children:
        spec = sibling.task_spec
        definition = spec.event_definition if isinstance(spec, BoundaryEvent) else None
        if sibling._state == TaskState.WAITING and isinstance(definition, ErrorEventDefinition):
            waiting.setdefault(definition.code or "", sibling)
    return waiting.get(code) or waiting.get("")


def missing(task: FlatTask | None) -> str:
    """Say from where no token has come to a gateway that waits for all."""
    if task is None or not isinstance(task.task_spec, ParallelGateway):
        return ""
    came = {waiting.internal_data.get(ARRIVED) for waiting in waiting_at(task.workflow, task.task_spec.name)}
    return ", ".join(name for name in task.task_spec._inputs if name not in came)


def drawn_ancestor(task: FlatTask) -> str:
    """Return the element from which a token has come; empty at the beginning."""
    current = task.parent
    while current is not None and current.task_spec.bpmn_id is None:
        current = current.parent
    return current.task_spec.bpmn_id or "" if current is not None else ""
