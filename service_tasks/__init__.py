"""What the operator does when a diagram says "service task": one module or package per topic group, registered by importing them here."""

from service_tasks import (
    account,
    authority,
    batches,
    cdr_analysis,
    charge_hold,
    classification,
    direct_debit,
    duties,
    liabilities,
    liability,
    lines,
    notification,
    prepayment,
    recharge,
    refunds,
    secondary_pricing,
)

__all__ = [
    "account",
    "authority",
    "batches",
    "cdr_analysis",
    "charge_hold",
    "classification",
    "direct_debit",
    "duties",
    "liabilities",
    "liability",
    "lines",
    "notification",
    "prepayment",
    "recharge",
    "refunds",
    "secondary_pricing",
]
