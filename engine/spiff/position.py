"""Where an instance stands: its tokens, its variable scopes, and the looking up and evaluating that everything else needs.

No clock, no database: the instant, the calendar and the way to carry out machine work are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.mixins import CallActivityMixin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.definitions.compiled import Definition, Process
from engine.definitions.diagram import Element
from engine.errors import Corrupt, NotFound
from engine.language import feel, instants
from engine.language.calendar import Calendar
from engine.spiff import codec
from engine.spiff.entered import Entered
from engine.spiff.parsing import specification
from engine.spiff.scopes import Scope, Scopes
from engine.spiff.specs import ITEM
from engine.spiff.workflow import FlatWorkflow
from engine.steps import Step, Work, WorkOutcome, step

OPEN = TaskState.WAITING | TaskState.READY | TaskState.STARTED
TOKEN = "n"
SCOPE = "scope"
MOST_STEPS = 1_000
# How a case is executed; it keeps for ever the rules it was begun under, so that its record can be done again.
# 2: nothing is lost: gateways count tokens, message events catch again, an error inside that nobody catches is told; diagrams are read as `definitions.regular` has them.
RULES = 2

Perform = Callable[[Work], WorkOutcome]


class EndlessLoop(Corrupt):
    """The process went on without ever waiting."""


class UnknownToken(NotFound):
    """No open element of the instance has this number."""


class _Evaluator(PythonScriptEngine):
    """What SpiffWorkflow asks for conditions; it can evaluate FEEL and nothing else."""

    def __init__(self, position: Position) -> None:
        super().__init__()
        self._position = position

    @property
    def counts_tokens(self) -> bool:
        """Whether gateways count tokens, or flows as they did under the first rules."""
        return self._position.counts_all

    def evaluate(self, task: Task, expression: str, external_context: Any = None) -> bool:
        return self._position.condition(task, expression)

    def execute(self, task: Task, script: str, external_context: Any = None) -> None:
        raise Corrupt(script=task.task_spec.name)

    def call_service(self, task: Task, **_kwargs: Any) -> str:
        raise Corrupt(service=task.task_spec.name)

    def leave_call(self, task: Task, _inner: Any) -> None:
        self._position.leave_call(task)

    def leave_item(self, task: Task) -> None:
        self._position.leave_item(task)


class Position:
    """An instance in memory. `steps` collects what happened, in order; `recorded` is the entry that is done again, if one is."""

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
    ) -> None:
        self.definition, self.accepted_at = definition, accepted_at
        self.rules = rules if state is None else int(state.get("rules", 1))
        self.case_due: datetime | None = None
        self.answering: set[int] = set()
        self._begin_entry(at, calendar, perform)
        self._specification = specification(definition.sha256, definition.key, definition.package.diagrams, self.rules)
        evaluator = _Evaluator(self)
        if state is None:
            self.counter = 0
            self.open: dict[int, tuple[Any, ...]] = {}
            self.stuck: dict[int, tuple[str, str, int]] = {}
            self.paused: dict[int, datetime] = {}
            self.scopes = Scopes(Scope(0, definition.key, 0))
            self.workflow = FlatWorkflow(self._specification.main, self._specification.others, evaluator)
        else:
            self.counter = state["counter"]
            self.open = {int(token): tuple(entry) for token, entry in state["open"].items()}
            self.stuck = {int(token): tuple(entry) for token, entry in state["stuck"].items()}
            self.paused = {int(token): datetime.fromisoformat(since) for token, since in state["paused"].items()}
            self.scopes = Scopes.unpack(state["scopes"])
            self.case_due = datetime.fromisoformat(state["case_due"]) if "case_due" in state else None
            self.workflow = codec.decode(state["spiff"], self._specification, evaluator)
            self.workflow.script_engine = evaluator

    def _begin_entry(self, at: datetime, calendar: Calendar, perform: Perform) -> None:
        self.at, self.calendar, self.perform = at, calendar, perform
        self.steps: list[Step] = []
        self.recorded: list[Step] | None = None
        self.entered = Entered(0, {}, ())
        self.form_id = ""
        self.ended_with = ""
        self._seen = 0

    def go_on(self, *, at: datetime, calendar: Calendar, perform: Perform) -> None:
        """Be where another run would begin with this one's `state`, without writing it down and reading it."""
        codec.prune(self.workflow)
        self._begin_entry(at, calendar, perform)

    @property
    def counts_all(self) -> bool:
        """Whether the case is executed by rules under which no token, message or error is lost."""
        return self.rules > 1

    def state(self) -> dict[str, Any]:
        """What `state` of a later run is to be; prunes first."""
        codec.prune(self.workflow)
        return {
            "counter": self.counter,
            "open": {str(token): list(entry) for token, entry in self.open.items()},
            "stuck": {str(token): list(entry) for token, entry in self.stuck.items()},
            "paused": {str(token): since.isoformat() for token, since in self.paused.items()},
            "scopes": self.scopes.pack(),
            "spiff": codec.encode(self.workflow),
            **({"rules": self.rules} if self.rules > 1 else {}),
            **({"case_due": self.case_due.isoformat()} if self.case_due is not None else {}),
        }

    @property
    def ended(self) -> bool:
        """Whether every token has reached an end."""
        return bool(self.workflow.completed)

    def task(self, token: int) -> Task:
        """The open SpiffWorkflow task with this token. Errors: UnknownToken."""
        for one in self.workflows():
            for task in one.tasks.values():
                if task.internal_data.get(TOKEN) == token and task._state & OPEN:
                    return task
        raise UnknownToken(token=token)

    def scope_of(self, workflow: Any) -> Scope:
        """The scope an inner workflow's expressions see."""
        while workflow.parent_task_id is not None:
            parent = self.workflow.get_task_from_id(workflow.parent_task_id)
            if isinstance(parent.task_spec, CallActivityMixin):
                return self.scopes[parent.internal_data[SCOPE]]
            if ITEM in parent.internal_data:
                return self.scopes[parent.internal_data[ITEM]]
            workflow = parent.workflow
        return self.scopes[0]

    def scope_at(self, task: Task) -> Scope:
        """The scope that the expressions of a task see."""
        item = task.internal_data.get(ITEM)
        return self.scope_of(task.workflow) if item is None else self.scopes[item]

    def process_of(self, workflow: Any) -> Process:
        """The process a workflow belongs to."""
        return self.definition.processes[self.scope_of(workflow).process]

    def element_of(self, task: Task) -> Element:
        """The drawn element of a task."""
        return self.process_of(task.workflow).element(task.task_spec.bpmn_id)

    def evaluate(self, text: str, scope: Scope, **extra: Any) -> Any:
        """A FEEL expression over the scope's variables."""
        context = {"accepted_at": self.accepted_at, "entered_at": self.at, **scope.variables, **extra}
        return self.definition.expression(text).evaluate(context, scope=feel.Scope(at=self.at, calendar=self.calendar))

    def mapped(self, mapping: Iterable[tuple[str, str]]) -> list[tuple[str, feel.Expression]]:
        """Variables and their FEEL texts, compiled."""
        return [(name, self.definition.expression(text)) for name, text in mapping]

    def condition(self, task: Task, text: str) -> bool:
        """Whether a gateway condition holds; null counts as no."""
        return self.evaluate(text, self.scope_of(task.workflow)) is True

    def add(self, type: str, scope: int = 0, **fields: Any) -> None:
        """Record a step."""
        self.steps.append(step(type, scope, **fields))

    def instant(self, value: Any) -> datetime | None:
        """A due instant from what an expression gave; None when it is none."""
        return instants.of(value, self.at)

    def workflows(self) -> list[Any]:
        inner = sorted(self.workflow.subprocesses.values(), key=lambda one: one.depth)
        return [self.workflow, *inner]

    def count(self) -> None:
        self._seen += 1
        if self._seen > MOST_STEPS:
            raise EndlessLoop(process=self.definition.key, steps=MOST_STEPS)

    def leave_call(self, task: Task) -> None:
        """A called process has ended; what that means is said by `Arrivals`."""
        raise Corrupt(call=task.task_spec.name)

    def leave_item(self, task: Task) -> None:
        """An item of a multi-instance activity is done; what that means is said by `Items`."""
        raise Corrupt(item=task.task_spec.name)
