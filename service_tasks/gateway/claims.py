"""Claims on lines, every change of one in this file because all take the same locks: what a case reserves, what became of it, how it is taken back. A line's money is given once.

Lines are locked from the outermost inwards and in one order, so that two halls that want the same line come one after the other; what the second may
still have it is told, with the case that has the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, case, delete, insert, or_, select, update
from sqlalchemy.sql.dml import ReturningInsert

from models.base import bind, session
from models.billing import SecondaryPricingItem
from models.lines import ClaimState, DisputedLine, LineClaim
from models.usage import BankPayment, CardState, RechargeCard
from service_tasks.gateway import kinds, rejections
from service_tasks.gateway.ledger import UPSERT
from service_tasks.gateway.lines import Paper, Papers, wanted
from service_tasks.gateway.values import Effect, Entry, LinePart, Refused

Wanted = tuple[Paper, int, str]
USED = ("call:", "information-fee:")


class Locked(NamedTuple):
    """A line as it stands, its row locked."""

    id: int
    amount: int
    claimed: int
    inside: int | None

    @property
    def left(self) -> int:
        return self.amount - self.claimed


class Kept(NamedTuple):
    """What a case had of a line in reserve, and is to have again as far as it is not used up."""

    line_id: int
    amount: int
    reason: str
    key: str
    created_at: datetime
    settle_on: date | None


def reserve(
    subscription_id: int,
    parts: Sequence[LinePart],
    effect: Effect,
    *,
    kind: str | None = None,
    beside: Sequence[LinePart] = (),
    item: str | None = None,
) -> int:
    """Let the case have these parts and no others in reserve, until money moves or the case ends; fen reserved in all.

    `kind`, where it is given, is the money they must be of, and `item` the charge; `beside` is what another branch of the case has in
    reserve, and keeps. Refused: line_unknown, line_twice, line_promised, line_unfit, line_taken (with the case that
    has it and what is left), part_without_reason.
    """
    papers = Papers.of(subscription_id)
    picks = wanted(papers, parts)
    _check_promised(picks)
    if kind is not None or any(paper.money == "own_balance" for paper, *_ in picks):
        check_kind(picks, kind or "")
    if item is not None:
        kinds.check(item, parts, papers)
    earlier = select(LineClaim.amount).where(LineClaim.key == effect.key)
    if picks and session().scalars(earlier).first() is not None:
        return sum(amount for _, amount, _ in picks)
    picks_beside = wanted(papers, beside)
    locked = lock(papers, [paper for paper, *_ in (*picks, *picks_beside)])
    reserves = _take_out_of_reserve([locked[paper.address, paper.component] for paper, *_ in picks_beside], effect.case)
    _release(effect.case, ~_waits())
    locked = _as_stands(locked)
    _check(picks, locked, effect.case)
    _keep(picks_beside, picks, locked, reserves, effect)
    _check_reasons(parts, picks, _as_stands(locked))
    _insert(picks, locked, ClaimState.RESERVED, effect, None)
    return sum(amount for _, amount, _ in picks)


def _keep(
    picks_beside: Sequence[Wanted],
    picks: Sequence[Wanted],
    locked: dict[tuple[str, str], Locked],
    reserves: Sequence[Kept],
    effect: Effect,
) -> None:
    """Put back in reserve what another branch of the case had of these parts, as far as its line has it beside what is asked for now."""
    now = {(paper.address, paper.component): amount for paper, amount, _ in picks}
    for paper, amount, _ in picks_beside:
        line = locked[paper.address, paper.component]
        room = min(amount, line.left - now.get((paper.address, paper.component), 0))
        for had in reserves:
            share = min(room, had.amount) if had.line_id == line.id else 0
            if share > 0:
                room -= share
                _put_back(had._replace(amount=share), effect)


def release(case_number: str | None) -> None:
    """Free what the case has in reserve, of lines, of cards that lie in suspense and of payments at a bank."""
    if case_number:
        _release(case_number)
        release_papers(case_number)


def reserved_under(case_number: str) -> list[str]:
    """Return the keys under which the case has lines in reserve that wait for no run and no day."""
    own = LineClaim.case_number == case_number, LineClaim.state == ClaimState.RESERVED, ~_waits()
    return list(session().scalars(select(LineClaim.key).where(*own).distinct().order_by(LineClaim.key)))


def free_under(case_number: str, keys: Collection[str], *, refused_at: datetime | None = None) -> None:
    """Free what the case has in reserve under these keys, but for what waits for a run or a day; that it was refused is kept with the line."""
    under_keys = LineClaim.key.in_(list(keys)), ~_waits()
    if refused_at is not None:
        own = LineClaim.case_number == case_number, LineClaim.state == ClaimState.RESERVED
        rejections.keep(*own, *under_keys, at=refused_at)
    _release(case_number, *under_keys)


def release_papers(case_number: str) -> None:
    """Let go of the cards and the payments at a bank of which the case has not moved the money."""
    waiting = update(RechargeCard).where(RechargeCard.case_number == case_number, RechargeCard.state == CardState.USED)
    session().execute(waiting.where(RechargeCard.charged_subscription_id.is_(None)).values(case_number=None))
    at_bank = update(BankPayment).where(BankPayment.case_number == case_number, BankPayment.corrected_at.is_(None))
    session().execute(at_bank.values(case_number=None))


def free(
    subscription_id: int, parts: Sequence[LinePart], effect: Effect, *, key: str | None = None, is_refused: bool = False
) -> None:
    """Free what the case has of these lines in reserve under a key, or under any but that of a correction that waits; nothing else.

    That it was refused is kept with the lines.
    """
    line = DisputedLine
    line_ids = select(line.id).where(
        line.subscription_id == subscription_id, line.address.in_({part.line for part in parts})
    )
    own = LineClaim.case_number == effect.case, LineClaim.state == ClaimState.RESERVED
    freed = *own, LineClaim.line_id.in_(line_ids), beside_the_run() if key is None else LineClaim.key == key
    if is_refused:
        rejections.keep(*freed, at=effect.at)
    session().execute(delete(LineClaim).where(*freed))


def _release(case_number: str | None, *conditions: ColumnElement[bool]) -> None:
    reserved = delete(LineClaim).where(LineClaim.case_number == case_number, LineClaim.state == ClaimState.RESERVED)
    session().execute(reserved.where(*conditions))


def _waits() -> ColumnElement[bool]:
    """Return the condition of what is reserved until a day to come, a run or the Thursday of a hold: nothing else that the case does uses it up."""
    return or_(LineClaim.settle_on.is_not(None), ~beside_the_run())


def beside_the_run() -> ColumnElement[bool]:
    """Return the condition of what is not reserved for a correction that waits for its run."""
    item = SecondaryPricingItem
    return LineClaim.key.not_in(select(item.key).where(item.waits()))


def settle(
    papers: Papers,
    picks: Sequence[Wanted],
    state: ClaimState,
    effect: Effect,
    entry: Entry | None,
    *,
    of: ColumnElement[bool] | None = None,
    settle_on: date | None = None,
) -> None:
    """Record what became of these parts, in the commit of their posting; what the case had of them in reserve is used up by it.

    That is what was reserved `of` something that waited for a day; else what waits for none. `settle_on` is the day until which it is reserved now.
    Refused: line_taken.
    """
    if not picks or (entry is not None and entry.repeated):
        return
    locked = lock(papers, [paper for paper, *_ in picks])
    reserves = _take_out_of_reserve(locked.values(), effect.case, of)
    locked = _as_stands(locked)
    _check(picks, locked, effect.case)
    _insert(picks, locked, state, effect, entry, settle_on)
    settled: dict[int, int] = {}
    for paper, amount, _ in picks:
        line = locked[paper.address, paper.component].id
        settled[line] = settled.get(line, 0) + amount
    for had in reserves:
        share = min(had.amount, settled.get(had.line_id, 0))
        settled[had.line_id] = settled.get(had.line_id, 0) - share
        if had.amount > share:
            _put_back(had._replace(amount=had.amount - share), effect)


def give(
    papers: Papers,
    parts: Sequence[LinePart],
    picks_by_state: Sequence[tuple[ClaimState, Sequence[Wanted]]],
    effect: Effect,
    entry: Entry,
) -> None:
    """Record what was given of these parts, by what became of it, and free the rest of them. Refused: line_taken."""
    if entry.repeated:
        return
    picks = [pick for _, state_picks in picks_by_state for pick in state_picks]
    lock(papers, [paper for paper, *_ in (*wanted(papers, parts), *picks)])  # all at once: in one order
    for state, state_picks in picks_by_state:
        settle(papers, state_picks, state, effect, entry)
    let_go(papers, parts, picks, effect)


def let_go(papers: Papers, parts: Sequence[LinePart], settled_picks: Sequence[Wanted], effect: Effect) -> None:
    """Free what the case had of these parts in reserve beyond what was given of them: who gives less than was claimed gives the rest up."""
    rest: dict[tuple[str, str], int] = {}
    picks = wanted(papers, parts)
    for sign, side in ((1, picks), (-1, settled_picks)):
        for paper, amount, _ in side:
            key = paper.address, paper.component
            rest[key] = rest.get(key, 0) + sign * amount
    not_given = [paper for paper, *_ in picks if rest[paper.address, paper.component] > 0]
    if not not_given:
        return
    locked = lock(papers, not_given)
    rest_by_line = {locked[key].id: amount for key, amount in rest.items() if amount > 0}
    for had in _take_out_of_reserve([line for line in locked.values() if line.id in rest_by_line], effect.case):
        share = min(had.amount, rest_by_line[had.line_id])
        rest_by_line[had.line_id] -= share
        if had.amount > share:
            _put_back(had._replace(amount=had.amount - share), effect)


def _put_back(had: Kept, effect: Effect) -> None:
    row = had._asdict()
    at = row.pop("created_at")
    session().execute(insert(LineClaim), _row(row, ClaimState.RESERVED, effect, None, at))


def note(papers: Papers, paper: Paper, amount: int, state: ClaimState, effect: Effect, entry: Entry) -> int:
    """Record what was given without naming lines, as far as the line has that much left; the books decided about the rest. Fen recorded."""
    if entry.repeated:
        return 0
    locked = lock(papers, [paper])
    line: Locked | None = locked[paper.address, paper.component]
    by_id = {row.id: row for row in locked.values()}
    free = amount
    while line is not None:
        free = min(free, line.left)
        line = by_id.get(line.inside) if line.inside else None
    if free > 0:
        _insert([(paper, free, "")], locked, state, effect, entry)
    return max(free, 0)


def resettle(
    of_entry: int, state: ClaimState | None, effect: Effect, entry: Entry | None, *, is_refused: bool = False
) -> None:
    """Give the claims that a journal entry made another state, or free them; that they were refused is kept with their lines."""
    condition = LineClaim.entry_id == of_entry
    if state is None:
        if is_refused:
            rejections.keep(condition, at=effect.at)
        session().execute(delete(LineClaim).where(condition))
    else:
        values: dict[str, Any] = {"state": state, "changed_at": effect.at}
        values |= {"entry_id": entry.id} if entry is not None else {}
        session().execute(update(LineClaim).where(condition).values(**values))


def of_entry(entry_id: int) -> list[tuple[int, str]]:
    """Return the lines of which a journal entry gave something, each by its subscription and address."""
    line = DisputedLine
    query = select(line.subscription_id, line.address).join(LineClaim, LineClaim.line_id == line.id)
    return [(row[0], row[1]) for row in session().execute(query.where(LineClaim.entry_id == entry_id).distinct())]


def under(key: str) -> list[LinePart]:
    """Return what is claimed under a key."""
    line = DisputedLine
    query = select(line.address, LineClaim.amount, line.component, LineClaim.reason).join(
        line, line.id == LineClaim.line_id
    )
    return [LinePart(*row) for row in session().execute(query.where(LineClaim.key == key).order_by(LineClaim.id))]


def fitting(papers: Papers, parts: Sequence[LinePart], kind: str, amount: int) -> list[Wanted]:
    """Return what the parts come to, in order until the amount is reached; they must be of this kind: charge, late_fee or prepayment.

    A call that was deducted from a prepayment is a charge. Refused: line_unknown, line_twice, line_promised, line_unfit, exceeds_disputed.
    """
    picks = wanted(papers, parts)
    _check_promised(picks)
    check_kind(picks, kind)
    rest, fitted = amount, []
    for paper, whole, reason in picks:
        share = min(rest, whole)
        rest -= share
        if share:
            fitted.append((paper, share, reason))
    if rest:
        raise Refused(reason="exceeds_disputed", amount=amount, disputed=amount - rest)
    return fitted


def check_kind(picks: Sequence[Wanted], kind: str) -> None:
    """Check that what is picked is of this kind. Errors: Refused(line_unfit)."""
    for paper, *_ in picks:
        used = paper.money == "prepayment" and paper.address.startswith(USED)
        if kind != ("charge" if used else paper.money):
            raise Refused(reason="line_unfit", line=paper.address, kind=paper.money)


def _check_promised(picks: Sequence[Wanted]) -> None:
    """Refuse a credit that was promised: it comes by its run, under its own case; what it is for is reserved there. Errors: Refused(line_promised)."""
    for paper, *_ in picks:
        if paper.address.startswith("promised-credit:"):
            raise Refused(reason="line_promised", line=paper.address)


def lock(papers: Papers, part_papers: Iterable[Paper]) -> dict[tuple[str, str], Locked]:
    """Lock the rows of these lines and of those they lie inside, opened where there was none, until the transaction ends; returns them."""
    lines = list(part_papers)
    locked: dict[tuple[str, str], Locked] = {}
    holders = papers.holders(lines)
    levels = ([paper for paper in holders if paper.inside is None], [paper for paper in holders if paper.inside], lines)
    for level in levels:
        rows = [_line(papers.subscription_id, paper, locked) for paper in level]
        rows.sort(key=lambda row: (row["address"], row["component"]))
        if rows:
            locked |= _opened(rows)
    return locked


def _line(subscription_id: int, paper: Paper, locked: dict[tuple[str, str], Locked]) -> dict[str, Any]:
    inside = locked.get((paper.inside, "")) if paper.inside else None
    return {
        "subscription_id": subscription_id,
        "address": paper.address,
        "component": paper.component,
        "amount": paper.amount,
        "claimed": 0,
        "inside_id": inside.id if inside else None,
    }


@lru_cache(maxsize=len(UPSERT))
def _opening(dialect: str) -> ReturningInsert[str, str, int, int, int, int | None]:
    """Return the statement that opens lines. An update is what locks a row on PostgreSQL; a line never falls below what is claimed of it."""
    line = DisputedLine
    statement = UPSERT[dialect](line)
    amount = case((statement.excluded.amount < line.claimed, line.claimed), else_=statement.excluded.amount)
    return statement.on_conflict_do_update(
        index_elements=["subscription_id", "address", "component"], set_={"amount": amount}
    ).returning(line.address, line.component, line.id, line.amount, line.claimed, line.inside_id)


def _opened(rows: list[dict[str, Any]]) -> dict[tuple[str, str], Locked]:
    """Open these lines and return them locked; PostgreSQL refuses to update a row twice at once, so each stands once."""
    once = {(row["address"], row["component"]): row for row in rows}
    statement = _opening(bind().dialect.name)
    return {(row[0], row[1]): Locked(*row[2:]) for row in session().execute(statement, list(once.values()))}


_AS_STANDS = select(DisputedLine.id, DisputedLine.amount, DisputedLine.claimed, DisputedLine.inside_id).where(
    DisputedLine.id.in_(bindparam("ids", expanding=True))
)


def _as_stands(locked: dict[tuple[str, str], Locked]) -> dict[tuple[str, str], Locked]:
    ids = {line.id: key for key, line in locked.items()}
    return {ids[row.id]: Locked(*row) for row in session().execute(_AS_STANDS, {"ids": list(ids)})}


def _check(picks: Sequence[Wanted], locked: dict[tuple[str, str], Locked], own: str | None) -> None:
    """Check that no line, and none that it lies inside, gives more than is left of it. Errors: Refused(line_taken)."""
    by_id = {row.id: row for row in locked.values()}
    shares_by_line: dict[int, list[tuple[Paper, int]]] = {}
    for paper, amount, _ in picks:
        line: Locked | None = locked[paper.address, paper.component]
        while line is not None:
            before = shares_by_line.setdefault(line.id, [])
            if sum(fen for _, fen in before) + amount > line.left:
                raise _taken(paper, line, before, amount, own)
            before.append((paper, amount))
            line = by_id.get(line.inside) if line.inside else None


def _taken(paper: Paper, line: Locked, before: Sequence[tuple[Paper, int]], amount: int, own: str | None) -> Refused:
    """Return the refusal that says why a line cannot have so much: another case has it, what was picked `before` is the same money (`other`), it is on the bill with what was picked
    before for less than that, or it never was so much.

    A record and the item that charges it are the same money; two records, or two items, never are.
    """
    states_by_case = holding_as([line.id])
    cases = list(states_by_case)
    rest = line.left - sum(fen for _, fen in before)
    papers = [earlier for earlier, _ in before if earlier.address != paper.address]
    same_money = next((earlier.address for earlier in papers if _is_record(earlier) != _is_record(paper)), "")
    values: dict[str, Any] = {"left": max(0, rest), "disputed": max(0, rest)}
    if same_money and amount <= line.left:
        values |= {"because": "picked_twice", "other": same_money, "left": line.left}
    elif papers and not cases:
        values |= {"because": "beyond_bill"}
    elif not cases:
        values |= {"because": "exceeds_line"}
    other_cases = [number for number in cases if number != own]
    case = (other_cases or cases or ["—"])[0]
    values |= {"state": states_by_case[case]} if case in states_by_case else {}
    return Refused(reason="line_taken", line=paper.address, case=case, of=line.amount, amount=amount, **values)


def _is_record(paper: Paper) -> bool:
    return paper.address.startswith(USED)


def holding(line_ids: Sequence[int]) -> list[str]:
    """Return the cases that have something of these lines or of what lies inside them, the latest first."""
    return list(holding_as(line_ids))


def holding_as(line_ids: Sequence[int]) -> dict[str, str]:
    """Return the same cases, each with what became last of what it has."""
    line = DisputedLine
    inner = select(line.id).where(line.inside_id.in_(line_ids))
    innermost = select(line.id).where(line.inside_id.in_(inner))
    among = LineClaim.line_id.in_(line_ids) | LineClaim.line_id.in_(inner) | LineClaim.line_id.in_(innermost)
    claims = select(LineClaim.case_number, LineClaim.state).where(among, LineClaim.state != ClaimState.REVERSED)
    states_by_case: dict[str, str] = {}
    for number, state in session().execute(claims.order_by(LineClaim.id.desc())):
        if number:
            states_by_case.setdefault(number, state)
    return states_by_case


def _check_reasons(parts: Sequence[LinePart], picks: Sequence[Wanted], locked: dict[tuple[str, str], Locked]) -> None:
    """Check that less than what is left of a line is picked for a reason. Errors: Refused(part_without_reason)."""
    rests: dict[str, int] = {}
    for paper, *_ in picks:
        rests[paper.address] = rests.get(paper.address, 0) + locked[paper.address, paper.component].left
    for part in parts:
        if not part.reason and not part.component and part.amount < rests[part.line]:
            raise Refused(reason="part_without_reason", line=part.line, left=rests[part.line], amount=part.amount)


def _take_out_of_reserve(
    lines: Iterable[Locked], case_number: str | None, of: ColumnElement[bool] | None = None
) -> list[Kept]:
    """Take away what the case has of these lines in reserve, `of` something or as far as it waits for nothing, in the order it was reserved."""
    if not case_number:
        return []
    claim = LineClaim
    own = (
        claim.case_number == case_number,
        claim.state == ClaimState.RESERVED,
        claim.line_id.in_([line.id for line in lines]),
    )
    own_claims = select(claim.id).where(*own, ~_waits() if of is None else of)
    statement = delete(claim).where(claim.id.in_(own_claims))
    columns = claim.line_id, claim.amount, claim.reason, claim.key, claim.created_at, claim.settle_on
    rows = session().execute(statement.returning(claim.id, *columns)).all()
    return [Kept(*row[1:]) for row in sorted(rows)]


def _insert(
    picks: Sequence[Wanted],
    locked: dict[tuple[str, str], Locked],
    state: ClaimState,
    effect: Effect,
    entry: Entry | None,
    settle_on: date | None = None,
) -> None:
    rows = [
        _row(
            {
                "line_id": locked[paper.address, paper.component].id,
                "amount": amount,
                "reason": reason,
                "settle_on": settle_on,
            },
            state,
            effect,
            entry,
        )
        for paper, amount, reason in picks
    ]
    if rows:
        session().execute(insert(LineClaim), rows)


def _row(
    columns: dict[str, Any], state: ClaimState, effect: Effect, entry: Entry | None, at: datetime | None = None
) -> dict[str, Any]:
    return {
        "case_number": effect.case,
        "state": state,
        "key": effect.key,
        "entry_id": entry.id if entry is not None else None,
        "created_at": at or effect.at,
        "changed_at": effect.at,
    } | columns
