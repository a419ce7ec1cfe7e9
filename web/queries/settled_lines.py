"""What became of the lines of a number: reserved, credited, paid back, on hold, re-priced, taken back or rejected, in which case and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import bindparam, literal, select, union_all

from models.base import connection
from models.lines import DisputedLine, LineClaim, LineRejection
from office.intake import Caller
from service_tasks.gateway import rejections
from service_tasks.gateway.listing import LINE_REJECTED
from web.queries import line_names

MOST, MOST_ELSEWHERE = 200, 10


@dataclass(frozen=True)
class Settled:
    """What one case has of one line, fen; `state` as in models.lines, `at` when it came to be so."""

    address: str
    amount: int
    state: str
    case_number: str | None
    at: Any


@dataclass(frozen=True)
class OfNumber:
    """By line, that of what lies inside it (a call in what its bill charges for calls) summed by case; `elsewhere` is what stands beside nothing shown."""

    by_line: dict[str, list[Settled]] = field(default_factory=dict)
    elsewhere: list[Settled] = field(default_factory=list)


_INSIDE = DisputedLine.__table__.alias("inside")
_CLAIMS = (
    select(
        DisputedLine.address,
        LineClaim.amount,
        LineClaim.state,
        LineClaim.case_number,
        LineClaim.changed_at.label("at"),
        _INSIDE.c.address.label("around"),
        LineClaim.id.label("place"),
    )
    .join(DisputedLine, DisputedLine.id == LineClaim.line_id)
    .outerjoin(_INSIDE, _INSIDE.c.id == DisputedLine.inside_id)
    .where(DisputedLine.subscription_id == bindparam("subscription"))
    .order_by(LineClaim.id.desc())
    .limit(MOST)
    .subquery()
)
_REJECTIONS = (
    rejections.standing(
        DisputedLine.address,
        rejections.STANDS,
        literal(LINE_REJECTED),
        LineRejection.case_number,
        LineRejection.rejected_at.label("at"),
        _INSIDE.c.address.label("around"),
        LineRejection.line_id.label("place"),
    )
    .outerjoin(_INSIDE, _INSIDE.c.id == DisputedLine.inside_id)
    .where(DisputedLine.subscription_id == bindparam("subscription"))
    .order_by(LineRejection.rejected_at.desc(), LineRejection.line_id)
    .limit(MOST)
    .subquery()
)
_BOTH = union_all(select(_CLAIMS), select(_REJECTIONS)).subquery()
_ALL = select(_BOTH).order_by(_BOTH.c.at.desc(), _BOTH.c.place.desc())


def of_caller(caller: Caller | None) -> OfNumber:
    """Return the same for what is known of a number at the desk: beside the lines of its bill and its last calls."""
    if caller is None or caller.subscription is None:
        return OfNumber()
    addresses = [f"call:{call.id}" for call in caller.calls]
    if caller.bill is not None:
        addresses += [f"bill:{caller.bill.period}"]
        addresses += [f"bill-item:{caller.bill.period}:{item.line}" for item in caller.bill.items]
    return of_number(caller.subscription.id, caller.msisdn, addresses)


def of_number(subscription_id: int, msisdn: str, on_page: Collection[str]) -> OfNumber:
    """Return what became of the lines of a number, the newest first; `on_page` are the addresses of the lines that the page itself shows."""
    by_line: dict[str, list[Settled]] = defaultdict(list)
    elsewhere: list[Settled] = []
    for *columns, around, _place in connection().execute(_ALL, {"subscription": subscription_id}):
        settled = Settled(*columns)
        beside = {settled.address, around} & {*on_page}
        for address in beside:
            by_line[address].append(replace(settled, address=address))
        if not beside:
            elsewhere.append(settled)
    below = _summed(elsewhere)[:MOST_ELSEWHERE]
    line_names.know((settled.address for settled in below), msisdn)
    return OfNumber({address: _summed(rows) for address, rows in by_line.items()}, below)


def _summed(rows: Iterable[Settled]) -> list[Settled]:
    """Return one for each line, state and case, with the newest instant."""
    sums: dict[tuple[str, str, str | None], Settled] = {}
    for row in rows:
        key = row.address, row.state, row.case_number
        earlier = sums.get(key)
        sums[key] = row if earlier is None else replace(earlier, amount=earlier.amount + row.amount)
    return list(sums.values())
