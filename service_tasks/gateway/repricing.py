"""Secondary-pricing items: collected for the run of a month, handed in, taken back row by row, and credited; what the run is given is one row a line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, func, or_, select, update

from models.base import session
from models.billing import Bill as BillRow
from models.billing import (
    BillItem,
    CorrectionState,
    JournalEntry,
    Posting,
    SecondaryPricingItem,
    SecondaryPricingOmission,
)
from models.customer import Subscription, SubscriptionState
from models.lines import ClaimState, DisputedLine, LineClaim
from service_tasks.gateway import claims, ledger, payments
from service_tasks.gateway.corrections import ADJUSTMENT
from service_tasks.gateway.giving import split
from service_tasks.gateway.lines import Papers, wanted
from service_tasks.gateway.pricing_run import PricingItem, PricingRow
from service_tasks.gateway.values import Account, Effect, Line, LinePart, Refused

NO_BILL = SecondaryPricingItem.NO_BILL
REWARD = "complaint_reward"
KIND = "secondary_pricing"


def enter_secondary_pricing(
    subscription_id: int, period: str, amount: int, item: str, effect: Effect, *, lines: Sequence[LinePart] = ()
) -> PricingItem:
    """Collect a correction for the run of `period`; the same key returns the item it made. What it is for stays reserved until the run."""
    earlier = session().scalar(select(SecondaryPricingItem).where(SecondaryPricingItem.key == effect.key))
    if earlier is not None:
        return _item(earlier)
    if amount <= 0:
        raise Refused(reason="amount_not_positive", amount=amount)
    papers = Papers.of(subscription_id) if lines else None
    picks = claims.fitting(papers, lines, "charge", amount) if papers else []
    if papers:
        claims.lock(papers, [paper for paper, *_ in wanted(papers, lines)])
        claims.settle(papers, picks, ClaimState.RESERVED, effect, None)
    omission = delete(SecondaryPricingOmission).where(SecondaryPricingOmission.subscription_id == subscription_id)
    omitted = session().execute(omission.returning(SecondaryPricingOmission.subscription_id)).first() is not None
    row = SecondaryPricingItem(
        key=effect.key,
        period=period,
        subscription_id=subscription_id,
        case_number=effect.case,
        item_kind=item,
        amount=amount,
        state=CorrectionState.COLLECTED,
        omit_once=omitted,
        entered_at=effect.at,
    )
    session().add(row)
    session().flush()
    if papers:
        claims.let_go(papers, lines, picks, effect)
    return _item(row)


def repricing_room(subscription_id: int, *, but: str = "") -> int:
    """Return what may be entered without naming lines: what the bills charge, less what was given, reserved or entered of them; nothing without a bill.

    The item of the key `but` does not count, nor do rewards.

    Units:  fen.
    """
    papers = Papers.of(subscription_id)
    charged = {bill.address: bill.total for bill in papers.bills.values()}
    line, item = DisputedLine, SecondaryPricingItem
    claimed = select(func.coalesce(func.sum(line.claimed), 0)).where(
        line.subscription_id == subscription_id, line.address.in_(charged)
    )
    without = ~select(LineClaim.id).where(LineClaim.key == item.key).exists()
    other_items = item.subscription_id == subscription_id, item.key != but, item.item_kind != REWARD
    entered = select(func.coalesce(func.sum(item.amount), 0)).where(
        *other_items, or_(item.omitted_by.is_(None), item.omitted_by != NO_BILL), without
    )
    claimed_fen = int(session().scalar(claimed) or 0) + int(session().scalar(entered) or 0)
    return max(0, sum(charged.values()) - claimed_fen)


def hand_in_secondary_pricing(period: str, left_over: Collection[str] = ()) -> tuple[int, int]:
    """Hand in all that was collected for `period`; count and fen of everything handed in for it so far.

    What waits in the periods `left_over` has no run of its own any more, and goes with this one.
    """
    row = SecondaryPricingItem
    waits = update(row).where(
        row.period.in_(list(left_over)),
        row.state.in_((CorrectionState.COLLECTED, CorrectionState.HANDED_IN)),
        row.waits(),
    )
    session().execute(waits.values(period=period, state=CorrectionState.COLLECTED))
    change = update(row).where(row.period == period, row.state == CorrectionState.COLLECTED)
    session().execute(change.values(state=CorrectionState.HANDED_IN))
    handed_in = select(func.count(), func.coalesce(func.sum(row.amount), 0))
    count, total = session().execute(handed_in.where(row.period == period)).one()
    return count, total


def secondary_pricing_rows(period: str) -> list[PricingRow]:
    """Return what the run of `period` is given, a row for each line of an item; an item without lines is one row."""
    item, claim, line = SecondaryPricingItem, LineClaim, DisputedLine
    query = (
        select(
            item.id,
            item.case_number,
            Subscription.msisdn,
            func.coalesce(line.address, ""),
            func.coalesce(line.component, ""),
            item.item_kind,
            func.coalesce(claim.amount, item.amount),
        )
        .join(Subscription, Subscription.id == item.subscription_id)
        .outerjoin(claim, (claim.key == item.key) & (claim.state == ClaimState.RESERVED))
        .outerjoin(line, line.id == claim.line_id)
        .where(item.period == period, item.state != CorrectionState.APPLIED)
        .order_by(item.id, claim.id)
    )
    return [PricingRow(*row) for row in session().execute(query)]


def take_back_secondary_pricing(period: str, omitted: Collection[int], no_bill: Collection[int]) -> None:
    """Mark the items that the run of `period` left out, and those whose number gets no further bill: their case may have their lines otherwise."""
    item = SecondaryPricingItem
    waits = update(item).where(item.period == period, item.waits())
    session().execute(waits.where(item.id.in_(omitted)).values(omit_once=True))
    session().execute(waits.where(item.id.in_(no_bill)).values(state=CorrectionState.OMITTED, omitted_by=NO_BILL))


def apply_secondary_pricing(item_id: int, effect: Effect, *, hands_back: bool = False) -> PricingItem:
    """Credit the item against the bill, unless the run left it out (state omitted). Refused: item_unknown.

    `hands_back`: of a number that gets no further bill nothing is credited; its case has the lines for another way (state no_bill).
    Whoever applies it, what it is for is the case's that entered it.
    """
    row = _locked_item(item_id)
    if hands_back and row.state != CorrectionState.APPLIED and _is_cancelled(row):
        take_back_secondary_pricing(row.period, omitted=(), no_bill=(row.id,))
        session().refresh(row)
    if (
        row.state == CorrectionState.APPLIED
        or row.omitted_by == effect.key
        or (hands_back and row.omitted_by == NO_BILL)
    ):
        return _item(row, late_fee=_late_fee(effect.key), credited=_credited(row, effect.key))
    if row.omit_once:
        row.state, row.omit_once, row.omitted_by = CorrectionState.OMITTED, False, effect.key
    else:
        _apply(row, replace(effect, case=row.case_number))
    session().flush()
    return _item(row, late_fee=_late_fee(effect.key), credited=_credited(row, effect.key))


def _is_cancelled(row: SecondaryPricingItem) -> bool:
    query = select(Subscription.state).where(Subscription.id == row.subscription_id)
    return session().scalar(query) == SubscriptionState.CANCELLED


def _late_fee(key: str) -> int:
    """Return what fell of the late fee in the entry under this key."""
    entry = ledger.entered(key)
    return ledger.posted(entry, "late_fee") if entry is not None else 0


def _apply(row: SecondaryPricingItem, effect: Effect) -> None:
    papers, parts = Papers.of(row.subscription_id), claims.under(row.key)
    picks = wanted(papers, parts)
    receipts = payments.standing_for(papers, (paper for paper, *_ in picks))
    division = split(papers, picks) if picks else None
    with_it = division.with_it if division else 0
    postings = [
        Line(ADJUSTMENT, Account("receivable", row.subscription_id), row.amount),
        Line(ADJUSTMENT, Account("late_fee", row.subscription_id), with_it),
    ]
    posted = [line for line in postings if line.amount]
    entry = ledger.post(effect, KIND, posted, memo=_memo(row))
    if division:
        claims.settle(papers, division.asked, ClaimState.RE_PRICED, effect, entry, of=LineClaim.key == row.key)
        claims.settle(
            papers, [(paper, amount, "") for paper, amount in division.late_fees], ClaimState.CREDITED, effect, entry
        )
        payments.spend(receipts, division.paid_back)
    row.state, row.applied_at = CorrectionState.APPLIED, effect.at
    payments.close_paid(row.subscription_id)


def secondary_pricing_item(item_id: int) -> PricingItem:
    """Return one item as it stands. Refused: item_unknown."""
    return _item(_locked_item(item_id))


def _locked_item(item_id: int) -> SecondaryPricingItem:
    row = session().get(SecondaryPricingItem, item_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise Refused(reason="item_unknown", item=item_id)
    return row


def renew_secondary_pricing(subscription_id: int, item_id: int, period: str) -> PricingItem:
    """Put an item that a run left out into the run of `period`; one that has not been handed in yet stays in its own. Refused: line_unknown."""
    row = session().get(SecondaryPricingItem, item_id, with_for_update=True, populate_existing=True)
    waits = row is not None and row.state != CorrectionState.APPLIED and row.omitted_by != NO_BILL
    if row is None or not waits or row.subscription_id != subscription_id:
        raise Refused(reason="line_unknown", line=f"promised-credit:{item_id}")
    if row.state != CorrectionState.COLLECTED or row.period < period:
        row.period, row.state, row.omit_once = period, CorrectionState.COLLECTED, False
        session().flush()
    return _item(row)


def shown_on_bill(item_id: int, at: datetime) -> bool | None:
    """Tell whether a bill issued after the run and by `at` shows what was credited, as something taken off; None while there is no such bill.

    Refused: item_unknown.
    """
    row = _locked_item(item_id)
    if row.applied_at is None:
        return None
    bill = BillRow
    off = func.coalesce(func.sum(case((BillItem.amount < 0, -BillItem.amount), else_=0)), 0)
    query = (
        select(off)
        .select_from(bill)
        .outerjoin(BillItem, BillItem.bill_id == bill.id)
        .where(bill.subscription_id == row.subscription_id, bill.issued_at > row.applied_at, bill.issued_at <= at)
        .group_by(bill.id)
    )
    taken_off = list(session().scalars(query))
    return max(taken_off) >= row.amount if taken_off else None


def _item(row: SecondaryPricingItem, *, late_fee: int = 0, credited: str | None = None) -> PricingItem:
    state: Any = NO_BILL if row.omitted_by == NO_BILL and row.state != CorrectionState.APPLIED else row.state
    own = (row.id, row.subscription_id, row.period, row.amount, state, late_fee, row.case_number, row.item_kind)
    return PricingItem(*own, key=row.key, credited=credited)


def _credited(row: SecondaryPricingItem, key: str) -> str | None:
    """Return the key of the entry that credited an item: this call's, or that of whoever came first."""
    if row.state != CorrectionState.APPLIED or ledger.entered(key) is not None:
        return key if row.state == CorrectionState.APPLIED else None
    entry = JournalEntry
    query = select(entry.key).join(Posting, Posting.entry_id == entry.id).where(Posting.amount == row.amount)
    same = entry.kind == KIND, entry.at == row.applied_at, entry.case_number == row.case_number
    return session().scalar(query.where(*same, entry.memo == _memo(row)).order_by(entry.id))


def _memo(row: SecondaryPricingItem) -> str:
    return f"{row.period} {row.item_kind}"
