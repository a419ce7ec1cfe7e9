"""Work orders in a whole office: one cause and many cases, opened and acknowledged, left by who is withdrawn, answered to each that waits, and verified."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update

import engine
from engine import cases, language, proof, published, running, runtime
from engine.runtime.permissions import FourEyesViolation
from models.base import session, transaction
from models.instance import ProcessInstance
from models.notice import DepartmentNotice
from models.user_task import UserTask
from models.work_order import WorkOrder, WorkOrderAct, WorkOrderCase
from office import acts, fixtures, intake, verification, work_orders
from tests.support.actors import CLEO
from tests.support.furnishing import instance_of

pytestmark = pytest.mark.manual("CH2.4", "CH2.5")
AT = datetime(2026, 11, 23, 1, tzinfo=UTC)  # a Monday, 9:00 in Shanghai
HOUR = timedelta(hours=1)
DORA = engine.Actor("dora", frozenset({"data_team"}), frozenset({"clerk"}))
SUSI = engine.Actor("susi", frozenset({"switching_room"}), frozenset({"clerk"}))
BILL = engine.Actor("bill", frozenset({"billing_operations"}), frozenset({"clerk"}))
SUPERVISING = engine.Actor("sam", frozenset({"supervisor"}), frozenset({"supervisor"}))
UNKNOWN = {
    "finding": "unknown",
    "order_department": "data_team",
    "order_about": "orders",
    "order_question": "彩铃谁开的",
}
ANSWER = {
    "answer_way": "answer",
    "order_finding": "technology",
    "order_cause": "程序误开",
    "order_proposal": "退还功能费",
}
VERIFIED = {"order_verified": "yes"}
_numbers = count(1)


@pytest.fixture(autouse=True)
def inside(office: Flask) -> Iterator[None]:
    """A context of the office, in which no order is open."""
    with office.app_context():
        yield
        dropping = update(WorkOrder).where(WorkOrder.state.in_(("open", "answered")))
        with transaction():
            session().execute(dropping.values(state="dropped"))


@dataclass
class Case:
    """A complaint that goes through TS-002."""

    number: str
    instance: int

    def step(self, form: dict[str, Any], by: engine.Actor = CLEO, at: datetime = AT) -> running.Advanced:
        """Complete its only open step, and whatever is due then."""
        advanced = cases.complete(self.task, form=form, by=by, at=at)
        settle(at)
        return advanced

    @property
    def task(self) -> int:
        """Its only open step."""
        session().expire_all()
        query = select(UserTask.id).where(UserTask.instance_id == self.instance, UserTask.state == "open")
        return session().scalars(query).one()

    @property
    def waits(self) -> WorkOrderCase:
        """Its place in an order."""
        session().expire_all()
        return session().scalars(select(WorkOrderCase).where(WorkOrderCase.instance_id == self.instance)).one()


def settle(at: datetime) -> None:
    """Let everything happen that is due."""
    for _ in range(20):
        if not running.run_due(at):
            return


def begin(at: datetime = AT) -> Case:
    """A new customer's complaint at its first step."""
    msisdn = f"139{next(_numbers):08d}"
    bill = {"items": [{"kind": "function_fee", "text": "彩铃", "amount": 5800}]}
    with transaction():
        fixtures.build({"subscriptions": [{"msisdn": msisdn, "bill": bill}]}, at=at)
    details = {"channel": "counter", "demand": "退还", "disputed_amount": 5800, "process": "TS-002"}
    intake_form = intake.Intake(msisdn=msisdn, text="多收彩铃费", overrule_reason="客户坚持", **details)
    number = intake.accept(intake_form, by=CLEO, at=at)
    return Case(number, instance_of(number))


def sent(at: datetime = AT, **form: str) -> tuple[Case, WorkOrder]:
    """A case that waits for an order of its own."""
    case = begin(at)
    case.step(UNKNOWN | form, at=at)
    return case, order_of(case)


def order_of(case: Case) -> WorkOrder:
    """The order that a case waits or waited for."""
    return session().get_one(WorkOrder, case.waits.order_id)


def own(order: WorkOrder) -> Case:
    """The process of an order."""
    session().expire_all()
    return Case(order.number or "", order.instance_id or 0)


def done_with(order: WorkOrder) -> list[str]:
    """What was done with an order."""
    query = select(WorkOrderAct.kind).where(WorkOrderAct.order_id == order.id).order_by(WorkOrderAct.id)
    return list(session().scalars(query))


def test_a_department_of_the_list_has_the_order_until_20_hours_after_acceptance() -> None:
    """The step is the department's, the limit counts from the acceptance of the case, and no other department can do it."""
    case = begin()
    case.step(UNKNOWN, at=AT + 6 * HOUR)
    order = order_of(case)
    assert (order.department, order.due_at, order.half_at) == ("data_team", AT + 20 * HOUR, AT + 13 * HOUR)
    task = session().get_one(UserTask, own(order).task)
    assert (task.group, task.due_at) == ("data_team", AT + 20 * HOUR)
    with pytest.raises(runtime.NotACandidate):
        own(order).step(ANSWER, by=CLEO)


def test_an_order_sent_after_the_20_hours_has_20_of_its_own() -> None:
    """A department is not late before it was asked."""
    case = begin()
    case.step(UNKNOWN, at=AT + 30 * HOUR)
    assert order_of(case).due_at == AT + 50 * HOUR


def test_two_cases_of_one_cause_are_answered_together_and_leave_singly() -> None:
    """One order, each case on its own way afterwards; nobody hears before the answer is verified."""
    first, order = sent()
    second = begin()
    with pytest.raises(language.InvalidForm) as raised:
        second.step(UNKNOWN)
    assert [reason.code for reason in raised.value.reasons["order_about"]] == ["order_open"]
    second.step(UNKNOWN | {"joined_order": order.number or ""})
    assert order_of(second).id == order.id
    own(order).step(ANSWER, by=DORA)
    assert first.waits.how is second.waits.how is None
    own(order).step(VERIFIED, by=BILL)
    assert (first.waits.how, second.waits.how) == ("answered", "answered")
    session().refresh(order)
    assert (order.state, order.verified_by) == ("closed", "bill")
    first.step({"finding": "technology", "finding_note": "程序误开"})
    assert session().get_one(UserTask, first.task).element_id == "ask_receipt"
    assert session().get_one(UserTask, second.task).element_id == "judge_cause"
    for case in (first, second, own(order)):
        assert not verification.verify(case.instance).deviations


def test_whoever_answered_does_not_verify() -> None:
    """Cause and proposal are looked at by a second person."""
    _, order = sent()
    answerer = engine.Actor("dora", frozenset({"data_team", "billing_operations"}), frozenset({"clerk"}))
    own(order).step(ANSWER, by=answerer)
    with pytest.raises(FourEyesViolation):
        own(order).step(VERIFIED, by=answerer)
    own(order).step(VERIFIED, by=BILL)


def test_a_case_that_is_withdrawn_leaves_and_the_last_takes_the_order_along() -> None:
    """The others are answered; an order that nobody waits for is nobody's work any more."""
    first, order = sent()
    second = begin()
    second.step(UNKNOWN | {"joined_order": order.number or ""})
    withdrawal = {"reason": "不追究", "said_by": "customer", "channel": "counter", "tell": "sms"}
    acts.withdraw(first.number, **withdrawal, by=CLEO, at=AT)
    settle(AT)
    session().refresh(order)
    assert (first.waits.how, second.waits.how, order.state) == ("left", None, "open")
    acts.withdraw(second.number, **withdrawal, by=CLEO, at=AT)
    settle(AT)
    session().refresh(order)
    assert order.state == "dropped"
    assert done_with(order) == ["opened", "joined", "left", "left", "dropped"]
    assert session().get_one(ProcessInstance, order.instance_id).state == "cancelled"
    assert not verification.verify(order.instance_id or 0).deviations


def test_an_order_whose_only_case_left_before_it_began_never_begins() -> None:
    """Nobody is asked what nobody wants to know."""
    case = begin()
    cases.complete(case.task, form=UNKNOWN, by=CLEO, at=AT)
    withdrawal = {"reason": "不追究", "said_by": "customer", "channel": "counter", "tell": "sms"}
    acts.withdraw(case.number, **withdrawal, by=CLEO, at=AT)
    order = order_of(case)
    work_orders.drop({"order": order.number}, AT)
    settle(AT)
    session().refresh(order)
    assert (order.state, order.instance_id) == ("dropped", None)


def test_opening_is_acknowledging_once_for_each_owner() -> None:
    """The first of the department counts; somebody else's look does not, and after handing on it is asked again."""
    _, order = sent()
    for actor in (CLEO, DORA, engine.Actor("dieter", DORA.groups)):
        work_orders.acknowledge(order.number or "", by=actor, at=AT + HOUR)
    session().refresh(order)
    assert (order.acknowledged_by, order.acknowledged_at) == ("dora", AT + HOUR)
    own(order).step(
        {"answer_way": "hand_on", "handed_to": "switching_room", "hand_on_reason": "属交换"}, by=DORA, at=AT + 2 * HOUR
    )
    session().refresh(order)
    assert (order.department, order.acknowledged_by, order.due_at) == ("switching_room", None, AT + 22 * HOUR)
    work_orders.acknowledge(order.number or "", by=SUSI, at=AT + 3 * HOUR)
    assert done_with(order) == ["opened", "acknowledged", "handed_on", "acknowledged"]


def test_it_is_chased_at_half_and_at_the_end_and_reported_late_once() -> None:
    """By the clock, each an entry; the supervisor hears of the whole order once, though it is sent back afterwards."""
    _, order = sent()
    for hours in (9, 10, 19, 20, 21):
        settle(AT + hours * HOUR)
    session().refresh(order)
    assert (order.chased, order.reported_at) == (2, AT + 20 * HOUR)
    own(order).step(ANSWER, by=DORA, at=AT + 21 * HOUR)
    own(order).step({"order_verified": "no", "verify_note": "没有附记录"}, by=BILL, at=AT + 22 * HOUR)
    session().refresh(order)
    assert (order.state, order.due_at) == ("open", AT + 26 * HOUR)
    settle(AT + 23 * HOUR)
    assert done_with(order).count("late") == 1
    notices = select(DepartmentNotice.subject).where(DepartmentNotice.case_number == order.number)
    assert list(session().scalars(notices)).count("work_order_late") == 1
    steps = [step for entry in proof.entries(order.instance_id or 0) for step in entry.steps]
    assert [s["topic"] for s in steps if s["type"] == "job_completed"].count("work_orders/chase") == 2


def test_who_joins_in_the_moment_of_the_answer_is_told_and_loses_nothing() -> None:
    """An answered order takes no more cases; the clerk chooses again, at the field."""
    _, order = sent()
    own(order).step(ANSWER, by=DORA)
    late = begin()
    with pytest.raises(language.InvalidForm) as raised:
        late.step(UNKNOWN | {"joined_order": order.number or ""})
    assert [reason.code for reason in raised.value.reasons["joined_order"]] == ["order_gone"]
    assert session().get_one(UserTask, late.task).element_id == "judge_cause"


@pytest.mark.parametrize("department", ["", "nobody", "数据班"])
def test_a_department_is_never_typed(department: str) -> None:
    """What is not on the list is refused at the field."""
    with pytest.raises(language.InvalidForm) as raised:
        begin().step(UNKNOWN | {"order_department": department})
    assert list(raised.value.reasons) == ["order_department"]


def test_every_department_can_be_asked_and_handed_on_to() -> None:
    """The list of the forms is that of the office; a head of department decides, and security is told of copied phones; neither looks for a cause."""
    from models.identity import Department

    codes = set(session().scalars(select(Department.code))) - {"department_head", "security"}
    definition = published.current("SUB-008")
    hand_on_field = next(field for field in definition.form_by_id("sub008_answer").inputs if field.key == "handed_to")
    assert {option.value for option in hand_on_field.options} == codes
    for key, form in (("TS-001", "ts001_judge"), ("TS-002", "ts002_judge")):
        order_field = next(o for o in published.current(key).form_by_id(form).inputs if o.key == "order_department")
        assert {option.value for option in order_field.options} == codes


def test_a_second_telling_changes_nothing() -> None:
    """The jobs of an order may be interrupted and begun again."""
    case, order = sent()
    work_orders.begin({"order": order.number}, AT)
    own(order).step(ANSWER, by=DORA)
    own(order).step(VERIFIED, by=BILL)
    work_orders.deliver({"order": order.number}, AT)
    work_orders.drop({"order": order.number}, AT)
    session().refresh(order)
    assert (order.state, case.waits.how) == ("closed", "answered")
    assert (
        len(session().scalars(select(ProcessInstance).where(ProcessInstance.business_key == order.number)).all()) == 1
    )


def chased(order: WorkOrder, by: engine.Actor, hours: float) -> str:
    """The department that was chased so many hours after the morning."""
    return work_orders.chase(order.number or "", by=by, at=AT + hours * HOUR)


def test_the_side_that_waits_chases_by_hand_once_in_four_hours_and_the_department_is_told() -> None:
    """Who did it is written down, the department reads it until it opens the order, and a second press in between is refused."""
    _, order = sent()
    assert chased(order, CLEO, 1) == "data_team"
    with pytest.raises(work_orders.ChasedAlready) as raised:
        chased(order, SUPERVISING, 4.9)
    assert raised.value.values["again_at"] == AT + 5 * HOUR
    assert [notice.text for notice in work_orders.chases_unread(DORA.groups)] == ["cleo"]
    work_orders.read_chases(order.number or "", by=SUSI, at=AT + 2 * HOUR)
    assert work_orders.chases_unread(DORA.groups)
    work_orders.read_chases(order.number or "", by=DORA, at=AT + 2 * HOUR)
    assert not work_orders.chases_unread(DORA.groups)
    chased(order, SUPERVISING, 5)
    session().refresh(order)
    assert order.chased == 2
    acts_by = select(WorkOrderAct.by).where(WorkOrderAct.order_id == order.id, WorkOrderAct.kind == "chased")
    assert list(session().scalars(acts_by)) == ["cleo", "sam"]


def test_who_gets_an_order_handed_on_may_be_chased_at_once_and_the_old_owner_is_not_told() -> None:
    """The interval is that of the present owner, as its limit is."""
    _, order = sent()
    chased(order, CLEO, 1)
    form = {"answer_way": "hand_on", "handed_to": "switching_room", "hand_on_reason": "属交换"}
    own(order).step(form, by=DORA, at=AT + 2 * HOUR)
    assert not work_orders.chases_unread(DORA.groups)
    assert chased(order, CLEO, 2.5) == "switching_room"


def test_only_who_waits_chases_and_only_what_is_not_answered() -> None:
    """The department itself and strangers are refused; an answer that waits to be verified is nobody's to press for."""
    _, order = sent()
    for stranger in (DORA, SUSI, BILL):
        with pytest.raises(work_orders.NotTheSender):
            chased(order, stranger, 1)
    own(order).step(ANSWER, by=DORA)
    with pytest.raises(work_orders.NothingToChase):
        chased(order, CLEO, 1)
    session().refresh(order)
    assert order.chased == 0


ORDER = "WHERE id = :order"
ACT = "WHERE order_id = :order AND kind = "
TAMPERED = [
    *(
        f"UPDATE work_order SET {name} = 'x' || {name} {ORDER}"
        for name in ("question", "cause", "proposal", "opened_by")
    ),
    *(f"UPDATE work_order SET {name} = 'mallory' {ORDER}" for name in ("unit", "person", "answered_by", "verified_by")),
    f"UPDATE work_order SET department = 'billing_operations' {ORDER}",
    f"UPDATE work_order SET finding = 'staff' {ORDER}",
    f"UPDATE work_order SET line_amount = 1 {ORDER}",
    f"UPDATE work_order SET chased = chased + 1 {ORDER}",
    f"UPDATE work_order SET about = 'network' {ORDER}",
    f"UPDATE work_order SET state = 'dropped' {ORDER}",
    f"UPDATE work_order SET instance_id = NULL {ORDER}",
    f"UPDATE work_order SET number = 'GD19990101-0001' {ORDER}",
    *(
        f"UPDATE work_order SET {name} = '2020-01-01 00:00:00.000000+00:00' {ORDER}"
        for name in ("half_at", "due_at", "due_whole_at", "opened_at", "answered_at", "verified_at", "reported_at")
    ),
    "UPDATE work_order_case SET joined_by = 'mallory' WHERE order_id = :order",
    "UPDATE work_order_case SET joined_at = '2020-01-01 00:00:00.000000+00:00' WHERE order_id = :order",
    "UPDATE work_order_case SET how = 'left' WHERE order_id = :order",
    "UPDATE work_order_case SET left_at = NULL, how = NULL WHERE order_id = :order",
    "UPDATE work_order_case SET case_number = 'x' WHERE order_id = :order",
    "DELETE FROM work_order_case WHERE order_id = :order",
    *(
        f"UPDATE work_order_act SET text = 'x' {ACT}'{kind}'"
        for kind in ("opened", "handed_on", "answered", "verified")
    ),
    *(f"UPDATE work_order_act SET by_whom = 'x' {ACT}'{kind}'" for kind in ("joined", "chased", "verified")),
    *(
        f"DELETE FROM work_order_act {ACT}'{kind}'"
        for kind in ("opened", "chased", "handed_on", "answered", "verified")
    ),
    f"UPDATE work_order_act SET at = '2020-01-01 00:00:00.000000+00:00' {ACT}'joined'",
    f"UPDATE work_order_act SET department = 'x' {ACT}'answered'",
    f"UPDATE work_order_act SET kind = 'sent_back' {ACT}'verified'",
]


@pytest.fixture(scope="module")
def tampered_order(office: Flask) -> tuple[int, list[int]]:
    """An order that two cases waited for, chased, handed on, answered and verified: its id, and the instances that its record is in."""
    with office.app_context():
        first, order = sent()
        second = begin()
        second.step(UNKNOWN | {"joined_order": order.number or ""})
        settle(order.half_at)
        at = order.half_at + HOUR
        own(order).step(
            {"answer_way": "hand_on", "handed_to": "switching_room", "hand_on_reason": "交换机"}, by=DORA, at=at
        )
        own(order).step(ANSWER, by=SUSI, at=at)
        own(order).step(VERIFIED, by=BILL, at=at)
        return order.id, [first.instance, second.instance, own(order).instance]


class _Undone(Exception):
    """What was tampered with is put back."""


def differences(instances: list[int]) -> list[str]:
    """What verification of these cases finds."""
    session().expire_all()
    return [deviation.what for verdict in verification.verify_each(instances) for deviation in verdict.deviations]


@pytest.mark.parametrize("statement", TAMPERED)
def test_whoever_changes_an_order_is_found(tampered_order: tuple[int, list[int]], statement: str) -> None:
    """Every column that the record of the cases or of the order's own process knows, and every row that is missing."""
    order, instances = tampered_order
    assert differences(instances) == []
    lines: list[str] = []
    with suppress(_Undone), transaction():
        changed: Any = session().execute(text(statement), {"order": order})
        assert changed.rowcount
        lines = differences(instances)
        raise _Undone
    assert any(line.startswith("work_order") for line in lines), lines


@pytest.mark.parametrize(("kind", "of_case"), [("verified", False), ("joined", True)])
def test_an_act_that_nobody_did_is_found(tampered_order: tuple[int, list[int]], kind: str, of_case: bool) -> None:
    """A verification or a joining that no record tells of."""
    order, instances = tampered_order
    lines: list[str] = []
    with suppress(_Undone), transaction():
        number = session().get_one(ProcessInstance, instances[0]).business_key if of_case else ""
        columns = {"key": f"forged:{kind}", "order_id": order, "kind": kind, "at": AT, "by": "x", "department": ""}
        session().add(WorkOrderAct(**columns, case_number=number))
        session().flush()
        lines = differences(instances)
        raise _Undone
    assert any("belongs to no recorded step" in line for line in lines), lines
