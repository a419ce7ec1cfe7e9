"""What stands in a form-js schema, as facts to compare: fields with their labels, options, rules and conditions. Nothing is compiled."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

HOLDERS = ("validate", "properties", "conditional")
INSIDE = frozenset({"components", "shows", "key", "id"})
OPTION = frozenset({"label", "value", "properties.label_en"})


@dataclass(frozen=True)
class Written:
    """A value that is no text: compared as it is written, so that 1 is neither true nor "1"; shown as a text."""

    json: str
    text: str = field(compare=False)

    def __str__(self) -> str:
        return self.text


def facts(text: str | None) -> dict[str, Mapping[str, Any]] | None:
    """Return field key → facts, texts and what is laid beside the form among them; None for what cannot be read."""
    if text is None:
        return {}
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(schema, dict):
        return None
    own = {"": {"type": "form", "form kind": schema.get("type", ""), **_own_leaves({**schema, "type": ""})}}
    facts_by_key: dict[str, Mapping[str, Any]] = dict(own)
    for key, facts in [*_components(schema.get("components"), "", 0), *_shows(schema.get("shows"))]:
        facts_by_key[key if key not in facts_by_key else f"{key} ({len(facts_by_key)})"] = facts
    return facts_by_key


def _own_leaves(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return every value in an object, by its path; without what stands in lists of its own."""
    inside = {name: value for name, value in node.items() if name not in INSIDE}
    return {path: value for path, value in _leaves(inside, "") if value not in ("", None)}


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, (dict, list)):
        pairs = value.items() if isinstance(value, dict) else enumerate(value, start=1)
        for name, inner in pairs:
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, str) or value is None:
        yield path, value
    else:
        yield path, Written(json.dumps(value), str(value))


def _components(components: Any, within: str, depth: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, component in enumerate(
        components if isinstance(components, list) and depth < MOST_DEPTH else [], start=1
    ):
        if isinstance(component, dict):
            key = str(component.get("key") or component.get("id") or f"{within}{component.get('type')} {number}")
            yield key, {**_facts(component), **({"inside": within.strip()} if within else {})}
            yield from _components(component.get("components"), f"{key} ", depth + 1)


MOST_DEPTH = 20


def _facts(component: Mapping[str, Any]) -> Mapping[str, Any]:
    facts: dict[str, Any] = {}
    options = component.get("values")
    for path, value in _own_leaves({**component, "values": _unnamed(options)}).items():
        holder, _dot, name = path.partition(".")
        short = name if holder in HOLDERS else path
        facts[short if short not in facts else path] = value
    if isinstance(options, list):
        facts["options"] = ", ".join(_option(value) for value in options)
    label = str(component.get("label") or component.get("text") or "")
    return facts | {"says": label}


def _unnamed(options: object) -> object:
    """Return what an option holds beside its value and what it is called."""
    if not isinstance(options, list):
        return options
    return {
        f"{number} {path}": value
        for number, option in enumerate(options, start=1)
        for path, value in _leaves(option, "")
        if isinstance(option, dict) and path not in OPTION
    }


def _option(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    properties = value.get("properties")
    english = properties.get("label_en") if isinstance(properties, dict) else None
    title = " / ".join(str(text) for text in (value.get("label", ""), english) if text not in (None, ""))
    return f"{title} ({_plain(value.get('value', ''))})"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _shows(shows: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for entry in shows if isinstance(shows, list) else []:
        if isinstance(entry, dict):
            properties = {
                name: value for name, value in entry.items() if name not in ("variable", "label", "as", "type")
            }
            facts = {"type": "shown", "label": entry.get("label", ""), "shown_as": entry.get("as", "")}
            yield (
                f"shows {entry.get('variable', '')}",
                facts | _own_leaves(properties) | {"says": entry.get("label", "")},
            )
