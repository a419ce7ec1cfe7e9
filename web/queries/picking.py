"""Picking disputed lines from the customer's own papers beside a step: which rows a page shows, what is ticked in them, and what was sent.

In a form a picked line is written "LINE[/COMPONENT] YUAN [REASON]". Beside the field KEY stand controls of the page: "KEY@LINE" for another
amount, "KEY@LINE@why" for its reason, "KEY@all" for whole groups, and "KEY@find" for what is sought; they never reach the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

import engine
from service_tasks.gateway import gateway
from service_tasks.gateway.listing import Listed, Listing, papers
from web import lines
from web.i18n import mark as _

MOST_SHOWN = 50
SHORT_S = 3
MARK = lines.BESIDE
INFORMATION_FEES = "information_fees"
OTHERS = {
    "late-fee": _("Late fees"),
    "payment": _("Payments and receipts"),
    "deposit": _("Deposits"),
    "card": _("Recharge cards"),
    "debit": _("Direct debits"),
    "promised-credit": _("Promised credits that did not come"),
}


@dataclass(frozen=True)
class Row:
    """A line on the page: whether it is picked, and the amount and reason that stand in its fields; `components` of it where only these are."""

    line: Listed
    picked: bool
    amount: str
    why: str = ""
    components: tuple[tuple[str, int], ...] = ()

    @property
    def free(self) -> bool:
        """Whether it can be ticked."""
        return self.picked or self.line.left > 0

    @property
    def values(self) -> list[tuple[str, str]]:
        """What its boxes send, each with the component it is for."""
        if self.components:
            return [(written(f"{self.line.line}/{name}", fen), name) for name, fen in self.components]
        return [(written(self.line.line, self.line.left or _fen(self.amount)), "")]


@dataclass(frozen=True)
class Batch:
    """Calls that can be ticked with one box: how many, and fen in all."""

    key: str
    title: str
    count: int
    amount: int
    ticked: bool


@dataclass(frozen=True)
class Group:
    """A table of lines under one heading; `hidden` rows are not shown, and can be found or ticked all at once."""

    title: str
    rows: tuple[Row, ...]
    batches: tuple[Batch, ...] = ()
    hidden: int = 0
    note: str = ""


@dataclass(frozen=True)
class Picker:
    """What a field for lines shows: groups, what is sought, and what is picked, fen in all."""

    groups: tuple[Group, ...]
    sought: str
    count: int
    total: int
    searchable: bool


def written(line: str, fen: int, amount: str = "", why: str = "") -> str:
    """A picked line as a form has it."""
    return f"{line} {amount or f'{fen / 100:.2f}'} {why}".strip()


def submitted(given: Mapping[str, Any]) -> dict[str, Any]:
    """The form without the page's own controls, their amounts and reasons in the lines they belong to."""
    plain = {key: value for key, value in given.items() if MARK not in key}
    for key in {name.partition(MARK)[0] for name in given if MARK in name}:
        texts = plain.get(key) or []
        picked = [_amended(key, text, given) for text in ([texts] if isinstance(texts, str) else texts)]
        plain[key] = picked
    return plain


def _amended(key: str, text: str, given: Mapping[str, Any]) -> str:
    line, _, rest = text.partition(" ")
    amount, _, why = rest.partition(" ")
    address = line.partition("/")[0]
    amount = _one(given.get(f"{key}{MARK}{address}")) or amount
    why = _one(given.get(f"{key}{MARK}{address}{MARK}why")) or why
    return f"{line} {amount.replace(' ', '').replace(',', '')} {why}".strip()


def _one(value: Any) -> str:
    return str(value if isinstance(value, str) else (value or [""])[0]).strip()


def whole_groups(given: Mapping[str, Any]) -> dict[str, list[str]]:
    """The fields with whole groups ticked, and which."""
    ending = f"{MARK}all"
    return {
        name.removesuffix(ending): [value] if isinstance(value, str) else list(value)
        for name, value in given.items()
        if name.endswith(ending) and value
    }


def with_groups(form: dict[str, Any], groups: Mapping[str, Sequence[str]], listing: Listing) -> dict[str, Any]:
    """The form with the lines of the groups that were ticked."""
    for key, names in groups.items():
        picked = form.get(key) or []
        picked = [picked] if isinstance(picked, str) else list(picked)
        known = {text.partition(" ")[0].partition("/")[0] for text in picked}
        more = [one for name in names for one in _of_batch(name, listing) if one.left and one.line not in known]
        form[key] = [*picked, *dict.fromkeys(written(one.line, one.left) for one in more)]
    return form


def _of_batch(key: str, listing: Listing) -> list[Listed]:
    if key == "short":
        return [one for one in listing.calls if one.group == "call" and one.seconds <= SHORT_S]
    if key.startswith("call:"):
        return [one for one in listing.calls if one.group == "call" and one.period == key.partition(":")[2]]
    return [one for one in listing.calls if one.group == "fee"] if key == "fees" else []


def of(variables: Mapping[str, Any], field: engine.FormField | None = None) -> Listing:
    """The papers of the number a case is about, or that a field names, as far as the field is about them; empty for one never put into service."""
    msisdn = str(variables.get(field.number_in if field and field.number_in else "msisdn") or "")
    found = gateway().find(msisdn) if msisdn else None
    listing = papers(found.id, own_case=variables.get("case_number")) if found else Listing()
    return listing.information_fees() if field and field.among == INFORMATION_FEES else listing


def field_of(form: engine.Form) -> engine.FormField | None:
    """The field of a form in which lines are picked, if it has one."""
    return next((field for field in form.inputs if field.type == "lines"), None)


def picker(key: str, values: Any, listing: Listing) -> Picker:
    """The groups to show for what stands in the form."""
    texts = values.getlist(key) if isinstance(values, MultiDict) else values.get(key) or []
    picked = _picked([texts] if isinstance(texts, str) else texts)
    typed = values if isinstance(values, Mapping) else {}
    sought = _one(typed.get(f"{key}{MARK}find"))
    ticked = values.getlist(f"{key}{MARK}all") if isinstance(values, MultiDict) else []
    rows = {one.line: _row(key, one, picked, typed) for one in listing.each()}
    groups = (*_bills(listing, rows), *_calls(listing, rows, sought, ticked), *_others(listing, rows))
    count, total = _added_up(groups, rows, picked)
    return Picker(groups, sought, count, total, len(listing.calls) > MOST_SHOWN)


def _added_up(
    groups: Sequence[Group], rows: Mapping[str, Row], picked: Mapping[str, list[tuple[str, int, str]]]
) -> tuple[int, int]:
    """How many lines are picked, and fen in all, with the amounts that were typed and the groups that were ticked."""
    batches = [batch for group in groups for batch in group.batches if batch.ticked]
    count, total = sum(one.count for one in batches), sum(one.amount for one in batches)
    for line, parts in picked.items():
        row = rows.get(line)
        typed = (
            row is not None and not row.components and not any(group.batches and row in group.rows for group in groups)
        )
        total += _fen(row.amount) if row is not None and typed else sum(fen for _, fen, _ in parts)
    return count + len(picked), total


def _picked(texts: Sequence[str]) -> dict[str, list[tuple[str, int, str]]]:
    """Component, fen and reason of what is picked, by line."""
    found: dict[str, list[tuple[str, int, str]]] = {}
    for text in texts:
        name, _, rest = str(text).partition(" ")
        amount, _, why = rest.partition(" ")
        line, _, component = name.partition("/")
        found.setdefault(line, []).append((component, _fen(amount), why))
    return found


def _fen(amount: str) -> int:
    read = engine.written.amount(amount)
    return int(read * 100) if read is not None else 0


def _row(key: str, one: Listed, picked: Mapping[str, list[tuple[str, int, str]]], typed: Mapping[str, Any]) -> Row:
    parts = picked.get(one.line, [])
    component, fen, why = parts[0] if parts else ("", one.left, "")
    amount = _one(typed.get(f"{key}{MARK}{one.line}")) or f"{fen / 100:.2f}"
    why = _one(typed.get(f"{key}{MARK}{one.line}{MARK}why")) or why
    return Row(one, bool(parts), amount, why, tuple((name, part) for name, part, _ in parts) if component else ())


def _bills(listing: Listing, rows: Mapping[str, Row]) -> Iterator[Group]:
    for bill in listing.bills:
        yield Group(
            gettext("Bill of %(period)s", period=bill.period),
            tuple(rows[one.line] for one in bill.lines),
            note=_paid(bill.total, bill.paid),
        )


def _paid(total: int, paid: int) -> str:
    if not paid:
        return gettext("not paid")
    return gettext("paid") if paid >= total else gettext("paid in part: %(amount)s", amount=f"{paid / 100:.2f}")


def _calls(listing: Listing, rows: Mapping[str, Row], sought: str, ticked: Sequence[str]) -> Iterator[Group]:
    for group, title in (("call", gettext("Call records")), ("fee", gettext("Information fees"))):
        theirs = [one for one in listing.calls if one.group == group]
        if not theirs:
            continue
        first = [one for one in theirs if rows[one.line].picked]
        rest = [one for one in theirs if not rows[one.line].picked and _fits(one, sought)]
        shown = [*first, *rest[: max(0, MOST_SHOWN - len(first))]]
        batches = tuple(_batches(group, theirs, listing, ticked))
        yield Group(title, tuple(rows[one.line] for one in shown), batches, len(theirs) - len(shown))


def _fits(one: Listed, sought: str) -> bool:
    """Whether a call is what is sought: part of the other number, a day such as 10-09, or so many seconds."""
    if not sought:
        return True
    day = one.at.strftime("%Y-%m-%d") if one.at else ""
    return sought in one.text or sought in day or sought == f"{one.seconds}s"


def _batches(group: str, theirs: Sequence[Listed], listing: Listing, ticked: Sequence[str]) -> Iterator[Batch]:
    named = [("short", gettext("Calls of %(seconds)s seconds or less", seconds=SHORT_S))] if group == "call" else []
    if group == "call":
        periods = sorted({one.period for one in theirs}, reverse=True)
        named += [
            (
                f"call:{one}",
                gettext("Calls on the bill of %(period)s", period=one) if one else gettext("Calls on no bill yet"),
            )
            for one in periods
        ]
    else:
        named += [("fees", gettext("All information fees"))]
    for key, title in named:
        free = [one for one in _of_batch(key, listing) if one.left]
        if len(free) > 1:
            yield Batch(key, title, len(free), sum(one.left for one in free), key in ticked)


def _others(listing: Listing, rows: Mapping[str, Row]) -> Iterator[Group]:
    for group, title in OTHERS.items():
        theirs = tuple(rows[one.line] for one in listing.others if one.group == group)
        if theirs:
            yield Group(gettext(title), theirs)
