"""What cases have of lines before anybody picks them: what is left of each, and who has the rest; nothing is claimed or changed here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import bindparam, select

from models.base import session
from models.lines import ClaimState, DisputedLine, LineClaim
from service_tasks.gateway.lines import Paper, Papers
from service_tasks.gateway.values import LinePart

SEVERAL = "、"


class Had(NamedTuple):
    """What cases have of a line: its address and component, fen, their numbers ("" where money was given without a case), and what became of it."""

    line: str
    component: str
    amount: int
    case: str
    state: str


class Apart(NamedTuple):
    """Parts told apart: what is left of them, and what others have."""

    left: list[LinePart]
    had: list[Had]


class _Claim(NamedTuple):
    case: str
    amount: int
    state: str


@dataclass
class _Stand:
    """A line as it stands, or what holds it: fen left in it, and who has the rest."""

    left: int
    claims: list[_Claim] = field(default_factory=list)


def apart(subscription_id: int, parts: Sequence[LinePart], *, own_case: str | None) -> Apart:
    """Return what is left of these parts, the first first, and what others have of them; what `own_case` itself has in reserve counts as left.

    Shape: a part of which nothing is left is left out. A line that no paper of the subscription bears stays as it is: whoever claims it is told.
           What a bill's item gave for all calls together is taken from the calls it held, in the order in which they are asked for.
    Units: fen.
    """
    stands = _stands(subscription_id, own_case) if parts else {}
    if not stands:
        return Apart(list(parts), [])
    papers = Papers.of(subscription_id).find({part.line for part in parts})
    split = Apart([], [])
    for part in parts:
        paper = next((paper for paper in papers.get(part.line, ()) if paper.component in ("", part.component)), None)
        _part(part, list(_around(paper, stands)) if paper else [], split)
    return split


def _part(part: LinePart, around: Sequence[_Stand], split: Apart) -> None:
    share = min(part.amount, *(max(0, stand.left) for stand in around)) if around else part.amount
    missing = part.amount - share
    for stand in around:
        stand.left -= share
    if share:
        split.left.append(part._replace(amount=share))
    for claims in (stand.claims for stand in around):
        if missing and claims:
            split.had.append(_had(part, claims, missing))
            missing = 0


def _had(part: LinePart, claims: Sequence[_Claim], fen: int) -> Had:
    cases = dict.fromkeys(claim.case for claim in claims if claim.case)
    return Had(part.line, part.component, fen, SEVERAL.join(cases), claims[-1].state)


def _around(paper: Paper, stands: dict[tuple[str, str], _Stand]) -> Iterator[_Stand]:
    """Yield the line itself and what it lies inside, as far as anybody has something of them."""
    addresses = [paper.address, paper.inside or "", ":".join((paper.inside or "").split(":")[:2])]
    for address in dict.fromkeys(addresses):
        if stand := stands.get((address, paper.component if address == paper.address else "")):
            yield stand


_CLAIMS = (
    select(
        DisputedLine.id,
        DisputedLine.address,
        DisputedLine.component,
        DisputedLine.inside_id,
        DisputedLine.amount - DisputedLine.claimed,
        LineClaim.case_number,
        LineClaim.amount,
        LineClaim.state,
    )
    .outerjoin(LineClaim, (LineClaim.line_id == DisputedLine.id) & (LineClaim.state != ClaimState.REVERSED))
    .where(DisputedLine.subscription_id == bindparam("subscription"))
    .order_by(LineClaim.id)
)


def _stands(subscription_id: int, own_case: str | None) -> dict[tuple[str, str], _Stand]:
    """Return what stands of every line that somebody has claimed something of, and of what holds it, by address and component."""
    rows = session().execute(_CLAIMS, {"subscription": subscription_id}).all()
    inside = {row[0]: row[3] for row in rows}
    by_id = {row[0]: _Stand(row[4]) for row in rows}
    for id, *_, case, amount, state in rows:
        if amount is None:
            continue
        own = state == ClaimState.RESERVED and own_case is not None and case == own_case
        at: int | None = id
        while at is not None and at in by_id:
            if own:
                by_id[at].left += amount
            else:
                by_id[at].claims.append(_Claim(case or "", amount, state))
            at = inside[at]
    return {(row[1], row[2]): by_id[row[0]] for row in rows}
