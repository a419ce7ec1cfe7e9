"""What people write in their own words: whether it can be kept as it is. Nothing is cut and nothing is dropped."""

from __future__ import annotations

import unicodedata

from engine import language
from engine.language import Reason


def wrong(text: str, most: int, *, required: bool = False) -> list[Reason]:
    """Return why a text of at most `most` characters is refused: required, too_long, not_text; empty when it is not."""
    if any(unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\r\t" for character in text):
        return [Reason("not_text")]
    if required and language.written.is_blank(text):
        return [Reason("required")]
    return [Reason("too_long", {"limit": most})] if len(text) > most else []
