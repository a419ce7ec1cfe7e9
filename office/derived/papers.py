"""The papers of a case's money: refunds, credits, waivers, holds and what came of receipts, each against its posting and the service call that made it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Row, select

from engine.proof import Verdict
from models.base import session
from models.billing import ChargeHold, HoldState, Refund
from models.receipt_exchange import ReceiptExchange
from office.derived.calls import Answered, answered
from office.derived.rows import PAPERS, Beside
from service_tasks.gateway import receipts

# What a hold becomes by the service task that ends it; the customer's withdrawal makes it due again as a refusal does.
ENDED: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "charge_hold/settle": lambda result: result.get("outcome"),
    "charge_hold/lift": lambda _: HoldState.REJECTED,
}


def differing(verdict: Verdict, beside: Beside) -> Iterator[tuple[int, str]]:
    """Check refunds, credits, waivers and holds: each that the record names is there, with the amount of its posting and of its case."""
    entries, hold_states = _named(verdict)
    late_fees = {call.fields["credit_note"]: call.fields.get("late_fee") or 0 for call in _crediting(verdict)}
    presented = {call.fields["refund_number"]: _receipt(call) for call in answered(verdict) if _pays(call)}
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
            with_it = late_fees.get(name, 0) if result == "credit_note" else 0
            posted = row.posted - with_it if isinstance(row.posted, int) else row.posted
            wrong = ["amount"] if row.amount != posted and not row.lines else []
            wrong += ["entry_id"] if row.entry_case != verdict.business_key else []
            if model is ChargeHold and row.state != hold_states.get(name, row.state):
                wrong.append("state")
            spellings = presented.get(name) if model is Refund else None
            if spellings is not None and not spellings & {row.receipt_number, *_replacements(row, spellings)}:
                wrong.append("receipt_number")
            if wrong:
                yield seq, f"{table} {name}: {', '.join(wrong)}"
    yield from _exchanges(verdict, beside)


def _exchanges(verdict: Verdict, beside: Beside) -> Iterator[tuple[int, str]]:
    """Check that the replacement or red invoice that a call names is there, over what it said."""
    for call in answered(verdict):
        fields = call.fields
        for kind, amount in (("replacement", "replacement_amount"), ("red_invoice", "amount")):
            if (number := fields.get(kind)) is None:
                continue
            row = beside.exchanges.get(number)
            if row is None:
                yield call.seq, f"receipt_exchange {number} is missing"
            elif (row.kind, row.amount, row.case_number) != (kind, fields.get(amount), verdict.business_key):
                yield call.seq, f"receipt_exchange {number}: kind, amount or case"


def _replacements(row: Row[*tuple[Any, ...]], spellings: Collection[str]) -> list[str]:
    """Return which of these numbers are of replacements of the receipt against which a refund was paid; nothing is asked where it is named itself."""
    if row.receipt_number in spellings:
        return []
    paper = ReceiptExchange
    query = select(paper.number).where(paper.receipt_number == row.receipt_number, paper.number.in_(spellings))
    return list(session().scalars(query))


def _crediting(verdict: Verdict) -> Iterator[Answered]:
    """Yield the calls that wrote a credit note: with what it is over a late fee may fall, which stands in the same entry."""
    return (call for call in answered(verdict) if call.fields.get("credit_note") is not None)


def _pays(call: Answered) -> bool:
    return "refund_number" in call.fields and "receipt_number" in call.parameters


def _receipt(call: Answered) -> set[str] | None:
    """Return what the receipt against which a call was asked to pay may be kept under; None where that cannot be read."""
    number = call.parameters["receipt_number"]
    return receipts.spellings(number) if isinstance(number, str) else None


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
