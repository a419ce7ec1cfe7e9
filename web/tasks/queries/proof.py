"""What is printed for a customer of the charges and calls in question: lines of their own papers, with the numbers of others in part only."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from office import masking
from service_tasks.gateway import gateway
from service_tasks.gateway.listing import Listed, papers

MOST = 200
_FIGURES = re.compile(r"[+\uff0b(]?[\d() -]+")  # a number, however it is written
BILLS = 2


@dataclass(frozen=True)
class Proof:
    """Bill items by period, and calls with information fees; `chosen` are those that are printed, `picked` whether somebody picked lines at all."""

    bills: tuple[tuple[str, tuple[Listed, ...]], ...]
    calls: tuple[Listed, ...]
    others: tuple[Listed, ...]
    chosen: frozenset[str]
    picked: bool


def of(msisdn: str, variables: Mapping[str, Any], addresses: Collection[str]) -> Proof:
    """Return the lines of a number that a case is about: those asked for, else those picked or found by an analysis, else the latest bills."""
    subscription = gateway().find(msisdn)
    if subscription is None:
        return Proof((), (), (), frozenset(), picked=False)
    listing = papers(subscription.id)
    on_request = set(addresses) or set(_named(variables))
    on_paper = {item.line for item in listing.each()} & on_request
    bills = [
        item for n, item in enumerate(listing.bills) if n < BILLS or any(line.line in on_paper for line in item.lines)
    ]
    latest = {line.line for item in bills[:BILLS] for line in item.lines}
    calls = [item for item in listing.calls if item.line in on_paper]
    calls += [item for item in listing.calls if item.line not in on_paper][: max(0, MOST - len(calls))]
    return Proof(
        tuple((item.period, item.lines) for item in bills),
        tuple(map(mask_number, sorted(calls, key=lambda item: str(item.at)))),
        tuple(item for item in listing.others if item.line in on_paper),
        frozenset(on_paper or latest),
        picked=bool(on_paper),
    )


def mask_number(call: Listed) -> Listed:
    """Show a call without the whole of the other number; a site is no number, and the customer has to see which it was."""
    if not _FIGURES.fullmatch(call.text):
        return call
    masked_number = masking.number(call.text)
    return replace(call, text=masked_number if masked_number != call.text else f"{call.text[:2]}****")


def _named(value: Any) -> Iterator[str]:
    """Yield the addresses in the variables of a case: of picked lines, and of calls that an analysis tells of."""
    if isinstance(value, Mapping):
        if isinstance(value.get("line"), str):
            yield value["line"]
        if isinstance(value.get("call"), int):
            yield f"call:{value['call']}"
        for inner in value.values():
            yield from _named(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _named(inner)
