"""Charge holds: what is still owed of disputed lines is parked until accounting settles it, what is paid of them stays reserved until that day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, and_, delete, func, select

from models.base import session
from models.billing import ChargeHold, HoldState, JournalEntry, LedgerAccount, Posting
from models.customer import Customer, Subscription
from models.lines import ClaimState, DisputedLine, LineClaim
from service_tasks.gateway import claims, ledger, noting, payments
from service_tasks.gateway.claims import Wanted
from service_tasks.gateway.corrections import ADJUSTMENT
from service_tasks.gateway.giving import split
from service_tasks.gateway.lines import Paper, Papers, wanted
from service_tasks.gateway.values import Account, Effect, Entry, HeldLine, Hold, Line, LinePart, Refused

CREDITED = "credited"
LATE_FEES = "late-fee:%"
STORED: dict[str, HoldState] = {
    CREDITED: HoldState.CREDITED,
    HoldState.REJECTED: HoldState.REJECTED,
    "withdrawn": HoldState.REJECTED,
}


def place_hold(
    subscription_id: int, amount: int, settle_on: date, effect: Effect, *, lines: Sequence[LinePart] = ()
) -> Hold:
    """Park a disputed amount of the bill. Refused: exceeds_bill; with `lines`, line_unknown, line_taken, line_unfit.

    Of `lines` what is still owed is parked and what is paid already is reserved; where nothing is owed there is no hold. The late fee that falls with
    what is parked is reserved beside it: whatever is paid until the day, it is the share of what was owed now.
    """
    if lines:
        return _hold_lines(subscription_id, amount, settle_on, effect, lines)
    papers = Papers.of(subscription_id)
    entry = _post(subscription_id, amount, effect)
    if entry.repeated:
        return _placed(entry.id)
    noting.charge(papers, amount, ClaimState.HELD, effect, entry)
    return _written(subscription_id, amount, settle_on, effect, entry)


def _hold_lines(subscription_id: int, amount: int, settle_on: date, effect: Effect, lines: Sequence[LinePart]) -> Hold:
    if (earlier := ledger.entered(effect.key)) is not None:
        earlier_hold = _placed(earlier)
        late = sum(fen for _, fen in _late_fees_beside(earlier_hold.id))
        return earlier_hold._replace(beside=amount - earlier_hold.amount, late_fee=late)
    papers = Papers.of(subscription_id)
    picks = claims.fitting(papers, lines, "charge", amount)
    division = split(papers, picks)
    (_, falls), (_, paid_picks) = division.settled(ClaimState.RESERVED)
    owed_picks = [pick for pick in falls if pick[0].money == "charge"]
    late_picks = [(paper, fen, "") for paper, fen in division.late_fees]
    parked = sum(part for _, part, _ in owed_picks)
    claims.lock(papers, [paper for paper, *_ in wanted(papers, lines)])
    hold = Hold(None, subscription_id, 0, HoldState.HELD, settle_on)
    if parked:
        entry = _post(subscription_id, parked, effect)
        claims.settle(papers, owed_picks, ClaimState.HELD, effect, entry)
        hold = _written(subscription_id, parked, settle_on, effect, entry)
    claims.settle(papers, [*paid_picks, *late_picks], ClaimState.RESERVED, effect, None, settle_on=settle_on)
    claims.let_go(papers, lines, picks, effect)
    return hold._replace(beside=amount - parked, late_fee=division.with_it)


def _post(subscription_id: int, amount: int, effect: Effect) -> Entry:
    line = Line(Account("hold", subscription_id), Account("receivable", subscription_id), amount)
    return ledger.post(effect, "charge_hold", [line], floor={"receivable"})


def _written(subscription_id: int, amount: int, settle_on: date, effect: Effect, entry: Entry) -> Hold:
    row = ChargeHold(
        subscription_id=subscription_id,
        case_number=effect.case,
        amount=amount,
        state=HoldState.HELD,
        placed_at=effect.at,
        settle_on=settle_on,
        entry_id=entry.id,
    )
    session().add(row)
    session().flush()
    return _hold(row)


def _placed(entry_id: int) -> Hold:
    return _hold(session().scalars(select(ChargeHold).where(ChargeHold.entry_id == entry_id)).one())


def on_hold(until: date) -> list[HeldLine]:
    """Return what is on hold to be settled by this day, line by line as it was placed, then what is reserved beside it; of a hold without lines its amount."""
    hold, line, claim = ChargeHold, DisputedLine, LineClaim
    of_hold = claim.entry_id == hold.entry_id, claim.state == ClaimState.HELD
    query = (
        select(*_LISTED, hold.case_number, hold.settle_on, hold.id, hold.amount)
        .select_from(hold)
        .outerjoin(claim, and_(*of_hold))
        .outerjoin(line, line.id == claim.line_id)
        .join(Subscription, Subscription.id == hold.subscription_id)
        .join(Customer, Customer.id == Subscription.customer_id)
        .where(hold.state == HoldState.HELD, hold.settle_on <= until)
        .order_by(hold.id, claim.id)
    )
    lines: list[HeldLine] = []
    rests: dict[int, HeldLine] = {}
    for address, component, fen, msisdn, customer, number, day, hold_id, amount in session().execute(query):
        rest = rests.setdefault(
            hold_id, HeldLine(number or "", "", "", amount, HoldState.HELD, msisdn, customer, day, hold_id)
        )
        if address is not None:
            lines.append(rest._replace(line=address, component=component, amount=fen))
            rests[hold_id] = rest._replace(amount=rest.amount - fen)
    lines += [rest for rest in rests.values() if rest.amount > 0]
    return sorted(lines, key=lambda line: line.hold_id or 0) + _beside(until)


_LISTED = (
    DisputedLine.address,
    DisputedLine.component,
    LineClaim.amount.label("fen"),
    Subscription.msisdn,
    Customer.name,
)


def _beside(until: date) -> list[HeldLine]:
    line, claim = DisputedLine, LineClaim
    query = (
        select(*_LISTED, claim.case_number, claim.settle_on)
        .select_from(claim)
        .join(line, line.id == claim.line_id)
        .join(Subscription, Subscription.id == line.subscription_id)
        .join(Customer, Customer.id == Subscription.customer_id)
        .where(claim.state == ClaimState.RESERVED, claim.settle_on <= until)
        .order_by(claim.id)
    )
    rows = session().execute(query)
    return [
        HeldLine(number or "", address, component, fen, ClaimState.RESERVED, msisdn, customer, day, None)
        for address, component, fen, msisdn, customer, number, day in rows
        if day is not None
    ]


def late_fee_on_hold(subscription_id: int) -> int:
    """Return the late fee that waits beside the holds of a number and is not asked for meanwhile, in fen."""
    line, claim = DisputedLine, LineClaim
    query = select(func.coalesce(func.sum(claim.amount), 0)).join(line, line.id == claim.line_id)
    waiting = claim.state == ClaimState.RESERVED, claim.settle_on.is_not(None), line.address.like(LATE_FEES)
    return int(session().scalar(query.where(line.subscription_id == subscription_id, *waiting)) or 0)


def settle_hold(
    hold_id: int | None,
    decision: str,
    effect: Effect,
    *,
    subscription_id: int | None = None,
    amount: int = 0,
    lines: Sequence[LinePart] = (),
    reserved: str | None = None,
    late_fee: int | None = None,
) -> Hold:
    """Settle a hold as "credited", with the late fee that falls with it, or make it due again, "rejected" or "withdrawn".

    What of `lines`, up to `amount` in all, was paid when it was placed is credited in the same entry (`beside`), on the next bill or, of a prepaid
    number, into the prepayment; it is what was `reserved` under this key. `late_fee` is what was found to fall when it was placed; None of a hold from
    before that, of which it is found now. Refused: hold_unknown, hold_settled, line_taken.
    """
    row, earlier = _to_settle(hold_id), ledger.entered(effect.key)
    if row is not None and row.state != HoldState.HELD and (earlier is None or row.state != STORED[decision]):
        raise Refused(reason="hold_settled", hold=hold_id, state=row.state, **_settled_by(row))
    own = row.subscription_id if row is not None else subscription_id
    if earlier is None and own is not None:
        papers = Papers.of(own)
        paid_picks = _not_held(papers, row, amount, lines) if decision == CREDITED and lines else []
        late = _late_fees(papers, row, late_fee) if row is not None and decision == CREDITED else []
        earlier = _settle(papers, row, decision, effect, paid_picks, late, _reserved(row, reserved))
    return _settled(row, own, decision, effect, earlier)


def _to_settle(hold_id: int | None) -> ChargeHold | None:
    if hold_id is None:
        return None
    row = session().get(ChargeHold, hold_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise Refused(reason="hold_unknown", hold=hold_id)
    return row


def _settled_by(row: ChargeHold) -> dict[str, str]:
    """Return the batch or the case that has settled a hold, by the entry that lifted it."""
    entry, posting, account = JournalEntry, Posting, LedgerAccount
    query = select(entry.case_number).join(posting, posting.entry_id == entry.id)
    on_hold = account.subscription_id == row.subscription_id, account.kind == "hold"
    lifted = query.join(account, account.id == posting.credit_account_id).where(*on_hold)
    settling = entry.kind.like("charge_hold_%"), entry.at == row.settled_at, posting.amount == row.amount
    number = session().scalar(lifted.where(*settling).order_by(entry.id.desc()).limit(1))
    return {"case": number} if number else {}


def _not_held(papers: Papers, row: ChargeHold | None, amount: int, lines: Sequence[LinePart]) -> list[Wanted]:
    """Return what of these lines the hold does not have: what was paid when it was placed."""
    line, claim = DisputedLine, LineClaim
    fen_on_hold: dict[tuple[str, str], int] = {}
    if row is not None:
        query = select(line.address, line.component, claim.amount).join(claim, claim.line_id == line.id)
        rows = session().execute(query.where(claim.entry_id == row.entry_id))
        fen_on_hold = {(address, component): fen for address, component, fen in rows}
    picks = claims.fitting(papers, lines, "charge", amount)
    rest = ((paper, fen - fen_on_hold.get((paper.address, paper.component), 0), reason) for paper, fen, reason in picks)
    return [pick for pick in rest if pick[1] > 0]


def _reserved(row: ChargeHold | None, key: str | None) -> ColumnElement[bool]:
    """Return the condition of what is reserved for this hold alone; where nobody knows under which key, for any that the case has."""
    if key is None and row is None:
        return claims.beside_the_run()
    return LineClaim.key == (_placing_key(row.id) if row is not None else key)


def _late_fees_beside(hold_id: int | None) -> list[tuple[str, int]]:
    """Return what of late fees waits beside a hold, line by line."""
    line, claim = DisputedLine, LineClaim
    query = select(line.address, claim.amount).join(claim, claim.line_id == line.id)
    waiting = query.where(
        claim.key == _placing_key(hold_id), claim.state == ClaimState.RESERVED, line.address.like(LATE_FEES)
    )
    return [(address, fen) for address, fen in session().execute(waiting.order_by(claim.id))]


def _late_fees(papers: Papers, row: ChargeHold, at_placing: int | None) -> list[tuple[Paper, int]]:
    """Return the late fee that falls with a hold, line by line, as far as it is still owed."""
    fens_by_line = _late_fees_beside(row.id)
    if at_placing is None and not fens_by_line:
        return noting.late_fee_of(papers.subscription_id, row.entry_id)
    line_papers = papers.find({address for address, _ in fens_by_line})
    rest, late = ledger.balances(papers.subscription_id, lock=True).get("late_fee", 0), []
    for address, fen in fens_by_line:
        share = min(fen, rest)
        rest -= share
        if share > 0:
            late.append((line_papers[address][0], share))
    return late


def _free_late_fees(row: ChargeHold) -> None:
    """Free the late fees beside a hold that is settled: none waits any longer."""
    lines = select(DisputedLine.id).where(
        DisputedLine.subscription_id == row.subscription_id, DisputedLine.address.like(LATE_FEES)
    )
    of_hold = (
        LineClaim.key == _placing_key(row.id),
        LineClaim.state == ClaimState.RESERVED,
        LineClaim.line_id.in_(lines),
    )
    session().execute(delete(LineClaim).where(*of_hold))


def _placing_key(hold_id: int | None) -> ScalarSelect[str]:
    entry = JournalEntry
    return (
        select(entry.key)
        .join(ChargeHold, ChargeHold.entry_id == entry.id)
        .where(ChargeHold.id == hold_id)
        .scalar_subquery()
    )


def _settle(
    papers: Papers,
    row: ChargeHold | None,
    decision: str,
    effect: Effect,
    paid_picks: Sequence[Wanted],
    late: Sequence[tuple[Paper, int]],
    reserved: ColumnElement[bool],
) -> int | None:
    """Enter it once, in one entry; the id of the entry, None where nothing moves."""
    own = papers.subscription_id
    receipts = payments.standing_for(papers, (paper for paper, *_ in paid_picks))
    division = split(papers, paid_picks)
    late = [*late, *division.late_fees]
    back = Account("prepayment" if any(paper.money == "prepayment" for paper, *_ in paid_picks) else "receivable", own)
    lines = [
        Line(ADJUSTMENT if decision == CREDITED else Account("receivable", own), Account("hold", own), row.amount)
        if row is not None
        else None,
        Line(ADJUSTMENT, back, division.total),
        Line(ADJUSTMENT, Account("late_fee", own), sum(fen for _, fen in late)),
    ]
    posted = [line for line in lines if line is not None and line.amount]
    if not posted:
        return None
    entry = ledger.post(effect, f"charge_hold_{decision}", posted)
    if row is not None:
        state = ClaimState.CREDITED if decision == CREDITED else None
        claims.resettle(row.entry_id, state, effect, entry, is_refused=decision == HoldState.REJECTED)
        row.state, row.settled_at = STORED[decision], effect.at
    claims.settle(papers, paid_picks, ClaimState.CREDITED, effect, entry, of=reserved)
    claims.settle(papers, [(paper, fen, "") for paper, fen in late], ClaimState.CREDITED, effect, entry, of=reserved)
    if row is not None:
        _free_late_fees(row)
    payments.spend(receipts, division.paid_back)
    session().flush()
    payments.close_paid(own)
    return entry.id


def _settled(row: ChargeHold | None, own: int | None, decision: str, effect: Effect, entry: int | None) -> Hold:
    """Return what the entry did, the same however often it is asked."""
    late, beside, into = 0, 0, ""
    if entry is not None and decision == CREDITED:
        late = ledger.posted(entry, "late_fee")
        totals = [(kind, ledger.posted(entry, kind)) for kind in ("receivable", "prepayment")]
        into, beside = max(totals, key=lambda pair: pair[1])
    hold = _hold(row) if row is not None else Hold(None, own or 0, 0, decision, effect.at.date())
    return hold._replace(late_fee=late, beside=beside, into=into if beside else "")


def _hold(row: ChargeHold) -> Hold:
    return Hold(row.id, row.subscription_id, row.amount, row.state, row.settle_on)
