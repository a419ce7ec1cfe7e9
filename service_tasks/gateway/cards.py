"""Recharge cards in the books: what stands of one, the case that has it, and moving what is due of it. What is due to whom is not decided here.

A card that was charged to a subscription is a line of its papers; one that lies in suspense keeps the number of the case that has it itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import aliased

from models.base import session
from models.billing import JournalEntry, LedgerAccount, Posting
from models.customer import Subscription as SubscriptionRow
from models.lines import ClaimState, DisputedLine
from models.usage import CardState, RechargeCard
from service_tasks.gateway import claims, ledger, payments
from service_tasks.gateway.adjustments import OPENING_AGAIN, GivenOfCard
from service_tasks.gateway.lines import Papers, cards_of_others, in_case
from service_tasks.gateway.values import Account, Effect, Entry, Line, LinePart, Refused, Standing

SUSPENSE = Account("recharge_suspense")


def card_standing(serial: str) -> Standing:
    """Return what stands of a card; nothing is locked, for whoever gives it is refused what is gone by then. Refused: unknown_card."""
    card = session().get(RechargeCard, serial, populate_existing=True)
    if card is None:
        raise Refused(reason="unknown_card")
    owner = card.charged_subscription_id
    if owner is None:
        return Standing(card.remaining, card.remaining)
    balance = ledger.balances(owner).get("prepayment", 0)
    set_off = sum(_set_off(card).values())
    return Standing(card.remaining, balance, set_off, cards_of_others(owner, but=serial))


def reserve_card(serial: str, effect: Effect) -> int:
    """Let the case have what is left of a card and nobody else, until money moves or the case ends; fen.

    Refused: unknown_card, line_taken with the case that has it.
    """
    card = locked(serial)
    if other_case := _taken_by(card, effect.case):
        values = {"left": 0, "of": card.face_value, "amount": card.face_value, "disputed": 0}
        raise Refused(reason="line_taken", line=f"card:{serial}", case=other_case, **values)
    if not card.remaining:
        return 0
    if card.charged_subscription_id is None:
        card.case_number = effect.case
        session().flush()
        return card.remaining
    return claims.reserve(card.charged_subscription_id, [LinePart(f"card:{serial}", card.remaining)], effect)


def move_recharge(serial: str, target: int, effect: Effect, *, amount: int | None = None) -> GivenOfCard:
    """Move what is due of a card to the subscription `target`.

    Without an amount all that is left of the card. Refused: unknown_card, nothing_left, line_taken.
    """
    card = locked(serial)
    if (earlier := ledger.entered(effect.key)) is not None:
        return posted(earlier)
    if card.state != CardState.USED or not card.remaining or amount == 0:
        raise Refused(reason="nothing_left")
    if card.charged_subscription_id is None and card.case_number not in (None, effect.case):
        raise Refused(reason="nothing_left")
    due = card.remaining if amount is None else min(amount, card.remaining)
    moved_to = session().scalar(select(SubscriptionRow.msisdn).where(SubscriptionRow.id == target))
    lines = taken_from(card, due, Account("prepayment", target))
    entry = ledger.post(effect, "recharge_move", lines, memo=serial)
    empty(card, due, ClaimState.CREDITED, effect, entry)
    card.state, card.moved_at, card.moved_to = CardState.MOVED, effect.at, moved_to
    session().flush()
    return posted(entry.id)


def taken_from(card: RechargeCard, amount: int, into: Account) -> list[Line]:
    """Return the postings that take `amount` of a card to an account: what lies in the prepayment, then what arrears swallowed, which are owed again.

    Refused: nothing_left.
    """
    owner = card.charged_subscription_id
    if owner is None:
        return [Line(SUSPENSE, into, amount)]
    lines = [
        Line(Account("prepayment", owner), into, min(amount, ledger.balances(owner, lock=True).get("prepayment", 0)))
    ]
    rest = amount - lines[0].amount
    for kind, swallowed in _set_off(card).items() if rest else ():
        share = min(rest, swallowed)
        lines.append(Line(Account(kind, owner), into, share))
        rest -= share
    if rest:
        raise Refused(reason="nothing_left")
    return [line for line in lines if line.amount]


def empty(card: RechargeCard, amount: int, state: ClaimState, effect: Effect, entry: Entry) -> None:
    """Record what became of the money of a card; nothing is left of it. Bills whose payment was taken back are owed again. Refused: line_taken."""
    if card.charged_subscription_id is not None:
        papers = Papers.of(card.charged_subscription_id)
        part = LinePart(f"card:{card.serial}", amount)
        claims.settle(papers, claims.fitting(papers, [part], "prepayment", amount), state, effect, entry)
        payments.reopen(papers, posted(entry.id).reopened)
    card.remaining, card.case_number = 0, effect.case
    session().flush()


def together(lines: Sequence[Line]) -> list[Line]:
    """Return postings between the same two accounts as one, without empty ones, in order."""
    sums: dict[tuple[Account, Account], int] = {}
    for line in lines:
        sums[line.debit, line.credit] = sums.get((line.debit, line.credit), 0) + line.amount
    return [Line(*accounts, amount) for accounts, amount in sums.items() if amount]


def swallow(subscription_id: int, *, is_all: bool) -> None:
    """Take along the cards that a number's own balance was loaded with when that is paid out; those of others only where it `is_all` that went."""
    number, card = SubscriptionRow, RechargeCard
    cards = update(card).where(card.charged_subscription_id == subscription_id)
    since = select(number.state_since).where(number.id == subscription_id).scalar_subquery()
    own = cards.where(card.charged_at < since, ~in_case(subscription_id))
    session().execute((cards if is_all else own).values(remaining=0))


def locked(serial: str) -> RechargeCard:
    """Return the card, its row locked. Refused: unknown_card."""
    card = session().get(RechargeCard, serial, with_for_update=True, populate_existing=True)
    if card is None:
        raise Refused(reason="unknown_card")
    return card


def _taken_by(card: RechargeCard, own: str | None) -> str | None:
    """Return another case that has the card or what was left of it."""
    line = DisputedLine
    query = select(line.id).where(line.address == f"card:{card.serial}")
    line_ids = list(session().scalars(query.where(line.subscription_id == card.charged_subscription_id)))
    cases = [*(claims.holding(line_ids) if line_ids else []), *([card.case_number] if card.case_number else [])]
    return next((case for case in cases if case != own), None)


def _set_off(card: RechargeCard) -> dict[str, int]:
    """Return what was taken from the prepayment for arrears since the card was charged, by account, less what was opened again."""
    swallowed = {kind: _between(card, "prepayment", kind) for kind in ("receivable", "late_fee")}
    return {kind: amount for kind, amount in swallowed.items() if amount > 0}


def _between(card: RechargeCard, source: str, debt: str) -> int:
    debit, credit = aliased(LedgerAccount), aliased(LedgerAccount)
    query = (
        select(debit.kind, func.sum(Posting.amount))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(debit, debit.id == Posting.debit_account_id)
        .join(credit, credit.id == Posting.credit_account_id)
        .where(JournalEntry.at >= card.charged_at)
    )
    owner = card.charged_subscription_id
    there = (
        (debit.subscription_id == owner)
        & (debit.kind == source)
        & (credit.subscription_id == owner)
        & (credit.kind == debt)
    )
    back = (debit.subscription_id == owner) & (debit.kind == debt) & JournalEntry.kind.in_(OPENING_AGAIN)
    back &= ~ledger.taken_back(JournalEntry.id)
    totals = {kind: int(total) for kind, total in session().execute(query.where(or_(there, back)).group_by(debit.kind))}
    return totals.get(source, 0) - totals.get(debt, 0)


def posted(entry_id: int) -> GivenOfCard:
    """Return what an entry moved of a card."""
    source = aliased(LedgerAccount)
    query = select(source.kind, func.sum(Posting.amount)).join(source, source.id == Posting.debit_account_id)
    rows = session().execute(query.where(Posting.entry_id == entry_id).group_by(source.kind))
    totals = {kind: int(total) for kind, total in rows}
    return GivenOfCard(sum(totals.values()), totals.get("receivable", 0), totals.get("late_fee", 0))
