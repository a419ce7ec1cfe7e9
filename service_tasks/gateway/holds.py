"""Charge holds: what is still owed of disputed lines is parked until accounting settles it, what is paid of them stays reserved until that day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from models.base import session
from models.billing import ChargeHold
from models.lines import DisputedLine, LineClaim
from service_tasks.gateway import claims, ledger, noting
from service_tasks.gateway.claims import Wanted
from service_tasks.gateway.corrections import ADJUSTMENT, close_paid_bills
from service_tasks.gateway.giving import split
from service_tasks.gateway.lines import Papers
from service_tasks.gateway.values import Account, Effect, Entry, Hold, Line, LinePart, Refused

CREDITED = "credited"
STORED = {CREDITED: CREDITED, "rejected": "rejected", "withdrawn": "rejected"}


def place_hold(
    subscription_id: int, amount: int, settle_on: date, effect: Effect, *, lines: Sequence[LinePart] = ()
) -> Hold:
    """Park a disputed amount of the bill. Refused: exceeds_bill; with `lines`, line_unknown, line_taken, line_unfit.

    Of `lines` what is still owed is parked and what is paid already is reserved; where nothing is owed there is no hold.
    """
    if lines:
        return _hold_lines(subscription_id, amount, settle_on, effect, lines)
    papers = Papers.of(subscription_id)
    entry = _post(subscription_id, amount, effect)
    if entry.repeated:
        return _placed(entry.id)
    noting.charge(papers, amount, "held", effect, entry)
    return _written(subscription_id, amount, settle_on, effect, entry)


def _hold_lines(subscription_id: int, amount: int, settle_on: date, effect: Effect, lines: Sequence[LinePart]) -> Hold:
    if (earlier := ledger.entered(effect.key)) is not None:
        placed = _placed(earlier)
        return placed._replace(beside=amount - placed.amount)
    papers = Papers.of(subscription_id)
    owed, paid = _owed_and_paid(papers, claims.fitting(papers, lines, "charge", amount))
    parked = sum(part for _, part, _ in owed)
    hold = Hold(None, subscription_id, 0, "held", settle_on)
    if parked:
        entry = _post(subscription_id, parked, effect)
        claims.settle(papers, owed, "held", effect, entry)
        hold = _written(subscription_id, parked, settle_on, effect, entry)
    claims.settle(papers, paid, "reserved", effect, None)
    return hold._replace(beside=amount - parked)


def _owed_and_paid(papers: Papers, asked: Sequence[Wanted]) -> tuple[list[Wanted], list[Wanted]]:
    """Parts of lines by what is still owed of them and what is paid already; late fees follow when it is settled."""
    (_, falls), (_, paid) = split(papers, asked).settled("reserved")
    return [one for one in falls if one[0].money == "charge"], paid


def _post(subscription_id: int, amount: int, effect: Effect) -> Entry:
    line = Line(Account("hold", subscription_id), Account("receivable", subscription_id), amount)
    return ledger.post(effect, "charge_hold", [line], floor={"receivable"})


def _written(subscription_id: int, amount: int, settle_on: date, effect: Effect, entry: Entry) -> Hold:
    row = ChargeHold(
        subscription_id=subscription_id,
        case_number=effect.case,
        amount=amount,
        state="held",
        placed_at=effect.at,
        settle_on=settle_on,
        entry_id=entry.id,
    )
    session().add(row)
    session().flush()
    return _hold(row)


def _placed(entry_id: int) -> Hold:
    return _hold(session().scalars(select(ChargeHold).where(ChargeHold.entry_id == entry_id)).one())


def not_held(
    subscription_id: int, hold_id: int | None, amount: int, lines: Sequence[LinePart], effect: Effect
) -> list[LinePart]:
    """What of these lines the hold does not have: what was paid when it was placed, up to the amount in all. The same before and after it is settled."""
    papers = Papers.of(subscription_id)
    row = session().get(ChargeHold, hold_id) if hold_id is not None else None
    entries = [one for one in (row.entry_id if row else None, ledger.entered(effect.key)) if one is not None]
    line = DisputedLine
    query = select(line.address, line.component, LineClaim.amount).join(LineClaim, LineClaim.line_id == line.id)
    held = {(one[0], one[1]): one[2] for one in session().execute(query.where(LineClaim.entry_id.in_(entries)))}
    asked = claims.fitting(papers, lines, "charge", amount)
    left = ((paper, part - held.get((paper.address, paper.component), 0), reason) for paper, part, reason in asked)
    return [LinePart(paper.address, part, paper.component, reason) for paper, part, reason in left if part > 0]


def settle_hold(hold_id: int, decision: str, effect: Effect) -> Hold:
    """Settle a hold as "credited", with the late fee that falls with it, or make it due again, "rejected" or "withdrawn".

    Refused: hold_unknown, hold_settled.
    """
    row = session().get(ChargeHold, hold_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise Refused(reason="hold_unknown", hold=hold_id)
    if row.state != "held":
        if row.state == STORED[decision] and (earlier := ledger.entered(effect.key)) is not None:
            return _hold(row, late_fee=ledger.posted(earlier, "late_fee"))
        raise Refused(reason="hold_settled", hold=hold_id, state=row.state)
    late = noting.late_fee_of(row.subscription_id, row.entry_id) if decision == CREDITED else []
    into = ADJUSTMENT if decision == CREDITED else Account("receivable", row.subscription_id)
    with_it = sum(amount for _, amount in late)
    moved = [
        Line(into, Account("hold", row.subscription_id), row.amount),
        Line(ADJUSTMENT, Account("late_fee", row.subscription_id), with_it),
    ]
    entry = ledger.post(effect, f"charge_hold_{decision}", [line for line in moved if line.amount])
    claims.resettle(row.entry_id, CREDITED if decision == CREDITED else None, effect, entry)
    if late:
        papers = Papers.of(row.subscription_id)
        claims.settle(papers, [(paper, amount, "") for paper, amount in late], CREDITED, effect, entry)
    row.state, row.settled_at = STORED[decision], effect.at
    session().flush()
    close_paid_bills(row.subscription_id)
    return _hold(row, late_fee=with_it)


def _hold(row: ChargeHold, *, late_fee: int = 0) -> Hold:
    return Hold(row.id, row.subscription_id, row.amount, row.state, row.settle_on, late_fee)
