"""Functions over contexts, booleans and values of any type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.language.feel.functions.registry import builtin
from engine.language.feel.scope import Scope
from engine.language.feel.types import FeelValue, equal, kind


@builtin("not", "negand")
def _not(scope: Scope, value: FeelValue) -> bool | None:
    return not value if isinstance(value, bool) else None


@builtin("is defined", "value")
def _is_defined(scope: Scope, value: FeelValue) -> bool:
    return value is not None


@builtin("is", "value1, value2")
def _is(scope: Scope, a: FeelValue, b: FeelValue) -> bool:
    if isinstance(a, time | datetime) and isinstance(b, time | datetime):
        return type(a) is type(b) and a.replace(tzinfo=None) == b.replace(tzinfo=None) and _zone(a) == _zone(b)
    return kind(a) == kind(b) and equal(a, b, scope.spend) is True


def _zone(value: time | datetime) -> str | timedelta | None:
    """Return how a value says where it is: by a name, by an offset, or not at all."""
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else value.utcoffset()


@builtin("get value", "m, key", aliases=("context, key",))
def _get_value(scope: Scope, m: FeelValue, key: FeelValue) -> FeelValue:
    if not isinstance(m, Mapping):
        return None
    if isinstance(key, list):
        for step in key:
            m = m.get(step) if isinstance(m, Mapping) and isinstance(step, str) else None
        return m if key else None
    return m.get(key) if isinstance(key, str) else None


@builtin("get entries", "m", aliases=("context",))
def _get_entries(scope: Scope, m: FeelValue) -> list[FeelValue] | None:
    return [{"key": name, "value": value} for name, value in m.items()] if isinstance(m, Mapping) else None


@builtin("context", "entries")
def _context(scope: Scope, entries: FeelValue) -> dict[str, FeelValue] | None:
    context: dict[str, FeelValue] = {}
    for entry in entries if isinstance(entries, list) else [entries]:
        if not isinstance(entry, Mapping) or "value" not in entry:
            return None
        key = entry.get("key")
        if not isinstance(key, str) or key in context:
            return None
        context[key] = entry["value"]
    return context


@builtin("context put", "context, key, value", aliases=("context, keys, value",))
def _context_put(scope: Scope, context: FeelValue, key: FeelValue, value: FeelValue) -> FeelValue:
    path = key if isinstance(key, list) else [key]
    keys = [step for step in path if isinstance(step, str)]
    if not keys or len(keys) != len(path):
        return None
    return _put(scope, context, keys, value)


def _put(scope: Scope, context: FeelValue, keys: list[str], value: FeelValue) -> FeelValue:
    """Return the context with one value replaced, built from the innermost outwards."""
    above = [context]
    for step in keys[:-1]:
        inner = above[-1]
        above.append(inner.get(step) if isinstance(inner, Mapping) else None)
    for inner, step in zip(reversed(above), reversed(keys), strict=True):
        if not isinstance(inner, Mapping):
            return None
        scope.spend(len(inner))
        value = {**inner, step: value}
    return value


@builtin("context merge", "contexts", many=True)
def _context_merge(scope: Scope, *contexts: FeelValue) -> dict[str, FeelValue] | None:
    first = contexts[0] if len(contexts) == 1 else None
    merged: dict[str, FeelValue] = {}
    for context in first if isinstance(first, list) else contexts:
        if not isinstance(context, Mapping):
            return None
        scope.spend(len(context))
        merged |= context
    return merged
