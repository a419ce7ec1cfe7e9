"""SpiffWorkflow's workflow and task classes with flat scans instead of tree walks, so that a step costs what is open and not what has been."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Protocol

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnTaskSpec
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow, BpmnSubWorkflow
from SpiffWorkflow.task import Task as StockTask
from SpiffWorkflow.util.task import TaskState

from engine.elements.token import Notes, Task
from engine.ground.errors import Corrupt


class Asked(Protocol):
    """What specifications ask while tokens move."""

    @property
    def counts_tokens(self) -> bool:
        """Whether gateways count tokens."""

    def leave_call(self, task: FlatTask, _inner: Flat) -> None: ...
    def leave_item(self, task: FlatTask) -> None: ...


class FlatTask(StockTask):
    """A task numbered within its instance. Stock ones draw a random UUID each, and compose a log record for every change of state."""

    id: int
    workflow: Flat
    task_spec: BpmnTaskSpec
    parent: FlatTask | None
    children: list[FlatTask]
    internal_data: Notes
    _parent: int | None
    _children: list[int]

    def __init__(
        self,
        workflow: Flat,
        task_spec: BpmnTaskSpec,
        parent: FlatTask | None = None,
        state: int = TaskState.MAYBE,
        id: int = 0,
    ) -> None:
        super().__init__(workflow, task_spec, parent, state, id or next(workflow.top_workflow.numbers))

    @property
    def before(self) -> FlatTask:
        """The task from which the token came. Errors: Corrupt of the first one."""
        parent = self.parent
        if parent is None:
            raise Corrupt(task=self.task_spec.name)
        return parent

    def _set_state(self, value: int) -> None:
        self._state = value

    def _add_child(self, task_spec: BpmnTaskSpec, state: int = TaskState.MAYBE) -> FlatTask:
        if self._state & TaskState.PREDICTED_MASK and not state & TaskState.PREDICTED_MASK:
            return super()._add_child(task_spec, state)  # which refuses it
        task = FlatTask(self.workflow, task_spec, self, state)
        task.thread_id = self.thread_id
        if state == TaskState.READY:
            task._ready()
        return task


def flat(task: Task) -> FlatTask:
    """Return a token's task, which outside is known by what is noted on it, as what moves here."""
    if not isinstance(task, FlatTask):
        raise TypeError(task)
    return task


class Flat(BpmnBaseWorkflow):
    """Makes flat tasks, and visits waiting ones in the order of their creation."""

    spec: BpmnProcessSpec
    script_engine: Asked
    tasks: dict[int, FlatTask]
    task_tree: FlatTask
    last_task: FlatTask | None
    top_workflow: FlatWorkflow
    parent_task_id: int | None
    depth: int

    def begin(self) -> None:
        """Do what the constructor of a stock workflow does when it is not restored."""
        root = self.task_tree = FlatTask(self, self.spec.start, state=TaskState.FUTURE)
        root.task_spec._predict(root, mask=TaskState.NOT_FINISHED_MASK)
        root._ready()

    def update_waiting_tasks(self) -> None:
        for task in [t for t in self.tasks.values() if t._state == TaskState.WAITING]:
            if task._state == TaskState.WAITING and task.id in self.tasks:
                task.task_spec._update(task)

    def _task_removed_notify(self, task: FlatTask) -> None:
        """End what goes on inside a task that is taken out of the tree."""
        super()._task_removed_notify(task)
        inner = task.workflow.top_workflow.subprocesses.pop(task.id, None)
        if inner is not None and not inner.completed:
            inner.cancel()


class FlatSubWorkflow(Flat, BpmnSubWorkflow):
    """An embedded sub-process or a called process."""

    def __init__(
        self, spec: BpmnProcessSpec, parent_task_id: int, top_workflow: FlatWorkflow, *, restored: bool = False
    ) -> None:
        super().__init__(spec, parent_task_id, top_workflow, deserializing=True)
        if not restored:
            self.begin()


class FlatWorkflow(Flat, BpmnWorkflow):
    """The process itself; `numbers` are those its next tasks get."""

    subprocess_specs: dict[str, BpmnProcessSpec]
    subprocesses: dict[int, FlatSubWorkflow]
    numbers: Iterator[int]

    def __init__(
        self,
        spec: BpmnProcessSpec,
        subprocess_specs: dict[str, BpmnProcessSpec],
        script_engine: Asked,
        *,
        restored: bool = False,
    ) -> None:
        self.numbers = count(1)
        super().__init__(spec, subprocess_specs, script_engine, deserializing=True)
        if not restored:
            self.begin()

    def create_subprocess(self, my_task: FlatTask, spec_name: str) -> FlatSubWorkflow:
        inner = FlatSubWorkflow(self.subprocess_specs[spec_name], parent_task_id=my_task.id, top_workflow=self)
        self.subprocesses[my_task.id] = inner
        return inner

    def all(self) -> tuple[Flat, ...]:
        """Return the process itself and the inner ones, in the order in which they began."""
        return (self, *self.subprocesses.values())

    def get_task_from_id(self, task_id: int) -> FlatTask:
        for process in self.all():
            if task_id in process.tasks:
                return process.tasks[task_id]
        return super().get_task_from_id(task_id)

    def deepest_first(self) -> list[Flat]:
        """Return the open inner processes from the innermost out, then the process itself."""
        inner = [process for process in self.subprocesses.values() if not process.completed]
        return [*sorted(inner, key=lambda process: process.depth, reverse=True), self]
