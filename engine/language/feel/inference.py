"""What the parts of a FEEL expression may be, told without evaluating: the functions of `closures`, over types in the place of values.

Each gives a judge: called with the types of the variables, it tells the type of its part and adds what cannot be right to the doubts. What is not
certain is no doubt: a judge that does not know says that it may be anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.language import patterns
from engine.language.feel import inferred
from engine.language.feel.functions.registry import Function
from engine.language.feel.inferred import ANYTHING, BOOLEAN, LIST, NUMBER, TEXT, Type, list_of, union
from engine.language.feel.shapes import Shape
from engine.language.pattern_syntax import MalformedPattern

INPUT = "?"
EQUALITY = ("=", "!=")
TEMPORAL = frozenset(
    {"date", "time", "date and time", "days and time duration", "years and months duration"},
)
DURATIONS = frozenset({"days and time duration", "years and months duration"})


@dataclass(frozen=True)
class Doubt:
    """Something that cannot be right: which rule says so, and its particulars."""

    rule: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Names:
    """The variables that can exist, by name; with `complete` there are no others."""

    types: Mapping[str, Type]
    complete: bool = True

    def with_types(self, more: Mapping[str, Type], *, complete: bool = True) -> Names:
        """These and others before them."""
        return Names({**self.types, **more}, self.complete and complete)


Doubts = list[Doubt]
Judge = Callable[[Names, Doubts], Type]
TestJudge = Callable[[Names, Doubts, Type], Any]

# What a function gives, where that does not depend on what it is given.
GIVES = {
    **dict.fromkeys(
        ("string length", "count", "sum", "product", "mean", "median", "stddev", "floor", "ceiling", "abs", "modulo"),
        NUMBER,
    ),
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


def constant(value: Any) -> Judge:
    """A literal."""
    found = inferred.of(value)
    return lambda names, doubts: found


def variable(name: str) -> Judge:
    """A name, which something has to give."""

    def judge(names: Names, doubts: Doubts) -> Type:
        found = names.types.get(name)
        if found is not None:
            return found if found.said == name else found.named(name)
        if names.complete and name != INPUT:
            doubts.append(Doubt("unknown_name", {"variable": name, "near": _near(name, names)}))
        return ANYTHING

    return judge


def _near(name: str, names: Names) -> str:
    if name.lower() in ("true", "false", "null"):
        return name.lower()
    return inferred.nearest(name, names.types)


# -- calculation -------------------------------------------------------------------------------------------------------


def arithmetic(operator: str, left: Judge, right: Judge) -> Judge:
    """One of + - * / **."""

    def judge(names: Names, doubts: Doubts) -> Type:
        a, b = left(names, doubts), right(names, doubts)
        if operator == "+" and a.may_be("string") and b.may_be("string"):
            return TEXT if a.is_known and b.is_known and a.kinds == b.kinds == {"string"} else ANYTHING
        for one, other in ((a, b), (b, a)):
            if one.is_known and not one.may_be("number", *TEMPORAL):
                doubts.append(Doubt("no_arithmetic", {**_about(one), "operator": operator, "other": other.said}))
                return ANYTHING
        return _result(operator, a, b)

    return judge


def _result(operator: str, a: Type, b: Type) -> Type:
    if a.kinds == b.kinds == {"number"}:
        return replace(NUMBER, unit=a.unit if operator in "+-" else "")
    if operator in "+-" and b.is_known and b.kinds <= DURATIONS and a.is_known and a.kinds <= TEMPORAL:
        return Type(a.kinds)
    return ANYTHING


def negation(operand: Judge) -> Judge:
    """Unary minus."""
    return lambda names, doubts: _negated(operand(names, doubts), doubts)


def _negated(found: Type, doubts: Doubts) -> Type:
    if found.is_known and not found.may_be("number", *DURATIONS):
        doubts.append(Doubt("no_arithmetic", {**_about(found), "operator": "-", "other": ""}))
    return Type(found.kinds, said=f"-{found.said}", literal=found.literal)


# -- conditions --------------------------------------------------------------------------------------------------------


def choice(condition: Judge, then: Judge, otherwise: Judge) -> Judge:
    """The if expression."""

    def judge(names: Names, doubts: Doubts) -> Type:
        hold(condition(names, doubts), doubts)
        return union(then(names, doubts), otherwise(names, doubts))

    return judge


def hold(found: Type, doubts: Doubts) -> None:
    """What is asked whether it holds has to be true or false."""
    if found.is_known and "boolean" not in found.kinds:
        doubts.append(Doubt("no_condition_type", _about(found)))


def conjunction(parts: list[Judge]) -> Judge:
    """And."""
    return parts[0] if len(parts) == 1 else _all_hold(parts)


disjunction = conjunction


def _all_hold(parts: list[Judge]) -> Judge:
    def judge(names: Names, doubts: Doubts) -> Type:
        for part in parts:
            hold(part(names, doubts), doubts)
        return BOOLEAN

    return judge


def comparison(operator: str, left: Judge, right: Judge) -> Judge:
    """One of = != < <= > >=."""

    def judge(names: Names, doubts: Doubts) -> Type:
        compared(left(names, doubts), right(names, doubts), doubts, equality=operator in EQUALITY)
        return BOOLEAN

    return judge


def compared(a: Type, b: Type, doubts: Doubts, *, equality: bool = True) -> None:
    """Two values that are held against each other: of one type, and, where they have to be equal, of those there are."""
    if not a.is_known or not b.is_known:
        return
    if a.kinds.isdisjoint(b.kinds):
        doubts.append(Doubt("kinds_differ", {**_about(a), "other": b.said, "other_type": _kinds(b)}))
    elif equality and a.kinds & b.kinds == {"string"} and not (a.literal and b.literal):
        _offered(a, b, doubts)


def _offered(a: Type, b: Type, doubts: Doubts) -> None:
    """Of two strings whose possible values are known, one has to be possible; where they are written out, each of them."""
    if a.values is None or b.values is None:
        return
    asked, offered = (a, b) if a.literal and not b.literal else (b, a)
    missing = (asked.values or frozenset()) - (offered.values or frozenset())
    for value in sorted(missing if asked.literal or missing == asked.values else ()):
        near = inferred.nearest(value, offered.values or ())
        doubts.append(Doubt("not_offered", {"variable": offered.said, "value": value, "near": near}))


def between(value: Judge, low: Judge, high: Judge) -> Judge:
    """Both ends included."""

    def judge(names: Names, doubts: Doubts) -> Type:
        found = value(names, doubts)
        for end in (low, high):
            compared(found, end(names, doubts), doubts, equality=False)
        return BOOLEAN

    return judge


def membership(value: Judge, test: TestJudge) -> Judge:
    """The in operator."""

    def judge(names: Names, doubts: Doubts) -> Type:
        test(names, doubts, value(names, doubts))
        return BOOLEAN

    return judge


def instance_of(value: Judge, wanted: Shape) -> Judge:
    """Whether a value has a type."""

    def judge(names: Names, doubts: Doubts) -> Type:
        value(names, doubts)
        return BOOLEAN

    return judge


# -- what is made of parts -----------------------------------------------------------------------------------------------


def interval(low: Judge, high: Judge, low_open: bool, high_open: bool) -> Judge:
    """A range."""

    def judge(names: Names, doubts: Doubts) -> Type:
        a, b = low(names, doubts), high(names, doubts)
        compared(a, b, doubts, equality=False)
        ends = replace(union(a, b), values=None, said=a.said, literal=a.literal)
        return Type(frozenset({"range"}), item=ends, said=f"{a.said}..{b.said}", literal=a.literal and b.literal)

    return judge


def listing(items: list[Judge]) -> Judge:
    """A list of values."""

    def judge(names: Names, doubts: Doubts) -> Type:
        found = [item(names, doubts) for item in items]
        if not found:
            return LIST
        item = found[0]
        for other in found[1:]:
            item = union(item, other)
        literal = all(one.literal for one in found)
        return replace(list_of(replace(item, literal=literal)), literal=literal)

    return judge


def record(entries: list[tuple[str, Judge]]) -> Judge:
    """A context; each entry sees those before it."""

    def judge(names: Names, doubts: Doubts) -> Type:
        built: dict[str, Type] = {}
        for name, part in entries:
            built[name] = part(names.with_types(built), doubts)
        return inferred.context_of(built)

    return judge


def path(closure: Judge, name: str) -> Judge:
    """A part of a context, or of every item of a list."""
    return lambda names, doubts: _part(closure(names, doubts), name, doubts)


def _part(found: Type, name: str, doubts: Doubts) -> Type:
    said = f"{found.said}.{name}" if found.said else name
    if found.kinds == {"list"}:
        inner = _part(found.item.named(found.said), name, doubts) if found.item is not None else ANYTHING
        return list_of(inner).named(said)
    if found.kinds != {"context"} or found.parts is None:
        if found.kinds and found.kinds <= {"string", "number", "boolean"}:
            doubts.append(Doubt("no_parts", {**_about(found), "part": name}))
        return ANYTHING.named(said)
    part = found.part(name)
    if part is None:
        near = inferred.nearest(name, dict(found.parts))
        doubts.append(Doubt("unknown_part", {"variable": found.said, "part": name, "near": near}))
        return ANYTHING.named(said)
    return part.named(said)


def selection(closure: Judge, condition: Judge, weight: int) -> Judge:
    """A filter: an item by its position, or the items for which the condition holds."""

    def judge(names: Names, doubts: Doubts) -> Type:
        found = closure(names, doubts)
        item = (found.item or ANYTHING) if found.kinds == {"list"} else found
        index = condition(_inside(names, item), doubts)
        if index.kinds == {"number"}:
            return item.named(found.said)
        return list_of(item).named(found.said) if index.kinds == {"boolean"} else ANYTHING

    return judge


def _inside(names: Names, item: Type) -> Names:
    """What a filter's condition sees: an item's parts come before the variables."""
    plain = item.is_known and "context" not in item.kinds
    parts = dict(item.parts or ())
    item = ANYTHING if "item" in parts else item
    return names.with_types({**parts, "item": item}, complete=plain or item.parts is not None)


def call(function: Function, given: list[Judge]) -> Judge:
    """A function over its arguments."""

    def judge(names: Names, doubts: Doubts) -> Type:
        found = [argument(names, doubts) for argument in given]
        _check_arguments(function.name, found, doubts)
        _check_pattern(function.name, found, doubts)
        if function.name in SAME and found and found[0].kinds == {"list"}:
            return (
                LIST
                if function.name in ("insert before", "list replace", "append")
                else Type(frozenset({"list"}), item=found[0].item)
            )
        return GIVES.get(function.name, ANYTHING)

    return judge


def _check_arguments(name: str, found: list[Type], doubts: Doubts) -> None:
    if not found:
        return
    wanted = "string" if name in TAKES_TEXT else "number" if name in TAKES_NUMBER else ""
    if name == "not":
        hold(found[0], doubts)
    elif name == "list contains" and len(found) > 1 and found[0].item is not None:
        compared(found[1], found[0].item, doubts)
    elif wanted and not found[0].may_be(wanted):
        doubts.append(Doubt("wrong_argument", {**_about(found[0]), "function": name, "wanted": wanted}))


def _check_pattern(name: str, found: list[Type], doubts: Doubts) -> None:
    """A pattern that is written there is one that is read here: with any other the function gives null whatever it is given."""
    if name not in FLAGS or len(found) < 2:
        return
    pattern, flags = _written(found[1]), _written(found[FLAGS[name]]) if len(found) > FLAGS[name] else ""
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
    elif name == "replace" and len(found) > 2 and not _can_be_put(_written(found[2])):
        doubts.append(Doubt("replacement_refused", {**about, "replacement": _written(found[2])}))


def _written(found: Type) -> str | None:
    """The text that a literal is; None for anything else."""
    return next(iter(found.values)) if found.literal and found.values and len(found.values) == 1 else None


def _free(amount: int) -> None:
    """Looking for a pattern in nothing takes no time."""


def _can_be_put(replacement: str | None) -> bool:
    try:
        patterns.expand(replacement or "")
    except MalformedPattern:
        return False
    return True


# -- iteration -----------------------------------------------------------------------------------------------------------


def span(low: Judge, high: Judge) -> Judge:
    """Whole numbers from one to another."""

    def judge(names: Names, doubts: Doubts) -> Type:
        low(names, doubts)
        high(names, doubts)
        return list_of(NUMBER)

    return judge


def repetition(iterations: list[tuple[str, Judge]], body: Judge, weight: int, *, partial: bool) -> Judge:
    """The for expression."""

    def judge(names: Names, doubts: Doubts) -> Type:
        inner = _iterated(iterations, names, doubts).with_types({"partial": LIST})
        return list_of(body(inner, doubts))

    return judge


def quantified(iterations: list[tuple[str, Judge]], body: Judge, weight: int, *, some: bool) -> Judge:
    """The some and every expressions."""

    def judge(names: Names, doubts: Doubts) -> Type:
        hold(body(_iterated(iterations, names, doubts), doubts), doubts)
        return BOOLEAN

    return judge


def _iterated(iterations: list[tuple[str, Judge]], names: Names, doubts: Doubts) -> Names:
    for name, domain in iterations:
        found = domain(names, doubts)
        item = (found.item or ANYTHING) if found.kinds and found.kinds <= {"list", "range"} else found
        names = names.with_types({name: item.named(name)})
    return names


# -- unary tests ---------------------------------------------------------------------------------------------------------


def always(names: Names, doubts: Doubts, value: Type) -> None:
    """The test of an empty cell."""


def against(operator: str, end: Judge) -> TestJudge:
    """A comparison of the tested value: `> 5`."""
    return lambda names, doubts, value: compared(value, end(names, doubts), doubts, equality=operator in EQUALITY)


def condition(closure: Judge) -> TestJudge:
    """An expression that mentions the tested value as `?`."""
    return lambda names, doubts, value: hold(
        closure(names.with_types({INPUT: value.named(value.said or INPUT)}), doubts), doubts
    )


def fits(closure: Judge) -> TestJudge:
    """The tested value equals it, lies in the range it gives, or is in the list."""

    def judge(names: Names, doubts: Doubts, value: Type) -> None:
        wanted = closure(names, doubts)
        if (
            wanted.kinds
            and wanted.kinds <= {"list", "range"}
            and value.may_be("string", "number", "boolean", *TEMPORAL)
        ):
            wanted = wanted.item or ANYTHING
        compared(value, wanted, doubts)

    return judge


def any_of(tests: list[TestJudge]) -> TestJudge:
    """Alternatives."""

    def judge(names: Names, doubts: Doubts, value: Type) -> None:
        for test in tests:
            test(names, doubts, value)

    return judge


def none_of(test: TestJudge) -> TestJudge:
    """The not(…) of a cell."""
    return test


# -- words ---------------------------------------------------------------------------------------------------------------


def _about(found: Type) -> dict[str, Any]:
    return {"variable": found.said, "type": _kinds(found)}


def _kinds(found: Type) -> str:
    return ", ".join(sorted(found.kinds - {inferred.NULL}))
