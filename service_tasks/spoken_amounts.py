"""Amounts of money as they stand in a sentence: `50 元`, `¥1,234.50`, `5块5角`, `五十元`, `1.2万元`. What is no amount of money is left alone."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_FIGURES = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_DIGITS = {
    sign: value for signs in ("零一二三四五六七八九", "〇壹贰叁肆伍陆柒捌玖") for value, sign in enumerate(signs)
} | {"两": 2}
_PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_WORDS = "".join([*_DIGITS, *_PLACES, "万"])
_YUAN = r"\s*(?:元|圆|块|yuan\b|RMB\b|CNY\b)"
_SMALL = rf"(?:\s*(?P<jiao>[\d{_WORDS}])\s*[角毛])?(?:\s*(?P<cents>[\d{_WORDS}])\s*分)?"
_AMOUNT = re.compile(
    rf"(?:¥|RMB|CNY)\s*(?P<after>{_FIGURES})\s*(?P<many>万)?"
    rf"|(?P<before>{_FIGURES})\s*(?P<more>万)?{_YUAN}{_SMALL}"
    rf"|(?P<words>[{_WORDS}]+){_YUAN}{_SMALL.replace('jiao', 'jiao_').replace('cents', 'cents_')}",
    re.IGNORECASE | re.ASCII,
)
_ENDS = re.compile(r"(?<=[。；;！!？?\n])")


def sentences(text: str) -> list[str]:
    """Return a text, sentence by sentence; together they are the text."""
    return [sentence for sentence in _ENDS.split(text) if sentence]


def named(text: str) -> set[int]:
    """Return the amounts that a text names, in fen; an amount with parts of a fen is what it rounds to."""
    plain = unicodedata.normalize("NFKC", text)
    return {_fen(match) for match in _AMOUNT.finditer(plain)}


def _fen(match: re.Match[str]) -> int:
    parts = match.groupdict()
    figures = parts["after"] or parts["before"]
    yuan = Decimal(figures.replace(",", "")) if figures else Decimal(_number(parts["words"]))
    if parts["many"] or parts["more"]:
        yuan *= 10_000
    jiao, cents = parts["jiao"] or parts["jiao_"], parts["cents"] or parts["cents_"]
    small = (_number(jiao) * 10 if jiao else 0) + (_number(cents) if cents else 0)
    return round(yuan * 100) + small


def _number(words: str) -> int:
    """Return a whole number in Chinese words, `一百零五`; `十五` is fifteen, and so is `15`."""
    if words.isascii():
        return int(words)
    high, _, low = words.rpartition("万")
    if high:
        return _number(high) * 10_000 + (_number(low) if low else 0)
    total, digit = 0, 0
    for sign in low:
        if sign in _PLACES:
            total, digit = total + (digit or 1) * _PLACES[sign], 0
        else:
            digit = digit * 10 + _DIGITS[sign] if digit else _DIGITS[sign]
    return total + digit
