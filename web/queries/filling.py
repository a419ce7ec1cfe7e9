"""A form on a page as it is being filled: which fields its conditions show, and what stands in them. Used by tasks and by tries of a draft alike."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

import engine
from web.queries import evidence, picking

Submitted = dict[str, str | list[str]]


def submitted(given: MultiDict[str, str], *, but: Container[str]) -> Submitted:
    """The form as typed: a list where a field came several times; `but` names what the page itself added."""
    typed = {
        key: values if len(values := given.getlist(key)) > 1 or key.endswith("[]") else values[0]
        for key in given
        if key not in but
    }
    return picking.submitted(typed)


def untouched(form: engine.Form, variables: Mapping[str, Any], scope: engine.feel.Scope) -> dict[str, Any]:
    """A form that nobody has typed in: its visible fields and what stands in them."""
    given = form.prefill(variables, scope)
    return {"fields": form.visible(variables, given, scope), "values": evidence.as_typed(form, given)}


def typed(
    form: engine.Form,
    variables: Mapping[str, Any],
    scope: engine.feel.Scope,
    given: Submitted,
    raw: MultiDict[str, str],
) -> dict[str, Any]:
    """A form as it stands after some typing; a field that appears only now holds what it is prefilled with."""
    before = evidence.as_typed(form, form.prefill(variables, scope))
    unticked = {field.key for field in form.inputs if field.type in ("checkbox", "checklist", "lines")}
    values = MultiDict({key: value for key, value in before.items() if key not in raw and key not in unticked})
    values.update(raw)
    return {"fields": form.visible(variables, form.readable(given), scope), "values": values}
