"""Which tables verification compares with nothing, by kind; the others, and which of their columns, stand in docs/explanation/verification.md."""

from __future__ import annotations

from collections.abc import Mapping

NOT_COMPARED: Mapping[str, tuple[str, ...]] = {
    "people and their rights": (
        *("user_account", "user_role", "membership", "department", "api_token"),
        *("login_session", "login_failure", "household_number"),
    ),
    "customers, their numbers, usage and cards": (
        *("customer", "subscription", "subscription_event", "contact", "service_order"),
        *("cdr", "cell", "recharge_card", "stocked_card"),
    ),
    "bills, payments and debits": (
        *("bill", "bill_item", "bill_payment", "bank_payment", "bank_posting", "direct_debit", "late_fee_accrual"),
        "receipt_print",
    ),
    "runs and counters": ("batch", "secondary_pricing_omission", "document_sequence"),
    "duties, notices, comments and days of the calendar": (
        *("duty", "duty_item", "notice", "notice_confirmation", "comment", "calendar_day"),
    ),
    "drafts and queued work": (
        *("definition_draft", "draft_play", "unsent_form", "refusals_not_kept", "job", "setback"),
    ),
}
PAGE = "docs/explanation/verification.md"


def tables() -> list[str]:
    """Return their names, in order."""
    return sorted(name for names in NOT_COMPARED.values() for name in names)
