"""How the tokens of an instance move: they arrive, the engine does what needs nobody, events happen, and what is taken away is said.

What an arrival, an event or an end means at a kind of element is said in `engine.elements`.
"""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition
from SpiffWorkflow.util.task import TaskState

from engine.diagrams.diagram import Element
from engine.elements import drawn_kind, kind_of, opener
from engine.elements.kind import PASSED
from engine.elements.token import ITEM, ITEMS, SKIPPED, TOKEN, WAITS, Task, Token
from engine.ground.errors import Corrupt
from engine.record.case import Wait
from engine.record.case_steps import Stuck
from engine.record.scopes import Scope
from engine.record.steps import Failed
from engine.spiff.position import CASE, OPEN, Position
from engine.spiff.specs import (
    ARRIVED,
    CHOSEN,
    FIRED,
    RELEASED,
    BusinessRuleTask,
    EndEvent,
    EventBasedGateway,
    InclusiveGateway,
    MultiInstance,
    ParallelGateway,
    ServiceTask,
    waiting_at,
)
from engine.spiff.workflow import FlatTask, flat

ALIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED | TaskState.COMPLETED
MACHINE = (ServiceTask, BusinessRuleTask, EndEvent)
STANDSTILL = "StandsStill"


class Movement(Position):
    """An instance whose tokens can be moved."""

    def forward(self) -> None:
        """Run everything that needs nobody, until all tokens wait or have ended. Errors: EndlessLoop."""
        self.arrive()
        while self._run_ready() or self._carry_out():
            pass
        self.reconcile()
        if self.ended:
            self.add({"type": "instance_completed", "element": self.ended_with})
        else:
            self.notice_standstill()

    def _run_ready(self) -> bool:
        progressed = False
        for workflow in self.workflow.deepest_first():
            for task in [t for t in workflow.tasks.values() if t._state == TaskState.READY]:
                asks_somebody = task.task_spec.manual and SKIPPED not in task.internal_data
                if task._state == TaskState.READY and not asks_somebody and task.id in workflow.tasks:
                    self._run_task(task)
                    progressed = True
        return progressed

    def _run_task(self, task: FlatTask) -> None:
        """Let a token act where it stands. A terminating end event closes its scope, so what it passes is looked up before."""
        self.count()
        element, scope = self._without_own_steps(task), self.scope_of(task.workflow)
        task.run()
        if element is not None and task._state == TaskState.COMPLETED:
            self.add({"type": "passed", "scope": scope.number, "element": element.id})
            if element.type == "endEvent" and task.workflow is self.workflow:
                self.ended_with = element.id
        self.arrive()

    def _without_own_steps(self, task: FlatTask) -> Element | None:
        """Return the gateway or event a token stands on; activities have steps of their own, and so have items, unless there are none."""
        element = self.process_of(task.workflow).diagram.elements.get(task.task_spec.bpmn_id or "")
        if element is None or ITEM in task.internal_data:
            return None
        empty = element.multi_instance is not None and not task.internal_data[ITEMS]["count"]
        passes = empty or SKIPPED in task.internal_data or drawn_kind(element).done == PASSED
        return element if passes else None

    def _carry_out(self) -> bool:
        """Do the first piece of machine work, of the innermost process; whether there was one."""
        for workflow in self.workflow.deepest_first():
            for task in list(workflow.tasks.values()):
                if task._state == TaskState.STARTED and self._is_due(task):
                    self.count()
                    token = self.token_at(task)
                    kind_of(token).carry_out(self, token)
                    self.arrive()
                    return True
        return False

    def _is_due(self, task: FlatTask) -> bool:
        return isinstance(task.task_spec, MACHINE) and task.internal_data[TOKEN] not in self.case.stuck

    def arrive(self) -> None:
        """Give a number to every element a token has newly reached, and open what it waits for."""
        for workflow in self.workflows():
            for task in list(workflow.tasks.values()):
                if task._state & ALIVE and task.task_spec.bpmn_id is not None and TOKEN not in task.internal_data:
                    self._arrive_at(task)

    def _arrive_at(self, task: FlatTask) -> None:
        task.internal_data[TOKEN] = self.next_number()
        process = self.process_of(task.workflow)
        element = process.diagram.elements.get(task.task_spec.bpmn_id or "")
        if element is None:
            return
        token = Token(task, task.internal_data[TOKEN], element, self.scope_at(task))
        source = "" if ITEM in task.internal_data else _drawn_ancestor(task)
        flow = process.flow_between(source, element.id) if source else None
        if flow is not None:
            self.add({"type": "flow_taken", "scope": token.scope.number, "flow": flow.id})
        kind_of(token).arrive(self, token)

    # -- what the kinds of elements ask for ------------------------------------------------------------------------------------

    def begin_item(self, activity: Task, scope: int) -> None:
        """Begin a multi-instance activity once more, over the variables of a scope."""
        own = flat(activity)
        if not isinstance(own.task_spec, MultiInstance):
            raise Corrupt(task=own.task_spec.name, item=scope)
        self._arrive_at(own.task_spec.add_item(own, scope))

    def end_items(self, activity: Task) -> None:
        """Take away the items that are still open."""
        for child in flat(activity).children:
            if ITEM in child.internal_data and child._state & OPEN:
                child.cancel()

    def make_ready(self, activity: Task) -> None:
        """Let the activity go on, since its last item is done."""
        flat(activity)._set_state(TaskState.READY)

    def catcher(self, task: Task | None, code: str) -> Token | None:
        """Return the innermost boundary event that catches a BPMN error."""
        current = flat(task) if task is not None else None
        while current is not None:
            event = _catching(current, code)
            if event is not None:
                return Token(event, 0, self.element_of(event), self.scope_of(event.workflow))
            parent = current.workflow.parent_task_id
            if ITEM in current.internal_data:
                current = current.parent
            else:
                current = self.workflow.get_task_from_id(parent) if parent is not None else None
        return None

    def catch(self, event: Token) -> None:
        """Go on from an error boundary event."""
        task = flat(event.task)
        task.internal_data[FIRED] = True
        task.task_spec._update(task)
        self._run_task(task)

    def release(self, token: Token) -> None:
        """Let a joining gateway go on with what has come."""
        task = flat(token.task)
        task.internal_data[RELEASED] = True
        task.task_spec._update(task)

    def happen(self, token: Token) -> None:
        """Let a token go on, since what it waits for is there."""
        task = flat(token.task)
        if isinstance(task.task_spec, EventBasedGateway):
            task.internal_data[CHOSEN] = token.element.id
            for number in task.internal_data.pop(WAITS):
                self._close_wait(int(number), token.element.id)
        else:
            task.internal_data[FIRED] = True
        task.task_spec._update(task)
        if isinstance(task.task_spec, BoundaryEvent):
            self._run_task(task)
            self._wait_again(token, task, task.task_spec)

    def _wait_again(self, token: Token, task: FlatTask, spec: BoundaryEvent) -> None:
        """Wait again for an event that leaves its activity going on, as long as that is open."""
        split = task.before
        hosts = [child for child in split.children if not isinstance(child.task_spec, BoundaryEvent)]
        note = None if spec.cancel_activity else drawn_kind(token.element).again(self, token)
        if note is None:
            return
        for join in [child for child in task.children if isinstance(child.task_spec, BoundaryEventJoin)]:
            join.cancel()
        if any(host._state & OPEN for host in hosts):
            again = split._add_child(spec, TaskState.WAITING)
            again.triggered = True
            again.internal_data.update(note)
            spec._predict(again, mask=TaskState.NOT_FINISHED_MASK)
            self.arrive()

    def _close_wait(self, number: int, happened: str) -> None:
        for wait in (self.case.open.get(number), self.case.stuck.get(number)):
            if wait is not None and (wait.element != happened or wait.kind.is_of_limit):
                self.take_away(number, wait)

    def take_away(self, number: int, wait: Wait) -> None:
        """Take away what waits under this number."""
        drawn_kind(self._drawn(wait.element, wait.scope)).take_away(self, number, wait)

    def _drawn(self, element: str, scope: int) -> Element:
        """Return an element by the number of a scope that is open, or was."""
        return self.definition.processes[self.case.scopes.process(scope)].element(element)

    def reconcile(self, scopes: list[Scope] | None = None) -> None:
        """Say which waits, incidents, calls and items a boundary event, a termination, an error or a completion condition took away.

        `scopes` are those that were looked up before one around them was left.
        """
        alive = self.alive()
        for waits in (self.case.open, self.case.stuck):
            for number, wait in [(number, wait) for number, wait in waits.items() if number not in alive]:
                self.take_away(number, wait)
        for scope in self.gone() if scopes is None else scopes:
            opener(scope, self._drawn(scope.element, scope.parent)).close(self, scope)

    # -- a case that stands still ----------------------------------------------------------------------------------------------

    def notice_standstill(self) -> None:
        """Tell a person where a case stands in which nobody is asked and nothing is awaited: it never goes on by itself.

        Earlier versions said nothing.
        """
        waits = self.case.open or any(not incident.kind.is_of_limit for incident in self.case.stuck.values())
        told = self.recorded is None or any(
            s["type"] == "incident_opened" and s["kind"] == STANDSTILL for s in self.recorded
        )
        if waits or not told:
            return
        task = self._standing()
        if task is not None:
            element, scope, token = self.element_of(task), self.scope_at(task), task.internal_data[TOKEN]
        else:
            starts = (e for e in self.definition.elements.values() if e.type == "startEvent")
            element, scope, token = next(starts), self.case.scopes[0], CASE
        after: Stuck = "limit" if task is None else "arrival"
        self.open_incident(token, element, scope, Failed(STANDSTILL, self._missing(task)), after=after)

    def _standing(self) -> FlatTask | None:
        """Return the first of the innermost tokens that wait at a gateway; where there is none, of those that are open at all."""
        tasks = [
            task
            for workflow in self.workflow.deepest_first()
            for task in workflow.tasks.values()
            if task._state & OPEN and task.task_spec.bpmn_id is not None and TOKEN in task.internal_data
        ]
        joins = [task for task in tasks if isinstance(task.task_spec, ParallelGateway | InclusiveGateway)]
        return next(iter(joins + tasks), None)

    def _missing(self, task: FlatTask | None) -> str:
        """Say from where no token has come to a gateway that waits for all."""
        if task is None or not isinstance(task.task_spec, ParallelGateway):
            return ""
        came = {waiting.internal_data.get(ARRIVED) for waiting in waiting_at(task.workflow, task.task_spec.name)}
        return ", ".join(name for name in task.task_spec._inputs if name not in came)


def _drawn_ancestor(task: FlatTask) -> str:
    current = task.parent
    while current is not None and current.task_spec.bpmn_id is None:
        current = current.parent
    return current.task_spec.bpmn_id or "" if current is not None else ""


def _catching(task: FlatTask, code: str) -> FlatTask | None:
    """Return the waiting error boundary event of this very activity; one with the code wins over one without."""
    parent = task.parent
    if parent is None or not isinstance(parent.task_spec, BoundaryEventSplit):
        return None
    waiting: dict[str, FlatTask] = {}
    for sibling in parent.children:
        spec = sibling.task_spec
        definition = spec.event_definition if isinstance(spec, BoundaryEvent) else None
        if sibling._state == TaskState.WAITING and isinstance(definition, ErrorEventDefinition):
            waiting.setdefault(definition.code or "", sibling)
    return waiting.get(code) or waiting.get("")
