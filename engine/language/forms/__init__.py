"""Forms: what a person is asked, and what they typed checked against it by a marshmallow schema. No HTML, no text for people.

Every wrong field is reported, not the first. A field hidden by its condition is neither asked nor kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from marshmallow import Schema, ValidationError

from engine.ground.errors import Invalid, InvalidDefinition
from engine.language import instants
from engine.language.feel import FeelValue, Scope
from engine.language.forms import typed
from engine.language.forms.fields import DISPLAYS, INPUTS, LAYOUT, Field, Option, Shown, Submit
from engine.language.forms.schema import SchemaReader
from engine.language.forms.typed import Entered, Given, Reason

MOST_ROUNDS = 10
NOTHING_TO_SAY = Submit()
EMPTY: tuple[Any, ...] = (None, "", [], {})
Submitted = Mapping[str, str | Sequence[str]]


class InvalidForm(Invalid):
    """Some fields are not filled in as they should be."""

    @property
    def reasons(self) -> dict[str, list[Reason]]:
        """What is wrong, by field key."""
        reasons: dict[str, list[Reason]] = self.values["reasons"]
        return reasons


@dataclass(frozen=True)
class Form:
    """A parsed form; `fields` in order, groups flattened."""

    id: str
    fields: tuple[Field, ...]
    shows: tuple[Shown, ...] = ()
    manual_ref: str = ""
    submit: Submit = NOTHING_TO_SAY

    @cached_property
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
        reader = SchemaReader()
        fields = reader.read(content)
        if reader.problems:
            raise InvalidDefinition(problems=reader.problems)
        return cls(reader.id, fields, reader.shows, reader.manual_ref, reader.submit)

    def shown_beside(self, variables: Mapping[str, Any]) -> list[str]:
        """Return the paths of what lies beside the form, where something stands in it."""
        return [entry.variable for entry in self.shows if at_path(variables, entry.variable) not in EMPTY]

    def visible(self, variables: Mapping[str, Any], entered: Mapping[str, Any], scope: Scope) -> list[Field]:
        """Return the fields to be shown, given the variables and, in stored form, what has been entered so far.

        To the conditions, a hidden field holds null whatever was entered in it, and so does one that is empty: what an earlier round of the same
        step was answered with stands in a variable of its name and is none of this one's.
        """
        hidden_fields: frozenset[int] = frozenset()
        for _ in range(MOST_ROUNDS):
            nulls = {self.fields[index].key: None for index in hidden_fields if self.fields[index].is_input}
            context = {**variables, **self._entered(entered), **nulls}
            hidden_now = frozenset(
                index for index, field in enumerate(self.fields) if _is_hidden(field, context, scope)
            )
            if hidden_now == hidden_fields:
                break
            hidden_fields = hidden_now
        return [field for index, field in enumerate(self.fields) if index not in hidden_fields]

    def gives_way_to(self, box: str) -> bool:
        """Tell whether telling the customer, or a confirmation that has to be ticked, is asked for no more once this box is ticked, as far as the box alone decides."""
        scope = instants.any_day()
        return any(
            _is_hidden(field, {**dict.fromkeys(field.hide.names), box: True}, scope)
            and not _is_hidden(field, {**dict.fromkeys(field.hide.names), box: False}, scope)
            for field in self.inputs
            if (field.channel_of or (field.type == "checkbox" and field.required))
            and field.hide is not None
            and box in field.hide.names
        )

    def offered(self, variables: Mapping[str, Any], entered: Mapping[str, Any], scope: Scope) -> list[Field]:
        """Return the visible fields, each with the options that may be chosen as things stand."""
        context = {**variables, **self._entered(entered)}
        return [
            replace(field, options=tuple(o for o in field.options if _may_be_chosen(field, o, context, scope)))
            if "allowed" in field.expressions and field.options
            else field
            for field in self.visible(variables, entered, scope)
        ]

    def unanswerable(self, variables: Mapping[str, Any], entered: Mapping[str, Any], scope: Scope) -> list[str]:
        """Return the keys of required fields of which nothing may be chosen as things stand: whoever has the task cannot get on."""
        fields = {field.key: field for field in self.inputs}
        return [
            field.key
            for field in self.offered(variables, entered, scope)
            if field.required and fields.get(field.key, field).options and not field.options
        ]

    def dead_ends(self, variables: Mapping[str, Any], scope: Scope) -> list[str]:
        """Return the keys of required fields of which nothing may be chosen, whatever is entered elsewhere in the form: nobody can complete its task."""
        if not any(field.required and field.options and "allowed" in field.expressions for field in self.inputs):
            return []
        keys = {field.key for field in self.inputs}
        asks = {field.key: _names(field) for field in self.inputs}
        unanswerable = self.unanswerable(variables, self.prefill(variables, scope), scope)
        return [key for key in unanswerable if not asks[key] & keys]

    def prefill(self, variables: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        """Return what stands in the fields at first, in stored form; never what the field itself would refuse."""
        nothing_entered, values = Given({}, variables, scope), {}
        for field in self.inputs:
            value = field.limit("prefill", variables, scope) if "prefill" in field.expressions else field.default
            value = typed.kept_alike(field, value)
            if value is not None and typed.fits(field, value, nothing_entered):
                values[field.key] = value
        return values

    def load(self, submitted: Submitted, variables: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        """Return what was typed, as values to store, null for a visible field left empty.

        Errors: InvalidForm naming every wrong field: required, not_a_number, too_many_decimals, min, max, too_long, too_short, pattern,
        not_an_option, not_allowed, not_a_date, not_text, not_a_line, other_lines, too_many_lines, unknown_field.
        """
        keys = {field.key for field in self.inputs}
        reasons = {key: [Reason("unknown_field")] for key in submitted if key not in keys}
        readable = self.readable(submitted)
        visible = self._shown(readable, variables, scope)
        context, loaded = {**variables, **self._entered(readable)}, {}
        try:
            loaded = self._schema.load(Given({f.key: submitted.get(f.key, "") for f in visible}, context, scope))
        except ValidationError as error:
            reasons |= error.messages_dict
        if reasons:
            raise InvalidForm(reasons=reasons)
        return loaded

    @cached_property
    def _schema(self) -> Schema:
        """A marshmallow schema of every input; of those not given, because they are hidden, it says nothing."""
        return Schema.from_dict({f"field_{number}": Entered(field) for number, field in enumerate(self.inputs)})()

    def right(
        self, submitted: Submitted, variables: Mapping[str, Any], scope: Scope, *, wrong: Collection[str]
    ) -> dict[str, Any]:
        """Return what was typed in the fields that are shown, null for those that are `wrong`."""
        readable = self.readable(submitted)
        visible = self._shown(readable, variables, scope)
        return {field.key: None if field.key in wrong else readable.get(field.key) for field in visible}

    def _shown(self, readable: Mapping[str, Any], variables: Mapping[str, Any], scope: Scope) -> list[Field]:
        """Return the visible inputs of a form that was sent."""
        return [field for field in self.visible(variables, readable, scope) if field.is_input]

    def _entered(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what stands in every field: one that was left out is empty, whatever was entered at an earlier step."""
        return {**dict.fromkeys(field.key for field in self.inputs), **values}

    def readable(self, submitted: Submitted) -> dict[str, Any]:
        """Return what conditions and limits see while a form is being filled: the values that can be read already."""
        values: dict[str, Any] = {}
        for field in self.inputs:
            if field.key in submitted:
                try:
                    values[field.key] = typed.read(field, submitted[field.key])
                except ValidationError:
                    values[field.key] = None
        return values


def at_path(variables: Mapping[str, Any], path: str) -> FeelValue:
    """Return what stands at a path into the variables, null where it leads nowhere."""
    value: FeelValue = variables
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _names(field: Field) -> frozenset[str]:
    """Return the names that decide whether a field is shown and what may be chosen of it."""
    hidden_by = field.hide.names if field.hide is not None else frozenset()
    return hidden_by | field.expressions["allowed"].names if "allowed" in field.expressions else hidden_by


def _may_be_chosen(field: Field, option: Option, context: Mapping[str, Any], scope: Scope) -> bool:
    return typed.may_be_chosen(field, typed.stored_choice(field, option.value), context, scope)


def _is_hidden(field: Field, context: Mapping[str, Any], scope: Scope) -> bool:
    return field.hide is not None and field.hide.evaluate(context, scope=scope) is True


__all__ = ["DISPLAYS", "INPUTS", "LAYOUT", "Field", "Form", "InvalidForm", "Option", "Reason", "Shown", "Submit"]
