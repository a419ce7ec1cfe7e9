"""What was given back for our fault and who bears it: the sums of every person and agency, and the liabilities they rest on, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select

from models.base import session
from models.liability import Liability, LiabilityState

MOST = 200


@dataclass(frozen=True)
class Borne:
    """What one bearer has in all, fen: `paid` on the spot, `open` while an objection is undecided or nobody has answered."""

    bearer: str | None
    name: str
    employee: str
    unit: str
    count: int
    amount: int
    paid: int
    open: int


def by_bearer() -> list[Borne]:
    """Return one row for each person and agency, one for the company, one for what waits for a name; the largest sum first."""
    bearer = (Liability.bearer, Liability.name, Liability.employee, Liability.unit)
    amount = func.sum(Liability.amount)
    settled = func.sum(case((Liability.state == LiabilityState.PAID, Liability.amount), else_=0))
    undecided = func.sum(
        case(
            (
                Liability.state.in_((LiabilityState.TO_NAME, LiabilityState.NAMED, LiabilityState.OBJECTED)),
                Liability.amount,
            ),
            else_=0,
        )
    )
    rows = session().execute(
        select(*bearer, func.count(), amount, settled, undecided)
        .group_by(*bearer)
        .order_by(amount.desc(), Liability.name)
    )
    return [Borne(*row) for row in rows]


def latest(name: str = "") -> Sequence[Liability]:
    """Return the liabilities, newest first, at most MOST; of one name where it is given."""
    query = select(Liability).order_by(Liability.opened_at.desc(), Liability.id.desc()).limit(MOST)
    return session().scalars(query.where(Liability.name == name) if name else query).all()
