"""Ultra-short long-distance calls (TS-007): which calls of a few seconds the customer gets back, component by component."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from service_tasks.cdr_analysis.records import CallRecord, Line, lines

LIMIT_S = 3
COMPONENTS = ("long_distance", "ip", "basic", "forwarding")


class ShortCall(NamedTuple):
    """A call to be credited; `amount` is the sum of its four components in fen, `kept` what stays charged of it: roaming, information."""

    call: CallRecord
    amount: int
    kept: int = 0

    @property
    def lines(self) -> list[Line]:
        """Its components that are credited."""
        return lines(self.call, COMPONENTS, "ultra_short_call")


def find(calls: Iterable[CallRecord], limit_s: int = LIMIT_S) -> list[ShortCall]:
    """Return the long-distance calls of at most `limit_s` seconds (that many included).

    Shape:  a call is long-distance when it bears a long-distance charge, or the IP charge that stands in its place; a short local call is
            not found. The roaming component stays while roaming, however short the call.
    Units:  fen, seconds.
    Source: TS-007.3, reading.
    """
    short = (call for call in calls if call.duration_s <= limit_s and (call.long_distance or call.ip))
    return [ShortCall(call, amount := _amount(call), call.charge - amount) for call in short]


def _amount(call: CallRecord) -> int:
    return sum(getattr(call, name) for name in COMPONENTS)
