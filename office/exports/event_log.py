"""All cases as an XES event log, made trace by trace, so that memory does not grow with the log; each trace says whether its case verified.

Source: IEEE 1849-2016 (XES 1.0): extensions concept, time, lifecycle, org.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.sax.saxutils import quoteattr

from sqlalchemy import ColumnElement, or_, select

import engine
from engine import Definition, Entry, Verdict
from models.base import session
from models.complaint import Complaint
from models.instance import ProcessInstance
from models.user_task import UserTask
from office import verification
from office.exports import telling

AT_ONCE = 50
LIFECYCLE = {
    "user_task_created": "schedule",
    "user_task_claimed": "assign",
    "user_task_assigned": "reassign",
    "user_task_released": "reassign",
    "user_task_completed": "complete",
    "user_task_cancelled": "ate_abort",
    "job_completed": "complete",
    "job_refused": "ate_abort",
    "decision_evaluated": "complete",
    "timer_fired": "complete",
    "message_received": "complete",
    "incident_opened": "suspend",
    "incident_retried": "resume",
}
OUTSIDE = engine.ACTS | {"limit_extended"}
OUTCOMES = ("withdrawn", "not_reached")
EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which cases: started from `since` (inclusive) to `until` (exclusive), that run through one process; everything where nothing is said."""

    since: datetime | None = None
    until: datetime | None = None
    process: str = ""
    personal: bool = False


def count(wanted: Wanted) -> int:
    """How many cases an export will hold."""
    return len(_ids(wanted))


def xes(wanted: Wanted) -> Iterator[str]:
    """The event log of the cases wanted, a trace at a time."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0" xes.features="nested-attributes" xmlns="http://www.xes-standard.org/">\n'
    for name, prefix, uri in EXTENSIONS:
        yield f'<extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n'
    yield f'<global scope="trace">{_string("concept:name", "")}</global>\n'
    yield f'<global scope="event">{_string("concept:name", "")}{_date(datetime.fromisoformat("1970-01-01T00:00:00+00:00"))}{_string("lifecycle:transition", "complete")}</global>\n'
    yield '<classifier name="Activity" keys="concept:name lifecycle:transition"/>\n'
    yield "".join(_string(f"unit_of_{name}", unit) for name, unit in telling.UNITS.items()) + "\n"
    ids = _ids(wanted)
    for start in range(0, len(ids), AT_ONCE):
        for verdict in verification.verify_each(ids[start : start + AT_ONCE]):
            yield trace(verdict, personal=wanted.personal)
        session().expunge_all()
    yield "</log>\n"


def _ids(wanted: Wanted) -> list[int]:
    query = select(ProcessInstance.id).order_by(ProcessInstance.id)
    if wanted.since is not None:
        query = query.where(ProcessInstance.started_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(ProcessInstance.started_at < wanted.until)
    if wanted.process:
        query = query.where(_runs_through(wanted.process))
    return list(session().scalars(query))


def _runs_through(process: str) -> ColumnElement[bool]:
    """Begun as it, classified as it, or with a task in it: what is taken in at the counter runs in a process that calls the one it is about."""
    classified = select(Complaint.instance_id).where(Complaint.process_key == process)
    called = select(UserTask.instance_id).where(UserTask.process_key == process)
    ours = ProcessInstance.id
    return or_(ProcessInstance.key == process, ours.in_(classified), ours.in_(called))


def trace(verdict: Verdict, *, personal: bool) -> str:
    """The trace of a case that has been verified, as far as its record holds; in front of the events what they can be checked by."""
    definition, entries = telling.definition_of(verdict), verdict.history
    personal = personal and verdict.erasure is None
    parts = ["<trace>", _string("concept:name", verdict.business_key), _string("process", definition.key)]
    parts += [
        _string("version", str(definition.version)),
        _string("entries", str(len(entries))),
        _string("head", entries[-1].hash.hex() if entries else ""),
        _string("personal", "yes" if personal else "withheld"),
        _string("verified", telling.verified(verdict)),
        *_outcome(entries),
    ]
    return "".join([*parts, *_events(entries, definition, personal)]) + "</trace>\n"


def _outcome(entries: list[Entry]) -> Iterator[str]:
    """What an act outside the steps ended the case with."""
    for entry in entries:
        yield from (_string("outcome", step["outcome"]) for step in entry.steps if step.get("outcome") in OUTCOMES)


def _events(entries: list[Entry], definition: Definition, personal: bool) -> Iterator[str]:
    scopes, groups, items = {0: definition.key}, {}, {}
    for entry in entries:
        for step in entry.steps:
            engine.follow_scopes(scopes, step)
            if step["type"] == "user_task_created":
                groups[step["token"]] = step["group"]
            if step["type"] == "item_entered":
                items[step["item"]] = f"{step['index']}/{step['count']}"
            if step["type"] in LIFECYCLE:
                process = scopes.get(step.get("scope", 0), definition.key)
                shown = telling.shown(step, definition, personal)
                more = {"org:group": groups.get(step["token"]), "item": items.get(step.get("scope", 0))}
                yield _event(entry, shown, process, definition, more)
            elif step["type"] in OUTSIDE:
                yield _act(entry, step)


def _act(entry: Entry, step: Mapping[str, Any]) -> str:
    """An act outside the steps is an event of its own name; what was said with it stays in the record."""
    told = (_string("concept:name", step["type"]), _date(entry.at), _string("lifecycle:transition", "complete"))
    return f"<event>{''.join(told)}{_string('org:resource', telling.who(entry, step))}</event>"


def _event(
    entry: Entry,
    step: Mapping[str, Any],
    process: str,
    definition: Definition,
    more: Mapping[str, str | None],
) -> str:
    parts = [
        _string("concept:name", telling.element_name(definition, process, step["element"]) or step["element"]),
        _string("concept:instance", str(step["token"])),
        _date(entry.at),
        _string("lifecycle:transition", LIFECYCLE[step["type"]]),
        _string("org:resource", telling.who(entry, step)),
        _string("element", step["element"]),
        _string("process", process),
    ]
    parts += [_string(name, value) for name, value in more.items() if value]
    told = [name for name in ("form", "result", "value") if isinstance(step.get(name), Mapping | list)]
    parts += [_string(name, telling.as_json(step[name])) for name in told]
    return f"<event>{''.join(parts)}</event>"


def _string(key: str, value: str) -> str:
    return f'<string key="{key}" value={quoteattr(_printable(value))}/>'


def _printable(text: str) -> str:
    """Characters that XML 1.0 has no place for are replaced."""
    return _UNPRINTABLE.sub("\ufffd", text)


_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _date(at: datetime) -> str:
    return f'<date key="time:timestamp" value="{at.isoformat(timespec="milliseconds")}"/>'
