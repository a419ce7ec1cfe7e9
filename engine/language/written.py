"""How people write numbers, amounts, codes, days and months, read as what they mean. What can be read in two ways is None, nothing is guessed.

Full-width signs and the blanks and invisible marks that come along when a text is copied are understood everywhere; other numerals are not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from engine.language import vocabulary
from engine.language.vocabulary import Kind, Unit

MOST_DIGITS = 20
# The full-width forms of ASCII, the blanks of typesetters, and the stops, dashes and signs that keyboards write in place of ours.
_WIDE = {0xFF01 + offset: 0x21 + offset for offset in range(94)}
_BLANKS = dict.fromkeys([0x09, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
_SIGNS = {"。": ".", "｡": ".", "−": "-", "‐": "-", "‑": "-", "–": "-", "﹣": "-", "﹒": ".", "﹐": ","}
_UNSEEN = dict.fromkeys([*range(0x200B, 0x2010), 0x202A, 0x202C, 0x202D, 0x2060, *range(0x2066, 0x206A), 0xFEFF], "")
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # fillers, which Unicode counts among letters and signs
_CURRENCIES = {code: unicodedata.normalize("NFKC", chr(code)) for code in (0xFFE0, 0xFFE1, 0xFFE5, 0xFFE6)}
_ALIKE: dict[int, int | str] = {
    **_WIDE,
    **_BLANKS,
    **_UNSEEN,
    **_CURRENCIES,
    **{ord(sign): plain for sign, plain in _SIGNS.items()},
}

_GROUPED = r"[1-9]\d{0,2}(?:(?:,\d{3})+|(?: \d{3})+)"
_NUMBER = re.compile(rf"(?P<whole>\d+|{_GROUPED})?(?:\.(?P<part>\d*))?", re.ASCII)
_SIGNED = re.compile(r"(?P<sign>[+-]?)\s*(?P<rest>.*)", re.DOTALL)
_CODE = re.compile(r"[A-Za-z0-9-]+", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_DAY = re.compile(r"(\d{4})(?:(\d\d)(\d\d)|([-/.])(\d{1,2})\4(\d{1,2})|年(\d{1,2})月(\d{1,2})[日号])", re.ASCII)
_MONTH = re.compile(r"(\d{4})(?:(\d\d)|[-/.](\d{1,2})|年(\d{1,2})月)", re.ASCII)


def is_blank(text: str) -> bool:
    """Tell whether nobody can see anything of a text: nothing but blanks, marks of direction and width, fillers."""
    return all(
        character.isspace() or character in _BLANK_LETTERS or unicodedata.category(character) == "Cf"
        for character in text
    )


def plain(text: str) -> str:
    """Return a text with full-width signs, blanks and dashes in the ASCII forms, without what cannot be seen, without blanks around it."""
    return text.translate(_ALIKE).strip()


def number(text: str) -> Decimal | None:
    """Read a number as it is typed, `1,234.50`, `.5`, `58.`, `58。00`, `－3`: separators stand before three digits each, and nothing but digits is a digit."""
    signed = _SIGNED.fullmatch(plain(text))
    match = _NUMBER.fullmatch(signed["rest"]) if signed and len(text) <= 2 * MOST_DIGITS else None
    if signed is None or match is None:
        return None
    whole, part = re.sub("[, ]", "", match["whole"] or ""), match["part"] or ""
    if not whole + part or len(whole + part) > MOST_DIGITS:
        return None
    return Decimal(f"{signed['sign']}{whole or 0}.{part or 0}")


def amount(text: str, unit: Unit) -> Decimal | None:
    """Return what was typed for an amount, as a number is written, with a sign of the unit before it or one of its endings after it."""
    bare = plain(text)
    for ending in unit.endings:
        bare = bare.removesuffix(ending).rstrip()
    for sign in unit.signs:
        before, there, after = bare.partition(sign)
        if there and before.strip() in ("", "+", "-"):
            return number(before.strip() + after.lstrip())
    return number(bare)


def parts(text: str, unit: Unit) -> int | None:
    """Return the same in the unit in which it is kept; None also for what has more decimals than the unit has digits."""
    typed = amount(text, unit)
    whole = typed * unit.parts if typed is not None else None
    return int(whole) if whole is not None and whole == whole.to_integral_value() else None


def in_figures(count: int, unit: Unit, between: str = "") -> str:
    """Return an amount as it is written everywhere, of a unit of two digits "1234.50"; with `between` before every three digits "1,234.50"."""
    sign, (whole, rest) = "-" if count < 0 else "", divmod(abs(count), unit.parts)
    decimals = f".{rest:0{unit.digits}d}" if unit.digits else ""
    return f"{sign}{whole:,}".replace(",", between) + decimals


def code(text: str) -> str:
    """Return the number of a card, an account or a receipt, without the blanks that group it."""
    return "".join(plain(text).split())


def paper(text: str) -> str:
    """Return the number of a receipt, a proof or a card as it is printed: a `code` in capital letters, for `sj-0201` is the receipt SJ-0201."""
    return code(text).upper()


def account(text: str) -> str | None:
    """Return the digits of an account at a bank, whatever blanks and hyphens group them."""
    digits = code(text).replace("-", "")
    return digits if _DIGITS.fullmatch(digits) else None


def name(text: str) -> str:
    """Return the name of a person or of a unit, to be compared with another and not to be shown: `孙 敏` is 孙敏, and `ＬＩ Lei` is li lei."""
    return "".join(unicodedata.normalize("NFKC", plain(text)).split()).casefold()


def day(text: str) -> date | None:
    """Read a day as it is typed, `2026-11-28`, `2026/11/28`, `2026.11.28`, `20261128`, `2026年11月28日`: the year first and whole, so that day and month are not mistaken."""
    match = _DAY.fullmatch(code(text))
    try:
        return date(*(int(part) for part in match.groups() if part and part.isdecimal())) if match else None
    except ValueError:
        return None


def month(text: str) -> str | None:
    """Read a month as it is typed, `2026-11`, `2026/11`, `202611`, `2026年11月` as 2026-11."""
    match = _MONTH.fullmatch(code(text))
    parts = [int(part) for part in match.groups() if part] if match else []
    return f"{parts[0]:04d}-{parts[1]:02d}" if parts and 1 <= parts[1] <= 12 else None


def _code_as_text(text: str) -> str | None:
    normal = code(text)
    return normal if _CODE.fullmatch(normal) else None


def _paper_as_text(text: str) -> str | None:
    normal = _code_as_text(text)
    return paper(normal) if normal else None


def _day_as_text(text: str) -> str | None:
    parsed = day(text)
    return parsed.isoformat() if parsed else None


# What a text field may say that it holds whatever the office, and how that is read.
KINDS: dict[str, Kind] = {
    "code": Kind(_code_as_text),
    "paper": Kind(_paper_as_text),
    "account": Kind(account),
    "day": Kind(_day_as_text),
    "month": Kind(month),
}


def kinds() -> Mapping[str, Kind]:
    """Return the same with those of the office."""
    return {**vocabulary.in_force().kinds, **KINDS}
