"""What a disputed line is called on a page, from its address or from the customer's papers; of a call, when it was is looked up."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeGuard

from flask import g
from flask_babel import gettext

from service_tasks.gateway.listing import Listed
from web.lookup.calls import call_at
from web.telling.i18n import in_language, moment, yuan
from web.telling.i18n import mark as _

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
    "balance": _("the number's own balance"),
}
SEEN = {
    "call": _("the call of %(when)s, %(seconds)s seconds"),
    "information-fee": _("the information fee of %(when)s"),
}
_ADDRESS = re.compile(rf"(?<![\w:-])(?:{'|'.join(map(re.escape, ADDRESSES))}):[\w:.-]+")
MOST_FIGURES = 19  # of the number of a record
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
    """Return a line by its address."""
    kind, _colon, key = address.partition(":")
    if address == "late-fee:brought":
        return gettext(BROUGHT)
    if kind not in ADDRESSES:
        return address
    period, _colon, number = key.rpartition(":") if kind == "bill-item" else (key, "", key)
    return gettext(ADDRESSES[kind], period=period, number=number)


def know_items(texts: Mapping[str, str]) -> None:
    """Keep for this page what items of bills are called, by address."""
    g.known_items = {**g.get("known_items", {}), **texts}


def know_calls(calls: Mapping[int, tuple[datetime, int]]) -> None:
    """Keep for this page when calls began and how many seconds they took, by record."""
    g.known_calls = {**g.get("known_calls", {}), **calls}


def called(address: str) -> str:
    """Return a line by what the page knows of it, as a person knows it; else by its address."""
    kind, _, key = address.partition(":")
    item = g.get("known_items", {}).get(address)
    if item:
        return gettext("%(line)s: “%(item)s”", line=address_text(address), item=item)
    call = g.get("known_calls", {}).get(int(key)) if kind in SEEN and key.isascii() and key.isdecimal() else None
    return gettext(SEEN[kind], when=moment(call[0]), seconds=call[1]) if call else address_text(address)


def part_text(address: str, component: str) -> str:
    """Return a line, or the component of a call, in words; empty where none is named."""
    parts = [address_text(address)] if address else []
    return " ".join(parts + ([gettext(COMPONENTS[component])] if component in COMPONENTS else []))


def called_part(address: str, component: str) -> str:
    """Return a picked line by what the page knows of it, with the component of a call that was picked of it."""
    return " ".join([called(address), *([gettext(COMPONENTS[component])] if component in COMPONENTS else [])])


def show(items: Mapping[str, tuple[str, str]]) -> None:
    """Keep for this page what the items of the bills on it are called: period and text by address."""
    g.items_on_page = items


def seen_text(address: str) -> str:
    """Return a line as whoever ticks it knows it: an item of a bill that the page shows by its text, a call by when it was, and anything else by its address."""
    item = g.get("items_on_page", {}).get(address)
    if item:
        return gettext("“%(item)s” on the bill of %(period)s", period=item[0], item=item[1])
    kind = address.partition(":")[0]
    call = call_at(address) if kind in SEEN else None
    if call is None:
        return address_text(address)
    return gettext(SEEN[kind], when=moment(call[0]), seconds=call[1])


def in_words(text: str) -> str:
    """Return a text in which the addresses of lines stand, such as the file of a run, with the lines called as a person knows them."""
    return _ADDRESS.sub(lambda match: address_text(match[0]), text)


def is_address(text: str) -> bool:
    """Tell whether a text can only be the address of a line."""
    kind, colon, key = text.partition(":")
    return bool(colon and key) and kind in ADDRESSES and not any(sign.isspace() for sign in key)


def picked_text(row: Mapping[str, Any], in_words: Callable[[Any], str]) -> str:
    """Return a picked line with its amount and why it is only a part; `in_words` puts a component, or what is withheld, in words."""
    line, amount = row.get("line"), row.get("amount")
    parts = [called(line) if isinstance(line, str) else in_words(line)]
    component = row.get("component")
    parts += [gettext(COMPONENTS[component]) if component in COMPONENTS else in_words(component)] if component else []
    parts += [yuan(amount) if isinstance(amount, int) else in_words(amount)]
    parts += [in_words(row["reason"])] if row.get("reason") else []
    return " ".join(parts)


def is_picked(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Tell whether a value is a picked line."""
    return isinstance(value, Mapping) and "line" in value and "amount" in value


def item_text(text: str, kind: str) -> str:
    """Return an item of a bill: as it is printed there, in English with its `kind` in words, since several items can be of one kind."""
    return in_language(text or kind, f"{kind} · {text}" if text and text != kind else kind)


def line_text(line: Listed, in_words: Callable[[str], str]) -> str:
    """Return a line as it stands among the papers; `in_words` puts a code in words."""
    if line.group == "bill":
        return item_text(line.text, in_words(line.code))
    if line.group in ("call", "fee"):
        parts = [moment(line.at) if line.at else "", in_words(line.code), line.text]
        parts += [gettext("%(seconds)s seconds", seconds=line.seconds)] if line.group == "call" else []
        return " · ".join(part for part in parts if part)
    if line.group in ("late-fee", "balance"):
        return address_text(line.line)
    parts = [line.text, in_words(line.code), line.period, moment(line.at) if line.at else ""]
    return " · ".join(part for part in parts if part)
