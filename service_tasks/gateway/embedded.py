"""The billing that comes with the desk, over its own tables: a module that has every verb of `BillingGateway`."""

from service_tasks.gateway.bank import correct_bank_payment, reserve_bank_payment
from service_tasks.gateway.cards import card_standing, cards_of_others, move_recharge, reserve_card
from service_tasks.gateway.claims import free, release, reserve
from service_tasks.gateway.corrections import (
    accrue_late_fee,
    apply_secondary_pricing,
    credit,
    enter_secondary_pricing,
    hand_in_secondary_pricing,
    secondary_pricing_item,
    waive_late_fee,
)
from service_tasks.gateway.giving import apart
from service_tasks.gateway.holds import on_hold, place_hold, settle_hold
from service_tasks.gateway.ledger import post
from service_tasks.gateway.lookups import (
    balances,
    bills,
    customer,
    debit_under_way,
    find,
    late_fees_drawn,
    receipt,
    receipts,
    subscription,
)
from service_tasks.gateway.repayments import refund_cash, refund_deposit, refund_prepayment, transfer
from service_tasks.gateway.reversals import given, holds, reverse, withdraw_corrections

__all__ = [
    "accrue_late_fee",
    "apart",
    "apply_secondary_pricing",
    "balances",
    "bills",
    "card_standing",
    "cards_of_others",
    "correct_bank_payment",
    "credit",
    "customer",
    "debit_under_way",
    "enter_secondary_pricing",
    "find",
    "free",
    "given",
    "hand_in_secondary_pricing",
    "holds",
    "late_fees_drawn",
    "move_recharge",
    "on_hold",
    "place_hold",
    "post",
    "receipt",
    "receipts",
    "refund_cash",
    "refund_deposit",
    "refund_prepayment",
    "release",
    "reserve",
    "reserve_bank_payment",
    "reserve_card",
    "reverse",
    "secondary_pricing_item",
    "settle_hold",
    "subscription",
    "transfer",
    "waive_late_fee",
    "withdraw_corrections",
]
