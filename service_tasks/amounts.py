"""Amounts as people type and write them: yuan in figures and in the capital characters a cash sheet needs; no arithmetic is done here."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine import language

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿")
# Kept in fen, typed and written in yuan: `¥58`, `58 元`, `-¥5.00`, `¥-5`.
FEN = language.Unit(name="fen", digits=2, signs=("¥",), endings=("元", "圆"), most=2_000_000_000)


def yuan(fen: int, between: str = "") -> str:
    """Return yuan with two decimals, e.g. "12.50" for 1250 fen; `between` stands before every three digits."""
    return language.written.in_figures(fen, FEN, between)


def typed(text: str) -> Decimal | None:
    """Return the yuan that somebody typed; None for what is no amount."""
    return language.written.amount(text, FEN)


def fen(text: str) -> int | None:
    """Return the same in fen; None also for what has more than two decimals."""
    return language.written.parts(text, FEN)


def _yuan(scope: language.feel.Scope, fen: Any) -> str | None:
    """Return yuan for FEEL; null for what is no whole number."""
    return yuan(fen) if type(fen) is int else None


IN_FEEL = language.Added(name="yuan", parameters="fen", run=_yuan)


def in_words(fen: int) -> str:
    """Write an amount in capital characters as on a Chinese cash sheet, e.g. "壹拾贰元伍角整".

    Units: fen, from 0 to below one trillion yuan.
    Errors: ValueError outside that range.
    """
    if not 0 <= fen < 10**14:
        raise ValueError(f"{fen} fen cannot be written out")
    whole, jiao, cents = fen // 100, fen // 10 % 10, fen % 10
    if not fen:
        return "零元整"
    words = f"{_whole(whole)}元" if whole else ""
    if jiao:
        words += f"{DIGITS[jiao]}角"
    elif cents and whole:
        words += "零"
    return words + (f"{DIGITS[cents]}分" if cents else "整")


def _whole(number: int) -> str:
    """Return the groups of four digits; one zero stands for any number of skipped places between two figures."""
    words, gap = "", False
    for power in (2, 1, 0):
        group = number // 10 ** (4 * power) % 10_000
        if group:
            words += ("零" if words and (gap or group < 1000) else "") + _group(group) + GROUPS[power]
        gap = not group
    return words


def _group(number: int) -> str:
    words, skipped = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit:
            words += ("零" if words and skipped else "") + DIGITS[digit] + PLACES[power]
            skipped = False
        else:
            skipped = True
    return words
