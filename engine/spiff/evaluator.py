"""What SpiffWorkflow asks while it moves tokens: conditions, and what it means that something inside is over. It can evaluate FEEL and nothing else."""

from __future__ import annotations

from typing import Protocol

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

from engine.elements import kind_of, multi_instance
from engine.elements.running import Running
from engine.ground.errors import Corrupt
from engine.spiff.position import Position
from engine.spiff.workflow import Flat, FlatTask


class Moving(Running, Protocol):
    """A run whose tokens move here."""

    @property
    def position(self) -> Position: ...


class Evaluator(PythonScriptEngine):
    """Answers for one run of a case."""

    def __init__(self, run: Moving) -> None:
        super().__init__()
        self._run = run

    @property
    def counts_tokens(self) -> bool:
        """Whether gateways count tokens, or flows as they did under the first rules."""
        return self._run.counts_all

    def evaluate(self, task: FlatTask, expression: str, external_context: object = None) -> bool:
        """Tell whether a gateway condition holds; null counts as no."""
        return self._run.evaluate(expression, self._run.position.scope_of(task.workflow)) is True

    def execute(self, task: FlatTask, script: str, external_context: object = None) -> None:
        raise Corrupt(script=task.task_spec.name)

    def call_service(self, task: FlatTask, **_kwargs: object) -> str:
        raise Corrupt(service=task.task_spec.name)

    def leave_call(self, task: FlatTask, _inner: Flat) -> None:
        """Leave a called process that has ended."""
        token = self._run.position.token_at(task)
        kind_of(token).leave(self._run, token)

    def leave_item(self, task: FlatTask) -> None:
        """Leave an item of a multi-instance activity that is done."""
        multi_instance.leave(self._run, self._run.position.token_at(task))
