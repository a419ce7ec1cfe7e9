"""What stands in a form again: what was typed, when it was kept, and why it was refused, with the values of reasons as JSON has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from engine import language
from office import masking

MOST_WORDS = 24
MOST_BESIDE = 3
NOT_TOLD = frozenset({"msisdn", "channel", "action", "process", "suggested", "unknown"})
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
    def reasons(self) -> dict[str, list[language.Reason]]:
        """Why it was refused, by field, as far as what was kept of it says so."""
        recorded = (self.refusal or {}).get("reasons")
        by_field = {
            str(field): _reasons(reasons)
            for field, reasons in (recorded.items() if isinstance(recorded, Mapping) else ())
        }
        return {field: reasons for field, reasons in by_field.items() if reasons}

    @property
    def about(self) -> str:
        """The number it is for, masked, how its words begin, and what else was typed, to tell it from others."""
        number = masking.number(self.get("msisdn").strip()) if self.get("msisdn").strip() else ""
        typed = [(name, value.strip()) for name, value in self.values.items(multi=True) if _is_told(name, value)]
        words = [_beginning(masking.masked(value)) for name, value in typed if name in WORDS]
        rest = [_beginning(masking.masked(value)) for name, value in typed if name not in WORDS]
        return " · ".join(part for part in (number, *words, *rest[:MOST_BESIDE]) if part)

    def get(self, field: str, otherwise: str = "") -> str:
        """Return what was typed in a field."""
        return str(self.values.get(field, otherwise))


def written(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a reason as JSON has them; a day keeps that it is one."""
    return {name: _as_json(value) for name, value in values.items()}


def _is_told(name: str, value: str) -> bool:
    """Tell whether a field tells one form from another: what was chosen, and what the page put there, does not."""
    return bool(value.strip()) and name not in NOT_TOLD and "@" not in name and value not in ("yes", "no", "true")


def _reasons(recorded: Any) -> list[language.Reason]:
    """Return what was told of one field; what an earlier edition wrote in another way is left out."""
    entries = [entry for entry in (recorded if isinstance(recorded, list) else []) if isinstance(entry, Mapping)]
    values = [entry.get("values") for entry in entries]
    return [
        language.Reason(str(entry["code"]), read(entry_values) if isinstance(entry_values, Mapping) else {})
        for entry, entry_values in zip(entries, values, strict=True)
        if entry.get("code")
    ]


def _as_json(value: object) -> object:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return str(value) if isinstance(value, Decimal) else value


def read(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inverse of `written`."""
    return {
        name: language.written.day(str(value["day"])) if isinstance(value, Mapping) and "day" in value else value
        for name, value in values.items()
    }


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_WORDS else f"{line[:MOST_WORDS]}…"
