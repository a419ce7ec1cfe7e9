"""What the money tab of a case tells beside the books: what waits for a run, and what had been picked and is not the case's any more."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import update

import engine
from models.base import session, transaction
from models.lines import LineClaim
from office import acts
from service_tasks.gateway import gateway
from service_tasks.gateway.values import Effect, LinePart
from tests.support.actors import CLEO
from tests.support.furnishing import JUDGED, begin, complete, open_tasks
from tests.support.visitors import LANGUAGES, Visitor
from tests.unit.web.queries.test_picking_lines import ASKED, NUMBER, build, item
from web.queries import picking_lines
from web.telling.i18n import moment

pytestmark = pytest.mark.slow
REGISTERED = {"zh": ("已登记入汇总", "尚未入帐"), "en": ("Registered for a run", "in the books yet")}
NOTHING = {"zh": "这个案件没有发生费用变动", "en": "No money has moved"}


def picked(desk: Flask) -> str:
    """A case of a complaint that has picked a part of a line."""
    with desk.app_context():
        build(0)
        case = begin(NUMBER)
        complete(open_tasks(case)[0], {**JUDGED, "finding": "technology", "disputed_amount": "1.00"})
        complete(open_tasks(case)[0], {"disputed_lines": [f"{item(1)} 48.00 部分"], **ASKED})
    return case


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_waits_for_a_run_is_told_with_its_amount(desk: Flask, language: str) -> None:
    """Item, amount, month and state stand on the tab before anything is in the books, and when the run is over as well."""
    with desk.app_context(), transaction():
        build(0)
        case, found = begin(NUMBER), gateway().find(NUMBER)
        assert found is not None
        parts, effect = [LinePart(item(1), 5000)], Effect(key=f"{case}:1", at=engine.now(), case=case)
        one = gateway().enter_secondary_pricing(found.id, "2026-11", 5000, "monthly_fee", effect, lines=parts)
    visitor = Visitor(desk, "cleo", language)
    page = visitor.get(f"/cases/{case}", tab="money")
    assert [word for word in (*REGISTERED[language], "50.00", "2026-11") if word not in page.text] == []
    assert NOTHING[language] not in page.text
    with desk.app_context(), transaction():
        gateway().hand_in_secondary_pricing("2026-11")
        gateway().apply_secondary_pricing(one.id, Effect(key="run:1", at=engine.now(), case="BATCH"))
    page = visitor.get(f"/cases/{case}", tab="money")
    (row,) = page.tree.xpath("//*[@id='registered']//tbody/tr")
    assert {"zh": "已批价冲减", "en": "credited by the run"}[language] in row.text_content()
    assert REGISTERED[language][1] not in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_waits_for_thursday_without_a_hold_is_told(desk: Flask, language: str) -> None:
    """What of the lines is paid already is settled on that day as well, as the steps say; the tab told what is on hold alone, and here nothing."""
    with desk.app_context(), transaction():
        build(0)
        case, subscription = begin(NUMBER), gateway().subscription(NUMBER)
        parts, effect = [LinePart(item(1), 5000)], Effect(key=f"{case}:1", at=engine.now(), case=case)
        hold = gateway().place_hold(subscription.id, 5000, date(2030, 12, 5), effect, lines=parts)
        assert (hold.id, hold.beside) == (None, 5000)
    page = Visitor(desk, "cleo", language).get(f"/cases/{case}", tab="money")
    (row,) = [row.text_content() for row in page.tree.xpath("//*[@id='registered']//tbody/tr")]
    told = {"zh": "已缴部分，随挂帐一并核定", "en": "paid already, settled with the hold"}[language]
    assert [word for word in (told, "50.00", "2030-12-05") if word not in row] == []
    assert NOTHING[language] not in page.text


def test_what_a_withdrawn_case_had_picked_stays_told(desk: Flask) -> None:
    """The line is free for others and the tab says so, with its amount and reason, instead of forgetting it."""
    case, cleo = picked(desk), Visitor(desk, "cleo")
    assert "现已没有登记" not in cleo.get(f"/cases/{case}", tab="money").text
    with desk.app_context():
        acts.withdraw(
            case, reason="不追究", said_by="customer", channel="counter", tell="sms", by=CLEO, at=engine.now()
        )
    told = cleo.get(f"/cases/{case}", tab="money").text
    assert [word for word in ("48.00 元", "部分", "曾勾选，本案现已没有登记") if word not in told] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_line_of_which_less_was_given_says_what_was_picked(desk: Flask, language: str) -> None:
    """The time line told the amount that was picked; where the case has less of the line in the end, the tab says both."""
    case = picked(desk)
    visitor = Visitor(desk, "cleo", language)
    words = {"zh": "最初登记：48.00 元", "en": "picked at first: ¥48.00"}[language]
    assert words not in visitor.get(f"/cases/{case}", tab="money").text
    with desk.app_context(), transaction():
        session().execute(update(LineClaim).where(LineClaim.case_number == case).values(amount=1800))
    assert words in visitor.get(f"/cases/{case}", tab="money").text


def test_a_line_that_the_case_has_is_told_once(desk: Flask) -> None:
    """By what became of it, not by its having been picked."""
    page = Visitor(desk, "cleo").get(f"/cases/{picked(desk)}", tab="money")
    assert len(page.tree.xpath("//tbody/tr")) == 1


@pytest.mark.parametrize("tab", ["money", "timeline"])
def test_lines_are_called_as_people_know_them(desk: Flask, tab: str) -> None:
    """A call by when it was and an item of a bill by what is printed there, on the page of the case and at its next step, not by the number of a record."""
    with desk.app_context():
        build(3)
        case = begin(NUMBER)
        complete(open_tasks(case)[0], {**JUDGED, "finding": "technology", "disputed_amount": "1.00"})
        call = picking_lines.of({"msisdn": NUMBER}).calls[0]
        complete(open_tasks(case)[0], {**ASKED, "disputed_lines": [f"{item(1)} 50.00", f"{call.line} 0.40"]})
        (task,) = open_tasks(case)
        when = moment(call.at)
    cleo = Visitor(desk, "cleo")
    for page in (cleo.get(f"/cases/{case}", tab=tab), cleo.get(f"/tasks/{task}")):
        told = page.text
        assert [word for word in (f"{when} 的通话", "帐单第 1 项：“月租费”") if word not in told] == []
        assert f"话单 {call.line.partition(':')[2]}" not in told
