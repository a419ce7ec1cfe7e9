"""Whoever hands a batch in sees what is in it: the items with their count and total, on the page of each of its steps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from flask import Flask
from sqlalchemy import delete, select, update

import engine
from engine import cases, proof
from models.base import session, transaction
from models.batch import Batch
from models.billing import ChargeHold, JournalEntry, SecondaryPricingItem
from models.customer import Subscription
from models.definition import ProcessDefinition
from models.identity import HouseholdNumber, User
from models.instance import ProcessInstance
from models.notice import OutboxMessage
from models.timer import MessageSubscription
from models.user_task import UserTask
from office import batches, verification
from office.fixtures import build
from service_tasks import dates, thursday
from service_tasks.batches import locked
from service_tasks.charge_hold import RELEASED
from service_tasks.gateway import gateway
from service_tasks.gateway.values import Effect, LinePart
from tests.support.visitors import Page, Visitor

NUMBERS = ("13900000201", "13900000202")
DAY = date(2030, 12, 5)


def collected(period: str) -> None:
    """Two items of a month, and one of another."""
    with transaction():
        for line, (number, month) in enumerate([*((one, period) for one in NUMBERS), (NUMBERS[0], "2031-01")]):
            of = session().scalars(select(Subscription.id).where(Subscription.msisdn == number)).one()
            item = SecondaryPricingItem(
                key=f"{line}", period=month, subscription_id=of, case_number=f"AJ-{line}", item_kind="monthly_fee", amount=1500, entered_at=engine.now()
            )  # fmt: skip
            session().add(item)


def test_the_summary_sheet_lies_under_the_form(desk: Flask) -> None:
    """Count and total are those of the month, numbers are masked, items of another month are not among them, and what no running case will enter says so."""
    with desk.app_context():
        collected("2030-12")
        with transaction():
            a_case_waits("AJ-1", "2030-12")
        cases.start(batches.SECONDARY_PRICING, business_key="PC-2030-12", variables={"case_number": "PC-2030-12", "period": "2030-12"}, by=engine.SYSTEM, at=engine.now())  # fmt: skip
        task = session().scalars(select(UserTask.id).where(UserTask.business_key == "PC-2030-12")).one()
    page = Visitor(desk, "ivan").get(f"/tasks/{task}")
    assert "共 2 笔 · 30.00 元" in page.text
    assert page.tree.xpath("//h2[contains(., '2030-12 名单')]/..//*[@class='desk-badge']") == []
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in page.tree.xpath("//table//tbody/tr")]
    assert rows == [
        ["AJ-1", "虚构客户0202 139****0202", "月租费", "15.00 元", "已汇总"],
        ["没有在办案件 AJ-0", "虚构客户0201 139****0201", "月租费", "15.00 元", "已汇总"],
    ]
    assert "由营业厅在该客户的案件中作为“承诺未兑现”承接" in page.text


def test_a_list_that_was_handed_in_is_called_closed_with_its_month(desk: Flask) -> None:
    """Whoever opens a later step of the batch reads that this month takes nothing more."""
    with desk.app_context():
        collected("2030-12")
        cases.start(batches.SECONDARY_PRICING, business_key="PC-2030-12", variables={"case_number": "PC-2030-12", "period": "2030-12"}, by=engine.SYSTEM, at=engine.now())  # fmt: skip
        task = session().scalars(select(UserTask.id).where(UserTask.business_key == "PC-2030-12")).one()
        with transaction():
            batch = locked("secondary_pricing", "2030-12", engine.now())
            batch.state, batch.closed_at = "closed", engine.now()
            session().flush()
    page = Visitor(desk, "ivan").get(f"/tasks/{task}")
    (closed,) = page.tree.xpath("//h2[contains(., '2030-12 名单')]/..//*[@class='desk-badge']/text()")
    assert closed == "已截止"


def test_the_file_for_the_run_is_for_whoever_has_the_step(desk: Flask) -> None:
    """A row for each line with what was collected in the month; who takes it away is written down, and others get nothing."""
    with desk.app_context():
        collected("2030-12")
        cases.start(batches.SECONDARY_PRICING, business_key="PC-2030-12", variables={"case_number": "PC-2030-12", "period": "2030-12"}, by=engine.SYSTEM, at=engine.now())  # fmt: skip
        task = session().scalars(select(UserTask.id).where(UserTask.business_key == "PC-2030-12")).one()
    ivan = Visitor(desk, "ivan")
    assert ivan.get(f"/tasks/{task}").tree.xpath("//a[@download]/@href") == [f"/tasks/{task}/sheet.csv"]
    file = ivan.client.get(f"/tasks/{task}/sheet.csv")
    rows = [line.split(",") for line in file.get_data(as_text=True).splitlines()[1:]]
    assert [(row[1], row[5], row[6]) for row in rows] == [("AJ-0", "月租费", "15.00"), ("AJ-1", "月租费", "15.00")]
    english = Visitor(desk, "ivan", "en").client.get(f"/tasks/{task}/sheet.csv").get_data(as_text=True)
    assert english.removeprefix("\ufeff").isascii()
    assert "拿走二次批价文件（CSV）" in Visitor(desk, "ada").get("/audit/people", show="exports").text
    assert Visitor(desk, "nora").client.get(f"/tasks/{task}/sheet.csv").status_code in (403, 404)


def test_a_thursday_without_holds_says_so(desk: Flask) -> None:
    """Nothing to hand in is an answer, not an empty page."""
    with desk.app_context():
        drop_holds()
        task = thursday_step()
    page = Visitor(desk, "kay", "en").get(f"/tasks/{task}")
    assert "Nothing has been collected." in page.text


def thursday_step(day: str = "2030-12-05") -> int:
    """The first step of the batch of a Thursday."""
    number = f"GZ-{day}"
    cases.start(batches.CHARGE_HOLD, business_key=number, variables={"case_number": number, "thursday": day}, by=engine.SYSTEM, at=engine.now())  # fmt: skip
    return session().scalars(select(UserTask.id).where(UserTask.business_key == number)).one()


def a_case_waits(number: str, day: str) -> None:
    """A case that waits for the release of a Thursday."""
    definition = session().scalars(select(ProcessDefinition.id).where(ProcessDefinition.key == "SUB-001")).first()
    case = ProcessInstance(definition_id=definition, key="SUB-001", business_key=number, state="active", started_at=engine.now(), head=b"", state_blob=b"")  # fmt: skip
    session().add(case)
    session().flush()
    session().add(
        MessageSubscription(instance_id=case.id, token=4, element_id="hold_released", message=RELEASED, correlation_key=day)
    )  # fmt: skip


def holds_of(msisdn: str, holds: Iterable[tuple[date, int, int]]) -> None:
    """A number with a bill of 65.00, 50.00 of it paid, and of these lines (day, line, fen) a hold each, in a case that waits for its day."""
    items = [
        {"kind": "monthly_fee", "text": "月租费", "amount": 4000},
        {"kind": "call", "text": "通话费", "amount": 2500},
    ]
    with transaction():
        bill = {"period": "2030-10", "paid": 5000, "items": items}
        build({"subscriptions": [{"msisdn": msisdn, "late_fee": 300, "bill": bill}]}, at=engine.now())
        own = gateway().subscription(msisdn).id
        for day, line, amount in holds:
            effect = Effect(key=f"hold:{day}", at=engine.now(), case=f"AJ-{day.day}")
            part = LinePart(f"bill-item:2030-10:{line}", amount, "", "查实")
            gateway().place_hold(own, amount, day, effect, lines=[part])
            a_case_waits(f"AJ-{day.day}", day.isoformat())


def listed_rows(page: Page) -> list[list[str]]:
    """What the batch has collected, cell by cell."""
    rows = page.tree.xpath("//section[@id='collected']//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def test_what_is_paid_already_and_the_late_fee_are_on_the_list_of_thursday(desk: Flask) -> None:
    """Beside what is on hold stands what is settled with it, so that the total is that of the lines above; of another day nothing does."""
    with desk.app_context():
        drop_holds()
        holds_of("13900000190", [(DAY, 2, 2500), (DAY + timedelta(days=7), 1, 1000)])
        task = thursday_step()
    page = Visitor(desk, "kay").get(f"/tasks/{task}")
    assert listed_rows(page) == [
        ["AJ-5", "甲某某 139****0190", "转入挂帐", "15.00 元", "挂帐中"],
        ["AJ-5", "甲某某 139****0190", "已缴部分，随挂帐一并核定", "10.00 元", "已登记"],
        ["AJ-5", "甲某某 139****0190", "随挂帐减免的滞纳金", "3.00 元", "已登记"],
    ]
    assert "共 3 笔 · 28.00 元 · 处理表 1 份" in page.text


def test_the_number_of_forms_is_held_against_the_list(desk: Flask) -> None:
    """99 forms for one case are refused where they are typed, with the number and the sum of the list; with a reason they go on, and accounting reads it."""
    with desk.app_context():
        drop_holds()
        holds_of("13900000190", [(DAY, 2, 2500)])
        task = thursday_step()
    kay, amy = Visitor(desk, "kay"), Visitor(desk, "amy")
    refused = kay.post(f"/tasks/{task}/completion", form_count="99")
    assert refused.status == 422
    assert "清单上应有 1 份（28.00 元），填的是 99 份" in refused.text
    kay.post(f"/tasks/{task}/completion", form_count="2", form_difference="一案填了两份")
    with desk.app_context():
        check = session().scalars(select(UserTask.id).where(UserTask.element_id == "check_holds")).one()
    page = amy.get(f"/tasks/{check}")
    known = " ".join(page.tree.xpath("string(//aside)").split())
    assert "处理表份数2清单应有份数1份数与清单不符的原因一案填了两份" in known
    assert "合计金额28.00 元" in known
    assert "共 3 笔 · 28.00 元" in page.text


def test_a_list_that_changed_since_is_not_checked_off(desk: Flask) -> None:
    """What came onto the list after the forms were collected is told to accounting, which sends it back or writes down what changed."""
    with desk.app_context():
        drop_holds()
        day = dates.settling_thursday(engine.now())
        task = thursday_step(f"{day}")
    Visitor(desk, "kay").post(f"/tasks/{task}/completion", form_count="0")
    with desk.app_context():
        holds_of("13900000190", [(day, 2, 2500)])
        check = session().scalars(select(UserTask.id).where(UserTask.element_id == "check_holds")).one()
    amy = Visitor(desk, "amy")
    refused = amy.post(f"/tasks/{check}/completion", holds_checked="true", resolution="一致")
    assert "收表之后清单有变动：原来 0 份（0.00 元），现在 1 份（28.00 元）" in refused.text
    amy.post(f"/tasks/{check}/completion", holds_checked="true", resolution="一致", list_difference="周三又来一笔")
    with desk.app_context():
        batch = session().scalars(select(Batch).where(Batch.period == f"{day}")).one()
        assert (batch.state, batch.cases) == ("closed", 1)


def test_a_hold_without_a_case_gets_a_decision_in_the_batch(desk: Flask) -> None:
    """What came from elsewhere is on the list, is in its total, and after the release is a step of its own; decided, it is posted once and the customer told."""
    with desk.app_context():
        day = session().scalars(select(ChargeHold.settle_on)).one()
        task = thursday_step(f"{day}")
    kay, amy = Visitor(desk, "kay"), Visitor(desk, "amy")
    page = kay.get(f"/tasks/{task}")
    assert listed_rows(page) == [["没有在办案件", "虚构客户0901 139****0901", "转入挂帐", "20.00 元", "挂帐中"]]
    kay.post(f"/tasks/{task}/completion", form_count="1")
    for element, form in (
        ("check_holds", {"holds_checked": "true", "resolution": "一致"}),
        ("decide_alone", {"hold_outcome": "credited", "decision_reason": "旧系统转来，查实多收"}),
    ):
        with desk.app_context():
            step = session().scalars(select(UserTask.id).where(UserTask.element_id == element)).one()
        assert amy.post(f"/tasks/{step}/completion", **form).status < 400
    with desk.app_context():
        hold = session().scalars(select(ChargeHold)).one()
        assert hold.state == "credited"
        entry = session().scalars(select(JournalEntry).where(JournalEntry.kind == "charge_hold_credited")).one()
        assert entry.case_number == f"GZ-{day}"
        assert "20.00 元经核算已冲减" in session().scalars(select(OutboxMessage.body)).one()
        assert session().scalars(select(ProcessInstance.state).where(ProcessInstance.business_key == f"GZ-{day}")).one() == "completed"  # fmt: skip
        assert [v.deviations for v in verification.verify_each(proof.every_instance()) if v.deviations] == []


def test_a_hold_of_the_own_household_is_decided_by_somebody_else(desk: Flask) -> None:
    """Nobody credits their own family, in the batch as little as in a case."""
    with desk.app_context():
        day = session().scalars(select(ChargeHold.settle_on)).one()
        task = thursday_step(f"{day}")
        with transaction():
            number = session().scalars(select(User.employee_number).where(User.name == "amy")).one() or "8001"
            session().execute(update(User).where(User.name == "amy").values(employee_number=number))
            session().add(HouseholdNumber(employee_number=number, msisdn="13900000901"))
    amy = Visitor(desk, "amy")
    Visitor(desk, "kay").post(f"/tasks/{task}/completion", form_count="1")
    with desk.app_context():
        check = session().scalars(select(UserTask.id).where(UserTask.element_id == "check_holds")).one()
    amy.post(f"/tasks/{check}/completion", holds_checked="true", resolution="一致")
    with desk.app_context():
        step = session().scalars(select(UserTask.id).where(UserTask.element_id == "decide_alone")).one()
    assert amy.post(f"/tasks/{step}/completion", hold_outcome="credited", decision_reason="多收").status == 422
    assert amy.post(f"/tasks/{step}/completion", hold_outcome="later", decision_reason="请同事核定").status < 400
    with desk.app_context():
        assert session().scalars(select(ChargeHold.state)).one() == "held"
        later = thursday.waiting(f"{day + timedelta(days=7)}")
        assert [line.amount for line in later.without_case] == [2000]


def drop_holds() -> None:
    """Without the hold that the demo has."""
    with transaction():
        session().execute(delete(ChargeHold))
