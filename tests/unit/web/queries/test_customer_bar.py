"""The customer's bar beside a step: what stands in it where lines are picked, and where they are not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, update

import engine
from models.base import session, transaction
from models.usage import BankMandate
from office import access_log
from tests.support.furnishing import JUDGED, begin, complete, open_tasks
from tests.support.visitors import Visitor
from web.queries import customer_bar

NUMBER = "13900000201"  # a paid bill with its receipt, and an order that was keyed in otherwise than agreed
DEBITED = "13900000803"
BUDGET = 18


def at_lines(number: str) -> int:
    """The step of a new case at which lines are picked."""
    case = begin(number)
    complete(open_tasks(case)[0], JUDGED)
    return open_tasks(case)[0]


@pytest.mark.parametrize("address", ["/tasks/{}", "/tasks/{}/customer"])
def test_the_bar_has_balances_receipts_orders_and_earlier_cases(desk: Flask, address: str) -> None:
    """Beside lines that are picked, and opened beside any other step: what is left of a charge's receipt, slip against system, the case before."""
    with desk.app_context():
        earlier = begin(NUMBER)
        task = at_lines(NUMBER) if address == "/tasks/{}" else open_tasks(begin(NUMBER))[0]
    page = Visitor(desk, "cleo").get(address.format(task))
    bar = page.tree.xpath("//*[@id='customer-papers'] | //main/section[contains(@class, 'desk-bar')]")[0].text_content()
    for text in ("预付金", "应交话费", "SJ-0201", "138.00", "商务套餐", "基本套餐", "不一致", earlier, "办理中"):
        assert text in bar, text
    assert page.status == 200


def test_a_step_without_lines_loads_the_papers_when_they_are_opened(desk: Flask) -> None:
    """The page asks the database for none of them; what is loaded then can be read and has no field."""
    with desk.app_context():
        task = open_tasks(begin(NUMBER))[0]
    cleo = Visitor(desk, "cleo")
    folded = cleo.get(f"/tasks/{task}").tree.xpath("//details[@id='customer']")[0]
    assert (folded.get("hx-get"), folded.get("open"), "SJ-0201" in folded.text_content()) == (
        f"/tasks/{task}/customer",
        None,
        False,
    )
    part = cleo.client.get(f"/tasks/{task}/customer", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" not in part
    assert "<input" not in part
    for text in ("SJ-0201", "商务套餐费", "帐单"):
        assert text in part, text


def test_a_mandate_stands_beside_every_step_with_slip_against_system(desk: Flask) -> None:
    """What was keyed in otherwise is marked; the number counts as the right one where none was keyed in."""
    with desk.app_context():
        with transaction():
            session().execute(update(BankMandate).values(keyed_holder="虚构客户0308"))
        bar = customer_bar.of(DEBITED, "")
    (mandate,) = bar.mandates
    assert [(pair.about, pair.differs) for pair in mandate.compared] == [
        ("bank", False),
        ("account", False),
        ("holder", True),
        ("msisdn", False),
    ]


def test_whoever_may_only_read_sees_no_account_and_leaves_a_look(desk: Flask) -> None:
    """A step that a colleague has taken: accounts and numbers are masked, and whoever opens the papers of work that is not theirs is in the record."""
    with desk.app_context():
        case = begin(DEBITED)
        task = open_tasks(case)[0]
    Visitor(desk, "cleo").post(f"/tasks/{task}/claim")
    text = Visitor(desk, "sam").get(f"/tasks/{task}/customer").text
    assert "6222020000000000803" not in text
    assert "6222****0803" in text or "622****0803" in text
    assert DEBITED not in text
    with desk.app_context():
        assert "sam" in {look.user for look in access_log.of_case(access_log.Traced(case, engine.now(), frozenset()))}
    assert Visitor(desk, "nora").get(f"/tasks/{task}/customer").status == 403


def test_the_bar_costs_no_more_than_it_may(desk: Flask) -> None:
    """A page with the bar takes at most eighteen statements, the step that only offers it at most twelve, however many cases the number has."""
    with desk.app_context():
        for _ in range(7):
            begin(NUMBER)
        task, lines = open_tasks(begin(NUMBER))[0], at_lines(NUMBER)
        bind = desk.extensions["sqlalchemy"].engine
    cleo, sent = Visitor(desk, "cleo").client, []
    event.listen(bind, "before_cursor_execute", lambda *given: sent.append(given[2]))
    for address, most in ((f"/tasks/{task}", 12), (f"/tasks/{task}/customer", BUDGET), (f"/tasks/{lines}", BUDGET)):
        cleo.get(address)
        sent.clear()
        assert cleo.get(address).status_code == 200
        statements = [one for one in sent if not one.startswith(("BEGIN", "SAVEPOINT", "RELEASE"))]
        assert len(statements) <= most, (address, len(statements), statements)
    with desk.test_request_context():
        assert len(customer_bar.of(NUMBER, "").cases) == customer_bar.MOST_CASES
        assert customer_bar.of("13999999999", "").balances is None
        newest = customer_bar.of(NUMBER, "").cases[0]
        assert newest.accepted_at > engine.now() - timedelta(minutes=10)


def test_the_bar_stands_beside_a_step_that_prints_papers(desk: Flask) -> None:
    """What can be printed at a step and the customer's papers beside it are two things: the waiver of TS-008 has both."""
    mandate = {"bank": "工商银行", "account": "6222020000000000801", "holder": "虚构客户0801"}
    with desk.app_context():
        case = begin("13900000801", "TS-008")
        for form in (
            {**mandate, "failure_text": "二月没有扣成"},
            {"failure_cause": "keying_error", "operator_fault": "yes"},
            {**mandate, "correction": "帐号末位更正", "charge_arisen": "yes"},
        ):
            complete(open_tasks(case)[0], form)
        (waiver,) = open_tasks(case)
    page = Visitor(desk, "cleo").get(f"/tasks/{waiver}")
    assert page.status == 200
    assert page.tree.xpath("//*[@id='customer-papers']")
    assert page.tree.xpath("//button[contains(@formaction, '/papers/')]")
