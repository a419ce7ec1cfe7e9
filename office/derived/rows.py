"""The rows that stand beside many cases, read at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Integer, cast, func, or_, select

from engine.proof import Verdict
from models import cells
from models.acts import CaseRequest, CustomerTry
from models.authority import Grant
from models.base import session
from models.batch import Batch
from models.billing import ChargeHold, CreditNote, JournalEntry, LateFeeWaiver, Posting, Refund, SecondaryPricingItem
from models.cells import as_stored
from models.complaint import Complaint
from models.instance import CaseKey, ProcessInstance
from models.liability import Liability, LiabilityPart
from models.notice import DepartmentNotice, OutboxMessage
from models.receipt_exchange import EXCHANGE_KINDS, ReceiptExchange
from models.usage import BankMandate
from models.work_order import WorkOrder, WorkOrderAct, WorkOrderCase
from office.derived.calls import answered
from service_tasks.liabilities import naming
from service_tasks.secondary_pricing import KIND as SECONDARY_PRICING

MANDATES = ("direct_debit/correct", "direct_debit/renew")
PAPERS: dict[str, tuple[Any, str]] = {
    "refund_number": (Refund, "number"),
    "credit_note": (CreditNote, "number"),
    "waiver_number": (LateFeeWaiver, "number"),
    "hold_id": (ChargeHold, "id"),
}


@dataclass
class Liabilities:
    """Liabilities by case number, their parts by liability, and the instances of the processes that had somebody named later, by liability."""

    rows: Mapping[str, list[Liability]] = field(default_factory=dict)
    parts: Mapping[int, list[LiabilityPart]] = field(default_factory=dict)
    later: Mapping[int, list[int]] = field(default_factory=dict)


@dataclass
class Orders:
    """Work orders, the places of cases in them by instance, and acts; `erased` are the orders whose opener's personal data are gone."""

    rows: Sequence[WorkOrder] = ()
    places: Mapping[int, list[WorkOrderCase]] = field(default_factory=dict)
    acts: Sequence[WorkOrderAct] = ()
    erased: frozenset[int] = frozenset()


@dataclass
class Beside:
    """The rows of many cases, read at once; `complaints` and `keys` by instance, `exchanges` by their own number, the others by case number."""

    complaints: Mapping[int, list[Complaint]] = field(default_factory=dict)
    keys: Mapping[int, Any] = field(default_factory=dict)
    messages: Mapping[str, list[OutboxMessage]] = field(default_factory=dict)
    notices: Mapping[str, list[DepartmentNotice]] = field(default_factory=dict)
    requests: Mapping[int, list[CaseRequest]] = field(default_factory=dict)
    tries: Mapping[int, list[CustomerTry]] = field(default_factory=dict)
    papers: Mapping[type, Mapping[str, list[Any]]] = field(default_factory=dict)
    collected: Mapping[type, Mapping[str, list[Any]]] = field(default_factory=dict)
    liabilities: Liabilities = field(default_factory=Liabilities)
    orders: Orders = field(default_factory=Orders)
    mandates: Mapping[int, BankMandate] = field(default_factory=dict)
    exchanges: Mapping[str, ReceiptExchange] = field(default_factory=dict)
    runs: frozenset[str] = frozenset()


def read(verdicts: Sequence[Verdict]) -> Beside:
    """Return what stands beside these cases."""
    ids, numbers = [verdict.instance_id for verdict in verdicts], [verdict.business_key for verdict in verdicts]
    keys = select(as_stored(CaseKey.instance_id), as_stored(CaseKey.wrapped)).where(CaseKey.instance_id.in_(ids))
    of_cases = or_(Complaint.instance_id.in_(ids), Complaint.case_number.in_(numbers))
    return Beside(
        complaints=_by("instance_id", _all(Complaint, of_cases)),
        keys={row.instance_id: row.wrapped for row in cells.rows(keys)},
        messages=_by("case_number", _all(OutboxMessage, OutboxMessage.case_number.in_(numbers))),
        notices=_by("case_number", _all(DepartmentNotice, DepartmentNotice.case_number.in_(numbers))),
        requests=_by("instance_id", _all(CaseRequest, CaseRequest.instance_id.in_(ids))),
        tries=_by("instance_id", _all(CustomerTry, CustomerTry.instance_id.in_(ids))),
        papers={model: _by("case_number", _posted(model, numbers)) for model, _ in PAPERS.values()},
        collected={
            model: _by("case_number", _all(model, model.case_number.in_(numbers)))
            for model in (SecondaryPricingItem, Grant)
        },
        liabilities=_liabilities(numbers),
        orders=_orders(ids, numbers),
        mandates={row.id: row for row in _among(BankMandate.id, _mandates(verdicts))},
        exchanges={row.number: row for row in _among(ReceiptExchange.number, _exchanges(verdicts))},
        runs=frozenset(session().scalars(select(Batch.period).where(Batch.kind == SECONDARY_PRICING))),
    )


def _mandates(verdicts: Sequence[Verdict]) -> list[int]:
    """Return the mandates that these cases wrote."""
    calls = (call for verdict in verdicts for call in answered(verdict) if call.topic in MANDATES)
    return [call.fields["mandate_id"] for call in calls if isinstance(call.fields.get("mandate_id"), int)]


def _exchanges(verdicts: Sequence[Verdict]) -> list[str]:
    """Return the replacements and red invoices that these cases name."""
    calls = (call.fields for verdict in verdicts for call in answered(verdict))
    return [fields[kind] for fields in calls for kind in EXCHANGE_KINDS if isinstance(fields.get(kind), str)]


def _liabilities(numbers: Sequence[str]) -> Liabilities:
    rows = _all(Liability, Liability.case_number.in_(numbers))
    ids = [row.id for row in rows]
    of_naming = ProcessInstance.business_key.in_([naming(id) for id in ids])
    beginnings = select(ProcessInstance.business_key, ProcessInstance.id).where(of_naming).order_by(ProcessInstance.id)
    number_by_key = {naming(id): id for id in ids}
    later: dict[int, list[int]] = defaultdict(list)
    for key, instance_id in session().execute(beginnings) if ids else ():
        later[number_by_key[key]].append(instance_id)
    parts = _by("liability_id", _among(LiabilityPart.liability_id, ids))
    return Liabilities(_by("case_number", rows), parts, later)


def _orders(ids: Sequence[int], numbers: Sequence[str]) -> Orders:
    """Return the orders that these cases opened, joined or are; and what was done with them."""
    order, joined = WorkOrder, WorkOrderCase
    of_cases = or_(joined.instance_id.in_(ids), joined.case_number.in_(numbers))
    own = or_(order.case_number.in_(numbers), order.number.in_(numbers), order.instance_id.in_(ids))
    orders = _all(order, or_(own, order.id.in_(select(joined.order_id).where(of_cases))))
    order_ids = [row.id for row in orders]
    act = WorkOrderAct
    acts = _all(act, or_(act.order_id.in_(order_ids), act.case_number.in_(numbers)))
    opener_ids = {row.id: _instance_of(row.key) for row in orders}
    of_openers = select(CaseKey.instance_id).where(CaseKey.instance_id.in_(opener_ids.values()))
    with_key = set(session().scalars(of_openers)) if opener_ids else set()
    erased = frozenset(id for id, opener in opener_ids.items() if opener not in with_key)
    return Orders(orders, _by("instance_id", _all(joined, of_cases)), acts, erased)


def _instance_of(key: object) -> int:
    instance = key.partition(":")[0] if isinstance(key, str) else ""
    return int(instance) if instance.isdecimal() else 0


def _all(model: Any, condition: Any) -> list[Any]:
    return cells.rows(select(*map(as_stored, model.__table__.columns)).where(condition))


def _among(column: Any, values: Sequence[int] | Sequence[str]) -> list[Any]:
    """Return the rows of a table whose column has one of these values; of none, nothing is asked."""
    return _all(column.class_, column.in_(values)) if values else []


def _posted(model: Any, numbers: Sequence[str]) -> list[Any]:
    """Return papers with the journal entry that each of them names."""
    posted_sum = select(cast(func.sum(Posting.amount), Integer)).where(Posting.entry_id == model.entry_id)
    whole_postings = select(func.count()).where(Posting.entry_id == model.entry_id, Posting.amount == model.amount)
    query = select(
        *map(as_stored, (column for column in model.__table__.columns if column.name != "form")),
        posted_sum.scalar_subquery().label("posted"),
        whole_postings.scalar_subquery().label("lines"),  # of a refund of several lines the cash is one posting
        as_stored(JournalEntry.case_number, nullable=True).label("entry_case"),
    )
    query = query.outerjoin(JournalEntry, JournalEntry.id == model.entry_id)
    return cells.rows(query.where(model.case_number.in_(numbers)))


def _by(name: str, rows: Iterable[Any]) -> Mapping[Any, list[Any]]:
    groups: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, name)].append(row)
    return groups


def can_be_read(verdict: Verdict) -> bool:
    """Tell whether what is sealed in the record can be read: it was not erased, and its key is there and fits."""
    return verdict.erasure is None and all(deviation.kind != "key" for deviation in verdict.deviations)
