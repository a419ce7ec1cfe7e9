"""Whoever hands a batch in sees what is in it: the items with their count and total, on the page of each of its steps."""

from __future__ import annotations

from datetime import date

from flask import Flask
from sqlalchemy import select

import engine
from engine import cases
from models.base import session, transaction
from models.billing import SecondaryPricingItem
from models.customer import Subscription
from models.user_task import UserTask
from office import batches
from office.fixtures import build
from service_tasks.batches import locked
from service_tasks.gateway import gateway
from service_tasks.gateway.values import Effect, LinePart
from tests.visitors import Visitor

NUMBERS = ("13900000201", "13900000202")


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
    """Count and total are those of the month, numbers are masked, and items of another month are not among them."""
    with desk.app_context():
        collected("2030-12")
        cases.start(batches.SECONDARY_PRICING, business_key="PC-2030-12", variables={"case_number": "PC-2030-12", "period": "2030-12"}, by=batches.SYSTEM, at=engine.now())  # fmt: skip
        task = session().scalars(select(UserTask.id).where(UserTask.business_key == "PC-2030-12")).one()
    page = Visitor(desk, "ivan").get(f"/tasks/{task}")
    assert "共 2 笔 · 30.00 元" in page.text
    assert page.tree.xpath("//h2[contains(., '2030-12 名单')]/..//*[@class='desk-badge']") == []
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in page.tree.xpath("//table//tbody/tr")]
    assert rows == [
        ["AJ-0", "139****0201", "月租费", "15.00 元", "已汇总"],
        ["AJ-1", "139****0202", "月租费", "15.00 元", "已汇总"],
    ]


def test_a_list_that_was_handed_in_is_called_closed_with_its_month(desk: Flask) -> None:
    """Whoever opens a later step of the batch reads that this month takes nothing more."""
    with desk.app_context():
        collected("2030-12")
        cases.start(batches.SECONDARY_PRICING, business_key="PC-2030-12", variables={"case_number": "PC-2030-12", "period": "2030-12"}, by=batches.SYSTEM, at=engine.now())  # fmt: skip
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
        cases.start(batches.SECONDARY_PRICING, business_key="PC-2030-12", variables={"case_number": "PC-2030-12", "period": "2030-12"}, by=batches.SYSTEM, at=engine.now())  # fmt: skip
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
    number = f"GZ-{date(2030, 12, 5)}"
    with desk.app_context():
        cases.start(batches.CHARGE_HOLD, business_key=number, variables={"case_number": number, "thursday": "2030-12-05"}, by=batches.SYSTEM, at=engine.now())  # fmt: skip
        task = session().scalars(select(UserTask.id).where(UserTask.business_key == number)).one()
    page = Visitor(desk, "kay", "en").get(f"/tasks/{task}")
    assert "Nothing has been collected." in page.text


def test_what_is_paid_already_and_the_late_fee_are_on_the_list_of_thursday(desk: Flask) -> None:
    """Beside what is on hold stands what is settled with it, so that the total is that of the lines above; of another day nothing does."""
    number, msisdn = f"GZ-{date(2030, 12, 5)}", "13900000190"
    items = [
        {"kind": "monthly_fee", "text": "月租费", "amount": 4000},
        {"kind": "call", "text": "通话费", "amount": 2500},
    ]
    with desk.app_context():
        with transaction():
            bill = {"period": "2030-10", "paid": 5000, "items": items}
            build({"subscriptions": [{"msisdn": msisdn, "late_fee": 300, "bill": bill}]}, at=engine.now())
            own = gateway().subscription(msisdn).id
            for day, line, amount in ((5, 2, 2500), (12, 1, 1000)):
                effect = Effect(key=f"hold:{day}", at=engine.now(), case=f"AJ-{day}")
                part = LinePart(f"bill-item:2030-10:{line}", amount, "", "查实")
                gateway().place_hold(own, amount, date(2030, 12, day), effect, lines=[part])
        cases.start(batches.CHARGE_HOLD, business_key=number, variables={"case_number": number, "thursday": "2030-12-05"}, by=batches.SYSTEM, at=engine.now())  # fmt: skip
        task = session().scalars(select(UserTask.id).where(UserTask.business_key == number)).one()
    page = Visitor(desk, "kay").get(f"/tasks/{task}")
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in page.tree.xpath("//table//tbody/tr")]
    assert [row[2:] for row in rows] == [
        ["转入挂帐", "15.00 元", "挂帐中"],
        ["随挂帐减免的滞纳金", "3.00 元", "已登记"],
        ["已缴部分，随挂帐一并核定", "10.00 元", "已登记"],
    ]
    assert "共 3 笔 · 28.00 元" in page.text
