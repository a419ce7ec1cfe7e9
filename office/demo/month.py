"""The billed month of the demo office, and what a demo customer is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple

from service_tasks.zone import ZONE


class Case(NamedTuple):
    """A number, the process its complaint runs through, the path it takes there; `subscription` None: never put into service."""

    msisdn: str
    process: str
    path_zh: str
    path_en: str
    subscription: dict[str, Any] | None


class Month:
    """The month before an instant, in Shanghai: the one that has just been billed."""

    def __init__(self, at: datetime) -> None:
        self._first = (at.astimezone(ZONE).replace(day=1) - timedelta(days=1)).date().replace(day=1)
        self.period = f"{self._first:%Y-%m}"

    def on(self, day: int, clock: str = "09:00") -> datetime:
        """Return an instant of the month: its `day` (1 to 28), at `clock` in Shanghai."""
        return datetime.combine(self._first.replace(day=day), time.fromisoformat(clock), ZONE).astimezone(UTC)

    def bill(self, *items: tuple[str, str, int], paid: bool = False, provider: str | None = None) -> dict[str, Any]:
        """Return a bill of the month; items are (kind, text, fen), `provider` takes the Monternet ones."""
        bill_items = [
            {
                "kind": kind,
                "text": text,
                "amount": amount,
                "service_provider": provider if kind == "monternet" else None,
            }
            for kind, text, amount in items
        ]
        return {"period": self.period, "paid": paid, "items": bill_items}
