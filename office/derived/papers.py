"""The papers of a case's money: refunds, credits, waivers and holds, each against its posting and the service call that made it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from engine.proof import Verdict
from models.billing import ChargeHold, HoldState, Refund
from office.derived.calls import Answered, answered
from office.derived.rows import PAPERS, Beside
from service_tasks.gateway import lookups

# What a hold becomes by the service task that ends it; the customer's withdrawal makes it due again as a refusal does.
ENDED: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "charge_hold/settle": lambda result: result.get("outcome"),
    "charge_hold/lift": lambda _: HoldState.REJECTED,
}


def differing(verdict: Verdict, beside: Beside) -> Iterator[tuple[int, str]]:
    """Check refunds, credits, waivers and holds: each that the record names is there, with the amount of its posting and of its case."""
    entries, hold_states = _named(verdict)
    receipts = {call.fields["refund_number"]: _receipt(call) for call in answered(verdict) if _pays(call)}
    for result, (model, column) in PAPERS.items():
        table, rows = model.__tablename__, beside.papers.get(model, {}).get(verdict.business_key, [])
        stored_names = {getattr(row, column) for row in rows}
        for name, seq in entries.get(result, {}).items():
            if name not in stored_names:
                yield seq, f"{table} {name} is missing"
        for row in rows:
            name, seq = getattr(row, column), verdict.entries
            if name not in entries.get(result, {}):
                yield seq, f"{table} {name} belongs to no recorded service call"
                continue
            seq = entries[result][name]
            wrong = ["amount"] if row.amount != row.posted and not row.lines else []
            wrong += ["entry_id"] if row.entry_case != verdict.business_key else []
            if model is ChargeHold and row.state != hold_states.get(name, row.state):
                wrong.append("state")
            spellings = receipts.get(name) if model is Refund else None
            if spellings is not None and row.receipt_number not in spellings:
                wrong.append("receipt_number")
            if wrong:
                yield seq, f"{table} {name}: {', '.join(wrong)}"


def _pays(call: Answered) -> bool:
    return "refund_number" in call.fields and "receipt_number" in call.parameters


def _receipt(call: Answered) -> Collection[str] | None:
    """Return what the receipt against which a call was asked to pay may be kept under; None where that cannot be read."""
    number = call.parameters["receipt_number"]
    return lookups.spellings(number) if isinstance(number, str) else None


def _named(verdict: Verdict) -> tuple[Mapping[str, dict[Any, int]], Mapping[Any, Any]]:
    """Return papers that the answers of service calls name, by kind and number, with their entry; and what became of holds settled here."""
    entries: dict[str, dict[Any, int]] = defaultdict(dict)
    hold_states: dict[Any, Any] = {}
    for call in answered(verdict):
        for paper in PAPERS.keys() & call.fields.keys():
            if call.fields[paper] is not None:  # of a bill that is paid nothing was put on hold
                entries[paper][call.fields[paper]] = call.seq
        if call.topic in ENDED:
            hold_states[call.parameters.get("hold_id")] = ENDED[call.topic](call.fields)
    steps = (step for entry in verdict.history for step in entry.steps)
    lifted_holds = {step["hold"]: HoldState.REJECTED for step in steps if step["type"] == "hold_lifted"}
    return entries, hold_states | lifted_holds
