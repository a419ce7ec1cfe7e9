"""Calls: when one began and how many seconds it took, asked for once in a request."""

from __future__ import annotations

from datetime import datetime

from flask import g

from service_tasks.gateway.listing import call_record

Call = tuple[datetime, int]


def call_at(address: str) -> Call | None:
    """Return the call of a call record or an information fee, by the address of the line; None when the record is gone."""
    calls: dict[str, Call | None] = g.setdefault("calls_by_address", {})
    if address not in calls:
        calls[address] = call_record(address)
    return calls[address]
