"""What money a case moved: the postings of its journal entries in order, or by the service call that made them; what it has of lines, and what of it a run does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    String,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from engine import record
from models.base import connection, session
from models.billing import (
    ChargeHold,
    CorrectionState,
    JournalEntry,
    LedgerAccount,
    Posting,
    Refund,
    SecondaryPricingItem,
)
from models.customer import Subscription
from models.lines import ClaimState, DisputedLine, LineClaim, LineRejection
from models.notice import MessageState, OutboxMessage
from service_tasks.gateway import ledger, rejections
from service_tasks.gateway.listing import BECAME, LINE_REJECTED
from web.telling import disputed_lines


@dataclass(frozen=True)
class MoneyLine:
    """One posting of the case: from which account to which, fen; with the numbers whose accounts they are, empty of the company's own."""

    at: Any
    kind: str
    memo: str
    debit: str
    credit: str
    amount: int
    debit_number: str = ""
    credit_number: str = ""


_DEBIT, _CREDIT = LedgerAccount.__table__.alias("debit"), LedgerAccount.__table__.alias("credit")
_FROM, _TO = Subscription.__table__.alias("debited"), Subscription.__table__.alias("credited")
_LINES = (
    select(
        JournalEntry.key,
        JournalEntry.at,
        JournalEntry.kind,
        JournalEntry.memo,
        _DEBIT.c.kind,
        _CREDIT.c.kind,
        Posting.amount,
        func.coalesce(_FROM.c.msisdn, ""),
        func.coalesce(_TO.c.msisdn, ""),
    )
    .join(Posting, Posting.entry_id == JournalEntry.id)
    .join(_DEBIT, _DEBIT.c.id == Posting.debit_account_id)
    .join(_CREDIT, _CREDIT.c.id == Posting.credit_account_id)
    .outerjoin(_FROM, _FROM.c.id == _DEBIT.c.subscription_id)
    .outerjoin(_TO, _TO.c.id == _CREDIT.c.subscription_id)
    .where(JournalEntry.case_number == bindparam("number"))
    .order_by(JournalEntry.id, Posting.line)
)


def of_case(number: str) -> list[MoneyLine]:
    """Return the postings of a case, oldest first."""
    return [line for lines in by_call(number).values() for line in lines]


UNSENT = "text_not_sent"
_BY_THE_CALLS: BindParameter[Any] = bindparam("calls", expanding=True)
_POSTED = (
    select(
        literal(0).label("part"),
        JournalEntry.id.label("place"),
        JournalEntry.kind,
        ledger.moved(),
        func.sum(case((_CREDIT.c.kind == "cash", Posting.amount), else_=0)),
    )
    .join(Posting, Posting.entry_id == JournalEntry.id)
    .join(_CREDIT, _CREDIT.c.id == Posting.credit_account_id)
    .where(JournalEntry.case_number == bindparam("number"), JournalEntry.key.in_(_BY_THE_CALLS))
    .group_by(JournalEntry.id, JournalEntry.kind)
)
_UNSENT = select(literal(1), OutboxMessage.id, literal(UNSENT), literal(0), literal(0)).where(
    OutboxMessage.key.in_(_BY_THE_CALLS), OutboxMessage.state == MessageState.FAILED
)
_ENTERED = union_all(_POSTED, _UNSENT).order_by("part", "place")


def entered_by(number: str, calls: Sequence[str]) -> list[tuple[str, int, int]]:
    """Return kind, fen, and how many of them in cash, of every journal entry that service calls made in a case, by their keys; UNSENT for a text of theirs that cannot arrive."""
    rows = session().execute(_ENTERED, {"number": number, "calls": calls}) if calls else ()
    return [(kind, int(fen), int(cash)) for _part, _place, kind, fen, cash in rows]


@dataclass(frozen=True)
class Claimed:
    """What a case has of a line: its address, fen, and what became of it (reserved, credited, late_fee_waiver, refunded, held, re_priced, reversed, line_rejected, let_go)."""

    address: str
    component: str
    amount: int
    state: str
    reason: str
    at: Any


_CLAIMS = (
    select(
        DisputedLine.address,
        DisputedLine.component,
        LineClaim.amount,
        BECAME,
        LineClaim.reason,
        LineClaim.changed_at,
    )
    .join(DisputedLine, DisputedLine.id == LineClaim.line_id)
    .outerjoin(JournalEntry, JournalEntry.id == LineClaim.entry_id)
    .where(LineClaim.case_number == bindparam("number"))
    .order_by(LineClaim.id)
    .limit(bindparam("most"))
)
MOST_CLAIMS, MOST_IN_CASH = 500, 10


def claims_of(number: str) -> list[Claimed]:
    """Return what a case has of lines, in the order in which it came to have it; the first of very many."""
    return [Claimed(*row) for row in session().execute(_CLAIMS, {"number": number, "most": MOST_CLAIMS})]


_GIVEN_LINES = (
    select(JournalEntry.key, DisputedLine.address, DisputedLine.component, LineClaim.amount)
    .join(LineClaim, LineClaim.entry_id == JournalEntry.id)
    .join(DisputedLine, DisputedLine.id == LineClaim.line_id)
    .where(JournalEntry.case_number == bindparam("number"))
    .order_by(LineClaim.id)
    .limit(MOST_CLAIMS)
)


def lines_given(number: str) -> dict[str, list[tuple[str, str, int]]]:
    """Return what each entry of a case gave of lines, by its key: address, component, fen."""
    by_key: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for key, address, component, fen in session().execute(_GIVEN_LINES, {"number": number}):
        by_key[key].append((address, component, fen))
    return by_key


def let_go(entries: Iterable[record.CaseEntry], claims: Sequence[Claimed]) -> list[Claimed]:
    """Return what was picked at the steps of a case and is not the case's any more, each line as it was picked last, `at` that step."""
    has = {claim.address for claim in claims}
    by_line = {line: row for entry in entries for line, row in _picked_in(entry)}
    return [row for (address, _), row in by_line.items() if address not in has]


def asked_of(entries: Iterable[record.CaseEntry], claims: Sequence[Claimed]) -> dict[str, int]:
    """Return how much of a line the case had picked at most, in fen by its address, where it has less of it now."""
    most: dict[str, int] = {}
    for entry in entries:
        sums: dict[str, int] = defaultdict(int)
        for (line, _), row in _picked_in(entry):
            sums[line] += row.amount
        most |= {line: max(amount, most.get(line, 0)) for line, amount in sums.items()}
    has: dict[str, int] = defaultdict(int)
    for claim in claims:
        has[claim.address] += claim.amount
    return {line: most[line] for line, amount in has.items() if most.get(line, 0) > amount}


def _picked_in(entry: record.CaseEntry) -> Iterator[tuple[tuple[str, str], Claimed]]:
    """Yield the lines that were picked at the steps of an entry. A promised credit is its own case's, and comes by its run: whoever picks it never has it."""
    for step in entry.steps:
        form = record.named(step["form"]) if step["type"] == "user_task_completed" else {}
        for value in form.values():
            for row in value if isinstance(value, list) else ():
                if disputed_lines.is_picked(row) and _is_told(row) and not row["line"].startswith("promised-credit:"):
                    part, reason = str(row.get("component") or ""), row.get("reason")
                    note = reason if isinstance(reason, str) else ""
                    yield (row["line"], part), Claimed(row["line"], part, row["amount"], "let_go", note, entry.at)


def _is_told(row: Mapping[str, object]) -> bool:
    """Tell whether a picked line can still be read."""
    return isinstance(row["line"], str) and isinstance(row["amount"], int)


# What waits for a Thursday without being on hold, by the kind of it.
WAITS_AS = case((DisputedLine.address.like("late-fee:%"), "late_fee_with_hold"), else_="paid_beside_hold").label(
    "waits_as"
)


def beside_holds(*columns: ColumnElement[Any] | InstrumentedAttribute[Any]) -> Select[*tuple[Any, ...]]:
    """Return what is reserved until a Thursday beside the holds: what of the lines was paid already, and the late fee that falls with them."""
    query = select(*columns).join_from(LineClaim, DisputedLine, DisputedLine.id == LineClaim.line_id)
    return query.where(LineClaim.state == ClaimState.RESERVED, LineClaim.settle_on.is_not(None))


@dataclass(frozen=True)
class Registered:
    """What a run does for a case: the kind of item, fen, the month or the Thursday of the run, how far it is, and when it was registered."""

    at: Any
    kind: str
    amount: int
    run: str
    state: str


_ITEM, _HOLD, _CLAIM = SecondaryPricingItem, ChargeHold, LineClaim
_NO_BILL = (_ITEM.state != CorrectionState.APPLIED) & (_ITEM.omitted_by == _ITEM.NO_BILL)
_OF_RUNS = union_all(
    select(
        _ITEM.entered_at.label("at"),
        _ITEM.item_kind,
        _ITEM.amount,
        _ITEM.period,
        case((_NO_BILL, _ITEM.NO_BILL), else_=_ITEM.state).label("state"),
    ).where(_ITEM.case_number == bindparam("number")),
    select(
        _HOLD.placed_at,
        literal("charge_hold"),
        _HOLD.amount,
        cast(_HOLD.settle_on, String),
        _HOLD.state,
    ).where(_HOLD.case_number == bindparam("number")),
    beside_holds(
        func.min(_CLAIM.created_at), WAITS_AS, func.sum(_CLAIM.amount), cast(_CLAIM.settle_on, String), _CLAIM.state
    )
    .where(_CLAIM.case_number == bindparam("number"))
    .group_by(literal_column(WAITS_AS.name), _CLAIM.settle_on, _CLAIM.state),
).order_by("at")


_FIRST_CLAIMS, _RUNS = _CLAIMS.add_columns(LineClaim.id).subquery(), _OF_RUNS.subquery()
_BOTH = union_all(
    select(literal(1), *_FIRST_CLAIMS.columns),
    select(
        literal(0),
        _RUNS.c.item_kind,
        _RUNS.c.period,
        _RUNS.c.amount,
        _RUNS.c.state,
        literal(""),
        _RUNS.c.at,
        literal(0),
    ),
    rejections.standing(
        literal(1),
        DisputedLine.address,
        DisputedLine.component,
        rejections.STANDS,
        literal(LINE_REJECTED),
        literal(""),
        LineRejection.rejected_at,
        literal(0),
    ).where(LineRejection.case_number == bindparam("number")),
)


def claims_and_runs(number: str) -> tuple[list[Claimed], list[Registered]]:
    """Return the same as `claims_of`, and what was registered for a run, the first first, also when the run is over: what it moved stands in the books as well."""
    claims, runs = [], []
    for is_claim, name, part, amount, state, reason, at, order in session().execute(
        _BOTH, {"number": number, "most": MOST_CLAIMS}
    ):
        if is_claim:
            claims.append((order, Claimed(name, part, amount, state, reason, at)))
        else:
            runs.append(Registered(at, name, int(amount), part, state))
    return [claim for _, claim in sorted(claims, key=itemgetter(0))], sorted(runs, key=attrgetter("at"))


@dataclass(frozen=True)
class InCash:
    """What a customer was given in cash at a counter: fen, against which receipt and in which case; whether it has been taken back, and is owed again.

    `is_handed_back` when the customer brought it back instead, `is_by_staff` when it was the clerk's own money.
    """

    at: Any
    amount: int
    receipt_number: str | None
    case_number: str | None
    is_taken_back: bool
    is_handed_back: bool
    is_by_staff: bool


_REFUNDED = select(
    Refund.at,
    Refund.amount,
    Refund.receipt_number,
    Refund.case_number,
    ledger.taken_back(Refund.entry_id),
    ledger.handed_back(Refund.entry_id),
    false(),
).where(Refund.subscription_id == bindparam("subscription"), Refund.method == "cash")
_BACK: Any = (ledger.taken_back(JournalEntry.id), ledger.handed_back(JournalEntry.id))
_BY_STAFF = (
    select(JournalEntry.at, func.sum(LineClaim.amount), null(), JournalEntry.case_number, *_BACK, true())
    .join(LineClaim, LineClaim.entry_id == JournalEntry.id)
    .join(DisputedLine, DisputedLine.id == LineClaim.line_id)
    .where(JournalEntry.kind == "paid_by_staff", DisputedLine.subscription_id == bindparam("subscription"))
    .group_by(JournalEntry.id)
)
_OF_BOTH = union_all(_REFUNDED.add_columns(Refund.entry_id.label("entry")), _BY_STAFF.add_columns(JournalEntry.id))
_IN_CASH = _OF_BOTH.order_by(_OF_BOTH.selected_columns.at.desc(), "entry").limit(MOST_IN_CASH)


def in_cash(subscription_id: int) -> list[InCash]:
    """Return the last refunds in cash on a number, the newest first, what a clerk paid of their own among them."""
    return [InCash(*row[:-1]) for row in connection().execute(_IN_CASH, {"subscription": subscription_id})]


def by_call(number: str) -> dict[str, list[MoneyLine]]:
    """Return the same by the key of the service call."""
    by_key: dict[str, list[MoneyLine]] = defaultdict(list)
    for key, *line in session().execute(_LINES, {"number": number}):
        by_key[key].append(MoneyLine(*line))
    return by_key
