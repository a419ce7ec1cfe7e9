"""One case's history as a file: JSON with everything that was signed, CSV a line per step. CSV is for Excel: UTF-8 with a byte order mark, and no
cell can be taken for a formula.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from engine import record
from engine.definitions import Definition
from engine.proof import Verdict
from engine.record import CaseEntry
from engine.record.case_steps import CaseStep
from office import masking, verification
from office.exports import telling

FORMAT = "reception-desk/history/2"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    "seq",
    "at",
    "actor",
    "type",
    "process",
    "element",
    "name",
    "form",
    "result",
    "step",
    "case",
    "hash",
    "verified",
)
BOM = "\ufeff"
OUTCOME = COLUMNS.index("result")


def history_json(instance_id: int, *, personal: bool = False) -> str:
    """Return the entries of a case with their signed bodies, hashes and signatures, as one JSON document that says whether it verified."""
    document = told(verification.verify(instance_id), personal=personal)
    return json.dumps(document, ensure_ascii=False, indent=1, default=telling.text)


def told(verdict: Verdict, *, personal: bool) -> dict[str, Any]:
    """Return the document; a body in which something personal stands unsealed leaves with whoever may have that."""
    definition, erased = telling.definition_of(verdict), verdict.erasure
    personal = personal and erased is None  # of what an earlier version did not seal nothing leaves any more
    return {
        "format": FORMAT,
        "case": verdict.business_key,
        "instance": verdict.instance_id,
        "process": definition.key,
        "version": definition.version,
        "sha256": definition.sha256,
        "personal": personal,
        "units": telling.UNITS,
        "verified": verdict.ok,
        "deviations": telling.contradictions(verdict),
        "erased": {"by": erased.by, "at": erased.at.isoformat(), "reason": masking.masked(erased.reason)}
        if erased
        else None,
        "entries": [_entry(entry, definition, personal) for entry in verdict.history],
    }


def _entry(entry: CaseEntry, definition: Definition, personal: bool) -> dict[str, Any]:
    body = entry.body.decode()
    withheld = not personal and (record.holds_clear(entry.body, definition.private) or masking.holds_number(body))
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "hash": entry.hash.hex(),
        "mac": entry.mac.hex(),
        "body": None if withheld else body,
        "steps": [telling.shown(step, definition, personal) for step in entry.steps],
    }


def history_csv(instance_id: int, *, personal: bool = False) -> Iterator[str]:
    """Return a line per step of a case, with a head; the first character is the byte order mark."""
    return csv_lines(verification.verify(instance_id), personal=personal)


def csv_lines(verdict: Verdict, *, personal: bool, outcomes: bool = True) -> Iterator[str]:
    """Yield the lines of a case that has been verified; earlier versions did not say what a completed step came to (`outcomes`)."""
    definition, claim = telling.definition_of(verdict), telling.verified(verdict)
    personal = personal and verdict.erasure is None
    scopes = record.Scopes(definition.key)
    yield BOM + csv_line(COLUMNS)
    for entry in verdict.history:
        for step in entry.steps:
            scopes.follow(step)
            process = scopes.process(record.scope_of(step))
            row = _row(entry, telling.shown(step, definition, personal), process, definition)
            row[OUTCOME] = row[OUTCOME] or (telling.came_to(definition, process, step, entry.steps) if outcomes else "")
            yield csv_line([*row, verdict.business_key, entry.hash.hex(), claim])


def _row(entry: CaseEntry, step: CaseStep, process: str, definition: Definition) -> list[str]:
    element = record.element_of(step)
    form = step["form"] if step["type"] == "user_task_completed" else None
    return [
        str(entry.seq),
        entry.at.isoformat(),
        telling.who(entry, step),
        str(step["type"]),
        process,
        element,
        telling.element_name(definition, process, element),
        telling.as_json(form) if isinstance(form, Mapping) else "",
        telling.as_json(outcome) if (outcome := _outcome(step)) is not None else "",
        telling.as_json(step),
    ]


def _outcome(step: CaseStep) -> object:
    """Return what a service answered, or a decision came to."""
    if step["type"] == "job_completed":
        return step["result"]
    return step["value"] if step["type"] == "decision_evaluated" else None


def csv_line(cells: Iterable[str]) -> str:
    """Return one line of CSV; a cell that a spreadsheet would calculate begins with an apostrophe."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    return buffer.getvalue()
