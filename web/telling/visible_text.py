"""What people wrote, as it can be shown: characters that turn, hide or bury what stands beside them are written out by their number."""

from __future__ import annotations

import re
import unicodedata

from flask import Flask
from markupsafe import escape

MOST_MARKS = 3  # on one letter, as the scripts of the world use them
_TURNS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction: marks, embeddings, overrides, isolates
_HIDES = r"\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u2028\u2029\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_TAGS = r"\U000e0000-\U000e0fff"
_MARKS = r"\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_CONCERNED = re.compile(f"[{_TURNS}{_HIDES}{_CONTROLS}{_TAGS}]|[{_MARKS}]{{{MOST_MARKS + 1},}}")


def register(app: Flask) -> None:
    """Have everything that a template says go through here; what another template or a filter has made into markup has been already."""
    app.jinja_env.finalize = visible
    app.jinja_env.filters["as_typed"] = as_typed
    app.jinja_env.filters["visible"] = visible
    app.jinja_env.tests["turning"] = turns


def visible(text: object) -> object:
    """Return a text with every such character as [U+202E], and no more marks over a letter than can be read; anything else as it is."""
    if type(text) is not str or (text.isascii() and text.isprintable()):
        return text
    return _CONCERNED.sub(_written, text)


def as_typed(text: object) -> object:
    """Return what stands in a field, sign by sign: it is sent again, and nobody has typed the numbers of signs."""
    return escape(text) if type(text) is str else text


def turns(text: object) -> bool:
    """Tell whether a text holds signs that a field does not show as they are."""
    return type(text) is str and visible(text) != text


def _written(match: re.Match[str]) -> str:
    text = match.group()
    if unicodedata.combining(text[0]) or unicodedata.category(text[0]).startswith("M"):
        return f"{text[:MOST_MARKS]}[+{len(text) - MOST_MARKS}]" if len(text) > MOST_MARKS else f"[U+{ord(text):04X}]"
    return f"[U+{ord(text):04X}]"
