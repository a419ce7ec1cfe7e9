from typing import Any

from SpiffWorkflow.util.event import Event

class BpmnBaseWorkflow:
    success: bool
    completed: bool
    completed_event: Event
    def _task_removed_notify(self, task: Any) -> None: ...
    def update_waiting_tasks(self) -> None: ...
    def cancel(self) -> object: ...

class BpmnSubWorkflow(BpmnBaseWorkflow):
    def __init__(
        self, spec: object, parent_task_id: object, top_workflow: object, *, deserializing: bool = False
    ) -> None: ...
