"""The variables known at an element, as a list to choose from: what may exist there by name, who sets it, its type and unit. `surroundings` knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from marshmallow import Schema, fields

from engine import handlers
from engine.definitions.package import Package
from engine.definitions.surroundings import ALWAYS, Same, kept
from engine.language.feel.inferred import Type

SCHEMA_TYPES: tuple[tuple[type[fields.Field], str], ...] = (
    (fields.Boolean, "boolean"),
    (fields.Number, "number"),
    (fields.AwareDateTime, "date and time"),
    (fields.Date, "date"),
    (fields.List, "list"),
    (fields.Nested, "context"),
    (fields.Dict, "context"),
)
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Known:
    """A variable by name, the element that gives it (empty: known from the start), its FEEL type, and its unit ("fen" for money)."""

    name: str
    element_id: str
    type: str
    unit: str = ""


def at(
    content: Package,
    process: str,
    element_id: str,
    others: Iterable[Package] = (),
    started: Mapping[str, str] = NOTHING,
) -> list[Known]:
    """The variables known at an element of a process of the package, by name, the parts of contexts after them.

    Shape: `others` and `started` as in `names.check`. A diagram that cannot be read knows nothing.
    """
    topics = frozenset(handlers.registered())
    around = kept(Same(content), tuple(map(Same, others)), tuple(sorted(started.items())), topics)
    drawn = around.drawn.get(process)
    if drawn is None:
        return []
    passed = drawn.before(element_id)
    by = {name: one.id for one in passed for name in drawn.sets.get(one.id, {})}
    refused = any(one.trigger == "error" for one in passed)
    seen = around.seen(process, element_id)
    names = [name for name in seen if name not in ALWAYS or (name == "refusal" and refused)]
    found = [one for name in names for one in _listed(name, by.get(name, ""), seen[name])]
    return sorted(found, key=lambda known: known.name)


def _listed(name: str, element_id: str, kind: Type) -> Iterator[Known]:
    yield Known(name, element_id, " | ".join(sorted(kind.kinds)) or "any", kind.unit)
    for part, inner in kind.parts or ():
        yield Known(f"{name}.{part}", element_id, " | ".join(sorted(inner.kinds)) or "any", inner.unit)


def type_of(field: fields.Field) -> str:
    """The FEEL type of a schema's field."""
    return next((name for kind, name in SCHEMA_TYPES if isinstance(field, kind)), "string")


def fields_of(schema: type[Schema]) -> dict[str, fields.Field]:
    """The fields of a schema by name."""
    return dict(schema().fields)
