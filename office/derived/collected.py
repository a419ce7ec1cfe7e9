"""What a case has waiting or granted: corrections collected for a run, and grants, each against the service call under whose key it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from engine.proof import Verdict
from models.authority import Grant
from models.billing import SecondaryPricingItem
from office.derived.calls import Answered, answered
from office.derived.rows import Beside


def _of_item(call: Answered) -> Mapping[str, Any]:
    return {"id": call.fields.get("item_id"), "amount": call.fields.get("amount"), "entered_at": call.at}


def _of_grant(call: Answered) -> Mapping[str, Any]:
    return {**{name: call.parameters.get(name) for name in ("amount", "basis", "way", "level")}, "at": call.at}


# The columns of a row that the call under its key decides; what happens to the row later (its period, its state) is another call's.
MADE_BY: Mapping[tuple[str, ...], tuple[type, Callable[[Answered], Mapping[str, Any]]]] = {
    ("secondary_pricing/enter",): (SecondaryPricingItem, _of_item),
    ("authority/grant", "authority/part"): (Grant, _of_grant),
}


def differing(verdict: Verdict, beside: Beside) -> Iterator[tuple[int, str]]:
    """Yield since which entry, and what: a row that no call made, one that says something else, a correction that is missing."""
    answered_calls = list(answered(verdict))
    for topics, (model, columns) in MADE_BY.items():
        calls = {call.key: call for call in answered_calls if call.topic in topics}
        rows = beside.collected.get(model, {}).get(verdict.business_key, [])
        yield from _rows(verdict, model, rows, {key: (call.seq, columns(call)) for key, call in calls.items()})
        if model is SecondaryPricingItem:  # a grant of which nothing was used gives way to the next of its kind
            yield from _periods(verdict, rows, calls, beside.runs)
            keys_there = {row.key for row in rows} | _withdrawn(verdict, calls)
            yield from (
                (call.seq, f"{call.topic} {key}: its item is missing")
                for key, call in calls.items()
                if key not in keys_there
            )


def _rows(
    verdict: Verdict, model: Any, rows: Sequence[Any], calls: Mapping[str, tuple[int, Mapping[str, Any]]]
) -> Iterator[tuple[int, str]]:
    table = model.__tablename__
    for row in rows:
        if row.key not in calls:
            yield verdict.entries, f"{table} {row.id} belongs to no recorded service call"
            continue
        seq, expected = calls[row.key]
        wrong = [name for name, value in expected.items() if getattr(row, name) != value]
        if wrong:
            yield seq, f"{table} {row.id}: {', '.join(wrong)}"


def _periods(
    verdict: Verdict, rows: Sequence[Any], calls: Mapping[str, Answered], runs: frozenset[str]
) -> Iterator[tuple[int, str]]:
    """Yield corrections of a period that is neither that of the call nor one after it that the office collects for, into which a run moves what is left over."""
    for row in rows:
        period = calls[row.key].fields.get("period") if row.key in calls else None
        moved = isinstance(row.period, str) and isinstance(period, str) and row.period > period and row.period in runs
        if period is not None and row.period != period and not moved:
            yield verdict.entries, f"{SecondaryPricingItem.__tablename__} {row.id}: period"


def _withdrawn(verdict: Verdict, calls: Mapping[str, Answered]) -> set[str]:
    """Return the keys of corrections that went with their case when the customer withdrew it."""
    steps = (step for entry in verdict.history for step in entry.steps)
    items = {step["item"] for step in steps if step["type"] == "correction_withdrawn"}
    return {key for key, call in calls.items() if call.fields.get("item_id") in items}
