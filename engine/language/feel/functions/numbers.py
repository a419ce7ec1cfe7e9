"""Functions over numbers: rounding, remainders, roots; exact to 34 digits."""

from __future__ import annotations

from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from typing import Any

from engine.language.feel.functions.registry import builtin, cut, is_whole
from engine.language.feel.types import EXACT, decimal, kind, normal
from engine.language.values import YearsMonths

LEAST_SCALE, MOST_SCALE = -6_111, 6_176
_WIDE = Context(prec=13_000)


def _rounded(n: Any, scale: Any, mode: str) -> Any:
    scale = cut(scale)
    if kind(n) != "number" or not is_whole(scale) or not LEAST_SCALE <= scale <= MOST_SCALE:
        return None
    exact = decimal(n).quantize(Decimal(1).scaleb(-scale), rounding=mode, context=_WIDE)
    return normal(EXACT.plus(exact))


for _name, _mode in (
    ("decimal", ROUND_HALF_EVEN),
    ("round up", ROUND_UP),
    ("round down", ROUND_DOWN),
    ("round half up", ROUND_HALF_UP),
    ("round half down", ROUND_HALF_DOWN),
):
    builtin(_name, "n, scale", cost=4)(lambda scope, n, scale, mode=_mode: _rounded(n, scale, mode))


@builtin("floor", "n, scale", optional=1, cost=4)
def _floor(scope: Any, n: Any, scale: Any = 0) -> Any:
    return _rounded(n, scale, ROUND_FLOOR)


@builtin("ceiling", "n, scale", optional=1, cost=4)
def _ceiling(scope: Any, n: Any, scale: Any = 0) -> Any:
    return _rounded(n, scale, ROUND_CEILING)


@builtin("abs", "n")
def _abs(scope: Any, n: Any) -> Any:
    if isinstance(n, YearsMonths):
        return YearsMonths(abs(n.months))
    if isinstance(n, timedelta):
        return abs(n)
    return normal(EXACT.abs(decimal(n))) if kind(n) == "number" else None


@builtin("modulo", "dividend, divisor", cost=8)
def _modulo(scope: Any, dividend: Any, divisor: Any) -> Any:
    if kind(dividend) != "number" or kind(divisor) != "number" or not divisor:
        return None
    rest = _WIDE.remainder(decimal(dividend), decimal(divisor))
    return normal(EXACT.plus(_WIDE.add(rest, decimal(divisor)) if rest and (rest < 0) != (divisor < 0) else rest))


@builtin("sqrt", "number", cost=4)
def _sqrt(scope: Any, n: Any) -> Any:
    return normal(EXACT.sqrt(decimal(n))) if kind(n) == "number" and n >= 0 else None


@builtin("log", "number", cost=40)
def _log(scope: Any, n: Any) -> Any:
    return normal(EXACT.ln(decimal(n))) if kind(n) == "number" and n > 0 else None


@builtin("exp", "number", cost=20)
def _exp(scope: Any, n: Any) -> Any:
    return normal(EXACT.exp(decimal(n))) if kind(n) == "number" else None


@builtin("odd", "number")
def _odd(scope: Any, n: Any) -> Any:
    return n % 2 == 1 if is_whole(n) else None


@builtin("even", "number")
def _even(scope: Any, n: Any) -> Any:
    return n % 2 == 0 if is_whole(n) else None
