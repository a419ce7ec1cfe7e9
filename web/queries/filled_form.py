"""A form on a page as it is being filled: which fields its conditions show, and what stands in them. Used by tasks and by tries of a draft alike."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from engine import language
from office import reply_amounts
from web.queries import picking_lines, shown_variables

Submitted = dict[str, str | list[str]]


def submitted(form: MultiDict[str, str], *, but: Container[str]) -> Submitted:
    """Return the form as typed: a list where a field came several times; `but` names what the page itself added."""
    typed = {
        key: values if len(values := form.getlist(key)) > 1 or key.endswith("[]") else values[0]
        for key in form
        if key not in but
    }
    return picking_lines.submitted(typed)


def untouched(form: language.Form, variables: Mapping[str, Any], scope: language.feel.Scope) -> dict[str, Any]:
    """Return a form that nobody has typed in: its visible fields and what stands in them."""
    prefilled = reply_amounts.prefilled(form, variables, scope)
    return {"fields": form.offered(variables, prefilled, scope), "values": shown_variables.as_typed(form, prefilled)}


def typed(
    form: language.Form,
    variables: Mapping[str, Any],
    scope: language.feel.Scope,
    submission: Submitted,
    raw: MultiDict[str, str],
) -> dict[str, Any]:
    """Return a form as it stands after some typing; a field that appears only now, or again, holds what it is prefilled with.

    Boxes that are not ticked send nothing: beside them stands a mark that they were there.
    """
    before = shown_variables.as_typed(form, reply_amounts.prefilled(form, variables, scope))
    values = MultiDict({key: value for key, value in before.items() if key not in raw and not was_shown(key, raw)})
    values.update(raw)
    return {"fields": form.offered(variables, form.readable(submission), scope), "values": values}


def without(values: Mapping[str, Any], secret: Collection[str]) -> Mapping[str, Any]:
    """Return what stands in a form, but for what nobody needs to see again."""
    if not any(name in values for name in secret):
        return values
    if isinstance(values, MultiDict):
        return MultiDict([pair for pair in values.items(multi=True) if pair[0] not in secret])
    return {name: value for name, value in values.items() if name not in secret}


def was_shown(key: str, raw: MultiDict[str, str]) -> bool:
    """Tell whether a field stood on the page that was sent, though nothing may have been entered in it."""
    return f"{key}{picking_lines.SHOWN}" in raw
