"""What people may do to any case: withdraw, extend, take back what was given, say that nobody was reached; each done whole, told, refused in words, and verified."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

import engine
from engine import cases, language, running
from engine.runtime import Call
from models.base import session, transaction
from models.billing import Bill, ChargeHold, Receipt
from models.complaint import PAYMENT, Complaint
from models.instance import ProcessInstance
from models.liability import Liability
from models.lines import LineClaim, LineRejection
from models.notice import DepartmentNotice, OutboxMessage
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask
from office import acts, correspondence, erasure, fixtures, intake, letters, replies, staff, verification
from office.exports import event_log, history_json
from service_tasks import evaluation
from service_tasks.classification import repetition
from service_tasks.gateway import Balances, Effect, LinePart, gateway
from tests.support.actors import CARL, CLEO, NORA, SAM
from tests.support.furnishing import instance_of

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
PAID_OUT = {"refund_amount": "58.00", "receipt_taken_back": "yes", "customer_signed": "yes"}
APPROVED = {"amount_approved": "yes", "authority_opinion": "同意"}
EVALUATED = {"handled_completely": "yes", "handled_by_the_rules": "yes", "follow_up_needed": "no"}
NAMED = {"unit_kind": "own", "liable_unit": "拱北厅", "liable_person": "李某"}
_numbers = count(1)


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
        cases.complete(task, form=form, by=by, at=at)

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
        self.step({"answered_by": "supervisor", "heard_how": "电话告知", "liable_objects": "no"}, by=SAM)
        if self.stands_at == "evaluate_result":  # one case of twenty is drawn
            self.step(EVALUATED, by=ROOM)
        self.step({"own_fault": "no", "cause_analysis": "客户忘记了"}, by=ROOM)
        return self

    @property
    def stands_at(self) -> str:
        """Its only open step."""
        conditions = (UserTask.instance_id == self.instance, UserTask.state == "open")
        return session().scalars(select(UserTask.element_id).where(*conditions)).one()

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
        return [deviation.what for deviation in verification.verify(self.instance).deviations]


def taking(msisdn: str) -> intake.Intake:
    """The complaint as it is taken in."""
    return intake.Intake(
        msisdn=msisdn,
        text="误办彩铃",
        process="TS-002",
        channel="counter",
        disputed_amount=5800,
        overrule_reason="客户要求",
    )


def case(**more: Any) -> Case:
    """A new one, with a customer of its own."""
    msisdn = f"1391234{next(_numbers):04d}"
    bill = {"period": "2026-10", "items": ITEMS}
    with transaction():
        fixtures.build({"subscriptions": [{"msisdn": msisdn, "bill": bill, **more}]}, at=AT)
    number = intake.accept(taking(msisdn), by=CLEO, at=AT)
    return Case(number, msisdn, instance_of(number))


def withdraw(complaint: Case, **changes: Any) -> None:
    """As Cleo writes it down at the counter."""
    request = {
        "reason": "客户说不追究了",
        "said_by": "customer",
        "channel": "counter",
        "tell": "sms",
        "by": CLEO,
        "at": AT,
    }
    acts.withdraw(complaint.number, **{**request, **changes})


def refused(call: Callable[[], Any]) -> dict[str, list[str]]:
    """The codes of a refusal, by field."""
    with pytest.raises(acts.NotDone) as raised:
        call()
    return {field: [reason.code for reason in reasons] for field, reasons in raised.value.values["reasons"].items()}


def given_by(complaint: Case) -> tuple[str, int, int]:
    """How the money went that stands in the way of a withdrawal, all of it and what of it was cash."""
    with pytest.raises(acts.NotDone) as raised:
        withdraw(complaint)
    (reason,) = raised.value.values["reasons"]["case"]
    return reason.values["way"], reason.values["amount"], reason.values["cash"]


def test_withdrawn_with_58_on_hold_everything_is_as_before(office: Flask) -> None:
    """The hold is due again, the line free for another case and rejected by nobody, nothing waits any more, and the customer is told so."""
    complaint = case().held()
    assert (complaint.stands.held, complaint.claims()) == (5800, [("held", 5800)])
    withdraw(complaint, at=AT + timedelta(days=1))
    assert (complaint.stands.held, complaint.stands.bill_due, complaint.claims()) == (0, 65800, [])
    assert (complaint.row.state, complaint.row.outcome, complaint.said()[-1]) == (
        "closed",
        "withdrawn",
        "withdrawn_due",
    )
    for waits in (Timer, MessageSubscription):
        assert session().scalar(select(func.count()).where(waits.instance_id == complaint.instance)) == 0
    opened = select(func.count()).where(UserTask.instance_id == complaint.instance, UserTask.state == "open")
    assert session().scalar(opened) == 0
    assert session().scalars(select(ChargeHold.state).where(ChargeHold.case_number == complaint.number)).all() == [
        "rejected"
    ]
    rejections = select(LineRejection.line_id).where(LineRejection.case_number == complaint.number)
    assert session().scalars(rejections).all() == []
    assert complaint.contradictions() == []


def states(complaint: Case) -> list[tuple[str, str]]:
    """The words to its customer: template, and whether they wait, were sent, or why they were called back."""
    query = select(OutboxMessage.template, OutboxMessage.state, OutboxMessage.recalled_for)
    rows = session().execute(query.where(OutboxMessage.case_number == complaint.number).order_by(OutboxMessage.id))
    return [(row.template, row.recalled_for or row.state) for row in rows]


def test_a_withdrawn_case_promises_nothing_any_more(office: Flask) -> None:
    """What was promised and waits is called back with its reason, what was sent stays, and result and customer's copy say what is so."""
    complaint = case().held()
    assert states(complaint) == [("charge_held", "queued")]
    replies.send(complaint.number, "周四核算", key="1", by=CLEO, at=AT)
    for waiting in correspondence.waiting(limit=1000):
        if waiting.case_number == complaint.number and waiting.template == "charge_held":
            correspondence.report(waiting.id, at=AT)
    withdraw(complaint)
    assert states(complaint) == [
        ("charge_held", "sent"),
        ("interim_reply", "case_withdrawn"),
        ("withdrawn_due", "queued"),
    ]
    assert "撤回" in (complaint.row.resolution or "")
    assert [message for message in correspondence.undelivered() if message.case_number == complaint.number] == []
    assert complaint.contradictions() == []


def test_a_credit_taken_back_calls_back_what_promised_it(office: Flask) -> None:
    """The answer by text that names the credit and has not left is called back; the result is that it was taken back."""
    complaint = case().credited()
    complaint.step({"resolution": "已冲减 58.00 元", "reply_channel": "sms"})
    assert ("reply", "queued") in states(complaint)
    take_back(complaint)
    assert ("reply", "credit_reversed") in states(complaint)
    assert states(complaint)[-1] == ("taken_back", "queued")
    assert "58.00" in (complaint.row.resolution or "")
    assert "已冲减" not in (complaint.row.resolution or "")
    assert complaint.contradictions() == []


def written_before(complaint: Case) -> OutboxMessage:
    """A letter of its answer as the version before wrote it: the complaint counts as answered with the writing."""
    complaint.credited().step({"resolution": "已冲减 58.00 元", "reply_channel": "letter"})
    (letter,) = [message for message in correspondence.undelivered() if message.case_number == complaint.number]
    with transaction():
        row = complaint.row
        row.replied_at, row.state = letter.queued_at, "replied"
    assert complaint.row.replied_at == letter.queued_at
    return letter


def test_a_letter_of_the_version_before_answers_when_it_is_posted_as_well(office: Flask) -> None:
    """What counted from the writing counts from the posting; of one that is called back nothing was answered."""
    first, second = case(), case()
    letter, later = written_before(first), AT + timedelta(days=1)
    letters.post(letter.id, case_number=first.number, on=date(2026, 11, 23), by=CLEO, at=later)
    assert (first.row.replied_at, first.row.state, first.contradictions()) == (later, "replied", [])
    written_before(second)
    take_back(second)
    assert (second.row.replied_at, second.row.state, second.contradictions()) == (None, "open", [])
    third = case()
    third.credited().step({"resolution": "已冲减 58.00 元", "reply_channel": "counter"})
    heard_at = third.row.replied_at
    take_back(third)
    assert (third.row.replied_at, third.contradictions()) == (heard_at, [])


def test_a_letter_answers_when_somebody_posts_it(office: Flask) -> None:
    """Written with the step, it waits to be posted; the day is between writing and today; then the complaint has its answer, and no sooner."""
    complaint = case().credited()
    complaint.step({"resolution": "已冲减 58.00 元", "reply_channel": "letter"})
    (letter,) = [message for message in correspondence.undelivered() if message.case_number == complaint.number]
    assert (letter.channel, complaint.row.replied_at, complaint.contradictions()) == ("letter", None, [])
    later = AT + timedelta(days=1)
    for day, code in (
        (None, "required"),
        (date(2026, 11, 22), "not_the_day_of_posting"),
        (date(2026, 11, 25), "not_the_day_of_posting"),
    ):
        with pytest.raises(language.InvalidForm) as raised:
            letters.post(letter.id, case_number=complaint.number, on=day, by=CLEO, at=later)
        assert [reason.code for reason in raised.value.reasons["posted_on"]] == [code]
    letters.post(letter.id, case_number=complaint.number, on=date(2026, 11, 23), by=CLEO, at=later)
    assert (complaint.row.replied_at, complaint.row.state) == (later, "replied")
    assert [message for message in correspondence.undelivered() if message.case_number == complaint.number] == []
    with pytest.raises(correspondence.UnknownMessage):
        letters.post(letter.id, case_number=complaint.number, on=date(2026, 11, 23), by=CLEO, at=later)
    assert complaint.contradictions() == []


def test_a_letter_not_posted_is_called_back_with_its_credit(office: Flask) -> None:
    """Nobody posts it afterwards."""
    complaint = case().credited()
    complaint.step({"resolution": "已冲减 58.00 元", "reply_channel": "letter"})
    (letter,) = [message for message in correspondence.undelivered() if message.case_number == complaint.number]
    take_back(complaint)
    with pytest.raises(correspondence.UnknownMessage):
        letters.post(letter.id, case_number=complaint.number, on=date(2026, 11, 23), by=CLEO, at=AT)
    assert [message for message in correspondence.undelivered() if message.case_number == complaint.number] == []
    assert complaint.contradictions() == []


def test_what_was_sent_while_it_was_called_back_was_sent(office: Flask) -> None:
    """A program that had taken the message already says so, and the record does too; that it failed then changes nothing."""
    complaint = case().held()
    (waiting,) = [message for message in correspondence.waiting(limit=1000) if message.case_number == complaint.number]
    withdraw(complaint)
    with pytest.raises(correspondence.UnknownMessage):
        correspondence.report(waiting.id, at=AT, failure="空号")
    correspondence.report(waiting.id, at=AT)
    session().expire_all()
    assert states(complaint)[0] == ("charge_held", "sent")


def test_no_late_fee_for_the_time_on_hold(office: Flask) -> None:
    """Of the days on hold the 58.00 draw nothing, whenever the fee of these days is drawn; from the day after they do."""
    complaint = case().held()
    subscription = gateway().subscription(complaint.msisdn).id
    (bill,) = session().scalars(select(Bill).where(Bill.subscription_id == subscription))
    withdraw(complaint, at=AT + timedelta(days=2))
    with transaction():
        fees = [
            gateway().accrue_late_fee(bill.id, date(2026, 11, day), Effect(key=f"{complaint.number}:late:{day}", at=AT))
            for day in (22, 23, 25, 26)
        ]
    whole, without = 65800 * 3 // 1000, 60000 * 3 // 1000
    assert fees == [whole, without, without, whole]


def test_exports_tell_how_it_ended(office: Flask) -> None:
    """The event log names the outcome and the act with whoever did it; the history of the case as a file verifies, after its end too."""
    complaint = case().held()
    withdraw(complaint)
    (verdict,) = verification.verify_each([complaint.instance])
    log = event_log.trace(verdict, personal=False)
    assert '<string key="outcome" value="withdrawn"/>' in log
    assert 'value="case_withdrawn"/>' in log
    assert "客户说不追究了" not in log
    export = history_json(complaint.instance)
    assert "客户说不追究了" not in export
    assert '"verified": true' in export


def test_withdrawn_before_any_money_its_reserve_is_free(office: Flask) -> None:
    """A line in reserve of the case can be had by the next one."""
    complaint = case()
    complaint.step(JUDGED)
    complaint.step({**RECEIPT, "disputed_lines": [LINE]})
    assert complaint.claims() == [("reserved", 5800)]
    withdraw(complaint, said_by="agent", channel="phone", tell="phone")
    assert (complaint.claims(), complaint.row.outcome, complaint.said()) == ([], "withdrawn", ["withdrawn"])
    assert complaint.contradictions() == []


def test_withdrawal_is_refused_where_money_has_gone_out(office: Flask) -> None:
    """What was given is told, nothing changes; taken back, the case can be withdrawn."""
    complaint = case().credited()
    assert refused(lambda: withdraw(complaint)) == {"case": ["money_given"]}
    assert given_by(complaint) == ("credited", 5800, 0)
    assert (complaint.stands.bill_due, complaint.row.state) == (60000, "open")
    (credit,) = acts.credits_of(complaint.number)
    number = acts.ask_reversal(complaint.number, entry=credit.key, reason="冲错了", by=CLEO, at=AT)
    assert acts.agree_reversal(complaint.number, number, tell="sms", by=SAM, at=AT)
    withdraw(complaint)
    assert (complaint.stands.bill_due, complaint.claims(), complaint.row.outcome) == (
        65800,
        [("reversed", 5800)],
        "withdrawn",
    )
    assert complaint.contradictions() == []


@pytest.mark.parametrize(
    ("wrong", "reasons"),
    [
        ({"reason": " "}, {"reason": ["required"]}),
        ({"reason": "长" * 301}, {"reason": ["too_long"]}),
        ({"said_by": "neighbour"}, {"said_by": ["not_an_option"]}),
        ({"channel": ""}, {"channel": ["required"]}),
        ({"tell": "pigeon"}, {"tell": ["not_an_option"]}),
    ],
)
def test_what_is_wrong_is_told_by_field(office: Flask, wrong: dict[str, str], reasons: dict[str, list[str]]) -> None:
    """Nothing half done."""
    complaint = case()
    assert refused(lambda: withdraw(complaint, **wrong)) == reasons
    assert complaint.row.state == "open"


def test_who_may_not(office: Flask) -> None:
    """Another department does not withdraw, nobody does with a number of their household, and a closed case is closed."""
    complaint = case()
    with pytest.raises(intake.NotAtACounter):
        withdraw(complaint, by=NORA)
    staff.identify("ivan", at=AT, employee="E-77", added=[complaint.msisdn])
    with pytest.raises(engine.NotPermitted):
        withdraw(complaint, by=IVAN)
    withdraw(complaint)
    with pytest.raises(running.InstanceEnded):
        withdraw(complaint)


def ask(complaint: Case, until: date | None = date(2026, 11, 26), by: engine.Actor = CLEO, at: datetime = AT) -> int:
    """Ask for more time."""
    return acts.ask_extension(complaint.number, until=until, reason="要等交换局取证", by=by, at=at)


def test_an_extension_moves_the_case_and_its_open_steps(office: Flask) -> None:
    """Asked for by the clerk, granted by somebody else, once; the customer hears the day, later steps go by it too."""
    complaint = case()
    before = complaint.due
    number = ask(complaint)
    with pytest.raises(engine.NotPermitted):
        acts.grant_extension(complaint.number, number, tell="sms", by=CARL, at=AT)
    acts.grant_extension(complaint.number, number, tell="sms", by=SAM, at=AT)
    close = datetime(2026, 11, 26, 10, tzinfo=UTC)
    assert before is not None
    assert (complaint.due, complaint.row.extended_to, complaint.said()) == (close, close, ["extended"])
    opened = select(UserTask.due_at).where(UserTask.instance_id == complaint.instance, UserTask.state == "open")
    complaint.step(JUDGED)
    assert set(session().scalars(opened)) == {close}
    assert refused(lambda: ask(complaint)) == {"case": ["extended_once"]}
    assert complaint.contradictions() == []


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
    complaint = case()
    assert refused(lambda: ask(complaint, until)) == {"until": [code]}
    ask(complaint, date(2026, 12, 1))


def test_a_limit_that_has_passed_is_not_extended(office: Flask) -> None:
    """Neither asked for nor granted afterwards; a refused request may be followed by another."""
    complaint = case()
    number = ask(complaint)
    late = AT + timedelta(hours=25)
    refusal = refused(lambda: acts.grant_extension(complaint.number, number, tell="sms", by=SAM, at=late))
    assert refusal == {"case": ["limit_passed"]}
    acts.refuse(complaint.number, number, reason="不复杂", by=SAM, at=AT)
    assert refused(lambda: ask(complaint, at=late)) == {"case": ["limit_passed"]}
    assert ask(complaint) == number + 1


def test_a_request_lapses_with_its_case(office: Flask) -> None:
    """No supervisor finds one that nobody can answer any more: not of more time when the case is over, nor of a credit of an erased one."""
    withdrawn = case()
    ask(withdrawn)
    withdraw(withdrawn)
    assert [row.state for row in acts.requests_of(withdrawn.number)] == ["lapsed"]
    assert withdrawn.contradictions() == []
    erased = case().closed()
    (credit,) = acts.credits_of(erased.number)
    acts.ask_reversal(erased.number, entry=credit.key, reason="冲错了", by=CLEO, at=AT)
    erasure.erase(erased.instance, reason="客户要求", by=SAM, at=AT)
    assert [row.state for row in acts.requests_of(erased.number)] == ["lapsed"]
    assert erased.contradictions() == []


def test_nobody_grants_what_they_asked_for(office: Flask) -> None:
    """Nor the same person under another log-in."""
    complaint = case()
    number = ask(complaint, by=SAM)
    with pytest.raises(engine.NotPermitted) as raised:
        acts.grant_extension(complaint.number, number, tell="sms", by=SAM, at=AT)
    assert raised.value.code == "SamePerson"
    staff.identify("sam", at=AT, employee="E-1")
    staff.identify("olu", at=AT, employee="E-1")
    with pytest.raises(engine.NotPermitted) as raised:
        acts.grant_extension(complaint.number, number, tell="sms", by=replace(SAM, user="olu"), at=AT)
    assert raised.value.code == "SamePerson"


def test_a_wrong_credit_of_a_closed_case_is_taken_back(office: Flask) -> None:
    """Two people; the bill is due again, the line can be given again, the customer is told, and the step after the end verifies."""
    complaint = case().closed()
    assert complaint.row.state == "closed"
    (credit,) = acts.credits_of(complaint.number)
    number = acts.ask_reversal(complaint.number, entry=credit.key, reason="是客户自己开的", by=CLEO, at=AT)
    assert refused(lambda: acts.ask_reversal(complaint.number, entry=credit.key, reason="再来", by=CLEO, at=AT)) == {
        "entry": ["asked_already"]
    }
    with pytest.raises(engine.NotPermitted):
        acts.agree_reversal(complaint.number, number, tell="sms", by=CLEO, at=AT)
    with pytest.raises(engine.NotPermitted):  # up to 500 the supervisor, not accounting
        acts.agree_reversal(complaint.number, number, tell="sms", by=IVAN, at=AT)
    assert acts.agree_reversal(complaint.number, number, tell="sms", by=SAM, at=AT)
    assert (complaint.stands.bill_due, complaint.claims(), complaint.said()[-1]) == (
        65800,
        [("reversed", 5800)],
        "taken_back",
    )
    assert acts.credits_of(complaint.number) == []
    assert complaint.contradictions() == []
    again = case()
    assert again.row.state == "open"
    erasure.erase(complaint.instance, reason="客户要求", by=SAM, at=AT)
    assert complaint.contradictions() == []
    with pytest.raises(cases.AlreadyErased):
        cases.note(complaint.instance, [{"type": "customer_tried", "attempt": 1, "channel": "phone"}], by=SAM, at=AT)


def test_above_500_a_supervisor_and_accounting(office: Flask) -> None:
    """Neither two supervisors nor two of accounting; whoever comes first, the other office has the last word."""
    complaint = case()
    subscription = gateway().subscription(complaint.msisdn).id
    parts = [LinePart("bill-item:2026-10:1", 60000)]
    by_hand = Effect(key=f"{complaint.number}:by hand", at=AT, case=complaint.number)
    with transaction():
        gateway().credit(subscription, 60000, "charge", by_hand, lines=parts)
    (credit,) = acts.credits_of(complaint.number)
    number = acts.ask_reversal(complaint.number, entry=credit.key, reason="冲错了", by=CLEO, at=AT)
    assert not acts.agree_reversal(complaint.number, number, tell="sms", by=SAM, at=AT)
    with pytest.raises(engine.NotPermitted):
        acts.agree_reversal(complaint.number, number, tell="sms", by=SUE, at=AT)
    assert complaint.stands.bill_due == 5800
    assert acts.agree_reversal(complaint.number, number, tell="sms", by=AMY, at=AT)
    assert complaint.stands.bill_due == 65800


def asked(complaint: Case) -> set[str]:
    """Who of five people is asked for a yes in this case on their page."""
    people = (CLEO, SAM, SUE, IVAN, AMY)
    return {
        person.user
        for person in people
        if any(request.case_number == complaint.number for request in acts.asked_of(person, AT))
    }


def test_only_who_may_say_yes_is_asked_for_it(office: Flask) -> None:
    """Up to 500 no accountant finds a button that answers with a refusal; above it both offices are asked, then the one that has not spoken."""
    complaint = case()
    subscription = gateway().subscription(complaint.msisdn).id
    with transaction():
        for number, fen in enumerate((1000, 59000)):
            part = [LinePart("bill-item:2026-10:1", fen, reason="一部分")]
            gateway().credit(subscription, fen, "charge", by_hand(complaint, f"part {number}"), lines=part)
    small, large = acts.credits_of(complaint.number)
    first = acts.ask_reversal(complaint.number, entry=small.key, reason="冲错了", by=CLEO, at=AT)
    assert asked(complaint) == {"sam", "sue"}
    assert acts.agree_reversal(complaint.number, first, tell="sms", by=SAM, at=AT)
    assert asked(complaint) == set()
    second = acts.ask_reversal(complaint.number, entry=large.key, reason="冲错了", by=CLEO, at=AT)
    assert asked(complaint) == {"sam", "sue", "ivan", "amy"}
    assert not acts.agree_reversal(complaint.number, second, tell="sms", by=SAM, at=AT)
    assert asked(complaint) == {"ivan", "amy"}


def by_hand(complaint: Case, word: str) -> Effect:
    """Why money moves in a test that needs no service task for it."""
    return Effect(key=f"{complaint.number}:{word}", at=AT, case=complaint.number)


def take_back(complaint: Case, *, handed_back: bool = False) -> None:
    """Cleo asks, Sam agrees; the cash is there or not."""
    (credit,) = acts.credits_of(complaint.number)
    number = acts.ask_reversal(complaint.number, entry=credit.key, reason="冲错了", by=CLEO, at=AT)
    acts.agree_reversal(complaint.number, number, tell="sms", by=SAM, at=AT, handed_back=handed_back)


def test_a_settled_hold_that_is_taken_back_is_due_and_not_held_again(office: Flask) -> None:
    """Nobody would settle it a second time."""
    complaint = case().held()
    (hold,) = gateway().holds(complaint.number)
    with transaction():
        gateway().settle_hold(hold.id, "credited", by_hand(complaint, "settled"))
    take_back(complaint)
    assert (complaint.stands.held, complaint.stands.bill_due, complaint.claims()) == (0, 65800, [("reversed", 5800)])
    assert "58.00 元恢复应缴，列 2026 年 10 月帐单。" in last_words(complaint)


def last_words(complaint: Case) -> str:
    """What its customer was told last."""
    query = select(OutboxMessage.body).where(OutboxMessage.case_number == complaint.number)
    return session().scalars(query.order_by(OutboxMessage.id.desc()).limit(1)).one()


def test_a_credit_on_the_next_bill_is_told_as_one(office: Flask) -> None:
    """On a bill that is paid nothing is due again: what waited for the next bill is not taken off it any more."""
    complaint = case(bill={"period": "2026-10", "items": ITEMS, "paid": True}).credited()
    take_back(complaint)
    words = last_words(complaint)
    assert ("误退的 58.00 元" in words, "原定抵扣下期帐单的 58.00 元不再抵扣" in words, "恢复应缴" in words) == (
        True,
        True,
        False,
    )


def test_what_the_other_number_has_spent_of_a_transfer_it_owes(office: Flask) -> None:
    """Its account never falls below zero in silence: the prepayment is back, and the other number owes it."""
    sender, receiver = case(prepayment=2000), case()
    source, target = (gateway().subscription(of.msisdn).id for of in (sender, receiver))
    with transaction():
        gateway().transfer(source, target, 2000, by_hand(sender, "moved"))
        gateway().refund_prepayment(target, by_hand(receiver, "spent"))
    take_back(sender)
    assert (sender.stands.prepayment, receiver.stands.prepayment) == (2000, 0)
    assert receiver.stands.bill_due == 65800 + 2000
    assert sender.said()[-1] == "taken_back_owed"
    words = last_words(sender)
    assert ("预付金中已用去的 20.00 元记入应缴费用" in words, "帐单" in words) == (True, False)


def test_a_prepayment_that_is_taken_back_is_no_bill(office: Flask) -> None:
    """The customer reads from which prepayment it went, and of no bill."""
    sender, receiver = case(prepayment=2000), case()
    source, target = (gateway().subscription(of.msisdn).id for of in (sender, receiver))
    with transaction():
        gateway().transfer(source, target, 2000, by_hand(sender, "moved"))
    take_back(sender)
    words = last_words(sender)
    assert ("已从转入号码的预付金中扣回 20.00 元" in words, "帐单" in words) == (True, False)


def borne(complaint: Case) -> list[int]:
    """What somebody bears of what a case cost, in fen."""
    session().expire_all()
    return list(session().scalars(select(Liability.amount).where(Liability.case_number == complaint.number)))


def test_cash_that_was_paid_wrongly_is_owed(office: Flask) -> None:
    """Asked for by one and agreed by another; the line is free, the receipt holds again what was paid against it, the case may be withdrawn, and all of it verifies."""
    bill = {"period": "2026-10", "items": ITEMS, "paid": True}
    receipt = {"number": f"SJ-A{next(_numbers)}", "kind": "charge", "amount": 65800, "issued_at": "2026-11-12T09:00:00"}
    complaint = case(bill=bill, receipts=[receipt])
    complaint.step(JUDGED)
    repayment = {"receipt_held": "yes", "repayment_method": "cash"}
    complaint.step({**RECEIPT, **repayment, "disputed_lines": [LINE]})
    complaint.step({"receipt_number": receipt["number"], **PAID_OUT})
    assert given_by(complaint) == ("cash", 5800, 5800)
    (payment,) = acts.credits_of(complaint.number)
    assert (payment.kind, payment.is_credit, payment.amount) == ("charge_refund", False, 5800)
    assert borne(complaint) == [5800]
    take_back(complaint)
    session().expire_all()
    assert (complaint.stands.bill_due, complaint.claims(), borne(complaint)) == (5800, [("reversed", 5800)], [0])
    assert session().get_one(Receipt, receipt["number"]).refunded == 0
    assert complaint.said()[-1] == "taken_back_owed"
    assert complaint.contradictions() == []
    assert verification.verify_office() == []
    withdraw(complaint)
    assert complaint.row.outcome == "withdrawn"


def paid_case(form: dict[str, Any]) -> tuple[Case, str]:
    """A case about a bill that is paid, with what was paid in cash under this form, and the number of its receipt."""
    bill = {"period": "2026-10", "items": ITEMS, "paid": True}
    receipt = {"number": f"SJ-A{next(_numbers)}", "kind": "charge", "amount": 65800, "issued_at": "2026-11-12T09:00:00"}
    complaint = case(bill=bill, receipts=[receipt])
    complaint.step(JUDGED)
    complaint.step({**RECEIPT, **form, "disputed_lines": [LINE]})
    return complaint, receipt["number"]


def assert_never_paid(complaint: Case, receipt: str) -> None:
    """Nothing of the payment is left: nobody owes, nobody bears, the receipt holds all, the customer has the number of another, and all of it verifies."""
    session().expire_all()
    assert (complaint.stands.bill_due, complaint.claims(), borne(complaint)) == (0, [("reversed", 5800)], [0])
    assert session().get_one(Receipt, receipt).refunded == 0
    message = session().scalars(select(OutboxMessage).where(OutboxMessage.case_number == complaint.number)).all()[-1]
    assert (message.template, "HK-2026-" in message.body, "58.00" in message.body) == ("taken_back_cash", True, True)
    assert "应缴" not in message.body
    assert complaint.contradictions() == []
    assert verification.verify_office() == []


def test_cash_handed_back_at_the_counter_is_not_owed(office: Flask) -> None:
    """Whoever agrees says that it has come back: it is in the till, the customer has a receipt for it, and gets the one that had been replaced."""
    complaint, receipt = paid_case({"receipt_held": "yes", "repayment_method": "cash"})
    complaint.step({"receipt_number": receipt, **PAID_OUT})
    take_back(complaint, handed_back=True)
    assert_never_paid(complaint, receipt)
    assert re.search(r"换开收据 HJ-2026-\d{6} 作废，请交回，退款时收回的原始票据退还给您", last_words(complaint))


SPOT = {"spot_amount": "58.00", "spot_paid_by": "cleo", "spot_payee": "holder", "repayment_method": "on_spot"}


def test_what_staff_paid_on_the_spot_comes_back_with_the_cash(office: Flask) -> None:
    """It is no debt of the customer to the office, so it is taken back only when the cash is handed back; then a mistake leaves nothing behind."""
    complaint, receipt = paid_case(SPOT)
    assert (borne(complaint), refused(lambda: withdraw(complaint))) == ([5800], {"case": ["money_given"]})
    assert given_by(complaint) == ("cash", 5800, 5800)
    assert refused(lambda: take_back(complaint)) == {"handed_back": ["cash_not_back"]}
    acts.refuse(complaint.number, 1, reason="再问一次", by=SAM, at=AT)
    take_back(complaint, handed_back=True)
    assert_never_paid(complaint, receipt)
    withdraw(complaint)


def test_no_cash_comes_back_for_what_was_none(office: Flask) -> None:
    """A credit on a bill is not handed back over the counter."""
    complaint = case().credited()
    assert refused(lambda: take_back(complaint, handed_back=True)) == {"handed_back": ["no_cash_given"]}


def test_small_pieces_of_a_large_sum_are_weighed_together(office: Flask) -> None:
    """What was taken back in the case counts: a supervisor alone agrees to 500 in all, not to 300 twice."""
    complaint = case()
    subscription = gateway().subscription(complaint.msisdn).id
    with transaction():
        for number, line in enumerate((30000, 30000)):
            part = [LinePart("bill-item:2026-10:1", line, reason="一半")]
            gateway().credit(subscription, line, "charge", by_hand(complaint, f"half {number}"), lines=part)
    first, second = acts.credits_of(complaint.number)
    numbers = [
        acts.ask_reversal(complaint.number, entry=of.key, reason="冲错了", by=CLEO, at=AT) for of in (first, second)
    ]
    assert acts.agree_reversal(complaint.number, numbers[0], tell="sms", by=SAM, at=AT)
    assert not acts.agree_reversal(complaint.number, numbers[1], tell="sms", by=SAM, at=AT)
    assert acts.agree_reversal(complaint.number, numbers[1], tell="sms", by=AMY, at=AT)


def test_a_paid_bill_and_its_receipt_are_as_before_the_credit(office: Flask) -> None:
    """The receipt, which the credit had spent, holds again what it held."""
    bill = {"period": "2026-10", "items": ITEMS, "paid": True}
    receipt = {"number": f"SJ-A{next(_numbers)}", "kind": "charge", "amount": 65800, "issued_at": "2026-11-12T09:00:00"}
    complaint = case(bill=bill, receipts=[receipt])
    before = complaint.stands
    complaint.credited()
    session().expire_all()
    assert session().get_one(Receipt, receipt["number"]).refunded == 5800
    (credit,) = acts.credits_of(complaint.number)
    number = acts.ask_reversal(complaint.number, entry=credit.key, reason="冲错了", by=CLEO, at=AT)
    acts.agree_reversal(complaint.number, number, tell="letter", by=SAM, at=AT)
    session().expire_all()
    assert (session().get_one(Receipt, receipt["number"]).refunded, complaint.stands) == (0, before)
    assert verification.verify_office() == []
    assert complaint.contradictions() == []


def test_three_tries_on_two_days_then_a_text_then_closed(office: Flask) -> None:
    """Before that what is missing is told; a try within the hour is the same try; only where the customer is waited for."""
    complaint = case(bill={"period": "2026-10", "items": ITEMS, "paid": True})
    day = AT + timedelta(days=1)
    assert refused(lambda: acts.close_unreached(complaint.number, tell="sms", by=CLEO, at=AT)) == {
        "case": ["customer_not_awaited", "tries_missing", "another_day_missing"]
    }
    complaint.step(JUDGED)
    complaint.step(
        {**RECEIPT, "refund_kind": "charge", "receipt_held": "no", "repayment_method": "cash", "disputed_lines": [LINE]}
    )
    acts.try_customer(complaint.number, channel="phone", by=CLEO, at=AT)
    soon = AT + timedelta(minutes=59)
    assert refused(lambda: acts.try_customer(complaint.number, channel="phone", by=CARL, at=soon)) == {
        "case": ["tried_just_now"]
    }
    for hour in (1, 2):
        acts.try_customer(complaint.number, channel="phone", by=CLEO, at=AT + timedelta(hours=hour))
    assert refused(lambda: acts.close_unreached(complaint.number, tell="sms", by=CLEO, at=AT)) == {
        "case": ["another_day_missing"]
    }
    acts.try_customer(complaint.number, channel="visit", by=CARL, at=day)
    acts.close_unreached(complaint.number, tell="sms", by=CLEO, at=day)
    assert (complaint.row.state, complaint.row.outcome, complaint.said(), complaint.claims()) == (
        "closed",
        "not_reached",
        ["not_reached"],
        [],
    )
    assert [(t.attempt, t.by) for t in acts.tries_of(complaint.number)] == [
        (1, "cleo"),
        (2, "cleo"),
        (3, "cleo"),
        (4, "carl"),
    ]
    assert complaint.contradictions() == []


def test_what_the_office_entered_in_error_is_no_complaint(office: Flask) -> None:
    """Void without a word to the customer, the supervisor told; its line is free, and taking it in anew repeats nothing."""
    complaint = case()
    complaint.step(JUDGED)
    complaint.step({**RECEIPT, "disputed_lines": [LINE]})
    acts.void(complaint.number, reason="选错了原因", tell="nobody", by=CLEO, at=AT)
    assert (complaint.row.state, complaint.row.outcome, complaint.said(), complaint.claims()) == (
        *("closed", "voided"),
        *([], []),
    )
    reported = select(DepartmentNotice.department, DepartmentNotice.subject)
    conditions = DepartmentNotice.case_number == complaint.number, DepartmentNotice.subject == "case_voided"
    assert [(*row,) for row in session().execute(reported.where(*conditions))] == [("supervisor", "case_voided")]
    assert repetition.earlier_cases(complaint.msisdn, None, None, AT) == []
    again = intake.accept(taking(complaint.msisdn), by=CLEO, at=AT)
    assert session().get_one(Complaint, again).repeat_of is None
    assert (complaint.contradictions(), verification.verify(instance_of(again)).deviations) == ([], ())


def test_a_payment_at_the_counter_is_no_complaint(office: Flask) -> None:
    """Who comes to pay repeats no complaint, and a complaint taken in afterwards repeats the one before and not the payment."""
    complaint = case()
    paying = replace(taking(complaint.msisdn), process=PAYMENT, overrule_reason="来缴费")
    payment = session().get_one(Complaint, intake.accept(paying, by=CLEO, at=AT))
    again = session().get_one(Complaint, intake.accept(taking(complaint.msisdn), by=CLEO, at=AT))
    assert (payment.repeat_of, again.repeat_of) == (None, complaint.number)
    found_earlier = [earlier.case_number for earlier in repetition.earlier_cases(complaint.msisdn, None, None, AT)]
    assert payment.case_number not in found_earlier
    assert verification.verify(instance_of(payment.case_number)).deviations == ()


def test_an_error_found_late_makes_no_repetition_of_the_new_case(office: Flask) -> None:
    """Taken in anew before the first was voided, the new case is not looked at again as one that came twice."""
    complaint = case()
    again = intake.accept(taking(complaint.msisdn), by=CLEO, at=AT)
    instance = session().get_one(ProcessInstance, instance_of(again))
    place = {"process_key": "CH-002", "element_id": "look_up_handling"}
    call = Call(key="1:1", instance_id=instance.id, business_key=again, at=AT, actor="cleo", **place)
    parameters = {"msisdn": complaint.msisdn, "process": "TS-002", "repeated": True}
    assert evaluation.facts(parameters, call)["repeated"]
    acts.void(complaint.number, reason="录错", tell="nobody", by=CLEO, at=AT)
    assert not evaluation.facts(parameters, call)["repeated"]


def test_who_has_heard_of_a_case_hears_that_it_was_an_error(office: Flask) -> None:
    """With money on hold the customer is told, in the office's own name and never as they parameters; where money has gone out it is refused."""
    complaint, gave = case().held(), case().credited()
    assert refused(lambda: acts.void(complaint.number, reason="录错", tell="nobody", by=CLEO, at=AT)) == {
        "tell": ["told_before"]
    }
    acts.void(complaint.number, reason="录错", tell="sms", by=CLEO, at=AT)
    body = session().scalars(select(OutboxMessage.body).where(OutboxMessage.template == "voided_due")).one()
    assert ("58.00 元恢复应缴" in body, "您的要求" in body) == (True, False)
    assert complaint.contradictions() == []
    assert refused(lambda: acts.void(gave.number, reason="录错", tell="sms", by=CLEO, at=AT)) == {
        "case": ["money_given"]
    }


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
    complaint = case()
    acts.grant_extension(complaint.number, ask(complaint), tell="sms", by=SAM, at=AT)
    acts.try_customer(complaint.number, channel="phone", by=CLEO, at=AT)
    assert complaint.contradictions() == []
    assert session().execute(text(statement), {"of": complaint.number}).rowcount == 1  # type: ignore[attr-defined]
    try:
        assert [deviation.what for deviation in verification.verify(complaint.instance).deviations]
    finally:
        session().rollback()
