"""Whether the fields of a form can be filled in: limits that exclude each other, a default that its own field refuses, a required field that is never shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError

from engine.errors import Problem
from engine.language import feel, written
from engine.language.calendar import Calendar
from engine.language.feel import Expression, FeelLimit, Scope
from engine.language.forms import Field, Form
from engine.language.forms.typed import Entered, Given

CLOCKS = ("now", "today")


def problems(form: Form) -> list[Problem]:
    """What no entry can satisfy, whatever the variables are."""
    found = [Problem(0, field.key, rule, {"field": field.key}) for field in form.inputs for rule in _wrong(field)]
    return [*found, *(one for field in form.inputs for one in _unread(field))]


def unlabelled(form: Form) -> list[Problem]:
    """What must be filled in, and choices, of which nobody can know what they are."""
    return list(_unnamed(form))


def half_labelled(form: Form) -> list[Problem]:
    """The warnings of the same kind: no label where nothing must be entered, no English one."""
    english = [field for field in form.inputs if field.label.strip() and not field.label_en.strip()]
    bare = [field for field in form.inputs if not field.required and not field.label.strip()]
    return [
        *(Problem(0, one.key, "no_label", {"field": one.key}, warning=True) for one in bare),
        *(Problem(0, one.key, "no_english_label", {"field": one.key}, warning=True) for one in english),
    ]


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
    """What can hardly be meant."""
    hidden = [
        field for field in form.inputs if field.required and field.hide is not None and _constant(field.hide) is True
    ]
    return [Problem(0, one.key, "required_never_shown", {"field": one.key}, warning=True) for one in hidden]


def _wrong(field: Field) -> Iterator[str]:
    if _exclude_each_other(field):
        yield "limits_exclude_each_other"
    elif field.default is not None and field.default is not False and _is_refused(field):
        yield "default_refused"


def _exclude_each_other(field: Field) -> bool:
    least, most = (_constant(field.expressions.get(name)) for name in ("min", "max"))
    if field.unit == "fen" and least is None and "min" not in field.expressions:
        least = 0
    longest = bool(field.min_length) and field.min_length > field.longest
    return longest or feel.compare(">", least, most) is True


def _is_refused(field: Field) -> bool:
    """Whether a field would not take its own default; limits that depend on variables are not held against it."""
    known = {name: text for name, text in field.expressions.items() if _constant(text) is not None}
    judged = Field(**{**field.__dict__, "expressions": known})
    try:
        Schema.from_dict({"default": Entered(judged)})().load(Given({judged.key: _typed(judged)}, {}, _nowhere()))
    except ValidationError:
        return True
    return False


def _typed(field: Field) -> Any:
    """The default as somebody would type it: money in yuan."""
    value = field.default
    if field.unit == "fen":
        return written.yuan(value)
    return value if isinstance(value, list) else "yes" if value is True else str(value)


def _constant(expression: Expression | None) -> Any:
    """The value of an expression that always has the same; None for any other."""
    if expression is None or expression.names or any(clock in expression.text for clock in CLOCKS):
        return None
    try:
        return expression.evaluate({}, scope=_nowhere())
    except FeelLimit:
        return None


def _nowhere() -> Scope:
    return Scope(datetime(2000, 1, 1, tzinfo=UTC), Calendar(frozenset(), frozenset()))
