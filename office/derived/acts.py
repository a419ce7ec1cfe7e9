"""Requests and tries beside a case, each row against the steps that made and changed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.proof import Verdict
from engine.record import CaseEntry
from engine.record.case_steps import CaseStep
from models.acts import RequestState
from office.acts.requests import LAPSES, STANDING, columns, decided_by
from office.derived.rows import Beside, can_be_read

PERSONAL = "reason"


def differing(verdict: Verdict, beside: Beside) -> Iterator[tuple[int, str]]:
    """Yield since which entry, and what: a row that is missing, one too many, or the columns that say something else."""
    requests, tries = _told(verdict)
    yield from _compare("case_request", "number", requests, beside.requests.get(verdict.instance_id, []), verdict)
    yield from _compare("customer_try", "attempt", tries, beside.tries.get(verdict.instance_id, []), verdict)


def _told(verdict: Verdict) -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]]:
    """Return the rows that the record makes, by their number in the case."""
    requests: dict[int, dict[str, Any]] = {}
    tries: dict[int, dict[str, Any]] = {}
    for entry in verdict.history:
        for step in entry.steps:
            if step["type"] == "customer_tried":
                customer_try = {"attempt": step["attempt"], "channel": step["channel"], "user_name": entry.actor}
                tries[step["attempt"]] = {**customer_try, "at": entry.at}
            else:
                _follow(requests, step, entry)
    if not can_be_read(verdict):
        requests = {number: {**row, PERSONAL: ""} for number, row in requests.items()}
    return requests, tries


def _follow(requests: dict[int, dict[str, Any]], step: CaseStep, entry: CaseEntry) -> None:
    """Carry a step over to the requests, as `office.acts.requests` carries it over to the rows."""
    kind, deciding = step["type"], {"decided_by": entry.actor, "decided_at": entry.at}
    if step["type"] == "extension_asked" or step["type"] == "reversal_asked":
        undecided = dict.fromkeys(("agreed_by", "agreed_as", "decided_by", "decided_at"))
        request = {
            "state": RequestState.ASKED,
            "asked_by": entry.actor,
            "asked_at": entry.at,
            **undecided,
            **columns(step),
        }
        requests[step["request"]] = request
    elif step["type"] == "reversal_agreed":
        requests[step["request"]] |= {"state": RequestState.AGREED, "agreed_by": entry.actor, "agreed_as": step["as"]}
    elif (decided := decided_by(step)) is not None:
        number, state = decided
        requests[number] |= {"state": state, **deciding}
    for row in requests.values() if kind in LAPSES else ():
        if row["state"] in STANDING and row["verb"] in LAPSES[kind]:
            row |= {"state": RequestState.LAPSED, **deciding}


def _compare(
    table: str, by: str, expected: Mapping[int, Mapping[str, Any]], rows: Sequence[Any], verdict: Verdict
) -> Iterator[tuple[int, str]]:
    by_number = {getattr(row, by): row for row in rows}
    for number in sorted(expected.keys() - by_number.keys()):
        yield verdict.entries, f"{table} {number} is missing"
    for number, row in by_number.items():
        if number not in expected:
            yield verdict.entries, f"{table} {number} belongs to no recorded step"
            continue
        expected_columns = {"case_number": verdict.business_key, **expected[number]}
        wrong = [name for name, value in expected_columns.items() if getattr(row, name) != value]
        if wrong:
            yield verdict.entries, f"{table} {number}: {', '.join(wrong)}"
