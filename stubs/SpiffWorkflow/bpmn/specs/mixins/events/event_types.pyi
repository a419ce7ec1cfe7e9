from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnTaskSpec

class CatchingEvent(BpmnTaskSpec):
    event_definition: EventDefinition

class ThrowingEvent(BpmnTaskSpec):
    event_definition: EventDefinition
