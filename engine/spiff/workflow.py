"""SpiffWorkflow's workflow and task classes with flat scans instead of tree walks, so that a step costs what is open and not what has been."""

from __future__ import annotations

from itertools import count
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState


class FlatTask(Task):
    """A task numbered within its instance. Stock ones draw a random UUID each, and compose a log record for every change of state."""

    def __init__(
        self, workflow: Any, task_spec: Any, parent: Task | None = None, state: int = TaskState.MAYBE, id: int = 0
    ) -> None:
        super().__init__(workflow, task_spec, parent, state, id or next(workflow.top_workflow.numbers))

    def _set_state(self, value: int) -> None:
        self._state = value

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> FlatTask:
        if self._state & TaskState.PREDICTED_MASK and not state & TaskState.PREDICTED_MASK:
            return super()._add_child(task_spec, state)  # which refuses it
        task = FlatTask(self.workflow, task_spec, self, state)
        task.thread_id = self.thread_id
        if state == TaskState.READY:
            task._ready()
        return task


class _Flat:
    """Makes flat tasks, and visits waiting ones in the order of their creation."""

    spec: Any
    tasks: dict[Any, Task]

    def begin(self) -> None:
        """What the constructor of a stock workflow does when it is not restored."""
        root = self.task_tree = FlatTask(self, self.spec.start, state=TaskState.FUTURE)
        root.task_spec._predict(root, mask=TaskState.NOT_FINISHED_MASK)
        root._ready()

    def update_waiting_tasks(self) -> None:
        for task in [t for t in self.tasks.values() if t._state == TaskState.WAITING]:
            if task._state == TaskState.WAITING and task.id in self.tasks:
                task.task_spec._update(task)

    def _task_removed_notify(self, task: Task) -> None:
        """What goes on inside a task that is taken out of the tree ends with it."""
        super()._task_removed_notify(task)  # type: ignore[misc]
        inner = task.workflow.top_workflow.subprocesses.pop(task.id, None)
        if inner is not None and not inner.completed:
            inner.cancel()


class FlatSubWorkflow(_Flat, BpmnSubWorkflow):
    """An embedded sub-process or a called process."""

    def __init__(self, spec: Any, parent_task_id: int, top_workflow: FlatWorkflow, *, restored: bool = False) -> None:
        super().__init__(spec, parent_task_id, top_workflow, deserializing=True)
        if not restored:
            self.begin()


class FlatWorkflow(_Flat, BpmnWorkflow):
    """The process itself; `numbers` are those its next tasks get."""

    def __init__(
        self, spec: Any, subprocess_specs: dict[str, Any], script_engine: Any, *, restored: bool = False
    ) -> None:
        self.numbers = count(1)
        super().__init__(spec, subprocess_specs, script_engine, deserializing=True)
        if not restored:
            self.begin()

    def create_subprocess(self, my_task: Task, spec_name: str) -> FlatSubWorkflow:
        inner = FlatSubWorkflow(self.subprocess_specs[spec_name], parent_task_id=my_task.id, top_workflow=self)
        self.subprocesses[my_task.id] = inner
        return inner

    def get_task_from_id(self, task_id: Any) -> Task:
        for process in (self, *self.subprocesses.values()):
            if task_id in process.tasks:
                return process.tasks[task_id]
        return super().get_task_from_id(task_id)

    def deepest_first(self) -> list[Any]:
        """The open inner processes from the innermost out, then the process itself."""
        inner = [process for process in self.subprocesses.values() if not process.completed]
        return [*sorted(inner, key=lambda process: process.depth, reverse=True), self]
