"""What was told about a case: messages to the customer and notices to departments, each against the step that said it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeGuard, TypeVar

from engine import language, proof, record
from engine.proof import Verdict
from engine.record.case_steps import CaseStep, CreditReversed, LimitExtended, NotReached, Voided, Withdrawn
from models.notice import MessageState
from office import correspondence, replies
from office.derived.calls import Answered, answered
from service_tasks import notification

SEND, NOTIFY, OWN_FAULT = "notification/send", "notification/department", "notification/own_fault"
TELLING = ("case_withdrawn", "case_voided", "case_not_reached", "limit_extended", "credit_reversed")
_Telling = Withdrawn | Voided | NotReached | LimitExtended | CreditReversed


class Expected(NamedTuple):
    """A message or notice that the record says was made: columns and what may stand in each of them."""

    seq: int
    columns: Mapping[str, tuple[Any, ...]]


class Cells(Protocol):
    """A row that may hold anything in the columns by which it is matched."""

    @property
    def key(self) -> object: ...
    @property
    def queued_at(self) -> object: ...


Row = TypeVar("Row", bound=Cells)


def to_customer(verdict: Verdict) -> list[Expected]:
    """Return every word to the customer that the record says was said or queued."""
    variables = record.beginning(verdict.history)["variables"] or {}
    expected: list[Expected] = []
    parameters: dict[int, Mapping[str, Any]] = {}
    definition = verdict.definition or proof.definition_of(verdict.instance_id)
    forms: dict[int, str] = {}
    for entry in verdict.history:
        first = entry.steps[0]
        by_hand = first["token"] if first["type"] == "incident_resolved" else None
        for step in entry.steps:
            key = f"{verdict.instance_id}:{record.token_of(step)}"
            if step["type"] == "user_task_created":
                forms[step["token"]] = step.get("form") or ""
            elif step["type"] == "job_created":
                parameters[step["token"]] = step["parameters"]
            elif step["type"] == "job_completed" and step["topic"] == SEND and step["token"] != by_hand:
                expected.append(
                    _sent(verdict, entry, key, parameters.get(step["token"], {}), step["result"], variables)
                )
            elif step["type"] == "case_limit_met" and isinstance(step.get("told"), str) and "element" not in step:
                expected.append(_interim(verdict, entry, step["told"], variables))
            elif _tells(step):
                expected.append(_of_act(verdict, entry, step, variables))
            elif step["type"] == "user_task_completed" and forms.get(step["token"]):
                form = definition.form_by_id(forms[step["token"]])
                expected += _said(verdict, entry, key, form, record.named(step["form"]), variables)
    return expected


def _sent(
    verdict: Verdict,
    entry: record.CaseEntry,
    key: str,
    parameters: Mapping[str, Any],
    result: Mapping[str, Any],
    variables: Mapping[str, Any],
) -> Expected:
    """Return a text message of a process."""
    template, values = str(parameters.get("template", "")), parameters.get("values") or {}
    bodies = notification.wordings(template, {**notification.known(verdict.business_key, entry.at), **values})
    numbers = (variables.get("msisdn"), parameters.get("msisdn"))
    return Expected(
        entry.seq,
        {
            "key": (key,),
            "id": (result.get("outbox_id"),),
            "template": (template,),
            "body": bodies,
            "to_msisdn": numbers,
            "channel": ("sms",),
        },
    )


def _interim(verdict: Verdict, entry: record.CaseEntry, text: str, variables: Mapping[str, Any]) -> Expected:
    bodies = notification.wordings(
        replies.TEMPLATE, {**notification.known(verdict.business_key, entry.at), "progress": text}
    )
    columns = {"template": (replies.TEMPLATE,), "body": bodies, "queued_at": (entry.at,), "told_by": (entry.actor,)}
    return Expected(entry.seq, {**columns, "to_msisdn": (variables.get("msisdn"),), "channel": ("sms",)})


def _tells(step: CaseStep) -> TypeGuard[_Telling]:
    """Tell whether an act outside the steps told something that can be read."""
    fields: Mapping[str, object] = step
    return step["type"] in TELLING and isinstance(fields.get("told"), str)


def _of_act(verdict: Verdict, entry: record.CaseEntry, step: _Telling, variables: Mapping[str, Any]) -> Expected:
    """Return what an act outside the steps told."""
    by_text = step["tell"] == correspondence.SMS
    number = step["request"] if step["type"] == "limit_extended" or step["type"] == "credit_reversed" else 1
    key = f"{step['type']}:{verdict.instance_id}:{number}"
    columns: dict[str, tuple[object, ...]] = {
        "key": (key,),
        "template": (step["template"],),
        "body": (step["told"],),
        "channel": (step["tell"],),
    }
    columns |= {"queued_at": (entry.at,), "told_by": (entry.actor,)}
    return Expected(entry.seq, {**columns, "to_msisdn": (variables.get("msisdn") if by_text else "",)})


def _said(
    verdict: Verdict,
    entry: record.CaseEntry,
    key: str,
    form: language.Form,
    entered: Mapping[str, Any],
    variables: Mapping[str, Any],
) -> Iterator[Expected]:
    """Yield what a completed step told, by whatever channel."""
    for number, field in enumerate(field for field in form.inputs if field.channel_of):
        text, channel = entered.get(field.channel_of), entered.get(field.key)
        if field.key not in entered or not text:
            continue
        columns: dict[str, tuple[Any, ...]] = {"key": (f"{key}:told:{number}",), "told_by": (entry.actor,)}
        columns["queued_at"] = (entry.at,)
        if channel == correspondence.SMS:
            columns |= {"channel": ("sms",), "body": correspondence.bodies(verdict.business_key, str(text), entry.at)}
            if variables.get("msisdn"):
                columns["to_msisdn"] = (variables["msisdn"],)
        else:
            columns |= {"channel": (channel or "other",), "body": (str(text),), "to_msisdn": ("",)}
        yield Expected(entry.seq, columns)


def to_departments(verdict: Verdict) -> list[Expected]:
    """Return what departments were told by the process; of our own fault nobody the same twice."""
    expected: list[Expected] = []
    faults: set[tuple[Any, ...]] = set()
    for call in answered(verdict):
        if call.topic == NOTIFY:
            expected.append(_noted(call, call.key, call.parameters.get("group")))
        elif call.topic == OWN_FAULT:
            for key, department in notification.fault_notices(call.key, str(call.parameters.get("group"))).items():
                notice = _noted(call, key, department)
                words = tuple(notice.columns[name] for name in ("department", "subject", "text"))
                if words not in faults:
                    faults.add(words)
                    expected.append(notice)
    return expected


def _noted(call: Answered, key: str, department: Any) -> Expected:
    columns = {"key": (key,), "department": (department,), "subject": (call.parameters.get("subject"),)}
    return Expected(call.seq, {**columns, "text": (notification.noted(call.parameters),)})


def is_ours(key: Any, verdict: Verdict) -> bool:
    """Tell whether a service call of the case made this notice, as its key says; others are about it and not in its record."""
    return isinstance(key, str) and re.fullmatch(rf"{verdict.instance_id}:\d+(:supervisor)?", key) is not None


def differing(
    table: str, expected: Sequence[Expected], rows: Sequence[Any], verdict: Verdict
) -> Iterator[tuple[int, str]]:
    """Yield where the rows differ from what the record says was made, both ways."""
    remaining = list(rows)
    for message in expected:
        row = _match(message, remaining)
        if row is None:
            yield message.seq, f"{table} {_called(message)} is missing"
            continue
        remaining.remove(row)
        wrong = [name for name, values in message.columns.items() if getattr(row, name) not in values]
        if wrong:
            yield message.seq, f"{table} {row.id} ({row.key}): {', '.join(wrong)}"
    replaced_by_key = {f"{correspondence.INSTEAD}{row.id}": row for row in rows}
    for row in remaining:
        before = replaced_by_key.get(row.key) if isinstance(row.key, str) else None
        if before is None:
            yield verdict.entries, f"{table} {row.id} ({row.key}) belongs to no recorded step"
        elif row.body != before.body or before.state != MessageState.FAILED:
            yield verdict.entries, f"{table} {row.id} ({row.key}): body"


def _match(message: Expected, rows: Sequence[Row]) -> Row | None:
    """Return the row under the key of what is expected; an interim reply names no step in its key, so the instant tells it."""
    if "key" in message.columns:
        return next((row for row in rows if row.key == message.columns["key"][0]), None)
    interim = [row for row in rows if isinstance(row.key, str) and row.key.startswith("interim:")]
    return next((row for row in interim if row.queued_at == message.columns["queued_at"][0]), None)


def _called(message: Expected) -> str:
    return str(message.columns["key"][0]) if "key" in message.columns else "of an interim reply"
