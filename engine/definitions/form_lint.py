"""Whether the fields of a form can be filled in: limits that exclude each other, a default that its own field refuses, a required field that is never shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError

from engine.definitions import certainty
from engine.ground import json
from engine.ground.errors import Problem
from engine.language import feel, patterns, written
from engine.language.calendar import Calendar
from engine.language.feel import Expression, FeelLimit, FeelValue, Scope
from engine.language.forms import Field, Form, typed
from engine.language.forms.typed import Entered, Given

CLOCKS = ("now", "today")
MOST_SHOWN = 30
KINDS = {"number": "number", "datetime": "date", "checkbox": "", "checklist": "", "lines": ""}


def problems(form: Form) -> list[Problem]:
    """Return what no entry can satisfy, whatever the variables are."""
    contradictions = [
        Problem(0, field.key, rule, {"field": field.key}) for field in form.inputs for rule in _wrong(field)
    ]
    return [*contradictions, *(problem for field in form.inputs for problem in _unread(field))]


def key_twice(text: str) -> list[Problem]:
    """Return the first key that an object of the schema gives twice; whoever reads it would take the last and say nothing."""
    repeated = json.key_twice(text)
    return [Problem(repeated.line, "", "key_twice", {"key": repeated.key})] if repeated is not None else []


def unlabelled(form: Form) -> list[Problem]:
    """Return what must be filled in, and choices, of which nobody can know what they are."""
    return list(_unnamed(form))


def half_labelled(form: Form) -> list[Problem]:
    """Return the same of what need not be entered, and titles that are in Chinese only."""
    bare = [field for field in form.inputs if not field.required and not field.label.strip()]
    return [
        *(Problem(0, field.key, "no_label", {"field": field.key}) for field in bare),
        *(problem for field in form.inputs for problem in _without_english(field)),
        *(_untranslated(field) for field in form.fields if field.text.strip() and not field.text_en.strip()),
    ]


def _without_english(field: Field) -> Iterator[Problem]:
    if field.label.strip() and not field.label_en.strip():
        yield Problem(0, field.key, "no_english_label", {"field": field.key})
    for option in field.options:
        if option.label_en == option.label and not option.label.isascii():  # which stands for a missing one
            values = {"field": field.key, "value": option.value}
            yield Problem(0, field.key, "option_without_english", values)


def _untranslated(field: Field) -> Problem:
    return Problem(0, field.key, "no_english_text", {"text": field.text[:MOST_SHOWN]})


def _unread(field: Field) -> Iterator[Problem]:
    for setting, text in field.unread:
        yield Problem(0, field.key, "not_a_count", {"field": field.key, "setting": setting, "value": text})


def _unnamed(form: Form) -> Iterator[Problem]:
    for field in form.inputs:
        if field.required and not field.label.strip():
            yield Problem(0, field.key, "no_label", {"field": field.key})
        for option in field.options:
            if not option.label.strip():
                yield Problem(0, field.key, "option_without_label", {"field": field.key, "value": option.value})


def warnings(form: Form) -> list[Problem]:
    """Return what can hardly be meant."""
    never_shown = [
        field for field in form.inputs if field.required and field.hide is not None and _constant(field.hide) is True
    ]
    hidden_for_ever = [
        Problem(0, field.key, "required_never_shown", {"field": field.key}, warning=True) for field in never_shown
    ]
    return [*hidden_for_ever, *(problem for field in form.inputs for problem in _doubtful(field))]


def _doubtful(field: Field) -> Iterator[Problem]:
    """Yield choices that look the same, and what is filled in beforehand for every case although the field would not take it."""
    for language, titles in (("zh", [o.label for o in field.options]), ("en", [o.label_en for o in field.options])):
        for title in sorted(text for text, count in Counter(map(str.strip, titles)).items() if text and count > 1):
            yield Problem(
                0, field.key, f"options_of_one_title_{language}", {"field": field.key, "title": title}, warning=True
            )
    prefilled = _constant(field.expressions.get("prefill"))
    if feel.kind(prefilled) == KINDS.get(field.type, "string") and _is_refused(field, prefilled):
        values = {"field": field.key, "text": field.expressions["prefill"].text}
        yield Problem(0, field.key, "prefill_refused", values, warning=not certainty.fails("prefill_refused"))


def _wrong(field: Field) -> Iterator[str]:
    if _exclude_each_other(field):
        yield "limits_exclude_each_other"
    elif field.required and _offers_nothing(field):
        yield "nothing_to_choose"
    elif _pattern_excludes_lengths(field):
        yield "pattern_excludes_lengths"
    elif field.default is not None and field.default is not False and _is_refused(field, field.default):
        yield "default_refused"


def _exclude_each_other(field: Field) -> bool:
    least, most = (_constant(field.expressions.get(name)) for name in ("min", "max"))
    if field.amount is not None and field.type == "number" and least is None and "min" not in field.expressions:
        least = 0
    longest = bool(field.min_length) and field.min_length > field.longest
    return longest or feel.compare(">", least, most) is True


def _offers_nothing(field: Field) -> bool:
    """Tell whether none of the options is among what may be chosen, which is the same for every case."""
    values = _constant(field.expressions.get("allowed"))
    choices = [typed.stored_choice(field, option.value) for option in field.options]
    return isinstance(values, list) and bool(choices) and not any(choice in values for choice in choices)


def _pattern_excludes_lengths(field: Field) -> bool:
    """Tell whether no text is both as long as the field takes and as its pattern has it."""
    if not field.pattern:
        return False
    shortest, longest = patterns.compile(field.pattern).lengths
    whole = field.pattern.startswith("^") and field.pattern.endswith("$") and "|" not in field.pattern
    too_long = bool(field.longest) and shortest > field.longest
    return too_long or (whole and longest is not None and longest < field.min_length)


def _is_refused(field: Field, value: Any) -> bool:
    """Tell whether a field would not take a value of its own; limits that depend on variables are not held against it."""
    constants = {name: text for name, text in field.expressions.items() if _constant(text) is not None}
    copy = Field(**{**field.__dict__, "expressions": constants})
    try:
        Schema.from_dict({"default": Entered(copy)})().load(Given({copy.key: _typed(copy, value)}, {}, _nowhere()))
    except ValidationError:
        return True
    return False


def _typed(field: Field, value: Any) -> list[FeelValue] | str:
    """Return a value as somebody would type it."""
    if field.amount is not None and field.type == "number":
        return written.in_figures(value, field.amount)
    return value if isinstance(value, list) else "yes" if value is True else str(value)


def _constant(expression: Expression | None) -> FeelValue:
    """Return the value of an expression that always has the same; None for any other."""
    if expression is None or expression.names or any(clock in expression.text for clock in CLOCKS):
        return None
    try:
        return expression.evaluate({}, scope=_nowhere())
    except FeelLimit:
        return None


def _nowhere() -> Scope:
    return Scope(datetime(2000, 1, 1, tzinfo=UTC), Calendar(frozenset(), frozenset()))
