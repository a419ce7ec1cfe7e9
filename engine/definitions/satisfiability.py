"""Whether a condition can hold at all, always does, or asks what another has answered: found by trying every value that makes a difference to it.

Values are tried with the very expression that is executed. What compares with anything but literals has no such values, and nothing is told of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import product
from math import prod
from typing import Any

from engine.definitions.columns import ORDERED as IN_ORDER
from engine.definitions.columns import OTHER, between
from engine.language import feel
from engine.language.calendar import Calendar
from engine.language.feel import Expression, FeelLimit, FeelSyntaxError, Names, Scope, Use, inferred
from engine.language.feel.inferred import Type
from engine.language.feel.uses import ONE_OF, ORDERED, WHETHER

MOST_CASES = 3_000
CLOCKS = ("now(", "today(")
NEVER, ALWAYS = "never_holds", "always_holds"
Case = dict[str, Any]


def fixed(text: str, names: Names) -> str:
    """Return NEVER or ALWAYS, where a condition is so whatever the variables are; else nothing."""
    answers = _answers([text], names)
    if answers is None:
        return ""
    verdicts = {holds for (holds,) in answers}
    return {frozenset({True}): ALWAYS, frozenset({False}): NEVER}.get(frozenset(verdicts), "")


def answered_before(texts: Sequence[str], names: Names) -> Iterator[tuple[int, int]]:
    """Yield (number of a condition that is never asked, number of an earlier one that holds whenever it does), of conditions asked in this order.

    Shape: the second number is -1 where it takes several earlier ones together.
    """
    for later in range(1, len(texts)):
        for earlier in range(later):
            if _is_answered([texts[earlier]], texts[later], names):
                yield later, earlier
                break
        else:
            if later > 1 and _is_answered(texts[:later], texts[later], names):
                yield later, -1


def _is_answered(earlier: Sequence[str], later: str, names: Names) -> bool:
    answers = _answers([*earlier, later], names)
    if answers is None or not any(own for *_before, own in answers):
        return False
    return all(any(before) for *before, own in answers if own)


def _answers(texts: Sequence[str], names: Names) -> list[tuple[bool, ...]] | None:
    """Tell whether each condition holds, case by case; None when it cannot be told."""
    try:
        compiled = [feel.compile(text) for text in texts]
        uses = frozenset().union(*(feel.uses_of(text) for text in texts))
    except FeelSyntaxError:
        return None
    if any(clock in text.replace(" ", "") for clock in CLOCKS for text in texts):
        return None
    cases = _cases(uses, names)
    return [tuple(_holds(condition, case) for condition in compiled) for case in cases] if cases is not None else None


def _cases(uses: Iterable[Use], names: Names) -> list[Case] | None:
    by_path: dict[str, list[Use]] = {}
    for use in uses:
        by_path.setdefault(use.path, []).append(use)
    if any(path != outer and path.startswith(f"{outer}.") for path in by_path for outer in by_path):
        return None
    domains = {path: _domain(uses_of_path, _type_of(path, names)) for path, uses_of_path in by_path.items()}
    if any(domain is None for domain in domains.values()):
        return None
    if prod(len(domain or ()) for domain in domains.values()) > MOST_CASES:
        return None
    combinations = product(*(domain or () for domain in domains.values()))
    return [_nested(zip(domains, values, strict=True)) for values in combinations]


def _type_of(path: str, names: Names) -> Type | None:
    """Return what a path leads to; None when that is not known, or passes a list."""
    name, *parts = path.split(".")
    type_there = names.types.get(name)
    for part in parts:
        if type_there is None or type_there.kinds - {inferred.NULL} != {"context"}:
            return None
        type_there = type_there.part(part)
    return type_there if type_there is not None and type_there.is_known else None


def _domain(uses: Sequence[Use], type_there: Type | None) -> list[Any] | None:
    """Return the values of a path that make a difference to how it is used."""
    if type_there is None or not type_there.kinds - {inferred.NULL} <= {*IN_ORDER, "string", "boolean"}:
        return _presence(uses)
    literals = [value for use in uses for value in use.literals if value is not None]
    domain: list[Any] = [None]
    for kind in sorted(type_there.kinds - {inferred.NULL}):
        own = [value for value in literals if feel.kind(value) == kind]
        values = _of_kind(kind, own, uses, type_there)
        if values is None:
            return None
        domain += values
    return domain


def _presence(uses: Sequence[Use]) -> list[Any] | None:
    """Return the values that make a difference where it is only asked whether there is one."""
    return [None, [], [OTHER], OTHER, 0, {OTHER: OTHER}] if all(use.how == WHETHER for use in uses) else None


def _of_kind(kind: str, literals: list[Any], uses: Sequence[Use], type_there: Type) -> list[Any] | None:
    if kind == "boolean":
        return [True, False]
    if kind == "string" and type_there.values is not None:
        return sorted(type_there.values)
    if any(use.how not in (WHETHER, ONE_OF, ORDERED) for use in uses):
        return None
    if kind == "string":
        return None if any(use.how == ORDERED for use in uses) else [*sorted(set(literals)), OTHER]
    values = [value.value for value in between([*literals, 0] if kind == "number" else literals)] if literals else []
    if not values:
        return [0, 1] if kind == "number" else None
    return [value for value in values if not (type_there.unsigned and value < 0)]


def _nested(case: Iterable[tuple[str, Any]]) -> Case:
    context: Case = {}
    for path, value in case:
        *outer, last = path.split(".")
        inner = context
        for name in outer:
            inner = inner.setdefault(name, {})
        inner[last] = value
    return context


def _holds(condition: Expression, case: Case) -> bool:
    scope = Scope(datetime(2000, 1, 1, tzinfo=UTC), Calendar(frozenset(), frozenset()))
    try:
        return condition.evaluate(case, scope=scope) is True
    except FeelLimit:
        return False
