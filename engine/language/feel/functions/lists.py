"""Functions over lists: counting, sums, membership, cutting and joining. Positions count from 1, from the end when negative."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from typing import Any

from engine.language.feel import types
from engine.language.feel.functions.registry import builtin, cut, is_whole, items_of, numbers_of
from engine.language.feel.types import EXACT, both, compare, decimal, either, equal, normal


@builtin("list contains", "list, element", cost=4)
def _list_contains(scope: Any, items: Any, element: Any) -> Any:
    return any(equal(item, element, scope.spend) is True for item in items) if isinstance(items, list) else None


@builtin("count", "list")
def _count(scope: Any, value: Any) -> Any:
    items = items_of((value,))
    return None if items is None else len(items)


def extreme(values: tuple[Any, ...], operator: str) -> Any:
    """The least (`<`) or greatest (`>`) of some values; null when they cannot be compared."""
    items = items_of(values)
    if not items:
        return None
    best = items[0]
    for item in items[1:]:
        better = compare(operator, item, best)
        if better is None:
            return None
        best = item if better else best
    return best if compare(operator, best, best) is not None else None


@builtin("min", "list", many=True, cost=4)
def _min(scope: Any, *values: Any) -> Any:
    return extreme(values, "<")


@builtin("max", "list", many=True, cost=4)
def _max(scope: Any, *values: Any) -> Any:
    return extreme(values, ">")


def total(values: tuple[Any, ...]) -> Any:
    """The sum of some numbers; null when there are none or one is no number."""
    items = numbers_of(values)
    if items is None:
        return None
    running: Any = 0
    for item in items:
        running = types.add(running, item)
    return running


@builtin("sum", "list", many=True, cost=8)
def _sum(scope: Any, *values: Any) -> Any:
    return total(values)


@builtin("product", "list", many=True, cost=8)
def _product(scope: Any, *values: Any) -> Any:
    items = numbers_of(values)
    if items is None:
        return None
    product: Any = 1
    for item in items:
        product = types.multiply(product, item)
    return product


@builtin("mean", "list", many=True, cost=8)
def _mean(scope: Any, *values: Any) -> Any:
    items = numbers_of(values)
    return types.divide(total(values), len(items)) if items else None


@builtin("median", "list", many=True, cost=8)
def _median(scope: Any, *values: Any) -> Any:
    items = sorted(decimal(item) for item in numbers_of(values) or ())
    if not items:
        return None
    middle = len(items) // 2
    return normal(items[middle]) if len(items) % 2 else types.divide(types.add(items[middle - 1], items[middle]), 2)


@builtin("stddev", "list", many=True, cost=24)
def _stddev(scope: Any, *values: Any) -> Any:
    items = numbers_of(values)
    if not items or len(items) < 2:
        return None
    mean = decimal(types.divide(total(values), len(items)))
    squares: Any = 0
    for item in items:
        squares = types.add(squares, types.power(types.subtract(item, mean), 2))
    variance = types.divide(squares, len(items) - 1)
    return None if variance is None else normal(EXACT.sqrt(decimal(variance)))


@builtin("mode", "list", many=True, cost=4)
def _mode(scope: Any, *values: Any) -> Any:
    if items_of(values) == []:
        return []
    items = numbers_of(values)
    return sorted(statistics.multimode(normal(item) for item in items)) if items else None


def _folded(values: tuple[Any, ...], operation: Callable[[Any, Any], Any], start: bool) -> Any:
    items = items_of(values)
    if items is None:
        return None
    result: Any = start
    for item in items:
        result = operation(result, item)
    return result


@builtin("all", "list", many=True, cost=2)
def _all(scope: Any, *values: Any) -> Any:
    return _folded(values, both, True)


@builtin("any", "list", many=True, cost=2)
def _any(scope: Any, *values: Any) -> Any:
    return _folded(values, either, False)


def _index(items: Any, position: Any) -> int | None:
    """A position as Python counts; null when the list has no such item."""
    position = cut(position)
    if not isinstance(items, list) or not is_whole(position) or position == 0 or abs(position) > len(items):
        return None
    return position - 1 if position > 0 else len(items) + position


@builtin("sublist", "list, start position, length", optional=1)
def _sublist(scope: Any, items: Any, start: Any, length: Any = None) -> Any:
    begin, length = _index(items, start), cut(length)
    if begin is None or not (length is None or (is_whole(length) and length >= 0)):
        return None
    return items[begin:] if length is None else items[begin : begin + length]


@builtin("insert before", "list, position, newItem")
def _insert_before(scope: Any, items: Any, position: Any, item: Any) -> Any:
    index = _index(items, position)
    return None if index is None else [*items[:index], item, *items[index:]]


@builtin("remove", "list, position")
def _remove(scope: Any, items: Any, position: Any) -> Any:
    index = _index(items, position)
    return None if index is None else [*items[:index], *items[index + 1 :]]


@builtin("list replace", "list, position, newItem")
def _list_replace(scope: Any, items: Any, position: Any, item: Any) -> Any:
    index = _index(items, position)
    return None if index is None else [*items[:index], item, *items[index + 1 :]]


@builtin("append", "list, items", many=True)
def _append(scope: Any, items: Any, *more: Any) -> Any:
    if items is None:
        return None
    return [*(items if isinstance(items, list) else [items]), *more]


@builtin("concatenate", "lists", many=True)
def _concatenate(scope: Any, *lists: Any) -> Any:
    if any(items is None for items in lists):
        return None
    return [item for items in lists for item in (items if isinstance(items, list) else [items])]


@builtin("reverse", "list")
def _reverse(scope: Any, items: Any) -> Any:
    return list(reversed(items)) if isinstance(items, list) else None


@builtin("index of", "list, match", cost=4)
def _index_of(scope: Any, items: Any, match: Any) -> Any:
    if not isinstance(items, list):
        return None
    return [number for number, item in enumerate(items, start=1) if equal(item, match, scope.spend) is True]


@builtin("distinct values", "list")
def _distinct(scope: Any, items: Any) -> Any:
    return _unique(scope, items) if isinstance(items, list) else None


def _unique(scope: Any, items: list[Any]) -> list[Any]:
    distinct: list[Any] = []
    for item in items:
        scope.spend(1 + len(distinct) // 2)
        if not any(equal(item, earlier, scope.spend) is True for earlier in distinct):
            distinct.append(item)
    return distinct


@builtin("union", "lists", many=True)
def _union(scope: Any, *lists: Any) -> Any:
    joined = _concatenate(scope, *lists)
    return None if joined is None else _unique(scope, joined)


@builtin("flatten", "list")
def _flatten(scope: Any, items: Any) -> Any:
    if not isinstance(items, list):
        return None
    flat: list[Any] = []
    pending = list(reversed(items))
    while pending:
        scope.spend(1)
        item = pending.pop()
        if isinstance(item, list):
            pending.extend(reversed(item))
        else:
            flat.append(item)
    return flat
