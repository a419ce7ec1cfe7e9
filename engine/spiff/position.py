"""Where an instance stands: its tokens, its variable scopes, and the looking up and evaluating that the kinds of elements need.

No clock, no database: the instant, the calendar and the way to carry out machine work are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar, cast

from SpiffWorkflow.bpmn.specs.mixins import CallActivityMixin
from SpiffWorkflow.util.task import TaskState

from engine.definitions.compiled import Definition, Process
from engine.diagrams.diagram import Element
from engine.elements.entered import Entered
from engine.elements.running import Perform
from engine.elements.token import ITEM, SCOPE, TOKEN, WAITS, Task, Token
from engine.ground.errors import Corrupt, NotFound
from engine.language import feel
from engine.language.calendar import Calendar
from engine.record import appliers
from engine.record.case import Case
from engine.record.case_steps import CaseStep, Stuck, token_of
from engine.record.rows import Rows
from engine.record.scopes import Scope
from engine.record.steps import Failed
from engine.spiff import codec
from engine.spiff.evaluator import Evaluator, Moving
from engine.spiff.parsing import specification
from engine.spiff.workflow import Flat, FlatTask, FlatWorkflow, flat

OPEN = TaskState.WAITING | TaskState.READY | TaskState.STARTED
T = TypeVar("T")
MOST_STEPS = 1_000
CASE = 0  # the token under which a person is told of what concerns the whole case
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


class UnknownToken(NotFound):
    """No open element of the instance has this number."""


class Position:
    """An instance in memory: its `case`, and the tokens that SpiffWorkflow moves.

    `steps` collects what happened, in order; `recorded` is the entry that is done again, if one is. `counted` is how often it went on in this entry.
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
        self.case = Case(definition.key, rows, definition)
        self.answering: set[int] = set()
        self._begin_entry(at, calendar, perform)
        self._specification = specification(definition.sha256, definition.key, definition.package.diagrams, self.rules)
        self._stored = None if state is None else state["spiff"]
        self.counter = 0 if state is None else state["counter"]
        if state is not None:
            self.case.restore(state)

    @cached_property
    def workflow(self) -> FlatWorkflow:
        """The tokens, put in their places when somebody first asks for one; whoever only tells something asks for none."""
        evaluator = Evaluator(cast(Moving, self))  # which `Movement` is
        if self._stored is None:
            return FlatWorkflow(self._specification.main, self._specification.others, evaluator)
        workflow = codec.decode(self._stored, self._specification, evaluator)
        workflow.script_engine = evaluator
        return workflow

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
        codec.prune(self.workflow)
        self._begin_entry(at, calendar, perform)

    @property
    def counts_all(self) -> bool:
        """Whether the case is executed by rules under which no token, message or error is lost."""
        return self.rules > 1

    def state(self) -> dict[str, Any]:
        """Return what `state` of a later run is to be; prunes first."""
        codec.prune(self.workflow)
        return {
            "counter": self.counter,
            **self.case.pack(),
            "spiff": codec.encode(self.workflow),
            **({"rules": self.rules} if self.rules > 1 else {}),
        }

    @property
    def ended(self) -> bool:
        """Whether every token has reached an end; none of a case that was taken up and not moved has."""
        is_moved = self._stored is None or "workflow" in self.__dict__
        return is_moved and self.workflow.completed

    def task(self, token: int) -> FlatTask:
        """Return the open SpiffWorkflow task with this token. Errors: UnknownToken."""
        for workflow in self.workflows():
            for task in workflow.tasks.values():
                if task.internal_data.get(TOKEN) == token and task._state & OPEN:
                    return task
        raise UnknownToken(token=token)

    def scope_of(self, workflow: Flat) -> Scope:
        """Return the scope an inner workflow's expressions see."""
        while workflow.parent_task_id is not None:
            parent = self.workflow.get_task_from_id(workflow.parent_task_id)
            if isinstance(parent.task_spec, CallActivityMixin):
                return self.case.scopes[parent.internal_data[SCOPE]]
            if ITEM in parent.internal_data:
                return self.case.scopes[parent.internal_data[ITEM]]
            workflow = parent.workflow
        return self.case.scopes[0]

    def scope_at(self, task: FlatTask) -> Scope:
        """Return the scope that the expressions of a task see."""
        item = task.internal_data.get(ITEM)
        return self.scope_of(task.workflow) if item is None else self.case.scopes[item]

    def process_of(self, workflow: Flat) -> Process:
        """Return the process a workflow belongs to."""
        return self.definition.processes[self.scope_of(workflow).process]

    def element_of(self, task: FlatTask) -> Element:
        """Return the drawn element of a task."""
        return self.process_of(task.workflow).element(task.task_spec.bpmn_id or "")

    def token_at(self, task: Task) -> Token:
        """Return the token of a task that has arrived."""
        own = flat(task)
        return Token(own, own.internal_data[TOKEN], self.element_of(own), self.scope_at(own))

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

    def workflows(self) -> list[Flat]:
        """Return the process itself and the inner ones, from the outermost in."""
        inner = sorted(self.workflow.subprocesses.values(), key=lambda workflow: workflow.depth)
        return [self.workflow, *inner]

    def count(self) -> None:
        self.counted += 1
        if self.counted > MOST_STEPS:
            raise EndlessLoop(process=self.definition.key, steps=MOST_STEPS)

    def next_number(self) -> int:
        """Return a number that no token and no scope has had."""
        self.counter += 1
        return self.counter

    def is_waiting(self, task: Task) -> bool:
        """Tell whether a token waits for what its event is about."""
        return flat(task)._state == TaskState.WAITING

    def is_inside(self, task: Task) -> bool:
        """Tell whether a token is in a sub-process or in what is called."""
        return flat(task).workflow is not self.workflow

    def events_after(self, task: Task) -> Sequence[Element]:
        """Return what is drawn after a gateway, in document order."""
        own = flat(task)
        process = self.process_of(own.workflow)
        return [process.element(flow.target) for flow in process.diagram.outgoing(own.task_spec.bpmn_id or "")]

    def gone(self, but: int = 0) -> list[Scope]:
        """Return the open scopes in which no token is left, the innermost first, except one that is being left."""
        alive = self.alive() | {0, but}
        numbers = sorted(self.case.scopes.numbers(), reverse=True)
        return [self.case.scopes[number] for number in numbers if number not in alive]

    def alive(self) -> set[int]:
        """Return the numbers of everything that is open: tokens, items, and what a gateway waits for."""
        numbers: set[int] = set()
        for workflow in self.workflows():
            for task in workflow.tasks.values():
                if task._state & OPEN:
                    numbers.add(task.internal_data.get(TOKEN, 0))
                    numbers.add(task.internal_data.get(ITEM, 0))
                    numbers.update(int(number) for number in task.internal_data.get(WAITS, ()))
        return numbers - {CASE} if self.ended else numbers | {CASE}
