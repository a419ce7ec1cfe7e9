"""Functions over strings, with regular expressions that cannot run away (`language.patterns`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from engine.language import patterns
from engine.language.feel import temporal, types
from engine.language.feel.functions.registry import CHARGE, builtin, cut, is_text, is_whole
from engine.language.feel.types import MOST_TEXT, FeelLimit, Range, kind
from engine.language.pattern_syntax import MalformedPattern
from engine.language.patterns import Pattern

_NUMBER = re.compile(r"-?(\d{1,100}(\.\d{1,100})?|\.\d{1,100})([eE][+-]?\d{1,4})?", re.ASCII)


@builtin("string", "from")
def _string(scope: Any, value: Any) -> Any:
    if value is None:
        return None
    text = _Text(scope)
    text.write(value, False)
    return "".join(text.parts)


class _Text:
    """A value being written out, within bounds."""

    def __init__(self, scope: Any) -> None:
        self.scope, self.parts, self.length = scope, [""], 0

    def add(self, text: str) -> None:
        self.scope.spend(1)
        self.length += len(text)
        if self.length > MOST_TEXT:
            raise FeelLimit(characters=MOST_TEXT)
        self.parts.append(text)

    def write(self, value: Any, nested: bool) -> None:
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

    def _listed(self, opening: str, closing: str, entries: Any) -> None:
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


def _plain(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return format(types.decimal(value), "f")
    return temporal.write(value)


@builtin("number", "from, grouping separator, decimal separator", optional=2, cost=4)
def _number(scope: Any, text: Any, grouping: Any = None, point: Any = None) -> Any:
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        return None
    if grouping is not None and grouping == point:
        return None
    if kind(text) == "number":
        return text
    if not is_text(text):
        return None
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(point, ".") if point else plain
    return types.number(plain) if _NUMBER.fullmatch(plain) else None


@builtin("string length", "string")
def _string_length(scope: Any, text: Any) -> Any:
    return len(text) if is_text(text) else None


@builtin("substring", "string, start position, length", optional=1)
def _substring(scope: Any, text: Any, start: Any, length: Any = None) -> Any:
    start, length = cut(start), cut(length)
    if not is_text(text) or not is_whole(start) or start == 0 or abs(start) > len(text):
        return None
    if length is not None and (not is_whole(length) or length < 1):
        return None
    begin = start - 1 if start > 0 else len(text) + start
    return text[begin:] if length is None else text[begin : begin + length]


@builtin("upper case", "string")
def _upper(scope: Any, text: Any) -> Any:
    return text.upper() if is_text(text) else None


@builtin("lower case", "string")
def _lower(scope: Any, text: Any) -> Any:
    return text.lower() if is_text(text) else None


@builtin("trim", "string")
def _trim(scope: Any, text: Any) -> Any:
    return text.strip() if is_text(text) else None


@builtin("substring before", "string, match")
def _before(scope: Any, text: Any, match: Any) -> Any:
    return (text.partition(match)[0] if match and match in text else "") if is_text(text, match) else None


@builtin("substring after", "string, match")
def _after(scope: Any, text: Any, match: Any) -> Any:
    if not is_text(text, match):
        return None
    return (text if not match else text.partition(match)[2]) if match in text else ""


@builtin("contains", "string, match")
def _contains(scope: Any, text: Any, match: Any) -> Any:
    return match in text if is_text(text, match) else None


@builtin("starts with", "string, match")
def _starts_with(scope: Any, text: Any, match: Any) -> Any:
    return text.startswith(match) if is_text(text, match) else None


@builtin("ends with", "string, match")
def _ends_with(scope: Any, text: Any, match: Any) -> Any:
    return text.endswith(match) if is_text(text, match) else None


@builtin("string join", "list, delimiter", optional=1)
def _join(scope: Any, items: Any, delimiter: Any = None) -> Any:
    texts = [item for item in items if item is not None] if isinstance(items, list) else [items]
    if not is_text(*texts) or not (delimiter is None or is_text(delimiter)):
        return None
    if sum(len(item) for item in texts) + len(delimiter or "") * len(texts) > MOST_TEXT:
        raise FeelLimit(characters=MOST_TEXT)
    return (delimiter or "").join(texts)


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: str) -> Pattern | None:
    try:
        return patterns.compile(pattern, flags)
    except MalformedPattern:
        return None


def _pattern(scope: Any, text: Any, pattern: Any, flags: Any) -> Pattern | None:
    if not is_text(text, pattern) or not (flags is None or is_text(flags)):
        return None
    compiled = _compiled(pattern, flags or "")
    scope.spend(len(compiled.program) // CHARGE if compiled else len(pattern))
    return compiled


@builtin("matches", "input, pattern, flags", optional=1)
def _matches(scope: Any, text: Any, pattern: Any, flags: Any = None) -> Any:
    compiled = _pattern(scope, text, pattern, flags)
    return compiled.search(text, scope.spend) is not None if compiled else None


def _never_empty(pattern: Pattern, scope: Any) -> bool:
    return pattern.search("", scope.spend) is None


@builtin("replace", "input, pattern, replacement, flags", optional=1)
def _replace(scope: Any, text: Any, pattern: Any, replacement: Any, flags: Any = None) -> Any:
    compiled = _pattern(scope, text, pattern, flags)
    if not compiled or not is_text(replacement) or not _never_empty(compiled, scope):
        return None
    try:
        expand = patterns.expand(replacement)
    except MalformedPattern:
        return None
    pieces, position, length = [], 0, 0
    for match in compiled.all(text, scope.spend):
        pieces += [text[position : match.begin], expand(match)]
        length += len(pieces[-2]) + len(pieces[-1])
        if length > MOST_TEXT:
            raise FeelLimit(characters=MOST_TEXT)
        position = match.end
    return "".join([*pieces, text[position:]])


@builtin("split", "string, delimiter")
def _split(scope: Any, text: Any, delimiter: Any) -> Any:
    compiled = _pattern(scope, text, delimiter, None)
    if not compiled or not _never_empty(compiled, scope):
        return None
    parts, position = [], 0
    for match in compiled.all(text, scope.spend):
        parts.append(text[position : match.begin])
        position = match.end
    return [*parts, text[position:]]
