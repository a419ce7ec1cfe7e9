"""SpiffWorkflow task specs bent to our rules: machine work waits for us, timers never read a clock, an event gateway leaves its events alone.

A multi-instance activity is two specs: one with the id of the activity, which stands in the flow, and one that is done for each item.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.defaults import EndEvent as StockEndEvent
from SpiffWorkflow.bpmn.specs.defaults import EventBasedGateway as StockEventGateway
from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway as StockInclusiveGateway
from SpiffWorkflow.bpmn.specs.defaults import ParallelGateway as StockParallelGateway
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin, BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent, ThrowingEvent
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.event_parsers import SpiffEndEventParser
from SpiffWorkflow.spiff.parser.task_spec import CallActivityParser, SpiffTaskParser
from SpiffWorkflow.spiff.specs.defaults import CallActivity as StockCallActivity
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from SpiffWorkflow.util.task import TaskState

from engine.elements.token import ITEM
from engine.spiff.workflow import Flat, FlatTask

ARRIVED: Final = "arrived"
CHOSEN: Final = "chosen"
FIRED: Final = "event_fired"
RELEASED: Final = "released"
OPEN = TaskState.WAITING | TaskState.READY | TaskState.STARTED


class ServiceTask(SpiffBpmnTask):
    """Stays STARTED until the run loop has carried it out; nothing is called from here."""

    def _run_hook(self, my_task: FlatTask) -> None:
        return None


class BusinessRuleTask(SpiffBpmnTask):
    """Stays STARTED until the run loop has evaluated the decision."""

    def _run_hook(self, my_task: FlatTask) -> None:
        return None


class CallActivity(StockCallActivity):
    """A called process keeps its variables in a scope of its own, so nothing is copied here."""

    def copy_data(self, my_task: FlatTask, subworkflow: Flat) -> None:
        return None

    def update_data(self, my_task: FlatTask, subworkflow: Flat) -> None:
        my_task.workflow.script_engine.leave_call(my_task, subworkflow)


class EndEvent(StockEndEvent):
    """An error end event stays STARTED: the run loop takes the error to the boundary event that catches it."""

    def _run_hook(self, my_task: FlatTask) -> bool | None:
        if isinstance(self.event_definition, ErrorEventDefinition):
            return None
        return super()._run_hook(my_task)


class EventBasedGateway(StockEventGateway):
    """Waits until the run loop says which of its events happened; stock code lets two timers share one slot."""

    def connect(self, child: BpmnTaskSpec) -> None:
        self._outputs.append(child.name)
        child._connect_notify(self)

    def _update_hook(self, my_task: FlatTask) -> bool:
        if CHOSEN in my_task.internal_data:
            return True
        my_task._set_state(TaskState.WAITING)
        return False

    def _run_hook(self, my_task: FlatTask) -> bool:
        target = my_task.workflow.spec.task_specs[my_task.internal_data[CHOSEN]]
        my_task._sync_children([target], TaskState.FUTURE)
        for child in my_task.children:
            child.internal_data[FIRED] = True
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


class _Counting(BpmnTaskSpec):
    """A gateway that keeps every token that has come to it until it is used: one from each flow each time it goes on.

    Stock ones count flows, not tokens: of two on one flow the second is lost, and when a gateway goes on again what it let go before is taken away.
    Cases that were begun under the first rules go on under them.
    """

    def _update_hook(self, my_task: FlatTask) -> bool:
        if not my_task.workflow.top_workflow.script_engine.counts_tokens:
            return RELEASED in my_task.internal_data or bool(super()._update_hook(my_task))
        my_task.internal_data.setdefault(ARRIVED, my_task.before.task_spec.name)
        came = {my_task.internal_data[ARRIVED]: my_task}
        for task in waiting_at(my_task.workflow, self.name):
            came.setdefault(task.internal_data[ARRIVED], task)
        if not (RELEASED in my_task.internal_data or self._may_go_on(my_task, set(came))):
            my_task._set_state(TaskState.WAITING)
            return False
        for task in came.values():
            if task is not my_task:
                task.cancel()
        return True

    def _may_go_on(self, my_task: FlatTask, came: set[str]) -> bool:
        raise NotImplementedError


def waiting_at(workflow: Flat, name: str) -> list[FlatTask]:
    """Return the tokens that wait at a gateway, the first come first."""
    return [t for t in workflow.tasks.values() if t._state == TaskState.WAITING and t.task_spec.name == name]


class ParallelGateway(_Counting, StockParallelGateway):
    """Goes on when a token has come on each of its flows."""

    def _may_go_on(self, my_task: FlatTask, came: set[str]) -> bool:
        return came.issuperset(self._inputs)

    def _run_hook(self, my_task: FlatTask) -> bool:
        counts = my_task.workflow.top_workflow.script_engine.counts_tokens
        return True if counts else bool(super()._run_hook(my_task))


class InclusiveGateway(_Counting, StockInclusiveGateway):
    """Goes on when no other token can come on a flow on which none has come yet; takes every flow whose condition holds, else the default."""

    def _may_go_on(self, my_task: FlatTask, came: set[str]) -> bool:
        specs = my_task.workflow.spec.task_specs
        missing = leading_to(specs, set(self._inputs) - came, self.name)
        at_hand = leading_to(specs, came, self.name)
        return not any(
            task.task_spec.name in missing and task.task_spec.name not in at_hand
            for task in my_task.workflow.tasks.values()
            if task._state & OPEN and task.task_spec.name != self.name
        )

    def _run_hook(self, my_task: FlatTask) -> bool:
        if not my_task.workflow.top_workflow.script_engine.counts_tokens:
            return bool(super()._run_hook(my_task))
        matches, defaults = self._get_matching_outputs(my_task)
        my_task._sync_children(matches or defaults, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        return True


def leading_to(specs: Mapping[str, BpmnTaskSpec], targets: set[str], gateway: str) -> set[str]:
    """Return the names of the specs from which a token can come to one of the targets, they themselves among them, without passing the gateway."""
    names, pending = set(targets), list(targets)
    while pending:
        for name in specs[pending.pop()]._inputs:
            if name not in names and name != gateway:
                names.add(name)
                pending.append(name)
    return names


class MultiInstance(BpmnSpecMixin):
    """Stays STARTED until the run loop has seen to its items; stock code keeps lists in SpiffWorkflow's data and hangs over a cached specification."""

    def __init__(self, wf_spec: BpmnProcessSpec, name: str, activity: BpmnTaskSpec) -> None:
        super().__init__(wf_spec, name)
        self.each = activity.name
        self._inputs, self._outputs, self.lane = activity._inputs, activity._outputs, activity.lane
        activity._inputs, activity._outputs = [name], []
        activity.completed_event.connect(_item_done)

    def _update_hook(self, my_task: FlatTask) -> bool:
        super()._update_hook(my_task)
        my_task._set_state(TaskState.STARTED)
        return False

    def add_item(self, my_task: FlatTask, scope: int) -> FlatTask:
        """Begin the activity once more, over the variables of a scope."""
        activity = my_task.workflow.spec.task_specs[self.each]
        child = my_task._add_child(activity, TaskState.WAITING)
        child.triggered = True  # what is predicted of the flow leaves it alone
        child.internal_data[ITEM] = scope
        activity._update(child)
        return child


def _item_done(workflow: Flat, task: FlatTask) -> None:
    workflow.script_engine.leave_item(task)


def repeat(spec: BpmnProcessSpec, element_id: str) -> None:
    """Make an activity of a parsed process multi-instance."""
    activity = spec.task_specs.pop(element_id)
    activity.name = f"{element_id} [item]"
    spec.task_specs[activity.name] = activity
    MultiInstance(spec, element_id, activity)


class Timer(TimerEventDefinition):
    """Fires only when the run loop says so; the due instant is computed outside and kept in a row."""

    def has_fired(self, my_task: FlatTask) -> bool:
        return bool(my_task.internal_data.get(FIRED, False))


class Message(MessageEventDefinition):
    """Caught only by the token that the run loop names; correlation is a row's business."""

    def catches(self, my_task: FlatTask, event: object) -> bool:
        return False

    def update_task_data(self, my_task: FlatTask) -> None:
        return None


class DecisionParser(SpiffTaskParser):
    """Decisions are ours: SpiffWorkflow only has to know that there are none of its own."""

    @staticmethod
    def get_decision_ref(node: object) -> None:
        return None


class Parser(SpiffBpmnParser):
    """Reads our diagrams into the specs above."""

    OVERRIDE_PARSER_CLASSES = {
        **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES,
        full_tag("serviceTask"): (SpiffTaskParser, ServiceTask),
        full_tag("businessRuleTask"): (DecisionParser, BusinessRuleTask),
        full_tag("endEvent"): (SpiffEndEventParser, EndEvent),
        full_tag("callActivity"): (CallActivityParser, CallActivity),
        full_tag("parallelGateway"): (
            SpiffBpmnParser.PARSER_CLASSES[full_tag("parallelGateway")][0],
            ParallelGateway,
        ),
        full_tag("inclusiveGateway"): (
            SpiffBpmnParser.PARSER_CLASSES[full_tag("inclusiveGateway")][0],
            InclusiveGateway,
        ),
        full_tag("eventBasedGateway"): (
            SpiffBpmnParser.PARSER_CLASSES[full_tag("eventBasedGateway")][0],
            EventBasedGateway,
        ),
    }


def own_events(spec: BpmnProcessSpec) -> None:
    """Replace the event definitions of a parsed process by ours."""
    for task_spec in spec.task_specs.values():
        if not isinstance(task_spec, CatchingEvent | ThrowingEvent):
            continue
        definition = task_spec.event_definition
        if isinstance(definition, TimerEventDefinition):
            task_spec.event_definition = Timer(definition.name, definition.expression)
        elif isinstance(definition, MessageEventDefinition):
            task_spec.event_definition = Message(definition.name)
