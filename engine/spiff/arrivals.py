"""Arriving: numbering every element a token newly reaches, saying which way it came, and opening what it waits for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.definitions.diagram import SERVED, Element
from engine.errors import Corrupt
from engine.spiff.position import SCOPE, TOKEN, Position
from engine.spiff.scopes import Scope
from engine.spiff.specs import ITEM, EventBasedGateway, MultiInstance
from engine.steps import Failed

ALIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED | TaskState.COMPLETED
ITEMS = "items"
NO_LIMIT = "LimitNotReckoned"
WITH_OWN_STEPS = frozenset({"userTask", "businessRuleTask", "callActivity", *SERVED})


class Arrivals(Position):
    """What happens when tokens move on to the next elements."""

    def run_task(self, task: Task) -> None:
        """Let a token act where it stands. A terminating end event closes its scope, so what it passes is looked up before."""
        self.count()
        element, scope = self._without_own_steps(task), self.scope_of(task.workflow)
        task.run()
        if element is not None and task._state == TaskState.COMPLETED:
            self.add("passed", scope.number, element=element.id)
            if element.type == "endEvent" and task.workflow is self.workflow:
                self.ended_with = element.id
        self.arrive()

    def _without_own_steps(self, task: Task) -> Element | None:
        """The gateway or event a token stands on; activities have steps of their own, and so have items, unless there are none."""
        element = self.process_of(task.workflow).diagram.elements.get(task.task_spec.bpmn_id or "")
        if element is None or ITEM in task.internal_data:
            return None
        empty = isinstance(task.task_spec, MultiInstance) and not task.internal_data[ITEMS]["count"]
        return element if empty or element.type not in WITH_OWN_STEPS else None

    def arrive(self) -> None:
        """Number every element a token has newly reached, and open what it waits for."""
        for workflow in self.workflows():
            for task in list(workflow.tasks.values()):
                if task._state & ALIVE and task.task_spec.bpmn_id is not None and TOKEN not in task.internal_data:
                    self._arrive_at(task)

    def _arrive_at(self, task: Task) -> None:
        self.counter += 1
        task.internal_data[TOKEN] = self.counter
        process = self.process_of(task.workflow)
        element = process.diagram.elements.get(task.task_spec.bpmn_id)
        if element is None:
            return
        scope = self.scope_at(task)
        source = "" if ITEM in task.internal_data else _drawn_ancestor(task)
        flow = process.flow_between(source, element.id) if source else None
        if flow is not None:
            self.add("flow_taken", scope.number, flow=flow.id)
        self._open_element(task, element, scope)

    def _open_element(self, task: Task, element: Element, scope: Scope) -> None:
        token = task.internal_data[TOKEN]
        if isinstance(task.task_spec, MultiInstance):
            self.enter_items(task, element, scope)
        elif element.type == "userTask":
            self._open_user_task(token, element, scope)
        elif element.type == "callActivity":
            self._enter_call(task, element, scope)
        elif element.type == "subProcess":
            self.add("entered", scope.number, element=element.id, token=token)
        elif isinstance(task.task_spec, EventBasedGateway):
            self._await_any(task, scope)
        elif task._state == TaskState.WAITING and element.trigger in ("timer", "message"):
            self._await(token, element, scope)

    def _open_user_task(self, token: int, element: Element, scope: Scope) -> None:
        self.open[token] = ("user_task", element.id, scope.number, "", "")
        due = self._due(token, element, scope)
        self.add(
            "user_task_created",
            scope.number,
            token=token,
            element=element.id,
            name=element.name,
            group=element.properties.get("group") or element.lane,
            form=element.properties.get("form", ""),
            process=scope.process,
            due=due,
            **self._place(scope),
        )
        if due is None and element.properties.get("due"):
            self.miss_limit(token, element, scope)
        if element.properties.get("customerWaits") == "true":
            self.paused[token] = self.at
            self.add("clock_paused", scope.number, token=token, element=element.id)

    def _place(self, scope: Scope) -> dict[str, int]:
        """Which item of how many a scope lies in; empty when in none."""
        item = self.scopes.item_around(scope.number)
        return {} if item is None else {"index": item.index, "count": item.count}

    def resume(self, token: int, element_id: str) -> None:
        """The customer has answered: when nobody else is waited for, every open limit moves by the time that passed."""
        since = self.paused.get(token)
        if since is None:
            return
        earliest = min(self.paused.values())
        del self.paused[token]
        more = self._keep_since(token, earliest)
        passed = self.at - earliest if not self.paused else timedelta()
        for scope in (self.scopes[n] for n in self.scopes.numbers()):
            scope.due_groups = {name: due + passed for name, due in scope.due_groups.items()}
        if self.case_due is not None:
            self.case_due += passed
        if passed.microseconds and not self._omitted(token, "microseconds"):
            more["microseconds"] = passed.microseconds
        self.add(
            "clock_resumed",
            token=token,
            element=element_id,
            paused_seconds=int(passed.total_seconds()),
            still_paused=bool(self.paused),
            **more,
        )

    def _keep_since(self, token: int, earliest: datetime) -> dict[str, Any]:
        """Whoever is still waited for keeps the clock standing since it stopped; earlier versions forgot the time before they were asked."""
        if earliest == min(self.paused.values(), default=earliest) or self._omitted(token, "since"):
            return {}
        self.paused = dict.fromkeys(self.paused, earliest)
        return {"since": earliest}

    def _omitted(self, token: int, field: str) -> bool:
        """Whether the entry that is done again comes from a version that did not say this when the clock went on."""
        said = (s for s in self.recorded or () if s["type"] == "clock_resumed" and s["token"] == token)
        return self.recorded is not None and not any(field in s for s in said)

    def done(self, token: int, element: Element, scope: Scope) -> None:
        """An activity is done; when the customer has thereby been answered, the case has kept its limit."""
        if element.properties.get("caseLimit") != "met":
            return
        when = element.properties.get("caseLimitWhen", "")
        if when and self.evaluate(when, scope) is not True:
            return
        self.answering.add(token)
        if self.case_due is not None:
            self.meet_case_limit(scope.number, token=token, element=element.id)

    def meet_case_limit(self, scope: int = 0, **fields: Any) -> None:
        """What the limit of the case asked for has been done: it ends, and with it that of the steps that have none of their own."""
        self.case_due = None
        tokens = [
            token
            for token, (kind, element, number, *_) in self.open.items()
            if kind == "user_task" and number in self.scopes and not _has_own_limit(self._element_in(number, element))
        ]
        self.add("case_limit_met", scope, tokens=tokens, **fields)

    def _element_in(self, scope: int, element_id: str) -> Element:
        return self.definition.processes[self.scopes[scope].process].element(element_id)

    def _due(self, token: int, element: Element, scope: Scope) -> datetime | None:
        if not _has_own_limit(element):
            return self.case_due
        group = element.properties.get("dueGroup", "")
        if group and group in scope.due_groups:
            return scope.due_groups[group]
        due = self.reckoned(element, scope)
        due = self.as_told("user_task_created", token, "due", due, before=None)
        if group and due is not None:
            scope.due_groups[group] = due
        return due

    def reckoned(self, element: Element, scope: Scope) -> datetime | None:
        """The limit that an element asks for, as its variables are now; None when it gives none, or asks for none."""
        text = element.properties.get("due", "")
        return self.instant(self.evaluate(text, scope)) if text else None

    def as_told(self, type: str, token: int, field: str, now: Any, *, before: Any) -> Any:
        """What is reckoned `now`; or what earlier versions made of it, when the entry that is done again says so."""
        said = (s for s in self.recorded or () if s["type"] == type and s.get("token", 0) == token)
        return before if any(s[field] == before for s in said) else now

    def miss_limit(self, token: int, element: Element, scope: Scope) -> None:
        """A limit that cannot be reckoned is not none: the step is open, and a person is told. Earlier versions said nothing."""
        told = self.recorded is None or any(
            s["type"] == "incident_opened" and s["token"] == token and s["kind"] == NO_LIMIT for s in self.recorded
        )
        if told:
            failed = Failed(NO_LIMIT, element.properties.get("due", ""))
            self.open_incident(token, element, scope, failed, after="limit")
            self.stuck[token] = ("unreckoned", element.id, scope.number)

    def _enter_call(self, task: Task, element: Element, scope: Scope) -> None:
        token = task.internal_data[TOKEN]
        given = {name: self.evaluate(text, scope) for name, text in element.mapping("in.")}
        task.internal_data[SCOPE] = token
        self.scopes.open(token, element.called, scope.number, element.id, given)
        self.entered.enter(token, scope.number, self.mapped(element.mapping("in.")))
        self.add(
            "call_entered",
            scope.number,
            called=token,
            token=token,
            element=element.id,
            process=element.called,
            variables=given,
        )

    def leave_call(self, task: Task) -> None:
        """A called process has ended: bring back what the call activity names."""
        element, number = self.element_of(task), task.internal_data[SCOPE]
        inner, outer = self.scopes[number], self.scope_at(task)
        brought = {name: self.evaluate(text, inner) for name, text in element.mapping("out.")}
        outer.variables.update(brought)
        self.entered.leave(number, outer.number, self.mapped(element.mapping("out.")))
        self.add("call_left", outer.number, called=number, token=number, element=element.id, variables=brought)
        if self.scopes.items_in(number):
            self.reconcile(but=number)
        self.scopes.close(number)

    def reconcile(self, but: int = 0) -> None:
        """Say what has been taken away, before a scope that is being left is forgotten with what was in it; said by `Run`."""
        raise Corrupt(scope=but)

    def enter_items(self, task: Task, element: Element, scope: Scope) -> None:
        """A multi-instance activity has been reached; what that means is said by `Items`."""
        raise Corrupt(items=element.id)

    def _await(self, token: int, element: Element, scope: Scope) -> None:
        if element.trigger == "timer":
            self.await_timer(token, element, scope)
        else:
            self.await_message(token, element, scope)

    def await_message(self, token: int, element: Element, scope: Scope) -> None:
        """Wait for a message under a key, written as FEEL writes it; without one the message of another case could be taken, so a person is told."""
        text = element.properties.get("correlationKey", "null")
        value = self.evaluate(text, scope)
        key = self.evaluate("string(key)", scope, key=value) or ""
        key = self.as_told("message_awaited", token, "key", key, before="" if value is None else str(value))
        if not key and not self._waited_for_any(token):
            self.open_incident(token, element, scope, Failed("KeyNotReckoned", text), after="arrival")
            return
        self.open[token] = ("message", element.id, scope.number, element.message, key)
        self.add("message_awaited", scope.number, token=token, element=element.id, message=element.message, key=key)

    def _waited_for_any(self, token: int) -> bool:
        """Whether the entry that is done again comes from a version that waited without a key."""
        return any(s["type"] == "message_awaited" and s["token"] == token for s in self.recorded or ())

    def await_timer(self, token: int, element: Element, scope: Scope) -> None:
        """Set a timer; one that cannot be reckoned neither fires at once nor is waited for in silence."""
        due = self.instant(self.evaluate(element.timer, scope))
        if due is None:
            self.open_incident(token, element, scope, Failed("TimerNotReckoned", element.timer), after="arrival")
            return
        self.open[token] = ("timer", element.id, scope.number, "", "")
        self.add("timer_set", scope.number, token=token, element=element.id, due=due)

    def open_incident(self, token: int, element: Element, scope: Scope, failed: Failed, *, after: str) -> None:
        """The token stays where it is until a person has seen to it."""
        self.stuck[token] = ("limit" if after == "limit" else "incident", element.id, scope.number)
        self.add(
            "incident_opened",
            scope.number,
            token=token,
            element=element.id,
            topic=element.topic or element.decision,
            after=after,
            kind=failed.kind,
            message=failed.message,
            trace=failed.trace,
        )

    def _await_any(self, task: Task, scope: Scope) -> None:
        process = self.process_of(task.workflow)
        waits: dict[str, str] = {}
        for flow in process.diagram.outgoing(task.task_spec.bpmn_id):
            self.counter += 1
            waits[str(self.counter)] = flow.target
            self._await(self.counter, process.element(flow.target), scope)
        task.internal_data["waits"] = waits


def _has_own_limit(element: Element) -> bool:
    return bool(element.properties.get("due") or element.properties.get("dueGroup"))


def _drawn_ancestor(task: Task) -> str:
    current = task.parent
    while current is not None and current.task_spec.bpmn_id is None:
        current = current.parent
    return current.task_spec.bpmn_id if current is not None else ""
