from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin, BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent, ThrowingEvent

class EndEvent(ThrowingEvent, BpmnSpecMixin): ...

class BoundaryEvent(CatchingEvent, BpmnSpecMixin):
    cancel_activity: bool

class EventBasedGateway(CatchingEvent, BpmnSpecMixin): ...
class ParallelGateway(BpmnSpecMixin): ...

class InclusiveGateway(BpmnSpecMixin):
    def _get_matching_outputs(self, my_task: Any) -> tuple[list[BpmnTaskSpec], list[BpmnTaskSpec]]: ...
