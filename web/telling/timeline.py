"""A case's history as sentences, in one file because one match is closed over all types of steps: who did what, what the desk did, what was refused, what is late."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, assert_never

from engine import definitions, proof, record
from engine.language import Field
from engine.record.case_steps import (
    CallEntered,
    CaseStep,
    Decided,
    Ended,
    Entered,
    Erased,
    ErrorCaught,
    IncidentOpened,
    IncidentStep,
    JobCompleted,
    LimitMet,
    LimitMissed,
    LimitStep,
    ScopeStep,
    Started,
    TaskCompleted,
    TaskOpened,
    TaskTaken,
    TimerGone,
    TimerSet,
    TokenStep,
    UserTaskStep,
    VariablesSet,
    WaitStep,
    WorkStep,
)
from office import intake, step_outcomes
from office.complaints import CONFIRM
from office.masking import EVERYTHING, Sight, Withheld
from office.masking import step as shown_step
from service_tasks import dates, labels, notification, refusals
from service_tasks.zone import ZONE
from web.lookup.staff import know_people
from web.telling import act_sentences, act_texts, reason_texts, suggestions
from web.telling import disputed_lines as disputed
from web.telling.act_sentences import Told
from web.telling.i18n import gettext, in_language, moment, remark, withheld, yuan
from web.telling.i18n import mark as _
from web.telling.names import (
    department,
    department_then,
    drawn_in,
    element_name,
    is_limit,
    of_item,
    person_name,
    process_name,
)

MOST_SEQ = 2**31
WEEK = timedelta(days=7)
# Steps after which a work order is with somebody until a limit, and what that limit is called.
ORDERED = {
    "work_orders/send": _("Answer due"),
    "work_orders/ask": _("Answer due"),
    "work_orders/hand_on": _("The limit begins anew, until"),
    "work_orders/send_back": _("Now due"),
}
# How a step ended, by what it came to.
ENDED = {
    "": _("Done: %(task)s"),
    step_outcomes.SENT_BACK: _("Not done, sent back: %(task)s"),
    step_outcomes.REFUSED: _("Not approved: %(task)s"),
}
CLOSED = _("%(period)s, as the list of %(closed)s has closed")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# What a review begins with; service tasks say of their own values, and of their refusals, which of them are money.
OF_REVIEWS = frozenset({"reviewed_amount", "reviewed_cash"})


@dataclass(frozen=True)
class Line:
    """One sentence of the timeline; `kind` person, desk, wait, warn or end; `details` are label and value."""

    seq: int
    at: datetime
    actor: str
    kind: str
    text: str
    details: list[tuple[str, str]] = field(default_factory=list)
    token: int | None = None


def lines(history: proof.CaseHistory, sight: Sight, before: int | None = None) -> list[Line]:
    """Return the sentences of a history from where it was asked for, up to an entry or to the last; oldest first."""
    return _lines(history, sight, range(history.since, before or MOST_SEQ))


def newest(history: proof.CaseHistory, sight: Sight, count: int) -> list[Line]:
    """Return the sentences of so many entries at the end of a history, newest first."""
    last = history.entries[-1].seq if history.entries else 0
    return _lines(history, sight, range(last - count + 1, last + 1))[::-1]


def _lines(history: proof.CaseHistory, sight: Sight, span: range) -> list[Line]:
    know_people({entry.actor for entry in history.entries if entry.seq in span})
    teller = _Teller(history.definition, sight)
    return [teller.as_it_stands(line) for line in list(teller.tell(history.entries, span))]


def teller(definition: definitions.Definition) -> _Teller:
    """Return whoever tells a history step by step; it must be told every step, in order, as it may be shown."""
    return _Teller(definition, EVERYTHING)


class _Teller:
    """Turns steps into sentences; knows which process each scope belongs to."""

    def __init__(self, definition: definitions.Definition, sight: Sight) -> None:
        self.definition, self.sight = definition, sight
        self.scopes = record.Scopes(definition.key)
        self.waiting: set[int] = set()
        self.freed: set[int] = set()
        self.places: dict[int, int] = {}
        self.suggestion: Mapping[str, Any] = {}
        self.at: datetime | None = None
        self.msisdn: object = None
        self.is_own = False
        self.beside: list[CaseStep] = []

    def tell(self, entries: list[record.CaseEntry], span: range) -> Iterator[Line]:
        """Yield the lines of the entries shown; of the others only what later ones speak of is kept."""
        for entry in entries:
            self.turn_to(entry)
            for step in entry.steps:
                self._follow(step)
                self.enter(step)
                sentence = self._told(step) if entry.seq in span else None
                if sentence is not None:
                    kind, text, details = sentence
                    yield Line(entry.seq, entry.at, entry.actor, kind, text, details, record.token_of(step))

    def turn_to(self, entry: record.CaseEntry) -> None:
        """Begin with an entry: when it was, and the steps that belong together in it."""
        self.at, self.beside = entry.at, entry.steps

    def _follow(self, step: CaseStep) -> None:
        """Keep the tokens that wait for somebody or something."""
        match step["type"]:
            case "user_task_created" | "timer_set" | "message_awaited":
                self.waiting.add(step["token"])
            case (
                "user_task_completed"
                | "user_task_cancelled"
                | "timer_fired"
                | "timer_cancelled"
                | "message_received"
                | "message_cancelled"
            ):
                self.waiting.discard(step["token"])
            case "instance_completed" | "instance_cancelled":
                self.waiting.clear()
            case "case_limit_met":
                self.freed |= set(step.get("tokens", ()))

    def as_it_stands(self, line: Line) -> Line:
        """Return the line once everything is told: a wait that is over is a thing done, and a limit that the case has kept meanwhile runs no more."""
        if line.kind == "wait" and line.token in self.freed:
            line = replace(
                line,
                text=gettext(
                    "%(line)s; the limit of the case was kept meanwhile, so this one no longer runs", line=line.text
                ),
            )
        return replace(line, kind="desk") if line.kind == "wait" and line.token not in self.waiting else line

    def step(self, step: CaseStep) -> Told | None:
        """Return kind, sentence and details of one step; None when it goes without saying."""
        self.enter(step)
        return self._told(step)

    def enter(self, step: CaseStep) -> None:
        """Keep what a step enters, of which later ones speak."""
        self.scopes.follow(step)
        if step["type"] == "instance_started":
            self.msisdn = step["variables"].get("msisdn")
        elif step["type"] == "approval_given":
            approval = next(iter(step["variables"].values()), None)
            self.is_own = isinstance(approval, Mapping) and approval.get("payee") == self.msisdn
        if step["type"] == "job_completed" and step["topic"] == suggestions.TOPIC:
            suggestion = record.named(step["result"])
            sure = isinstance(suggestion.get("confidence"), int) and suggestion["confidence"] >= intake.SURE
            self.suggestion = suggestion if sure else {}
        token, scope = record.token_of(step), record.scope_of(step)
        if token is not None and scope:
            self.places[token] = scope

    def name(self, step: CaseStep) -> str:
        """Return the element of a step, by its name on the diagram, and which item of how many it concerns."""
        item = self.scopes.item_around(self.scope(step))
        return of_item(self._drawn_name(step), *((item.index, item.count) if item is not None else (None, None)))

    def scope(self, step: CaseStep) -> int:
        """Return where a step stands; one that does not say so concerns a token that stood there before."""
        return record.scope_of(step) or self.places.get(record.token_of(step) or 0, 0)

    def _drawn_name(self, step: CaseStep) -> str:
        process, element = self.scopes.process(self.scope(step)), record.element_of(step)
        compiled = self.definition.processes.get(process)
        if compiled is None or element not in compiled.diagram.elements:
            return drawn_in(self.definition, element)
        return element_name(process, element, compiled.diagram.elements[element].name, self.definition)

    def _told(self, step: CaseStep) -> Told | None:
        return self._sentence(shown_step(step, self.definition.private, self.sight))

    def _sentence(self, step: CaseStep) -> Told | None:
        match step["type"]:
            case "instance_started" | "instance_completed" | "instance_cancelled":
                return self._of_case(step)
            case (
                "user_task_created"
                | "user_task_claimed"
                | "user_task_released"
                | "user_task_assigned"
                | "user_task_completed"
                | "user_task_cancelled"
            ):
                return self._of_user_task(step)
            case (
                "timer_set"
                | "timer_fired"
                | "timer_cancelled"
                | "message_awaited"
                | "message_received"
                | "message_cancelled"
            ):
                return self._of_wait(step)
            case "incident_opened" | "incident_retried" | "incident_resolved" | "incident_cancelled":
                return self._of_incident(step)
            case "clock_paused" | "clock_resumed" | "case_limit_met" | "deadline_missed" | "limit_extended":
                return self._of_limit(step)
            case _:
                return self._of_machine_or_act(step)

    def _of_machine_or_act(
        self, step: WorkStep | TokenStep | ScopeStep | Entered | ErrorCaught | Erased | act_sentences.ActStep
    ) -> Told | None:
        match step["type"]:
            case (
                "job_created" | "job_completed" | "job_refused" | "job_queued" | "job_cancelled" | "decision_evaluated"
            ):
                return self._of_work(step)
            case (
                "flow_taken"
                | "passed"
                | "entered"
                | "items_entered"
                | "call_entered"
                | "call_left"
                | "call_cancelled"
                | "item_entered"
                | "item_left"
                | "item_cancelled"
                | "items_left"
                | "approval_given"
                | "token_released"
                | "error_caught"
                | "personal_data_erased"
            ):
                return self._of_token(step)
            case _:
                return act_sentences.sentence(step)

    def _of_case(self, step: Started | Ended) -> Told | None:
        match step["type"]:
            case "instance_started":
                return self.started(step)
            case "instance_completed":
                return self.ended(step)
            case "instance_cancelled":
                return self.cancelled(step)
            case _:
                assert_never(step)

    def _of_token(self, step: TokenStep | ScopeStep | Entered | ErrorCaught | Erased) -> Told | None:
        match step["type"]:
            case "items_entered":
                return self.listed(step)
            case "call_entered":
                return self.called(step)
            case "approval_given":
                return self.approved(step)
            case "token_released":
                return self._simple("person", _("Goes on with what had come: %(task)s"), step)
            case "error_caught":
                return self.refused(step)
            case "personal_data_erased":
                return self.erased(step)
            case (
                "flow_taken"
                | "passed"
                | "entered"
                | "call_left"
                | "call_cancelled"
                | "item_entered"
                | "item_left"
                | "item_cancelled"
                | "items_left"
            ):
                return None  # goes without saying
            case _:
                assert_never(step)

    def _of_work(self, step: WorkStep) -> Told | None:
        match step["type"]:
            case "job_completed":
                return self.job(step)
            case "decision_evaluated":
                return self.decided(step)
            case "job_created" | "job_refused" | "job_queued" | "job_cancelled":
                return None
            case _:
                assert_never(step)

    def _of_user_task(self, step: UserTaskStep) -> Told | None:
        match step["type"]:
            case "user_task_created":
                return self.created(step)
            case "user_task_claimed":
                return self._simple("person", _("Taken: %(task)s"), step)
            case "user_task_released":
                return self._simple("person", _("Given back: %(task)s"), step)
            case "user_task_assigned":
                return self.assigned(step)
            case "user_task_completed":
                return self.completed(step)
            case "user_task_cancelled":
                return None
            case _:
                assert_never(step)

    def _of_wait(self, step: WaitStep) -> Told | None:
        match step["type"]:
            case "timer_set":
                return self.waited(step)
            case "timer_fired":
                return "desk", gettext("Time has come: %(task)s", task=_occurrence(self.name(step), step)), []
            case "message_awaited":
                return self._simple("wait", _("Waits: %(task)s"), step)
            case "message_received":
                return self._simple("desk", _("Released: %(task)s"), step)
            case "timer_cancelled" | "message_cancelled":
                return None
            case _:
                assert_never(step)

    def _of_incident(self, step: IncidentStep) -> Told | None:
        match step["type"]:
            case "incident_opened":
                return self.incident(step)
            case "incident_retried":
                return self._simple("person", _("Tried again: %(task)s"), step)
            case "incident_resolved":
                return self._simple("person", _("Settled by hand: %(task)s"), step)
            case "incident_cancelled":
                return None
            case _:
                assert_never(step)

    def _of_limit(self, step: LimitStep) -> Told | None:
        match step["type"]:
            case "clock_paused":
                return self._simple("wait", _("The clock rests meanwhile: %(task)s"), step)
            case "clock_resumed":
                return "desk", gettext("The clock goes on"), []
            case "case_limit_met":
                return self.met(step)
            case "deadline_missed":
                return self.missed(step)
            case "limit_extended":
                return act_sentences.extended(step)
            case _:
                assert_never(step)

    def _simple(self, kind: str, pattern: str, step: CaseStep) -> Told:
        """Return a sentence with nothing but the element's name in it."""
        return kind, gettext(pattern, task=self.name(step)), []

    def started(self, step: Started) -> Told | None:
        name = process_name(step["process"], self.definition)
        return (
            "person",
            gettext("Case opened: %(process)s, version %(version)s", process=name, version=step["version"]),
            [],
        )

    def created(self, step: TaskOpened) -> Told | None:
        process = self.scopes.process(step.get("scope", 0))
        group = department_then(self.definition, process, step["element"], step["group"])
        due = gettext(", due %(due)s", due=moment(step["due"])) if step.get("due") else ""
        return "wait", gettext("To %(group)s: %(task)s%(due)s", group=group, task=self.name(step), due=due), []

    def completed(self, step: TaskCompleted) -> Told | None:
        process = self.scopes.process(step.get("scope", 0))
        form = self.definition.form(step["element"], process)
        outcome = step_outcomes.came_to(self.definition, process, step, self.beside)
        secret = self.definition.private.secret
        details = [
            (in_language(f.label, f.label_en), self.as_suggested(step, f.key, shown(step["form"].get(f.key), f)))
            for f in form.inputs
            if f.key in step["form"] and f.key not in secret
        ]
        answer = step_outcomes.answer_of_way(self.definition, process, step) if not outcome else None
        sentence = gettext(ENDED[outcome], task=self.name(step))
        if answer is not None:
            text = in_language(answer.label, answer.label_en)
            sentence = gettext("%(sentence)s (%(answer)s)", sentence=sentence, answer=text)
        return (
            "person",
            sentence,
            [*(d for d in details if d[1]), *_confirmed(step)],
        )

    def as_suggested(self, step: TaskCompleted, key: str, text: str) -> str:
        """Return what was entered, marked where it is what the desk suggested and nobody changed."""
        value = step["form"].get(key)
        if step["element"] != CONFIRM or not value or value != self.suggestion.get(key):
            return text
        return gettext("%(value)s (suggested, not changed)", value=text)

    def approved(self, step: VariablesSet) -> Told | None:
        """Return what an approving step approved, and the number it goes to where that is another; the completion itself says who and with which words."""
        approval = next(iter(step["variables"].values()), None)
        if approval is None:
            return None
        if not isinstance(approval, Mapping):
            return "desk", gettext("Approved: %(task)s", task=self.name(step)), []
        names = ("amount",) if self.is_own else ("amount", "payee")
        details = [(gettext(_LABELS[k]), plain(k, approval[k])) for k in names if approval.get(k)]
        return "desk", gettext("Approved: %(task)s", task=self.name(step)), details

    def job(self, step: JobCompleted) -> Told | None:
        result = record.named(step["result"])
        details = self._order(step, result)
        if step["topic"] == suggestions.TOPIC and result:
            details = [(gettext("Suggested"), suggestions.in_words(result, self.definition))]
            result = {name: value for name, value in result.items() if name not in suggestions.VERDICT}
        details += [
            (gettext(_LABELS[k]), process_name(v, self.definition) if k == "process" else self._value(k, v))
            for k, v in result.items()
            if k in _LABELS and v is not None and not (k == "fallen" and v == 0)
        ]
        if step["topic"] == notification.TOPIC and result.get("failure"):
            return (
                "desk",
                gettext("Text not sent: %(task)s", task=self.name(step)),
                [_undelivered(str(result["failure"]))],
            )
        return "desk", gettext("Carried out: %(task)s", task=self.name(step)), details

    def _order(self, step: JobCompleted, result: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Say with whom a work order is now, and until when; one that is handed on begins its limit anew."""
        if step["topic"] not in ORDERED or not result.get("due_at"):
            return []
        due, label = result["due_at"], ORDERED[step["topic"]]
        until = due if isinstance(due, datetime) else datetime.fromisoformat(due)
        return [(gettext("Is with"), department(result["department"])), (gettext(label), moment(until))]

    def _value(self, name: str, value: object) -> str:
        """Return a value in words; of a later period than the month or the week in which it was chosen, why."""
        text = plain(name, value)
        if name != "period" or self.at is None:
            return text
        today = self.at.astimezone(ZONE).date()
        if _DAY.fullmatch(str(value)):
            later = date.fromisoformat(str(value)) - today >= WEEK
            closed = dates.settling_thursday(self.at).isoformat()
            return gettext(CLOSED, period=text, closed=closed) if later else text
        if str(value) <= f"{today:%Y-%m}":
            return text
        return gettext(CLOSED, period=text, closed=f"{today:%Y-%m}")

    def decided(self, step: Decided) -> Told | None:
        rules = gettext("; ").join(
            remark(m.get("annotation") or "") or gettext("rule %(number)s", number=m["number"]) for m in step["matched"]
        )
        return "desk", gettext("Decided: %(task)s", task=self.name(step)), [(gettext("Rule"), rules)] if rules else []

    def refused(self, step: ErrorCaught) -> Told | None:
        return "warn", gettext("Not possible: %(why)s", why=self.name(step)), []

    def incident(self, step: IncidentOpened) -> Told | None:
        return "warn", gettext("Stuck at %(task)s; the operator of the system has been told", task=self.name(step)), []

    def waited(self, step: TimerSet) -> Told | None:
        """Return what a timer waits for: an instant that must come, or a limit of a step, which is not over because it is set."""
        sentence = (
            _("If not done by %(when)s: %(task)s")
            if is_limit(self.definition, step["element"])
            else _("Waits until %(when)s: %(task)s")
        )
        task = _occurrence(self.name(step), step)
        return "wait", gettext(sentence, when=moment(step["due"]), task=task), []

    def missed(self, step: LimitMissed) -> Told | None:
        limited = self.name(step) if "token" in step else gettext("the whole case")
        return "warn", gettext("Limit passed: %(what)s", what=limited), []

    def met(self, step: LimitMet) -> Told | None:
        if "element" in step:
            return None
        words: object = step["told"]  # nothing but a mark where the reader may not see them
        details = [(gettext("Told"), withheld(words))] if isinstance(words, str) else []
        return "person", gettext("Interim reply to the customer"), [*details, *_confirmed(step)]

    def called(self, step: CallEntered) -> Told | None:
        return "desk", gettext("Goes to %(process)s", process=process_name(step["process"], self.definition)), []

    def listed(self, step: Entered) -> Told | None:
        if not step["count"]:
            return "desk", gettext("Nothing to do: %(task)s", task=self.name(step)), []
        return "desk", gettext("%(task)s: for each of %(count)s", task=self.name(step), count=step["count"]), []

    def ended(self, step: Ended) -> Told | None:
        return "end", gettext("Case closed: %(end)s", end=self.name(step)), []

    def cancelled(self, step: Ended) -> Told | None:
        if step.get("outcome") in act_texts.OUTCOMES:
            return "end", gettext("Case closed: %(end)s", end=gettext(act_texts.OUTCOMES[step["outcome"]])), []
        reason = act_texts.reason(step["reason"]) or "—"
        return "end", gettext("Case cancelled: %(reason)s", reason=reason), []

    def erased(self, step: Erased) -> Told | None:
        return "person", gettext("Personal data erased: %(why)s", why=step["reason"]), []

    def assigned(self, step: TaskTaken) -> Told | None:
        return "person", gettext("Handed to %(who)s: %(task)s", who=person_name(step["to"]), task=self.name(step)), []


def _occurrence(name: str, step: TimerSet | TimerGone) -> str:
    if "index" not in step:
        return name
    if "count" not in step:
        return gettext("%(name)s (no. %(index)s)", name=name, index=step["index"])
    return gettext("%(name)s (no. %(index)s of %(count)s)", name=name, index=step["index"], count=step["count"])


_LABELS = {
    "amount": _("Amount"),
    "fallen": _("Of it unpaid, off the own bill"),
    "payee": _("Paid to"),
    "refund_number": _("Refund number"),
    "credit_note": _("Credit note"),
    "waiver_number": _("Waiver number"),
    "source_balance": _("Balance left"),
    "target_balance": _("Balance of the other number"),
    "settle_on": _("Settled on"),
    "period": _("Period"),
    "bearer_name": _("Borne by"),
    "process": _("Process"),
    "confidence": _("Confidence"),
}


_UNSENT = {notification.CANCELLED: _("the number is cancelled")}


def _undelivered(failure: str) -> tuple[str, str]:
    """Return why a text message could not arrive."""
    return gettext("Why"), gettext(_UNSENT.get(failure, failure))


def _confirmed(step: TaskCompleted | LimitMet) -> list[tuple[str, str]]:
    """Say of which doubts the person was told before they confirmed."""
    return [(gettext("Told and confirmed"), reason_texts.doubt(code)) for code in step.get("despite", ())]


def is_amount(name: str, value: object) -> bool:
    """Tell whether a value is fen, as its name says in the answers of service tasks; of `first.charge` the last part does."""
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    last = name.rpartition(".")[2]
    return last in OF_REVIEWS or last in refusals.FEN or last in labels.amounts()


# The ways for which an approval has an amount of its own.
_WAYS = {"late_fee": _("late fee"), "credit": _("credit"), "cash": _("cash")}


def plain(name: str, value: Any) -> str:
    """Return a value of a service's answer; of amounts by their way each that there is."""
    if name == "amount" and isinstance(value, Mapping):
        parts = (f"{gettext(_WAYS[way])} {yuan(fen)}" for way, fen in value.items() if fen and way in _WAYS)
        return gettext("; ").join(parts)
    return yuan(value) if is_amount(name, value) else written(value)


def shown(value: Any, field: Field) -> str:
    """Return a value as its form field shows it."""
    if value is None or value == "":
        return ""
    if isinstance(value, Withheld):
        return str(withheld(value))
    if field.unit == "fen":
        return yuan(value)
    values = value if isinstance(value, list) else [value]
    if field.type == "lines":
        return gettext("; ").join(written(item) for item in values)
    if field.type == "file" and isinstance(value, str):
        return disputed.in_words(value)
    by_value: dict[str | bool, str] = {
        option.value: in_language(option.label, option.label_en) for option in field.options
    }
    if field.is_boolean:
        by_value |= {True: by_value.get("yes", gettext("yes")), False: by_value.get("no", gettext("no"))}
    return gettext(", ").join(by_value.get(item, written(item)) for item in values)


def written(value: object) -> str:
    """Return any variable as text."""
    if isinstance(value, Withheld):
        return str(withheld(value))
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date | Decimal | int | str):
        return str(value)
    if disputed.is_picked(value):
        return disputed.picked_text(value, written)
    if isinstance(value, list):
        return gettext(", ").join(written(item) for item in value)
    return "" if value is None else str(value)
