"""The customer's bar beside a step: balances, receipts, orders and mandates with slip against system, and earlier cases of the number, in one statement.

What can be picked, such as bills and calls, is `picking_lines`; nothing here is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Date,
    Row,
    Select,
    SQLColumnExpression,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from models.base import UTCDateTime, session
from models.billing import LedgerAccount, Receipt
from models.complaint import Complaint
from models.customer import Subscription
from models.receipt_exchange import ReceiptExchange
from models.usage import BankMandate, MandateState, ServiceOrder
from service_tasks.gateway import Balances
from service_tasks.gateway.lookups import BALANCE_KINDS, IN_USE_FIRST
from web.lookup import definitions
from web.telling import names

MOST_CASES = 5
MOST_RECEIPTS = 24
_Column = SQLColumnExpression[Any]
_NUMBER: BindParameter[str] = bindparam("msisdn")
_OWN_CASE: BindParameter[str] = bindparam("case")
_OWNER = (
    select(Subscription.id).where(Subscription.msisdn == _NUMBER).order_by(*IN_USE_FIRST).limit(1).scalar_subquery()
)


class PaperReceipt(NamedTuple):
    """A receipt or a replacement with what has not been given back of it, fen; `current` is the paper that stands for its payment now."""

    number: str
    kind: str
    amount: int
    left: int
    issued_at: datetime
    medium: str
    original: str
    current: str
    red_invoices: tuple[tuple[str, int], ...] = ()


class Compared(NamedTuple):
    """What one paper says in one respect, on the slip and as keyed in; None where it was never agreed, never keyed."""

    about: str
    slip: str | None
    system: str | None

    @property
    def differs(self) -> bool:
        """Whether the two are not the same."""
        return self.slip != self.system


@dataclass(frozen=True)
class Order:
    """An order of a service; `monthly_fee` in fen, `cancelled_at` None while it runs."""

    service: str
    compared: Compared
    ordered_at: datetime
    cancelled_at: datetime | None
    monthly_fee: int


@dataclass(frozen=True)
class Mandate:
    """A direct-debit mandate in force; `is_out` while a debit is under way."""

    compared: tuple[Compared, ...]
    effective_on: str
    is_out: bool


@dataclass(frozen=True)
class EarlierCase:
    """Another case of the number; `outcome` is what an act outside the steps ended it with, else empty."""

    case_number: str
    process: str
    state: str
    outcome: str
    accepted_at: datetime


@dataclass(frozen=True)
class Bar:
    """All of it; `balances` None for a number that was never put into service."""

    balances: Balances | None
    receipts: tuple[PaperReceipt, ...]
    orders: tuple[Order, ...]
    mandates: tuple[Mandate, ...]
    cases: tuple[EarlierCase, ...]


def of(msisdn: str, case_number: str) -> Bar:
    """Return the bar of a number at a step of a case, which is not among the earlier ones."""
    rows = session().execute(_EVERYTHING, {"msisdn": msisdn, "case": case_number}).all()
    balances = {row.texts_1: row.amount for row in rows if row.part == "balance"}
    return Bar(
        Balances(*(balances.get(kind, 0) for kind in BALANCE_KINDS))
        if any(row.part == "subscription" for row in rows)
        else None,
        tuple(_receipts(rows)),
        tuple(_orders(rows)),
        tuple(_mandates(rows)),
        tuple(_cases(rows)),
    )


def _of(rows: Sequence[Row[*tuple[Any, ...]]], part: str) -> list[Row[*tuple[Any, ...]]]:
    """Return the rows of a part, the newest first."""
    return sorted((row for row in rows if row.part == part), key=lambda row: row.at, reverse=True)


def _receipts(rows: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[PaperReceipt]:
    """Return receipts, each after the replacements that were given out for it."""
    exchanges = sorted(_of(rows, "exchange"), key=lambda row: row.left, reverse=True)
    for row in _of(rows, "receipt"):
        own = [exchange for exchange in exchanges if exchange.texts_3 == row.texts_1]
        papers = [exchange for exchange in own if exchange.texts_2 == "replacement"]
        standing = next((paper.texts_1 for paper in papers), row.texts_1)
        about: tuple[str, str, str] = (row.texts_3, row.texts_1, standing)
        for paper in papers:
            remaining = min(paper.amount, row.left) if paper.texts_1 == standing else 0
            yield PaperReceipt(paper.texts_1, row.texts_2, paper.amount, remaining, paper.at, *about)
        reds = tuple((paper.texts_1, paper.amount) for paper in own if paper.texts_2 == "red_invoice")
        remaining = row.left if standing == row.texts_1 else 0
        yield PaperReceipt(row.texts_1, row.texts_2, row.amount, remaining, row.at, *about, reds)


def _orders(rows: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[Order]:
    for row in _of(rows, "order"):
        service = f"{row.texts_1} {row.texts_2 or ''}".strip()
        yield Order(service, Compared("", row.texts_3, row.texts_4), row.at, row.until, row.amount)


def _mandates(rows: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[Mandate]:
    for row in _of(rows, "mandate"):
        compared = (
            Compared("bank", row.texts_1, row.texts_2),
            Compared("account", row.texts_3, row.texts_4),
            Compared("holder", row.texts_5, row.texts_6),
            Compared("msisdn", row.texts_7, row.texts_8),
        )
        yield Mandate(compared, row.day.isoformat(), bool(row.amount))


def _cases(rows: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[EarlierCase]:
    cases = _of(rows, "case")
    versions = definitions.versions_of(row.texts_1 for row in cases) if cases else {}
    for row in cases:
        name = names.process_name(row.texts_2, versions.get(row.texts_1))
        yield EarlierCase(row.texts_1, name, row.texts_3, row.texts_4 or "", row.at)


def _part(
    part: str,
    *texts: _Column,
    amount: _Column | None = None,
    remaining: _Column | None = None,
    at: _Column | None = None,
    until: _Column | None = None,
    day: _Column | None = None,
) -> Select[*tuple[Any, ...]]:
    absent = null()
    columns: list[_Column] = [
        cast(texts[place] if place < len(texts) else absent, String).label(f"texts_{place + 1}") for place in range(8)
    ]
    for name, column, kind in (
        ("amount", amount, BigInteger()),
        ("left", remaining, BigInteger()),
        ("at", at, UTCDateTime()),
        ("until", until, UTCDateTime()),
        ("day", day, Date()),
    ):
        columns.append((cast(absent, kind) if column is None else column).label(name))
    return select(literal(part).label("part"), *columns)


def _newest(query: Select[*tuple[Any, ...]], at: _Column, most: int) -> Select[*tuple[Any, ...]]:
    """Return the newest rows of a part; a limit inside a union stands in a query of its own."""
    inner = query.order_by(at.desc()).limit(most).subquery()
    return select(*inner.columns)


_EVERYTHING = union_all(
    _part("subscription").where(_OWNER.is_not(None)),
    _part("balance", LedgerAccount.kind, amount=LedgerAccount.balance).where(LedgerAccount.subscription_id == _OWNER),
    _newest(
        _part(
            "receipt",
            Receipt.number,
            Receipt.kind,
            Receipt.medium,
            amount=Receipt.amount,
            remaining=Receipt.amount - Receipt.refunded,
            at=Receipt.issued_at,
        ).where(Receipt.subscription_id == _OWNER),
        Receipt.issued_at,
        MOST_RECEIPTS,
    ),
    _part(
        "exchange",
        ReceiptExchange.number,
        ReceiptExchange.kind,
        ReceiptExchange.receipt_number,
        amount=ReceiptExchange.amount,
        remaining=ReceiptExchange.entry_id,  # the order in which they were given out
        at=ReceiptExchange.at,
    )
    .join(Receipt, Receipt.number == ReceiptExchange.receipt_number)
    .where(Receipt.subscription_id == _OWNER, ReceiptExchange.voided_by.is_(None)),
    _part(
        "order",
        ServiceOrder.service,
        ServiceOrder.service_provider,
        ServiceOrder.agreed,
        ServiceOrder.keyed,
        amount=ServiceOrder.monthly_fee,
        at=ServiceOrder.ordered_at,
        until=ServiceOrder.cancelled_at,
    ).where(ServiceOrder.subscription_id == _OWNER),
    _part(
        "mandate",
        BankMandate.agreed_bank,
        BankMandate.keyed_bank,
        BankMandate.agreed_account,
        BankMandate.keyed_account,
        BankMandate.agreed_holder,
        BankMandate.keyed_holder,
        Subscription.msisdn,
        case((BankMandate.keyed_account.is_not(None), func.coalesce(BankMandate.keyed_msisdn, Subscription.msisdn))),
        amount=case((BankMandate.debit_under_way, 1), else_=0),
        at=Subscription.opened_at,
        day=BankMandate.effective_on,
    )
    .join(Subscription, Subscription.id == BankMandate.subscription_id)
    .where(BankMandate.subscription_id == _OWNER, BankMandate.state == MandateState.ACTIVE),
    _newest(
        _part(
            "case",
            Complaint.case_number,
            Complaint.process_key,
            Complaint.state,
            Complaint.outcome,
            at=Complaint.accepted_at,
        ).where(Complaint.msisdn == _NUMBER, Complaint.case_number != _OWN_CASE),
        Complaint.accepted_at,
        MOST_CASES,
    ),
)
