"""Functions over contexts, booleans and values of any type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from engine.language.feel.functions.registry import builtin
from engine.language.feel.types import equal, kind


@builtin("not", "negand")
def _not(scope: Any, value: Any) -> Any:
    return not value if isinstance(value, bool) else None


@builtin("is defined", "value")
def _is_defined(scope: Any, value: Any) -> bool:
    return value is not None


@builtin("is", "value1, value2")
def _is(scope: Any, a: Any, b: Any) -> bool:
    if isinstance(a, time | datetime) and isinstance(b, time | datetime):
        return type(a) is type(b) and a.replace(tzinfo=None) == b.replace(tzinfo=None) and _zone(a) == _zone(b)
    return kind(a) == kind(b) and equal(a, b, scope.spend) is True


def _zone(value: time | datetime) -> Any:
    """How a value says where it is: by a name, by an offset, or not at all."""
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else value.utcoffset()


@builtin("get value", "m, key", aliases=("context, key",))
def _get_value(scope: Any, m: Any, key: Any) -> Any:
    if not isinstance(m, Mapping):
        return None
    if isinstance(key, list):
        for step in key:
            m = m.get(step) if isinstance(m, Mapping) and isinstance(step, str) else None
        return m if key else None
    return m.get(key) if isinstance(key, str) else None


@builtin("get entries", "m", aliases=("context",))
def _get_entries(scope: Any, m: Any) -> Any:
    return [{"key": name, "value": value} for name, value in m.items()] if isinstance(m, Mapping) else None


@builtin("context", "entries")
def _context(scope: Any, entries: Any) -> Any:
    context: dict[str, Any] = {}
    for entry in entries if isinstance(entries, list) else [entries]:
        if not isinstance(entry, Mapping) or not isinstance(entry.get("key"), str) or "value" not in entry:
            return None
        if entry["key"] in context:
            return None
        context[entry["key"]] = entry["value"]
    return context


@builtin("context put", "context, key, value", aliases=("context, keys, value",))
def _context_put(scope: Any, context: Any, key: Any, value: Any) -> Any:
    keys = key if isinstance(key, list) else [key]
    if not keys or not all(isinstance(step, str) for step in keys):
        return None
    return _put(scope, context, keys, value)


def _put(scope: Any, context: Any, keys: list[str], value: Any) -> Any:
    """The context with one value replaced, built from the innermost outwards."""
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
def _context_merge(scope: Any, *contexts: Any) -> Any:
    parts = contexts[0] if len(contexts) == 1 and isinstance(contexts[0], list) else list(contexts)
    merged: dict[str, Any] = {}
    for context in parts:
        if not isinstance(context, Mapping):
            return None
        scope.spend(len(context))
        merged |= context
    return merged
