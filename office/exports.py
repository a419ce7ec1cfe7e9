"""Exports: one case's history as JSON or CSV, all cases as an XES event log. Made row by row, so that memory does not grow with the log.

Personal values are left out unless they are asked for; who may ask is decided at the edge. CSV is for Excel: UTF-8 with a byte order mark,
and no cell can be taken for a formula.
Source: IEEE 1849-2016 (XES 1.0): extensions concept, time, lifecycle, org.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.sax.saxutils import quoteattr

from sqlalchemy import select

import engine
from models.base import session
from models.instance import ProcessInstance

AT_ONCE = 50
WITHHELD = "(personal)"
COLUMNS = ("seq", "at", "actor", "type", "process", "element", "name", "form", "result", "step")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
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
EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which cases: started from `since` (inclusive) to `until` (exclusive), of one process; everything where nothing is said."""

    since: datetime | None = None
    until: datetime | None = None
    process: str = ""
    personal: bool = False


def history_json(instance_id: int, *, personal: bool = False) -> str:
    """The entries of a case with their hashes, as one JSON document."""
    names = engine.definition_of(instance_id).personal
    entries = [
        {
            "seq": entry.seq,
            "at": entry.at.isoformat(),
            "actor": entry.actor,
            "hash": entry.hash.hex(),
            "steps": [_open(step, names, personal) for step in entry.steps],
        }
        for entry in engine.entries(instance_id)
    ]
    return json.dumps({"instance": instance_id, "entries": entries}, ensure_ascii=False, indent=1, default=_text)


def history_csv(instance_id: int, *, personal: bool = False) -> Iterator[str]:
    """A line per step of a case, with a head; the first character is the byte order mark."""
    definition = engine.definition_of(instance_id)
    scopes = {0: definition.key}
    yield "\ufeff" + csv_line(COLUMNS)
    for entry in engine.entries(instance_id):
        for step in entry.steps:
            engine.follow_scopes(scopes, step)
            process = scopes.get(step.get("scope", 0), definition.key)
            yield csv_line(_row(entry, _open(step, definition.personal, personal), process, definition))


def _row(entry: engine.Entry, step: Mapping[str, Any], process: str, definition: engine.Definition) -> list[str]:
    element = str(step.get("element") or "")
    found = step.get("result") if step["type"] == "job_completed" else step.get("value")
    return [
        str(entry.seq),
        entry.at.isoformat(),
        entry.actor,
        str(step["type"]),
        process,
        element,
        _name(definition, process, element),
        _json(step.get("form")) if isinstance(step.get("form"), Mapping) else "",
        _json(found) if found is not None else "",
        _json(step),
    ]


def csv_line(cells: Iterable[str]) -> str:
    """One line of CSV; a cell that a spreadsheet would calculate begins with an apostrophe."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    return buffer.getvalue()


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
    ids = _ids(wanted)
    for start in range(0, len(ids), AT_ONCE):
        for instance_id in ids[start : start + AT_ONCE]:
            yield _trace(instance_id, wanted.personal)
        session().expunge_all()
    yield "</log>\n"


def _ids(wanted: Wanted) -> list[int]:
    query = select(ProcessInstance.id).order_by(ProcessInstance.id)
    if wanted.since is not None:
        query = query.where(ProcessInstance.started_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(ProcessInstance.started_at < wanted.until)
    if wanted.process:
        query = query.where(ProcessInstance.key == wanted.process)
    return list(session().scalars(query))


def _trace(instance_id: int, personal: bool) -> str:
    definition = engine.definition_of(instance_id)
    number = session().scalar(select(ProcessInstance.business_key).where(ProcessInstance.id == instance_id))
    scopes, groups, items = {0: definition.key}, {}, {}
    parts = ["<trace>", _string("concept:name", str(number)), _string("process", definition.key)]
    parts.append(_string("version", str(definition.version)))
    for entry in engine.entries(instance_id):
        for step in entry.steps:
            engine.follow_scopes(scopes, step)
            if step["type"] == "user_task_created":
                groups[step["token"]] = step["group"]
            if step["type"] == "item_entered":
                items[step["item"]] = f"{step['index']}/{step['count']}"
            if step["type"] in LIFECYCLE:
                process = scopes.get(step.get("scope", 0), definition.key)
                shown = _open(step, definition.personal, personal)
                more = {"org:group": groups.get(step["token"]), "item": items.get(step.get("scope", 0))}
                parts.append(_event(entry, shown, process, definition, more))
    return "".join(parts) + "</trace>\n"


def _event(
    entry: engine.Entry,
    step: Mapping[str, Any],
    process: str,
    definition: engine.Definition,
    more: Mapping[str, str | None],
) -> str:
    parts = [
        _string("concept:name", _name(definition, process, step["element"]) or step["element"]),
        _string("concept:instance", str(step["token"])),
        _date(entry.at),
        _string("lifecycle:transition", LIFECYCLE[step["type"]]),
        _string("org:resource", step.get("by") or entry.actor),
        _string("element", step["element"]),
        _string("process", process),
    ]
    parts += [_string(name, value) for name, value in more.items() if value]
    told = [name for name in ("form", "result", "value") if isinstance(step.get(name), Mapping | list)]
    parts += [_string(name, _json(step[name])) for name in told]
    return f"<event>{''.join(parts)}</event>"


def _name(definition: engine.Definition, process: str, element: str) -> str:
    drawn = definition.processes[process].diagram.elements.get(element) if process in definition.processes else None
    return drawn.name if drawn else ""


def _string(key: str, value: str) -> str:
    return f'<string key="{key}" value={quoteattr(_printable(value))}/>'


def _printable(text: str) -> str:
    """Characters that XML 1.0 has no place for are replaced."""
    return "".join(
        c if c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff" else "\ufffd"
        for c in text
    )


def _date(at: datetime) -> str:
    return f'<date key="time:timestamp" value="{at.isoformat(timespec="milliseconds")}"/>'


def _open(value: Any, names: frozenset[str], personal: bool) -> Any:
    """The same with personal values withheld at any depth, unless they are asked for."""
    if personal:
        return value
    if isinstance(value, Mapping):
        return {k: WITHHELD if k in names and v is not None else _open(v, names, personal) for k, v in value.items()}
    if isinstance(value, list):
        return [_open(one, names, personal) for one in value]
    return value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_text)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
