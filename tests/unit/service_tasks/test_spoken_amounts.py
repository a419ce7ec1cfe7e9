"""Amounts are found in what people write to customers, however they write them, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from service_tasks import spoken_amounts


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("已退还 50 元", {5000}),
        ("￥1,234.50 已冲减", {123450}),
        ("退５０．５元，另 ¥20", {5050, 2000}),
        ("五十元", {5000}),
        ("一百零五块、两万五千元", {10500, 2500000}),
        ("人民币伍拾元整", {5000}),
        ("1.2万元", {1200000}),
        ("5块5角，十五元三角", {550, 1530}),
        ("50 yuan and RMB 20", {5000, 2000}),
        ("3 秒以内的 2 个通话，号码 13900000001，自 2026-03-01 起，单元 3", set()),
        ("", set()),
    ],
)
def test_amounts_of_money_are_read_as_they_are_meant(text: str, fen: set[int]) -> None:
    """Figures and words, with yuan or ¥; seconds, days, telephone numbers are none."""
    assert spoken_amounts.named(text) == fen


def test_a_text_is_its_sentences() -> None:
    """Nothing of it is lost, so that what is left out is a sentence and the rest reads as it was written."""
    text = "托收已办。滞纳金 30.00 元已减免；请留意帐单\n好"
    sentences = spoken_amounts.sentences(text)
    assert (len(sentences), "".join(sentences)) == (4, text)
