"""Forms: a form-js schema read into fields, and what a person typed checked against them by a marshmallow schema. No HTML, no text for people.

Money is typed in yuan and stored in fen. Every wrong field is reported, not the first. A field hidden by its condition is neither asked nor kept.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load

from engine.errors import Invalid, InvalidDefinition, Problem
from engine.language import feel
from engine.language.feel import Expression, FeelSyntaxError, Scope

INPUTS = frozenset({"textfield", "textarea", "number", "select", "radio", "checkbox", "checklist", "datetime"})
LAYOUT = frozenset({"text", "group", "separator", "spacer"})
SHOWN_AS = frozenset({"calls", "reasons", "money", "text", "table", "balance"})
MOST_TEXT = {"textfield": 200, "textarea": 4_000}
KEY = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
RESERVED = frozenset({"typename", "refusal", "accepted_at", "entered_at"})
EXPRESSIONS = ("min", "max", "prefill")
TRUE = frozenset({"yes", "true", "on", "1"})


@dataclass(frozen=True)
class Reason:
    """Why a field is wrong: a code and its values, e.g. ("max", {"limit": 12850})."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)


class InvalidForm(Invalid):
    """Some fields are not filled in as they should be."""

    @property
    def reasons(self) -> dict[str, list[Reason]]:
        """What is wrong, by field key."""
        found: dict[str, list[Reason]] = self.values["reasons"]
        return found


@dataclass(frozen=True)
class Option:
    """A choice: what is stored and what is read."""

    value: str
    label: str
    label_en: str


@dataclass(frozen=True, kw_only=True)
class Field:
    """One component of the form, input or text. Expressions see the variables, money in fen."""

    type: str
    key: str = ""
    label: str = ""
    label_en: str = ""
    description: str = ""
    description_en: str = ""
    text: str = ""
    text_en: str = ""
    options: tuple[Option, ...] = ()
    required: bool = False
    unit: str = ""
    personal: bool = False
    boolean: bool = False
    decimals: int = 0
    min_length: int = 0
    max_length: int = 0
    pattern: str = ""
    default: Any = None
    expressions: dict[str, Expression] = field(default_factory=dict)
    hide: Expression | None = None

    @property
    def is_input(self) -> bool:
        """Whether the person fills it in."""
        return self.type in INPUTS

    @property
    def is_boolean(self) -> bool:
        """Whether true or false is stored."""
        return self.boolean or self.type == "checkbox"

    def limit(self, name: str, context: Mapping[str, Any], scope: Scope) -> Any:
        """The value of its min, max or prefill expression; null without one."""
        expression = self.expressions.get(name)
        return expression.evaluate(context, scope=scope) if expression is not None else None


@dataclass(frozen=True)
class Shown:
    """Something laid beside the form: a path into the variables, and how it is drawn (SHOWN_AS)."""

    variable: str
    shown_as: str
    label: str
    label_en: str


@dataclass(frozen=True)
class Form:
    """A parsed form; `fields` in order, groups flattened."""

    id: str
    fields: tuple[Field, ...]
    shows: tuple[Shown, ...] = ()
    manual_ref: str = ""

    @property
    def inputs(self) -> list[Field]:
        """The fields a person fills in."""
        return [field for field in self.fields if field.is_input]

    @property
    def personal(self) -> frozenset[str]:
        """Keys of the fields that hold personal data."""
        return frozenset(field.key for field in self.fields if field.personal)

    @classmethod
    def parse(cls, content: bytes | str | Mapping[str, Any]) -> Form:
        """Read a form-js schema. Errors: InvalidDefinition with every problem."""
        reader = _Reader()
        form = reader.form(content)
        if reader.problems or form is None:
            raise InvalidDefinition(problems=reader.problems)
        return form

    def visible(self, variables: Mapping[str, Any], entered: Mapping[str, Any], scope: Scope) -> list[Field]:
        """The fields to be shown, given the variables and what has been entered so far."""
        context = {**variables, **entered}
        return [f for f in self.fields if f.hide is None or f.hide.evaluate(context, scope=scope) is not True]

    def prefill(self, variables: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        """What stands in the fields at first, in stored form."""
        found = {
            f.key: f.limit("prefill", variables, scope) if "prefill" in f.expressions else f.default
            for f in self.inputs
        }
        return {key: value for key, value in found.items() if value is not None}

    def load(
        self, submitted: Mapping[str, str | Sequence[str]], variables: Mapping[str, Any], scope: Scope
    ) -> dict[str, Any]:
        """What was typed as values to store. Errors: InvalidForm naming every wrong field."""
        reasons: dict[str, list[Reason]] = {
            key: [Reason("unknown_field")] for key in submitted if key not in {f.key for f in self.inputs}
        }
        loose = self._read_loosely(submitted)
        shown = [f for f in self.visible(variables, loose, scope) if f.is_input]
        context = {**variables, **loose}
        schema = _schema(shown, context, scope)
        loaded: dict[str, Any] = {}
        try:
            loaded = schema().load({key: value for key, value in submitted.items() if key not in reasons})
        except ValidationError as error:
            for key, found in error.messages_dict.items():
                reasons.setdefault(str(key), []).extend(r if isinstance(r, Reason) else Reason(str(r)) for r in found)
        if reasons:
            raise InvalidForm(reasons=reasons)
        return loaded

    def _read_loosely(self, submitted: Mapping[str, str | Sequence[str]]) -> dict[str, Any]:
        """What conditions see while a form is being filled: the values that can be read already."""
        found: dict[str, Any] = {}
        for item in self.inputs:
            if item.key in submitted:
                try:
                    found[item.key] = _read(item, submitted[item.key])
                except ValidationError:
                    found[item.key] = None
        return found


# -- reading what was typed ---------------------------------------------------------------------------------------------


def _schema(shown: list[Field], context: Mapping[str, Any], scope: Scope) -> type[Schema]:
    """A marshmallow schema of exactly the visible fields."""
    columns: dict[str, Any] = {item.key: _Entered(item, context, scope) for item in shown}

    def complete(self: Schema, given: Mapping[str, Any], **_kwargs: Any) -> dict[str, Any]:
        return {item.key: given.get(item.key, "") for item in shown}

    columns["complete"] = pre_load(complete)
    columns["Meta"] = type("Meta", (), {"unknown": EXCLUDE})
    return type("FormSchema", (Schema,), columns)


class _Entered(fields.Field):
    """One field of a form."""

    def __init__(self, item: Field, context: Mapping[str, Any], scope: Scope) -> None:
        super().__init__(allow_none=True)
        self.item, self._context, self._scope = item, context, scope

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        read = _read(self.item, value)
        if read is None or read == [] or read == "":
            if self.item.required:
                raise _wrong("required")
            return read if isinstance(read, list) else None
        _check_limits(self.item, read, self._context, self._scope)
        return read


def _wrong(code: str, **values: Any) -> ValidationError:
    return ValidationError([Reason(code, values)])


def _read(item: Field, value: Any) -> Any:
    if item.type == "checklist":
        return _read_list(item, value)
    if not isinstance(value, str):
        if isinstance(value, bool | int) and not isinstance(value, str):
            value = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
        elif isinstance(value, Sequence) and len(value) == 1 and isinstance(value[0], str):
            value = value[0]
        elif value is None:
            value = ""
        else:
            raise _wrong("not_text")
    text = _clean(item, value)
    return _READERS[item.type](item, text)


def _clean(item: Field, value: str) -> str:
    allowed = "\n\r\t" if item.type == "textarea" else ""
    if any(unicodedata.category(c) == "Cc" and c not in allowed for c in value):
        raise _wrong("not_text")
    return value.replace("\r\n", "\n").strip()


def _read_text(item: Field, text: str) -> str | None:
    if not text:
        return None
    longest = item.max_length or MOST_TEXT[item.type]
    if len(text) > longest:
        raise _wrong("too_long", limit=longest)
    if len(text) < item.min_length:
        raise _wrong("too_short", limit=item.min_length)
    if item.pattern and not re.fullmatch(item.pattern, text):
        raise _wrong("pattern", expected=item.pattern)
    return text


def _read_number(item: Field, text: str) -> int | Decimal | None:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").removesuffix("元")
    if not plain:
        return None
    if len(plain) > 20 or not re.fullmatch(r"[+-]?\d+(\.\d+)?", plain):
        raise _wrong("not_a_number")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise _wrong("not_a_number") from None
    places = 2 if item.unit == "fen" else item.decimals
    if number != round(number, places):
        raise _wrong("too_many_decimals", limit=places)
    if item.unit == "fen":
        return int(number * 100)
    return int(number) if number == number.to_integral_value() else number


def _read_choice(item: Field, text: str) -> Any:
    if not text:
        return None
    if text not in {option.value for option in item.options}:
        raise _wrong("not_an_option")
    return text in TRUE if item.boolean else text


def _read_list(item: Field, value: Any) -> list[str]:
    chosen = [value] if isinstance(value, str) and value else list(value or [])
    known = {option.value for option in item.options}
    if any(not isinstance(entry, str) or entry not in known for entry in chosen):
        raise _wrong("not_an_option")
    return list(dict.fromkeys(chosen))


def _read_checkbox(item: Field, text: str) -> bool | None:
    checked = text.lower() in TRUE
    return None if item.required and not checked else checked


def _read_date(item: Field, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _wrong("not_a_date") from None


_READERS: dict[str, Callable[[Field, str], Any]] = {
    "textfield": _read_text,
    "textarea": _read_text,
    "number": _read_number,
    "select": _read_choice,
    "radio": _read_choice,
    "checkbox": _read_checkbox,
    "datetime": _read_date,
}


def _check_limits(item: Field, value: Any, context: Mapping[str, Any], scope: Scope) -> None:
    least = item.limit("min", context, scope)
    if least is None and item.unit == "fen":
        least = 0
    most = item.limit("max", context, scope)
    if least is not None and feel.types.compare("<", value, least) is True:
        raise _wrong("min", limit=least, unit=item.unit)
    if most is not None and feel.types.compare(">", value, most) is True:
        raise _wrong("max", limit=most, unit=item.unit)


# -- reading the schema -------------------------------------------------------------------------------------------------


class _Reader:
    """Walks a form-js schema and gathers its problems."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.keys: set[str] = set()

    def form(self, content: bytes | str | Mapping[str, Any]) -> Form | None:
        try:
            schema = json.loads(content) if isinstance(content, bytes | str) else content
        except ValueError:
            self._problem("", "malformed_form")
            return None
        if not isinstance(schema, Mapping) or not isinstance(schema.get("components"), list):
            self._problem("", "malformed_form")
            return None
        found = tuple(self._components(schema["components"], None))
        return Form(str(schema.get("id", "")), found, tuple(self._shows(schema)), str(schema.get("manualRef", "")))

    def _problem(self, key: str, rule: str, **values: Any) -> None:
        self.problems.append(Problem(0, key, rule, {"field": key, **values}))

    def _components(self, components: Any, hide: Expression | None) -> Iterator[Field]:
        for component in components if isinstance(components, list) else ():
            if not isinstance(component, Mapping):
                self._problem("", "malformed_form")
                continue
            kind = component.get("type")
            hidden = self._hide(component) or hide
            if kind == "group":
                yield from self._components(component.get("components"), hidden)
            elif kind in INPUTS:
                yield self._input(component, hidden)
            elif kind in LAYOUT:
                yield self._text(component, hidden)
            else:
                self._problem(str(component.get("key", "")), "unknown_component", type=str(kind))

    def _text(self, component: Mapping[str, Any], hide: Expression | None) -> Field:
        extra = _mapping(component.get("properties"))
        return Field(type="text", text=str(component.get("text", "")), text_en=str(extra.get("text_en", "")), hide=hide)

    def _input(self, component: Mapping[str, Any], hide: Expression | None) -> Field:
        key = str(component.get("key", ""))
        if not KEY.match(key) or key in RESERVED:
            self._problem(key, "unusable_key")
        if key in self.keys:
            self._problem(key, "duplicate_key")
        self.keys.add(key)
        extra, rules = _mapping(component.get("properties")), _mapping(component.get("validate"))
        options = tuple(self._options(component))
        if component["type"] in ("select", "radio", "checklist") and not options:
            self._problem(key, "no_options")
        return Field(
            type=str(component["type"]),
            key=key,
            label=str(component.get("label", "")),
            label_en=str(extra.get("label_en", "")),
            description=str(component.get("description", "")),
            description_en=str(extra.get("description_en", "")),
            options=options,
            required=bool(rules.get("required")),
            unit=str(extra.get("unit", "")),
            personal=str(extra.get("personal", "")).lower() == "true",
            boolean=str(extra.get("boolean", "")).lower() == "true",
            decimals=_whole(component.get("decimalDigits")),
            min_length=_whole(rules.get("minLength")),
            max_length=_whole(rules.get("maxLength")),
            pattern=self._pattern(key, rules),
            default=component.get("defaultValue"),
            expressions=self._expressions(key, extra),
            hide=hide,
        )

    def _options(self, component: Mapping[str, Any]) -> Iterator[Option]:
        for value in component.get("values") or ():
            extra = _mapping(value.get("properties"))
            label = str(value.get("label", ""))
            yield Option(str(value.get("value", "")), label, str(extra.get("label_en", "") or label))

    def _pattern(self, key: str, rules: Mapping[str, Any]) -> str:
        pattern = str(rules.get("pattern", ""))
        if not pattern:
            return ""
        try:
            re.compile(pattern)
        except re.error:
            self._problem(key, "malformed_pattern")
            return ""
        return pattern

    def _expressions(self, key: str, extra: Mapping[str, Any]) -> dict[str, Expression]:
        found = {}
        for name in EXPRESSIONS:
            compiled = self._compiled(key, name, str(extra[name])) if extra.get(name) not in (None, "") else None
            if compiled is not None:
                found[name] = compiled
        return found

    def _hide(self, component: Mapping[str, Any]) -> Expression | None:
        condition = _mapping(component.get("conditional")).get("hide")
        return self._compiled(str(component.get("key", "")), "hide", str(condition)) if condition else None

    def _compiled(self, key: str, place: str, text: str) -> Expression | None:
        try:
            return feel.compile(text.strip().removeprefix("="))
        except FeelSyntaxError as error:
            self._problem(key, "feel_syntax", place=place, **error.values)
            return None

    def _shows(self, schema: Mapping[str, Any]) -> Iterator[Shown]:
        for entry in schema.get("shows") or ():
            drawn = str(_mapping(entry).get("as", ""))
            if drawn not in SHOWN_AS:
                self._problem("", "unknown_display", shown_as=drawn)
                continue
            yield Shown(
                str(entry.get("variable", "")), drawn, str(entry.get("label", "")), str(entry.get("label_en", ""))
            )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _whole(value: Any) -> int:
    try:
        return int(value or 0)
    except (TypeError, ValueError):
        return 0
