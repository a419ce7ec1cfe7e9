"""Machine work: service tasks, decisions and thrown errors, carried out while the token stands on them."""

from __future__ import annotations

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import ErrorEventDefinition
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.errors import EngineError
from engine.language import feel
from engine.spiff.items import Items
from engine.spiff.position import TOKEN
from engine.spiff.specs import FIRED, ITEM, BusinessRuleTask, EndEvent, MultiInstance, ServiceTask
from engine.steps import Done, Failed, Queued, Refused, Work, WorkOutcome


class MachineWork(Items):
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
        element, scope = self.element_of(task), self.scope_at(task)
        self.add("passed", scope.number, element=element.id)
        if not self.throw_error(task, element.error_code or ""):
            if task.workflow is self.workflow:
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
            parameters = {p.name: self.evaluate(p.expression, scope) for p in element.parameters}
        except EngineError as error:
            self._stick(task, Failed(error.code, error.message), after="arrival")
            return
        self.add(
            "job_created", scope.number, token=token, element=element.id, topic=element.topic, parameters=parameters
        )
        work = Work(
            token=token,
            element_id=element.id,
            process_key=scope.process,
            topic=element.topic,
            parameters=parameters,
        )
        self.settle(task, self.perform(work))

    def settle(self, task: Task, outcome: WorkOutcome) -> None:
        element, scope, token = self.element_of(task), self.scope_at(task), task.internal_data[TOKEN]
        common = {"token": token, "element": element.id, "topic": element.topic}
        if isinstance(outcome, Done) and isinstance(task.task_spec, MultiInstance):
            self.pass_over(task)
        elif isinstance(outcome, Done):
            if element.result_variable:
                scope.variables[element.result_variable] = outcome.result
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

    def throw_error(self, task: Task, code: str) -> bool:
        """Take a BPMN error to the innermost boundary event that catches it; False when none does."""
        current: Task | None = task
        while current is not None:
            caught = _catching(current, code)
            if caught is not None:
                scope = self.scope_of(caught.workflow)
                self.add("error_caught", scope.number, element=caught.task_spec.bpmn_id, code=code)
                caught.internal_data[FIRED] = True
                caught.task_spec._update(caught)
                self.run_task(caught)
                return True
            parent = current.workflow.parent_task_id
            if ITEM in current.internal_data:
                current = current.parent
            else:
                current = self.workflow.get_task_from_id(parent) if parent is not None else None
        return False


def _catching(task: Task, code: str) -> Task | None:
    """The waiting error boundary event of this very activity; one with the code wins over one without."""
    parent = task.parent
    if parent is None or not isinstance(parent.task_spec, BoundaryEventSplit):
        return None
    waiting = [
        sibling
        for sibling in parent.children
        if sibling._state == TaskState.WAITING
        and isinstance(getattr(sibling.task_spec, "event_definition", None), ErrorEventDefinition)
    ]
    exact = [s for s in waiting if s.task_spec.event_definition.code == code]
    general = [s for s in waiting if not s.task_spec.event_definition.code]
    return next(iter(exact + general), None)
