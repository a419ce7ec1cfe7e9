"""The variables known at an element, as a list to choose from: what may exist there by name, who sets it, its type and unit. `surroundings` knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from marshmallow import Schema, fields

from engine.definitions import variable_types
from engine.definitions.package import Package
from engine.definitions.surroundings import ALWAYS, Same, kept
from engine.language.feel.inferred import Type
from engine.runtime import handlers

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
class Variable:
    """A variable by name, the element that gives it (empty: known from the start), its FEEL type, and its unit."""

    name: str
    element_id: str
    type: str
    unit: str = ""


def at(
    content: Package,
    process: str,
    element_id: str,
    in_force: Iterable[Package] = (),
    opening_types: Mapping[str, str] = NOTHING,
) -> list[Variable]:
    """Return the variables known at an element of a process of the package, by name, the parts of contexts after them.

    Shape: `in_force` and `opening_types` as in `names.check`. A diagram that cannot be read knows nothing.
    """
    topics = frozenset(handlers.handlers_by_topic())
    around = kept(Same(content), tuple(map(Same, in_force)), tuple(sorted(opening_types.items())), topics)
    drawn_process = around.drawn.get(process)
    if drawn_process is None:
        return []
    passed = drawn_process.before(element_id)
    by = {name: element.id for element in passed for name in drawn_process.sets.get(element.id, {})}
    may_refuse = any(element.trigger == "error" for element in passed)
    types = around.seen(process, element_id)
    names = [name for name in types if name not in ALWAYS or (name == "refusal" and may_refuse)]
    variables = [variable for name in names for variable in _listed(name, by.get(name, ""), types[name])]
    return sorted(variables, key=lambda variable: variable.name)


def _listed(name: str, element_id: str, kind: Type) -> Iterator[Variable]:
    yield Variable(name, element_id, " | ".join(sorted(kind.kinds)) or "any", kind.unit)
    for part, inner in kind.parts or ():
        yield Variable(f"{name}.{part}", element_id, " | ".join(sorted(inner.kinds)) or "any", inner.unit)


def type_of(field: fields.Field) -> str:
    """Return the FEEL type of a schema's field."""
    return next((name for kind, name in SCHEMA_TYPES if isinstance(field, kind)), "string")


def choices_of(field: fields.Field) -> tuple[str, ...]:
    """Return the only texts that a schema's field takes; empty when it takes any."""
    judgement = variable_types.of_field(field)
    return tuple(sorted(judgement.values)) if judgement.values is not None and judgement.kinds == {"string"} else ()


def fields_of(schema: type[Schema]) -> dict[str, fields.Field]:
    """Return the fields of a schema by name."""
    return dict(schema().fields)
