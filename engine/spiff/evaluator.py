"""What SpiffWorkflow asks while it moves tokens: conditions, and what it means that something inside is over. It can evaluate FEEL and nothing else."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.task import Task

from engine.elements import kind_of, multi_instance
from engine.elements.running import Running
from engine.ground.errors import Corrupt


class Evaluator(PythonScriptEngine):
    """Answers for one run of a case."""

    def __init__(self, run: Running) -> None:
        super().__init__()
        self._run = run

    @property
    def counts_tokens(self) -> bool:
        """Whether gateways count tokens, or flows as they did under the first rules."""
        return self._run.counts_all

    def evaluate(self, task: Task, expression: str, external_context: Any = None) -> bool:
        """Whether a gateway condition holds; null counts as no."""
        return self._run.evaluate(expression, self._run.scope_of(task.workflow)) is True

    def execute(self, task: Task, script: str, external_context: Any = None) -> None:
        raise Corrupt(script=task.task_spec.name)

    def call_service(self, task: Task, **_kwargs: Any) -> str:
        raise Corrupt(service=task.task_spec.name)

    def leave_call(self, task: Task, _inner: Any) -> None:
        """A called process has ended."""
        token = self._run.token_at(task)
        kind_of(token).leave(self._run, token)

    def leave_item(self, task: Task) -> None:
        """An item of a multi-instance activity is done."""
        multi_instance.leave(self._run, self._run.token_at(task))
