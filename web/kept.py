"""What stands in a form again: what was typed, when it was kept, and why it was refused, with the values of reasons as JSON has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

import engine
from office import masking

MOST_WORDS = 24
WORDS = ("text", "told", "note", "reason")


@dataclass(frozen=True)
class Kept:
    """What stands in a form again: `values` by field, `at` when it was kept; nothing and None when nothing was.

    `refusal` is what was answered to a form that had been sent, None for one that had not; `form` is its id.
    """

    values: MultiDict[str, str]
    at: datetime | None = None
    refusal: Mapping[str, Any] | None = None
    form: str = ""

    @property
    def reasons(self) -> dict[str, list[engine.Reason]]:
        """Why it was refused, by field."""
        told = (self.refusal or {}).get("reasons", {})
        return {
            field: [engine.Reason(one["code"], read(one["values"])) for one in found] for field, found in told.items()
        }

    @property
    def about(self) -> str:
        """The number it is for, masked, and how its words begin, to tell it from others."""
        number = masking.number(self.get("msisdn").strip())
        words = [value.strip() for name, value in self.values.items(multi=True) if name in WORDS and value.strip()]
        longest = max(words or [v.strip() for v in self.values.values()] or [""], key=len)
        return " ".join(one for one in (number, _beginning(longest) if longest != self.get("msisdn") else "") if one)

    def get(self, field: str, otherwise: str = "") -> str:
        """What was typed in a field."""
        return str(self.values.get(field, otherwise))


def written(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a reason as JSON has them; a day keeps that it is one."""
    return {name: _as_json(value) for name, value in values.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return str(value) if isinstance(value, Decimal) else value


def read(values: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of `written`."""
    return {
        name: date.fromisoformat(value["day"]) if isinstance(value, Mapping) and "day" in value else value
        for name, value in values.items()
    }


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_WORDS else f"{line[:MOST_WORDS]}…"
