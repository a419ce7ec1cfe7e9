from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnTaskSpec
from SpiffWorkflow.spiff.parser.task_spec import SpiffTaskParser

class SpiffBpmnParser:
    PARSER_CLASSES: dict[str, tuple[type[SpiffTaskParser], type[BpmnTaskSpec]]]
    OVERRIDE_PARSER_CLASSES: dict[str, tuple[type[SpiffTaskParser], type[BpmnTaskSpec]]]
    def add_bpmn_xml(self, bpmn: object, filename: str | None = None) -> None: ...
    def get_spec(self, process_id: str) -> BpmnProcessSpec: ...
    def get_subprocess_specs(self, name: str) -> dict[str, BpmnProcessSpec]: ...
