from typing import Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow

class BpmnWorkflow(BpmnBaseWorkflow):
    def __init__(
        self,
        spec: object,
        subprocess_specs: object = None,
        script_engine: object = None,
        *,
        deserializing: bool = False,
    ) -> None: ...
    def get_task_from_id(self, task_id: Any) -> Any: ...
