"""Mandates of direct debit that a case corrected or renewed, each against what the call was asked to write and what it answered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from engine.proof import Verdict
from models.usage import BankMandate
from office.derived.calls import Answered, answered
from office.derived.liabilities import ANY, differs
from office.derived.rows import MANDATES, Beside
from service_tasks import mandate_wording, numbers
from service_tasks.direct_debit import FIELDS


def differing(verdict: Verdict, beside: Beside) -> Iterator[tuple[int, str]]:
    """Yield since which entry, and what: a mandate that is missing, or whose agreed and keyed columns say something else than was written."""
    for call in answered(verdict):
        number = call.fields.get("mandate_id") if call.topic in MANDATES else None
        if number is None:
            continue
        row = beside.mandates.get(number)
        if row is None:
            yield call.seq, f"bank_mandate {number} is missing"
            continue
        wrong = [name for name, value in _written(call, row) if differs(getattr(row, name), value)]
        if wrong:
            yield call.seq, f"bank_mandate {number}: {', '.join(wrong)}"


def _written(call: Answered, row: BankMandate) -> Iterator[tuple[str, Any]]:
    for field in FIELDS:
        value = call.parameters.get(field)
        value = value.strip() if isinstance(value, str) else value
        value = mandate_wording.account(value) if field == "account" and isinstance(value, str) else value
        yield from ((f"{side}_{field}", value) for side in ("agreed", "keyed"))
    number = call.parameters.get("msisdn")
    plain = (numbers.msisdn(number) or ANY) if isinstance(number, str) else ANY
    yield "keyed_msisdn", ANY if row.keyed_msisdn is None else plain
    effective_on = call.fields.get("effective_on")
    yield "effective_on", date.fromisoformat(effective_on) if isinstance(effective_on, str) else effective_on
    yield "debit_day", call.fields.get("debit_day")
