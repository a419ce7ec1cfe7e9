"""All cases as an XES event log, made trace by trace, so that memory does not grow with the log; each trace says whether its case verified.

Source: IEEE 1849-2016 (XES 1.0): extensions concept, time, lifecycle, org.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from xml.sax.saxutils import quoteattr

from sqlalchemy import Select, select

from engine import record
from engine.definitions import Definition
from engine.proof import Verdict
from engine.record import CaseEntry
from engine.record.case_steps import CaseStep
from models.base import session
from models.instance import ProcessInstance
from office import passing, verification
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
SAID = ("form", "result", "value")  # what of a step stands in its event beside names and tokens
OUTSIDE = record.ACTS | {"limit_extended"}
LEFT_OUT = frozenset(  # what moves the tokens, the clocks and the machine work between what the log tells of
    {
        "instance_started",
        "instance_completed",
        "instance_cancelled",
        "timer_set",
        "timer_cancelled",
        "message_awaited",
        "message_cancelled",
        "job_created",
        "job_queued",
        "job_cancelled",
        "incident_resolved",
        "incident_cancelled",
        "flow_taken",
        "passed",
        "token_released",
        "call_entered",
        "call_left",
        "call_cancelled",
        "item_entered",
        "item_left",
        "item_cancelled",
        "items_left",
        "approval_given",
        "clock_paused",
        "clock_resumed",
        "case_limit_met",
        "deadline_missed",
        "entered",
        "items_entered",
        "error_caught",
        "personal_data_erased",
    }
)
XES = "http://www.xes-standard.org/"
CASES, END = "cases", "</log>\n"
OUTCOMES = ("withdrawn", "voided", "not_reached")
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


def count(selection: Wanted) -> int:
    """Return how many cases an export will hold."""
    return len(_ids(selection))


def xes(selection: Wanted) -> Iterator[str]:
    """Yield the event log of the cases selected, a trace at a time; how many there are stands before them, so that one cut off is seen."""
    ids = _ids(selection)
    yield _head() + text_attribute(CASES, str(len(ids))) + "\n"
    for start in range(0, len(ids), AT_ONCE):
        for verdict in verification.verify_each(ids[start : start + AT_ONCE]):
            yield trace(verdict, personal=selection.personal)
        session().expunge_all()
    yield END


def frames(cases: int) -> tuple[str, str]:
    """Return what stands around the traces of a log of so many cases, as it is written now and as it was before it said how many."""
    return _head() + text_attribute(CASES, str(cases)) + "\n" + END, _head() + END


def _head() -> str:
    begin = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    event = text_attribute("concept:name", "") + _date(begin) + text_attribute("lifecycle:transition", "complete")
    return "".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            f'<log xes.version="1.0" xes.features="nested-attributes" xmlns="{XES}">\n',
            *(f'<extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n' for name, prefix, uri in EXTENSIONS),
            f'<global scope="trace">{text_attribute("concept:name", "")}</global>\n',
            f'<global scope="event">{event}</global>\n',
            '<classifier name="Activity" keys="concept:name lifecycle:transition"/>\n',
            *(text_attribute(f"unit_of_{name}", unit) for name, unit in telling.UNITS.items()),
            "\n",
        )
    )


def _ids(selection: Wanted) -> list[int]:
    return list(session().scalars(_query(selection)))


def _query(selection: Wanted) -> Select[int]:
    query = select(ProcessInstance.id).order_by(ProcessInstance.id)
    if selection.since is not None:
        query = query.where(ProcessInstance.started_at >= selection.since)
    if selection.until is not None:
        query = query.where(ProcessInstance.started_at < selection.until)
    if selection.process:
        query = query.where(passing.ran_through(selection.process))
    return query


Who = Callable[[CaseEntry, CaseStep], str]


def trace(
    verdict: Verdict, *, personal: bool, resource_of: Who = telling.who, acts: bool = True, outcomes: bool = True
) -> str:
    """Return the trace of a case that has been verified, as far as its record holds; in front of the events what they can be checked by.

    Earlier versions wrote another name at what the desk does by itself (`resource_of`), nothing of `acts` outside the steps and no `outcomes` of steps.
    """
    definition, entries = telling.definition_of(verdict), verdict.history
    personal = personal and verdict.erasure is None
    parts = ["<trace>", text_attribute("concept:name", verdict.business_key), text_attribute("process", definition.key)]
    parts += [
        text_attribute("version", str(definition.version)),
        text_attribute("entries", str(len(entries))),
        text_attribute("head", entries[-1].hash.hex() if entries else ""),
        text_attribute("personal", "yes" if personal else "withheld"),
        text_attribute("verified", telling.verified(verdict)),
        *(_outcome(entries) if acts else ()),
    ]
    return "".join([*parts, *_events(entries, definition, personal, resource_of, acts, outcomes)]) + "</trace>\n"


def _outcome(entries: list[CaseEntry]) -> Iterator[str]:
    """Yield what an act outside the steps ended the case with."""
    for entry in entries:
        yield from (
            text_attribute("outcome", step["outcome"])
            for step in entry.steps
            if step["type"] == "instance_cancelled" and step.get("outcome") in OUTCOMES
        )


def _events(
    entries: list[CaseEntry], definition: Definition, personal: bool, resource_of: Who, acts: bool, outcomes: bool
) -> Iterator[str]:
    scopes = record.Scopes(definition.key)
    groups: dict[int | None, str] = {}
    for entry in entries:
        for step in entry.steps:
            scopes.follow(step)
            if step["type"] == "user_task_created":
                groups[step["token"]] = step["group"]
            if step["type"] in LIFECYCLE:
                process = scopes.process(record.scope_of(step))
                shown_step = telling.shown(step, definition, personal) if any(name in step for name in SAID) else step
                item = _item(scopes, record.scope_of(step))
                more = {"org:group": groups.get(record.token_of(step)), "item": item, "occurrence": _occurrence(step)}
                more["outcome"] = telling.came_to(definition, process, step, entry.steps) if outcomes else None
                resource = {"org:resource": resource_of(entry, shown_step)}
                yield _event(entry, shown_step, process, definition, resource, more)
            elif acts and step["type"] in OUTSIDE:
                yield _act(entry, step)


def _item(scopes: record.Scopes, number: int) -> str | None:
    """Return which item of how many; None for a scope that is none."""
    scope = scopes.known(number)
    return f"{scope.index}/{scope.count}" if scope is not None and scope.index else None


def _occurrence(step: CaseStep) -> str | None:
    """Return which time of how many, of a timer that repeats; None for everything else."""
    if step["type"] != "timer_fired" or "index" not in step:
        return None
    return f"{step['index']}/{step['count']}" if "count" in step else f"{step['index']}"


def _act(entry: CaseEntry, step: CaseStep) -> str:
    """Return an act outside the steps as an event of its own name; what was said with it stays in the record."""
    attributes = (
        text_attribute("concept:name", step["type"]),
        _date(entry.at),
        text_attribute("lifecycle:transition", "complete"),
    )
    return f"<event>{''.join(attributes)}{text_attribute('org:resource', telling.who(entry, step))}</event>"


def _event(
    entry: CaseEntry,
    step: CaseStep,
    process: str,
    definition: Definition,
    resource: Mapping[str, str],
    more: Mapping[str, str | None],
) -> str:
    element, fields = record.element_of(step), cast(Mapping[str, object], step)
    parts = [
        text_attribute("concept:name", telling.element_name(definition, process, element) or element),
        text_attribute("concept:instance", str(record.token_of(step))),
        _date(entry.at),
        text_attribute("lifecycle:transition", LIFECYCLE[step["type"]]),
        *(text_attribute(name, value) for name, value in resource.items()),
        text_attribute("element", element),
        text_attribute("process", process),
    ]
    parts += [text_attribute(name, value) for name, value in more.items() if value]
    names = [name for name in SAID if isinstance(fields.get(name), Mapping | list)]
    parts += [text_attribute(name, telling.as_json(fields[name])) for name in names]
    return f"<event>{''.join(parts)}</event>"


def text_attribute(key: str, value: str) -> str:
    """Write an attribute of an event or a trace, fit for XML whatever it says."""
    quoted = quoteattr(_printable(value)) if _QUOTED.search(value) else f'"{value}"'
    return f'<string key="{key}" value={quoted}/>'


def _printable(text: str) -> str:
    """Replace the characters that XML 1.0 has no place for."""
    return _UNPRINTABLE.sub("\ufffd", text)


_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# what cannot stand in an attribute as it is
_QUOTED = re.compile("[^\x20!#-%'-;=?-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _date(at: datetime) -> str:
    return f'<date key="time:timestamp" value="{at.isoformat(timespec="milliseconds")}"/>'
