"""A case as a sequence of events for replay, in one file because the page's list and the picture are made from the same events, so that they cannot differ.

An event says what happened, where tokens moved, what was asked and answered, what changed, what money moved. Numbers are masked; other personal values are shown as on the
page of the case, secret ones to nobody.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, assert_never

from flask_babel import gettext

import engine.language
from engine import definitions, diagrams, proof, record
from engine.record.case_steps import (
    CaseStep,
    Decided,
    ErrorCaught,
    FlowTaken,
    JobCompleted,
    JobCreated,
    JobRefused,
    LimitExtended,
    Passed,
    Started,
    TaskCompleted,
)
from models.instance import ProcessInstance
from office import masking
from service_tasks import labels
from web.queries import money as moved
from web.telling import act_sentences, code_texts, names, refusals, suggestions, timeline, variables
from web.telling.i18n import in_language, language, remark, shown_to, yuan

Move = tuple[str, int, str, int]
SCALE = 10_000
LONGEST = 400
AT_ONCE = 32


VISIBLE = frozenset({"msisdn", "complaint_text", "demand"})
OF_DEPARTMENTS = frozenset({"hall"})  # variables that hold the code of a department
IN_WORDS = VISIBLE - {"msisdn"}
PEOPLE = frozenset({"approved_by", "paid_by", "spot_approvers"})  # what they hold are log-ins


@dataclass
class Event:
    """One thing that happened. `moves` are changes of the marking (kind, scope, element or flow, by how much) up to and with it.

    `number` is that of its step within the entry, so that the two name one event for ever, in any language. `position` is its place on the time scale, 0 to SCALE: gaps are compressed, their order and rank are kept.
    """

    seq: int
    number: int
    at: datetime
    actor: str
    kind: str
    text: str
    scope: int
    process: str
    element: str
    moves: list[Move] = field(default_factory=list)
    entered: list[tuple[str, str]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    answered: list[tuple[str, str]] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    changed: list[tuple[str, str, str]] = field(default_factory=list)
    money: list[moved.MoneyLine] = field(default_factory=list)
    position: int = 0
    first: bool = False

    @property
    def moment(self) -> str:
        """The address of the event within its case: entry and step."""
        return f"{self.seq}.{self.number}"


@dataclass(frozen=True)
class Stage:
    """One diagram of the replay: scope 0 is the process itself, the others are calls in the order in which they were entered."""

    scope: int
    process: str
    name: str
    english: dict[str, str]


def window(sequence: int, at: int | None) -> tuple[int, int]:
    """Return the first and the last entry of the part of a case that is shown at once, which holds entry `at`; of a short case all of it."""
    since = (min(max(at or 1, 1), max(sequence, 1)) - 1) // AT_ONCE * AT_ONCE + 1
    return since, min(since + AT_ONCE - 1, sequence)


def events(instance: ProcessInstance, history: proof.CaseHistory, sight: masking.Sight, since: int = 1) -> list[Event]:
    """Return what happened in a case from an entry on, oldest first; the first event moves everything to where it stood by then."""
    recorded = list(_Recorder(instance, history.definition, sight).events(history.entries, since))
    _place(recorded)
    return recorded


def stages(history: proof.CaseHistory) -> list[Stage]:
    """Return the diagrams that the events of a case stand on."""
    own = history.definition
    keys = {0: own.key, **history.marking().calls}
    return [Stage(at, key, names.process_name(key, own), names.english_elements(key, own)) for at, key in keys.items()]


def _place(recorded: list[Event]) -> None:
    """Place events on the scale: every event takes one unit, a gap before it more the longer it was."""
    at, reached = 0.0, []
    for before, event in zip([None, *recorded], recorded, strict=False):
        gap = (
            max(0.0, (event.at - before.at).total_seconds()) if before else 0.0
        )  # a limit may have been due before what told of it
        at += 1 + 2 * math.log10(1 + gap / 60) if before else 0
        reached.append(at)
    for event, place in zip(recorded, reached, strict=True):
        event.position = round(SCALE * place / (reached[-1] or 1))


class _Recorder:
    """Follows a history step by step; what moves before the next thing worth telling is told with it."""

    def __init__(self, instance: ProcessInstance, definition: definitions.Definition, sight: masking.Sight) -> None:
        self.instance, self.definition = instance, definition
        self.words = replace(sight, numbers=False)
        self.teller = timeline.teller(self.definition)
        self.follower = proof.Follower()
        self.money = moved.by_call(instance.business_key)
        self.asked: dict[int, JobCreated] = {}
        self.refusal: JobRefused | None = None
        self.fields, self.shown_beside = _fields(self.definition), _shown_beside(self.definition)
        self._english: dict[str, dict[str, str]] = {}

    def events(self, entries: list[record.CaseEntry], since: int) -> Iterator[Event]:
        stood: Counter[tuple[str, int, str]] = Counter()
        for entry in entries:
            self.teller.turn_to(entry)
            if entry.seq < since:
                self._pass(entry, stood)
                continue
            waiting: list[Move] = [(*place, count) for place, count in stood.items() if count]
            stood.clear()
            changed: list[tuple[str, str, str]] = []
            last: Event | None = None
            for number, step in enumerate(entry.steps):
                moves, changes = self.follower.follow(step, entry.at)
                waiting += moves
                changed += [self._change(*change) for change in changes if self._worth(step, change)]
                event = self._event(entry, number, last)
                if event is None:
                    continue
                event.moves, event.changed, event.first = waiting, changed, last is None
                waiting, changed, last = [], [], event
                yield event
            if last is not None:
                last.moves += waiting
                last.changed += changed

    def _pass(self, entry: record.CaseEntry, stood: Counter[tuple[str, int, str]]) -> None:
        """Follow what comes before the first event shown, and do not tell it."""
        for step in entry.steps:
            for kind, scope, name, change in self.follower.follow(step, entry.at)[0]:
                stood[kind, scope, name] += change
            self.teller.enter(step)
            self._keep(step)

    def _keep(self, step: CaseStep) -> None:
        if step["type"] == "job_created":
            self.asked[step["token"]] = step
        elif step["type"] == "job_refused":
            self.refusal = step

    def _worth(self, step: CaseStep, change: tuple[str, Any, Any]) -> bool:
        """Tell whether a change is worth a row: what a form or a start says is shown as entered already; a table of changes shows what was there before."""
        return step["type"] not in ("instance_started", "job_completed") and change[1] is not None

    def _change(self, name: str, before: Any, after: Any) -> tuple[str, str, str]:
        return self._label(name), self._shown(name, before), self._shown(name, after)

    def _event(self, entry: record.CaseEntry, number: int, last: Event | None) -> Event | None:
        step = entry.steps[number]
        sentence = self.teller.step(step) or self._way(step, entry.steps[number + 1 :], last)
        self._keep(step)
        if sentence is None:
            return None
        kind, text, _ = sentence
        place = step["called"] if step["type"] == "call_entered" else record.scope_of(step)
        scope = self.follower.scopes.drawn(place)
        process = self.teller.scopes.process(scope)
        element = record.element_of(step)
        event = Event(entry.seq, number, entry.at, entry.actor, kind, text, scope, process, element)
        self._fill(event, step)
        return event

    def _fill(self, event: Event, step: CaseStep) -> None:
        """Fill in what was entered, asked and answered, of the steps of which there is more to say than a sentence."""
        match step["type"]:
            case "instance_started":
                self.started(event, step)
            case "user_task_completed":
                self.completed(event, step)
            case "job_completed":
                self.job(event, step)
            case "error_caught":
                self.refused(event, step)
            case "decision_evaluated":
                self.decided(event, step)
            case (
                "instance_completed" | "instance_cancelled" | "user_task_created" | "user_task_claimed"
                | "user_task_released" | "user_task_assigned" | "user_task_cancelled" | "timer_set" | "timer_fired"
                | "timer_cancelled" | "message_awaited" | "message_received" | "message_cancelled" | "job_created"
                | "job_refused" | "job_queued" | "job_cancelled" | "incident_opened" | "incident_retried"
                | "incident_resolved" | "incident_cancelled" | "flow_taken" | "passed" | "token_released"
                | "call_entered" | "call_left" | "call_cancelled" | "item_entered" | "item_left" | "item_cancelled"
                | "items_left" | "approval_given" | "clock_paused" | "clock_resumed" | "case_limit_met"
                | "deadline_missed" | "entered" | "items_entered" | "personal_data_erased"
            ):  # fmt: skip
                pass
            case (
                "limit_extended" | "customer_tried" | "case_withdrawn" | "case_voided" | "case_not_reached"
                | "hold_lifted" | "correction_withdrawn" | "credit_reversed" | "extension_asked" | "reversal_asked"
                | "reversal_agreed" | "request_refused"
            ):  # fmt: skip
                event.entered = self._said(step)
            case _:
                assert_never(step)

    def _said(self, step: act_sentences.ActStep | LimitExtended) -> list[tuple[str, str]]:
        """Return what the timeline says with an act beside the diagram: why, by whom and how it was asked for, what the customer was told."""
        visible = masking.step(step, self.definition.private, self.words)
        if visible["type"] == "limit_extended":
            return act_sentences.extended(visible)[2]
        return act_sentences.sentence(visible)[2]

    def _way(self, step: CaseStep, following: list[CaseStep], last: Event | None) -> timeline.Told | None:
        """Return gateways, events and returns from a called process, which the timeline leaves out."""
        if step["type"] == "call_left":
            return "desk", gettext("Back from: %(task)s", task=self.teller.name(step)), []
        if step["type"] != "passed" or (last is not None and last.element == step["element"]):
            return None
        element = self._element(step)
        name = self.teller.name(step)
        name = "" if name == step["element"] else name
        if element is not None and element.type.endswith("Gateway"):
            return "way", self._taken(name, step, following), []
        return ("desk", gettext("Passed: %(task)s", task=name), []) if name else None

    def _taken(self, name: str, step: Passed, following: list[CaseStep]) -> str:
        ways = []
        for later in following:
            if later["type"] != "flow_taken" or later.get("scope", 0) != step.get("scope", 0):
                break
            ways.append(self._flow(later))
        way = gettext(", ").join(filter(None, ways))
        if name and way:
            return f"{name} {way}"
        return name or gettext("The ways part or meet")

    def _flow(self, step: FlowTaken) -> str:
        process = self.teller.scopes.process(step.get("scope", 0))
        flow = self.definition.processes[process].diagram.flows.get(step["flow"])
        return self.english(process).get(step["flow"]) or (flow.name if flow else "")

    def english(self, process: str) -> dict[str, str]:
        """Return the English names of a diagram, read once."""
        if process not in self._english:
            self._english[process] = names.english_elements(process, self.definition)
        return self._english[process]

    def _element(self, step: Passed) -> diagrams.Element | None:
        process = self.teller.scopes.process(step.get("scope", 0))
        return self.definition.processes[process].diagram.elements.get(step["element"])

    def started(self, event: Event, step: Started) -> None:
        event.entered = [(self._label(name), self._shown(name, value)) for name, value in step["variables"].items()]

    def completed(self, event: Event, step: TaskCompleted) -> None:
        form = self.definition.form(step["element"], event.process)
        for form_field in form.inputs:
            if form_field.key in step["form"]:
                value = step["form"][form_field.key]
                open_ = form_field.key not in self.definition.personal or self._may_see(form_field.key)
                text = (
                    timeline.shown(masking.masked(value), form_field) if open_ else self._shown(form_field.key, value)
                )
                event.entered.append((in_language(form_field.label, form_field.label_en), text or "—"))

    def job(self, event: Event, step: JobCompleted | JobRefused) -> None:
        call = self.asked.get(step["token"])
        event.asked = self._labelled(step, "parameters", call["parameters"] if call is not None else {})
        answer = record.named(step["result"] if step["type"] == "job_completed" else step["values"])
        event.answered = []
        if step["topic"] == suggestions.TOPIC and suggestions.VERDICT & answer.keys():
            event.answered = [(gettext("Suggested"), suggestions.in_words(answer, self.definition))]
            answer = {name: value for name, value in answer.items() if name not in suggestions.VERDICT}
        event.answered += self._labelled(step, "result", answer)
        if step["type"] == "job_completed":
            event.money = self.money.get(f"{self.instance.id}:{step['token']}", [])

    def refused(self, event: Event, step: ErrorCaught) -> None:
        """Fill in what the service before refused, which the boundary event took."""
        if self.refusal is not None:
            self.job(event, self.refusal)
        event.answered = [(gettext("Refused"), self._refusal(step)), *event.answered]

    def _refusal(self, step: ErrorCaught) -> str:
        """Return why, with the values that the service gave; a refusal without a sentence is called as the event that takes it."""
        if step["code"] not in refusals.SENTENCES:
            return self.teller.name(step)
        values = self.refusal.get("values") if self.refusal is not None else None
        return refusals.sentence({**(values or {}), "code": step["code"]})

    def decided(self, event: Event, step: Decided) -> None:
        heads = self._heads(event.process, step["decision"])
        event.asked = [self._asked_of(heads.get(name, ""), name, value) for name, value in step["inputs"].items()]
        event.answered = [(gettext("Result"), self._shown("", step["value"]))]
        event.rules = [
            gettext(
                "Rule %(number)s: %(text)s",
                number=rule["number"],
                text=remark(rule.get("annotation") or "") or rule["id"],
            )
            for rule in step["matched"]
        ]

    def _asked_of(self, head: str, name: str, value: object) -> tuple[str, str]:
        """Return what a table calls a column and what stood in it; a head that says fen does not where the amount is shown in yuan."""
        text = self._shown(name, value)
        if text != str(value):
            head = head.removesuffix(gettext(" (fen)"))
        return head or self._label(name), text

    def _heads(self, process: str, decision: str) -> dict[str, str]:
        """Return what a table calls the columns that test more than one variable, by their expression."""
        columns = self.definition.columns(decision)
        english = self.definition.english.get(process, {}).get("columns") if language() == "en" else None
        english_names = english if isinstance(english, dict) else {}
        return {text: str(english_names.get(head, head)) for text, head in columns.items() if not text.isidentifier()}

    def _labelled(self, step: JobCompleted | JobRefused, side: str, values: Mapping[str, Any]) -> list[tuple[str, str]]:
        field_labels = labels.of(step["topic"], side)
        private = (
            self.definition.private.calls.get(step["element"], frozenset()) if side == "parameters" else frozenset()
        )
        return [
            self._one(field_labels.get(name), name, value, name in private)
            for name, value in values.items()
            if value is not None
        ]

    def _one(self, label: labels.Label | None, name: str, value: Any, personal: bool) -> tuple[str, str]:
        if label is None:
            return self._label(name), self._shown(name, value)
        if label.unit == "fen" and isinstance(value, int):
            return in_language(label.zh, label.en), yuan(value)
        if name == "subject" and isinstance(value, str):
            return in_language(label.zh, label.en), names.subject(self.definition, value)
        is_hidden = (label.personal or personal) and name not in VISIBLE and not self._may_see(name)
        return in_language(label.zh, label.en), _withheld(value) if is_hidden else self._shown(name, value)

    def _label(self, name: str) -> str:
        if name in variables.STARTED:
            return gettext(variables.STARTED[name])
        item = self.fields.get(name) or self.shown_beside.get(name)
        return in_language(item.label, item.label_en) if item is not None else code_texts.column_text(name)

    def _hidden(self, name: str) -> bool:
        return self.definition.private.covers(name) and name not in IN_WORDS and not self._may_see(name)

    def _may_see(self, name: str) -> bool:
        """Tell whether what is personal is shown, numbers masked; what is secret is not."""
        return self.words.personal and not self.definition.private.only_secret().covers(name)

    def _shown(self, name: str, value: Any) -> str:
        if value is None or value in ("", [], {}):
            return "—"
        if self._hidden(name):
            return _withheld(value)
        if name in IN_WORDS:
            return str(shown_to(value, self.words))[:LONGEST]
        if name in OF_DEPARTMENTS and isinstance(value, str):
            return names.department(value)
        if isinstance(value, Mapping) and value.get("code") in refusals.SENTENCES:
            return refusals.sentence(value)
        value, field = masking.masked(value), self.fields.get(name)
        text = timeline.shown(value, field) if field is not None and _can_hold(field, value) else ""
        return (text or _plain(name, value, frozenset() if self.words.personal else self.definition.personal))[:LONGEST]


def _can_hold(field: Any, value: Any) -> bool:
    """Tell whether a value is one that a field offers; a service may give a variable others, which have words of their own."""
    choices = {option.value for option in field.options}
    return not choices or field.is_boolean or not isinstance(value, str) or value in choices


def _plain(name: str, value: Any, personal: frozenset[str]) -> str:
    """Return a value as text; what is personal inside it is withheld too, and what has no words for people stands in the record alone."""
    if value is None or value in ("", [], {}):
        return "—"
    if suggestions.is_reason(value):
        return suggestions.reason(value)
    if isinstance(value, Mapping):
        texts = {k: in_language(v, value.get(f"{k}_en", "")) for k, v in value.items() if k in code_texts.COLUMNS}
        inner = ((k, _withheld(v) if k in personal else _plain(k, v, personal)) for k, v in texts.items())
        parts = (gettext("%(field)s: %(why)s", field=code_texts.column_text(k), why=text) for k, text in inner)
        return gettext("; ").join(parts) or gettext("in the record")
    if isinstance(value, list):
        between = gettext("; ") if any(map(suggestions.is_reason, value)) else gettext(", ")
        return between.join(_plain(name, item, personal) for item in value)
    if name == "process" or (name == "proposed_process" and isinstance(value, str)):
        return names.process_name(str(value))
    if name in PEOPLE and isinstance(value, str):
        return names.person_name(value)
    if name in ("department", "group"):
        return names.departments().get(str(value), str(value))
    return code_texts.cell_text(name, value)


def _withheld(value: Any) -> str:
    """Return a number masked, anything else left out."""
    text = str(value)
    return masking.number(text) if text.isdecimal() and len(text) == 11 else gettext("(personal, not shown)")


def _fields(definition: definitions.Definition) -> dict[str, Any]:
    """Return the fields of all forms of a version by key: they know what a variable is called and how it is written."""
    return _first_of((field.key, field) for form in _forms(definition) for field in form.inputs)


def _shown_beside(definition: definitions.Definition) -> dict[str, Any]:
    """Return what is laid beside the forms of a version by variable: what nobody types has its name there."""
    return _first_of((entry.variable, entry) for form in _forms(definition) for entry in form.shows)


def _first_of(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return dict(reversed(list(pairs)))


def _forms(definition: definitions.Definition) -> Iterator[engine.language.Form]:
    for process in definition.processes.values():
        for element in process.diagram.elements.values():
            if element.type == "userTask" and element.properties.get("form"):
                yield definition.form_by_id(element.properties["form"])
