"""How people write numbers, telephone numbers, codes, days and months, read as what they mean. What can be read in two ways is None, nothing is guessed.

Full-width signs and the blanks and invisible marks that come along when a text is copied are understood everywhere; other numerals are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

MOST_DIGITS = 20
# The full-width forms of ASCII, the blanks of typesetters, and the stops, dashes and signs that keyboards write in place of ours.
_WIDE = {0xFF01 + offset: 0x21 + offset for offset in range(94)}
_BLANKS = dict.fromkeys([0x09, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
_SIGNS = {"。": ".", "｡": ".", "￥": "¥", "−": "-", "‐": "-", "‑": "-", "–": "-", "﹣": "-", "﹒": ".", "﹐": ","}
_UNSEEN = dict.fromkeys([*range(0x200B, 0x2010), 0x202A, 0x202C, 0x202D, 0x2060, *range(0x2066, 0x206A), 0xFEFF], "")
_ALIKE: dict[int, int | str] = {**_WIDE, **_BLANKS, **_UNSEEN, **{ord(sign): plain for sign, plain in _SIGNS.items()}}

_GROUPED = r"[1-9]\d{0,2}(?:(?:,\d{3})+|(?: \d{3})+)"
_NUMBER = re.compile(rf"(?P<whole>\d+|{_GROUPED})?(?:\.(?P<part>\d*))?", re.ASCII)
_SIGNED = re.compile(r"(?P<sign>[+-]?)\s*(?P<rest>.*)", re.DOTALL)
_MSISDN = re.compile(r"(?:\(?(?:\+|00)?86\)?[ -]{0,3})?(?P<number>1(?:[ -]{0,3}\d){10})", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9-]+", re.ASCII)
_DAY = re.compile(r"(\d{4})(?:(\d\d)(\d\d)|([-/.])(\d{1,2})\4(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号])", re.ASCII)
_MONTH = re.compile(r"(\d{4})(?:(\d\d)|[-/.](\d{1,2})|年(\d{1,2})月)", re.ASCII)


def plain(text: str) -> str:
    """A text with full-width signs, blanks and dashes in the ASCII forms, without what cannot be seen, without blanks around it."""
    return text.translate(_ALIKE).strip()


def number(text: str) -> Decimal | None:
    """`1,234.50`, `.5`, `58.`, `58。00`, `－3`: separators stand before three digits each, and nothing but digits is a digit."""
    signed = _SIGNED.fullmatch(plain(text))
    found = _NUMBER.fullmatch(signed["rest"]) if signed and len(text) <= 2 * MOST_DIGITS else None
    if signed is None or found is None:
        return None
    whole, part = re.sub("[, ]", "", found["whole"] or ""), found["part"] or ""
    if not whole + part or len(whole + part) > MOST_DIGITS:
        return None
    return Decimal(f"{signed['sign']}{whole or 0}.{part or 0}")


def amount(text: str) -> Decimal | None:
    """Yuan as a number is written, with ¥ before it or 元 after it: `¥58`, `58 元`, `-¥5.00`, `¥-5`."""
    bare = plain(text)
    for ending in ("元", "圆"):
        bare = bare.removesuffix(ending).rstrip()
    before, sign, after = bare.partition("¥")
    return number(before.strip() + after.lstrip()) if sign and before.strip() in ("", "+", "-") else number(bare)


def yuan(fen: int, between: str = "") -> str:
    """An amount as it is written everywhere, with two decimals: "1234.50", with `between` before every three digits "1,234.50"."""
    sign, whole = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{whole // 100:,}.{whole % 100:02d}".replace(",", between)


def msisdn(text: str) -> str | None:
    """A mobile number of eleven digits, whatever blanks and dashes group it, and with or without the country before it (+86, 86, 0086)."""
    found = _MSISDN.fullmatch(plain(text))
    return re.sub("[ -]", "", found["number"]) if found else None


def code(text: str) -> str:
    """The number of a card, an account or a receipt, without the blanks that group it."""
    return "".join(plain(text).split())


def day(text: str) -> date | None:
    """`2026-11-28`, `2026/11/28`, `2026.11.28`, `20261128`, `2026年11月28日`: the year first and whole, so that day and month are not mistaken."""
    found = _DAY.fullmatch(code(text))
    try:
        return date(*(int(part) for part in found.groups() if part and part.isdecimal())) if found else None
    except ValueError:
        return None


def month(text: str) -> str | None:
    """`2026-11`, `2026/11`, `202611`, `2026年11月` as 2026-11."""
    found = _MONTH.fullmatch(code(text))
    parts = [int(part) for part in found.groups() if part] if found else []
    return f"{parts[0]:04d}-{parts[1]:02d}" if parts and 1 <= parts[1] <= 12 else None


def _code_as_text(text: str) -> str | None:
    found = code(text)
    return found if _CODE.fullmatch(found) else None


def _day_as_text(text: str) -> str | None:
    found = day(text)
    return found.isoformat() if found else None


# What a text field may say that it holds, and how that is read as the text to keep; None for what is something else.
KINDS: dict[str, Callable[[str], str | None]] = {
    "msisdn": msisdn,
    "code": _code_as_text,
    "day": _day_as_text,
    "month": month,
}
