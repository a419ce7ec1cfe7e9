"""The file of a secondary-pricing run as marketing hands it back: read with the csv module and held against what was handed over, row by row. Pure.

A row is an item's line: item, case, number, line, component, what for, yuan, outcome, and the line in words. Of these the item, the line and the
component say which it is, and amount and case, where it is filled in, have to be those that were handed over; an outcome left empty means that it was priced.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from service_tasks import amounts
from service_tasks.gateway.pricing_run import PricingRow

COLUMNS = {
    "zh": ("项目编号", "案件编号", "号码", "明细", "组成", "优惠项目", "金额（元）", "批价结果", "明细说明"),
    "en": ("Item", "Case", "Number", "Line", "Component", "Reduction", "Amount (yuan)", "Outcome", "Line in words"),
}
_HEADINGS = frozenset(titles[0].casefold() for titles in COLUMNS.values())
PRICED = ("", "已批价", "priced")
NO_BILL = ("无帐单", "no bill", "no_bill")
WRONG = ("unreadable", "unknown", "changed", "double", "outcome", "divided")
MOST_TOLD = 20
MOST_FEN = 10**12

Key = tuple[int, str, str]


@dataclass
class TakenBack:
    """What came back: items that were priced, items of numbers without a further bill, items left out; and what is wrong, by kind: numbers of rows."""

    priced: set[int] = field(default_factory=set)
    no_bill: set[int] = field(default_factory=set)
    omitted: set[int] = field(default_factory=set)
    wrong: dict[str, list[int]] = field(default_factory=dict)


def read(text: str, handed_over: Sequence[PricingRow]) -> TakenBack:
    """Hold the file against what was handed over; an item of which a line is missing is left out as a whole."""
    rows_by_key: dict[Key, PricingRow] = {(row.item_id, row.line, row.component): row for row in handed_over}
    taken_back, came, outcomes = TakenBack(), set[Key](), dict[int, set[str]]()
    for number, cells in _rows(text):
        wrong, key, outcome = _judged(cells, rows_by_key, came)
        if wrong:
            taken_back.wrong.setdefault(wrong, []).append(number)
        elif key is not None:
            came.add(key)
            outcomes.setdefault(key[0], set()).add(outcome)
            if len(outcomes[key[0]]) > 1:
                taken_back.wrong.setdefault("divided", []).append(number)
    missing = {row.item_id for key, row in rows_by_key.items() if key not in came}
    items_handed_over = {row.item_id for row in handed_over}
    taken_back.omitted = missing
    taken_back.no_bill = {item for item, kinds in outcomes.items() if kinds == {"no_bill"}} - missing
    taken_back.priced = items_handed_over - missing - taken_back.no_bill
    return taken_back


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that say something, each with its number in the file; the heading is passed over."""
    lines = text.removeprefix("\ufeff").splitlines()
    try:
        for number, cells in enumerate(csv.reader(io.StringIO("\n".join(lines))), start=1):
            stripped = [cell.strip().removeprefix("'") for cell in cells]
            if any(stripped) and stripped[0].casefold() not in _HEADINGS:
                yield number, stripped
    except csv.Error:
        yield len(lines), []


def _judged(cells: Sequence[str], rows_by_key: dict[Key, PricingRow], came: set[Key]) -> tuple[str, Key | None, str]:
    """Return what is wrong with a row, if anything; else which it is and what became of it."""
    outcome = cells[7] if len(cells) > 7 else ""
    amount = _fen(cells[6]) if len(cells) > 6 else None
    if amount is None or not (cells[0].isascii() and cells[0].isdecimal() and len(cells[0]) < 19):
        return "unreadable", None, ""
    key = (int(cells[0]), cells[3], cells[4])
    if key not in rows_by_key:
        return "unknown", None, ""
    if key in came:
        return "double", None, ""
    if amount != rows_by_key[key].amount or cells[1] not in ("", rows_by_key[key].case_number):
        return "changed", None, ""
    if outcome not in PRICED + NO_BILL:
        return "outcome", None, ""
    return "", key, "no_bill" if outcome in NO_BILL else "priced"


def _fen(text: str) -> int | None:
    fen = amounts.fen(text)
    return fen if fen is not None and 0 < fen < MOST_FEN else None


def sheet(rows: Sequence[tuple[PricingRow, str, str, str]], language: str = "zh") -> str:
    """Return the file that is handed over: a row for each line, with its number as it may be shown, what it is for and the line itself in words of `language`."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS[language])
    for row, msisdn, item, words in rows:
        yuan = f"{row.amount // 100}.{row.amount % 100:02d}"
        writer.writerow([row.item_id, row.case_number or "", msisdn, row.line, row.component, item, yuan, "", words])
    return "\ufeff" + out.getvalue()
