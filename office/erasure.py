"""What is left of a customer in the tables beside the record goes when the personal data of their case are erased, in the same commit.

What stays: amounts, dates, kinds and whoever of the staff did what; the books, which name an account; what the customer has with us outside
the case. `left` finds what is there all the same, as after a backup was played in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Delete, Text, Update, cast, delete, select, update

from engine import Actor, Invalid, cases, proof, record
from engine.language import Reason
from engine.running import Change
from models.acts import CaseRequest
from models.base import connection, forget, session
from models.billing import CreditNote, LateFeeWaiver, Refund
from models.comment import Comment
from models.complaint import Complaint
from models.duty import DutyItem
from models.instance import ProcessInstance
from models.liability import Liability
from models.lines import LineClaim
from models.notice import DepartmentNotice, OutboxMessage
from models.states import CaseState
from models.unsent import UnsentForm
from models.work_order import WorkOrder, WorkOrderAct
from office import free_text, households, masking

MOST_REASON = 300
OURS = "late:"


LATER: Mapping[str, Any] = {
    "resolution": None,
    "overruled_reason": "",
}  # columns that an erasure of an earlier version left as they were
HOLDS_NUMBER = Reason("holds_number")


class NoReasonGiven(Invalid):
    """Whoever has personal data erased says why; `reasons` by field."""


class Copy(NamedTuple):
    """Where a case's personal data stand beside its record: what the columns hold afterwards, or nothing when the whole row goes."""

    model: Any
    emptied: Mapping[str, Any]
    only: ColumnElement[bool] | None = None


COPIES = (
    Copy(
        Complaint,
        {
            "msisdn": None,
            "text_sealed": None,
            "demand": "",
            "customer_id": None,
            "subscription_id": None,
            **LATER,
        },
    ),
    Copy(Comment, {}),
    Copy(OutboxMessage, {}),
    Copy(DepartmentNotice, {"subject": "", "text": ""}, DepartmentNotice.key.not_like(f"{OURS}%")),
    Copy(DutyItem, {"subject": ""}),
    Copy(Refund, {"form": {}}),
    Copy(CreditNote, {"form": {}}),
    Copy(LineClaim, {"reason": ""}),
    Copy(Liability, {"objection": ""}),
    Copy(WorkOrder, {"question": "", "cause": "", "proposal": "", "person": ""}),
    Copy(WorkOrderAct, {"text": ""}),
    Copy(UnsentForm, {}),
    Copy(LateFeeWaiver, {"form": {}}),
    Copy(CaseRequest, {"reason": ""}),
)


def erase(instance_id: int, *, reason: str, by: Actor, at: datetime) -> None:
    """Erase the personal data of a closed case. Errors: NoReasonGiven, OwnHousehold, and those of `cases.erase`."""
    households.check(instance_id, by)
    wrong = free_text.wrong(reason.strip(), MOST_REASON, required=True)
    wrong = wrong or ([HOLDS_NUMBER] if masking.holds_number(reason) else [])
    if wrong and cases.may_erase(by):
        raise NoReasonGiven(reasons={"reason": wrong})
    cases.erase(instance_id, reason=reason.strip(), by=by, at=at)


def may(person: Actor, instance: ProcessInstance, history: proof.CaseHistory) -> bool:
    """Tell whether the person may have the personal data of this case erased now."""
    return cases.may_erase(person) and instance.state != CaseState.ACTIVE and not history.is_erased


def follow(change: Change) -> None:
    """Take away the copies when an erasure is recorded."""
    if any(step["type"] == "personal_data_erased" for step in change.steps):
        for copy in COPIES:
            connection().execute(_gone(copy, change.business_key))
            forget(copy.model)


def _gone(copy: Copy, case_number: str) -> Update | Delete:
    statement = update(copy.model).values(dict(copy.emptied)) if copy.emptied else delete(copy.model)
    return statement.where(*_of(copy, [case_number]))


def _of(copy: Copy, case_numbers: Sequence[str]) -> list[ColumnElement[bool]]:
    return [copy.model.case_number.in_(case_numbers), *([copy.only] if copy.only is not None else [])]


def stays(history: proof.CaseHistory) -> bool:
    """Tell whether something personal stands in the record unsealed, written before it was known to be: no erasure takes that out of what is signed."""
    return any(record.holds_clear(entry.body, history.definition.private) for entry in history.entries)


def left(case_numbers: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what is there of erased cases although it should be gone: the case, and the table with its column.

    Of what the erasures of earlier versions left (LATER) one learns as well.
    """
    for copy in COPIES:
        for name, empty in (copy.emptied or {"case_number": None}).items():
            column = getattr(copy.model, name)
            query = select(copy.model.case_number).where(*_of(copy, case_numbers), _holds(column, empty))
            yield from (
                (number, f"{copy.model.__tablename__}.{name}") for number in session().scalars(query.distinct())
            )


def _holds(column: Any, empty: Any) -> ColumnElement[bool]:
    if empty is None:
        return column.is_not(None)
    return column != empty if empty == "" else cast(column, Text) != "{}"
