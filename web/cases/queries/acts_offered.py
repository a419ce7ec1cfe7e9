"""What people may do to a case outside its steps, as its page shows it: what was asked for, what waits for an answer, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import engine
from engine import language, proof
from models.acts import CaseRequest, CustomerTry, RequestState
from models.complaint import Complaint
from models.instance import ProcessInstance
from models.states import CaseState
from models.user_task import UserTask
from office import acts
from service_tasks.gateway.adjustments import Given
from web.queries import money


@dataclass(frozen=True)
class Acting:
    """What the page of a case offers of acts; `answers` are the requests that wait for this person's yes, `missing` is why the case cannot be closed as not reached.

    `refusals` is why requests were refused, by number; None where it was erased. `entries` are the postings of what can be taken back or was asked for,
    by the key of the entry, and `lines` what each gave of lines: address, component, fen.
    """

    may: bool = False
    answers: frozenset[int] = frozenset()
    is_open: bool = False
    requests: list[CaseRequest] = field(default_factory=list)
    tries: list[CustomerTry] = field(default_factory=list)
    credits: list[Given] = field(default_factory=list)
    limit: datetime | None = None
    missing: list[language.Reason] = field(default_factory=list)
    refusals: dict[int, str | None] = field(default_factory=dict)
    entries: dict[str, list[money.MoneyLine]] = field(default_factory=dict)
    lines: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)

    @property
    def may_extend(self) -> bool:
        """Whether an extension can still be asked for."""
        done = any(request.verb == "extend" and request.state != RequestState.REFUSED for request in self.requests)
        return self.may and self.is_open and self.limit is not None and not done

    @property
    def asked(self) -> set[str | None]:
        """The credits about which somebody has asked already."""
        return {
            request.entry_key for request in self.requests if request.state in (RequestState.ASKED, RequestState.AGREED)
        }

    def cash_of(self, request: CaseRequest) -> int:
        """Return what was paid in cash of what somebody asks to take back, in fen."""
        return next((credit.cash for credit in self.credits if credit.key == request.entry_key), 0)


def of_case(
    instance: ProcessInstance,
    complaint: Complaint | None,
    tasks: Sequence[UserTask],
    history: proof.CaseHistory,
    person: engine.Actor,
) -> Acting:
    """Return what this person finds of acts at a case with these open tasks; nothing can be done to a case that is no complaint's."""
    if complaint is None:
        return Acting()
    number, is_open = instance.business_key, instance.state == CaseState.ACTIVE
    (requests, tries), at = acts.requests_and_tries(number), engine.now()
    limit = instance.due_at or max((task.due_at for task in tasks if task.due_at is not None), default=None)
    credits_given = acts.credits_of(number)
    told_of = {credit.key for credit in credits_given} | {request.entry_key for request in requests}
    return Acting(
        may=acts.may_act(person) and complaint.msisdn is not None,
        answers=frozenset(request.number for request in requests if acts.is_asked(request, person, at)),
        is_open=is_open,
        requests=requests,
        tries=tries,
        credits=credits_given,
        limit=limit if is_open else None,
        missing=acts.missing(tries, history.definition, tasks) if is_open else [],
        refusals=_refusals(history),
        entries={key: lines for key, lines in money.by_call(number).items() if key in told_of} if told_of else {},
        lines=money.lines_given(number) if credits_given else {},
    )


def _refusals(history: proof.CaseHistory) -> dict[int, str | None]:
    """Return the reasons that were given with a no, by the number of the request."""
    steps = (step for entry in history.entries for step in entry.steps)
    return {step["request"]: step["reason"] for step in steps if step["type"] == "request_refused"}
