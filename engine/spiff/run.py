"""One run of the engine: restore an instance, do one thing, go on to the next wait states, and say in steps what happened.

After any exception the object is thrown away, because SpiffWorkflow leaves tasks half changed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.definitions.diagram import Element
from engine.spiff.entered import Entered
from engine.spiff.machine_work import MachineWork
from engine.spiff.position import OPEN, TOKEN, UnknownToken
from engine.spiff.scopes import Scope
from engine.spiff.specs import (
    ARRIVED,
    CHOSEN,
    FIRED,
    ITEM,
    RELEASED,
    EventBasedGateway,
    InclusiveGateway,
    Message,
    MultiInstance,
    ParallelGateway,
    waiting_at,
)
from engine.steps import Failed, Step, WorkOutcome

CASE = 0  # the token under which a person is told of what concerns the whole case
HOLDING = ("incident", "job")
STANDSTILL = "StandsStill"
# What an approval says, and which property of the approving step says it, in FEEL.
APPROVAL = {"amount": "approvedAmount", "kind": "approvedKind", "payee": "approvedPayee", "lines": "approvedLines"}


class Run(MachineWork):
    """An instance to which one thing is done."""

    def begin(self, variables: dict[str, Any]) -> None:
        """Start the process with its first variables."""
        self.scopes[0].variables.update(variables)
        self.case_due = self._case_due()
        self.add(
            "instance_started",
            process=self.definition.key,
            version=self.definition.version,
            sha256=self.definition.sha256,
            variables=variables,
            due=self.case_due,
            **({"rules": self.rules} if self.rules > 1 else {}),
        )
        limit = self._limiting()
        if limit is not None and self.case_due is None:
            self.miss_limit(CASE, limit, self.scopes[0])
        self.forward()

    def _case_due(self) -> datetime | None:
        """The limit of the whole case."""
        limit = self._limiting()
        due = self.reckoned(limit, self.scopes[0]) if limit is not None else None
        return self.as_told("instance_started", CASE, "due", due, before=None)

    def _limiting(self) -> Element | None:
        """The start event that says when the case is due."""
        starts = (e for e in self.definition.elements.values() if e.type == "startEvent")
        return next((e for e in starts if e.properties.get("due")), None)

    def enter(self, token: int, form: dict[str, Any], by: str, despite: Collection[str] = ()) -> None:
        """Complete an open user task for the person who is entering these values, and can still be told what they lead to.

        Errors: UnknownToken, EntryRefused unless the code is one of `despite`.
        """
        task = self.task(token)
        self.entered = Entered(self.scope_at(task).number, form, despite)
        self.try_out(task, form)
        self.complete_user_task(token, form, by)

    def complete_user_task(self, token: int, form: dict[str, Any], by: str) -> None:
        """Complete an open user task with validated values. Errors: UnknownToken."""
        task = self.task(token)
        scope = self.scope_at(task)
        scope.variables.update(form)
        self.add("user_task_completed", scope.number, token=token, element=task.task_spec.bpmn_id, form=form, by=by)
        del self.open[token]
        self.resume(token, task.task_spec.bpmn_id)
        self.form_id = self.element_of(task).properties.get("form", "")
        self._approve(token, self.element_of(task), scope, by)
        self.done(token, self.element_of(task), scope)
        task.run()
        self.forward()

    def _approve(self, token: int, element: Element, scope: Scope, by: str) -> None:
        """A step that approves says what, for how much, of which kind and for whom; a no takes an earlier yes back."""
        name, told = element.properties.get("approves", ""), element.properties
        if not name:
            return
        when = told.get("approvedWhen", "")
        said = {part: told[prop] for part, prop in APPROVAL.items() if told.get(prop)}
        approval = {part: self.evaluate(text, scope) for part, text in said.items()} | {"by": by, "step": element.id}
        variables = {name: approval if not when or self.evaluate(when, scope) is True else None}
        scope.variables.update(variables)
        self.entered.overwritten(name, scope.number)
        self.add("approval_given", scope.number, token=token, element=element.id, variables=variables)

    def meet_limit(self, by: str, told: str) -> None:
        """A person has done what the case's limit asks for, such as telling the customer how things stand, outside every step."""
        self.meet_case_limit(by=by, told=told)

    def fire_timer(self, token: int) -> None:
        """A timer is due. Errors: UnknownToken."""
        task, element = self._waiting(token)
        self.add("timer_fired", self.scope_of(task.workflow).number, token=token, element=element)
        self._happen(task, element)

    def receive_message(self, token: int, variables: dict[str, Any]) -> None:
        """The message this token waits for has come. Errors: UnknownToken."""
        task, element = self._waiting(token)
        scope = self.scope_of(task.workflow)
        _, _, _, message, key = self.open[token]
        scope.variables.update(variables)
        self.add(
            "message_received",
            scope.number,
            token=token,
            element=element,
            message=message,
            key=key,
            variables=variables,
        )
        self._happen(task, element)

    def retry(self, token: int) -> None:
        """Carry out a stuck service task or decision once more, or reckon a timer, a key or a limit again. Errors: UnknownToken."""
        if self.stuck.get(token, ("",))[0] == "unreckoned":
            self._reckon_again(token)
            return
        if token == CASE:
            _kind, element_id, number = self.stuck.pop(CASE)
            self.add("incident_resolved", number, token=CASE, element=element_id, reason="retried")
            self.forward()
            return
        task, element = self._stuck_at(token)
        scope = self.scope_at(task)
        if token in self.open:
            self.add("incident_resolved", scope.number, token=token, element=element.id, reason="retried")
            return
        self.add("incident_retried", scope.number, token=token, element=element.id)
        if element.trigger == "timer":
            self.await_timer(token, element, scope)
        elif element.trigger == "message":
            self.await_message(token, element, scope)
        elif isinstance(task.task_spec, MultiInstance):
            self.enter_items(task, element, scope)
        self.forward()

    def _reckon_again(self, token: int) -> None:
        """Reckon the limit of an open step, or of the case, once more."""
        _kind, element_id, number = self.stuck.pop(token)
        scope = self.scopes[number]
        element = self.definition.processes[scope.process].element(element_id)
        due = self.reckoned(element, scope)
        found = {} if due is None else {"due": due}
        self.add("incident_resolved", number, token=token, element=element_id, reason="retried", **found)
        if due is None:
            self.miss_limit(token, element, scope)
        elif token == CASE:
            self.case_due = due
        elif element.properties.get("dueGroup"):
            scope.due_groups[element.properties["dueGroup"]] = due

    def report(self, token: int, kind: str, message: str = "", trace: str = "") -> None:
        """What was begun at an open token broke and was undone: the token stays open, and a person is told. Errors: UnknownToken."""
        task, element_id = self._waiting(token)
        element, scope = self.process_of(task.workflow).element(element_id), self.scope_at(task)
        self.open_incident(token, element, scope, Failed(kind, message or element.id, trace), after="limit")

    def _stuck_at(self, token: int) -> tuple[Task, Element]:
        """Take a token out of what is stuck. Errors: UnknownToken."""
        task, element_id = self._waiting(token)
        self.stuck.pop(token, None)
        return task, self.process_of(task.workflow).element(element_id)

    def finish_work(self, token: int, outcome: WorkOutcome) -> None:
        """Queued or stuck work has been done or refused elsewhere. Errors: UnknownToken."""
        task = self.task(token)
        self.stuck.pop(token, None)
        self.settle(task, outcome)
        self.forward()

    def resolve(self, token: int, outcome: WorkOutcome, reason: str) -> None:
        """A person settles an incident with what the work should have come to; what is awaited happens. Errors: UnknownToken."""
        if token == CASE:
            _kind, element_id, number = self.stuck.pop(token)
            self.add("incident_resolved", number, token=token, element=element_id, reason=reason)
            return
        task, element = self._stuck_at(token)
        scope = self.scope_at(task).number
        self.add("incident_resolved", scope, token=token, element=element.id, reason=reason)
        if token not in self.open:
            self._settle_by_hand(task, token, element, outcome)

    def _settle_by_hand(self, task: Task, token: int, element: Element, outcome: WorkOutcome) -> None:
        scope, at = self.scope_at(task).number, {"token": token, "element": element.id}
        if element.trigger == "timer":
            self.add("timer_fired", scope, **at)
            self._happen(task, element.id)
        elif element.trigger == "message":
            self.add("message_received", scope, **at, message=element.message, key="", variables={})
            self._happen(task, element.id)
        elif isinstance(task.task_spec, ParallelGateway | InclusiveGateway):
            self.add("token_released", scope, **at)
            task.internal_data[RELEASED] = True
            task.task_spec._update(task)
            self.forward()
        else:
            self.finish_work(token, outcome)

    def note(self, steps: Sequence[Step]) -> None:
        """Record what somebody did outside every step; nothing moves."""
        self.steps.extend(steps)

    def extend(self, moved: timedelta, **told: Any) -> None:
        """Let every open limit fall later."""
        for scope in (self.scopes[number] for number in self.scopes.numbers()):
            scope.due_groups = {name: due + moved for name, due in scope.due_groups.items()}
        if self.case_due is not None:
            self.case_due += moved
        seconds = moved // timedelta(seconds=1)
        self.add("limit_extended", moved_seconds=seconds, microseconds=moved.microseconds, **told)

    def cancel(self, reason: str, outcome: str = "", acts: Sequence[Step] = ()) -> None:
        """End the instance where it stands; `acts` are what brought it to this end."""
        self.note(acts)
        for inner in list(self.workflow.subprocesses.values()):
            inner.cancel()
        self.workflow.cancel()
        self.reconcile()
        self.add("instance_cancelled", reason=reason, **({"outcome": outcome} if outcome else {}))

    def forward(self) -> None:
        """Run everything that needs nobody, until all tokens wait or have ended. Errors: EndlessLoop."""
        self.arrive()
        while self._run_ready() or self.do_machine_work():
            pass
        self.reconcile()
        if self.ended:
            self.add("instance_completed", element=self.ended_with)
        else:
            self.notice_standstill()

    def notice_standstill(self) -> None:
        """A case in which nobody is asked and nothing is awaited never goes on by itself: a person is told where it stands.

        Earlier versions said nothing.
        """
        waits = self.open or any(kind in HOLDING for kind, *_ in self.stuck.values())
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
            element, scope, token = next(starts), self.scopes[0], CASE
        after = "limit" if task is None else "arrival"
        self.open_incident(token, element, scope, Failed(STANDSTILL, self._missing(task)), after=after)

    def _standing(self) -> Task | None:
        """The first of the innermost tokens that wait at a gateway; where there is none, of those that are open at all."""
        drawn = [
            task
            for workflow in self.workflow.deepest_first()
            for task in workflow.tasks.values()
            if task._state & OPEN and task.task_spec.bpmn_id is not None and TOKEN in task.internal_data
        ]
        joins = [task for task in drawn if isinstance(task.task_spec, ParallelGateway | InclusiveGateway)]
        return next(iter(joins + drawn), None)

    def _missing(self, task: Task | None) -> str:
        """From where no token has come to a gateway that waits for all."""
        if task is None or not isinstance(task.task_spec, ParallelGateway):
            return ""
        came = {one.internal_data.get(ARRIVED) for one in waiting_at(task.workflow, task.task_spec.name)}
        return ", ".join(name for name in task.task_spec._inputs if name not in came)

    def _run_ready(self) -> bool:
        progressed = False
        for workflow in self.workflow.deepest_first():
            for task in [t for t in workflow.tasks.values() if t._state == TaskState.READY]:
                if task._state == TaskState.READY and not task.task_spec.manual and task.id in workflow.tasks:
                    self.run_task(task)
                    progressed = True
        return progressed

    def _waiting(self, token: int) -> tuple[Task, str]:
        """The task that waits under a token, and the element that happens. Errors: UnknownToken."""
        if token not in self.open and token not in self.stuck:
            raise UnknownToken(token=token)
        for workflow in self.workflows():
            for task in workflow.tasks.values():
                waits = task.internal_data.get("waits", {})
                if str(token) in waits and task._state & OPEN:
                    return task, waits[str(token)]
        task = self.task(token)
        return task, task.task_spec.bpmn_id

    def _happen(self, task: Task, element_id: str) -> None:
        self.open.pop(task.internal_data.get(TOKEN, 0), None)
        if isinstance(task.task_spec, EventBasedGateway):
            task.internal_data[CHOSEN] = element_id
            for token in task.internal_data.pop("waits"):
                self._close_wait(int(token), element_id, self.scope_of(task.workflow).number)
        else:
            task.internal_data[FIRED] = True
        task.task_spec._update(task)
        if isinstance(task.task_spec, BoundaryEvent):
            self.run_task(task)
            self._await_again(task)
        self.forward()

    def _await_again(self, task: Task) -> None:
        """A message event that leaves its activity going on catches as many messages as come while that is open; once, under the first rules."""
        spec, split = task.task_spec, task.parent
        hosts = [one for one in split.children if not isinstance(one.task_spec, BoundaryEvent)]
        if not self.counts_all or spec.cancel_activity or not isinstance(spec.event_definition, Message):
            return
        for join in [one for one in task.children if isinstance(one.task_spec, BoundaryEventJoin)]:
            join.cancel()
        if any(host._state & OPEN for host in hosts):
            again = split._add_child(spec, TaskState.WAITING)
            again.triggered = True
            spec._predict(again, mask=TaskState.NOT_FINISHED_MASK)
            self.arrive()

    def _close_wait(self, token: int, happened: str, scope: int) -> None:
        for waits in (self.open, self.stuck):
            kind, element_id, *_ = waits.pop(token, ("", happened))
            if element_id != happened or kind in ("limit", "unreckoned"):
                self._take_away(kind, token, element_id, scope)

    def _take_away(self, kind: str, token: int, element_id: str, scope: int) -> None:
        """Nothing waits under this token any more; where only a person was told of a limit, there is nothing left to settle."""
        if kind in ("limit", "unreckoned"):
            self.add("incident_resolved", scope, token=token, element=element_id, reason="passed")
        else:
            self.add(f"{kind}_cancelled", scope, token=token, element=element_id)

    def reconcile(self, but: int = 0) -> None:
        """Say which waits, incidents, calls and items a boundary event, a termination, an error or a completion condition took away."""
        alive = self._alive_tokens()
        for waits in (self.open, self.stuck):
            for token in [t for t in waits if t not in alive]:
                kind, element_id, scope, *_ = waits.pop(token)
                self._take_away(kind, token, element_id, scope)
                self.resume(token, element_id)
        for number in sorted(self.scopes.numbers(), reverse=True):  # the innermost call first
            if number not in (0, but) and number not in alive:
                scope = self.scopes[number]
                if scope.index:
                    self.add("item_cancelled", scope.parent, item=number, element=scope.element, index=scope.index)
                else:
                    self.add("call_cancelled", scope.parent, called=number, token=number, element=scope.element)
                self.scopes.close(number)

    def _alive_tokens(self) -> set[int]:
        found: set[int] = set()
        for workflow in self.workflows():
            for task in workflow.tasks.values():
                if task._state & OPEN:
                    found.add(task.internal_data.get(TOKEN, 0))
                    found.add(task.internal_data.get(ITEM, 0))
                    found.update(int(token) for token in task.internal_data.get("waits", ()))
        return found - {CASE} if self.ended else found | {CASE}
