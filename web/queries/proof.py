"""What is printed for a customer of the charges and calls in question: lines of their own papers, with the numbers of others in part only."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from office import masking
from service_tasks.gateway import gateway
from service_tasks.gateway.listing import Listed, papers

MOST = 200
BILLS = 2


@dataclass(frozen=True)
class Proof:
    """Bill items by period, and calls with information fees; `chosen` are those that are printed, `picked` whether somebody picked lines at all."""

    bills: tuple[tuple[str, tuple[Listed, ...]], ...]
    calls: tuple[Listed, ...]
    others: tuple[Listed, ...]
    chosen: frozenset[str]
    picked: bool


def of(msisdn: str, variables: Mapping[str, Any], asked: Collection[str]) -> Proof:
    """The lines of a number that a case is about: those asked for, else those picked or found by an analysis, else the latest bills."""
    subscription = gateway().find(msisdn)
    if subscription is None:
        return Proof((), (), (), frozenset(), picked=False)
    listing = papers(subscription.id)
    named = set(asked) or set(_named(variables))
    known = {one.line for one in listing.each()} & named
    bills = [one for n, one in enumerate(listing.bills) if n < BILLS or any(line.line in known for line in one.lines)]
    latest = {line.line for one in bills[:BILLS] for line in one.lines}
    calls = [one for one in listing.calls if one.line in known]
    calls += [one for one in listing.calls if one.line not in known][: max(0, MOST - len(calls))]
    return Proof(
        tuple((one.period, one.lines) for one in bills),
        tuple(map(_partly, sorted(calls, key=lambda one: str(one.at)))),
        tuple(one for one in listing.others if one.line in known),
        frozenset(known or latest),
        picked=bool(known),
    )


def _partly(call: Listed) -> Listed:
    """A call without the whole of the other number."""
    hidden = masking.number(call.text)
    return replace(call, text=hidden if hidden != call.text else f"{call.text[:2]}****")


def _named(value: Any) -> Iterator[str]:
    """The addresses in the variables of a case: of picked lines, and of calls that an analysis tells of."""
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
