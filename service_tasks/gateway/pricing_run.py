"""A run of secondary pricing: the items collected for it, and the rows that it is given; no SQL. Fen."""

from __future__ import annotations

from typing import NamedTuple


class PricingItem(NamedTuple):
    """A correction for the secondary-pricing run; `late_fee` fell with it. Entered under `key`, and credited by the entry under `credited`.

    State: collected, handed_in, applied, omitted, or no_bill where the number gets no further bill.
    """

    id: int
    subscription_id: int
    period: str
    amount: int
    state: str
    late_fee: int = 0
    case_number: str | None = None
    item: str = ""
    key: str = ""
    credited: str | None = None


class PricingRow(NamedTuple):
    """A row of what the run is given: a line of an item, or the item where it names none; `amount` in fen."""

    item_id: int
    case_number: str | None
    msisdn: str
    line: str
    component: str
    item: str
    amount: int
