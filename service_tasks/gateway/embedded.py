"""The billing that comes with the desk, over its own tables: a module that has every verb of `BillingGateway`."""

from service_tasks.gateway.claims import release, reserve
from service_tasks.gateway.corrections import (
    accrue_late_fee,
    credit,
    place_hold,
    settle_hold,
    waive_late_fee,
)
from service_tasks.gateway.giving import still_owed
from service_tasks.gateway.ledger import post
from service_tasks.gateway.lookups import (
    balances,
    bills,
    customer,
    find,
    late_fees_drawn,
    receipt,
    receipts,
    subscription,
)
from service_tasks.gateway.repayments import move_recharge, refund_cash, refund_deposit, refund_prepayment, transfer
from service_tasks.gateway.repricing import (
    apply_secondary_pricing,
    enter_secondary_pricing,
    hand_in_secondary_pricing,
    renew_secondary_pricing,
    repricing_room,
    secondary_pricing_item,
    secondary_pricing_rows,
    shown_on_bill,
    take_back_secondary_pricing,
)
from service_tasks.gateway.reversals import reverse

__all__ = [
    "accrue_late_fee",
    "apply_secondary_pricing",
    "balances",
    "bills",
    "credit",
    "customer",
    "enter_secondary_pricing",
    "find",
    "hand_in_secondary_pricing",
    "late_fees_drawn",
    "move_recharge",
    "place_hold",
    "post",
    "receipt",
    "receipts",
    "refund_cash",
    "refund_deposit",
    "refund_prepayment",
    "release",
    "renew_secondary_pricing",
    "repricing_room",
    "reserve",
    "reverse",
    "secondary_pricing_item",
    "secondary_pricing_rows",
    "settle_hold",
    "shown_on_bill",
    "still_owed",
    "subscription",
    "take_back_secondary_pricing",
    "transfer",
    "waive_late_fee",
]
