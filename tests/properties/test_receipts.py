"""What was paid is what is out in cash, what went back otherwise, and what the paper in the customer's hands stands over, whatever is repaid and taken back."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from models.base import scratch, session, transaction
from models.billing import Refund
from office.derived import totals
from office.fixtures import build
from service_tasks.gateway import Effect, LinePart, Receipt, Refused, gateway, ledger

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
WHOLE = 250
ITEMS = [{"kind": "monthly_fee", "text": "", "amount": 150}, {"kind": "call", "text": "", "amount": 100}]
WAYS = ("cash", "cash", "unnamed", "credit", "owed", "handed_back")
ACTS = st.tuples(st.sampled_from(WAYS), st.integers(1, 2), st.integers(1, 120), st.integers(0, 4))


def world(medium: str) -> dict[str, object]:
    """A paid bill with its receipt."""
    receipt = {"number": "SJ-1", "kind": "charge", "amount": WHOLE, "medium": medium}
    bill = {"period": "2026-10", "paid": True, "items": ITEMS}
    return {"subscriptions": [{"msisdn": "13900000001", "bill": bill, "receipts": [receipt]}]}


def act(number: int, way: str, item: int, amount: int, which: int, done: list[int]) -> None:
    """One thing that cases do with the receipt; a refusal is an answer."""
    billing, effect = gateway(), Effect(key=f"{number}", at=AT, case="A")
    own, part = billing.subscription("13900000001").id, [LinePart(f"bill-item:2026-10:{item}", amount, reason="部分")]
    if way == "credit":
        done.append(billing.credit(own, amount, "charge", effect, lines=part).entry)
    elif way in ("cash", "unnamed"):
        lines = part if way == "cash" else ()
        done.append(billing.refund_cash(paper().number, amount, effect, lines=lines).entry)
    elif done:
        billing.reverse(done.pop(which % len(done)), effect, handed_back=way == "handed_back")


def paper() -> Receipt:
    """The paper that stands for the payment, the only one that does."""
    papers = gateway().receipts(gateway().subscription("13900000001").id)
    (standing,) = [one for one in papers if one.is_current]
    return standing


def cash_out() -> int:
    """What the customer has in cash, whether it was taken back and is owed or not; fen."""
    out = select(func.coalesce(func.sum(Refund.amount), 0)).where(~ledger.handed_back(Refund.entry_id))
    return int(session().scalar(out) or 0)


@settings(max_examples=60)
@given(st.lists(ACTS, max_size=8), st.sampled_from(("paper", "electronic")))
def test_a_paper_says_what_is_held_and_never_what_is_out_in_cash(
    acts: list[tuple[str, int, int, int]], medium: str
) -> None:
    """No replacement says less than may still come back, nor more than was paid without the cash; red invoices make the cash, and nothing pays twice."""
    with scratch():
        with transaction():
            build(world(medium), at=AT)
        done: list[int] = []
        for number, what in enumerate(acts):
            try:
                with transaction(), session().begin_nested():
                    act(number, *what, done)
            except Refused:
                continue
        session().expire_all()
        standing, out = paper(), cash_out()
        rest = standing.left - standing.owed
        if medium == "electronic":
            assert standing.number == "SJ-1"
            assert sum(red.amount for red in standing.red_invoices if not red.is_void) == out
        elif rest > 0:
            assert rest <= standing.amount <= WHOLE - out
        assert [one.what for one in totals.verify_receipts()] == []
        assert [one.what for one in totals.verify_exchanges() if "gone" not in one.what] == []
