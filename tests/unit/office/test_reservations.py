"""What a case has in reserve is free with the refusal, and with the process that reserved it; who has it meanwhile is told to others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

import engine
from engine import cases
from engine.elements.entered import EntryRefused
from engine.language.forms import InvalidForm
from models.base import session, transaction
from models.lines import LineClaim, LineRejection
from models.user_task import UserTask
from office import acts, fixtures, intake, verification
from service_tasks.gateway import gateway
from service_tasks.gateway.listing import papers
from tests.support.actors import CLEO, SAM
from tests.support.furnishing import instance_of

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)  # a Monday, 9:00 in Shanghai
IVAN = engine.Actor("ivan", frozenset({"accounting_team"}), frozenset({"clerk"}))
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
REFUSED = {"amount_approved": "no", "authority_opinion": "依据不足"}
TO_DEPOSIT = (
    {"disputed_amount": "600.00", "demand": "退还存款", "explained_first": "true"},
    {"finding": "management", "finding_note": "存款到期未退", "responsible_department": "billing_centre"},
    {
        "arose_roaming": "yes",
        "service_used": "yes",
        "tariff_doubted": "no",
        "action": "deposit",
        "disputed_lines": ["deposit:CK-ANEW 600.00"],
    },
)
_numbers = count(1)


@pytest.fixture(autouse=True)
def inside(office: Flask) -> Iterator[None]:
    """A context of the office."""
    with office.app_context():
        yield


class Case:
    """A complaint about a bill of 658.00, going through TS-002."""

    def __init__(self, **more: Any) -> None:
        """A new one, with a customer of its own."""
        self.msisdn = f"1391235{next(_numbers):04d}"
        bill = {"period": "2026-10", "items": ITEMS}
        with transaction():
            fixtures.build({"subscriptions": [{"msisdn": self.msisdn, "bill": bill, **more}]}, at=AT)
        self.open()

    def open(self, process: str = "TS-002") -> None:
        """Take a complaint in, about the same number again if there was one."""
        about = {"text": "误办彩铃", "process": process, "channel": "counter", "overrule_reason": "客户要求"}
        self.number = intake.accept(intake.Intake(msisdn=self.msisdn, disputed_amount=5800, **about), by=CLEO, at=AT)
        self.instance = instance_of(self.number)

    def step(self, form: dict[str, Any], by: engine.Actor = CLEO) -> None:
        """Complete its only open step."""
        (task,) = session().scalars(
            select(UserTask.id).where(UserTask.instance_id == self.instance, UserTask.state == "open")
        )
        cases.complete(task, form=form, by=by, at=AT)

    def claims(self) -> list[tuple[str, int]]:
        """What it has of lines."""
        query = select(LineClaim.state, LineClaim.amount).where(LineClaim.case_number == self.number)
        return [(*row,) for row in session().execute(query.order_by(LineClaim.id))]


def test_a_refused_approval_frees_its_lines_at_once() -> None:
    """Not when the case closes: the customer may ask anew, at another hall too, before anybody has evaluated the refusal."""
    complaint = Case()
    for form in (JUDGED, {**RECEIPT, "disputed_lines": [LINE]}, FORM):
        complaint.step(form)
    assert complaint.claims() == [("reserved", 5800)]
    complaint.step(REFUSED, by=SAM)
    assert complaint.claims() == []
    refused_instance = complaint.instance
    complaint.open()
    for form in (JUDGED, {**RECEIPT, "disputed_lines": [LINE]}, FORM):
        complaint.step(form)
    assert complaint.claims() == [("reserved", 5800)]
    for instance in (refused_instance, complaint.instance):
        assert not verification.verify(instance).deviations


def test_a_customer_who_declines_keeps_nothing_in_reserve() -> None:
    """Nothing was approved or refused: the process that reserved the lines is over while the case goes on."""
    complaint = Case(bill={"period": "2026-10", "items": ITEMS, "paid": True})
    cash = {**RECEIPT, "repayment_method": "cash", "disputed_lines": [LINE]}
    for form in (JUDGED, cash):
        complaint.step(form)
    assert complaint.claims() == [("reserved", 5800)]
    complaint.step({"proposal_answer": "declines"})
    complaint.step({"resolution": "请带票据再来", "reply_channel": "counter"})
    assert complaint.claims() == []


def test_what_accounting_sends_back_stays_in_reserve() -> None:
    """To be put right is no refusal: the lines are the case's while the hall does it."""
    complaint = Case()
    for form in (JUDGED, {**RECEIPT, "disputed_lines": [LINE]}, FORM):
        complaint.step(form)
    complaint.step(APPROVED, by=SAM)
    complaint.step({"accounting_way": "back", "accounting_note": "附件不全"}, by=IVAN)
    assert complaint.claims() == [("reserved", 5800)]


def test_what_accounting_gives_less_is_free_while_the_case_goes_on() -> None:
    """Of 58.00 it settles 18.00: nobody has to wait for the name of who is liable to have the rest looked at."""
    complaint = Case()
    for form in (JUDGED, {**RECEIPT, "disputed_lines": [LINE]}, FORM):
        complaint.step(form)
    complaint.step(APPROVED, by=SAM)
    complaint.step({"accounting_way": "credit", "credit_amount": "18.00"}, by=IVAN)
    assert complaint.claims() == [("credited", 1800)]


def test_who_asks_anew_after_a_refusal_has_the_lines_again() -> None:
    """The refusal freed the deposit; the same case reserves it again when new facts are brought, and the record plays again as it was."""
    complaint = Case(deposit=60000, receipts=[{"number": "CK-ANEW", "kind": "deposit", "amount": 60000}])
    complaint.open("TS-001")
    for form in TO_DEPOSIT:
        complaint.step(form)
    checked = {"identity_checked": "yes", "receipt_number": "CK-ANEW"}
    complaint.step(checked)
    complaint.step(REFUSED, by=SAM)
    assert complaint.claims() == []
    complaint.step({"ask_again": "true", "new_facts": "收据已与存根核对"})
    complaint.step(checked)
    assert complaint.claims() == [("reserved", 60000)]
    complaint.step(APPROVED, by=SAM)
    complaint.step({"paid_out": "600.00", "customer_signed": "yes"})
    assert complaint.claims() == [("refunded", 60000)]
    assert not verification.verify(complaint.instance).deviations


def rejected_lines(msisdn: str, own_case: str) -> list[tuple[str, int, list[str]]]:
    """Every line of a number that was rejected: its address, what can be given back of it, and in which cases it was rejected."""
    subscription = gateway().find(msisdn)
    assert subscription is not None
    lines = papers(subscription.id, own_case=own_case).each()
    return [(line.line, line.left, [number for number, _ in line.rejected]) for line in lines if line.rejected]


def test_a_rejected_line_names_the_case_that_looked_at_it() -> None:
    """Whoever picks it again sees where and when it was refused, and may pick it all the same; the case itself is told nothing of its own."""
    complaint = Case()
    for form in (JUDGED, {**RECEIPT, "disputed_lines": [LINE]}, FORM):
        complaint.step(form)
    assert rejected_lines(complaint.msisdn, "another") == []
    complaint.step(REFUSED, by=SAM)
    line = "bill-item:2026-10:2"
    assert rejected_lines(complaint.msisdn, "another") == [(line, 5800, [complaint.number])]
    assert rejected_lines(complaint.msisdn, complaint.number) == []
    rejections = session().execute(select(LineRejection.amount, LineRejection.rejected_at)).all()
    assert (5800, AT) in [(*row,) for row in rejections]


def test_what_a_customer_gave_up_was_not_rejected() -> None:
    """Nobody said no: the line is free as if no case had picked it."""
    complaint = Case(bill={"period": "2026-10", "items": ITEMS, "paid": True})
    for form in (
        JUDGED,
        {**RECEIPT, "repayment_method": "cash", "disputed_lines": [LINE]},
        {"proposal_answer": "declines"},
        {"resolution": "请带票据再来", "reply_channel": "counter"},
    ):
        complaint.step(form)
    assert complaint.claims() == []
    assert rejected_lines(complaint.msisdn, "another") == []


def test_what_was_given_after_a_refusal_is_given_and_not_rejected() -> None:
    """The same case brought new facts and got the money: that says more than the refusal before."""
    complaint = Case(deposit=60000, receipts=[{"number": "CK-TWICE", "kind": "deposit", "amount": 60000}])
    complaint.open("TS-001")
    to_deposit = (*TO_DEPOSIT[:2], {**TO_DEPOSIT[2], "disputed_lines": ["deposit:CK-TWICE 600.00"]})
    checked = {"identity_checked": "yes", "receipt_number": "CK-TWICE"}
    for form in (*to_deposit, checked):
        complaint.step(form)
    complaint.step(REFUSED, by=SAM)
    assert rejected_lines(complaint.msisdn, "another") == [("deposit:CK-TWICE", 60000, [complaint.number])]
    for form in ({"ask_again": "true", "new_facts": "收据已与存根核对"}, checked):
        complaint.step(form)
    complaint.step(APPROVED, by=SAM)
    complaint.step({"paid_out": "600.00", "customer_signed": "yes"})
    assert rejected_lines(complaint.msisdn, "another") == []


def test_a_deposit_that_was_taken_back_is_paid_again_or_not_at_all() -> None:
    """The payment was wrong and has come back while its receipt waits to be signed: the step leads back to receipt and identity, and the process to an end."""
    complaint = Case(deposit=60000, receipts=[{"number": "CK-BACK", "kind": "deposit", "amount": 60000}])
    complaint.open("TS-001")
    to_deposit = (*TO_DEPOSIT[:2], {**TO_DEPOSIT[2], "disputed_lines": ["deposit:CK-BACK 600.00"]})
    for form in (*to_deposit, {"identity_checked": "yes", "receipt_number": "CK-BACK"}):
        complaint.step(form)
    complaint.step(APPROVED, by=SAM)
    complaint.step({"paid_out": "600.00", "customer_signed": "yes"})
    with pytest.raises(EntryRefused):
        complaint.step({"pay_again": "yes"})
    (payment,) = acts.credits_of(complaint.number)
    request = acts.ask_reversal(complaint.number, entry=payment.key, reason="付错了人", by=CLEO, at=AT)
    for by in (SAM, IVAN):  # above 500 yuan two people
        acts.agree_reversal(complaint.number, request, tell="sms", by=by, at=AT, handed_back=True)
    complaint.step({"pay_again": "yes"})
    complaint.step({"identity_checked": "no"})
    complaint.step({"reply_channel": "counter", "resolution": "请机主带证件办理"})
    open_steps = session().scalars(
        select(UserTask.element_id).where(UserTask.instance_id == complaint.instance, UserTask.state == "open")
    )
    assert "confirm_payment" not in open_steps.all()
    assert complaint.claims() == [("reversed", 60000)]
    assert not verification.verify(complaint.instance).deviations


def rejected_fen(complaint: Case) -> list[int]:
    """What of lines is kept as refused to the case, as it was written."""
    return list(session().scalars(select(LineRejection.amount).where(LineRejection.case_number == complaint.number)))


def test_what_of_a_part_is_refused_stays_with_its_line() -> None:
    """Of 58.00 the supervisor grants 55.00: accounting settles that, and whoever picks the rest later reads that it was refused."""
    complaint = Case()
    for form in (JUDGED, {**RECEIPT, "disputed_lines": [LINE]}, FORM):
        complaint.step(form)
    complaint.step({**APPROVED, "amount_granted": "55.00"}, by=SAM)
    assert complaint.claims() == [("reserved", 5800)]
    with pytest.raises(InvalidForm, match="max"):
        complaint.step({"accounting_way": "credit", "credit_amount": "58.00"}, by=IVAN)
    complaint.step({"accounting_way": "credit", "credit_amount": "55.00"}, by=IVAN)
    assert complaint.claims() == [("credited", 5500)]
    assert rejected_lines(complaint.msisdn, "another") == [("bill-item:2026-10:2", 300, [complaint.number])]
    assert rejected_fen(complaint) == [300]
    assert not verification.verify(complaint.instance).deviations


def test_what_accounting_gives_less_was_refused() -> None:
    """Its look is the second one: what it does not settle of what was granted names the case, too."""
    complaint = Case()
    for form in (JUDGED, {**RECEIPT, "disputed_lines": [LINE]}, FORM):
        complaint.step(form)
    complaint.step(APPROVED, by=SAM)
    complaint.step({"accounting_way": "credit", "credit_amount": "18.00"}, by=IVAN)
    assert rejected_lines(complaint.msisdn, "another") == [("bill-item:2026-10:2", 4000, [complaint.number])]
    assert rejected_fen(complaint) == [4000]


def test_cash_within_the_part_that_was_granted_needs_nobody_anew() -> None:
    """Of 600.00 in cash 550.00 are granted: the customer has to sign for that, so the clerk picks again; who approved is not asked once more."""
    bill = {"period": "2026-10", "items": ITEMS, "paid": True}
    complaint = Case(bill=bill, receipts=[{"number": "SJ-PART", "kind": "charge", "amount": 65800}])
    in_cash = {**RECEIPT, "receipt_held": "yes", "repayment_method": "cash"}
    receipt = {"receipt_number": "SJ-PART", "receipt_taken_back": "true", "customer_signed": "true"}
    line = "bill-item:2026-10:1"
    for form in (JUDGED, {**in_cash, "disputed_lines": [f"{line} 600.00"]}, {**receipt, "refund_amount": "600.00"}):
        complaint.step(form)
    complaint.step({**APPROVED, "amount_granted": "550.00", "authority_opinion": "用过两天"}, by=SAM)
    assert complaint.claims() == [("reserved", 60000)]
    complaint.step({**in_cash, "receipt_given_back": "true", "disputed_lines": [f"{line} 550.00 用过两天"]})
    complaint.step({**receipt, "refund_amount": "550.00"})
    assert complaint.claims() == [("refunded", 55000)]
    assert rejected_lines(complaint.msisdn, "another") == [(line, 5000, [complaint.number])]
    assert not verification.verify(complaint.instance).deviations


def test_a_late_fee_that_was_refused_is_free_at_once_too() -> None:
    """In TS-008 late fees are reserved beside charges: the supervisor's no is about both."""
    keyed = {"bank": "工商银行", "account": "6222000000000000010", "holder": "甲某某"}
    slip = {**keyed, "account": "6222000000000000001"}
    debits = [{"amount": 8000, "state": "failed", "period": "2026-10"}]
    complaint = Case(
        late_fee=600,
        bill={"period": "2026-10", "items": [{"kind": "call", "text": "话费", "amount": 8000}]},
        mandate={"agreed": slip, "keyed": keyed, "debits": debits},
    )
    complaint.open("TS-008")
    correction = {**slip, "correction": "帐号末两位更正", "charge_arisen": "yes"}
    for form in (
        {**slip, "failure_text": "十月没有扣成"},
        {"failure_cause": "keying_error", "operator_fault": "yes"},
        correction,
        {"relief_lines": ["late-fee:brought 6.00"], "relief_reason": "录入错误"},
    ):
        complaint.step(form)
    assert complaint.claims() == [("reserved", 600)]
    complaint.step({"relief_approved": "no", "approval_opinion": "依据不足"}, by=SAM)
    assert complaint.claims() == []
    assert rejected_lines(complaint.msisdn, "another") == [("late-fee:brought", 600, [complaint.number])]
