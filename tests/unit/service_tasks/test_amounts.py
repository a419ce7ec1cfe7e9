"""Amounts as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_tasks.amounts import in_words, yuan


@pytest.mark.parametrize(
    "fen, text",
    [
        (0, "零元整"),
        (5, "伍分"),
        (10, "壹角整"),
        (100, "壹元整"),
        (105, "壹元零伍分"),
        (1250, "壹拾贰元伍角整"),
        (1001, "壹拾元零壹分"),
        (10_050, "壹佰元伍角整"),
        (101_001, "壹仟零壹拾元零壹分"),
        (100_500, "壹仟零伍元整"),
        (101_000, "壹仟零壹拾元整"),
        (1_000_000, "壹万元整"),
        (1_000_500, "壹万零伍元整"),
        (1_050_000, "壹万零伍佰元整"),
        (10_010_000, "壹拾万零壹佰元整"),
        (12_345_678, "壹拾贰万叁仟肆佰伍拾陆元柒角捌分"),
        (10_000_000_000, "壹亿元整"),
        (10_000_000_100, "壹亿零壹元整"),
        (10_010_000_000, "壹亿零壹拾万元整"),
        (1_001_000_000_00, "壹拾亿零壹佰万元整"),
    ],
)
def test_amounts_are_written_out_as_on_a_cash_sheet(fen: int, text: str) -> None:
    """A sheet whose words and figures differ is not paid."""
    assert in_words(fen) == text


@given(st.integers(0, 10**14 - 1))
def test_every_amount_reads_back(fen: int) -> None:
    """No two amounts share their words, and none is written with two zeros in a row."""
    words = in_words(fen)
    assert read_back(words) == fen
    assert "零零" not in words


def read_back(words: str) -> int:
    """The fen that capital characters stand for."""
    total = group = digit = 0
    for sign in words:
        if sign in "零壹贰叁肆伍陆柒捌玖":
            digit = "零壹贰叁肆伍陆柒捌玖".index(sign)
        elif sign in "拾佰仟":
            group, digit = group + digit * 10 ** ("拾佰仟".index(sign) + 1), 0
        elif sign in "万亿":
            total, group, digit = total + (group + digit) * {"万": 10**4, "亿": 10**8}[sign], 0, 0
        elif sign == "元":
            total, group, digit = (total + group + digit) * 100, 0, 0
        elif sign in "角分":
            total, digit = total + digit * {"角": 10, "分": 1}[sign], 0
    return total


@pytest.mark.parametrize("fen", [-1, 10**14])
def test_amounts_out_of_range_are_not_written_out(fen: int) -> None:
    """A negative amount has no words on a cash sheet."""
    with pytest.raises(ValueError, match="cannot be written out"):
        in_words(fen)


@pytest.mark.parametrize("fen, text", [(0, "0.00"), (5, "0.05"), (1250, "12.50"), (-1205, "-12.05")])
def test_yuan_have_two_decimals(fen: int, text: str) -> None:
    """Customers read yuan, never fen."""
    assert yuan(fen) == text
