"""What people may do to any case: withdraw, extend, take a credit back, say that nobody was reached; each done whole, told, refused in words, and verified."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

import engine
from models.base import session, transaction
from models.billing import Bill, ChargeHold, Receipt
from models.complaint import Complaint
from models.instance import ProcessInstance
from models.lines import LineClaim
from models.notice import OutboxMessage
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask
from office import acts, erasure, fixtures, intake, staff, verification
from office.exports import event_log, history_json
from service_tasks.gateway import Balances, Effect, LinePart, gateway
from tests.furnishing import instance_of
from tests.people import CARL, CLEO, NORA, SAM
from tests.visitors import found_office, open_office

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)  # a Monday, 9:00 in Shanghai
IVAN = engine.Actor("ivan", frozenset({"accounting_team"}), frozenset({"clerk"}))
AMY = engine.Actor("amy", frozenset({"accounting_office"}), frozenset({"clerk"}))
SUE = replace(SAM, user="sue")
ROOM = engine.Actor("cleo", frozenset({"reception_room"}), frozenset({"clerk"}))
ITEMS = [
    {"kind": "monthly_fee", "text": "月租费", "amount": 60000},
    {"kind": "function_fee", "text": "彩铃", "amount": 5800},
]
LINE = "bill-item:2026-10:2 58.00"
JUDGED = {
    "finding": "staff",
    "error_kind": "wrong_order",
    "responsible_person": "李某",
    "finding_note": "底单与录入不符",
    "disputed_amount": "58.00",
}
RECEIPT = {"right_delivered": "no", "refund_kind": "charge", "receipt_held": "no", "repayment_method": "transfer"}
FORM = {"credit_amount": "58.00", "form_reason": "误办彩铃", "form_faxed": "yes"}
APPROVED = {"amount_approved": "yes", "authority_opinion": "同意"}
EVALUATED = {"handled_completely": "yes", "handled_by_the_rules": "yes", "follow_up_needed": "no"}
NAMED = {"unit_kind": "own", "liable_unit": "拱北厅", "liable_person": "李某"}
_numbers = count(1)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An office with its demo people and processes."""
    folder: Path = tmp_path_factory.mktemp("acts")
    url = ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql_server")
        from sqlalchemy import create_engine, make_url

        with create_engine(server, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("DROP DATABASE IF EXISTS acts"))
            connection.execute(text("CREATE DATABASE acts"))
        url = make_url(server).set(database="acts").render_as_string(hide_password=False)
    app = open_office(folder, url)
    found_office(app)
    return app


@pytest.fixture(autouse=True)
def inside(office: Flask) -> Iterator[None]:
    """A context of the office."""
    with office.app_context():
        yield


@dataclass
class Case:
    """A complaint about 58.00 of a bill of 658.00 that nobody has paid, going through TS-002."""

    number: str
    msisdn: str
    instance: int

    def step(self, form: dict[str, Any], by: engine.Actor = CLEO, at: datetime = AT) -> None:
        """Complete its only open step."""
        (task,) = session().scalars(
            select(UserTask.id).where(UserTask.instance_id == self.instance, UserTask.state == "open")
        )
        engine.complete(task, form=form, by=by, at=at)

    def held(self) -> Case:
        """With its money on hold until Thursday."""
        for form in (JUDGED, {**RECEIPT, "disputed_lines": [LINE]}, FORM):
            self.step(form)
        self.step(APPROVED, by=SAM)
        self.step({"accounting_way": "hold", "credit_amount": "58.00"}, by=IVAN)
        return self

    def credited(self) -> Case:
        """With its money credited."""
        for form in (JUDGED, {**RECEIPT, "disputed_lines": [LINE]}, FORM):
            self.step(form)
        self.step(APPROVED, by=SAM)
        self.step({"accounting_way": "credit", "credit_amount": "58.00"}, by=IVAN)
        return self

    def closed(self) -> Case:
        """Credited, answered, closed."""
        self.credited().step({"resolution": "已抵扣", "reply_channel": "counter"})
        self.step(NAMED, by=SAM)
        self.step({"liable_objects": "no"})
        self.step(EVALUATED, by=ROOM)
        self.step({"own_fault": "no", "cause_analysis": "客户忘记了"}, by=ROOM)
        return self

    @property
    def stands(self) -> Balances:
        """What stands on its number."""
        return gateway().balances(gateway().subscription(self.msisdn).id)

    @property
    def row(self) -> Complaint:
        """Its complaint."""
        session().expire_all()
        return session().get_one(Complaint, self.number)

    @property
    def due(self) -> datetime | None:
        """Its limit."""
        session().expire_all()
        return session().get_one(ProcessInstance, self.instance).due_at

    def said(self) -> list[str]:
        """What its customer was told, by template."""
        query = select(OutboxMessage.template).where(OutboxMessage.case_number == self.number)
        return list(session().scalars(query.order_by(OutboxMessage.id)))

    def claims(self) -> list[tuple[str, int]]:
        """What it has of lines."""
        query = select(LineClaim.state, LineClaim.amount).where(LineClaim.case_number == self.number)
        return [(*row,) for row in session().execute(query.order_by(LineClaim.id))]

    def contradictions(self) -> list[str]:
        """What contradicts its record, money included."""
        session().expire_all()
        return [one.what for one in verification.verify(self.instance).deviations]


def case(**more: Any) -> Case:
    """A new one, with a customer of its own."""
    msisdn = f"1391234{next(_numbers):04d}"
    bill = {"period": "2026-10", "items": ITEMS}
    with transaction():
        fixtures.build({"subscriptions": [{"msisdn": msisdn, "bill": bill, **more}]}, at=AT)
    taken = intake.Intake(
        msisdn=msisdn,
        text="误办彩铃",
        process="TS-002",
        channel="counter",
        disputed_amount=5800,
        overrule_reason="客户要求",
    )
    number = intake.accept(taken, by=CLEO, at=AT)
    return Case(number, msisdn, instance_of(number))


def withdraw(one: Case, **other: Any) -> None:
    """As Cleo writes it down at the counter."""
    asked = {
        "reason": "客户说不追究了",
        "said_by": "customer",
        "channel": "counter",
        "tell": "sms",
        "by": CLEO,
        "at": AT,
    }
    acts.withdraw(one.number, **{**asked, **other})


def refused(call: Callable[[], Any]) -> dict[str, list[str]]:
    """The codes of a refusal, by field."""
    with pytest.raises(acts.NotDone) as raised:
        call()
    return {field: [one.code for one in found] for field, found in raised.value.values["reasons"].items()}


def test_withdrawn_with_58_on_hold_everything_is_as_before(office: Flask) -> None:
    """The hold is due again, the line free for another case, nothing waits any more, and the customer is told so."""
    one = case().held()
    assert (one.stands.held, one.claims()) == (5800, [("held", 5800)])
    withdraw(one, at=AT + timedelta(days=1))
    assert (one.stands.held, one.stands.bill_due, one.claims()) == (0, 65800, [])
    assert (one.row.state, one.row.outcome, one.said()[-1]) == ("closed", "withdrawn", "withdrawn_due")
    for waits in (Timer, MessageSubscription):
        assert session().scalar(select(func.count()).where(waits.instance_id == one.instance)) == 0
    opened = select(func.count()).where(UserTask.instance_id == one.instance, UserTask.state == "open")
    assert session().scalar(opened) == 0
    assert session().scalars(select(ChargeHold.state).where(ChargeHold.case_number == one.number)).all() == ["rejected"]
    assert one.contradictions() == []


def test_no_late_fee_for_the_time_on_hold(office: Flask) -> None:
    """Of the days on hold the 58.00 draw nothing, whenever the fee of these days is drawn; from the day after they do."""
    one = case().held()
    subscription = gateway().subscription(one.msisdn).id
    (bill,) = session().scalars(select(Bill).where(Bill.subscription_id == subscription))
    withdraw(one, at=AT + timedelta(days=2))
    with transaction():
        drawn = [
            gateway().accrue_late_fee(bill.id, date(2026, 11, day), Effect(key=f"{one.number}:late:{day}", at=AT))
            for day in (22, 23, 25, 26)
        ]
    whole, without = 65800 * 3 // 1000, 60000 * 3 // 1000
    assert drawn == [whole, without, without, whole]


def test_exports_tell_how_it_ended(office: Flask) -> None:
    """The event log names the outcome and the act with whoever did it; the history of the case as a file verifies, after its end too."""
    one = case().held()
    withdraw(one)
    (verdict,) = verification.verify_each([one.instance])
    log = event_log.trace(verdict, personal=False)
    assert '<string key="outcome" value="withdrawn"/>' in log
    assert 'value="case_withdrawn"/>' in log
    assert "客户说不追究了" not in log
    told = history_json(one.instance)
    assert "客户说不追究了" not in told
    assert '"verified": true' in told


def test_withdrawn_before_any_money_its_reserve_is_free(office: Flask) -> None:
    """A line in reserve of the case can be had by the next one."""
    one = case()
    one.step(JUDGED)
    one.step({**RECEIPT, "disputed_lines": [LINE]})
    assert one.claims() == [("reserved", 5800)]
    withdraw(one, said_by="agent", channel="phone", tell="phone")
    assert (one.claims(), one.row.outcome, one.said()) == ([], "withdrawn", ["withdrawn"])
    assert one.contradictions() == []


def test_withdrawal_is_refused_where_money_has_gone_out(office: Flask) -> None:
    """What was given is told, nothing changes; taken back, the case can be withdrawn."""
    one = case().credited()
    assert refused(lambda: withdraw(one)) == {"case": ["money_given"]}
    assert (one.stands.bill_due, one.row.state) == (60000, "open")
    (credit,) = acts.credits_of(one.number)
    number = acts.ask_reversal(one.number, entry=credit.key, reason="冲错了", by=CLEO, at=AT)
    assert acts.agree_reversal(one.number, number, tell="sms", by=SAM, at=AT)
    withdraw(one)
    assert (one.stands.bill_due, one.claims(), one.row.outcome) == (65800, [("reversed", 5800)], "withdrawn")
    assert one.contradictions() == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"reason": " "}, {"reason": ["required"]}),
        ({"reason": "长" * 301}, {"reason": ["too_long"]}),
        ({"said_by": "neighbour"}, {"said_by": ["not_an_option"]}),
        ({"channel": ""}, {"channel": ["required"]}),
        ({"tell": "pigeon"}, {"tell": ["not_an_option"]}),
    ],
)
def test_what_is_wrong_is_told_by_field(office: Flask, wrong: dict[str, str], told: dict[str, list[str]]) -> None:
    """Nothing half done."""
    one = case()
    assert refused(lambda: withdraw(one, **wrong)) == told
    assert one.row.state == "open"


def test_who_may_not(office: Flask) -> None:
    """Another department does not withdraw, nobody does with a number of their household, and a closed case is closed."""
    one = case()
    with pytest.raises(intake.NotAtACounter):
        withdraw(one, by=NORA)
    staff.identify("ivan", at=AT, employee="E-77", added=[one.msisdn])
    with pytest.raises(engine.NotPermitted):
        withdraw(one, by=IVAN)
    withdraw(one)
    with pytest.raises(engine.InstanceEnded):
        withdraw(one)


def ask(one: Case, until: date | None = date(2026, 11, 26), by: engine.Actor = CLEO, at: datetime = AT) -> int:
    """Ask for more time."""
    return acts.ask_extension(one.number, until=until, reason="要等交换局取证", by=by, at=at)


def test_an_extension_moves_the_case_and_its_open_steps(office: Flask) -> None:
    """Asked for by the clerk, granted by somebody else, once; the customer hears the day, later steps go by it too."""
    one = case()
    before = one.due
    number = ask(one)
    with pytest.raises(engine.NotPermitted):
        acts.grant_extension(one.number, number, tell="sms", by=CARL, at=AT)
    acts.grant_extension(one.number, number, tell="sms", by=SAM, at=AT)
    close = datetime(2026, 11, 26, 10, tzinfo=UTC)
    assert before is not None
    assert (one.due, one.row.extended_to, one.said()) == (close, close, ["extended"])
    opened = select(UserTask.due_at).where(UserTask.instance_id == one.instance, UserTask.state == "open")
    one.step(JUDGED)
    assert set(session().scalars(opened)) <= {close, None, close + timedelta(days=1)}
    assert refused(lambda: ask(one)) == {"case": ["extended_once"]}
    assert one.contradictions() == []


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (None, "required"),
        (date(2026, 11, 24), "not_an_extension"),
        (date(2026, 11, 29), "not_a_working_day"),
        (date(2026, 12, 2), "not_an_extension"),
    ],
)
def test_days_that_are_no_extension(office: Flask, until: date | None, code: str) -> None:
    """After the limit, a working day, and at most five of them."""
    one = case()
    assert refused(lambda: ask(one, until)) == {"until": [code]}
    ask(one, date(2026, 12, 1))


def test_a_limit_that_has_passed_is_not_extended(office: Flask) -> None:
    """Neither asked for nor granted afterwards; a refused request may be followed by another."""
    one = case()
    number = ask(one)
    late = AT + timedelta(hours=25)
    told = refused(lambda: acts.grant_extension(one.number, number, tell="sms", by=SAM, at=late))
    assert told == {"case": ["limit_passed"]}
    acts.refuse(one.number, number, reason="不复杂", by=SAM, at=AT)
    assert refused(lambda: ask(one, at=late)) == {"case": ["limit_passed"]}
    assert ask(one) == number + 1


def test_a_request_lapses_with_its_case(office: Flask) -> None:
    """No supervisor finds one that nobody can answer any more: not of more time when the case is over, nor of a credit of an erased one."""
    one = case()
    ask(one)
    withdraw(one)
    assert [row.state for row in acts.requests_of(one.number)] == ["lapsed"]
    assert one.contradictions() == []
    two = case().closed()
    (credit,) = acts.credits_of(two.number)
    acts.ask_reversal(two.number, entry=credit.key, reason="冲错了", by=CLEO, at=AT)
    erasure.erase(two.instance, reason="客户要求", by=SAM, at=AT)
    assert [row.state for row in acts.requests_of(two.number)] == ["lapsed"]
    assert two.contradictions() == []


def test_nobody_grants_what_they_asked_for(office: Flask) -> None:
    """Nor the same person under another log-in."""
    one = case()
    number = ask(one, by=SAM)
    with pytest.raises(engine.NotPermitted) as told:
        acts.grant_extension(one.number, number, tell="sms", by=SAM, at=AT)
    assert told.value.code == "SamePerson"
    staff.identify("sam", at=AT, employee="E-1")
    staff.identify("olu", at=AT, employee="E-1")
    with pytest.raises(engine.NotPermitted) as told:
        acts.grant_extension(one.number, number, tell="sms", by=replace(SAM, user="olu"), at=AT)
    assert told.value.code == "SamePerson"


def test_a_wrong_credit_of_a_closed_case_is_taken_back(office: Flask) -> None:
    """Two people; the bill is due again, the line can be given again, the customer is told, and the step after the end verifies."""
    one = case().closed()
    assert one.row.state == "closed"
    (credit,) = acts.credits_of(one.number)
    number = acts.ask_reversal(one.number, entry=credit.key, reason="是客户自己开的", by=CLEO, at=AT)
    assert refused(lambda: acts.ask_reversal(one.number, entry=credit.key, reason="再来", by=CLEO, at=AT)) == {
        "entry": ["asked_already"]
    }
    with pytest.raises(engine.NotPermitted):
        acts.agree_reversal(one.number, number, tell="sms", by=CLEO, at=AT)
    with pytest.raises(engine.NotPermitted):  # up to 500 the supervisor, not accounting
        acts.agree_reversal(one.number, number, tell="sms", by=IVAN, at=AT)
    assert acts.agree_reversal(one.number, number, tell="sms", by=SAM, at=AT)
    assert (one.stands.bill_due, one.claims(), one.said()[-1]) == (65800, [("reversed", 5800)], "taken_back")
    assert acts.credits_of(one.number) == []
    assert one.contradictions() == []
    again = case()
    assert again.row.state == "open"
    erasure.erase(one.instance, reason="客户要求", by=SAM, at=AT)
    assert one.contradictions() == []
    with pytest.raises(engine.AlreadyErased):
        engine.note(one.instance, [{"type": "customer_tried", "attempt": 1, "channel": "phone"}], by=SAM, at=AT)


def test_above_500_a_supervisor_and_accounting(office: Flask) -> None:
    """Neither two supervisors nor two of accounting; whoever comes first, the other office has the last word."""
    one = case()
    subscription = gateway().subscription(one.msisdn).id
    parts = [LinePart("bill-item:2026-10:1", 60000)]
    by_hand = Effect(key=f"{one.number}:by hand", at=AT, case=one.number)
    with transaction():
        gateway().credit(subscription, 60000, "charge", by_hand, lines=parts)
    (credit,) = acts.credits_of(one.number)
    number = acts.ask_reversal(one.number, entry=credit.key, reason="冲错了", by=CLEO, at=AT)
    assert not acts.agree_reversal(one.number, number, tell="sms", by=SAM, at=AT)
    with pytest.raises(engine.NotPermitted):
        acts.agree_reversal(one.number, number, tell="sms", by=SUE, at=AT)
    assert one.stands.bill_due == 5800
    assert acts.agree_reversal(one.number, number, tell="sms", by=AMY, at=AT)
    assert one.stands.bill_due == 65800


def by_hand(one: Case, word: str) -> Effect:
    """Why money moves in a test that needs no service task for it."""
    return Effect(key=f"{one.number}:{word}", at=AT, case=one.number)


def take_back(one: Case) -> None:
    """Cleo asks, Sam agrees."""
    (credit,) = acts.credits_of(one.number)
    number = acts.ask_reversal(one.number, entry=credit.key, reason="冲错了", by=CLEO, at=AT)
    acts.agree_reversal(one.number, number, tell="sms", by=SAM, at=AT)


def test_a_settled_hold_that_is_taken_back_is_due_and_not_held_again(office: Flask) -> None:
    """Nobody would settle it a second time."""
    one = case().held()
    (hold,) = gateway().holds(one.number)
    with transaction():
        gateway().settle_hold(hold.id, "credited", by_hand(one, "settled"))
    take_back(one)
    assert (one.stands.held, one.stands.bill_due, one.claims()) == (0, 65800, [("reversed", 5800)])


def test_a_transfer_that_the_other_number_has_spent_is_not_taken_back(office: Flask) -> None:
    """The account would fall below zero: refused in words, and nothing has moved."""
    one, other = case(prepayment=2000), case()
    source, target = (gateway().subscription(of.msisdn).id for of in (one, other))
    with transaction():
        gateway().transfer(source, target, 2000, by_hand(one, "moved"))
        gateway().refund_prepayment(target, by_hand(other, "spent"))
    assert refused(lambda: take_back(one)) == {"case": ["insufficient_prepayment"]}
    assert (one.stands.prepayment, other.stands.prepayment) == (0, 0)


def test_a_paid_bill_and_its_receipt_are_as_before_the_credit(office: Flask) -> None:
    """The receipt, which the credit had spent, holds again what it held."""
    bill = {"period": "2026-10", "items": ITEMS, "paid": True}
    receipt = {"number": f"SJ-A{next(_numbers)}", "kind": "charge", "amount": 65800, "issued_at": "2026-11-12T09:00:00"}
    one = case(bill=bill, receipts=[receipt])
    before = one.stands
    one.credited()
    session().expire_all()
    assert session().get_one(Receipt, receipt["number"]).refunded == 5800
    (credit,) = acts.credits_of(one.number)
    number = acts.ask_reversal(one.number, entry=credit.key, reason="冲错了", by=CLEO, at=AT)
    acts.agree_reversal(one.number, number, tell="letter", by=SAM, at=AT)
    session().expire_all()
    assert (session().get_one(Receipt, receipt["number"]).refunded, one.stands) == (0, before)
    assert verification.verify_office() == []
    assert one.contradictions() == []


def test_three_tries_on_two_days_then_a_text_then_closed(office: Flask) -> None:
    """Before that what is missing is told; a try within the hour is the same try; only where the customer is waited for."""
    one = case()
    day = AT + timedelta(days=1)
    assert refused(lambda: acts.close_unreached(one.number, tell="sms", by=CLEO, at=AT)) == {
        "case": ["customer_not_awaited", "tries_missing", "another_day_missing"]
    }
    one.step(JUDGED)
    one.step(
        {**RECEIPT, "refund_kind": "charge", "receipt_held": "no", "repayment_method": "cash", "disputed_lines": [LINE]}
    )
    acts.try_customer(one.number, channel="phone", by=CLEO, at=AT)
    soon = AT + timedelta(minutes=59)
    assert refused(lambda: acts.try_customer(one.number, channel="phone", by=CARL, at=soon)) == {
        "case": ["tried_just_now"]
    }
    for hour in (1, 2):
        acts.try_customer(one.number, channel="phone", by=CLEO, at=AT + timedelta(hours=hour))
    assert refused(lambda: acts.close_unreached(one.number, tell="sms", by=CLEO, at=AT)) == {
        "case": ["another_day_missing"]
    }
    acts.try_customer(one.number, channel="visit", by=CARL, at=day)
    acts.close_unreached(one.number, tell="sms", by=CLEO, at=day)
    assert (one.row.state, one.row.outcome, one.said(), one.claims()) == ("closed", "not_reached", ["not_reached"], [])
    assert [(t.attempt, t.by) for t in acts.tries_of(one.number)] == [
        (1, "cleo"),
        (2, "cleo"),
        (3, "cleo"),
        (4, "carl"),
    ]
    assert one.contradictions() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_request SET reason = '别的' WHERE case_number = :of",
        "UPDATE case_request SET asked_by = 'sam' WHERE case_number = :of",
        "DELETE FROM case_request WHERE case_number = :of",
        "UPDATE complaint SET outcome = 'withdrawn' WHERE case_number = :of",
        "UPDATE complaint SET extended_to = NULL WHERE case_number = :of",
        "UPDATE outbox_message SET body = '没有延长' WHERE case_number = :of",
        "DELETE FROM customer_try WHERE case_number = :of",
        "UPDATE customer_try SET user_name = 'sam' WHERE case_number = :of",
    ],
)
def test_rows_that_say_otherwise_are_found(office: Flask, statement: str) -> None:
    """Requests, tries, outcome and messages are held against the record."""
    one = case()
    acts.grant_extension(one.number, ask(one), tell="sms", by=SAM, at=AT)
    acts.try_customer(one.number, channel="phone", by=CLEO, at=AT)
    assert one.contradictions() == []
    assert session().execute(text(statement), {"of": one.number}).rowcount == 1  # type: ignore[attr-defined]
    try:
        assert [one.what for one in verification.verify(one.instance).deviations]
    finally:
        session().rollback()
