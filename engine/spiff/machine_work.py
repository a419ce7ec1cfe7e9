"""Machine work: service tasks, decisions and thrown errors, carried out while the token stands on them."""

from __future__ import annotations

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import EngineError
from engine.language import feel
from engine.spiff.position import TOKEN
from engine.spiff.refusals import Refusals
from engine.spiff.specs import BusinessRuleTask, EndEvent, MultiInstance, ServiceTask
from engine.steps import Done, Failed, Queued, Refused, WorkOutcome


class MachineWork(Refusals):
    """What the engine does by itself."""

    def do_machine_work(self) -> bool:
        for workflow in self.workflow.deepest_first():
            for task in list(workflow.tasks.values()):
                if task._state == TaskState.STARTED and self._is_due(task):
                    self._do(task)
                    return True
        return False

    def _is_due(self, task: Task) -> bool:
        kinds = (ServiceTask, BusinessRuleTask, EndEvent)
        return isinstance(task.task_spec, kinds) and task.internal_data[TOKEN] not in self.stuck

    def _do(self, task: Task) -> None:
        self.count()
        if isinstance(task.task_spec, EndEvent):
            self._throw_from_end(task)
        elif isinstance(task.task_spec, BusinessRuleTask):
            self._decide(task)
        else:
            self._serve(task)
        self.arrive()

    def _throw_from_end(self, task: Task) -> None:
        """Where nobody around catches it the process ends with it; inside, or in what is called, a person decides (under the first rules it was lost)."""
        element, scope, inside = self.element_of(task), self.scope_at(task), task.workflow is not self.workflow
        code = element.error_code or ""
        if inside and self.counts_all and self._catcher(task, code) is None:
            self._stick(task, Failed("UncaughtBpmnError", code), after="arrival")
            return
        self.add("passed", scope.number, element=element.id)
        if not self.throw_error(task, code):
            if not inside:
                self.ended_with = element.id
            task.complete()

    def _decide(self, task: Task) -> None:
        element, scope, token = self.element_of(task), self.scope_at(task), task.internal_data[TOKEN]
        context = {"accepted_at": self.accepted_at, "entered_at": self.at, **scope.variables}
        try:
            outcome = self.definition.decision(element.decision).evaluate(
                context, feel.Scope(at=self.at, calendar=self.calendar)
            )
        except EngineError as error:
            self._stick(task, Failed(error.code, error.message), after="arrival")
            return
        scope.variables[element.result_variable] = outcome.value
        self.entered.overwritten(element.result_variable, scope.number)
        self.tell_decided(element, scope)
        self.add(
            "decision_evaluated",
            scope.number,
            token=token,
            element=element.id,
            decision=element.decision,
            variable=element.result_variable,
            inputs=outcome.inputs,
            matched=list(outcome.matched),
            value=outcome.value,
        )
        task.complete()

    def _serve(self, task: Task) -> None:
        element, scope, token = self.element_of(task), self.scope_at(task), task.internal_data[TOKEN]
        try:
            parameters = self.parameters(element, scope)
        except EngineError as error:
            self._stick(task, Failed(error.code, error.message), after="arrival")
            return
        self.add(
            "job_created", scope.number, token=token, element=element.id, topic=element.topic, parameters=parameters
        )
        work = self.work(token, element, scope, parameters)
        outcome = self.perform(work)
        self.tell(element, scope, outcome, task)
        self.settle(task, outcome)

    def settle(self, task: Task, outcome: WorkOutcome) -> None:
        element, scope, token = self.element_of(task), self.scope_at(task), task.internal_data[TOKEN]
        common = {"token": token, "element": element.id, "topic": element.topic}
        if isinstance(outcome, Done) and isinstance(task.task_spec, MultiInstance):
            self.pass_over(task)
        elif isinstance(outcome, Done):
            if element.result_variable:
                scope.variables[element.result_variable] = outcome.result
                self.entered.overwritten(element.result_variable, scope.number)
            self.add("job_completed", scope.number, **common, variable=element.result_variable, result=outcome.result)
            self.done(token, element, scope)
            task.complete()
        elif isinstance(outcome, Refused):
            self.add("job_refused", scope.number, **common, code=outcome.code, values=outcome.values)
            scope.variables["refusal"] = {"code": outcome.code, **outcome.values}
            if not self.throw_error(task, outcome.code):
                self._stick(task, Failed("UncaughtBpmnError", outcome.code), after="refusal")
        elif isinstance(outcome, Queued):
            self.stuck[token] = ("job", element.id, scope.number)
            self.add("job_queued", scope.number, **common)
        else:
            self._stick(task, outcome, after="job")

    def _stick(self, task: Task, failed: Failed, *, after: str) -> None:
        scope, token = self.scope_at(task), task.internal_data[TOKEN]
        self.open_incident(token, self.element_of(task), scope, failed, after=after)
