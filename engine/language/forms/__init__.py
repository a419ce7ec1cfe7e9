"""Forms: what a person is asked, and what they typed checked against it by a marshmallow schema. No HTML, no text for people.

Every wrong field is reported, not the first. A field hidden by its condition is neither asked nor kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from marshmallow import Schema, ValidationError

from engine.errors import Invalid, InvalidDefinition
from engine.language.feel import Scope
from engine.language.forms import typed
from engine.language.forms.fields import INPUTS, LAYOUT, Field, Option, Shown, Submit
from engine.language.forms.schema import SchemaReader
from engine.language.forms.typed import Entered, Given, Reason

MOST_ROUNDS = 10
NOTHING_TO_SAY = Submit()
Submitted = Mapping[str, str | Sequence[str]]


class InvalidForm(Invalid):
    """Some fields are not filled in as they should be."""

    @property
    def reasons(self) -> dict[str, list[Reason]]:
        """What is wrong, by field key."""
        found: dict[str, list[Reason]] = self.values["reasons"]
        return found


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

    def visible(self, variables: Mapping[str, Any], entered: Mapping[str, Any], scope: Scope) -> list[Field]:
        """The fields to be shown, given the variables and, in stored form, what has been entered so far.

        To the conditions, a hidden field holds null whatever was entered in it.
        """
        hidden: frozenset[int] = frozenset()
        for _ in range(MOST_ROUNDS):
            nulls = {self.fields[index].key: None for index in hidden if self.fields[index].is_input}
            context = {**variables, **entered, **nulls}
            found = frozenset(index for index, field in enumerate(self.fields) if _is_hidden(field, context, scope))
            if found == hidden:
                break
            hidden = found
        return [field for index, field in enumerate(self.fields) if index not in hidden]

    def offered(self, variables: Mapping[str, Any], given: Mapping[str, Any], scope: Scope) -> list[Field]:
        """The visible fields, each with the options that may be chosen as things stand."""
        seen = {**variables, **given}
        return [
            replace(one, options=tuple(o for o in one.options if typed.may_be_chosen(one, o.value, seen, scope)))
            if "allowed" in one.expressions and one.options
            else one
            for one in self.visible(variables, given, scope)
        ]

    def prefill(self, variables: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        """What stands in the fields at first, in stored form; never what the field itself would refuse."""
        given, found = Given({}, variables, scope), {}
        for one in self.inputs:
            value = one.limit("prefill", variables, scope) if "prefill" in one.expressions else one.default
            if value is not None and typed.fits(one, value, given):
                found[one.key] = value
        return found

    def load(self, submitted: Submitted, variables: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
        """What was typed, as values to store, null for a visible field left empty.

        Errors: InvalidForm naming every wrong field: required, not_a_number, too_many_decimals, min, max, too_long, too_short, pattern,
        not_an_option, not_allowed, not_a_date, not_text, not_a_line, other_lines, too_many_lines, unknown_field.
        """
        known = {field.key for field in self.inputs}
        reasons = {key: [Reason("unknown_field")] for key in submitted if key not in known}
        readable = self.readable(submitted)
        shown = self._shown(readable, variables, scope)
        seen, loaded = {**variables, **readable}, {}
        try:
            loaded = self._schema.load(Given({f.key: submitted.get(f.key, "") for f in shown}, seen, scope))
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
        """What was typed in the fields that are shown, null for those that are `wrong`."""
        readable = self.readable(submitted)
        shown = self._shown(readable, variables, scope)
        return {field.key: None if field.key in wrong else readable.get(field.key) for field in shown}

    def _shown(self, readable: Mapping[str, Any], variables: Mapping[str, Any], scope: Scope) -> list[Field]:
        """The visible inputs of a form that was sent: what was left out in it is empty, whatever was entered at an earlier step."""
        entered = {**dict.fromkeys(field.key for field in self.inputs), **readable}
        return [field for field in self.visible(variables, entered, scope) if field.is_input]

    def readable(self, submitted: Submitted) -> dict[str, Any]:
        """What conditions and limits see while a form is being filled: the values that can be read already."""
        found: dict[str, Any] = {}
        for one in self.inputs:
            if one.key in submitted:
                try:
                    found[one.key] = typed.read(one, submitted[one.key])
                except ValidationError:
                    found[one.key] = None
        return found


def _is_hidden(field: Field, context: Mapping[str, Any], scope: Scope) -> bool:
    return field.hide is not None and field.hide.evaluate(context, scope=scope) is True


__all__ = ["INPUTS", "LAYOUT", "Field", "Form", "InvalidForm", "Option", "Reason", "Shown", "Submit"]
