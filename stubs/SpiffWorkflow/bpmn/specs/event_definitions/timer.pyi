from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

class TimerEventDefinition(EventDefinition):
    expression: str
    def __init__(self, name: str | None, expression: str) -> None: ...
