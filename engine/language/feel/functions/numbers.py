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

from engine.language.feel.functions.registry import builtin, cut, is_whole
from engine.language.feel.scope import Scope
from engine.language.feel.types import EXACT, FeelValue, decimal, is_number, reduced
from engine.language.values import YearsMonths

LEAST_SCALE, MOST_SCALE = -6_111, 6_176
_WIDE = Context(prec=13_000)


def _rounded(n: FeelValue, scale: FeelValue, mode: str) -> FeelValue:
    scale = cut(scale)
    if not is_number(n) or not is_whole(scale) or not LEAST_SCALE <= scale <= MOST_SCALE:
        return None
    exact = decimal(n).quantize(Decimal(1).scaleb(-scale), rounding=mode, context=_WIDE)
    return reduced(EXACT.plus(exact))


def _declare_rounding(name: str, mode: str) -> None:
    def run(scope: Scope, n: FeelValue, scale: FeelValue) -> FeelValue:
        return _rounded(n, scale, mode)

    builtin(name, "n, scale", cost=4)(run)


for _name, _mode in (
    ("decimal", ROUND_HALF_EVEN),
    ("round up", ROUND_UP),
    ("round down", ROUND_DOWN),
    ("round half up", ROUND_HALF_UP),
    ("round half down", ROUND_HALF_DOWN),
):
    _declare_rounding(_name, _mode)


@builtin("floor", "n, scale", optional=1, cost=4)
def _floor(scope: Scope, n: FeelValue, scale: FeelValue = 0) -> FeelValue:
    return _rounded(n, scale, ROUND_FLOOR)


@builtin("ceiling", "n, scale", optional=1, cost=4)
def _ceiling(scope: Scope, n: FeelValue, scale: FeelValue = 0) -> FeelValue:
    return _rounded(n, scale, ROUND_CEILING)


@builtin("abs", "n")
def _abs(scope: Scope, n: FeelValue) -> FeelValue:
    if isinstance(n, YearsMonths):
        return YearsMonths(abs(n.months))
    if isinstance(n, timedelta):
        return abs(n)
    return reduced(EXACT.abs(decimal(n))) if is_number(n) else None


@builtin("modulo", "dividend, divisor", cost=8)
def _modulo(scope: Scope, dividend: FeelValue, divisor: FeelValue) -> FeelValue:
    if not is_number(dividend) or not is_number(divisor) or not divisor:
        return None
    rest = _WIDE.remainder(decimal(dividend), decimal(divisor))
    return reduced(EXACT.plus(_WIDE.add(rest, decimal(divisor)) if rest and (rest < 0) != (divisor < 0) else rest))


@builtin("sqrt", "number", cost=4)
def _sqrt(scope: Scope, n: FeelValue) -> FeelValue:
    return reduced(EXACT.sqrt(decimal(n))) if is_number(n) and n >= 0 else None


@builtin("log", "number", cost=40)
def _log(scope: Scope, n: FeelValue) -> FeelValue:
    return reduced(EXACT.ln(decimal(n))) if is_number(n) and n > 0 else None


@builtin("exp", "number", cost=20)
def _exp(scope: Scope, n: FeelValue) -> FeelValue:
    return reduced(EXACT.exp(decimal(n))) if is_number(n) else None


@builtin("odd", "number")
def _odd(scope: Scope, n: FeelValue) -> bool | None:
    return n % 2 == 1 if is_whole(n) else None


@builtin("even", "number")
def _even(scope: Scope, n: FeelValue) -> bool | None:
    return n % 2 == 0 if is_whole(n) else None
