"""What the parameters and results of a service task are called, for whoever shows a recorded call to a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from marshmallow import Schema, fields

from engine.runtime import handlers


class Label(NamedTuple):
    """Chinese and English name, the unit ("fen" or empty), and whether the value is personal."""

    zh: str
    en: str
    unit: str
    personal: bool


def of(topic: str, side: str) -> dict[str, Label]:
    """The labels of a topic's "parameters" or "result" by name; empty for a topic that is no longer registered."""
    handler = handlers.handlers_by_topic().get(topic)
    if handler is None:
        return {}
    schema = handler.parameters() if side == "parameters" else handler.result()
    return {name: _label(name, field.metadata) for name, field in schema.fields.items()}


def by_name() -> dict[str, Label]:
    """What the parameters and results of all service tasks are called, by name; of two the first topic's."""
    labels: dict[str, Label] = {}
    for topic in sorted(handlers.handlers_by_topic()):
        for side in ("result", "parameters"):
            labels = {**of(topic, side), **labels}
    return labels


def amounts() -> frozenset[str]:
    """The names that hold fen in the parameters and results of all service tasks, inside of lists and objects too."""
    return _amounts(tuple(handlers.handlers_by_topic()))


@cache
def _amounts(topics: tuple[str, ...]) -> frozenset[str]:
    """Asked for every cell of a table, and always the same for the same topics."""
    topic_handlers = [handlers.find(topic) for topic in topics]
    sides = (schema for handler in topic_handlers for schema in (handler.takes, handler.gives))
    return frozenset(name for schema in sides for name, field in _all(schema) if field.metadata.get("unit") == "fen")


def _all(schema: Schema) -> Iterator[tuple[str, fields.Field]]:
    for name, field in schema.fields.items():
        yield name, field
        inner = getattr(field, "inner", field)
        if isinstance(inner, fields.Nested):
            yield from _all(inner.schema)


def _label(name: str, metadata: Mapping[str, Any]) -> Label:
    return Label(
        str(metadata.get("zh") or name),
        str(metadata.get("en") or name),
        str(metadata.get("unit") or ""),
        bool(metadata.get("personal")),
    )
