"""What belongs to no single case and has to add up: claims on lines, receipts, liabilities, and the draws of the payments that are looked at again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from sqlalchemy import case, func, select

import engine
from engine.proof import Deviation
from models import cells
from models.base import session
from models.billing import JournalEntry, LedgerAccount, Posting, Receipt, Refund
from models.cells import UNREADABLE, as_stored
from models.entry import HistoryEntry
from models.instance import ProcessInstance
from models.liability import Liability, LiabilityPart
from models.lines import ClaimState, DisputedLine, LineClaim, LineRejection
from models.receipt_exchange import ReceiptExchange
from models.review import Review, ReviewDraw
from models.work_order import WorkOrder, WorkOrderAct, WorkOrderCase
from office import reviews
from service_tasks import dates
from service_tasks.gateway import gateway
from service_tasks.gateway.ledger import taken_back
from service_tasks.zone import ZONE


def verify_lines() -> Iterator[Deviation]:
    """Verify that what is claimed of a line is the sum of the claims on it and inside it, and that a claim names a case that is there, and no more than its entry moved."""
    line, claim = DisputedLine, LineClaim
    standing = case((claim.state == ClaimState.REVERSED, 0), else_=claim.amount)
    sums = session().execute(select(claim.line_id, func.sum(standing)).group_by(claim.line_id))
    sum_by_line: dict[int, int] = {line_id: int(amount) for line_id, amount in sums}
    rows = session().execute(select(line.id, line.address, line.claimed, line.inside_id)).all()
    claims_of: dict[int, int] = defaultdict(int)
    inside = {line_id: inside_id for line_id, _, _, inside_id in rows}
    for id in inside:
        place: int | None = id
        while place is not None:
            claims_of[place] += sum_by_line.get(id, 0)
            place = inside.get(place)
    for line_id, address, claimed, _ in rows:
        if claimed != claims_of[line_id]:
            difference = f"line {address}: {claimed} is claimed, the claims make {claims_of[line_id]}"
            yield Deviation(0, "lines", 0, difference)
    yield from _claims()


def _claims() -> Iterator[Deviation]:
    claim, total = LineClaim, func.sum(Posting.amount)
    numbers = select(ProcessInstance.business_key)
    for column, rows in ((claim.case_number, "claims on"), (LineRejection.case_number, "rejections of")):
        absent = select(column).where(column.is_not(None), column.not_in(numbers)).distinct()
        for number in session().scalars(absent):
            yield Deviation(0, "missing", 0, f"{rows} lines: their case {number} is gone")
    entries = (
        select(claim.entry_id, func.sum(claim.amount).label("claimed"))
        .where(claim.entry_id.is_not(None))
        .group_by(claim.entry_id)
        .subquery()
    )
    query = select(entries.c.entry_id, entries.c.claimed, total).outerjoin(
        Posting, Posting.entry_id == entries.c.entry_id
    )
    for entry, amount, posted in session().execute(query.group_by(entries.c.entry_id, entries.c.claimed)):
        if amount > (posted or 0):
            yield Deviation(0, "lines", 0, f"journal entry {entry} moved {posted or 0}, claims on lines make {amount}")


def verify_reviews() -> Iterator[Deviation]:
    """Verify that what a day's draw has to take, drawn once more, is what was taken; that each draw begins where the one before ended, and that none leaves a day out."""
    ended: datetime | None = None
    days = set()
    newest: list[tuple[datetime]] = cells.rows(
        select(as_stored(HistoryEntry.at)).order_by(HistoryEntry.at.desc()).limit(1)
    )
    now = max([engine.now(), *(at for (at,) in newest if at is not UNREADABLE)])
    for row in session().scalars(select(ReviewDraw).order_by(ReviewDraw.day)):
        days.add(row.day)
        yield from (Deviation(0, "reviews", 0, f"draw of {row.day}: {name}") for name in _misplaced(row, ended, now))
        ended = row.upto
        payments = gateway().given_between(row.since, row.upto)
        to_take = {payment.id: cause for payment, cause in reviews.draw(payments, row.day)}
        query = select(Review.entry_id, Review.cause).where(Review.day == row.day)
        reviewed = {review[0]: review[1] for review in session().execute(query)}
        if to_take != reviewed or (row.paid, row.drawn) != (len(payments), len(to_take)):
            difference = (
                f"draw of {row.day}: {row.drawn} of {row.paid} were taken, {len(to_take)} of {len(payments)} have to be"
            )
            yield Deviation(0, "reviews", 0, difference)
    for day in sorted(set(session().scalars(select(Review.day).distinct())) - days):
        yield Deviation(0, "reviews", 0, f"draw of {day} is missing")


def _misplaced(row: ReviewDraw, ended: datetime | None, now: datetime) -> Iterator[str]:
    """Yield the columns of a draw that cannot be so: it ends where its day begins, is made on that day, and begins where the one before ended."""
    begins = datetime.combine(datetime.fromisoformat(row.day), time.min, ZONE)
    if row.upto != begins:
        yield "upto"
    if row.since != (ended or begins - timedelta(days=1)):
        yield "since"
    if f"{dates.day_of(row.at)}" != row.day or row.at > now:
        yield "at"


def verify_liabilities() -> Iterator[Deviation]:
    """Verify that a liability is the sum of its parts, and that each part is of one that is there; its case is asked about where the case is verified."""
    numbers = select(ProcessInstance.business_key)
    sums = select(LiabilityPart.liability_id, func.sum(LiabilityPart.amount).label("made"))
    totals = sums.group_by(LiabilityPart.liability_id).subquery()
    columns = map(as_stored, (Liability.id, Liability.case_number, Liability.amount))
    query = select(*columns, totals.c.made).outerjoin(totals, totals.c.liability_id == Liability.id)
    rows: list[tuple[int, str, int, int | None]] = cells.rows(query.order_by(Liability.id))
    for number, _, amount, sum_ in rows:
        if amount is not UNREADABLE and amount != int(sum_ or 0):
            yield Deviation(0, "ledger", 0, f"liability {number} is {amount}, its parts make {int(sum_ or 0)}")
    stray: list[tuple[int, str]] = cells.rows(
        select(as_stored(Liability.id), as_stored(Liability.case_number)).where(Liability.case_number.not_in(numbers))
    )
    for number, case_number in stray:
        yield Deviation(0, "missing", 0, f"liability {number}: its case {case_number} is gone")
    orphans: list[tuple[str]] = cells.rows(
        select(as_stored(LiabilityPart.key)).where(LiabilityPart.liability_id.not_in(select(Liability.id)))
    )
    for (key,) in orphans:
        yield Deviation(0, "missing", 0, f"liability_part {key}: its liability is gone")


def verify_receipts() -> Iterator[Deviation]:
    """Verify that no receipt says that less was paid back against it than its refunds make, without those that were taken back."""
    refunds = select(Refund.receipt_number, func.sum(Refund.amount).label("made")).where(~taken_back(Refund.entry_id))
    totals = refunds.group_by(Refund.receipt_number).subquery()
    query = select(as_stored(Receipt.number), as_stored(Receipt.refunded), totals.c.made)
    receipts: list[tuple[str, int, int]] = cells.rows(query.join(totals, totals.c.receipt_number == Receipt.number))
    for number, refunded, sum_ in receipts:
        if refunded is not UNREADABLE and int(sum_) > refunded:
            difference = f"receipt {number} says {refunded} was paid back, its refunds make {sum_}"
            yield Deviation(0, "ledger", 0, difference)


def verify_exchanges() -> Iterator[Deviation]:
    """Verify that a replacement or red invoice is of a case that is there and was entered with it, and over no more than its receipt; a red invoice over the cash."""
    row, entry, into = ReceiptExchange, JournalEntry, LedgerAccount
    cash = select(func.coalesce(func.sum(Posting.amount), 0)).join(into, into.id == Posting.credit_account_id)
    of_entry = cash.where(Posting.entry_id == row.entry_id, into.kind == "cash").scalar_subquery()
    numbers = select(ProcessInstance.business_key)
    columns = (row.number, row.kind, row.amount, row.case_number, entry.case_number, Receipt.amount, of_entry)
    query = select(*columns, row.case_number.in_(numbers)).join(entry, entry.id == row.entry_id)
    query = query.join(Receipt, Receipt.number == row.receipt_number)
    for number, kind, amount, case_number, entry_case, whole, cash_fen, is_there in session().execute(query):
        if case_number is not None and not is_there:
            yield Deviation(0, "missing", 0, f"receipt_exchange {number}: its case {case_number} is gone")
        if case_number != entry_case or amount > whole or (kind == "red_invoice" and amount != int(cash_fen)):
            yield Deviation(0, "ledger", 0, f"receipt_exchange {number} differs from its receipt or its entry")


def verify_orders() -> Iterator[Deviation]:
    """Verify that work orders, the places in them and the acts belong to orders and cases that are there; what these say is asked where the case is verified."""
    ids, numbers = select(ProcessInstance.id), select(ProcessInstance.business_key)
    orders = select(WorkOrder.id)
    questions = (
        (WorkOrder.number, WorkOrder.case_number.not_in(numbers), "its case is gone"),
        (WorkOrderCase.case_number, WorkOrderCase.instance_id.not_in(ids), "its case is gone"),
        (WorkOrderCase.case_number, WorkOrderCase.order_id.not_in(orders), "its order is gone"),
        (WorkOrderAct.key, WorkOrderAct.order_id.not_in(orders), "its order is gone"),
    )
    for column, condition, difference in questions:
        rows: list[tuple[object]] = cells.rows(select(as_stored(column, nullable=True)).where(condition))
        yield from (Deviation(0, "missing", 0, f"{column.table.name} {name}: {difference}") for (name,) in rows)
