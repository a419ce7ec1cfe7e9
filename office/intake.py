"""Intake at the counter: who is calling, what the complaint probably is, and taking the case in (CH1.1, CH2.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, exists, insert, select
from sqlalchemy.exc import IntegrityError

import engine
import engine.cases
from engine import language, published, running, runtime
from engine.language import Reason
from models.acts import CaseRequest, RequestState
from models.base import connection, session, transaction
from models.complaint import PAYMENT, VOIDED, Complaint, ComplaintState
from models.customer import SubscriptionState
from models.usage import Cdr
from office import free_text, households, number_changes
from service_tasks import classification
from service_tasks.classification.weighing import ON_THE_SPOT
from service_tasks.gateway import Balances, Bill, Customer, Subscription, gateway, next_number

PROCESS = "CH-002"
CONFIRM = "confirm_process"
CHOICES = (*(f"TS-00{number}" for number in range(1, 9)), "SUB-006", "SUB-002", PAYMENT, ON_THE_SPOT)
# Whoever comes to pay, or to bring cash back, says no more than that.
PAYING = {"process": PAYMENT, "text": "客户来缴纳应缴的费用", "demand": "缴费"}
CHANNELS = ("counter", "telephone", "agency", "letter")
MSISDN = re.compile(r"^1[0-9]{10}\Z")
NO_MSISDN = Reason("pattern", {"expected": "1xxxxxxxxxx", "written": "msisdn"})
UNKNOWN_NUMBER = Reason("number_unknown")
SURE = 50  # per cent from which a suggestion is one, and another process needs a reason
MOST_SHOWN = 3  # processes to choose among where none is suggested
MOST_TEXT = 4000
MOST_DEMAND = 200
MOST_REASON = 300
MOST_DISPUTED = 1_000_000_000
OF_KEY = 32  # digits of a request key that tell its key; as many tell the words
_NEW = insert(Complaint.metadata.tables[Complaint.__tablename__])
_NEWEST = (
    select(Complaint.case_number)
    .where(Complaint.msisdn == bindparam("msisdn"), Complaint.outcome.is_distinct_from(VOIDED))
    .where(Complaint.process_key != PAYMENT)
    .order_by(Complaint.accepted_at.desc())
    .limit(1)
)
COUNTERS = frozenset({"service_hall", "guangda_hall", "hotline_1860", "agency", "reception_room"})
HALLS = ("service_hall", "guangda_hall")  # the first has what no hall took in
LAST_CALLS = 8
# What a case knows from its first moment, with the FEEL type of each; fen is an amount of money.
START_VARIABLES = {
    "case_number": "string",
    "msisdn": "string",
    "complaint_text": "string",
    "channel": "string",
    "hall": "string",
    "disputed_amount": "fen",
    "demand": "string",
    "repeated": "boolean",
    "proposed_process": "string",
    "proposed_reason": "string",
}


class NotAtACounter(engine.NotPermitted):
    """Only counters take complaints in; they, supervisors and auditors see customers."""


@dataclass(frozen=True)
class PastCase:
    """An earlier or open case of the same number; `outcome` is what an act outside the steps ended it with.

    `has_taken_back`: what it gave was taken back, so that the item it was for can be disputed again.
    """

    case_number: str
    process: str
    state: str
    accepted_at: datetime
    outcome: str | None = None
    has_taken_back: bool = False


@dataclass(frozen=True)
class Caller:
    """What the desk knows about a number; `subscription` is None for one that was never put into service, `new_msisdn` what the customer has instead of one that is cancelled. Amounts are fen."""

    msisdn: str
    subscription: Subscription | None
    customer: Customer | None
    balances: Balances | None
    bill: Bill | None
    calls: list[Cdr] = field(default_factory=list)
    cases: list[PastCase] = field(default_factory=list)
    new_msisdn: str = ""

    @property
    def open_cases(self) -> list[PastCase]:
        """Cases that are still being worked on."""
        return [case for case in self.cases if case.state != ComplaintState.CLOSED]

    @property
    def cases_to_go_on(self) -> list[PastCase]:
        """Open cases in which the same matter goes on."""
        return [case for case in self.open_cases if not case.has_taken_back]

    @property
    def cases_taken_back(self) -> list[PastCase]:
        """Open cases whose item is taken in anew, for no step of theirs picks it again."""
        return [case for case in self.open_cases if case.has_taken_back]


@dataclass(frozen=True)
class Suggestion:
    """The process the desk proposes, how sure it is (0..100), and why."""

    process: str
    dispute_type: str
    confidence: int
    evidence: list[dict[str, Any]]
    alternatives: list[dict[str, Any]]

    @property
    def is_sure(self) -> bool:
        """Whether it is ticked, and choosing another process needs a reason."""
        return self.confidence >= SURE

    @property
    def offered(self) -> list[tuple[str, int | None]]:
        """The likeliest processes first and how sure each is; three of them, where anything was found at all."""
        if not self.confidence:
            return []
        likeliest: list[tuple[str, int | None]] = [(self.process, self.confidence)]
        likeliest += [(alternative["process"], alternative["confidence"]) for alternative in self.alternatives[:2]]
        rest = (ON_THE_SPOT, *CHOICES) if not self.is_sure else ()
        keys = {process for process, _ in likeliest}
        return [*likeliest, *((key, None) for key in dict.fromkeys(rest) if key not in keys)][
            : max(MOST_SHOWN, len(likeliest))
        ]


def look_up(msisdn: str) -> Caller:
    """Return the customer behind a number, with balance, latest bill, last calls and earlier cases."""
    billing = gateway()
    subscription = billing.find(msisdn)
    cases = _cases(msisdn)
    if subscription is None:
        return Caller(msisdn, None, None, None, None, [], cases)
    bills = billing.bills(subscription.id)
    return Caller(
        msisdn,
        subscription,
        billing.customer(subscription.customer_id),
        billing.balances(subscription.id),
        bills[0] if bills else None,
        _last_calls(msisdn),
        cases,
        number_changes.new_number(msisdn) if subscription.state == SubscriptionState.CANCELLED else "",
    )


def _cases(msisdn: str) -> list[PastCase]:
    granted = CaseRequest.verb == "reverse", CaseRequest.state == RequestState.GRANTED
    has_taken_back = exists().where(CaseRequest.case_number == Complaint.case_number, *granted)
    query = select(Complaint, has_taken_back).where(Complaint.msisdn == msisdn)
    rows = session().execute(query.order_by(Complaint.accepted_at.desc()).limit(20))
    return [
        PastCase(row.case_number, row.process_key, row.state, row.accepted_at, row.outcome, bool(is_taken_back))
        for row, is_taken_back in rows
    ]


def _last_calls(msisdn: str) -> list[Cdr]:
    query = select(Cdr).where(Cdr.served_msisdn == msisdn).order_by(Cdr.start.desc()).limit(LAST_CALLS)
    return list(session().scalars(query))


def suggest(text: str, msisdn: str, at: datetime) -> Suggestion:
    """Return the process a text and a number point to; the same decision and weighing that the case will record."""
    matches = published.decide(PROCESS, "classification", {"complaint_text": text, "msisdn": msisdn}, at=at).value
    rules = [match for match in matches if isinstance(match, Mapping)] if isinstance(matches, list) else []
    return _of_verdict(classification.suggestion(rules, msisdn, at))


def _of_verdict(verdict: Mapping[str, Any]) -> Suggestion:
    return Suggestion(
        verdict["process"],
        verdict["dispute_type"],
        verdict["confidence"],
        verdict["evidence"],
        verdict["alternatives"],
    )


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What the clerk entered. `disputed_amount` in fen; `process` one of CHOICES; `overrule_reason` when it is not the suggested one.

    `known_only` refuses a number that no customer has, until the clerk says that it is right all the same; what is answered on the spot
    needs no customer, because nothing of the number is looked at.
    """

    msisdn: str
    text: str
    channel: str
    demand: str = ""
    disputed_amount: int | None = None
    process: str = ""
    overrule_reason: str = ""
    known_only: bool = False


def accept(intake: Intake, *, by: engine.Actor, at: datetime, key: str = "", other_words: bool = True) -> str:
    """Take a case in: complaint, instance and, at a hall, the confirmed process in one commit; the case number. The steps of the hall are that hall's.

    The same words of the same person under the same `key` are one case, however often they come. `other_words` under it are another case, as
    from a page gone back to, unless they are refused.
    Errors: NotAtACounter; KeyUsedAgain; InvalidForm with a reason per field.
    """
    if not by.groups & COUNTERS:
        raise NotAtACounter
    request = _request(intake, by, key) if key else None
    already = _taken_in_by(request)
    if already is not None:
        return already
    if not other_words:
        _refuse_other_words(request)
    subscription = gateway().find(intake.msisdn)
    _check(intake, subscription, by)
    try:
        return _take_in(intake, subscription, request, by, at, other_words=other_words)
    except IntegrityError:
        already = _taken_in_by(request)  # the same request came at the same moment and was first
        if already is None:
            raise
        return already


def _request(intake: Intake, by: engine.Actor, key: str) -> str:
    """Return what one request is known by: its first half by whose key it is, the second by the words."""
    of_key, of_words = f"{by.user}\n{key}", f"{by.user}\n{key}\n{intake!r}"
    return "".join(sha256(text.encode("utf-8", "replace")).hexdigest()[:OF_KEY] for text in (of_key, of_words))


def _refuse_other_words(request: str | None) -> None:
    """Refuse a key that came with other words before. Errors: KeyUsedAgain."""
    if request is not None:
        same = Complaint.request_key.between(request[:OF_KEY], f"{request[:OF_KEY]}g")  # beyond every digit
        query = select(Complaint.case_number).where(same, Complaint.request_key != request)
        if session().scalar(query.limit(1)) is not None:
            raise running.KeyUsedAgain


def _taken_in_by(request: str | None) -> str | None:
    return session().scalar(select(Complaint.case_number).where(Complaint.request_key == request)) if request else None


def _take_in(
    intake: Intake,
    subscription: Subscription | None,
    request: str | None,
    by: engine.Actor,
    at: datetime,
    *,
    other_words: bool,
) -> str:
    with transaction():
        case_number, repeats = next_number("AJ", at), _open_or_recent(intake)
        if not other_words:  # whoever else takes a case in waits since its number was asked for
            _refuse_other_words(request)
        variables = _variables(intake, case_number, repeats, by)
        advanced = engine.cases.start(PROCESS, business_key=case_number, variables=variables, by=by, at=at)
        suggestion = _suggested(advanced, intake, at)
        if (
            suggestion.is_sure
            and intake.process != suggestion.process
            and language.written.is_blank(intake.overrule_reason)
        ):
            raise language.InvalidForm(reasons={"overrule_reason": [Reason("required")]})
        columns = _complaint(intake, subscription, advanced, suggestion)
        acceptance = {"case_number": case_number, "accepted_at": at, "accepted_by": by.user, "request_key": request}
        connection().execute(_NEW, {**columns, **acceptance, "repeat_of": repeats})
        _confirm(intake, advanced, by, at)
    return case_number


def _suggested(advanced: running.Advanced, intake: Intake, at: datetime) -> Suggestion:
    """Return what the case has recorded as suggested; worked out here where its process does not ask."""
    verdict = advanced.variables.get("suggestion")
    return _of_verdict(verdict) if isinstance(verdict, Mapping) else suggest(intake.text, intake.msisdn, at)


def _check(intake: Intake, subscription: Subscription | None, by: engine.Actor) -> None:
    reasons = _wrong(intake, subscription) or {"msisdn": households.wrong(intake.msisdn, by)}
    if any(reasons.values()):
        raise language.InvalidForm(reasons=reasons)


def wrong(intake: Intake) -> dict[str, list[Reason]]:
    """Return what is wrong by itself, by field; whether a reason for overruling is needed shows only with the suggestion."""
    return _wrong(intake, gateway().find(intake.msisdn))


def _wrong(intake: Intake, subscription: Subscription | None) -> dict[str, list[Reason]]:
    reasons = {
        "msisdn": _wrong_number(intake, subscription),
        "text": free_text.wrong(intake.text, MOST_TEXT, required=True),
        "demand": free_text.wrong(intake.demand, MOST_DEMAND),
        "overrule_reason": free_text.wrong(intake.overrule_reason, MOST_REASON),
        "channel": [] if intake.channel in CHANNELS else [Reason("not_an_option")],
        "process": [] if intake.process in CHOICES else [Reason("not_an_option" if intake.process else "required")],
        "disputed_amount": _wrong_amount(intake.disputed_amount),
    }
    return {field: of_field for field, of_field in reasons.items() if of_field}


def _wrong_number(intake: Intake, subscription: Subscription | None) -> list[Reason]:
    if not MSISDN.match(intake.msisdn):
        return [NO_MSISDN if intake.msisdn else Reason("required")]
    must_be_known = intake.known_only and intake.process != ON_THE_SPOT
    return [UNKNOWN_NUMBER] if must_be_known and subscription is None else []


def _wrong_amount(amount: int | None) -> list[Reason]:
    if amount is None or 0 < amount <= MOST_DISPUTED:
        return []
    code, limit = ("min", 1) if amount <= 0 else ("max", MOST_DISPUTED)
    return [Reason(code, {"limit": limit, "unit": "fen"})]


def _variables(intake: Intake, case_number: str, repeats: str | None, by: engine.Actor) -> dict[str, Any]:
    return {
        "case_number": case_number,
        "msisdn": intake.msisdn,
        "complaint_text": intake.text.strip(),
        "channel": intake.channel,
        "hall": next((hall for hall in HALLS if hall in by.groups), HALLS[0]),
        "disputed_amount": intake.disputed_amount,
        "demand": intake.demand.strip(),
        "proposed_process": intake.process,
        "proposed_reason": intake.overrule_reason.strip() or None,
        "repeated": bool(repeats),
    }


def _open_or_recent(intake: Intake) -> str | None:
    """Return the newest complaint of the same number, which makes this one a repeat until the desk says otherwise (REW.6); a payment is none and repeats none."""
    return None if intake.process == PAYMENT else session().scalar(_NEWEST, {"msisdn": intake.msisdn})


def _complaint(
    intake: Intake, subscription: Subscription | None, advanced: running.Advanced, suggestion: Suggestion
) -> dict[str, Any]:
    overruled = intake.process != suggestion.process and (suggestion.is_sure or bool(intake.overrule_reason.strip()))
    return {
        "instance_id": advanced.instance_id,
        "customer_id": subscription.customer_id if subscription else None,
        "subscription_id": subscription.id if subscription else None,
        "msisdn": intake.msisdn,
        "text_sealed": advanced.sealed(intake.text.strip().encode()),
        "channel": intake.channel,
        "demand": intake.demand.strip(),
        "disputed_amount": intake.disputed_amount,
        "process_key": intake.process,
        "suggested_process": suggestion.process,
        "confidence": suggestion.confidence,
        "overruled": overruled,
        "overruled_reason": intake.overrule_reason.strip() if overruled else None,
    }


def _confirm(intake: Intake, advanced: running.Advanced, by: engine.Actor, at: datetime) -> None:
    """Confirm at once, if the clerk's department may; a case taken in at another counter waits there to be confirmed.

    The type of dispute is asked of nobody here, so nobody is said to have chosen one; what was suggested is in the record already.
    """
    form = {"process": intake.process, "overrule_reason": intake.overrule_reason.strip()}
    with suppress(runtime.NotACandidate):
        engine.cases.complete(advanced.user_task_ids[0], form=form, by=by, at=at)
