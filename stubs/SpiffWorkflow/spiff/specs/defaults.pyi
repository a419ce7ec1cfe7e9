from typing import Any

from SpiffWorkflow.bpmn.specs.mixins import CallActivityMixin
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask

class CallActivity(CallActivityMixin, SpiffBpmnTask):
    def copy_data(self, my_task: Any, subworkflow: Any) -> None: ...
    def update_data(self, my_task: Any, subworkflow: Any) -> None: ...
