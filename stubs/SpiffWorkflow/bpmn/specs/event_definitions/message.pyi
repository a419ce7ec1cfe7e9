from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

class MessageEventDefinition(EventDefinition):
    name: str
    def __init__(self, name: str) -> None: ...
