"""What the parameters and results of a service task are called, for whoever shows a recorded call to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from engine import handlers


class Label(NamedTuple):
    """Chinese and English name, the unit ("fen" or empty), and whether the value is personal."""

    zh: str
    en: str
    unit: str
    personal: bool


def of(topic: str, side: str) -> dict[str, Label]:
    """The labels of a topic's "parameters" or "result" by name; empty for a topic that is no longer registered."""
    known = handlers.registered().get(topic)
    if known is None:
        return {}
    schema = known.parameters() if side == "parameters" else known.result()
    return {name: _label(name, field.metadata) for name, field in schema.fields.items()}


def _label(name: str, metadata: Mapping[str, Any]) -> Label:
    return Label(
        str(metadata.get("zh") or name),
        str(metadata.get("en") or name),
        str(metadata.get("unit") or ""),
        bool(metadata.get("personal")),
    )
