"""A form-js schema read into fields, every expression compiled and every problem gathered. What people type is not looked at here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from marshmallow import ValidationError

from engine.ground.errors import Problem
from engine.language import feel, patterns, vocabulary, written
from engine.language.feel import Expression, FeelSyntaxError
from engine.language.feel.lexer import KEYWORDS
from engine.language.forms import typed
from engine.language.forms.fields import CHOICES, DISPLAYS, INPUTS, LAYOUT, Field, Option, Shown, Submit
from engine.language.pattern_syntax import MalformedPattern

MOST_CHARACTERS = 1_000_000
MOST_COMPONENTS = 500
MOST_OPTIONS = 1_000
KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
RESERVED = (
    frozenset(
        {
            "typename",
            "refusal",
            "accepted_at",
            "entered_at",
            "item",
            "partial",
            "csrf_token",
            "submit_key",
            "despite",
            "unsent",
            "unsent_from",
            "unsent_id",
            "unsent_of",
            "unsent_place",
        }
    )
    | KEYWORDS
)
EXPRESSIONS = ("min", "max", "prefill", "allowed", "requiredWhen")
YES_NO = {"yes", "no"}


class TooMany(Exception):
    """The form has more parts, or choices, than anybody could look through; reading it ends here."""

    def __init__(self, rule: str, limit: int) -> None:
        self.rule, self.limit = rule, limit


class SchemaReader:
    """Walks a form-js schema. `problems` holds what is wrong; the rest is read all the same."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.keys: set[str] = set()
        self.components = self.options = 0
        self.id = self.manual_ref = ""
        self.shows: tuple[Shown, ...] = ()
        self.submit = Submit()
        self.words, self.kinds = vocabulary.in_force(), written.kinds()

    def read(self, content: bytes | str | Mapping[str, Any]) -> tuple[Field, ...]:
        """Return the fields of a form, groups flattened; what is beside them stands in `shows` and `submit`."""
        try:
            if isinstance(content, bytes | str):
                content = json.loads(content) if len(content) <= MOST_CHARACTERS else None  # type: ignore[assignment]
            schema = _mapping(content)
            self.id, self.manual_ref = str(schema.get("id", "")), str(schema.get("manualRef", ""))
            if not isinstance(schema.get("components"), list):
                self._problem("", "malformed_form")
            self.shows = tuple(self._shows(schema))
            fields = tuple(self._components(schema.get("components"), ""))
            self.submit = self._submit(_mapping(schema.get("submit")), fields)
            self._check_channels(fields)
            return fields
        except TooMany as error:
            self._problem("", error.rule, limit=error.limit)
        except (ValueError, RecursionError):
            self._problem("", "malformed_form")
        return ()

    def _problem(self, key: str, rule: str, **values: Any) -> None:
        self.problems.append(Problem(0, key, rule, {"field": key, **values}))

    def _components(self, components: Any, condition_around: str) -> Iterator[Field]:
        for component in _listed(components):
            self._count_component()
            kind, key = str(component.get("type")), str(component.get("key", ""))
            condition = self._condition(key, component, condition_around)
            if kind == "group":
                yield from self._components(component.get("components"), condition)
            elif kind in INPUTS:
                yield self._input(component, kind, key, condition)
            elif kind in LAYOUT:
                yield self._text(component, condition)
            else:
                self._problem(key, "unknown_component", type=kind)

    def _count_component(self) -> None:
        self.components += 1
        if self.components > MOST_COMPONENTS:
            raise TooMany("too_many_components", MOST_COMPONENTS)

    def _condition(self, key: str, component: Mapping[str, Any], outer: str) -> str:
        """Return the text under which a component is hidden: its own condition, or that of a group around it."""
        text = str(_mapping(component.get("conditional")).get("hide") or "").strip().removeprefix("=").strip()
        if not text or self._compiled(key, "hide", text) is None:
            return outer
        return f"({outer}) = true or ({text}) = true" if outer else text

    def _text(self, component: Mapping[str, Any], condition: str) -> Field:
        extra = _mapping(component.get("properties"))
        return Field(
            type="text",
            text=str(component.get("text", "")),
            text_en=str(extra.get("text_en", "")),
            hide=self._compiled("", "hide", condition),
        )

    def _input(self, component: Mapping[str, Any], kind: str, key: str, condition: str) -> Field:
        extra, rules = _mapping(component.get("properties")), _mapping(component.get("validate"))
        self._check(component, key, rules)
        pattern, unit = self._pattern(key, rules), str(extra.get("unit", ""))
        kind_of_text = self._written(kind, key, extra, pattern)
        field = Field(
            type=kind,
            key=key,
            label=str(component.get("label", "")),
            label_en=str(extra.get("label_en", "")),
            description=str(component.get("description", "")),
            description_en=str(extra.get("description_en", "")),
            options=tuple(self._options(component)),
            required=rules.get("required") is True,
            unit=unit,
            amount=self.words.unit if kind == "lines" or self.words.counts(unit) else None,
            boolean=_flag(extra, "boolean"),
            channel_of=str(extra.get("channelOf", "")),
            decides=_flag(extra, "decides"),
            number_in=str(extra.get("numberIn", "")) if kind == "lines" else "",
            among=str(extra.get("among", "")) if kind in ("lines", "textfield") else "",
            unread=tuple(_unread({"decimalDigits": component.get("decimalDigits"), **rules})),
            decimals=_whole(component.get("decimalDigits")),
            min_length=_whole(rules.get("minLength")),
            max_length=_whole(rules.get("maxLength")),
            pattern=pattern,
            written=kind_of_text,
            kind=self.kinds.get(kind_of_text),
            expressions=self._expressions(key, extra, rules),
            hide=self._compiled(key, "hide", condition),
        )
        self._check_options(field)
        field = replace(field, personal=_flag(extra, "personal", default=field.is_free_text))
        return self._with_default(field, component.get("defaultValue"))

    def _check_channels(self, fields: tuple[Field, ...]) -> None:
        """Check that what says the way of a text has that text, and ways we know."""
        texts = {field.key for field in fields if field.type in ("textfield", "textarea")}
        channels = self.words.channels
        for field in fields:
            if field.channel_of and not (
                field.channel_of in texts
                and field.options
                and {option.value for option in field.options} <= {*channels}
            ):
                self._problem(field.key, "unusable_channel", text=field.channel_of, channels=", ".join(channels))

    def _check(self, component: Mapping[str, Any], key: str, rules: Mapping[str, Any]) -> None:
        if not KEY.fullmatch(key) or key in RESERVED:
            self._problem(key, "unusable_key", variable=key)
        if key in self.keys:
            self._problem(key, "duplicate_key", variable=key)
        self.keys.add(key)
        if component.get("disabled") or component.get("readonly"):
            self._problem(key, "not_editable")
        if not isinstance(rules.get("required", False), bool):
            self._problem(key, "required_must_be_constant")
        if component.get("type") == "datetime" and component.get("subtype", "date") != "date":
            self._problem(key, "unknown_component", type=f"datetime {component.get('subtype')}")

    def _check_options(self, field: Field) -> None:
        values = [option.value for option in field.options]
        if field.type in CHOICES and not values:
            self._problem(field.key, "no_options")
        if len(set(values)) != len(values) or "" in values:
            self._problem(field.key, "duplicate_option")
        if field.boolean and set(values) != YES_NO:
            self._problem(field.key, "boolean_needs_yes_and_no")

    def _with_default(self, field: Field, default: Any) -> Field:
        """Return the field with its default value in stored form; the schema holds it as typed."""
        if default in (None, "", []):
            return field
        try:
            return Field(**{**field.__dict__, "default": typed.read(field, default)})
        except (ValidationError, TypeError):
            self._problem(field.key, "unusable_default")
            return field

    def _options(self, component: Mapping[str, Any]) -> Iterator[Option]:
        for value in _listed(component.get("values")):
            self.options += 1
            if self.options > MOST_OPTIONS:
                raise TooMany("too_many_options", MOST_OPTIONS)
            label = str(value.get("label", ""))
            english = _mapping(value.get("properties")).get("label_en") or label
            yield Option(str(value.get("value", "")), label, str(english))

    def _pattern(self, key: str, rules: Mapping[str, Any]) -> str:
        pattern = str(rules.get("pattern") or "")
        try:
            patterns.compile(pattern)
        except MalformedPattern as error:
            self._problem(key, "malformed_pattern", **error.values)
            return ""
        return pattern

    def _written(self, kind: str, key: str, extra: Mapping[str, Any], pattern: str) -> str:
        """Return the kind that a text field names, or that its pattern does."""
        kind_of_text = str(extra.get("written", ""))
        if kind_of_text and (kind_of_text not in self.kinds or kind != "textfield"):
            self._problem(key, "unusable_written", text=kind_of_text, kinds=", ".join(self.kinds))
            return ""
        plain = pattern.replace(r"\d", "[0-9]") if kind == "textfield" else ""
        return kind_of_text or next((name for name, of in self.kinds.items() if plain in of.patterns), "")

    def _expressions(self, key: str, extra: Mapping[str, Any], rules: Mapping[str, Any]) -> dict[str, Expression]:
        """Return limits and prefill: FEEL among our own properties, or a plain number where form-js keeps its limits."""
        texts = {name: str(extra[name]) for name in EXPRESSIONS if extra.get(name) not in (None, "")}
        is_amount = self.words.counts(extra.get("unit"))
        for name in ("min", "max"):
            plain = rules.get(name)
            if name not in texts and plain not in (None, ""):
                texts[name] = f"({plain}) * {self.words.unit.parts}" if is_amount else str(plain)
        expressions = {name: self._compiled(key, name, text.strip().removeprefix("=")) for name, text in texts.items()}
        return {name: compiled for name, compiled in expressions.items() if compiled is not None}

    def _compiled(self, key: str, place: str, text: str) -> Expression | None:
        if not text:
            return None
        try:
            return feel.compile(text)
        except FeelSyntaxError as error:
            self._problem(key, "feel_syntax", place=place, **error.values)
            return None

    def _shows(self, schema: Mapping[str, Any]) -> Iterator[Shown]:
        for entry in _listed(schema.get("shows")):
            self._count_component()
            display, variable = str(entry.get("as", "")), str(entry.get("variable", ""))
            if display not in {**DISPLAYS, **self.words.displays} or not PATH.fullmatch(variable):
                self._problem("", "unknown_display", shown_as=display, variable=variable)
                continue
            overtaken_by = str(entry.get("overtakenBy", ""))
            if overtaken_by and not PATH.fullmatch(overtaken_by):
                self._problem("", "unknown_display", shown_as=display, variable=overtaken_by)
                continue
            yield Shown(variable, display, str(entry.get("label", "")), str(entry.get("label_en", "")), overtaken_by)

    def _submit(self, component: Mapping[str, Any], fields: tuple[Field, ...]) -> Submit:
        amount = str(component.get("amount", ""))
        if amount and amount not in {field.key for field in fields if self.words.counts(field.unit)}:
            self._problem(amount, "unknown_display", shown_as="amount", variable=amount)
        return Submit(str(component.get("label", "")), str(component.get("label_en", "")), amount)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _listed(value: Any) -> list[Mapping[str, Any]]:
    return [_mapping(entry) for entry in value] if isinstance(value, list) else []


def _flag(properties: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    flag = str(properties.get(name, "")).lower()
    return (default and flag != "false") or flag == "true"


def _unread(rules: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield counts that are written and are no whole numbers from zero."""
    for name in ("decimalDigits", "minLength", "maxLength"):
        if name in rules and not re.fullmatch(r"\d*", "" if rules[name] is None else str(rules[name]).strip()):
            yield name, str(rules[name])


def _whole(value: Any) -> int:
    """Return a count that the schema gives; what is none, or below zero, counts as not given."""
    try:
        return max(0, int(value or 0))
    except (TypeError, ValueError, OverflowError):
        return 0
