"""SpiffWorkflow's workflow classes with flat scans instead of tree walks, so that a step costs what is open and not what has been."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

ENDED = TaskState.FINISHED_MASK


class _Flat:
    """Visits waiting tasks in the order of their creation."""

    tasks: dict[Any, Task]

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


class FlatWorkflow(_Flat, BpmnWorkflow):
    """The process itself."""

    def create_subprocess(self, my_task: Task, spec_name: str) -> FlatSubWorkflow:
        inner = FlatSubWorkflow(self.subprocess_specs[spec_name], parent_task_id=my_task.id, top_workflow=self)
        self.subprocesses[my_task.id] = inner
        return inner

    def get_task_from_id(self, task_id: Any) -> Task:
        for one in (self, *self.subprocesses.values()):
            if task_id in one.tasks:
                return one.tasks[task_id]
        return super().get_task_from_id(task_id)

    def deepest_first(self) -> list[Any]:
        """The open inner processes from the innermost out, then the process itself."""
        inner = [one for one in self.subprocesses.values() if not one.completed]
        return [*sorted(inner, key=lambda one: one.depth, reverse=True), self]
