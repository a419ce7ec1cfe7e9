"""Process variables as canonical JSON: the types FEEL knows, tagged where JSON has no word for them. Used for storing and for hashing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import orjson

from engine.ground.errors import Invalid

TAG = "~"
ESCAPE = "~~"
LEAST, MOST = -(2**63), 2**63 - 1


class NotStorable(Invalid):
    """A value of this type cannot be a process variable."""


@dataclass(frozen=True, order=True)
class YearsMonths:
    """A FEEL years and months duration: a whole number of months, negative when it points back."""

    months: int

    def __neg__(self) -> YearsMonths:
        return YearsMonths(-self.months)

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        text = "P" + (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return f"-{text}" if self.months < 0 else text


def pack(value: Any) -> Any:
    """Return a JSON-able equal of a value. Errors: NotStorable."""
    kind = type(value)
    if kind in _PLAIN or (kind is int and LEAST <= value <= MOST):
        return value
    if kind is dict:
        return _packed(value)
    if kind is list:
        return [inner if type(inner) in _PLAIN else pack(inner) for inner in value]
    return _packed_otherwise(value)


_PLAIN = frozenset({str, bool, type(None)})
_READ = _PLAIN | {int, float}


def _packed(value: Mapping[Any, Any]) -> dict[str, Any]:
    packed, escaped = {}, False
    for name, inner in value.items():
        if type(name) is not str and not isinstance(name, str):
            raise NotStorable(type=type(name).__name__)
        escaped = escaped or name[:1] == TAG
        kind = type(inner)
        packed[name] = (
            inner
            if kind in _PLAIN or (kind is int and LEAST <= inner <= MOST)
            else pack(inner)  # as `pack` does, without asking it
        )
    return {ESCAPE: packed} if escaped else packed


def _packed_otherwise(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if LEAST <= value <= MOST else {"~integer": str(value)}
    if isinstance(value, Mapping):
        return _packed(value)
    if isinstance(value, list | tuple):
        return [pack(inner) for inner in value]
    return _tagged(value)


def _tagged(value: Any) -> dict[str, Any]:
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal) and not value.is_finite():
        raise NotStorable(type=str(value))
    if isinstance(value, datetime) and value.tzinfo is None:
        return {"~local": value.isoformat()}
    for kind, tag, write in _WRITERS:
        if isinstance(value, kind):
            return {tag: write(value)}
    raise NotStorable(type=type(value).__name__)


def _microseconds(value: timedelta) -> int:
    return (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds


# datetime before date: every datetime is a date
_WRITERS: tuple[tuple[type, str, Callable[[Any], Any]], ...] = (
    (Decimal, "~decimal", str),
    (datetime, "~instant", lambda value: value.isoformat()),
    (date, "~date", lambda value: value.isoformat()),
    (time, "~time", lambda value: value.isoformat()),
    (timedelta, "~duration", _microseconds),
    (YearsMonths, "~months", lambda value: value.months),
)
_READERS: dict[str, Callable[[Any], Any]] = {
    "~decimal": Decimal,
    "~integer": int,
    "~instant": datetime.fromisoformat,
    "~local": datetime.fromisoformat,
    "~date": date.fromisoformat,
    "~time": time.fromisoformat,
    "~duration": lambda value: timedelta(microseconds=value),
    "~months": YearsMonths,
}


def unpack(value: Any) -> Any:
    """Undo `pack`: return the value that it made this of."""
    kind = type(value)
    if kind is list:
        return [inner if type(inner) in _READ else unpack(inner) for inner in value]
    if kind is not dict:
        return value
    if len(value) == 1:
        ((name, inner),) = value.items()
        if name == ESCAPE:
            return {key: unpack(member) for key, member in inner.items()}
        if name in _READERS:
            return _READERS[name](inner)
    return {name: inner if type(inner) in _READ else unpack(inner) for name, inner in value.items()}


def canonical(value: Any) -> bytes:
    """Return the one way to write a value down: sorted names, no spaces, UTF-8. Errors: NotStorable."""
    try:
        return orjson.dumps(pack(value), option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        raise NotStorable(type="surrogate") from None
