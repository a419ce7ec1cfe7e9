"""Recharge cards in stock: which may be issued for an amount, and to whom one was; a serial number is issued once."""

from __future__ import annotations

from models.base import session
from models.usage import CardState, RechargeCard, StockedCard
from service_tasks.gateway.values import Effect, Entry, Refused


def take(serial: str, amount: int) -> StockedCard:
    """Take a card of exactly this value that nobody has been given, its row locked.

    Refused: card_not_in_stock, card_issued with the case, card_value_differs.
    """
    stocked = session().get(StockedCard, serial, with_for_update=True, populate_existing=True)
    card = session().get(RechargeCard, serial) if stocked is not None else None
    if stocked is None or card is None or (card.state != CardState.UNUSED and stocked.issued_at is None):
        raise Refused(reason="card_not_in_stock")
    if stocked.issued_at is not None:
        raise Refused(reason="card_issued", case=stocked.case_number or "—")
    if card.face_value != amount:
        raise Refused(reason="card_value_differs", amount=amount, of=card.face_value)
    return stocked


def issue(stocked: StockedCard, effect: Effect, entry: Entry, *, by: str, to: str) -> None:
    """Keep who gave it out, when, to which number and for which entry."""
    stocked.issued_at, stocked.issued_by, stocked.issued_to = effect.at, by, to
    stocked.case_number, stocked.entry_id = effect.case, entry.id
    session().flush()
