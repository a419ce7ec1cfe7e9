"""Codes of the tables in words: states, kinds, accounts, journal entries, refusals of service tasks, columns of evidence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext

from service_tasks.gateway.listing import Listed
from web import lines, refusals
from web.i18n import in_language, moment, yuan
from web.i18n import mark as _
from web.queries.timeline import is_amount, written

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
    "opening": _("opening balance"),
    "recharge": _("recharge"),
    "recharge_move": _("recharge moved"),
    "prepayment_transfer": _("prepayment moved"),
    "prepayment_refund": _("prepayment paid out"),
    "charge_refund": _("charge paid back"),
    "late_fee_refund": _("late fee paid back"),
    "deposit_refund": _("deposit paid back"),
    "charge_credit": _("charge credited"),
    "late_fee_credit": _("late fee credited"),
    "late_fee_waiver": _("late fee waived"),
    "charge_hold": _("put on charge hold"),
    "charge_hold_credited": _("charge hold credited"),
    "charge_hold_rejected": _("charge hold taken back"),
    "secondary_pricing": _("secondary pricing"),
    "charge": _("charge"),
    "basic": _("basic charge"),
    "long_distance": _("long-distance charge"),
    "ip": _("IP charge"),
    "forwarding": _("forwarding charge"),
    "function_fee": _("function fee"),
    "monthly_fee": _("monthly fee"),
    "counter": _("at the counter"),
    "telephone": _("by telephone"),
    "agency": _("at an agency"),
    "letter": _("by letter"),
    "tariff": _("tariff"),
    "service": _("service"),
    "usage": _("usage"),
    "word": _("word"),
    "call": _("call charge"),
    "call_charge": _("call charge"),
    "border_roaming": _("border roaming charge"),
    "complaint_reward": _("complaint reward"),
    "collected": _("collected"),
    "handed_in": _("handed in"),
    "applied": _("credited by the run"),
    "omitted": _("left out by the run"),
    "held": _("on hold"),
    "reserved": _("reserved"),
    "refunded": _("paid back"),
    "re_priced": _("re-priced"),
    "reversed": _("taken back"),
    "credited": _("credited"),
    "rejected": _("due again"),
    "roaming": _("roaming charge"),
    "other": _("other charge"),
    "arrears": _("arrears"),
    "request": _("on the customer's request"),
    "number_change": _("change of number"),
    "suspension": _("suspension"),
    "cancellation_arrears": _("cancellation for arrears"),
    "cancellation_request": _("cancellation on request"),
    "cancellation_final": _("cancellation"),
    "customer": _("customer's cause"),
    "operator": _("operator's fault"),
    "social": _("social cause"),
    "collection": _("collection cause"),
    "special": _("special case: no cause found"),
    "evidence": _("show the evidence"),
    "liability": _("settle who is liable"),
    "listed_item": _("an item of the list"),
    "credit_accepted": _("the credit was agreed to"),
    "reward": _("a complaint reward always goes this way"),
    "prepayment_never": _("prepayment never goes this way"),
    "cash_never": _("cash never goes this way"),
    "not_listed": _("not an item of the list"),
    "not_answered_in_time": _("the earlier case was not answered in time"),
    "dissatisfied": _("the customer was not satisfied with the earlier answer"),
    "in_progress": _("the earlier case is still being handled"),
    "none": _("no earlier case"),
    "no_calls": _("no calls in this time"),
    "no_records": _(
        "the call records of this time are no longer kept: nothing is decided, ask the archive and tell the supervisor"
    ),
    "frequent_alternation": _("two places alternate frequently within a short time"),
    "periodic": _("back and forth periodically over days"),
    "implausible_travel": _("there and back in less time than anybody travels"),
    "border_cells": _("calls lie in cells of the list of border cells"),
    "same_time": _("calls at the same time in two places: perhaps a copied phone, they are counted apart"),
    "one_location": _("one place only"),
    "plausible": _("the changes of place are plausible"),
    "daily_crossing": _("back and forth on several days, with hours on each side in which one can travel"),
    "once_only": _("there and back too fast only once, and not in a listed border cell"),
    "too_fast_once": _("a change of place too fast to travel, but no way back"),
    "far_from_border": _("the cells are too far apart for one phone to reach both"),
    "caught": _("no time to travel"),
    "alternating": _("networks alternate"),
    "same_window": _("shortly beside"),
    "travelled": _("time to travel"),
    "information": _("information fee"),
    "ultra_short_call": _("ultra-short call"),
    "on_the_spot": _("Answered on the spot"),
    "nothing_found": _("nothing found"),
    "service_order": _("service order"),
    "recharge_card": _("recharge card"),
    "orphan_monternet": _("Monternet charge after the number was closed"),
    "ultra_short": _("ultra-short call"),
    "insufficient_funds": _("not enough on the account"),
    "not_submitted": _("not handed to the bank"),
    "program_error": _("fault of the debit program"),
    "direct_debit": _("direct debit"),
    "number": _("number"),
    "staff": _("fault of staff"),
    "system": _("fault of the system"),
    "person": _("a member of staff"),
    "company": _("the company"),
    "unit": _("the unit"),
    "own": _("a unit of the company"),
    "franchised": _("a franchised unit"),
    "too_much": _("too much"),
    "too_little": _("too little"),
    "missed_order": _("an order was left out"),
    "wrong_order": _("a wrong order was keyed in"),
    "unrequested_order": _("an order nobody asked for was keyed in"),
    "keying_error": _("keyed in wrongly"),
    "debit_program": _("the debit program"),
    "no_funds": _("not enough on the account"),
    "account_closed": _("the account is closed"),
    "bank_other": _("another reason of the bank"),
    "no_failure": _("nothing has failed now"),
    "minor": _("minor"),
    "moderate": _("moderate"),
    "serious": _("serious"),
    "major": _("major"),
    "no_mandate": _("no mandate on this number"),
    "bill": _("the next bill"),
    "charge_held": _("charge put on hold"),
    "credit_scheduled": _("credit with the next secondary pricing"),
    "charge_hold_settled": _("the hold is settled"),
    "secondary_pricing_released": _("the secondary pricing is released"),
}
COLUMNS = {
    "settled_by_accounting": _("settled by accounting already"),
    "prior_approval": _("earlier approval"),
    "cause": _("Cause"),
    "operator_fault": _("Operator's fault"),
    "person_named": _("A person must be named"),
    "next": _("What follows"),
    "eligible": _("Eligible for secondary pricing"),
    "dispute_type": _("Dispute type"),
    "word": _("Word"),
    "weight": _("Weight"),
    "points": _("Weight"),
    "text": _("Text"),
    "process": _("Process"),
    "confidence": _("Confidence"),
    "msisdn": _("Number"),
    "paid": _("Paid"),
    "distance_m": _("Metres apart"),
    "account": _("Account"),
    "bank": _("Bank"),
    "holder": _("Holder"),
    "balance": _("Balance"),
    "start": _("Start"),
    "first.start": _("First call"),
    "first.place": _("Place, first call"),
    "first.charge": _("Charge, first call"),
    "first.kind": _("Kind, first call"),
    "first.border": _("At the border, first call"),
    "first.roaming": _("Roaming charge, first call"),
    "first.other_party": _("Other party, first call"),
    "second.start": _("Second call"),
    "second.place": _("Place, second call"),
    "second.charge": _("Charge, second call"),
    "second.kind": _("Kind, second call"),
    "second.border": _("At the border, second call"),
    "second.roaming": _("Roaming charge, second call"),
    "second.other_party": _("Other party, second call"),
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
    "line": _("What"),
    "at": _("When"),
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
    "account_check": _("Check of the account"),
    "ok": _("In order"),
    "examined": _("Records looked at"),
    "cause_verified": _("The cause is verified"),
    "disputed": _("In dispute"),
    "left": _("Left"),
    "receipt": _("Receipt"),
    "refusal": _("Refusal"),
    "reply_by_caller": _("The calling process replies"),
    "code": _("Reason"),
    "component": _("Charge item"),
    "call": _("Record"),
    "counted_at": _("Counts from"),
    "kept": _("Stays"),
    "listed": _("In listed border cells"),
    "near": _("Near the border"),
    "far": _("Too far away"),
    "unknown": _("Cell not known"),
    "period": _("Period"),
    "attempted_at": _("Tried"),
    "roaming": _("Roaming charge"),
    "alternations": _("Changes of place"),
    "flight_kmh": _("Speed by air in km/h"),
    "flight_from_km": _("By air from km"),
    "flight_minutes": _("Minutes beside the flight"),
    "crossing_minutes": _("Minutes to cross the border"),
    "stay_minutes": _("Minutes of a stay"),
    "reach_km": _("Reach of a cell in km"),
    "listed_reach_km": _("Reach of a border cell in km"),
    "calls": _("Calls"),
    "max_speed_kmh": _("Greatest speed in km/h"),
    "period_days": _("Days of a period"),
    "since": _("From"),
    "until": _("To"),
    "window_minutes": _("Minutes of the window"),
}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def code_text(code: Any) -> str:
    """A code in words; an unknown one as it is."""
    return gettext(CODES[code]) if code in CODES else written(code)


def line_text(line: Listed) -> str:
    """A line of a customer's papers in words."""
    return lines.line_text(line, code_text)


def column_text(name: str) -> str:
    """The heading of a column of evidence."""
    return gettext(COLUMNS[name]) if name in COLUMNS else name


def cell_text(name: str, value: Any) -> str:
    """A cell of evidence: money as yuan, instants as the page writes them, codes in words."""
    if name == "line" and isinstance(value, str):
        return lines.address_text(value)
    if is_amount(name, value):
        return yuan(value)
    if name == "field":
        return column_text(str(value))
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return moment(datetime.fromisoformat(value))
    return code_text(value) if isinstance(value, str) else written(value)


def reason_text(entry: Any) -> str:
    """A reason laid beside a form: its own text, a refusal as a sentence with its amounts, a decision as what it found, a code in words."""
    if not isinstance(entry, Mapping):
        return code_text(entry)
    if "text" in entry:
        return in_language(entry["text"], entry.get("text_en", ""))
    if entry.get("code") in refusals.SENTENCES:
        return refusals.sentence(entry)
    told = (f"{column_text(name)} {cell_text(name, value)}" for name, value in entry.items() if value is not None)
    return gettext("; ").join(told)
