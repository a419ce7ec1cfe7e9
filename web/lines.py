"""What a disputed line is called on a page, from its address or from the customer's papers; nothing is read here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext

from service_tasks.gateway.listing import Listed
from web.i18n import mark as _
from web.i18n import moment, yuan

BESIDE = "@"  # in the names of controls that stand beside a field for lines and never reach the engine
ADDRESSES = {
    "bill-item": _("line %(number)s of the bill of %(period)s"),
    "bill": _("the bill of %(period)s"),
    "call": _("call record %(number)s"),
    "information-fee": _("information fee of record %(number)s"),
    "late-fee": _("late fee on the bill of %(period)s"),
    "deposit": _("deposit, receipt %(number)s"),
    "payment": _("payment, receipt %(number)s"),
    "card": _("recharge card %(number)s"),
    "debit": _("direct debit %(number)s"),
    "bank-payment": _("bank payment %(number)s"),
    "promised-credit": _("promised credit %(number)s"),
}
# What a call record is made of.
COMPONENTS = {
    "basic": _("basic charge"),
    "long_distance": _("long-distance charge"),
    "ip": _("IP charge"),
    "forwarding": _("forwarding charge"),
    "roaming": _("roaming charge"),
    "information": _("information fee"),
}
BROUGHT = _("late fee brought forward")


def address_text(address: str) -> str:
    """A line by its address."""
    kind, _colon, key = address.partition(":")
    if address == "late-fee:brought":
        return gettext(BROUGHT)
    if kind not in ADDRESSES:
        return address
    period, _colon, number = key.rpartition(":") if kind == "bill-item" else (key, "", key)
    return gettext(ADDRESSES[kind], period=period, number=number)


def is_address(text: str) -> bool:
    """Whether a text can only be the address of a line."""
    kind, colon, key = text.partition(":")
    return bool(colon and key) and kind in ADDRESSES and not any(one.isspace() for one in key)


def picked_text(picked: Mapping[str, Any], said: Callable[[Any], str]) -> str:
    """A picked line with its amount and why it is only a part; `said` puts a component, or what is withheld, in words."""
    line, amount = picked.get("line"), picked.get("amount")
    told = [address_text(line) if isinstance(line, str) else said(line)]
    component = picked.get("component")
    told += [gettext(COMPONENTS[component]) if component in COMPONENTS else said(component)] if component else []
    told += [yuan(amount) if isinstance(amount, int) else said(amount)]
    told += [said(picked["reason"])] if picked.get("reason") else []
    return " ".join(told)


def is_picked(value: Any) -> bool:
    """Whether a value is a picked line."""
    return isinstance(value, Mapping) and "line" in value and "amount" in value


def line_text(one: Listed, said: Callable[[str], str]) -> str:
    """A line as it stands among the papers; `said` puts a code in words."""
    if one.group == "bill":
        return one.text or said(one.code)
    if one.group in ("call", "fee"):
        told = [moment(one.at) if one.at else "", said(one.code), one.text]
        told += [gettext("%(seconds)s seconds", seconds=one.seconds)] if one.group == "call" else []
        return " · ".join(part for part in told if part)
    if one.group == "late-fee":
        return address_text(one.line)
    told = [one.text, said(one.code), one.period, moment(one.at) if one.at else ""]
    return " · ".join(part for part in told if part)
