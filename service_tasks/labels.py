"""What the parameters and results of a service task are called, for whoever shows a recorded call to a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from marshmallow import Schema, fields

from engine.runtime import handlers
from service_tasks import refusals


class Label(NamedTuple):
    """Chinese and English name, the unit ("fen" or empty), and whether the value is personal."""

    zh: str
    en: str
    unit: str
    personal: bool


def of(topic: str, side: str) -> dict[str, Label]:
    """Return the labels of a topic's "parameters" or "result" by name; empty for a topic that is no longer registered."""
    handler = handlers.handlers_by_topic().get(topic)
    if handler is None:
        return {}
    schema = handler.parameters() if side == "parameters" else handler.result()
    return {name: _label(name, field.metadata) for name, field in schema.fields.items()}


def by_name() -> dict[str, Label]:
    """Return what the parameters and results of all service tasks are called, by name; of two the first topic's."""
    labels: dict[str, Label] = {}
    for topic in sorted(handlers.handlers_by_topic()):
        for side in ("result", "parameters"):
            labels = {**of(topic, side), **labels}
    return labels


def amounts() -> frozenset[str]:
    """Return the names that hold fen in the parameters and results of all service tasks, inside of lists and objects too."""
    return _amounts(tuple(handlers.handlers_by_topic()))


@cache
def _amounts(topics: tuple[str, ...]) -> frozenset[str]:
    """Return the names that hold fen; asked for every cell of a table, and always the same for the same topics."""
    return frozenset(name for name, field in _fields(topics) if field.metadata.get("unit") == "fen")


def words() -> Mapping[tuple[str, str], tuple[str, str]]:
    """Return Chinese and English of the codes to which service tasks give words of their own, by the name they stand under and the code."""
    return _words(tuple(handlers.handlers_by_topic()))


@cache
def _words(topics: tuple[str, ...]) -> Mapping[tuple[str, str], tuple[str, str]]:
    words = ((name, field.metadata.get("words", {})) for name, field in _fields(topics))
    return {(name, code): texts for name, codes in words for code, texts in codes.items()}


def column(name: str) -> Label | None:
    """Return what stands under a name in the rows of a table that a service task gives back, or with a refusal; None for a name that no service task knows."""
    return _columns(tuple(handlers.handlers_by_topic())).get(name)


@cache
def _columns(topics: tuple[str, ...]) -> Mapping[str, Label]:
    labelled = chain(_all(refusals.RefusalValues()), _fields(topics))
    return {name: _label(name, field.metadata) for name, field in labelled if field.metadata.get("zh")}


def _fields(topics: tuple[str, ...]) -> Iterator[tuple[str, fields.Field]]:
    """Yield everything that service tasks take and give, inside of lists and objects too."""
    for topic in topics:
        handler = handlers.find(topic)
        yield from _all(handler.takes)
        yield from _all(handler.gives)


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
