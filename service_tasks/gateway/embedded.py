"""The billing that comes with the desk, over its own tables: a module that has every verb of `BillingGateway`."""

from service_tasks.gateway.claims import release, reserve
from service_tasks.gateway.corrections import (
    accrue_late_fee,
    apply_secondary_pricing,
    credit,
    enter_secondary_pricing,
    hand_in_secondary_pricing,
    place_hold,
    secondary_pricing_item,
    settle_hold,
    waive_late_fee,
)
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
from service_tasks.gateway.repayments import (
    move_recharge,
    paid_by_staff,
    refund_cash,
    refund_deposit,
    refund_prepayment,
    transfer,
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
    "paid_by_staff",
    "place_hold",
    "post",
    "receipt",
    "receipts",
    "refund_cash",
    "refund_deposit",
    "refund_prepayment",
    "release",
    "reserve",
    "reverse",
    "secondary_pricing_item",
    "settle_hold",
    "subscription",
    "transfer",
    "waive_late_fee",
]
