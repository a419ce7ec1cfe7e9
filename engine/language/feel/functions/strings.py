"""Functions over strings, with regular expressions that cannot run away (`language.patterns`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import TypeGuard

from engine.language import patterns
from engine.language.feel import temporal, types
from engine.language.feel.functions.registry import CHARGE, builtin, cut, is_whole
from engine.language.feel.scope import Scope
from engine.language.feel.types import MOST_TEXT, FeelLimit, FeelValue, Number, Range, is_number
from engine.language.pattern_syntax import MalformedPattern
from engine.language.patterns import Pattern

_NUMBER = re.compile(r"-?(\d{1,100}(\.\d{1,100})?|\.\d{1,100})([eE][+-]?\d{1,4})?", re.ASCII)


@builtin("string", "from")
def _string(scope: Scope, value: FeelValue) -> str | None:
    if value is None:
        return None
    text = _Text(scope)
    text.write(value, False)
    return "".join(text.parts)


class _Text:
    """A value being written out, within bounds."""

    def __init__(self, scope: Scope) -> None:
        self.scope, self.parts, self.length = scope, [""], 0

    def add(self, text: str) -> None:
        self.scope.spend(1)
        self.length += len(text)
        if self.length > MOST_TEXT:
            raise FeelLimit(characters=MOST_TEXT)
        self.parts.append(text)

    def write(self, value: FeelValue, nested: bool) -> None:
        if isinstance(value, Mapping):
            self._listed("{", "}", value.items())
        elif isinstance(value, list | tuple):
            self._listed("[", "]", ((None, inner) for inner in value))
        elif isinstance(value, Range):
            self._range(value)
        elif isinstance(value, str):
            self.add(f'"{value}"' if nested else value)
        else:
            self.add(_plain(value))

    def _listed(self, opening: str, closing: str, entries: Iterable[tuple[str | None, FeelValue]]) -> None:
        self.add(opening)
        for number, (name, inner) in enumerate(entries):
            self.add((", " if number else "") + (f"{name}: " if name is not None else ""))
            self.write(inner, True)
        self.add(closing)

    def _range(self, value: Range) -> None:
        self.add("(" if value.low_open else "[")
        self.write(value.low, True)
        self.add("..")
        self.write(value.high, True)
        self.add(")" if value.high_open else "]")


def _plain(value: FeelValue) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return format(types.decimal(value), "f")
    return temporal.write(value)


@builtin("number", "from, grouping separator, decimal separator", optional=2, cost=4)
def _number(scope: Scope, text: FeelValue, grouping: FeelValue = None, point: FeelValue = None) -> Number | None:
    if not _is_separator(grouping, " ,.") or not _is_separator(point, ",."):
        return None
    if grouping is not None and grouping == point:
        return None
    if is_number(text):
        return text
    if not isinstance(text, str):
        return None
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(point, ".") if point else plain
    return types.number(plain) if _NUMBER.fullmatch(plain) else None


def _is_separator(value: FeelValue, signs: str) -> TypeGuard[str | None]:
    return value is None or (isinstance(value, str) and len(value) == 1 and value in signs)


@builtin("string length", "string")
def _string_length(scope: Scope, text: FeelValue) -> int | None:
    return len(text) if isinstance(text, str) else None


@builtin("substring", "string, start position, length", optional=1)
def _substring(scope: Scope, text: FeelValue, start: FeelValue, length: FeelValue = None) -> str | None:
    start, length = cut(start), cut(length)
    if not isinstance(text, str) or not is_whole(start) or start == 0 or abs(start) > len(text):
        return None
    begin = start - 1 if start > 0 else len(text) + start
    if length is None:
        return text[begin:]
    return text[begin : begin + length] if is_whole(length) and length >= 1 else None


@builtin("upper case", "string")
def _upper(scope: Scope, text: FeelValue) -> str | None:
    return text.upper() if isinstance(text, str) else None


@builtin("lower case", "string")
def _lower(scope: Scope, text: FeelValue) -> str | None:
    return text.lower() if isinstance(text, str) else None


@builtin("trim", "string")
def _trim(scope: Scope, text: FeelValue) -> str | None:
    return text.strip() if isinstance(text, str) else None


@builtin("substring before", "string, match")
def _before(scope: Scope, text: FeelValue, match: FeelValue) -> str | None:
    if not isinstance(text, str) or not isinstance(match, str):
        return None
    return text.partition(match)[0] if match and match in text else ""


@builtin("substring after", "string, match")
def _after(scope: Scope, text: FeelValue, match: FeelValue) -> str | None:
    if not isinstance(text, str) or not isinstance(match, str):
        return None
    return (text if not match else text.partition(match)[2]) if match in text else ""


@builtin("contains", "string, match")
def _contains(scope: Scope, text: FeelValue, match: FeelValue) -> bool | None:
    return match in text if isinstance(text, str) and isinstance(match, str) else None


@builtin("starts with", "string, match")
def _starts_with(scope: Scope, text: FeelValue, match: FeelValue) -> bool | None:
    return text.startswith(match) if isinstance(text, str) and isinstance(match, str) else None


@builtin("ends with", "string, match")
def _ends_with(scope: Scope, text: FeelValue, match: FeelValue) -> bool | None:
    return text.endswith(match) if isinstance(text, str) and isinstance(match, str) else None


@builtin("string join", "list, delimiter", optional=1)
def _join(scope: Scope, items: FeelValue, delimiter: FeelValue = None) -> str | None:
    items = [item for item in items if item is not None] if isinstance(items, list) else [items]
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) != len(items) or not (delimiter is None or isinstance(delimiter, str)):
        return None
    if sum(len(text) for text in texts) + len(delimiter or "") * len(texts) > MOST_TEXT:
        raise FeelLimit(characters=MOST_TEXT)
    return (delimiter or "").join(texts)


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: str) -> Pattern | None:
    try:
        return patterns.compile(pattern, flags)
    except MalformedPattern:
        return None


def _pattern(scope: Scope, pattern: FeelValue, flags: FeelValue) -> Pattern | None:
    if not isinstance(pattern, str) or not (flags is None or isinstance(flags, str)):
        return None
    compiled = _compiled(pattern, flags or "")
    scope.spend(len(compiled.program) // CHARGE if compiled else len(pattern))
    return compiled


@builtin("matches", "input, pattern, flags", optional=1)
def _matches(scope: Scope, text: FeelValue, pattern: FeelValue, flags: FeelValue = None) -> bool | None:
    if not isinstance(text, str) or not (compiled := _pattern(scope, pattern, flags)):
        return None
    return compiled.search(text, scope.spend) is not None


def _never_empty(pattern: Pattern, scope: Scope) -> bool:
    return pattern.search("", scope.spend) is None


@builtin("replace", "input, pattern, replacement, flags", optional=1)
def _replace(
    scope: Scope, text: FeelValue, pattern: FeelValue, replacement: FeelValue, flags: FeelValue = None
) -> str | None:
    if not isinstance(text, str) or not (compiled := _pattern(scope, pattern, flags)):
        return None
    if not isinstance(replacement, str) or not _never_empty(compiled, scope):
        return None
    try:
        expand = patterns.expand(replacement)
    except MalformedPattern:
        return None
    pieces: list[str] = []
    position = length = 0
    for match in compiled.all(text, scope.spend):
        pieces += [text[position : match.begin], expand(match)]
        length += len(pieces[-2]) + len(pieces[-1])
        if length > MOST_TEXT:
            raise FeelLimit(characters=MOST_TEXT)
        position = match.end
    return "".join([*pieces, text[position:]])


@builtin("split", "string, delimiter")
def _split(scope: Scope, text: FeelValue, delimiter: FeelValue) -> list[FeelValue] | None:
    if not isinstance(text, str) or not (compiled := _pattern(scope, delimiter, None)):
        return None
    if not _never_empty(compiled, scope):
        return None
    parts: list[FeelValue] = []
    position = 0
    for match in compiled.all(text, scope.spend):
        parts.append(text[position : match.begin])
        position = match.end
    return [*parts, text[position:]]
