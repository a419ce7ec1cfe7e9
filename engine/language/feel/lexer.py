"""FEEL text → tokens, with names taken as long as the names known allow (FEEL names may hold spaces and signs)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from engine.ground.errors import Invalid

MOST_CHARACTERS = 8_000
KEYWORDS = frozenset(
    [
        "and",
        "between",
        "else",
        "every",
        "external",
        "false",
        "for",
        "function",
        "if",
        "in",
        "instance",
        "null",
        "of",
        "or",
        "return",
        "satisfies",
        "some",
        "then",
        "true",
    ]
)
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
TYPE_NAMES = (
    "days and time duration",
    "years and months duration",
    "date and time",
    "number",
    "string",
    "boolean",
    "date",
    "time",
    "list",
    "context",
    "range",
    "Any",
    "Null",
)
PART_NAMES = ("time offset", "start included", "end included")
_SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_WORD = re.compile(r"[^\W\d][\w'’]*")
_SYMBOL = re.compile(r"\*\*|\.\.|<=|>=|!=|[-+*/=<>(){}\[\],.:?@]")
_DECLARED = re.compile(r"(?:[{,]|\b(?:for|some|every)\b)\s*([^\W\d]\w*(?:\s+\w+)+?)\s*(?::|\bin\b)")
_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|([nrt"\'\\]))')
_PLAIN = {"n": "\n", "r": "\r", "t": "\t"}


class FeelSyntaxError(Invalid):
    """The expression is not FEEL, or not of the part that is supported."""


class Token(NamedTuple):
    """`kind` is number, string, name, keyword, symbol or end; `column` counts from 1, and the next one may begin at `end`.

    The text of a name with spaces is that of the name known, however many blanks and line breaks were written.
    """

    kind: str
    text: str
    column: int
    end: int


def tokens(text: str, names: Iterable[str]) -> list[Token]:
    """Return the tokens of an expression, an end token last. Errors: FeelSyntaxError."""
    if len(text) > MOST_CHARACTERS:
        raise FeelSyntaxError(text=text[:80], column=MOST_CHARACTERS, why="too_long")
    spaced = _longest_first(frozenset(names) | set(_declared(text)))
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        if space := _SPACE.match(text, position):
            position = space.end()
            continue
        tokens.append(_token(text, position, spaced))
        position = tokens[-1].end - 1
    tokens.append(Token("end", "", len(text) + 1, len(text) + 1))
    return tokens


@lru_cache(maxsize=64)
def _longest_first(names: frozenset[str]) -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """Return the names that are not plain words, by their first character; the same for every cell of a decision table."""
    patterns: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for name in sorted((name for name in names if name.strip() and not _WORD.fullmatch(name)), key=len, reverse=True):
        pattern = re.compile(r"\s+".join(map(re.escape, name.split())) + r"(?!\w)")
        patterns.setdefault(name.strip()[0], []).append((name, pattern))
    return patterns


def _declared(text: str) -> Iterator[str]:
    """Yield names with spaces that the expression itself introduces, as context entries or in iterations."""
    for match in _DECLARED.finditer(text):
        if not KEYWORDS & set(match[1].split()):
            yield " ".join(match[1].split())


def _token(text: str, position: int, spaced: dict[str, list[tuple[str, re.Pattern[str]]]]) -> Token:
    column = position + 1
    for name, spelling in spaced.get(text[position], ()):
        if match := spelling.match(text, position):
            return Token("name", name, column, match.end() + 1)
    for kind, pattern in (("string", _STRING), ("number", _NUMBER)):
        if match := pattern.match(text, position):
            return Token(kind, match.group(), column, match.end() + 1)
    if match := _WORD.match(text, position):
        return Token("keyword" if match.group() in KEYWORDS else "name", match.group(), column, match.end() + 1)
    if match := _SYMBOL.match(text, position):
        return Token("symbol", match.group(), column, match.end() + 1)
    raise FeelSyntaxError(text=text, column=column, why="unexpected_character")


def unquote(literal: str) -> str:
    """Return the string a literal stands for; a backslash before anything else than an escape is itself. Errors: ValueError."""
    text = _ESCAPE.sub(_unescape, literal[1:-1])
    return text.encode("utf-16", "surrogatepass").decode("utf-16")


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _PLAIN.get(match[3], match[3])
