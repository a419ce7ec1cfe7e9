"""Functions over lists: counting, sums, membership, cutting and joining. Positions count from 1, from the end when negative."""

from __future__ import annotations

import statistics
from collections.abc import Callable

from engine.language.feel import arithmetic
from engine.language.feel.functions.registry import builtin, cut, is_whole, items_of, numbers_of
from engine.language.feel.scope import Scope
from engine.language.feel.types import (
    EXACT,
    FeelValue,
    both,
    compare,
    decimal,
    either,
    equal,
    is_number,
    reduced,
)


@builtin("list contains", "list, element", cost=4)
def _list_contains(scope: Scope, items: FeelValue, element: FeelValue) -> bool | None:
    return any(equal(item, element, scope.spend) is True for item in items) if isinstance(items, list) else None


@builtin("count", "list")
def _count(scope: Scope, value: FeelValue) -> int | None:
    items = items_of((value,))
    return None if items is None else len(items)


def extreme(values: tuple[FeelValue, ...], operator: str) -> FeelValue:
    """Return the least (`<`) or greatest (`>`) of some values; null when they cannot be compared."""
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
def _min(scope: Scope, *values: FeelValue) -> FeelValue:
    return extreme(values, "<")


@builtin("max", "list", many=True, cost=4)
def _max(scope: Scope, *values: FeelValue) -> FeelValue:
    return extreme(values, ">")


def total(values: tuple[FeelValue, ...]) -> FeelValue:
    """Return the sum of some numbers; null when there are none or one is no number."""
    items = numbers_of(values)
    if items is None:
        return None
    running: FeelValue = 0
    for item in items:
        running = arithmetic.add(running, item)
    return running


@builtin("sum", "list", many=True, cost=8)
def _sum(scope: Scope, *values: FeelValue) -> FeelValue:
    return total(values)


@builtin("product", "list", many=True, cost=8)
def _product(scope: Scope, *values: FeelValue) -> FeelValue:
    items = numbers_of(values)
    if items is None:
        return None
    product: FeelValue = 1
    for item in items:
        product = arithmetic.multiply(product, item)
    return product


@builtin("mean", "list", many=True, cost=8)
def _mean(scope: Scope, *values: FeelValue) -> FeelValue:
    items = numbers_of(values)
    return arithmetic.divide(total(values), len(items)) if items else None


@builtin("median", "list", many=True, cost=8)
def _median(scope: Scope, *values: FeelValue) -> FeelValue:
    items = sorted(decimal(item) for item in numbers_of(values) or ())
    if not items:
        return None
    middle = len(items) // 2
    if len(items) % 2:
        return reduced(items[middle])
    return arithmetic.divide(arithmetic.add(items[middle - 1], items[middle]), 2)


@builtin("stddev", "list", many=True, cost=24)
def _stddev(scope: Scope, *values: FeelValue) -> FeelValue:
    items = numbers_of(values)
    if not items or len(items) < 2:
        return None
    mean = arithmetic.divide(total(values), len(items))
    squares: FeelValue = 0
    for item in items:
        squares = arithmetic.add(squares, arithmetic.power(arithmetic.subtract(item, mean), 2))
    variance = arithmetic.divide(squares, len(items) - 1)
    return reduced(EXACT.sqrt(decimal(variance))) if is_number(variance) else None


@builtin("mode", "list", many=True, cost=4)
def _mode(scope: Scope, *values: FeelValue) -> FeelValue:
    if items_of(values) == []:
        return []
    items = numbers_of(values)
    if not items:
        return None
    numbers = [number for item in items if (number := reduced(decimal(item))) is not None]
    return [*sorted(statistics.multimode(numbers))]


def _folded(
    values: tuple[FeelValue, ...], operation: Callable[[object, object], bool | None], start: bool
) -> bool | None:
    items = items_of(values)
    if items is None:
        return None
    result: bool | None = start
    for item in items:
        result = operation(result, item)
    return result


@builtin("all", "list", many=True, cost=2)
def _all(scope: Scope, *values: FeelValue) -> bool | None:
    return _folded(values, both, True)


@builtin("any", "list", many=True, cost=2)
def _any(scope: Scope, *values: FeelValue) -> bool | None:
    return _folded(values, either, False)


def _index(items: list[FeelValue], position: FeelValue) -> int | None:
    """Return a position as Python counts; null when the list has no such item."""
    position = cut(position)
    if not is_whole(position) or position == 0 or abs(position) > len(items):
        return None
    return position - 1 if position > 0 else len(items) + position


@builtin("sublist", "list, start position, length", optional=1)
def _sublist(scope: Scope, items: FeelValue, start: FeelValue, length: FeelValue = None) -> list[FeelValue] | None:
    if not isinstance(items, list) or (begin := _index(items, start)) is None:
        return None
    if length is None:
        return items[begin:]
    length = cut(length)
    return items[begin : begin + length] if is_whole(length) and length >= 0 else None


@builtin("insert before", "list, position, newItem")
def _insert_before(scope: Scope, items: FeelValue, position: FeelValue, item: FeelValue) -> list[FeelValue] | None:
    if not isinstance(items, list) or (index := _index(items, position)) is None:
        return None
    return [*items[:index], item, *items[index:]]


@builtin("remove", "list, position")
def _remove(scope: Scope, items: FeelValue, position: FeelValue) -> list[FeelValue] | None:
    if not isinstance(items, list) or (index := _index(items, position)) is None:
        return None
    return [*items[:index], *items[index + 1 :]]


@builtin("list replace", "list, position, newItem")
def _list_replace(scope: Scope, items: FeelValue, position: FeelValue, item: FeelValue) -> list[FeelValue] | None:
    if not isinstance(items, list) or (index := _index(items, position)) is None:
        return None
    return [*items[:index], item, *items[index + 1 :]]


@builtin("append", "list, items", many=True)
def _append(scope: Scope, items: FeelValue, *more: FeelValue) -> list[FeelValue] | None:
    if items is None:
        return None
    return [*(items if isinstance(items, list) else [items]), *more]


@builtin("concatenate", "lists", many=True)
def _concatenate(scope: Scope, *lists: FeelValue) -> list[FeelValue] | None:
    if any(items is None for items in lists):
        return None
    return [item for items in lists for item in (items if isinstance(items, list) else [items])]


@builtin("reverse", "list")
def _reverse(scope: Scope, items: FeelValue) -> list[FeelValue] | None:
    return list(reversed(items)) if isinstance(items, list) else None


@builtin("index of", "list, match", cost=4)
def _index_of(scope: Scope, items: FeelValue, match: FeelValue) -> list[FeelValue] | None:
    if not isinstance(items, list):
        return None
    return [number for number, item in enumerate(items, start=1) if equal(item, match, scope.spend) is True]


@builtin("distinct values", "list")
def _distinct(scope: Scope, items: FeelValue) -> list[FeelValue] | None:
    return _unique(scope, items) if isinstance(items, list) else None


def _unique(scope: Scope, items: list[FeelValue]) -> list[FeelValue]:
    distinct: list[FeelValue] = []
    for item in items:
        scope.spend(1 + len(distinct) // 2)
        if not any(equal(item, earlier, scope.spend) is True for earlier in distinct):
            distinct.append(item)
    return distinct


@builtin("union", "lists", many=True)
def _union(scope: Scope, *lists: FeelValue) -> list[FeelValue] | None:
    joined = _concatenate(scope, *lists)
    return None if joined is None else _unique(scope, joined)


@builtin("flatten", "list")
def _flatten(scope: Scope, items: FeelValue) -> list[FeelValue] | None:
    if not isinstance(items, list):
        return None
    flat: list[FeelValue] = []
    pending = list(reversed(items))
    while pending:
        scope.spend(1)
        item = pending.pop()
        if isinstance(item, list):
            pending.extend(reversed(item))
        else:
            flat.append(item)
    return flat
