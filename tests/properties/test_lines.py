"""The money of a line is given once, whatever several cases do with it in whatever order."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from models.base import scratch, session, transaction
from models.billing import LedgerAccount
from models.lines import DisputedLine, LineClaim
from office.derived import totals
from office.fixtures import build
from service_tasks.gateway import Effect, LinePart, Refused, gateway

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
ITEMS = [{"kind": "monthly_fee", "text": "", "amount": 300}, {"kind": "call", "text": "", "amount": 200}]
GIVEN_BEFORE = 40
CALL = {"msisdn": "13900000001", "start": datetime(2026, 10, 9, tzinfo=UTC), "basic": 120, "long_distance": 80}
WORLD = {
    "subscriptions": [
        {
            "msisdn": "13900000001",
            "late_fee": 60,
            "bill": {"period": "2026-10", "paid": 250, "items": ITEMS},
            "receipts": [{"number": "SJ-1", "kind": "charge", "amount": 250, "refunded": GIVEN_BEFORE}],
        },
        {"msisdn": "13900000002"},
    ],
    "cdrs": [CALL],
}
LINES = ("bill-item:2026-10:1", "bill-item:2026-10:2", "call:1", "late-fee:brought")
WAYS = ("reserve", "release", "credit", "other", "cash", "hold", "lift", "settle", "price", "reverse", "unnamed")
ACTS = st.tuples(st.sampled_from(WAYS), st.sampled_from(LINES), st.integers(1, 400), st.sampled_from("AB"))


def current() -> str:
    """The paper that stands for the payment: its receipt, or what that was replaced by."""
    receipt = gateway().receipt("SJ-1")
    return receipt.current if receipt else ""


def act(number: int, way: str, line: str, amount: int, case: str, done: list[int]) -> None:
    """One thing that a case does; a refusal is an answer."""
    billing, effect = gateway(), Effect(key=f"{number}", at=AT, case=case)
    own, other = billing.subscription("13900000001").id, billing.subscription("13900000002").id
    part, kind = [LinePart(line, amount, reason="部分")], "late_fee" if line.startswith("late") else "charge"
    if way == "reserve":
        billing.reserve(own, part, effect)
    elif way == "release":
        billing.release(case)
    elif way in ("credit", "other"):
        target = other if way == "other" else None
        done.append(billing.credit(own, amount, kind, effect, lines=part, target=target).entry)
    elif way == "cash":
        billing.refund_cash(current(), amount, effect, lines=part)
    elif way == "hold":
        billing.place_hold(own, amount, date(2026, 11, 26), effect, lines=part)
    elif way in ("lift", "settle"):
        billing.settle_hold(1, "rejected" if way == "lift" else "credited", effect)
    elif way == "price":
        item = billing.enter_secondary_pricing(own, "2026-11", amount, "call", effect, lines=part)
        billing.apply_secondary_pricing(item.id, Effect(key=f"{number}:run", at=AT, case=case))
    elif way == "reverse" and done:
        billing.reverse(done[-1], effect)
    elif way == "unnamed":
        billing.refund_cash(current(), amount, effect)


@settings(max_examples=60)
@given(st.lists(ACTS, max_size=12))
def test_no_order_of_things_gives_more_than_a_line_has(acts: list[tuple[str, str, int, str]]) -> None:
    """However cases reserve, pay, hold, lift, price and take back: no line, nor the bill around it, gives more than it has, with what was given before."""
    with scratch():
        with transaction():
            build(WORLD, at=AT)
        done: list[int] = []
        for number, (way, line, amount, case) in enumerate(acts):
            try:
                with transaction(), session().begin_nested():
                    act(number, way, line, amount, case, done)
            except Refused:
                continue
        line = DisputedLine
        assert session().scalar(select(func.count()).where(line.claimed > line.amount)) == 0
        cash = session().scalar(
            select(func.coalesce(func.sum(LineClaim.amount), 0)).where(LineClaim.state == "refunded")
        )
        assert cash <= 250
        owed = select(LedgerAccount.balance).where(
            LedgerAccount.kind == "receivable", LedgerAccount.subscription_id == 1
        )
        assert session().scalar(owed) >= 250 - 500 + GIVEN_BEFORE
        assert [one.what for one in totals.verify_lines() if "gone" not in one.what] == []


PROMISING = ("hold", "price", "reserve", "cash", "credit", "settled", "rejected")
PROMISES = st.tuples(st.sampled_from(PROMISING), st.integers(1, 160), st.integers(0, 5))


class Promised(NamedTuple):
    """What a hold or a run has of a line; `beside` of it is paid already, and what `waits` in reserve is that and the late fee that falls with the rest."""

    kind: str
    id: int | None
    amount: int
    beside: int
    waits: int


def promise(number: int, way: str, amount: int, which: int, promised: dict[str, Promised]) -> None:
    """One thing that the same case does with the same line, half paid; what it promises for a day to come is written down under its key."""
    billing, effect = gateway(), Effect(key=f"{number}", at=AT, case="A")
    own, part = billing.subscription("13900000001").id, [LinePart(LINES[0], amount, reason="部分")]
    if way == "hold":
        hold = billing.place_hold(own, amount, date(2026, 11, 26), effect, lines=part)
        promised[effect.key] = Promised("hold", hold.id, amount, hold.beside, hold.beside + hold.late_fee)
    elif way == "price":
        item = billing.enter_secondary_pricing(own, "2026-11", amount, "call", effect, lines=part)
        promised[effect.key] = Promised("price", item.id, amount, amount, amount)
    elif way == "reserve":
        billing.reserve(own, part, effect)
    elif way == "cash":
        billing.refund_cash(current(), amount, effect, lines=part)
    elif way == "credit":
        billing.credit(own, amount, "charge", effect, lines=part)
    elif promised:
        key = sorted(promised)[which % len(promised)]
        end(key, way, promised.pop(key), effect)


def end(key: str, way: str, kept: Promised, effect: Effect) -> None:
    """The day has come: the whole of what was promised is given, or what waited is free."""
    billing, (kind, id, amount, beside, _) = gateway(), kept
    own, part = billing.subscription("13900000001").id, [LinePart(LINES[0], amount, reason="部分")]
    if kind == "price":
        assert billing.apply_secondary_pricing(id or 0, effect).state == "applied"
        return
    decision = "credited" if way == "settled" else way
    hold = billing.settle_hold(id, decision, effect, subscription_id=own, amount=amount, lines=part, reserved=key)
    assert decision != "credited" or (hold.amount, hold.beside) == (amount - beside, beside)
    if decision == "rejected":
        billing.free(own, part, effect, key=key)


@settings(max_examples=60)
@given(st.lists(PROMISES, max_size=10))
def test_what_waits_for_its_day_is_taken_over_by_nothing_else_of_the_case(acts: list[tuple[str, int, int]]) -> None:
    """Two holds, corrections and payments of one case on one half-paid line: each has all of its own until its day, and then gets it."""
    with scratch():
        with transaction():
            build(WORLD, at=AT)
        promised: dict[str, Promised] = {}
        for number, (way, amount, which) in enumerate(acts):
            try:
                with transaction(), session().begin_nested():
                    promise(number, way, amount, which, promised)
            except Refused:
                assert way not in ("settled", "rejected")
            query = select(LineClaim.key, func.sum(LineClaim.amount)).where(LineClaim.state == "reserved")
            reserved = {key: int(fen) for key, fen in session().execute(query.group_by(LineClaim.key))}
            assert {key: reserved.get(key, 0) for key in promised} == {
                key: kept.waits for key, kept in promised.items()
            }
        assert [one.what for one in totals.verify_lines() if "gone" not in one.what] == []
