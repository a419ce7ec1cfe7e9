"""What is known of a value before there is one: its FEEL types, the texts it may be, the parts it has. Nothing is evaluated here.

Null is never ruled out: anything may be missing, and FEEL goes on with null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from engine.language import vocabulary
from engine.language.feel.types import FeelValue, Range, is_number, kind

NULL = "null"
MOST_SAID = 60
MOST_VALUES = 200
NEAR = 0.75  # two letters changed places in a word of four; what merely begins alike is another word


@dataclass(frozen=True)
class Type:
    """The types a value may have, by FEEL's names; none: anything.

    `values` are the only strings it may be; None when it may be any. `parts` are those of a context that has no others, `item` is what a list or range holds.
    `unsigned` is a number that is never below nothing. `said` is how it is called where it stands, `literal` whether it is written there.
    """

    kinds: frozenset[str] = frozenset()
    values: frozenset[str] | None = None
    parts: tuple[tuple[str, Type], ...] | None = None
    item: Type | None = None
    unit: str = ""
    unsigned: bool = False
    said: str = field(default="", compare=False)
    literal: bool = field(default=False, compare=False)

    @property
    def is_known(self) -> bool:
        """Whether anything can be said of it beside that it may be null."""
        return bool(self.kinds - {NULL})

    def part(self, name: str) -> Type | None:
        """Return a part of a context whose parts are known."""
        return dict(self.parts or ()).get(name)

    def named(self, name: str) -> Type:
        """Return the same under another name."""
        return replace(self, said=name[:MOST_SAID], literal=False)

    def may_be(self, *kinds: str) -> bool:
        """Tell whether it may have one of these types, for all that is known."""
        return not self.is_known or not self.kinds.isdisjoint(kinds)


ANYTHING = Type()
TEXT = Type(frozenset({"string"}))
NUMBER = Type(frozenset({"number"}))
BOOLEAN = Type(frozenset({"boolean"}))
DATE = Type(frozenset({"date"}))
INSTANT = Type(frozenset({"date and time"}))
CONTEXT = Type(frozenset({"context"}))
LIST = Type(frozenset({"list"}))


def one_of(values: Iterable[str]) -> Type:
    """Return a string out of several."""
    return Type(frozenset({"string"}), values=frozenset(values))


def list_of(item: Type) -> Type:
    """Return a list of such items."""
    return Type(frozenset({"list"}), item=item)


def context_of(parts: Mapping[str, Type]) -> Type:
    """Return a context with these parts and no others."""
    return Type(frozenset({"context"}), parts=tuple(sorted(parts.items())))


def named(kind: str) -> Type:
    """Return the type of a name as a catalogue of variables has it, with the unit of amounts among them; anything for a name that is not FEEL's."""
    if vocabulary.in_force().counts(kind):
        return Type(frozenset({"number"}), unit=kind)
    return Type(frozenset({kind})) if kind in KINDS else ANYTHING


KINDS = frozenset(
    {
        *("string", "number", "boolean", "date", "time", "date and time", "list", "context"),
        *("days and time duration", "years and months duration"),
    }
)


def of(value: FeelValue) -> Type:
    """Return the type of a literal."""
    values = frozenset({value}) if isinstance(value, str) else None
    unsigned = is_number(value) and value >= 0
    item = of(value.low if value.low is not None else value.high) if isinstance(value, Range) else None
    return Type(frozenset({kind(value)}), values=values, item=item, unsigned=unsigned, said=_said(value), literal=True)


def _said(value: FeelValue) -> str:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return str(value).lower()
    return (f'"{value}"' if isinstance(value, str) else str(value))[:MOST_SAID]


def union(first: Type, second: Type) -> Type:
    """Return what may be the one or the other."""
    if first is second or (first == second and (first.said, first.literal) == (second.said, second.literal)):
        return first
    if not first.is_known or not second.is_known:
        return _united_with_nothing(first, second)
    return Type(
        first.kinds | second.kinds,
        values=_united_values(first, second),
        parts=_united_parts(first, second),
        item=_united_items(first, second),
        unit=first.unit if first.unit == second.unit else "",
        unsigned=first.unsigned and second.unsigned,
        said=first.said if first.said == second.said else "",
        literal=first.literal and second.literal,
    )


def _united_with_nothing(first: Type, second: Type) -> Type:
    for null, counterpart in ((first, second), (second, first)):
        if null.kinds == {NULL}:
            return replace(counterpart, literal=False)
    return ANYTHING


def _united_values(first: Type, second: Type) -> frozenset[str] | None:
    possible = [alternative.values for alternative in (first, second) if "string" in alternative.kinds]
    if any(values is None for values in possible):
        return None
    texts = frozenset().union(*(values for values in possible if values is not None))
    return texts if possible and len(texts) <= MOST_VALUES else None


def _united_parts(first: Type, second: Type) -> tuple[tuple[str, Type], ...] | None:
    part_lists = [alternative.parts for alternative in (first, second) if "context" in alternative.kinds]
    if not part_lists or any(parts is None for parts in part_lists):
        return None
    united: dict[str, Type] = {}
    for name, part in (entry for parts in part_lists for entry in parts or ()):
        united[name] = union(united[name], part) if name in united else part
    return tuple(sorted(united.items()))


def _united_items(first: Type, second: Type) -> Type | None:
    item_types = [alternative.item for alternative in (first, second) if alternative.kinds & {"list", "range"}]
    items = [item for item in item_types if item is not None]
    if not items or len(items) < len(item_types):
        return None
    return items[0] if len(items) == 1 else union(items[0], items[1])


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the known name that looks most like another; empty when none does."""
    candidates = sorted(names)
    small = {candidate.lower(): candidate for candidate in candidates}
    close = get_close_matches(name.lower(), list(small), n=1, cutoff=NEAR)
    return small[close[0]] if close else ""
