"""Who bears what a case gave for our fault: liabilities and their parts, followed through the calls that opened, named, heard, decided and took back.

Each row is held against what the record makes of it, both ways. What a process begun later has named is read from that process's own record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine import proof, record
from engine.proof import Verdict
from engine.record.case_steps import CreditReversed
from models.base import session
from models.liability import Liability, LiabilityPart, LiabilityState
from office.derived.calls import Answered, answered, answered_in
from office.derived.rows import Beside, can_be_read
from service_tasks.liabilities import NAMED, OURS, PROMISED
from service_tasks.liability import ORDER_ERRORS

ON_SPOT, OPEN, APPLY = "liability/paid_on_spot", "liability/open", "secondary_pricing/apply"
# What a call that moves money enters where it is our fault, in fen.
MOVED: Mapping[str, Callable[[Answered], Any]] = {
    "refunds/other_number": lambda call: call.fields.get("amount"),
    "refunds/late_fee_waiver": lambda call: call.fields.get("amount"),
    "charge_hold/settle": lambda call: (
        call.fields.get("amount") if call.parameters.get("decision") != "rejected" else None
    ),
    APPLY: lambda call: call.fields.get("amount") if call.fields.get("applied") else None,
}
ANY = object()  # what no record says
PERSONAL = ("name", "unit", "employee", "objection")
UNNAMED = {"named_at": None, "named_by": None, "decided_at": None, "decided_by": None}


@dataclass
class Part:
    """A payment that a liability rests on; `may_be_gone` where another record may say that it was taken back."""

    key: str
    amount: int
    at: datetime
    may_be_gone: bool = False


@dataclass
class Expected:
    """A liability as the record makes it: its columns, and its parts in their order."""

    columns: dict[str, Any]
    parts: list[Part] = field(default_factory=list)


def differing(verdict: Verdict, beside: Beside) -> Iterator[tuple[int, str]]:
    """Yield since which entry, and what: a row or a part that is missing, one too many, or the columns that say something else."""
    rows = beside.liabilities.rows.get(verdict.business_key, [])
    parts = {row.id: beside.liabilities.parts.get(row.id, []) for row in rows}
    cause_by_key = {part.key: row.cause for row in rows for part in parts[row.id]}
    expected = _Fold(cause_by_key, {row.id: row.cause for row in rows}).of(verdict, beside)
    by_cause = {row.cause: row for row in rows}
    for cause in expected.keys() - by_cause.keys():
        yield verdict.entries, f"liability of {cause} is missing"
    for cause, row in by_cause.items():
        if cause not in expected:
            yield verdict.entries, f"liability {row.id} belongs to no recorded service call"
            continue
        wrong = [name for name, value in expected[cause].columns.items() if differs(getattr(row, name), value)]
        wrong += ["amount"] if row.amount != sum(_amounts(parts[row.id])) else []
        if wrong:
            yield verdict.entries, f"liability {row.id}: {', '.join(wrong)}"
        yield from ((verdict.entries, difference) for difference in _parts(expected[cause].parts, parts[row.id]))


def differs(stored: Any, expected: Any) -> bool:
    """Tell whether a column says something else; what was erased, or no record says, accuses nobody."""
    return expected is not proof.ERASED and expected is not ANY and bool(stored != expected)


def _amounts(parts: Sequence[Any]) -> Iterator[int]:
    return (part.amount for part in parts if isinstance(part.amount, int))


def _parts(expected: Sequence[Part], rows: Sequence[Any]) -> Iterator[str]:
    by_key = {row.key: row for row in rows}
    for part in expected:
        row = by_key.pop(part.key, None)
        if row is None and not part.may_be_gone:
            yield f"liability_part {part.key} is missing"
        elif row is not None:
            wrong = [name for name in ("amount", "at") if differs(getattr(row, name), getattr(part, name))]
            if wrong:
                yield f"liability_part {part.key}: {', '.join(wrong)}"
    yield from (f"liability_part {key} belongs to no recorded service call" for key in by_key)


class _Fold:
    """Carries the calls of a case over to liabilities by cause, as `service_tasks.liabilities` carries them over to the rows.

    A cause that was erased is the one that the row has: what else the row says is compared all the same.
    """

    def __init__(self, cause_by_key: Mapping[str, str], cause_by_number: Mapping[Any, str]) -> None:
        self.cause_by_key, self.cause_by_number = cause_by_key, cause_by_number
        self.by_cause: dict[str, Expected] = {}
        self.by_number: dict[Any, Expected] = {}

    def of(self, verdict: Verdict, beside: Beside) -> Mapping[str, Expected]:
        """Return the liabilities of a case by cause."""
        calls = {call.key: call for call in answered(verdict)}
        by_entry: dict[int, list[Answered]] = {}
        for call in calls.values():
            by_entry.setdefault(call.seq, []).append(call)
        for entry in verdict.history:
            for call in by_entry.get(entry.seq, ()):
                self._follow(call)
            for step in entry.steps:
                if step["type"] == "credit_reversed":
                    credit = calls.get(step["entry"])
                    self._relieve(step, by_staff=credit is not None and credit.topic == ON_SPOT)
        for row in beside.liabilities.rows.get(verdict.business_key, []):
            self._named_later(row, beside.liabilities.later.get(row.id, ()))
        if not can_be_read(verdict):
            for liability in self.by_cause.values():
                liability.columns["objection"] = "" if verdict.erasure is not None else ANY
        return self.by_cause

    def _named_later(self, row: Liability, instances: Sequence[int]) -> None:
        """Follow what processes begun beside the case did with a liability; a record that cannot be read says so where it is verified."""
        if instances and row.cause in self.by_cause:
            self.by_number[row.id] = self.by_cause[row.cause]
        for instance_id in instances:
            with suppress(record.BrokenChain):
                history = proof.history_of(instance_id)
                for call in answered_in(instance_id, history.entries):
                    self._follow(call)
                if history.is_erased and row.id in self.by_number:
                    self.by_number[row.id].columns |= dict.fromkeys(PERSONAL, ANY)

    def _follow(self, call: Answered) -> None:
        if call.topic in MOVED:
            self._moved(call, MOVED[call.topic](call))
        elif call.topic == OPEN and call.parameters.get("number") is None:
            self._opened(call)
        elif call.topic in CHANGES and call.parameters.get("number") in self.by_number:
            columns = self.by_number[call.parameters["number"]].columns
            columns |= CHANGES[call.topic](call)
            columns |= {name: call.fields.get(name, ANY) for name in ("bearer", "state")}
            columns["name"] = name_of(call)

    def _moved(self, call: Answered, amount: Any) -> None:
        """Enter what moved money; of a credit that another case promised, or that another call entered, the row says which cause and key."""
        cause: Any = call.parameters.get("fault")
        key: str | None = call.key
        if call.topic == APPLY and call.fields.get("credited_before"):
            key, cause = self._entered_elsewhere(call), PROMISED
        if cause in (PROMISED, proof.ERASED):
            cause = self.cause_by_key.get(key or "")
        if key is not None and cause is not None and amount:
            self._enter(key, cause, amount, call, may_be_gone=key != call.key)

    def _entered_elsewhere(self, call: Answered) -> str | None:
        """Return the key of a part of this case under which another case credited."""
        own = f"{call.key.partition(':')[0]}:"
        entered = {part.key for liability in self.by_cause.values() for part in liability.parts}
        return next((key for key in self.cause_by_key if not key.startswith(own) and key not in entered), None)

    def _enter(
        self, key: str, cause: Any, amount: Any, call: Answered, *, may_be_gone: bool = False
    ) -> Expected | None:
        if cause not in (*NAMED, *OURS):
            return None
        if call.topic == APPLY and key not in self.cause_by_key and _stands_elsewhere(key):
            return None
        liability = self._entered(cause)
        if liability is None:
            state, bearer = ("to_name", None) if cause in NAMED else ("stands", "company")
            columns = {"state": state, "bearer": bearer, "opened_at": call.at, **UNNAMED}
            columns |= dict.fromkeys(PERSONAL, "")
            liability = self.by_cause[cause] = Expected(columns)
        liability.parts.append(Part(key, amount, call.at, may_be_gone))
        return liability

    def _entered(self, cause: Any) -> Expected | None:
        if cause == PROMISED and self.by_cause:
            return list(self.by_cause.values())[-1]
        return self.by_cause.get(cause)

    def _opened(self, call: Answered) -> None:
        cause, amount = call.parameters.get("cause"), call.parameters.get("amount")
        if cause == "operator" and call.parameters.get("error_kind") in ORDER_ERRORS:
            cause = "staff"
        if proof.ERASED in (cause, call.parameters.get("error_kind")):
            cause = self.cause_by_number.get(call.fields.get("number"))
        liability = self._enter(call.key, cause, amount, call) if amount else self._entered(cause)
        if liability is None:
            return
        self.by_number[call.fields.get("number")] = liability
        if call.fields.get("state") == LiabilityState.PAID:
            liability.columns |= {
                "state": LiabilityState.PAID,
                "bearer": "person",
                "name": name_of(call),
                "employee": ANY,
            }

    def _relieve(self, step: CreditReversed, *, by_staff: bool) -> None:
        """Take away the part of the payment that was taken back, or else the latest of that amount."""
        parts = [
            (part, liability)
            for liability in self.by_cause.values()
            for part in liability.parts
            if (liability.columns["state"] == LiabilityState.PAID) == by_staff
        ]
        under_key = [pair for pair in parts if pair[0].key == step["entry"]]
        if under_key:
            under_key[0][1].parts.remove(under_key[0][0])
            return
        alike = [pair for pair in parts if pair[0].amount == step["amount"]]
        if alike and by_staff:
            alike[-1][1].parts.remove(alike[-1][0])
        for part, _ in alike if not by_staff else ():
            part.may_be_gone = True


def _stands_elsewhere(key: str) -> bool:
    """Tell whether another case has entered that payment already, whose it then is."""
    return session().scalar(select(LiabilityPart.id).where(LiabilityPart.key == key)) is not None


def name_of(call: Answered) -> object:
    """Return who bears it, as the answer says; empty where nobody does."""
    name = call.fields.get("name", ANY)
    return "" if name is None else name


def words(parameters: Mapping[str, Any], name: str) -> object:
    """Return what a call was asked under a name, empty where nothing was; what was erased stays so, though it counts as nothing."""
    value = parameters.get(name)
    return value if value is proof.ERASED else value or ""


def _by_name(call: Answered) -> dict[str, Any]:
    own, parameters = call.parameters.get("unit_kind") == "own", call.parameters
    employee = words(parameters, "employee") if own else ""
    undecided = {"decided_by": None, "decided_at": None}
    naming = {"named_by": call.by, "named_at": call.at, "objection": ""}
    return {"employee": employee, "unit": words(parameters, "unit"), **naming, **undecided}


def _by_answer(call: Answered) -> dict[str, Any]:
    return {"objection": words(call.parameters, "objection") if call.parameters.get("objects") else ""}


def _by_decision(call: Answered) -> dict[str, Any]:
    decided = {"decided_by": call.by, "decided_at": call.at}
    upheld = call.parameters.get("decision") == "upheld"
    return decided if upheld else {**decided, "unit": "", "employee": ""}


CHANGES: Mapping[str, Callable[[Answered], dict[str, Any]]] = {
    "liability/name": _by_name,
    "liability/company": lambda call: {"named_by": call.by, "named_at": call.at},
    "liability/answer": _by_answer,
    "liability/decide": _by_decision,
}
