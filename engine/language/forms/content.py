"""What stands in a form-js schema, as facts to compare: fields with their labels, options, rules and conditions. Nothing is compiled."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

PLAIN = ("type", "label", "description", "text", "decimalDigits", "defaultValue", "subtype")


def facts(text: str | None) -> dict[str, Mapping[str, Any]] | None:
    """Field key → facts, texts and what is laid beside the form among them; None for what cannot be read."""
    if text is None:
        return {}
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(schema, dict):
        return None
    return dict([*_components(schema.get("components"), "", 0), *_shows(schema.get("shows"))])


def _components(components: Any, within: str, depth: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, component in enumerate(
        components if isinstance(components, list) and depth < MOST_DEPTH else [], start=1
    ):
        if isinstance(component, dict):
            key = str(component.get("key") or component.get("id") or f"{within}{component.get('type')} {number}")
            yield key, _facts(component)
            yield from _components(component.get("components"), f"{key} ", depth + 1)


MOST_DEPTH = 20


def _facts(component: Mapping[str, Any]) -> Mapping[str, Any]:
    found = {name: component[name] for name in PLAIN if component.get(name) not in (None, "")}
    for holder in ("validate", "properties", "conditional"):
        inner = component.get(holder)
        found |= dict(inner) if isinstance(inner, dict) else {}
    if isinstance(component.get("values"), list):
        found["options"] = ", ".join(_option(value) for value in component["values"])
    label = str(component.get("label") or component.get("text") or "")
    return {name: value for name, value in found.items() if value != ""} | {"says": label}


def _option(value: Any) -> str:
    return f"{value.get('label', '')} ({value.get('value', '')})" if isinstance(value, dict) else str(value)


def _shows(shows: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for entry in shows if isinstance(shows, list) else []:
        if isinstance(entry, dict):
            facts = {"type": "shown", "label": entry.get("label", ""), "shown_as": entry.get("as", "")}
            yield f"shows {entry.get('variable', '')}", facts | {"says": entry.get("label", "")}
