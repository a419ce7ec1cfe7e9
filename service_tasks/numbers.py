"""Mobile numbers as people write them, read as the eleven digits that they are kept as; whose a number is, is not asked here."""

from __future__ import annotations

import re

from engine import language

_MSISDN = re.compile(r"(?:\(?(?:\+|00)?86\)?[ -]{0,3})?(?P<number>1(?:[ -]{0,3}\d){10})", re.ASCII)


def msisdn(text: str) -> str | None:
    """Return a mobile number of eleven digits, whatever blanks and dashes group it, and with or without the country before it (+86, 86, 0086)."""
    match = _MSISDN.fullmatch(language.written.plain(text))
    return re.sub("[ -]", "", match["number"]) if match else None


# What a field of a form holds that names it, or whose pattern only these numbers meet.
MSISDN = language.Kind(msisdn, frozenset({"^1[0-9]{10}$", "^1[3-9][0-9]{9}$"}))
