"""The file of a secondary-pricing run, as marketing hands it back."""

from typing import Any

import pytest

from service_tasks import pricing_file
from service_tasks.gateway.pricing_run import PricingRow


def row(item: int, line: str = "", amount: int = 1200, component: str = "") -> PricingRow:
    return PricingRow(item, f"AJ-{item}", "13900000001", line, component, "function_fee", amount)


def back(rows: list[PricingRow], language: str = "zh", **outcomes: str) -> str:
    """What was handed over, with outcomes by item, as `_1="无帐单"`."""
    text = pricing_file.sheet([(item, "139****0001", "功能费", "") for item in rows], language)
    lines = text.splitlines()
    for number, item in enumerate(rows, start=1):
        lines[number] = lines[number].removesuffix(",") + outcomes.get(f"_{item.item_id}", "") + ","
    return "\n".join(lines)


HUNDRED = [row(number, f"bill-item:2026-03:{number}") for number in range(1, 101)]


def test_what_was_handed_over_comes_back_priced() -> None:
    """The file as it left, saved again by an office program, is taken as it is."""
    taken_back = pricing_file.read(back(HUNDRED), HUNDRED)
    assert (len(taken_back.priced), taken_back.omitted, taken_back.no_bill, taken_back.wrong) == (100, set(), set(), {})


def test_a_file_with_english_headings_comes_back_as_well() -> None:
    """Who took it away in English hands it in as it is; a file from before the words of lines does too."""
    taken_back = pricing_file.read(back(HUNDRED, "en", _7="no bill"), HUNDRED)
    assert (taken_back.no_bill, len(taken_back.priced), taken_back.wrong) == ({7}, 99, {})
    earlier = [line.rsplit(",", 1)[0] for line in back(HUNDRED).splitlines()]
    assert len(pricing_file.read("\n".join(earlier), HUNDRED).priced) == 100


def test_ninety_nine_of_a_hundred_rows_are_priced() -> None:
    """The item that is missing is left out, the others go on."""
    taken_back = pricing_file.read(back(HUNDRED[:42] + HUNDRED[43:]), HUNDRED)
    assert (len(taken_back.priced), taken_back.omitted, taken_back.wrong) == (99, {43}, {})


def test_a_number_without_a_further_bill_is_no_omission() -> None:
    """It comes back as such, and is repaid in another way."""
    taken_back = pricing_file.read(back(HUNDRED, _7="无帐单"), HUNDRED)
    assert (taken_back.no_bill, taken_back.omitted, len(taken_back.priced)) == ({7}, set(), 99)


def test_an_item_of_which_a_line_is_missing_is_left_out_as_a_whole() -> None:
    """Half an item is not credited."""
    two = [row(1, "call:5", 100), row(1, "call:6", 110), row(2)]
    taken_back = pricing_file.read(back(two[:1] + two[2:]), two)
    assert (taken_back.priced, taken_back.omitted) == ({2}, {1})


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("1,AJ-1,,,,,12.00,\n1,AJ-1,,,,,12.00,", {"double": [2]}),
        ("9,,,,,,12.00,", {"unknown": [1]}),
        ("1,,,call:1,,,12.00,", {"unknown": [1]}),
        ("1,AJ-1,,,,,12.01,", {"changed": [1]}),
        ("1,AJ-9,,,,,12.00,", {"changed": [1]}),
        ("1,,,,,,12.00,", {}),
        ("1,AJ-1,,,,,12.00,也许", {"outcome": [1]}),
        ("1,,,,,,twelve,\nx,,,,,,1.00,\n1", {"unreadable": [1, 2, 3]}),
        ("1,,,,,,1e99999999,", {"unreadable": [1]}),
        ("1,,,,,,NaN,", {"unreadable": [1]}),
        (f"{'9' * 400},,,,,,1.00,", {"unreadable": [1]}),
    ],
)
def test_every_wrong_row_is_named(text: str, wrong: dict[str, list[int]]) -> None:
    """Whoever hands it in is told which rows and why."""
    assert pricing_file.read(text, [row(1)]).wrong == wrong


def test_lines_of_one_item_have_one_outcome() -> None:
    """An item is credited or handed back, not both."""
    two = [row(1, "call:5", 100), row(1, "call:6", 110)]
    text = back(two).splitlines()
    assert pricing_file.read("\n".join([text[0], text[1].removesuffix(",") + "无帐单", text[2]]), two).wrong == {
        "divided": [3]
    }


def test_nothing_that_csv_cannot_hold_gets_through() -> None:
    """An open quotation mark and an endless cell are told, not raised."""
    endless: Any = '1,"' + "x" * 200_000
    assert "unreadable" in pricing_file.read(endless, [row(1)]).wrong
