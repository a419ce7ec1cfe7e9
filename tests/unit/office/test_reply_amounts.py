"""What is said to a customer of money is what the books say: drafts follow a reversal, and amounts that were not given are doubted before they go out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

import engine
from engine import cases, language, proof, running
from engine.language.calendar import Calendar
from models.base import session, transaction
from models.notice import OutboxMessage
from models.user_task import UserTask
from office import acts, correspondence, fixtures, intake, replies, reply_amounts, verification
from service_tasks.gateway import Effect, LinePart, gateway
from tests.support.actors import CLEO, SAM
from tests.support.furnishing import instance_of

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
MSISDN = "13912350001"
ITEMS = [{"kind": "monthly_fee", "text": "月租费", "amount": 60000}, {"kind": "call", "text": "话费", "amount": 5800}]
STEPS: tuple[dict[str, Any], ...] = (
    {"finding": "equipment", "finding_note": "计费设备误差", "disputed_amount": "58.00"},
    {
        "disputed_lines": ["bill-item:2026-10:2 58.00"],
        "refund_kind": "charge",
        "receipt_held": "yes",
        "repayment_method": "cash",
    },
    {"receipt_number": "SJ-R1", "refund_amount": "58.00", "receipt_taken_back": "yes", "customer_signed": "yes"},
)
NOT_GIVEN = reply_amounts.NOT_GIVEN


@pytest.fixture(autouse=True)
def inside(office: Flask) -> Iterator[None]:
    """A context of the office, with a customer who has paid, as nothing had been before."""
    with office.app_context():
        yield


def begun(msisdn: str, steps: int = len(STEPS)) -> str:
    """A complaint of a customer of its own, so many steps on its way to 58.00 in cash."""
    receipt = {"number": f"SJ-{msisdn}", "kind": "charge", "amount": 65800}
    bill = {"period": "2026-10", "items": ITEMS, "paid": True}
    with transaction():
        fixtures.build({"subscriptions": [{"msisdn": msisdn, "bill": bill, "receipts": [receipt]}]}, at=AT)
    form = intake.Intake(
        msisdn=msisdn,
        text="话费不对",
        process="TS-002",
        channel="counter",
        disputed_amount=5800,
        overrule_reason="要求",
    )
    number = intake.accept(form, by=CLEO, at=AT)
    for entered in STEPS[:steps]:
        changed = {"receipt_number": receipt["number"]} if "receipt_number" in entered else {}
        cases.complete(open_task(number), form={**entered, **changed}, by=CLEO, at=AT)
    return number


def open_task(number: str) -> int:
    """Its only open step."""
    query = select(UserTask.id).where(UserTask.business_key == number, UserTask.state == "open")
    return session().scalars(query).one()


def draft(number: str) -> str:
    """What the form of its open step offers to say."""
    form, variables, scope = cases.form_of(open_task(number), at=AT)
    return str(reply_amounts.prefilled(form, variables, scope).get("resolution"))


def take_back(number: str, **more: Any) -> None:
    """Cleo asks, Sam agrees."""
    (credit,) = acts.credits_of(number)
    request = acts.ask_reversal(number, entry=credit.key, reason="付错了", by=CLEO, at=AT)
    acts.agree_reversal(number, request, tell="phone", by=SAM, at=AT, **more)


def answer(number: str, text: str, *despite: str) -> None:
    """Cleo tells the customer."""
    form = {"resolution": text, "reply_channel": "phone"}
    cases.complete(open_task(number), form=form, by=CLEO, at=AT, despite=despite)


def doubted(number: str, text: str, *despite: str) -> dict[str, Any]:
    """The values of the doubt about an answer."""
    with pytest.raises(running.Doubted) as doubt:
        answer(number, text, *despite)
    assert doubt.value.values["doubts"] == [NOT_GIVEN]
    (reason,) = doubt.value.reasons["resolution"]
    return dict(reason.values)


@pytest.mark.parametrize(("handed_back", "msisdn"), [(False, "13912351001"), (True, "13912351002")])
def test_a_draft_after_a_reversal_follows_the_books(office: Flask, *, handed_back: bool, msisdn: str) -> None:
    """What was paid and taken back is not told as paid, whether it is owed or was handed back; the draft itself goes out without a doubt."""
    number = begun(msisdn)
    assert draft(number).startswith("已退还现金 58.00 元，收据已收回，余额换开收据 HJ-")
    take_back(number, handed_back=handed_back)
    assert draft(number) == "原先退减的 58.00 元已更正收回。"
    assert doubted(number, "已退还现金 58.00 元") == {"amounts": [5800], "given": []}
    answer(number, draft(number))


def test_a_line_that_another_case_has_is_not_told_as_settled_here() -> None:
    """The same money was picked anew in another case, which has not decided it: whoever answers the first one is told which, and the reversal may be said."""
    number = begun("13912351003")
    take_back(number)
    subscription = gateway().subscription("13912351003").id
    with transaction():
        effect = Effect(key="anew", at=AT, case="AJ-2026-009999")
        gateway().reserve(subscription, [LinePart("bill-item:2026-10:2", 5800)], effect)
    with pytest.raises(running.Doubted) as doubt:
        answer(number, "已退还现金 58.00 元")
    assert doubt.value.values["doubts"] == [NOT_GIVEN, reply_amounts.OF_ANOTHER]
    assert doubt.value.reasons["resolution"][1].values == {"of": "bill-item:2026-10:2", "case": "AJ-2026-009999"}
    answer(number, "原先退减的 58.00 元已更正收回。")


def test_what_has_nothing_to_do_with_the_reversal_is_still_said() -> None:
    """A draft loses the sentence about the money, and no other."""
    number = begun("13912352001")
    take_back(number)
    text = "托收已重新办理。错扣的话费已退还现金 58.00 元"
    assert reply_amounts.as_it_stands(text, number) == "托收已重新办理。原先退减的 58.00 元已更正收回。"
    assert reply_amounts.as_it_stands("其余话费请按时缴纳", number).startswith("其余话费请按时缴纳。原先")


def test_an_amount_that_was_not_given_is_confirmed_and_recorded() -> None:
    """Nothing is forbidden: who was told says it all the same, and the record of the step and its timeline say that they were told."""
    number = begun("13912353001")
    assert doubted(number, "已退还八十元，请查收") == {"amounts": [8000], "given": [5800]}
    assert doubted(number, "已退 80 元", "exceeds_receipt") == {"amounts": [8000], "given": [5800]}
    with transaction():
        assert session().scalars(select(OutboxMessage).where(OutboxMessage.case_number == number)).all() == []
    task = open_task(number)
    answer(number, "已退 80 元", NOT_GIVEN)
    history = proof.history_of(instance_of(number))
    steps = [step for entry in history.entries for step in entry.steps if step["type"] == "user_task_completed"]
    assert [(step["by"], step.get("despite")) for step in steps[-2:]] == [("cleo", None), ("cleo", [NOT_GIVEN])]
    assert session().get_one(UserTask, task).state == "completed"
    assert not verification.verify(instance_of(number)).deviations


@pytest.mark.parametrize(
    ("text", "msisdn"),
    [
        ("已退还现金 58.00 元", "13912354001"),
        ("现金五十八元已付清", "13912354002"),
        ("已按规定办理，详见清单第 3 页", "13912354003"),
    ],
)
def test_what_was_given_is_said_without_a_doubt(text: str, msisdn: str) -> None:
    """However it is written; and nobody is asked to confirm the code of what was not doubted, so the record does not say so either."""
    number = begun(msisdn)
    answer(number, text, NOT_GIVEN)
    history = proof.history_of(instance_of(number))
    assert not [step for entry in history.entries for step in entry.steps if step.get("despite")]


def test_refunded_where_nothing_was_is_doubted() -> None:
    """Lines that are only reserved, or a dispute that was refused, have given nothing."""
    number = begun("13912355001", steps=1)
    cases.complete(
        open_task(number),
        form={**STEPS[1], "receipt_held": "no"},
        by=CLEO,
        at=AT,
    )
    cases.complete(open_task(number), form={"proposal_answer": "declines"}, by=CLEO, at=AT)
    assert gateway().intended(number)
    assert doubted(number, "已退还 58 元") == {"amounts": [5800], "given": []}
    answer(number, "暂不能退款：请带原始票据后再来办理")


def test_an_explanation_that_names_a_tariff_is_confirmed() -> None:
    """It is only an amount; the clerk says that it is meant."""
    number = begun("13912356001", steps=0)
    explained = {"finding": "charge_right", "finding_note": "客户自己开通", "disputed_amount": "58.00"}
    cases.complete(open_task(number), form=explained, by=CLEO, at=AT)
    form = {"reply_channel": "phone", "resolution": "彩铃每月 58 元，收费正确", "evidence_shown": "yes"}
    with pytest.raises(running.Doubted):
        cases.complete(open_task(number), form=form, by=CLEO, at=AT)
    advanced = cases.complete(open_task(number), form=form, by=CLEO, at=engine.now(), despite=[NOT_GIVEN])
    assert advanced.instance_id == instance_of(number)


def test_what_is_under_way_may_be_said_as_the_draft_says_it() -> None:
    """A reply at the decision names what waits for its Thursday, in the clerk's own words; another amount is doubted all the same."""
    number = begun("13912357001", steps=0)
    with transaction():
        papers = [LinePart("bill-item:2026-10:2", 5800)]
        gateway().reserve(gateway().subscription("13912357001").id, papers, Effect(key="1:1", at=AT, case=number))
    reply = running.Answer(
        number, decision_form(), {"resolution": "将冲减 58 元", "way": "phone"}, {**known(number)}, SCOPE
    )
    assert reply_amounts.doubt(reply) == {}
    mistyped = reply._replace(entered={"resolution": "将冲减 85 元", "way": "phone"})
    assert list(reply_amounts.doubt(mistyped)) == ["resolution"]


SCOPE = language.feel.Scope(at=AT, calendar=Calendar(frozenset(), frozenset()))


def known(number: str) -> dict[str, Any]:
    """What the form is filled in from."""
    return {"case_number": number, "reserved": {"amount": 5800}}


def decision_form() -> language.Form:
    """A form that tells the customer what is reserved."""
    ways = [{"label": "电话", "value": "phone"}]
    prefill = {"prefill": '"核定 " + yuan(reserved.amount) + " 元，将于周四冲减"'}
    text = {"type": "textarea", "key": "resolution", "label": "答复", "properties": prefill}
    way = {"type": "radio", "key": "way", "label": "方式", "values": ways, "properties": {"channelOf": "resolution"}}
    return language.Form.parse(json.dumps({"type": "default", "id": "decision", "components": [text, way]}))


def test_an_interim_reply_is_doubted_and_confirmed_as_an_answer_is() -> None:
    """It may say what is under way; what nobody gave is confirmed, and the record says so."""
    number = begun("13912358001", steps=0)
    with pytest.raises(replies.NotSayable) as doubt:
        replies.send(number, "已退您 80 元，其余正在核实", key="1", by=CLEO, at=AT)
    assert [reason.code for reason in doubt.value.values["reasons"]["told"]] == [NOT_GIVEN]
    replies.send(number, "已退您 80 元，其余正在核实", key="1", by=CLEO, at=AT, despite=[NOT_GIVEN])
    (interim,) = [
        step
        for entry in proof.history_of(instance_of(number)).entries
        for step in entry.steps
        if step["type"] == "case_limit_met"
    ]
    assert (interim["by"], interim["despite"]) == ("cleo", [NOT_GIVEN])
    assert not verification.verify(instance_of(number)).deviations


def test_a_message_that_failed_is_not_said_again_once_it_is_not_so() -> None:
    """After the credit was taken back nobody is asked to tell the customer that it was paid; that it was taken back is still to be told."""
    number = begun("13912359001")
    form = {"resolution": "已退还现金 58.00 元", "reply_channel": "sms"}
    cases.complete(open_task(number), form=form, by=CLEO, at=AT)
    query = select(OutboxMessage).where(OutboxMessage.case_number == number)
    reply = session().scalars(query).one()
    correspondence.report(reply.id, at=AT, failure="停机")
    assert reply.id in [message.id for message in correspondence.undelivered("cleo")]
    take_back(number)
    assert reply.id not in [message.id for message in correspondence.undelivered("cleo")]
    with pytest.raises(correspondence.UnknownMessage):
        correspondence.tell_instead(reply.id, case_number=number, channel="phone", by=CLEO, at=AT)
    messages = session().scalars(query).all()
    assert f"{correspondence.INSTEAD}{reply.id}" in correspondence.settled(messages)
