"""Picking disputed lines beside a step, shown and read back in one file so that both know the same names of fields: the rows of a page, what is ticked, and what was sent.

In a form a picked line is written "LINE[/COMPONENT] YUAN [REASON]". Beside the field KEY stand controls of the page: "KEY@LINE" for another
amount, "KEY@LINE@why" for its reason, "KEY@all" for whole groups, and "KEY@find" for what is sought; they never reach the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from engine import language
from service_tasks import amounts
from service_tasks.gateway import gateway
from service_tasks.gateway.listing import Listed, Listing, own_balance, papers
from web.telling import code_texts, disputed_lines
from web.telling.i18n import mark as _
from web.telling.i18n import yuan

MOST_SHOWN = 50
SHORT_S = 3
MARK = disputed_lines.BESIDE
SHOWN = f"{MARK}shown"  # beside boxes of every kind: that they stood on the page
NO_AMOUNT = "?"
INFORMATION_FEES = "information_fees"
CALLS = "calls"  # which of them an analysis picks: a box for many would tick what its rule does not hold for
OWN_BALANCE = "own_balance"
OTHERS = {
    "late-fee": _("Late fees"),
    "payment": _("Payments and receipts"),
    "deposit": _("Deposits"),
    "card": _("Recharge cards"),
    "debit": _("Direct debits"),
    "promised-credit": _("Promised credits"),
    "balance": _("Balance of the cancelled number"),
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
    def cell(self) -> str:
        """Which calls are ticked together with it by a box for many, however these overlap."""
        line = self.line
        return f"{line.group}:{line.period}:{int(_is_short(line))}" if line.group in ("call", "fee") else ""

    @property
    def held(self) -> list[tuple[str, int]]:
        """What it lies in on a bill, "" for nothing, with the fen in each."""
        return [(self._holder(kind), fen) for kind, fen in self.line.held] or [("", self.line.amount)]

    def shares(self, fen: int) -> list[tuple[str, int]]:
        """Return a part of it by what it lies in."""
        return [(self._holder(kind), share) for kind, share in self.line.divided(fen)] or [("", fen)]

    def holder_of(self, component: str) -> str:
        """Return what a component of it lies in: the roaming one in the last, the others in the first."""
        return self.held[-1 if component == "roaming" else 0][0]

    def _holder(self, kind: str) -> str:
        return f"{self.line.period}:{kind}" if kind and self.line.period else ""

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
    """Calls that can be ticked with one box: how many, and fen in all; `cells` of which it consists, each with its count and the fen in each holder."""

    key: str
    title: str
    count: int
    amount: int
    ticked: bool
    cells: Mapping[str, tuple[int, list[tuple[str, int]]]]


@dataclass(frozen=True)
class Group:
    """A table of lines under one heading; `hidden` rows are not shown, and can be found or ticked all at once."""

    title: str
    rows: tuple[Row, ...]
    batches: tuple[Batch, ...] = ()
    hidden: int = 0
    note: str = ""


@dataclass(frozen=True)
class Sum:
    """How many lines are picked, fen in all, and whether some money is ticked twice."""

    count: int
    total: int
    twice: bool


@dataclass(frozen=True)
class Picker:
    """What a field for lines shows: groups, what is sought, and what is picked, fen in all; `twice` when some of it is ticked as two lines.

    `nothing_left` when no line there is can be ticked: all of it was given before. `prepayment` is what stands on a number without papers, fen;
    `is_prepaid` when that is what it pays from.
    """

    groups: tuple[Group, ...]
    sought: str
    count: int
    total: int
    searchable: bool
    twice: bool = False
    nothing_left: bool = False
    holders: Mapping[str, int] = field(default_factory=dict)
    prepayment: int = 0
    is_prepaid: bool = False


def written(line: str, fen: int, amount: str = "", reason: str = "") -> str:
    """Return a picked line as a form has it."""
    return f"{line} {amount or f'{fen / 100:.2f}'} {reason}".strip()


def submitted(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form without the page's own controls, their amounts and reasons in the lines they belong to."""
    plain = {key: value for key, value in form.items() if MARK not in key}
    for key in {name.partition(MARK)[0] for name in form if MARK in name and not name.endswith(SHOWN)}:
        texts = plain.get(key) or []
        lines_amended = [_amended(key, text, form) for text in ([texts] if isinstance(texts, str) else texts)]
        plain[key] = lines_amended
    return plain


def _amended(key: str, text: str, form: Mapping[str, Any]) -> str:
    line, _, rest = text.partition(" ")
    amount, _, reason = rest.partition(" ")
    address, _, component = line.partition("/")
    typed = form.get(f"{key}{MARK}{address}") if not component else None
    amount = amount if typed is None else _as_one_word(_one(typed))
    reason = _one(form.get(f"{key}{MARK}{address}{MARK}why")) or reason
    return f"{line} {amount} {reason}".strip()


def _as_one_word(amount: str) -> str:
    """Return an amount in plain figures, so that what comes after it is the reason; what is none stays none, and is refused as such."""
    number = amounts.typed(amount)
    return f"{number:f}" if number is not None else "".join(amount.split()) + NO_AMOUNT


def _one(value: Any) -> str:
    return str(value if isinstance(value, str) else (value or [""])[0]).strip()


def whole_groups(form: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the fields with whole groups ticked, and which."""
    ending = f"{MARK}all"
    return {
        name.removesuffix(ending): [value] if isinstance(value, str) else list(value)
        for name, value in form.items()
        if name.endswith(ending) and value
    }


def with_groups(form: dict[str, Any], groups: Mapping[str, Sequence[str]], listing: Listing) -> dict[str, Any]:
    """Return the form with the lines of the groups that were ticked."""
    for key, names in groups.items():
        texts = form.get(key) or []
        texts = [texts] if isinstance(texts, str) else list(texts)
        addresses = {text.partition(" ")[0].partition("/")[0] for text in texts}
        more = [line for name in names for line in _of_batch(name, listing) if line.left and line.line not in addresses]
        form[key] = [*texts, *dict.fromkeys(written(line.line, line.left) for line in more)]
    return form


def _of_batch(key: str, listing: Listing) -> list[Listed]:
    if key == "short":
        return [call for call in listing.calls if _is_short(call)]
    if key.startswith("call:"):
        return [call for call in listing.calls if call.group == "call" and call.period == key.partition(":")[2]]
    return [call for call in listing.calls if call.group == "fee"] if key == "fees" else []


def _is_short(line: Listed) -> bool:
    """Tell whether it is a call that TS-007 gives back whole."""
    return line.group == "call" and line.seconds <= SHORT_S and line.long_distance


def of(variables: Mapping[str, Any], field: language.Field | None = None) -> Listing:
    """Return the papers of the number a case is about, or that a field names, as far as the field is about them; empty for one never put into service."""
    msisdn = _number(variables, field.number_in if field and field.number_in else "msisdn")
    subscription = gateway().find(msisdn) if msisdn else None
    if subscription and field and field.among == OWN_BALANCE:
        return own_balance(subscription.id, own_case=variables.get("case_number"))
    listing = papers(subscription.id, own_case=variables.get("case_number")) if subscription else Listing()
    if subscription and next(listing.each(), None) is None:
        standing = gateway().balances(subscription.id).prepayment
        return Listing(prepayment=standing, is_prepaid=subscription.kind == "prepaid")
    if field and field.among == CALLS:
        return listing.of_calls()
    return listing.information_fees() if field and field.among == INFORMATION_FEES else listing


def _number(variables: Mapping[str, Any], name: str) -> str:
    """Return the number in a variable, or in a member of one."""
    value: Any = variables
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return str(value or "")


def read_only(listing: Listing) -> tuple[Group, ...]:
    """Return the same tables beside a step where nothing is picked."""
    return picker(language.Field(type="lines", key="papers"), {}, listing).groups


def field_of(form: language.Form) -> language.Field | None:
    """Return the field of a form in which lines are picked, if it has one."""
    return next((field for field in form.inputs if field.type == "lines"), None)


def picker(field: language.Field, values: Any, listing: Listing) -> Picker:
    """Return the groups to show for what stands in the form."""
    key = field.key
    texts = values.getlist(key) if isinstance(values, MultiDict) else values.get(key) or []
    parts = _picked([texts] if isinstance(texts, str) else texts)
    typed = values if isinstance(values, Mapping) else {}
    search = _one(typed.get(f"{key}{MARK}find"))
    ticked = values.getlist(f"{key}{MARK}all") if isinstance(values, MultiDict) else []
    left_by_holder = holders(listing)
    disputed_lines.show(
        {line.line: (bill.period, code_texts.line_text(line)) for bill in listing.bills for line in bill.lines}
    )
    rows = {line.line: _row(key, line, parts, typed) for line in listing.each()}
    groups = (*_bills(listing, rows), *_calls(listing, rows, search, ticked, field.among), *_others(listing, rows))
    added = _added_up(listing, rows, parts, ticked)
    none = bool(rows) and not any(row.free for row in rows.values())
    many = len(listing.calls) > MOST_SHOWN
    counts = (added.count, added.total, many, added.twice, none, left_by_holder)
    return Picker(groups, search, *counts, prepayment=listing.prepayment, is_prepaid=listing.is_prepaid)


def _added_up(
    listing: Listing,
    rows: Mapping[str, Row],
    parts_by_line: Mapping[str, list[tuple[str, int, str]]],
    ticked: Sequence[str],
) -> Sum:
    """Return how many lines are picked, and fen in all; what stands on the bill and again as its calls is the same money, and counts once."""
    shares_by_line: dict[str, Sequence[tuple[str, int]]] = {
        listed_line.line: rows[listed_line.line].shares(listed_line.left)
        for name in ticked
        for listed_line in _of_batch(name, listing)
        if listed_line.left
    }
    for line, parts in parts_by_line.items():
        row = rows.get(line)
        if row is None:
            shares_by_line[line] = [("", sum(fen for _, fen, _ in parts))]
        elif not row.components and len(parts) == 1:
            shares_by_line[line] = row.shares(_fen(row.amount))
        else:
            shares_by_line[line] = [(row.holder_of(component), fen) for component, fen, _ in parts]
    shares, single = _by_holder(listing, shares_by_line)
    once = sum(min(fen, most) for fen, most in shares)
    return Sum(len(shares_by_line), single + once, any(fen > most for fen, most in shares))


def _by_holder(
    listing: Listing, shares_by_line: Mapping[str, Sequence[tuple[str, int]]]
) -> tuple[list[tuple[int, int]], int]:
    """Return the fen picked of what a bill charges for one kind of thing, with what that has left; and the fen of everything else."""
    most, amounts_by_holder, single = holders(listing), dict[str, dict[str, int]](), 0
    for line, shares in shares_by_line.items():
        for holder, amount in shares:
            if holder:
                amounts = amounts_by_holder.setdefault(holder, {})
                amounts[line] = amounts.get(line, 0) + amount
            else:
                single += amount
    # One line that asks for more than is left is refused as that; only two of them can be the same money.
    single += sum(sum(amounts.values()) for amounts in amounts_by_holder.values() if len(amounts) == 1)
    shared = [(holder, amounts) for holder, amounts in amounts_by_holder.items() if len(amounts) > 1]
    return [(sum(amounts.values()), most[holder]) for holder, amounts in shared], single


def holders(listing: Listing) -> dict[str, int]:
    """Return what the bills charge for one kind of thing each, with what is left of it, fen."""
    left_by_key: dict[str, int] = {}
    for bill in listing.bills:
        for line in bill.lines:
            key = f"{bill.period}:{line.code}"
            left_by_key[key] = left_by_key.get(key, 0) + line.left
    return left_by_key


def _picked(texts: Sequence[str]) -> dict[str, list[tuple[str, int, str]]]:
    """Return component, fen and reason of what is picked, by line."""
    parts: dict[str, list[tuple[str, int, str]]] = {}
    for text in texts:
        name, _, rest = str(text).partition(" ")
        amount, _, reason = rest.partition(" ")
        line, _, component = name.partition("/")
        parts.setdefault(line, []).append((component, _fen(amount), reason))
    return parts


def _fen(amount: str) -> int:
    return amounts.fen(amount) or 0


def _row(
    key: str,
    line: Listed,
    parts_by_line: Mapping[str, list[tuple[str, int, str]]],
    typed: Mapping[str, Any],
) -> Row:
    parts = parts_by_line.get(line.line, [])
    component, fen, reason = parts[0] if parts else ("", line.left, "")
    amount = _one(typed.get(f"{key}{MARK}{line.line}")) or f"{fen / 100:.2f}"
    reason = _one(typed.get(f"{key}{MARK}{line.line}{MARK}why")) or reason
    components = tuple((name, part) for name, part, _ in parts) if component else ()
    return Row(line, bool(parts), amount, reason, components)


def _bills(listing: Listing, rows: Mapping[str, Row]) -> Iterator[Group]:
    for bill in listing.bills:
        yield Group(
            gettext("Bill of %(period)s", period=bill.period),
            tuple(rows[line.line] for line in bill.lines),
            note=_paid(bill.total, bill.paid),
        )


def _paid(total: int, paid_fen: int) -> str:
    if not paid_fen:
        return gettext("not paid")
    return gettext("paid") if paid_fen >= total else gettext("paid in part: %(amount)s", amount=yuan(paid_fen))


def _calls(
    listing: Listing, rows: Mapping[str, Row], search: str, ticked: Sequence[str], among: str
) -> Iterator[Group]:
    for group, title in (("call", gettext("Call records")), ("fee", gettext("Information fees"))):
        of_group = [call for call in listing.calls if call.group == group]
        if not of_group:
            continue
        first = [call for call in of_group if rows[call.line].picked]
        rest = [call for call in of_group if not rows[call.line].picked and _fits(call, search)]
        visible = [*first, *rest[: max(0, MOST_SHOWN - len(first))]]
        batches = tuple(_batches(group, of_group, listing, rows, ticked)) if among != CALLS else ()
        yield Group(title, tuple(rows[call.line] for call in visible), batches, len(of_group) - len(visible))


def _fits(call: Listed, search: str) -> bool:
    """Tell whether a call is what is sought: part of the other number, a day such as 10-09, or so many seconds."""
    if not search:
        return True
    day = call.at.strftime("%Y-%m-%d") if call.at else ""
    return search in call.text or search in day or search == f"{call.seconds}s"


def _batches(
    group: str, of_group: Sequence[Listed], listing: Listing, rows: Mapping[str, Row], ticked: Sequence[str]
) -> Iterator[Batch]:
    titles: list[tuple[str, str]] = []
    if group == "call":
        titles = [("short", gettext("Long-distance calls of %(seconds)s seconds or less", seconds=SHORT_S))]
        periods = sorted({item.period for item in of_group}, reverse=True)
        titles += [
            (
                f"call:{period}",
                gettext("Calls on the bill of %(period)s", period=period)
                if period
                else gettext("Calls on no bill yet"),
            )
            for period in periods
        ]
    else:
        titles += [("fees", gettext("All information fees"))]
    for key, title in titles:
        free = [item for item in _of_batch(key, listing) if item.left]
        if len(free) > 1:
            shares, single = _by_holder(listing, {item.line: rows[item.line].shares(item.left) for item in free})
            amount = single + sum(min(fen, most) for fen, most in shares)
            yield Batch(key, title, len(free), amount, key in ticked, _cells(free, rows))


def _cells(lines: Sequence[Listed], rows: Mapping[str, Row]) -> dict[str, tuple[int, list[tuple[str, int]]]]:
    counts: dict[str, int] = {}
    shares_by_cell: dict[str, dict[str, int]] = {}
    for row in (rows[line.line] for line in lines):
        counts[row.cell] = counts.get(row.cell, 0) + 1
        shares = shares_by_cell.setdefault(row.cell, {})
        for holder, fen in row.shares(row.line.left):
            shares[holder] = shares.get(holder, 0) + fen
    return {cell: (count, list(shares_by_cell[cell].items())) for cell, count in counts.items()}


def _others(listing: Listing, rows: Mapping[str, Row]) -> Iterator[Group]:
    for group, title in OTHERS.items():
        of_group = tuple(rows[line.line] for line in listing.others if line.group == group)
        if of_group:
            yield Group(gettext(title), of_group)
