"""Scenarios' fixtures: what owners write arrives, and slips of the pen are seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from sqlalchemy import func, select

from models.base import scratch, session, transaction
from models.billing import ChargeHold, Posting
from models.identity import Department
from models.lines import LineClaim
from models.usage import BankMandate, Cdr, RechargeCard, ServiceOrder
from office.fixtures import FixtureRefused, build
from service_tasks.gateway import Balances, gateway
from tests.support.worlds import accounts

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def empty_database() -> Iterator[None]:
    """An empty database inside a transaction."""
    with accounts():
        yield


def given(text: str) -> None:
    """Build what a scenario's YAML says."""
    build(yaml.safe_load(text), at=AT)


def test_opening_balances_are_posted() -> None:
    """Every amount of a subscription stands in the ledger; what is on hold is no longer due, and settled on Thursday."""
    given(
        """
        subscriptions:
          - {msisdn: 13900000001, prepayment: 3000, deposit: 20000, late_fee: 120, held: 500,
             bill: {items: [{kind: call, text: 通话费, amount: 1500}]}}
        """
    )
    subscription = gateway().subscription("13900000001")
    assert gateway().balances(subscription.id) == Balances(3000, 1000, 120, 20000, 500)
    assert session().scalars(select(ChargeHold)).one().settle_on.isoformat() == "2026-11-26"
    assert session().scalar(select(func.sum(Posting.amount))) == 3000 + 20000 + 120 + 500 + 1500


def test_a_paid_bill_leaves_nothing_due() -> None:
    """A paid bill is charged and paid, and says so."""
    given("{subscriptions: [{msisdn: 13900000001, bill: {paid: true, items: [{amount: 1500}]}}]}")
    subscription = gateway().subscription("13900000001")
    (bill,) = gateway().bills(subscription.id)
    assert (gateway().balances(subscription.id).bill_due, bill.state, bill.period) == (0, "paid", "2026-10")


def test_times_without_zone_are_shanghais() -> None:
    """An owner writes the time on the wall."""
    given("{cdrs: [{msisdn: 13900000001, start: 2026-11-02T09:00:00}]}")
    assert session().scalars(select(Cdr.start)).one() == datetime(2026, 11, 2, 1, tzinfo=UTC)


def test_a_call_lies_on_the_bill_of_its_month() -> None:
    """A call of October is on October's bill, one of November on none yet."""
    given(
        """
        subscriptions: [{msisdn: 13900000001, bill: {period: 2026-10, items: []}}]
        cdrs: [{msisdn: 13900000001, start: 2026-10-31T23:59:00}, {msisdn: 13900000001, start: 2026-11-01T00:00:00}]
        """
    )
    october, november = session().scalars(select(Cdr.bill_id).order_by(Cdr.start))
    assert (october is None, november is None) == (False, True)


def test_what_another_case_was_credited_with_is_gone_from_the_line() -> None:
    """A scenario may begin after another case: its credit is posted, and its claim stands on the call."""
    given(
        """
        subscriptions: [{msisdn: 13900000001, bill: {period: 2026-11, items: [{kind: call, text: 长途费, amount: 500}]}}]
        cdrs: [{msisdn: 13900000001, start: 2026-11-02T09:00:00, long_distance: 70}]
        credits: [{msisdn: 13900000001, case_number: AJ-1, lines: [{line: "call:1", component: long_distance, amount: 70}]}]
        """
    )
    assert gateway().balances(gateway().subscription("13900000001").id).bill_due == 430
    (claim,) = session().scalars(select(LineClaim))
    assert (claim.case_number, claim.amount, claim.state) == ("AJ-1", 70, "credited")


def test_a_mandate_is_keyed_as_agreed_unless_said() -> None:
    """Without `keyed` the entry is right; with null it was missed."""
    account = {"bank": "工商银行", "account": "622", "holder": "虚构客户"}
    numbers = {"13900000001": {"agreed": account}, "13900000002": {"agreed": account, "keyed": None}}
    build({"subscriptions": [{"msisdn": msisdn, "mandate": mandate} for msisdn, mandate in numbers.items()]}, at=AT)
    assert session().scalars(select(BankMandate.keyed_account).order_by(BankMandate.id)).all() == ["622", None]


def test_an_order_nobody_asked_for() -> None:
    """`agreed: null` is an unrequested order, as it was keyed in."""
    given("{subscriptions: [{msisdn: 13900000001, orders: [{service: 彩铃, agreed: null}]}]}")
    order = session().scalars(select(ServiceOrder)).one()
    assert (order.agreed, order.keyed) == (None, "彩铃")


def test_a_used_cards_money_lies_where_it_was_charged() -> None:
    """On a number without subscription it lies in suspense, on a cancelled one in its prepayment."""
    given(
        """
        subscriptions: [{msisdn: 13900000002, state: cancelled, reason: request}]
        cards: [{serial: K1, state: used, charged_msisdn: 13900000001}, {serial: K2, state: used, charged_msisdn: 13900000002}]
        """
    )
    owners = session().scalars(select(RechargeCard.charged_subscription_id).order_by(RechargeCard.serial)).all()
    cancelled = gateway().subscription("13900000002")
    assert owners == [None, cancelled.id]
    assert gateway().balances(cancelled.id).prepayment == 5000


def test_departments_are_there() -> None:
    """What a process tells a department can be stored in any scenario."""
    given("{}")
    assert session().scalar(select(func.count()).select_from(Department)) == 28


@pytest.mark.parametrize(
    ("wrong", "values"),
    [
        ({"subscripions": []}, {"where": "given", "unknown": ["subscripions"]}),
        ({"subscriptions": [{"kind": "gotone"}]}, {"where": "given.subscriptions[0]", "missing": "msisdn"}),
        (
            {"subscriptions": [{"msisdn": "1", "prepayment": 12.5}]},
            {"where": "given.subscriptions[0].prepayment", "value": 12.5},
        ),
        ({"cdrs": [{"msisdn": "1", "start": "soon"}]}, {"where": "given.cdrs[0].start", "value": "soon"}),
        ({"cards": ["K1"]}, {"where": "given.cards[0]", "value": "K1"}),
    ],
)
def test_a_slip_of_the_pen_is_named(wrong: dict[str, Any], values: dict[str, Any]) -> None:
    """An unknown or missing key, or a value of the wrong kind, is refused with the place where it stands."""
    with pytest.raises(FixtureRefused) as raised:
        build(wrong, at=AT)
    assert raised.value.values == values


def test_a_kind_the_office_does_not_know_is_refused() -> None:
    """A subscription of an unknown kind is refused as a fixture, not as a failure of the database."""
    with scratch(), pytest.raises(FixtureRefused), transaction():
        given("{subscriptions: [{msisdn: 13900000001, kind: satellite}]}")
