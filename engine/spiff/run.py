"""One run of the engine: restore an instance, do one thing, go on to the next wait states, and say in steps what happened.

After any exception the object is thrown away, because SpiffWorkflow leaves tasks half changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Unpack

from engine.diagrams.diagram import Element
from engine.elements import deadlines, kind_of, message, refusals, timer, user_task
from engine.elements.deadlines import SECOND
from engine.elements.entered import Entered
from engine.elements.token import WAITS, Token
from engine.language.forms import Reason
from engine.record.case import Kind
from engine.record.case_steps import CaseStep, Ended, ExtensionSaid, IncidentClosed, LimitMetBy, Started
from engine.record.steps import Failed, WorkOutcome
from engine.spiff.movement import Movement
from engine.spiff.position import CASE, OPEN, UnknownToken


class Run(Movement):
    """An instance to which one thing is done."""

    def begin(self, variables: dict[str, Any], number: str = "", software: str = "") -> None:
        """Start the process with its first variables; `number` is that of the case and `software` what begins it, as far as they are said."""
        step: Started = {
            "type": "instance_started",
            "process": self.definition.key,
            "version": self.definition.version,
            "sha256": self.definition.sha256,
            "variables": variables,
            "due": self._case_due(variables),
        }
        if self.rules > 1:
            step["rules"] = self.rules
        if number:
            step["number"] = number
        if software:
            step["software"] = software
        self.add(step)
        limit = self._limiting()
        if limit is not None and self.case.due is None:
            deadlines.miss(self, CASE, limit, self.case.scopes[0])
        self.forward()

    def _case_due(self, variables: dict[str, Any]) -> datetime | None:
        """Return the limit of the whole case that begins with these variables."""
        limit, beginning = self._limiting(), replace(self.case.scopes[0], variables=variables)
        due = deadlines.reckoned(self, limit, beginning) if limit is not None else None
        return self.as_told("instance_started", CASE, "due", due, before=None)

    def _limiting(self) -> Element | None:
        """Return the start event that says when the case is due."""
        starts = (e for e in self.definition.elements.values() if e.type == "startEvent")
        return next((e for e in starts if e.properties.get("due")), None)

    def enter(
        self, token: int, form: dict[str, Any], by: str, despite: Collection[str] = (), aside: Collection[str] = ()
    ) -> None:
        """Complete an open user task for the person who is entering these values, and can still be told what they lead to.

        `aside` are the doubts that they have set aside.

        Errors: UnknownToken, EntryRefused unless the code is one of `despite`.
        """
        standing = self.token_at(self.task(token))
        self.entered = Entered(standing.scope.number, form, despite)
        refusals.try_out(self, standing, form)
        self.complete_user_task(token, form, by, aside)

    def foreseen(self, token: int, form: dict[str, Any]) -> dict[str, list[Reason]]:
        """Return what would be refused, by field, of a form that cannot be taken as it is; null stands for what is wrong by itself."""
        standing = self.token_at(self.task(token))
        self.entered = Entered(standing.scope.number, form, ())
        reasons = [refusal.reasons for refusal in refusals.tried(self, standing, form)]
        return {field: of_field for by_field in reasons for field, of_field in by_field.items()}

    def complete_user_task(self, token: int, form: Mapping[str, Any], by: str, aside: Collection[str] = ()) -> None:
        """Complete an open user task with validated values, whatever doubts were set `aside`. Errors: UnknownToken."""
        standing = self.token_at(self.task(token))
        user_task.complete(self, standing, form, by, aside)
        self.form_id = standing.element.properties.get("form", "")
        standing.task.run()
        self.forward()

    def meet_limit(self, by: str, text: str, aside: Collection[str] = ()) -> None:
        """Meet the case's limit, since a person has done what it asks for, such as telling the customer how things stand, outside every step."""
        fields: LimitMetBy = {"by": by, "told": text}
        if aside:
            fields["despite"] = list(aside)
        deadlines.meet(self, **fields)

    def fire_timer(self, token: int) -> None:
        """Fire a timer that is due. Errors: UnknownToken."""
        timer.fire(self, self._waiting(token))
        self.forward()

    def receive_message(self, token: int, variables: Mapping[str, Any]) -> None:
        """Take in the message that this token waits for. Errors: UnknownToken."""
        message.receive(self, self._waiting(token), self.case.open[token].key, variables)
        self.forward()

    def retry(self, token: int) -> None:
        """Carry out a stuck service task or decision once more, or reckon a timer, a key or a limit again. Errors: UnknownToken."""
        if self.is_unreckoned(token):
            self._reckon_again(token)
            return
        if token == CASE:
            incident = self.case.stuck[CASE]
            self.add(
                {
                    "type": "incident_resolved",
                    "scope": incident.scope,
                    "token": CASE,
                    "element": incident.element,
                    "reason": "retried",
                }
            )
            self.forward()
            return
        standing = self._waiting(token)
        element = standing.element
        if token in self.case.open:
            self.add(
                {
                    "type": "incident_resolved",
                    "scope": standing.scope.number,
                    "token": token,
                    "element": element.id,
                    "reason": "retried",
                }
            )
            if standing.element.type == "userTask":
                user_task.tell_dead_end(self, standing)
            return
        self.add({"type": "incident_retried", "scope": standing.scope.number, "token": token, "element": element.id})
        kind_of(standing).retry(self, standing)
        self.forward()

    def is_unreckoned(self, token: int) -> bool:
        """Tell whether a person was told that the limit of a step, or of the case, could not be reckoned."""
        return token in self.case.stuck and self.case.stuck[token].kind is Kind.UNRECKONED

    def _reckon_again(self, token: int) -> None:
        """Reckon the limit of an open step, or of the case, once more."""
        incident = self.case.stuck[token]
        scope = self.case.scopes[incident.scope]
        element = self.definition.processes[scope.process].element(incident.element)
        due = deadlines.reckoned(self, element, scope)
        step: IncidentClosed = {
            "type": "incident_resolved",
            "scope": scope.number,
            "token": token,
            "element": element.id,
            "reason": "retried",
        }
        if due is not None:
            step["due"] = due
        self.add(step)
        if due is None:
            deadlines.miss(self, token, element, scope)

    def report(self, token: int, kind: str, message: str = "", trace: str = "") -> None:
        """Report what was begun at an open token, broke and was undone: the token stays open, and a person is told. Errors: UnknownToken."""
        _, number, element, scope = self._waiting(token)
        self.open_incident(number, element, scope, Failed(kind, message or element.id, trace), after="limit")

    def finish_work(self, token: int, outcome: WorkOutcome) -> None:
        """Finish queued or stuck work that has been done or refused elsewhere. Errors: UnknownToken."""
        standing = self.token_at(self.task(token))
        kind_of(standing).settle(self, standing, outcome)
        self.forward()

    def resolve(self, token: int, outcome: WorkOutcome, reason: str) -> None:
        """Resolve an incident as a person settles it, with what the work should have come to; what is awaited happens. Errors: UnknownToken."""
        if token == CASE:
            incident = self.case.stuck[CASE]
            self.add(
                {
                    "type": "incident_resolved",
                    "scope": incident.scope,
                    "token": CASE,
                    "element": incident.element,
                    "reason": reason,
                }
            )
            return
        standing = self._waiting(token)
        element = standing.element
        self.add(
            {
                "type": "incident_resolved",
                "scope": standing.scope.number,
                "token": token,
                "element": element.id,
                "reason": reason,
            }
        )
        if token not in self.case.open:
            kind_of(standing).settle(self, standing, outcome)
            self.forward()

    def note(self, steps: Sequence[CaseStep]) -> None:
        """Record what somebody did outside every step; nothing moves."""
        for step in steps:
            self.record(step)

    def extend(self, shift: timedelta, **fields: Unpack[ExtensionSaid]) -> None:
        """Let every open limit fall later."""
        self.add(
            {"type": "limit_extended", "moved_seconds": shift // SECOND, "microseconds": shift.microseconds, **fields}
        )

    def cancel(self, reason: str, outcome: str = "", acts: Sequence[CaseStep] = ()) -> None:
        """End the instance where it stands; `acts` are what brought it to this end."""
        self.note(acts)
        for inner in list(self.workflow.subprocesses.values()):
            inner.cancel()
        self.workflow.cancel()
        self.reconcile()
        step: Ended = {"type": "instance_cancelled", "reason": reason}
        if outcome:
            step["outcome"] = outcome
        self.add(step)

    def _waiting(self, token: int) -> Token:
        """Return what waits under a number, and the event that is about. Errors: UnknownToken."""
        if token not in self.case.open and token not in self.case.stuck:
            raise UnknownToken(token=token)
        for workflow in self.workflows():
            for task in workflow.tasks.values():
                waits = task.internal_data.get(WAITS, {})
                if str(token) in waits and task._state & OPEN:
                    event = self.process_of(task.workflow).element(waits[str(token)])
                    return Token(task, token, event, self.scope_at(task))
        return self.token_at(self.task(token))
