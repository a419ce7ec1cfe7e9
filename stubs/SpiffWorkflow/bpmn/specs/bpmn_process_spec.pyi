from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnTaskSpec

class BpmnProcessSpec:
    name: str
    start: BpmnTaskSpec
    task_specs: dict[str, BpmnTaskSpec]
