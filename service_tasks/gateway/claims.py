"""Claims on lines: what a case reserves, what became of it, and how it is taken back. The money of a line is given once, whoever gives it.

Lines are locked from the outermost inwards and in one order, so that two halls that want the same line come one after the other; what the second may
still have it is told, with the case that has the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import case, delete, insert, select, update

from models.base import session
from models.billing import SecondaryPricingItem
from models.lines import DisputedLine, LineClaim
from models.usage import BankPayment, RechargeCard
from service_tasks.gateway.ledger import upsert
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


def reserve(
    subscription_id: int,
    parts: Sequence[LinePart],
    effect: Effect,
    *,
    kind: str | None = None,
    beside: Sequence[LinePart] = (),
    information: bool | None = None,
) -> int:
    """Let the case have these parts and no others in reserve, until money moves or the case ends; fen reserved in all.

    `kind`, where it is given, is what they must be of; `information` says whether they must be information fees or may be none; `beside` is
    what another branch of the case has in reserve, and keeps. Refused: line_unknown, line_twice, line_promised, line_unfit, line_taken (with the case that
    has it and what is left), part_without_reason.
    """
    papers = Papers.of(subscription_id)
    asked = wanted(papers, parts)
    _check_promised(asked)
    if kind is not None:
        check_kind(asked, kind)
    if information is not None:
        _check_information(asked, information)
    known = select(LineClaim.amount).where(LineClaim.key == effect.key)
    if asked and session().scalars(known).first() is not None:
        return sum(amount for _, amount, _ in asked)
    others = wanted(papers, beside)
    locked = lock(papers, [paper for paper, *_ in (*asked, *others)])
    kept = _take_out_of_reserve([locked[paper.address, paper.component] for paper, *_ in others], effect.case)
    _release(effect.case, but=_promised(effect.case))
    locked = _as_stands(locked)
    _check(asked, locked, effect.case)
    _keep(others, asked, locked, kept, effect)
    _check_reasons(parts, asked, _as_stands(locked))
    _insert(asked, locked, "reserved", effect, None)
    return sum(amount for _, amount, _ in asked)


def _keep(
    others: Sequence[Wanted],
    asked: Sequence[Wanted],
    locked: dict[tuple[str, str], Locked],
    kept: dict[int, tuple[int, str, str, datetime]],
    effect: Effect,
) -> None:
    """Put back in reserve what another branch of the case had of these parts, as far as its line has it beside what is asked for now."""
    now = {(paper.address, paper.component): amount for paper, amount, _ in asked}
    for paper, amount, _ in others:
        line = locked[paper.address, paper.component]
        had, reason, key, at = kept.get(line.id, (0, "", "", effect.at))
        share = min(amount, had, line.left - now.get((paper.address, paper.component), 0))
        if share > 0:
            row = {"line_id": line.id, "amount": share, "reason": reason, "key": key}
            session().execute(insert(LineClaim), _row(row, "reserved", effect, None, at))


def release(case_number: str | None) -> None:
    """Free what the case has in reserve, of lines, of cards that lie in suspense and of payments at a bank."""
    if case_number:
        _release(case_number)
        waiting = update(RechargeCard).where(RechargeCard.case_number == case_number, RechargeCard.state == "used")
        session().execute(waiting.where(RechargeCard.charged_subscription_id.is_(None)).values(case_number=None))
        asked = update(BankPayment).where(BankPayment.case_number == case_number, BankPayment.corrected_at.is_(None))
        session().execute(asked.values(case_number=None))


def free(subscription_id: int, parts: Sequence[LinePart], effect: Effect) -> None:
    """Free what the case has of these lines in reserve, and nothing else."""
    line = DisputedLine
    theirs = select(line.id).where(
        line.subscription_id == subscription_id, line.address.in_({part.line for part in parts})
    )
    own = LineClaim.case_number == effect.case, LineClaim.state == "reserved"
    session().execute(delete(LineClaim).where(*own, LineClaim.line_id.in_(theirs)))


def _release(case_number: str | None, *, but: Any = None) -> None:
    reserved = delete(LineClaim).where(LineClaim.case_number == case_number, LineClaim.state == "reserved")
    session().execute(reserved if but is None else reserved.where(LineClaim.key.not_in(but)))


def _promised(case_number: str | None) -> Any:
    """The keys of corrections that wait for their run: what they are for stays reserved, whatever else the case picks."""
    item = SecondaryPricingItem
    return select(item.key).where(item.case_number == case_number, item.waits())


def settle(papers: Papers, asked: Sequence[Wanted], state: str, effect: Effect, entry: Entry | None) -> None:
    """Record what became of these parts, in the commit of their posting; what the case had of them in reserve is used up by it.

    Refused: line_taken.
    """
    if not asked or (entry is not None and entry.repeated):
        return
    locked = lock(papers, [paper for paper, *_ in asked])
    kept = _take_out_of_reserve(locked.values(), effect.case)
    locked = _as_stands(locked)
    _check(asked, locked, effect.case)
    _insert(asked, locked, state, effect, entry)
    settled: dict[int, int] = {}
    for paper, amount, _ in asked:
        line = locked[paper.address, paper.component].id
        settled[line] = settled.get(line, 0) + amount
    for line_id, (amount, reason, key, at) in kept.items():
        if amount > settled.get(line_id, 0):
            row = {"line_id": line_id, "amount": amount - settled.get(line_id, 0), "reason": reason, "key": key}
            session().execute(insert(LineClaim), _row(row, "reserved", effect, None, at))


def note(papers: Papers, paper: Paper, amount: int, state: str, effect: Effect, entry: Entry) -> None:
    """Record what was given without naming lines, as far as the line has that much left; the books decided about the rest."""
    if entry.repeated:
        return
    locked = lock(papers, [paper])
    line: Locked | None = locked[paper.address, paper.component]
    by_id = {one.id: one for one in locked.values()}
    free = amount
    while line is not None:
        free = min(free, line.left)
        line = by_id.get(line.inside) if line.inside else None
    if free > 0:
        _insert([(paper, free, "")], locked, state, effect, entry)


def resettle(of_entry: int, state: str | None, effect: Effect, entry: Entry | None) -> None:
    """Give the claims that a journal entry made another state, or free them."""
    theirs = LineClaim.entry_id == of_entry
    if state is None:
        session().execute(delete(LineClaim).where(theirs))
    else:
        values: dict[str, Any] = {"state": state, "changed_at": effect.at}
        values |= {"entry_id": entry.id} if entry is not None else {}
        session().execute(update(LineClaim).where(theirs).values(**values))


def of_entry(entry_id: int) -> list[tuple[int, str]]:
    """The lines of which a journal entry gave something, each by its subscription and address."""
    line = DisputedLine
    query = select(line.subscription_id, line.address).join(LineClaim, LineClaim.line_id == line.id)
    return [(row[0], row[1]) for row in session().execute(query.where(LineClaim.entry_id == entry_id).distinct())]


def under(key: str) -> list[LinePart]:
    """What is claimed under a key."""
    line = DisputedLine
    query = select(line.address, LineClaim.amount, line.component, LineClaim.reason).join(
        line, line.id == LineClaim.line_id
    )
    return [LinePart(*row) for row in session().execute(query.where(LineClaim.key == key).order_by(LineClaim.id))]


def fitting(papers: Papers, parts: Sequence[LinePart], kind: str, amount: int) -> list[Wanted]:
    """What the parts come to, in order until the amount is reached; they must be of this kind: charge, late_fee or prepayment.

    A call that was deducted from a prepayment is a charge. Refused: line_unknown, line_twice, line_promised, line_unfit, exceeds_disputed.
    """
    asked = wanted(papers, parts)
    _check_promised(asked)
    check_kind(asked, kind)
    left, found = amount, []
    for paper, whole, reason in asked:
        share = min(left, whole)
        left -= share
        if share:
            found.append((paper, share, reason))
    if left:
        raise Refused(reason="exceeds_disputed", amount=amount, disputed=amount - left)
    return found


def check_kind(asked: Sequence[Wanted], kind: str) -> None:
    """Errors: Refused(line_unfit)."""
    for paper, *_ in asked:
        used = paper.money == "prepayment" and paper.address.startswith(USED)
        if kind != ("charge" if used else paper.money):
            raise Refused(reason="line_unfit", line=paper.address, kind=paper.money)


def _check_promised(asked: Sequence[Wanted]) -> None:
    """A credit that was promised comes by its run, under its own case; what it is for is reserved there. Errors: Refused(line_promised)."""
    for paper, *_ in asked:
        if paper.address.startswith("promised-credit:"):
            raise Refused(reason="line_promised", line=paper.address)


def _check_information(asked: Sequence[Wanted], information: bool) -> None:
    """Errors: Refused(line_unfit)."""
    for paper, *_ in asked:
        is_fee = paper.address.startswith("information-fee:") or (paper.inside or "").endswith(":monternet")
        if is_fee != information:
            raise Refused(reason="line_unfit", line=paper.address, kind="information" if is_fee else paper.money)


def lock(papers: Papers, wanted: Iterable[Paper]) -> dict[tuple[str, str], Locked]:
    """The rows of these lines and of those they lie inside, opened where there was none, locked until the transaction ends."""
    lines = list(wanted)
    found: dict[tuple[str, str], Locked] = {}
    holders = papers.holders(lines)
    levels = ([one for one in holders if one.inside is None], [one for one in holders if one.inside], lines)
    for level in levels:
        rows = [_line(papers.subscription_id, paper, found) for paper in level]
        rows.sort(key=lambda row: (row["address"], row["component"]))
        if rows:
            found |= _opened(rows)
    return found


def _line(subscription_id: int, paper: Paper, found: dict[tuple[str, str], Locked]) -> dict[str, Any]:
    inside = found.get((paper.inside, "")) if paper.inside else None
    return {
        "subscription_id": subscription_id,
        "address": paper.address,
        "component": paper.component,
        "amount": paper.amount,
        "claimed": 0,
        "inside_id": inside.id if inside else None,
    }


def _opened(rows: list[dict[str, Any]]) -> dict[tuple[str, str], Locked]:
    """An update is what locks a row on PostgreSQL; a line never falls below what is claimed of it. PostgreSQL refuses to update a row twice at once, so each stands once."""
    line = DisputedLine
    once = {(row["address"], row["component"]): row for row in rows}
    statement = upsert(line)
    amount = case((statement.excluded.amount < line.claimed, line.claimed), else_=statement.excluded.amount)
    statement = statement.on_conflict_do_update(
        index_elements=["subscription_id", "address", "component"], set_={"amount": amount}
    ).returning(line.address, line.component, line.id, line.amount, line.claimed, line.inside_id)
    return {(row[0], row[1]): Locked(*row[2:]) for row in session().execute(statement, list(once.values()))}


def _as_stands(locked: dict[tuple[str, str], Locked]) -> dict[tuple[str, str], Locked]:
    ids = {one.id: key for key, one in locked.items()}
    line = DisputedLine
    query = select(line.id, line.amount, line.claimed, line.inside_id).where(line.id.in_(ids))
    return {ids[row.id]: Locked(*row) for row in session().execute(query)}


def _check(asked: Sequence[Wanted], locked: dict[tuple[str, str], Locked], own: str | None) -> None:
    """No line, and none that it lies inside, gives more than is left of it. Errors: Refused(line_taken)."""
    by_id = {one.id: one for one in locked.values()}
    more: dict[int, int] = {}
    for paper, amount, _ in asked:
        line: Locked | None = locked[paper.address, paper.component]
        while line is not None:
            more[line.id] = more.get(line.id, 0) + amount
            if more[line.id] > line.left:
                raise _taken(paper, line, line.left - more[line.id] + amount, amount, own)
            line = by_id.get(line.inside) if line.inside else None


def _taken(paper: Paper, line: Locked, left: int, amount: int, own: str | None) -> Refused:
    cases = holding([line.id])
    others = [number for number in cases if number != own]
    return Refused(
        reason="line_taken",
        line=paper.address,
        case=(others or cases or ["—"])[0],
        left=max(0, left),
        of=line.amount,
        amount=amount,
        disputed=max(0, left),
    )


def holding(line_ids: Sequence[int]) -> list[str]:
    """The cases that have something of these lines or of what lies inside them, the latest first."""
    line = DisputedLine
    inner = select(line.id).where(line.inside_id.in_(line_ids))
    innermost = select(line.id).where(line.inside_id.in_(inner))
    among = LineClaim.line_id.in_(line_ids) | LineClaim.line_id.in_(inner) | LineClaim.line_id.in_(innermost)
    query = select(LineClaim.case_number).where(among, LineClaim.state != "reversed").order_by(LineClaim.id.desc())
    return list(dict.fromkeys(number for number in session().scalars(query) if number))


def _check_reasons(parts: Sequence[LinePart], asked: Sequence[Wanted], locked: dict[tuple[str, str], Locked]) -> None:
    """Less than what is left of a line is picked for a reason. Errors: Refused(part_without_reason)."""
    left: dict[str, int] = {}
    for paper, *_ in asked:
        left[paper.address] = left.get(paper.address, 0) + locked[paper.address, paper.component].left
    for part in parts:
        if not part.reason and not part.component and part.amount < left[part.line]:
            raise Refused(reason="part_without_reason", line=part.line, left=left[part.line], amount=part.amount)


def _take_out_of_reserve(lines: Iterable[Locked], case_number: str | None) -> dict[int, tuple[int, str, str, datetime]]:
    """Take away what the case has of these lines in reserve: fen, reason, key and when, by line."""
    if not case_number:
        return {}
    own = LineClaim.case_number == case_number, LineClaim.state == "reserved"
    statement = delete(LineClaim).where(*own, LineClaim.line_id.in_([one.id for one in lines]))
    rows = session().execute(
        statement.returning(LineClaim.line_id, LineClaim.amount, LineClaim.reason, LineClaim.key, LineClaim.created_at)
    )
    return {row.line_id: (row.amount, row.reason, row.key, row.created_at) for row in rows}


def _insert(
    asked: Sequence[Wanted],
    locked: dict[tuple[str, str], Locked],
    state: str,
    effect: Effect,
    entry: Entry | None,
) -> None:
    rows = [
        _row(
            {"line_id": locked[paper.address, paper.component].id, "amount": amount, "reason": reason},
            state,
            effect,
            entry,
        )
        for paper, amount, reason in asked
    ]
    if rows:
        session().execute(insert(LineClaim), rows)


def _row(
    columns: dict[str, Any], state: str, effect: Effect, entry: Entry | None, at: datetime | None = None
) -> dict[str, Any]:
    return {
        "case_number": effect.case,
        "state": state,
        "key": effect.key,
        "entry_id": entry.id if entry is not None else None,
        "created_at": at or effect.at,
        "changed_at": effect.at,
    } | columns
