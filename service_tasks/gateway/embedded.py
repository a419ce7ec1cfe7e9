"""The billing that comes with the desk, over its own tables: a module that has every verb of `BillingGateway`."""

from service_tasks.gateway.bank import correct_bank_payment, reserve_bank_payment
from service_tasks.gateway.cards import card_standing, cards_of_others, move_recharge, reserve_card
from service_tasks.gateway.case_money import case_money, intended
from service_tasks.gateway.claims import free, free_under, release, release_papers, reserve, reserved_under
from service_tasks.gateway.corrections import (
    accrue_late_fee,
    credit,
    waive_late_fee,
)
from service_tasks.gateway.exchanges import of_entry as exchange_of
from service_tasks.gateway.exchanges import voided_by as papers_voided_by
from service_tasks.gateway.giving import apart, still_owed
from service_tasks.gateway.holds import late_fee_on_hold, on_hold, place_hold, settle_hold
from service_tasks.gateway.ledger import post
from service_tasks.gateway.lookups import (
    balances,
    bills,
    customer,
    debit_under_way,
    find,
    late_fees_drawn,
    late_fees_paid,
    subscription,
)
from service_tasks.gateway.payments import owed_on_no_bill
from service_tasks.gateway.receipts import custody, receipt, receipts
from service_tasks.gateway.repayments import paid_by_staff, refund_cash, refund_deposit, refund_prepayment, transfer
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
from service_tasks.gateway.reversals import (
    cash_of_card_out,
    due_again,
    given,
    given_between,
    holds,
    owed_anew,
    owed_by_bill,
    reverse,
    withdraw_corrections,
)
from service_tasks.gateway.takings import take_payment, to_pay
from service_tasks.gateway.withheld import withhold

__all__ = [
    "accrue_late_fee",
    "apart",
    "apply_secondary_pricing",
    "balances",
    "bills",
    "card_standing",
    "cards_of_others",
    "case_money",
    "cash_of_card_out",
    "correct_bank_payment",
    "credit",
    "custody",
    "customer",
    "debit_under_way",
    "due_again",
    "enter_secondary_pricing",
    "exchange_of",
    "find",
    "free",
    "free_under",
    "given",
    "given_between",
    "hand_in_secondary_pricing",
    "holds",
    "intended",
    "late_fee_on_hold",
    "late_fees_drawn",
    "late_fees_paid",
    "move_recharge",
    "on_hold",
    "owed_anew",
    "owed_by_bill",
    "owed_on_no_bill",
    "paid_by_staff",
    "papers_voided_by",
    "place_hold",
    "post",
    "receipt",
    "receipts",
    "refund_cash",
    "refund_deposit",
    "refund_prepayment",
    "release",
    "release_papers",
    "renew_secondary_pricing",
    "repricing_room",
    "reserve",
    "reserve_bank_payment",
    "reserve_card",
    "reserved_under",
    "reverse",
    "secondary_pricing_item",
    "secondary_pricing_rows",
    "settle_hold",
    "shown_on_bill",
    "still_owed",
    "subscription",
    "take_back_secondary_pricing",
    "take_payment",
    "to_pay",
    "transfer",
    "waive_late_fee",
    "withdraw_corrections",
    "withhold",
]
