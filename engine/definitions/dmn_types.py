"""The types that a DMN file defines, as shapes of values. What refers to itself, or to nothing that is defined, is anything."""

from __future__ import annotations

from engine.definitions.dmn_parts import children
from engine.ground import xml
from engine.language.feel.shapes import ANY, Shape, named

MOST_DEPTH = 30


def shapes(root: xml.Element) -> dict[str, Shape]:
    """Return every type of a file by its name."""
    definitions = _Definitions({e.get("name", ""): e for e in children(root, "itemDefinition")})
    return {name: definitions.named(name, 0) for name in definitions.elements}


class _Definitions:
    """The elements that define types, each made into a shape once."""

    def __init__(self, elements: dict[str, xml.Element]) -> None:
        self.elements = elements
        self.made: dict[str, Shape] = {}

    def named(self, name: str, depth: int) -> Shape:
        if name not in self.elements:
            return named(name, {})
        if name not in self.made:
            self.made[name] = ANY  # for whoever refers to it meanwhile: for itself
            self.made[name] = self._shape(self.elements[name], depth)
        return self.made[name]

    def _shape(self, element: xml.Element, depth: int) -> Shape:
        if depth > MOST_DEPTH:
            return ANY
        parts = tuple((e.get("name", ""), self._shape(e, depth + 1)) for e in children(element, "itemComponent"))
        referred = next(((e.text or "").strip() for e in children(element, "typeRef")), "")
        shape = Shape("context", parts=parts) if parts else self.named(referred, depth + 1)
        return Shape("list", shape) if element.get("isCollection") in ("true", "1") else shape
