from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

class ErrorEventDefinition(EventDefinition):
    code: str | None
