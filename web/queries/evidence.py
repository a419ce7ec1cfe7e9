"""What lies beside a form (its `shows`), resolved from the variables, and values as a person would have typed them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import engine
from office.masking import EVERYTHING, Sight
from web import refusals
from web.i18n import in_language, shown_to

OF_A_CALL = ("start", "place", "charge")


@dataclass(frozen=True)
class Evidence:
    """One thing laid beside the form: `shown_as` calls, reasons, money, text, table or balance."""

    label: str
    shown_as: str
    value: Any


def of(
    form: engine.Form, variables: Mapping[str, Any], caught: Mapping[str, str], sight: Sight = EVERYTHING
) -> list[Evidence]:
    """Everything a form shows that has a value; `caught` names what a service may answer, by its code."""
    variables = {**variables, "refusal": _named(variables.get("refusal"), caught)}
    found = [
        Evidence(
            in_language(entry.label, entry.label_en),
            entry.shown_as,
            shown_to(_resolve(variables, entry.variable), sight),
        )
        for entry in form.shows
    ]
    return [item for item in found if item.value not in (None, "", [], {})]


def _named(refusal: Any, caught: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """A refusal that has a sentence stays as it is, with its amounts; another is called what the diagram calls it."""
    code = refusal.get("code") if isinstance(refusal, Mapping) else None
    if not code:
        return []
    return [refusal] if code in refusals.SENTENCES else [{"text": caught.get(code, code)}]


def _resolve(variables: Mapping[str, Any], path: str) -> Any:
    value: Any = variables
    for part in path.split("."):
        value = _said(value, part) if isinstance(value, Mapping) else None
    return value


def _said(value: Mapping[str, Any], part: str) -> Any:
    """A part of a context, in English where it says it in English beside."""
    english = value.get(f"{part}_en")
    return in_language(value[part], english) if english and part in value else value.get(part)


def as_typed(form: engine.Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """Stored values as text in the fields: fen as yuan, yes and no for booleans."""
    return {field.key: _typed(field, values[field.key]) for field in form.inputs if field.key in values}


def _typed(field: Any, value: Any) -> Any:
    if field.unit == "fen" and isinstance(value, int):
        return engine.written.yuan(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()[:10]
    if field.type == "lines":
        return [line(one) for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
    return value if isinstance(value, list) else str(value)


def line(picked: Mapping[str, Any]) -> str:
    """A picked line as a form has it: "LINE[/COMPONENT] YUAN [REASON]"."""
    named = f"{picked.get('line')}/{picked['component']}" if picked.get("component") else str(picked.get("line"))
    return f"{named} {int(picked.get('amount') or 0) / 100:.2f} {picked.get('reason') or ''}".strip()


def rows(value: Any) -> list[dict[str, Any]]:
    """A list of contexts for a table; of the calls in a pair, what the eye compares is laid flat."""
    found = []
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, Mapping):
            flat: dict[str, Any] = {}
            for name, inner in item.items():
                if isinstance(inner, Mapping):
                    flat |= {f"{name}.{key}": inner[key] for key in OF_A_CALL if key in inner}
                else:
                    flat[name] = inner
            found.append(flat)
    return found
