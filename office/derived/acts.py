"""Requests and tries beside a case, each row against the steps that made and changed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine import Verdict
from office.acts.requests import ASKS, DECIDES, columns
from office.derived.rows import Beside, can_be_read

PERSONAL = "reason"


def differing(verdict: Verdict, beside: Beside) -> Iterator[tuple[int, str]]:
    """Since which entry, and what: a row that is missing, one too many, or the columns that say something else."""
    requests, tries = _told(verdict)
    yield from _compare("case_request", "number", requests, beside.requests.get(verdict.instance_id, []), verdict)
    yield from _compare("customer_try", "attempt", tries, beside.tries.get(verdict.instance_id, []), verdict)


def _told(verdict: Verdict) -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]]:
    """The rows that the record makes, by their number in the case."""
    requests: dict[int, dict[str, Any]] = {}
    tries: dict[int, dict[str, Any]] = {}
    for entry in verdict.history:
        for step in entry.steps:
            kind = step["type"]
            if kind in ASKS:
                undecided = dict.fromkeys(("agreed_by", "agreed_as", "decided_by", "decided_at"))
                made = {"state": "asked", "asked_by": entry.actor, "asked_at": entry.at, **undecided, **columns(step)}
                requests[step["request"]] = made
            elif kind == "reversal_agreed":
                requests[step["request"]] |= {"state": "agreed", "agreed_by": entry.actor, "agreed_as": step["as"]}
            elif kind in DECIDES:
                decided = {"decided_by": entry.actor, "decided_at": entry.at}
                requests[step["request"]] |= {"state": DECIDES[kind], **decided}
            elif kind == "customer_tried":
                made = {
                    "attempt": step["attempt"],
                    "channel": step["channel"],
                    "user_name": entry.actor,
                    "at": entry.at,
                }
                tries[step["attempt"]] = made
    if not can_be_read(verdict):
        requests = {number: {**row, PERSONAL: ""} for number, row in requests.items()}
    return requests, tries


def _compare(
    table: str, by: str, made: Mapping[int, Mapping[str, Any]], rows: Sequence[Any], verdict: Verdict
) -> Iterator[tuple[int, str]]:
    found = {getattr(row, by): row for row in rows}
    for number in sorted(made.keys() - found.keys()):
        yield verdict.entries, f"{table} {number} is missing"
    for number, row in found.items():
        if number not in made:
            yield verdict.entries, f"{table} {number} belongs to no recorded step"
            continue
        said = {"case_number": verdict.business_key, **made[number]}
        wrong = [name for name, value in said.items() if getattr(row, name) != value]
        if wrong:
            yield verdict.entries, f"{table} {number}: {', '.join(wrong)}"
