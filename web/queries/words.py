"""Codes of the tables in words: states, kinds, accounts, journal entries, columns of evidence."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from flask_babel import gettext

from web.i18n import moment, yuan
from web.queries.timeline import MONEY, written


def _(text: str) -> str:
    """Marks a word for the catalogue."""
    return text


CODES = {
    "gotone": _("GoTone"),
    "prepaid": _("Prepaid"),
    "in_service": _("in service"),
    "suspended": _("suspended"),
    "cancelled": _("cancelled"),
    "invalid": _("never in service"),
    "originating": _("outgoing call"),
    "terminating": _("incoming call"),
    "forwarded": _("forwarded call"),
    "sms": _("text message"),
    "data": _("data"),
    "monternet": _("Monternet"),
    "prepayment": _("prepayment"),
    "receivable": _("receivable"),
    "late_fee": _("late fee"),
    "deposit": _("deposit"),
    "hold": _("charge hold"),
    "cash": _("cash"),
    "adjustment": _("adjustment"),
    "revenue": _("revenue"),
    "recharge_suspense": _("recharge suspense"),
    "provincial_settlement": _("provincial settlement"),
    "staff_receivable": _("receivable from staff"),
    "refund": _("refund"),
    "credit": _("credit"),
    "transfer": _("transfer"),
    "waiver": _("waiver"),
    "frequent_alternation": _("two places alternate frequently within a short time"),
    "periodic": _("back and forth periodically over days"),
    "implausible_travel": _("the way between the places is too far for the time"),
    "secondary_pricing": _("secondary pricing"),
    "charge_refund": _("refund of a charge"),
    "late_fee_refund": _("refund of a late fee"),
    "deposit_refund": _("refund of a deposit"),
    "prepayment_refund": _("refund of a prepayment"),
    "prepayment_transfer": _("transfer of a prepayment"),
    "recharge_move": _("recharge moved"),
    "charge_hold": _("charge put on hold"),
    "charge_hold_credited": _("held charge credited"),
    "charge_hold_rejected": _("held charge due again"),
    "charge_credit": _("credit of a charge"),
    "late_fee_credit": _("credit of a late fee"),
    "late_fee_waiver": _("late fee waived"),
    "operator": _("our own"),
    "collection": _("the collection"),
    "customer": _("the customer's"),
    "evidence": _("explain with the evidence"),
    "liability": _("settle liability"),
    "listed_item": _("on the list of items"),
    "not_listed": _("not on the list of items"),
    "one_location": _("one place only"),
    "plausible": _("the changes of place are plausible"),
}
COLUMNS = {
    "start": _("Start"),
    "first.start": _("First call"),
    "first.place": _("Place"),
    "first.charge": _("Charge"),
    "second.start": _("Second call"),
    "second.place": _("Place"),
    "second.charge": _("Charge"),
    "place": _("Place"),
    "cell": _("Cell"),
    "network": _("Network"),
    "ordered_at": _("Ordered"),
    "service": _("Service"),
    "service_provider": _("Site"),
    "minutes": _("Minutes apart"),
    "charge": _("Charge"),
    "reason": _("Reason"),
    "other_party": _("Other party"),
    "duration_s": _("Seconds"),
    "long_distance": _("Long distance"),
    "ip": _("IP"),
    "basic": _("Basic"),
    "forwarding": _("Forwarding"),
    "amount": _("Amount"),
    "at": _("When"),
    "cause": _("Cause"),
    "operator_fault": _("Our fault"),
    "person_named": _("A person to be named"),
    "next": _("Next"),
    "eligible": _("Eligible"),
    "site": _("Site"),
    "after": _("After"),
    "field": _("Item"),
    "agreed": _("Agreed"),
    "keyed": _("Keyed in"),
    "prepayment": _("Prepayment"),
    "bill_due": _("Bill due"),
    "late_fee": _("Late fee"),
    "deposit": _("Deposit"),
    "held": _("On hold"),
    "status": _("State"),
    "kind": _("Kind"),
    "last_bill_period": _("Last bill"),
}
INSTANTS = ("start", "at")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT")
FEN = (*MONEY, "long_distance", "ip", "basic", "forwarding", "first.charge", "second.charge")


def code_text(code: Any) -> str:
    """A code in words; an unknown one as it is."""
    return gettext(CODES[code]) if code in CODES else written(code)


def column_text(name: str) -> str:
    """The heading of a column of evidence."""
    return gettext(COLUMNS[name]) if name in COLUMNS else name


def cell_text(name: str, value: Any) -> str:
    """A cell of evidence: money as yuan, instants as people write them, codes in words."""
    if name in FEN and isinstance(value, int) and not isinstance(value, bool):
        return yuan(value)
    if name.endswith(INSTANTS) and isinstance(value, str) and INSTANT.match(value):
        return moment(datetime.fromisoformat(value))
    return code_text(value) if isinstance(value, str) else written(value)
