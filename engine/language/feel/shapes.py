"""Types as they are written, `list<number>`, and as a DMN file defines them; and what the standard converts without being asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from engine.language.feel.types import FeelValue, Range, kind


@dataclass(frozen=True)
class Shape:
    """A type: one of FEEL's kinds, Any or Null; of a list or range what its items are, of a context its parts, others being allowed."""

    kind: str = "Any"
    item: Shape | None = None
    parts: tuple[tuple[str, Shape], ...] = ()

    def holds(self, value: FeelValue) -> bool:
        """Tell whether a value is of this type; null is of every one."""
        if value is None or self.kind == "Any":
            return True
        if kind(value) != self.kind:
            return False
        if isinstance(value, list | tuple):
            return self.item is None or all(map(self.item.holds, value))
        if isinstance(value, Range):
            return self.item is None or (self.item.holds(value.low) and self.item.holds(value.high))
        if not isinstance(value, Mapping):
            return True
        return all(name in value and part.holds(value[name]) for name, part in self.parts)

    def instance(self, value: FeelValue) -> bool:
        """Tell what `instance of` says: null is only of type Null."""
        return self.kind == "Null" if value is None else self.holds(value)

    def fitted(self, value: FeelValue) -> FeelValue:
        """Return the value as this type: a list of one item as the item, an item as a list of one, a date as its midnight; null when it does not fit."""
        if self.holds(value):
            return value
        if isinstance(value, list | tuple) and len(value) == 1 and self.kind != "list":
            return value[0] if self.holds(value[0]) else None
        if self.kind == "list" and not isinstance(value, list | tuple):
            return None if self.item is None or not self.item.holds(value) else [value]
        if self.kind == "date and time" and type(value) is date:
            return datetime.combine(value, time())
        return None


ANY = Shape()
OLD_NAMES = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}
KINDS = frozenset(
    {
        *("string", "number", "boolean", "date", "time", "date and time", "list", "context", "range", "Any", "Null"),
        *("days and time duration", "years and months duration"),
    }
)
LIST = Shape("list", ANY)


def named(name: str, shapes: Mapping[str, Shape]) -> Shape:
    """Return the type that a reference names; Any for none and for what nobody has defined."""
    plain = name.removeprefix("feel:")
    plain = OLD_NAMES.get(plain, plain)
    if name in shapes:
        return shapes[name]
    return Shape(plain) if plain in KINDS else ANY
