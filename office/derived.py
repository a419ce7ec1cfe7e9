"""The rows beside the record of a case, held against what the record says: its complaint, what was told about it, and the papers of its money.

They are made for searching and for the counter; what they say is shown beside the word "verified", so it has to be so. What the record does not
know (whose number it is, whether a text message arrived) is not asked here: docs/explanation/verification.md.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import or_, select

import engine
from engine import Deviation, Verdict
from models import cells
from models.billing import ChargeHold, CreditNote, JournalEntry, LateFeeWaiver, Posting, Refund
from models.cells import UNREADABLE, as_stored
from models.complaint import Complaint
from models.instance import CaseKey
from models.notice import DepartmentNotice, OutboxMessage
from office import complaints, correspondence, intake, replies
from service_tasks import notification

OF_INTAKE = re.compile(r"AJ-\d{4}-\d{6}")
PAPERS: dict[str, tuple[Any, str]] = {
    "refund_number": (Refund, "number"),
    "credit_note": (CreditNote, "number"),
    "waiver_number": (LateFeeWaiver, "number"),
    "hold_id": (ChargeHold, "id"),
}
SEND, NOTIFY, SETTLE = "notification/send", "notification/department", "charge_hold/settle"
ENDS = ("instance_completed", "instance_cancelled")


class Expected(NamedTuple):
    """A message or notice that the record says was made: columns and what may stand in each of them."""

    seq: int
    columns: Mapping[str, tuple[Any, ...]]


@dataclass
class _Beside:
    """The rows of many cases, read at once; `complaints` and `keys` by instance, the others by case number."""

    complaints: Mapping[int, list[Any]] = field(default_factory=dict)
    keys: Mapping[int, Any] = field(default_factory=dict)
    messages: Mapping[str, list[Any]] = field(default_factory=dict)
    notices: Mapping[str, list[Any]] = field(default_factory=dict)
    papers: Mapping[type, Mapping[str, list[Any]]] = field(default_factory=dict)


def deviations(verdicts: Sequence[Verdict]) -> Iterator[Deviation]:
    """What stands beside these cases otherwise than their records say; a case whose record does not hold is not asked."""
    whole = [verdict for verdict in verdicts if verdict.whole]
    beside = _read(whole) if whole else _Beside()
    for verdict in whole:
        asked = engine.survive(f"comparing {verdict.instance_id}", lambda v=verdict: list(_case(v, beside)))  # type: ignore[misc]
        if isinstance(asked, engine.Failed):
            if verdict.deviations:  # why it cannot be compared is said there
                continue
            what = f"the rows beside it cannot be compared: {asked.kind}"
            asked = [Deviation(verdict.instance_id, "unverifiable", verdict.entries, what)]
        yield from asked


def _read(verdicts: Sequence[Verdict]) -> _Beside:
    ids, numbers = [one.instance_id for one in verdicts], [one.business_key for one in verdicts]
    keys = select(as_stored(CaseKey.instance_id), as_stored(CaseKey.wrapped)).where(CaseKey.instance_id.in_(ids))
    ours = or_(Complaint.instance_id.in_(ids), Complaint.case_number.in_(numbers))
    return _Beside(
        complaints=_by("instance_id", _all(Complaint, ours)),
        keys={row.instance_id: row.wrapped for row in cells.rows(keys)},
        messages=_by("case_number", _all(OutboxMessage, OutboxMessage.case_number.in_(numbers))),
        notices=_by("case_number", _all(DepartmentNotice, DepartmentNotice.case_number.in_(numbers))),
        papers={model: _by("case_number", _posted(model, numbers)) for model, _ in PAPERS.values()},
    )


def _all(model: Any, which: Any) -> list[Any]:
    return cells.rows(select(*map(as_stored, model.__table__.columns)).where(which))


def _posted(model: Any, numbers: Sequence[str]) -> list[Any]:
    """Papers with the journal entry that each of them names."""
    query = select(
        *map(as_stored, (c for c in model.__table__.columns if c.name != "form")),
        as_stored(Posting.amount, nullable=True).label("posted"),
        as_stored(JournalEntry.case_number, nullable=True).label("entry_case"),
    )
    query = query.outerjoin(JournalEntry, JournalEntry.id == model.entry_id)
    query = query.outerjoin(Posting, (Posting.entry_id == model.entry_id) & (Posting.line == 1))
    return cells.rows(query.where(model.case_number.in_(numbers)))


def _by(name: str, rows: Iterable[Any]) -> Mapping[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _case(verdict: Verdict, beside: _Beside) -> Iterator[Deviation]:
    def deviation(kind: str, seq: int, what: str) -> Deviation:
        return Deviation(verdict.instance_id, kind, seq, what)

    rows = beside.complaints.get(verdict.instance_id, [])
    for seq, what in _complaint(verdict, rows, beside):
        yield deviation("rows", seq, what)
    if _reads(verdict):
        told, notices = _told(verdict), _notices(verdict)
        for seq, what in _compared("outbox_message", told, beside.messages.get(verdict.business_key, []), verdict):
            yield deviation("rows", seq, what)
        posted = [row for row in beside.notices.get(verdict.business_key, []) if _ours(row.key, verdict)]
        for seq, what in _compared("department_notice", notices, posted, verdict):
            yield deviation("rows", seq, what)
    for seq, what in _papers(verdict, beside):
        yield deviation("ledger", seq, what)


def _reads(verdict: Verdict) -> bool:
    """Whether what is sealed in the record can be read: it was not erased, and its key is there and fits."""
    return verdict.erasure is None and all(one.kind != "key" for one in verdict.deviations)


# -- the complaint --


def _complaint(verdict: Verdict, rows: Sequence[Any], beside: _Beside) -> Iterator[tuple[int, str]]:
    started = verdict.history[0].steps[0]
    number, given = verdict.business_key, started.get("variables") or {}
    taken_in = started.get("process") == intake.PROCESS and "proposed_process" in given
    if not rows:
        if taken_in and OF_INTAKE.fullmatch(number):
            yield 1, f"complaint {number} is missing"
        return
    for row in rows:
        if not taken_in and OF_INTAKE.fullmatch(number):
            yield 1, f"complaint {row.case_number} belongs to a case that was not taken in as one"
            continue
        wrong = [name for name, allowed in _columns(verdict, given, row, beside) if getattr(row, name) not in allowed]
        if taken_in and not _says(row, given, verdict, beside):
            wrong.append("text_sealed")
        if wrong:
            yield _since(verdict, wrong), f"complaint {number}: {', '.join(wrong)}"


def _since(verdict: Verdict, wrong: Sequence[str]) -> int:
    """The entry since which it may be so: the first for what is known from it on, else the last."""
    followed = {"state", "resolution", "replied_at", "closed_at", "process_key"}
    return verdict.entries if followed.intersection(wrong) else 1


def _columns(
    verdict: Verdict, given: Mapping[str, Any], row: Any, beside: _Beside
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """What may stand in each column that the record knows."""
    yield "case_number", (verdict.business_key,)
    if "proposed_process" in given:
        yield from _taken_in(verdict, given, row)
    yield from _followed(verdict, given, row, beside.messages.get(verdict.business_key, []))


def _taken_in(verdict: Verdict, given: Mapping[str, Any], row: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """What was said at the counter, and what was suggested."""
    first, erased = verdict.history[0], not _reads(verdict)
    yield "accepted_by", (first.actor,)
    yield "accepted_at", (first.at,)
    for name in ("channel", "disputed_amount"):
        if name in given:
            yield name, (given[name],)
    if not erased:
        yield "msisdn", (given.get("msisdn"),)
        yield "demand", (given.get("demand") or "",)
    if bool(given.get("repeated")) != (row.repeat_of is not None):
        yield "repeat_of", ()
    suggested = [s["result"] for s in first.steps if s["type"] == "job_completed" and s.get("variable") == "suggestion"]
    if suggested and isinstance(suggested[-1], Mapping):
        yield "suggested_process", (suggested[-1].get("process"),)
        yield "confidence", (suggested[-1].get("confidence"),)
        reason = given.get("proposed_reason")
        overruled = reason is not None and given["proposed_process"] != suggested[-1].get("process")
        yield "overruled", (overruled,)
        if not erased:
            yield "overruled_reason", (reason if overruled else None,)


def _followed(
    verdict: Verdict, given: Mapping[str, Any], row: Any, messages: Sequence[Any]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """What became of it, step by step, as `office.complaints` carries it over."""
    process, resolution, closed, heard = given.get("proposed_process"), None, None, None
    answered = {one for m in messages for one in (m.sent_at, m.queued_at)}
    for entry in verdict.history:
        for step in entry.steps:
            form = _entered(step)
            if step["type"] == "user_task_completed":
                answered.add(entry.at)
                heard = entry.at if _answers(step, form) else heard
            if step["type"] == "user_task_completed" and step["element"] == complaints.CONFIRM:
                process = form.get("process") or process
            entered = form if step["type"] == "user_task_completed" else step.get("variables")
            if step["type"] in ("user_task_completed", "call_left") and isinstance(entered, Mapping):
                told = entered.get("resolution")
                resolution = told[: complaints.MOST_RESOLUTION] if isinstance(told, str) else resolution
            if step["type"] in ENDS:
                closed = entry.at
    if process is not None:
        yield "process_key", (process,)
    if _reads(verdict):
        yield "resolution", (resolution,)
        yield "replied_at", (*({None} if heard is None else ()), *answered)
    yield "closed_at", (closed,)
    yield "state", (("closed",) if closed else ("replied",) if row.replied_at is not None else ("open",))


def _entered(step: Mapping[str, Any]) -> Mapping[str, Any]:
    form = step.get("form")
    return form if isinstance(form, Mapping) else {}


def _answers(step: Mapping[str, Any], form: Mapping[str, Any]) -> bool:
    """Whether a step certainly answers the complaint at once: by no text message, which may not have been sent."""
    return str(step["element"]).startswith(correspondence.ANSWER) and correspondence.SMS not in form.values()


def _says(row: Any, given: Mapping[str, Any], verdict: Verdict, beside: _Beside) -> bool:
    """Whether the sealed words are those that the case was begun with; of erased ones nothing can be said."""
    if not _reads(verdict):
        return True
    wrapped = beside.keys.get(verdict.instance_id)
    if wrapped is None or wrapped is UNREADABLE or row.text_sealed is UNREADABLE:
        return wrapped is None or wrapped is UNREADABLE  # the key is found missing elsewhere
    plain = engine.unsealed_beside(wrapped, row.text_sealed or b"")
    return plain is not None and plain.decode(errors="replace") == given.get("complaint_text")


# -- what was told --


def _told(verdict: Verdict) -> list[Expected]:
    """Every word to the customer that the record says was said or queued."""
    given = verdict.history[0].steps[0].get("variables") or {}
    found: list[Expected] = []
    asked: dict[int, Mapping[str, Any]] = {}
    definition = engine.definition_of(verdict.instance_id)
    forms: dict[int, str] = {}
    for entry in verdict.history:
        by_hand = entry.steps[0]["token"] if entry.steps[0]["type"] == "incident_resolved" else None
        for step in entry.steps:
            kind, key = step["type"], f"{verdict.instance_id}:{step.get('token')}"
            if kind == "user_task_created":
                forms[step["token"]] = step.get("form") or ""
            elif kind == "job_created":
                asked[step["token"]] = step["parameters"]
            elif kind == "job_completed" and step["topic"] == SEND and step["token"] != by_hand:
                found.append(_sent(verdict, entry, key, asked.get(step["token"], {}), step["result"], given))
            elif kind == "case_limit_met" and isinstance(step.get("told"), str) and "element" not in step:
                found.append(_interim(verdict, entry, step["told"], given))
            elif kind == "user_task_completed" and isinstance(step.get("form"), Mapping) and forms.get(step["token"]):
                form = definition.form_by_id(forms[step["token"]])
                found += _said(verdict, entry, key, form, step["form"], given)
    return found


def _sent(
    verdict: Verdict,
    entry: engine.Entry,
    key: str,
    asked: Mapping[str, Any],
    result: Mapping[str, Any],
    given: Mapping[str, Any],
) -> Expected:
    """A text message of a process."""
    template, values = str(asked.get("template", "")), asked.get("values") or {}
    bodies = notification.wordings(template, {"case_number": verdict.business_key, **values})
    to = (given.get("msisdn"), asked.get("msisdn"))
    return Expected(
        entry.seq,
        {
            "key": (key,),
            "id": (result.get("outbox_id"),),
            "template": (template,),
            "body": bodies,
            "to_msisdn": to,
            "channel": ("sms",),
        },
    )


def _interim(verdict: Verdict, entry: engine.Entry, told: str, given: Mapping[str, Any]) -> Expected:
    bodies = notification.wordings(replies.TEMPLATE, {"case_number": verdict.business_key, "progress": told})
    columns = {"template": (replies.TEMPLATE,), "body": bodies, "queued_at": (entry.at,), "told_by": (entry.actor,)}
    return Expected(entry.seq, {**columns, "to_msisdn": (given.get("msisdn"),), "channel": ("sms",)})


def _said(
    verdict: Verdict,
    entry: engine.Entry,
    key: str,
    form: engine.Form,
    entered: Mapping[str, Any],
    given: Mapping[str, Any],
) -> Iterator[Expected]:
    """What a completed step told, by whatever channel."""
    for number, one in enumerate(one for one in form.inputs if one.channel_of):
        text, channel = entered.get(one.channel_of), entered.get(one.key)
        if one.key not in entered or not text:
            continue
        columns: dict[str, tuple[Any, ...]] = {"key": (f"{key}:told:{number}",), "told_by": (entry.actor,)}
        columns["queued_at"] = (entry.at,)
        if channel == correspondence.SMS:
            columns |= {"channel": ("sms",), "body": correspondence.bodies(verdict.business_key, str(text), entry.at)}
            if given.get("msisdn"):
                columns["to_msisdn"] = (given["msisdn"],)
        else:
            columns |= {"channel": (channel or "other",), "body": (str(text),), "to_msisdn": ("",)}
        yield Expected(entry.seq, columns)


def _notices(verdict: Verdict) -> list[Expected]:
    """What departments were told by the process."""
    found, asked = [], {}
    for entry in verdict.history:
        by_hand = entry.steps[0]["token"] if entry.steps[0]["type"] == "incident_resolved" else None
        for step in entry.steps:
            if step["type"] == "job_created":
                asked[step["token"]] = step["parameters"]
            elif step["type"] == "job_completed" and step["topic"] == NOTIFY and step["token"] != by_hand:
                given = asked.get(step["token"], {})
                columns = {"key": (f"{verdict.instance_id}:{step['token']}",), "department": (given.get("group"),)}
                said = {name: (given.get(name),) for name in ("subject", "text")}
                found.append(Expected(entry.seq, {**columns, **said}))
    return found


def _ours(key: Any, verdict: Verdict) -> bool:
    """Whether a service call of the case made this notice, as its key says; others are about it and not in its record."""
    return isinstance(key, str) and re.fullmatch(rf"{verdict.instance_id}:\d+", key) is not None


def _compared(
    table: str, expected: Sequence[Expected], rows: Sequence[Any], verdict: Verdict
) -> Iterator[tuple[int, str]]:
    """Rows against what the record says was made, both ways."""
    left = list(rows)
    for one in expected:
        row = _match(one, left)
        if row is None:
            yield one.seq, f"{table} {_called(one)} is missing"
            continue
        left.remove(row)
        wrong = [name for name, allowed in one.columns.items() if getattr(row, name) not in allowed]
        if wrong:
            yield one.seq, f"{table} {row.id} ({row.key}): {', '.join(wrong)}"
    known = {f"{correspondence.INSTEAD}{row.id}": row for row in rows}
    for row in left:
        before = known.get(row.key) if isinstance(row.key, str) else None
        if before is None:
            yield verdict.entries, f"{table} {row.id} ({row.key}) belongs to no recorded step"
        elif row.body != before.body or before.state != "failed":
            yield verdict.entries, f"{table} {row.id} ({row.key}): body"


def _match(one: Expected, rows: Sequence[Any]) -> Any:
    """The row under the key of what is expected; an interim reply names no step in its key, so the instant tells it."""
    if "key" in one.columns:
        return next((row for row in rows if row.key == one.columns["key"][0]), None)
    interim = [row for row in rows if isinstance(row.key, str) and row.key.startswith("interim:")]
    return next((row for row in interim if row.queued_at == one.columns["queued_at"][0]), None)


def _called(one: Expected) -> str:
    return str(one.columns["key"][0]) if "key" in one.columns else "of an interim reply"


# -- the papers of its money --


def _papers(verdict: Verdict, beside: _Beside) -> Iterator[tuple[int, str]]:
    """Refunds, credits, waivers and holds: each that the record names is there, with the amount of its posting and of its case."""
    named, settled = _named(verdict)
    for result, (model, column) in PAPERS.items():
        table, rows = model.__tablename__, beside.papers.get(model, {}).get(verdict.business_key, [])
        known = {getattr(row, column) for row in rows}
        for name, seq in named.get(result, {}).items():
            if name not in known:
                yield seq, f"{table} {name} is missing"
        for row in rows:
            name, seq = getattr(row, column), verdict.entries
            if name not in named.get(result, {}):
                yield seq, f"{table} {name} belongs to no recorded service call"
                continue
            seq = named[result][name]
            wrong = ["amount"] if row.amount != row.posted else []
            wrong += ["entry_id"] if row.entry_case != verdict.business_key else []
            if model is ChargeHold and row.state != settled.get(name, row.state):
                wrong.append("state")
            if wrong:
                yield seq, f"{table} {name}: {', '.join(wrong)}"


def _named(verdict: Verdict) -> tuple[Mapping[str, dict[Any, int]], Mapping[Any, Any]]:
    """Papers that the answers of service calls name, by kind and number, with their entry; and what became of holds settled here."""
    named: dict[str, dict[Any, int]] = defaultdict(dict)
    settled: dict[Any, Any] = {}
    asked: dict[int, Mapping[str, Any]] = {}
    for entry in verdict.history:
        by_hand = entry.steps[0]["token"] if entry.steps[0]["type"] == "incident_resolved" else None
        for step in entry.steps:
            if step["type"] == "job_created":
                asked[step["token"]] = step["parameters"]
            elif step["type"] == "job_completed" and step["token"] != by_hand and isinstance(step["result"], Mapping):
                for result in PAPERS.keys() & step["result"].keys():
                    named[result][step["result"][result]] = entry.seq
                if step["topic"] == SETTLE:
                    settled[asked.get(step["token"], {}).get("hold_id")] = step["result"].get("outcome")
    return named, settled
