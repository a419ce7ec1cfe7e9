"""What kind of thing a line was charged for, and which of them are meant by a charge that is to be repaid."""

from __future__ import annotations

from collections.abc import Sequence

from service_tasks.gateway.lines import Paper, Papers
from service_tasks.gateway.values import LinePart, Refused

# What is repaid, and the kinds of lines it is of; of what is not named here the money decides alone.
MEANT: dict[str, frozenset[str]] = {
    "function_fee": frozenset({"function_fee"}),
    "monthly_fee": frozenset({"monthly_fee"}),
    "call_charge": frozenset({"call"}),
    "roaming_charge": frozenset({"roaming"}),
    "border_roaming": frozenset({"roaming"}),
    "copied_phone": frozenset({"call", "roaming"}),
    "call_or_roaming": frozenset({"call", "roaming"}),
    "information_fee": frozenset({"monternet"}),
    "other_charge": frozenset({"other", "debit", "payment"}),
    "recharge_card": frozenset({"card"}),
}
BY_ADDRESS = {"information-fee": "monternet"}


def check(item: str, parts: Sequence[LinePart], papers: Papers) -> None:
    """Check that what is picked is of what is repaid. Errors: Refused(line_unfit)."""
    fitting_kinds = MEANT.get(item)
    if fitting_kinds is None or not parts:
        return
    papers_by_address = papers.find({part.line for part in parts})
    for part in parts:
        kinds = kinds_of(part, papers_by_address.get(part.line, []))
        if kinds.isdisjoint(fitting_kinds):
            raise Refused(reason="line_unfit", line=part.line, kind=min(kinds))


def kinds_of(part: LinePart, papers_of_line: Sequence[Paper]) -> frozenset[str]:
    """Return what a picked line was charged for: of a bill item its kind, of a call made while roaming both, unless one component alone is picked."""
    group = part.line.partition(":")[0]
    if group == "bill-item":
        return frozenset((paper.inside or "").rpartition(":")[2] for paper in papers_of_line)
    if group == "call":
        return _of_call(part.component, {paper.component for paper in papers_of_line})
    return frozenset({BY_ADDRESS.get(group, group)})


def _of_call(component: str, components: set[str]) -> frozenset[str]:
    """Return what a component was charged for; the long-distance one of a call made while roaming is what the other network made of it. Source: TS-005, reading."""
    if component == "roaming":
        return frozenset({"roaming"})
    roamed = "roaming" in components and component in ("", "long_distance")
    return frozenset({"call", "roaming"} if roamed else {"call"})
