"""FEEL text → tokens, with names taken as long as the names known allow (FEEL names may hold spaces)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import NamedTuple

from engine.errors import Invalid

MOST_CHARACTERS = 8_000
KEYWORDS = frozenset(
    {
        "and",
        "or",
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "between",
        "instance",
        "of",
    }
    | {"true", "false", "null", "function", "external"}
)
_SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_WORD = re.compile(r"[^\W\d][\w'’]*", re.UNICODE)
_SYMBOL = re.compile(r"\*\*|\.\.|<=|>=|!=|[-+*/=<>(){}\[\],.:?@]")


class FeelSyntaxError(Invalid):
    """The expression is not FEEL, or not of the part that is supported."""


class Token(NamedTuple):
    """`kind` number, string, at, name, keyword, symbol or end; `column` counts from 1."""

    kind: str
    text: str
    column: int


def tokens(text: str, known: Iterable[str]) -> list[Token]:
    """The tokens of an expression, an end token last. Errors: FeelSyntaxError."""
    if len(text) > MOST_CHARACTERS:
        raise FeelSyntaxError(text=text[:80], column=MOST_CHARACTERS, why="too_long")
    spaced = sorted((name for name in known if not _WORD.fullmatch(name)), key=len, reverse=True)
    found: list[Token] = []
    position = 0
    while position < len(text):
        space = _SPACE.match(text, position)
        if space:
            position = space.end()
            continue
        token = _token(text, position, spaced)
        found.append(token)
        position = _end(text, token, position)
    found.append(Token("end", "", len(text) + 1))
    return found


def _token(text: str, position: int, spaced: list[str]) -> Token:
    column = position + 1
    for name in spaced:
        if text.startswith(name, position) and not _continues(text, position + len(name)):
            return Token("name", name, column)
    for kind, pattern in (("string", _STRING), ("number", _NUMBER)):
        if match := pattern.match(text, position):
            return Token(kind, match.group(), column)
    if match := _WORD.match(text, position):
        return Token("keyword" if match.group() in KEYWORDS else "name", match.group(), column)
    if match := _SYMBOL.match(text, position):
        return Token("symbol", match.group(), column)
    raise FeelSyntaxError(text=text, column=column, why="unexpected_character")


def _continues(text: str, position: int) -> bool:
    return position < len(text) and (text[position].isalnum() or text[position] == "_")


def _end(text: str, token: Token, position: int) -> int:
    return position + len(token.text)


def unquote(literal: str) -> str:
    """The string a literal stands for."""
    escaped = literal.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t").replace("\\'", "'")
    escaped = re.sub(r"\\U([0-9A-Fa-f]{6})", lambda m: chr(int(m.group(1), 16)), escaped)
    return str(json.loads(escaped))
