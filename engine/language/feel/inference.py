"""What the parts of a FEEL expression may be, told without evaluating, a function for each of `closures`: the same names, over types in the place of values.

Each gives a judge: called with the types of the variables, it tells the type of its part and adds what cannot be right to the doubts. What is not
certain is no doubt: a judge that does not know says that it may be anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any

from engine.language import patterns
from engine.language.feel import inferred
from engine.language.feel.functions.registry import Function
from engine.language.feel.inferred import ANYTHING, BOOLEAN, LIST, NUMBER, TEXT, Type, list_of, union
from engine.language.feel.shapes import Shape
from engine.language.feel.types import FeelValue
from engine.language.pattern_syntax import MalformedPattern

INPUT = "?"
EQUALITY = ("=", "!=")
TEMPORAL = frozenset(
    {"date", "time", "date and time", "days and time duration", "years and months duration"},
)
HARDLY_ANOTHER = 0.85
DURATIONS = frozenset({"days and time duration", "years and months duration"})


@dataclass(frozen=True)
class Doubt:
    """Something that cannot be right: which rule says so, and its particulars."""

    rule: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Names:
    """The variables that can exist, by name; with `complete` there are no others, with `likely` hardly any that look like one of them."""

    types: Mapping[str, Type]
    complete: bool = True
    likely: bool = False

    def with_types(self, more: Mapping[str, Type], *, complete: bool = True) -> Names:
        """Return these and others before them."""
        return Names({**self.types, **more}, self.complete and complete, self.likely)


Doubts = list[Doubt]
Judge = Callable[[Names, Doubts], Type]
TestJudge = Callable[[Names, Doubts, Type], None]

COUNTED = Type(NUMBER.kinds, unsigned=True)

# What a function gives, where that does not depend on what it is given.
GIVES = {
    **dict.fromkeys(
        ("sum", "product", "mean", "median", "stddev", "floor", "ceiling", "modulo"),
        NUMBER,
    ),
    **dict.fromkeys(("string length", "count", "abs"), COUNTED),
    **dict.fromkeys(("sqrt", "log", "exp", "number", "day of year", "week of year", "decimal"), NUMBER),
    **dict.fromkeys(("string", "substring", "upper case", "lower case", "trim", "substring before"), TEXT),
    **dict.fromkeys(("substring after", "string join", "replace", "day of week", "month of year"), TEXT),
    **dict.fromkeys(("not", "is defined", "is", "contains", "starts with", "ends with", "matches"), BOOLEAN),
    **dict.fromkeys(("list contains", "odd", "even", "all", "any"), BOOLEAN),
    "split": list_of(TEXT),
    "index of": list_of(NUMBER),
    "date": inferred.DATE,
    "today": inferred.DATE,
    "date and time": inferred.INSTANT,
    "now": inferred.INSTANT,
    "get entries": LIST,
}
SAME = frozenset({"sublist", "insert before", "remove", "list replace", "reverse", "distinct values", "append"})
TAKES_TEXT = frozenset(
    {
        *("string length", "substring", "upper case", "lower case", "trim", "substring before", "substring after"),
        *("contains", "starts with", "ends with", "matches", "replace", "split"),
    }
)
TAKES_NUMBER = frozenset({"floor", "ceiling", "modulo", "sqrt", "log", "exp", "odd", "even"})
# Functions over a pattern, and which of their arguments are its flags.
FLAGS = {"matches": 2, "replace": 3, "split": 2}


def constant(value: FeelValue) -> Judge:
    """Return a literal."""
    literal = inferred.of(value)
    return lambda names, doubts: literal


def variable(name: str) -> Judge:
    """Return a name, which something has to give."""

    def judge(names: Names, doubts: Doubts) -> Type:
        declared = names.types.get(name)
        if declared is not None:
            return declared if declared.said == name else declared.named(name)
        if name != INPUT and (names.complete or names.likely):
            near = _near(name, names)
            if names.complete or _looks_like(name, near):
                doubts.append(Doubt("unknown_name", {"variable": name, "near": near}))
        return ANYTHING

    return judge


def _near(name: str, names: Names) -> str:
    if name.lower() in ("true", "false", "null"):
        return name.lower()
    return inferred.nearest(name, names.types)


def _looks_like(name: str, near: str) -> bool:
    """Tell whether a name is so like a known one that it can hardly be meant as another."""
    return bool(near) and SequenceMatcher(None, name.lower(), near.lower()).ratio() >= HARDLY_ANOTHER


# -- calculation -------------------------------------------------------------------------------------------------------


def arithmetic(operator: str, left: Judge, right: Judge) -> Judge:
    """Return one of + - * / **."""

    def judge(names: Names, doubts: Doubts) -> Type:
        a, b = left(names, doubts), right(names, doubts)
        if operator == "+" and a.may_be("string") and b.may_be("string"):
            return TEXT if a.is_known and b.is_known and a.kinds == b.kinds == {"string"} else ANYTHING
        for operand, counterpart in ((a, b), (b, a)):
            if operand.is_known and not operand.may_be("number", *TEMPORAL):
                doubts.append(
                    Doubt("no_arithmetic", {**_about(operand), "operator": operator, "other": counterpart.said})
                )
                return ANYTHING
        return _result(operator, a, b)

    return judge


def _result(operator: str, a: Type, b: Type) -> Type:
    if a.kinds == b.kinds == {"number"}:
        unsigned = operator != "-" and a.unsigned and b.unsigned
        return replace(NUMBER, unit=a.unit if operator in "+-" else "", unsigned=unsigned)
    if operator in "+-" and b.is_known and b.kinds <= DURATIONS and a.is_known and a.kinds <= TEMPORAL:
        return Type(a.kinds)
    return ANYTHING


def negation(operand: Judge) -> Judge:
    """Judge unary minus."""
    return lambda names, doubts: _negated(operand(names, doubts), doubts)


def _negated(operand: Type, doubts: Doubts) -> Type:
    if operand.is_known and not operand.may_be("number", *DURATIONS):
        doubts.append(Doubt("no_arithmetic", {**_about(operand), "operator": "-", "other": ""}))
    return Type(operand.kinds, said=f"-{operand.said}", literal=operand.literal)


# -- conditions --------------------------------------------------------------------------------------------------------


def choice(condition: Judge, then: Judge, otherwise: Judge) -> Judge:
    """Return the if expression."""

    def judge(names: Names, doubts: Doubts) -> Type:
        hold(condition(names, doubts), doubts)
        return union(then(names, doubts), otherwise(names, doubts))

    return judge


def hold(operand: Type, doubts: Doubts) -> None:
    """Doubt what is asked whether it holds and cannot be true or false."""
    if operand.is_known and "boolean" not in operand.kinds:
        doubts.append(Doubt("no_condition_type", _about(operand)))


def conjunction(parts: list[Judge]) -> Judge:
    """Judge and."""
    return parts[0] if len(parts) == 1 else _all_hold(parts)


disjunction = conjunction


def _all_hold(parts: list[Judge]) -> Judge:
    def judge(names: Names, doubts: Doubts) -> Type:
        for part in parts:
            hold(part(names, doubts), doubts)
        return BOOLEAN

    return judge


def written(part: Judge, text: str) -> Judge:
    """Return an operand without a name of its own, which is called as it is written."""

    def judge(names: Names, doubts: Doubts) -> Type:
        judgement = part(names, doubts)
        return (
            judgement
            if judgement.said or not judgement.is_known
            else replace(judgement, said=text[: inferred.MOST_SAID])
        )

    return judge


def comparison(operator: str, left: Judge, right: Judge) -> Judge:
    """Return one of = != < <= > >=."""

    def judge(names: Names, doubts: Doubts) -> Type:
        a, b = left(names, doubts), right(names, doubts)
        if a.literal and b.literal and not a.kinds.isdisjoint(b.kinds):
            doubts.append(Doubt("literals_compared", {"comparison": f"{a.said} {operator} {b.said}"}))
        elif a.said and a.said == b.said:
            doubts.append(Doubt("compared_with_itself", {"variable": a.said}))
        else:
            compared(a, b, doubts, equality=operator in EQUALITY)
        return BOOLEAN

    return judge


def compared(a: Type, b: Type, doubts: Doubts, *, equality: bool = True) -> None:
    """Doubt two values that are held against each other and are not of one type or, where they have to be equal, not of those there are."""
    if not a.is_known or not b.is_known:
        return
    if a.kinds.isdisjoint(b.kinds):
        doubts.append(Doubt("kinds_differ", {**_about(a), "other": b.said, "other_type": _kinds(b)}))
    elif equality and a.kinds & b.kinds == {"string"} and not (a.literal and b.literal):
        _offered(a, b, doubts)


def _offered(a: Type, b: Type, doubts: Doubts) -> None:
    """Doubt two strings whose possible values are known, of which none is possible for both; where they are written out, each that is not."""
    if a.values is None or b.values is None:
        return
    literals, domain = (a, b) if a.literal and not b.literal else (b, a)
    missing = (literals.values or frozenset()) - (domain.values or frozenset())
    for value in sorted(missing if literals.literal or missing == literals.values else ()):
        near = inferred.nearest(value, domain.values or ())
        doubts.append(Doubt("not_offered", {"variable": domain.said, "value": value, "near": near}))


def between(value: Judge, low: Judge, high: Judge) -> Judge:
    """Judge whether a value lies between two others, both ends included."""

    def judge(names: Names, doubts: Doubts) -> Type:
        tested = value(names, doubts)
        for end in (low, high):
            compared(tested, end(names, doubts), doubts, equality=False)
        return BOOLEAN

    return judge


def membership(value: Judge, test: TestJudge) -> Judge:
    """Return the in operator."""

    def judge(names: Names, doubts: Doubts) -> Type:
        test(names, doubts, value(names, doubts))
        return BOOLEAN

    return judge


def instance_of(value: Judge, shape: Shape) -> Judge:
    """Judge whether a value has a type."""

    def judge(names: Names, doubts: Doubts) -> Type:
        value(names, doubts)
        return BOOLEAN

    return judge


# -- what is made of parts -----------------------------------------------------------------------------------------------


def interval(low: Judge, high: Judge, low_open: bool, high_open: bool) -> Judge:
    """Return a range."""

    def judge(names: Names, doubts: Doubts) -> Type:
        a, b = low(names, doubts), high(names, doubts)
        compared(a, b, doubts, equality=False)
        ends = replace(union(a, b), values=None, said=a.said, literal=a.literal)
        return Type(frozenset({"range"}), item=ends, said=f"{a.said}..{b.said}", literal=a.literal and b.literal)

    return judge


def listing(items: list[Judge]) -> Judge:
    """Return a list of values."""

    def judge(names: Names, doubts: Doubts) -> Type:
        types = [item(names, doubts) for item in items]
        if not types:
            return LIST
        item = types[0]
        for later in types[1:]:
            item = union(item, later)
        literal = all(item_type.literal for item_type in types)
        return replace(list_of(replace(item, literal=literal)), literal=literal)

    return judge


def record(entries: list[tuple[str, Judge]]) -> Judge:
    """Return a context; each entry sees those before it."""

    def judge(names: Names, doubts: Doubts) -> Type:
        parts: dict[str, Type] = {}
        for name, part in entries:
            parts[name] = part(names.with_types(parts), doubts)
        return inferred.context_of(parts)

    return judge


def path(closure: Judge, name: str) -> Judge:
    """Return a part of a context, or of every item of a list."""
    return lambda names, doubts: _part(closure(names, doubts), name, doubts)


def _part(holder: Type, name: str, doubts: Doubts) -> Type:
    name_there = f"{holder.said}.{name}" if holder.said else name
    if holder.kinds == {"list"}:
        inner = _part(holder.item.named(holder.said), name, doubts) if holder.item is not None else ANYTHING
        return list_of(inner).named(name_there)
    if holder.kinds != {"context"} or holder.parts is None:
        if holder.kinds and holder.kinds <= {"string", "number", "boolean"}:
            doubts.append(Doubt("no_parts", {**_about(holder), "part": name}))
        return ANYTHING.named(name_there)
    part = holder.part(name)
    if part is None:
        near = inferred.nearest(name, dict(holder.parts))
        doubts.append(Doubt("unknown_part", {"variable": holder.said, "part": name, "near": near}))
        return ANYTHING.named(name_there)
    return part.named(name_there)


def selection(closure: Judge, condition: Judge, weight: int) -> Judge:
    """Return a filter: an item by its position, or the items for which the condition holds."""

    def judge(names: Names, doubts: Doubts) -> Type:
        domain = closure(names, doubts)
        item = (domain.item or ANYTHING) if domain.kinds == {"list"} else domain
        index = condition(_inside(names, item), doubts)
        if index.kinds == {"number"}:
            return item.named(domain.said)
        return list_of(item).named(domain.said) if index.kinds == {"boolean"} else ANYTHING

    return judge


def _inside(names: Names, item: Type) -> Names:
    """Return what a filter's condition sees: an item's parts come before the variables."""
    plain = item.is_known and "context" not in item.kinds
    parts = dict(item.parts or ())
    item = ANYTHING if "item" in parts else item
    return names.with_types({**parts, "item": item}, complete=plain or item.parts is not None)


def call(function: Function, arguments: list[Judge]) -> Judge:
    """Return a function over its arguments."""

    def judge(names: Names, doubts: Doubts) -> Type:
        types = [argument(names, doubts) for argument in arguments]
        _check_arguments(function.name, types, doubts)
        _check_pattern(function.name, types, doubts)
        if function.name in SAME and types and types[0].kinds == {"list"}:
            return (
                LIST
                if function.name in ("insert before", "list replace", "append")
                else Type(frozenset({"list"}), item=types[0].item)
            )
        if function.name == "sum" and len(types) == 1 and types[0].item is not None:
            return Type(NUMBER.kinds, unit=types[0].item.unit, unsigned=types[0].item.unsigned)
        return GIVES.get(function.name, ANYTHING)

    return judge


def _check_arguments(name: str, types: list[Type], doubts: Doubts) -> None:
    if not types:
        return
    kind = "string" if name in TAKES_TEXT else "number" if name in TAKES_NUMBER else ""
    if name == "not":
        hold(types[0], doubts)
    elif name == "list contains" and len(types) > 1 and types[0].item is not None:
        compared(types[1], types[0].item, doubts)
    elif kind and not types[0].may_be(kind):
        doubts.append(Doubt("wrong_argument", {**_about(types[0]), "function": name, "wanted": kind}))


def _check_pattern(name: str, types: list[Type], doubts: Doubts) -> None:
    """Doubt a pattern that is written there and cannot be read here: with it the function gives null whatever it is given."""
    if name not in FLAGS or len(types) < 2:
        return
    pattern, flags = _written(types[1]), _written(types[FLAGS[name]]) if len(types) > FLAGS[name] else ""
    if pattern is None or flags is None:
        return
    about = {"function": name, "pattern": pattern}
    try:
        compiled = patterns.compile(pattern, flags)
    except MalformedPattern:
        doubts.append(Doubt("pattern_refused", about))
        return
    if name != "matches" and compiled.search("", _free) is not None:
        doubts.append(Doubt("pattern_of_nothing", about))
    elif name == "replace" and len(types) > 2 and not _can_be_put(_written(types[2])):
        doubts.append(Doubt("replacement_refused", {**about, "replacement": _written(types[2])}))


def _written(literal: Type) -> str | None:
    """Return the text that a literal is; None for anything else."""
    return next(iter(literal.values)) if literal.literal and literal.values and len(literal.values) == 1 else None


def _free(amount: int) -> None:
    """Spend nothing: looking for a pattern in nothing takes no time."""


def _can_be_put(replacement: str | None) -> bool:
    try:
        patterns.expand(replacement or "")
    except MalformedPattern:
        return False
    return True


# -- iteration -----------------------------------------------------------------------------------------------------------


def span(low: Judge, high: Judge) -> Judge:
    """Judge whole numbers from one to another."""

    def judge(names: Names, doubts: Doubts) -> Type:
        low(names, doubts)
        high(names, doubts)
        return list_of(NUMBER)

    return judge


def repetition(iterations: list[tuple[str, Judge]], body: Judge, weight: int, *, partial: bool) -> Judge:
    """Return the for expression."""

    def judge(names: Names, doubts: Doubts) -> Type:
        inner = _iterated(iterations, names, doubts).with_types({"partial": LIST})
        return list_of(body(inner, doubts))

    return judge


def quantified(iterations: list[tuple[str, Judge]], body: Judge, weight: int, *, is_some: bool) -> Judge:
    """Return the some and every expressions."""

    def judge(names: Names, doubts: Doubts) -> Type:
        hold(body(_iterated(iterations, names, doubts), doubts), doubts)
        return BOOLEAN

    return judge


def _iterated(iterations: list[tuple[str, Judge]], names: Names, doubts: Doubts) -> Names:
    for name, domain in iterations:
        domain_type = domain(names, doubts)
        item = (
            (domain_type.item or ANYTHING)
            if domain_type.kinds and domain_type.kinds <= {"list", "range"}
            else domain_type
        )
        names = names.with_types({name: item.named(name)})
    return names


# -- unary tests ---------------------------------------------------------------------------------------------------------


def always(names: Names, doubts: Doubts, value: Type) -> None:
    """Doubt nothing in the test of an empty cell."""


def against(operator: str, end: Judge) -> TestJudge:
    """Return a comparison of the tested value: `> 5`."""
    return lambda names, doubts, value: compared(value, end(names, doubts), doubts, equality=operator in EQUALITY)


def condition(closure: Judge) -> TestJudge:
    """Return an expression that mentions the tested value as `?`."""
    return lambda names, doubts, value: hold(
        closure(names.with_types({INPUT: value.named(value.said or INPUT)}), doubts), doubts
    )


def fits(closure: Judge) -> TestJudge:
    """Judge whether the tested value equals it, lies in the range it gives, or is in the list."""

    def judge(names: Names, doubts: Doubts, value: Type) -> None:
        expected = closure(names, doubts)
        if (
            expected.kinds
            and expected.kinds <= {"list", "range"}
            and value.may_be("string", "number", "boolean", *TEMPORAL)
        ):
            expected = expected.item or ANYTHING
        compared(value, expected, doubts)

    return judge


def any_of(tests: list[TestJudge]) -> TestJudge:
    """Judge alternatives."""

    def judge(names: Names, doubts: Doubts, value: Type) -> None:
        for test in tests:
            test(names, doubts, value)

    return judge


def none_of(test: TestJudge) -> TestJudge:
    """Return the not(…) of a cell."""
    return test


# -- words ---------------------------------------------------------------------------------------------------------------


def _about(operand: Type) -> dict[str, Any]:
    return {"variable": operand.said, "type": _kinds(operand)}


def _kinds(operand: Type) -> str:
    return ", ".join(sorted(operand.kinds - {inferred.NULL}))
