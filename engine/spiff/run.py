"""One run of the engine: a case in memory, what is recorded of it, and how its tokens move.

They arrive, the engine does what needs nobody, events happen, and what is taken away is said. What an arrival, an event or an end means at a kind of
element is said in `engine.elements`, which asks for the rest by `Running`; what a person, a clock or a message does to a case, in `commands`.

No clock, no database: the instant, the calendar and the way to carry out machine work are given. After any exception the object is thrown away, because
SpiffWorkflow leaves tasks half changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar, cast

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.util.task import TaskState

from engine.definitions.compiled import Definition
from engine.diagrams.diagram import Element
from engine.elements import drawn_kind, kind_of, opener
from engine.elements.entered import Entered
from engine.elements.kind import PASSED
from engine.elements.running import Perform
from engine.elements.token import ITEM, ITEMS, SKIPPED, TOKEN, WAITS, Task, Token
from engine.ground.errors import Corrupt
from engine.language import feel
from engine.language.calendar import Calendar
from engine.record import appliers
from engine.record.case import Case, Wait
from engine.record.case_steps import CaseStep, Stuck, token_of
from engine.record.rows import Rows
from engine.record.scopes import Scope
from engine.record.steps import Failed
from engine.spiff import codec
from engine.spiff.evaluator import Evaluator
from engine.spiff.parsing import specification
from engine.spiff.position import CASE, OPEN, Position, drawn_ancestor, missing
from engine.spiff.specs import (
    CHOSEN,
    FIRED,
    RELEASED,
    BusinessRuleTask,
    EndEvent,
    EventBasedGateway,
    MultiInstance,
    ServiceTask,
)
from engine.spiff.workflow import FlatTask, FlatWorkflow, flat

T = TypeVar("T")
MOST_STEPS = 1_000
# How a case is executed; it keeps for ever the rules it was begun under, so that its record can be done again.
# 2: nothing is lost: gateways count tokens, message events catch again, an error inside that nobody catches is told; diagrams are read as `definitions.regular` has them.
RULES = 2

Department = Callable[
    [str, str, str], str
]  # process, element and what the diagram says → the department that works there


def _as_drawn(_process: str, _element: str, lane: str) -> str:
    return lane


class EndlessLoop(Corrupt):
    """The process went on without ever waiting."""


ALIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED | TaskState.COMPLETED
MACHINE = (ServiceTask, BusinessRuleTask, EndEvent)
STANDSTILL = "StandsStill"


class Run:
    """An instance in memory: its `case`, and the tokens that SpiffWorkflow moves.

    `steps` collects what happened, in order; `recorded` is the entry that is done again, if one is. `counted` is how often it went on in this entry.
    `counts_all` is whether the case is executed by rules under which no token, message or error is lost.
    """

    def __init__(
        self,
        definition: Definition,
        *,
        at: datetime,
        accepted_at: datetime,
        calendar: Calendar,
        perform: Perform,
        state: dict[str, Any] | None = None,
        rules: int = RULES,
        rows: Rows | None = None,
        department: Department = _as_drawn,
    ) -> None:
        self.definition, self.accepted_at, self.department_of = definition, accepted_at, department
        self.rules = rules if state is None else int(state.get("rules", 1))
        self.counts_all = self.rules > 1
        self.case = Case(definition.key, rows, definition)
        self.answering: set[int] = set()
        self._begin_entry(at, calendar, perform)
        self._specification = specification(definition.sha256, definition.key, definition.package.diagrams, self.rules)
        self._stored = None if state is None else state["spiff"]
        self.counter = 0 if state is None else state["counter"]
        if state is not None:
            self.case.restore(state)

    @cached_property
    def position(self) -> Position:
        """Where its tokens stand, put there when somebody first asks; whoever only tells something asks for none."""
        evaluator = Evaluator(self)
        if self._stored is None:
            workflow = FlatWorkflow(self._specification.main, self._specification.others, evaluator)
        else:
            workflow = codec.decode(self._stored, self._specification, evaluator)
            workflow.script_engine = evaluator
        return Position(workflow, self.definition, self.case.scopes)

    def _begin_entry(self, at: datetime, calendar: Calendar, perform: Perform) -> None:
        self.at, self.calendar, self.perform = at, calendar, perform
        self.steps: list[CaseStep] = []
        self.recorded: list[CaseStep] | None = None
        self.entered = Entered(0, {}, ())
        self.form_id = ""
        self.ended_with = ""
        self.counted = 0

    def go_on(self, *, at: datetime, calendar: Calendar, perform: Perform) -> None:
        """Be where another run would begin with this one's `state`, without writing it down and reading it."""
        codec.prune(self.position.workflow)
        self._begin_entry(at, calendar, perform)

    def state(self) -> dict[str, Any]:
        """Return what `state` of a later run is to be; prunes first."""
        codec.prune(self.position.workflow)
        return {
            "counter": self.counter,
            **self.case.pack(),
            "spiff": codec.encode(self.position.workflow),
            **({"rules": self.rules} if self.rules > 1 else {}),
        }

    @property
    def ended(self) -> bool:
        """Whether every token has reached an end; none of a case that was taken up and not moved has."""
        is_moved = self._stored is None or "position" in self.__dict__
        return is_moved and self.position.workflow.completed

    def evaluate(self, text: str, scope: Scope, at: datetime | None = None, /, **extra: Any) -> Any:
        """Return a FEEL expression over the scope's variables, seen from now or from `at`."""
        at = at or self.at
        context = {"accepted_at": self.accepted_at, "entered_at": at, **scope.variables, **extra}
        return self.definition.expression(text).evaluate(context, scope=feel.Scope(at=at, calendar=self.calendar))

    def mapped(self, mapping: Iterable[tuple[str, str]]) -> list[tuple[str, feel.Expression]]:
        """Return variables and their FEEL texts, compiled."""
        return [(name, self.definition.expression(text)) for name, text in mapping]

    def add(self, step: CaseStep) -> None:
        """Record a step: the case is as it says from here on; the scope of the process itself is not said."""
        fields = cast(dict[str, Any], step)
        if not fields.get("scope", 1):
            del fields["scope"]
        self.record(step)

    def record(self, recorded: CaseStep) -> None:
        """Append a step to the entry and apply it; nothing else changes the case."""
        self.steps.append(recorded)
        appliers.apply(recorded, self.case, self.at)

    def as_told(self, type: str, token: int, field: str, now: T, *, before: T) -> T:
        """Return what is reckoned `now`; or what earlier versions made of it, when the entry that is done again says so."""
        steps = (s for s in self.recorded or () if s["type"] == type and (token_of(s) or 0) == token)
        return before if any(s.get(field) == before for s in steps) else now

    def open_incident(self, token: int, element: Element, scope: Scope, failed: Failed, *, after: Stuck) -> None:
        """Open an incident: the token stays where it is until a person has seen to it."""
        self.add(
            {
                "type": "incident_opened",
                "scope": scope.number,
                "token": token,
                "element": element.id,
                "topic": element.topic or element.decision,
                "after": after,
                "kind": failed.kind,
                "message": failed.message,
                "trace": failed.trace,
            }
        )

    def count(self) -> None:
        self.counted += 1
        if self.counted > MOST_STEPS:
            raise EndlessLoop(process=self.definition.key, steps=MOST_STEPS)

    def next_number(self) -> int:
        """Return a number that no token and no scope has had."""
        self.counter += 1
        return self.counter

    # -- how its tokens move ---------------------------------------------------------------------------------------------------

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
        for workflow in self.position.workflow.deepest_first():
            for task in [t for t in workflow.tasks.values() if t._state == TaskState.READY]:
                asks_somebody = task.task_spec.manual and SKIPPED not in task.internal_data
                if task._state == TaskState.READY and not asks_somebody and task.id in workflow.tasks:
                    self._run_task(task)
                    progressed = True
        return progressed

    def _run_task(self, task: FlatTask) -> None:
        """Let a token act where it stands. A terminating end event closes its scope, so what it passes is looked up before."""
        self.count()
        element, scope = self._without_own_steps(task), self.position.scope_of(task.workflow)
        task.run()
        if element is not None and task._state == TaskState.COMPLETED:
            self.add({"type": "passed", "scope": scope.number, "element": element.id})
            if element.type == "endEvent" and task.workflow is self.position.workflow:
                self.ended_with = element.id
        self.arrive()

    def _without_own_steps(self, task: FlatTask) -> Element | None:
        """Return the gateway or event a token stands on; activities have steps of their own, and so have items, unless there are none."""
        element = self.position.process_of(task.workflow).diagram.elements.get(task.task_spec.bpmn_id or "")
        if element is None or ITEM in task.internal_data:
            return None
        empty = element.multi_instance is not None and not task.internal_data[ITEMS]["count"]
        passes = empty or SKIPPED in task.internal_data or drawn_kind(element).done == PASSED
        return element if passes else None

    def _carry_out(self) -> bool:
        """Do the first piece of machine work, of the innermost process; whether there was one."""
        for workflow in self.position.workflow.deepest_first():
            for task in list(workflow.tasks.values()):
                if task._state == TaskState.STARTED and self._is_due(task):
                    self.count()
                    token = self.position.token_at(task)
                    kind_of(token).carry_out(self, token)
                    self.arrive()
                    return True
        return False

    def _is_due(self, task: FlatTask) -> bool:
        return isinstance(task.task_spec, MACHINE) and task.internal_data[TOKEN] not in self.case.stuck

    def arrive(self) -> None:
        """Give a number to every element a token has newly reached, and open what it waits for."""
        for workflow in self.position.workflows():
            for task in list(workflow.tasks.values()):
                if task._state & ALIVE and task.task_spec.bpmn_id is not None and TOKEN not in task.internal_data:
                    self._arrive_at(task)

    def _arrive_at(self, task: FlatTask) -> None:
        task.internal_data[TOKEN] = self.next_number()
        process = self.position.process_of(task.workflow)
        element = process.diagram.elements.get(task.task_spec.bpmn_id or "")
        if element is None:
            return
        token = Token(task, task.internal_data[TOKEN], element, self.position.scope_at(task))
        source = "" if ITEM in task.internal_data else drawn_ancestor(task)
        flow = process.flow_between(source, element.id) if source else None
        if flow is not None:
            self.add({"type": "flow_taken", "scope": token.scope.number, "flow": flow.id})
        kind_of(token).arrive(self, token)

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
        alive = self.position.alive()
        for waits in (self.case.open, self.case.stuck):
            for number, wait in [(number, wait) for number, wait in waits.items() if number not in alive]:
                self.take_away(number, wait)
        for scope in self.position.gone() if scopes is None else scopes:
            opener(scope, self._drawn(scope.element, scope.parent)).close(self, scope)

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
        task = self.position.standing()
        if task is not None:
            element, scope, token = (
                self.position.element_of(task),
                self.position.scope_at(task),
                task.internal_data[TOKEN],
            )
        else:
            starts = (e for e in self.definition.elements.values() if e.type == "startEvent")
            element, scope, token = next(starts), self.case.scopes[0], CASE
        after: Stuck = "limit" if task is None else "arrival"
        self.open_incident(token, element, scope, Failed(STANDSTILL, missing(task)), after=after)
