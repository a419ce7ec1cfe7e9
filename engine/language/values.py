"""Process variables as canonical JSON: the types FEEL knows, tagged where JSON has no word for them. Used for storing and for hashing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import orjson

from engine.errors import Invalid

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
    """A JSON-able equal of a value. Errors: NotStorable."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if LEAST <= value <= MOST else {"~integer": str(value)}
    if isinstance(value, Mapping):
        packed = {_name(name): pack(inner) for name, inner in value.items()}
        return {ESCAPE: packed} if any(name.startswith(TAG) for name in packed) else packed
    if isinstance(value, list | tuple):
        return [pack(inner) for inner in value]
    return _tagged(value)


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise NotStorable(type=type(name).__name__)
    return name


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
    """The inverse of `pack`."""
    if isinstance(value, list):
        return [unpack(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((name, inner),) = value.items()
        if name == ESCAPE:
            return {key: unpack(held) for key, held in inner.items()}
        if name in _READERS:
            return _READERS[name](inner)
    return {name: unpack(inner) for name, inner in value.items()}


def canonical(value: Any) -> bytes:
    """The one way to write a value down: sorted names, no spaces, UTF-8. Errors: NotStorable."""
    try:
        return orjson.dumps(pack(value), option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        raise NotStorable(type="surrogate") from None
