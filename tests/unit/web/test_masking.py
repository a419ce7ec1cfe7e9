"""What of a customer is shown to whom, by every way there is, on both databases: docs/explanation/who-sees-what.md is this table in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

import engine
from engine import cases
from models.base import session, transaction
from models.comment import Comment
from models.complaint import Complaint
from models.customer import Customer, Subscription
from models.usage import Cdr
from models.user_task import UserTask
from office import intake, masking, notices, tokens
from tests.support.actors import CLEO
from tests.support.furnishing import Furnished, furnish, instance_of, open_tasks
from tests.support.visitors import Visitor
from tests.unit.web.test_routes import READ, ROUTES

NUMBER, NAME = "13900000204", "虚构客户保密"
WORDS, DEMAND, NOTE = "我太太的彩铃被人开通了", "请退还我的彩铃费用", "客户住在桂花巷"
SAID = (WORDS, DEMAND, NOTE)
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
STRANGERS = ("", "nora", "olu", "omar")
# a number that was asked for; at the log-in the demo's numbers to try stand, whosever they are
OF_A_NUMBER = {"GET /login", "GET /customers", "GET /intake", "GET /intake/caller", "GET /api/v1/accounts/<msisdn>"}


@dataclass(frozen=True)
class Street:
    """An office with one case that matters, which has left the service hall; and the tokens of everybody."""

    app: Flask
    there: Furnished
    tokens: dict[str, str]
    visitors: dict[str, Visitor]

    def read(self, name: str, person: str) -> str:
        """What a person is shown at a line of the table of routes."""
        place = (ROUTES[name].place or name.partition(" ")[2]).format(**asdict(self.there))
        place = place.replace("13900000202", NUMBER)
        if not place.startswith("/api/"):
            return plain(self.visitors[person].client.get(place).get_data())
        headers = {"Authorization": f"Bearer {self.tokens[person]}"} if person else {}
        return plain(self.app.test_client().get(place, headers=headers).get_data())


def plain(answer: bytes) -> str:
    """The text of an answer; JSON writes Chinese by its code points."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), answer.decode(errors="replace"))


@pytest.fixture(scope="module")
def street(shared_desk: Flask) -> Iterator[Street]:
    """The office of this file, on each database."""
    app = shared_desk
    found = furnish(app)
    people = ("cleo", "cora", "sam", "ada", "bill", *STRANGERS[1:])
    with app.app_context():
        with transaction():
            owner = session().query(Subscription).filter_by(msisdn=NUMBER).one().customer_id
            session().execute(update(Customer).where(Customer.id == owner).values(name=NAME))
        number = begin()
        (task,) = open_tasks(number)
        with transaction():
            session().execute(insert(Comment).values(case_number=number, user="cleo", at=engine.now(), text=NOTE))
            session().execute(update(UserTask).where(UserTask.id == task).values(group="billing_department"))
        there = Furnished(number, instance_of(number), task, found.closed_task, found.incident, found.notice)
        for name in people:
            notices.confirm(found.notice, by=engine.Actor(name), at=engine.now())
        held = {name: tokens.create(name, at=engine.now()) for name in people}
    yield Street(app, there, held, {name: Visitor(app, name) for name in ("", *people)})
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def begin() -> str:
    """Cleo takes it in; it has words, a demand and a number in them."""
    taken = intake.Intake(
        msisdn=NUMBER,
        text=f"{WORDS},我的号码是{NUMBER}",
        channel="counter",
        demand=DEMAND,
        disputed_amount=8800,
        process="TS-002",
        overrule_reason="客户要求",
    )
    return intake.accept(taken, by=CLEO, at=engine.now())


@pytest.mark.parametrize("person", STRANGERS)
def test_whoever_has_nothing_to_do_with_a_case_reads_nothing_of_it(street: Street, person: str) -> None:
    """By no way there is: no number, no name, no word, to clerks of other departments, owners, operators and those outside."""
    told = {name: street.read(name, person) for name in READ}
    assert {name for name, text in told.items() for one in (*SAID, NAME) if one in text} == set()
    assert {name for name, text in told.items() if NUMBER in text} - OF_A_NUMBER == set()


OF_THE_CASE = {name for name in READ if "instances/" in name or "<number>" in name or "tasks/<" in name}


def told(street: Street, person: str) -> tuple[set[str], set[str]]:
    """At which addresses a person reads something that was said, and at which the number in full."""
    read = {name: street.read(name, person) for name in READ}
    said = {name for name, text in read.items() for one in SAID if one in text}
    return said, {name for name, text in read.items() if NUMBER in text} - OF_A_NUMBER


def test_a_department_that_a_case_has_left_reads_what_happened_and_no_words(street: Street) -> None:
    """Cora is of the department that took it in: she may open the case, and what is personal in it is withheld, in the API as on pages."""
    page = street.visitors["cora"].get(f"/cases/{street.there.case}")
    assert (page.status, "139****0204" in page.text) == (200, True)
    assert "个人信息" in page.text
    assert told(street, "cora") == (set(), set())


@pytest.mark.parametrize("person", ["cleo", "sam", "ada"])
def test_whoever_took_it_in_or_supervises_reads_words_and_masked_numbers(street: Street, person: str) -> None:
    """Also where a number stands within a text; the entries of the API are no way round it."""
    said, numbers = told(street, person)
    assert {
        "GET /cases/<number>",
        "GET /cases/<number>/replay",
        "GET /api/v1/instances/<int:instance_id>/entries",
    } <= said
    assert said <= OF_THE_CASE - {"GET /cases/<number>/history.<form>"}
    assert numbers == set()


def test_the_heading_of_a_case_names_the_customer(street: Street) -> None:
    """Name and number as far as whoever reads may see them; the author of a remark stands there by name."""
    heading = "string(//main//*[@class='desk-whose'])"
    place = f"/cases/{street.there.case}"
    for person, shown in (("cleo", NAME), ("sam", NAME), ("cora", "（个人信息，不显示）")):
        read = street.visitors[person].get(place).tree.xpath(heading)
        assert (shown in read, "139****0204" in read, NUMBER in read) == (True, True, False), (person, read)
    remarks = street.visitors["sam"].get(place, tab="messages")
    assert "陈可" in remarks.tree.xpath("string(//main//section[contains(., '桂花巷')])")


def test_whoever_is_to_work_on_it_has_the_number_at_the_task(street: Street) -> None:
    """Bill's department has it now; before he takes the task the number stands in full at its form, beside it and on what is printed from it alone, afterwards in the whole case."""
    said, numbers = told(street, "bill")
    assert {"GET /cases/<number>", "GET /tasks/<int:task_id>"} <= said
    beside = {f"GET /tasks/<int:task_id>/{name}" for name in ("customer", "evidence")}
    at_the_task = {"GET /tasks/<int:task_id>", *beside, "GET /api/v1/tasks/<int:task_id>"}
    assert numbers <= at_the_task
    street.visitors["bill"].client.post(f"/tasks/{street.there.task}/claim")
    held = told(street, "bill")[1]
    assert {"GET /cases/<number>", "GET /api/v1/instances/<int:instance_id>/entries"} <= held
    assert held.isdisjoint(
        {"GET /cases", "GET /tasks", "GET /cases/<number>/history.<form>", "GET /cases/<number>/replay"}
    )


def test_personal_values_leave_with_auditors_alone(street: Street) -> None:
    """Who asks for them in an export without being an auditor is refused, and nothing leaves."""
    for person, status in (("bill", 403), ("sam", 403), ("ada", 200)):
        path = f"/cases/{street.there.case}/history.json?personal=1"
        answer = street.visitors[person].client.get(path)
        assert (answer.status_code, NUMBER in answer.get_data(as_text=True)) == (status, status == 200)


def test_numbers_are_masked_within_texts_and_nothing_else_is() -> None:
    """A number of eleven digits that could be a mobile's, an identity card or an account, whatever stands around it; amounts, days and papers stay."""
    value = {"text": "号码13900000204,卡6222020000000000801", "rows": [{"called": "13800138000"}], "fen": 13900000204}
    assert masking.masked(value) == {
        "text": "号码139****0204,卡622****0801",
        "rows": [{"called": "138****8000"}],
        "fen": 13900000204,
    }
    for written in (
        "139 0000 0204",
        "139-0000-0204",
        "+86 13900000204",
        "8613900000204",
        "（+86）139 0000 0204",
        "１３９０００００２０４",
    ):
        assert "139****0204" in masking.masked(f"请回电{written}。"), written
        assert "0204" not in masking.masked(f"请回电{written}。").replace("139****0204", ""), written
        assert "0000" not in masking.masked(f"请回电{written}。"), written
    for hidden, shown in (
        ("身份证330106199001011234。", "身份证330****1234。"),
        ("33010619900101123X", "330****123X"),
        ("130503670401001", "130****1001"),
        ("6222 0200 0000 0000 801", "622****0801"),
        ("6222-0200-0000-0000", "622****0000"),
        ("６２２２０２００００００８０１２", "622****8012"),
        ("6222021234567890 330106199001011234", "622****7890 330****1234"),
        ("13800138000 123456789012", "138****8000 123****9012"),
    ):
        assert masking.masked(hidden) == shown
    for left in (
        "13 14 15 16 170",
        "2026-11-28 10:00",
        "2026-11-28 2026-11-29",
        "SJ-202611280001",
        "AJ-2026-000002",
        "139.00, 1390.00",
    ):
        assert masking.masked(left) == left
    assert masking.said("13900000204", masking.NOTHING) == masking.WITHHELD
    assert masking.said(None, masking.NOTHING) is None


def test_a_result_that_is_personal_as_a_whole_hides_nothing_else(desk: Flask) -> None:
    """What a service answered is withheld from a colleague of the counter that a case has left; the rest of its page is told all the same."""
    taken = intake.Intake(
        msisdn="13900000601", text="销号以后还收梦网费", channel="counter", process="TS-006", overrule_reason="客户要求"
    )
    forms: list[dict[str, str]] = [
        {"charged_msisdn": "13900000601", "number_event": "none", "demand": "退费"},
        {"event_settled": "record", "orphan_confirmed": "yes"},
        {"site": "某站"},
    ]
    with desk.app_context():
        fee = session().scalars(select(Cdr.id).where(Cdr.served_msisdn == "13900000601", Cdr.information > 0)).one()
        forms[-1]["orphan_lines"] = f"information-fee:{fee} 10.00"
        case = intake.accept(taken, by=CLEO, at=engine.now())
        for form in forms:
            cases.complete(open_tasks(case)[0], form=form, by=CLEO, at=engine.now())
        assert open_tasks(case) == []
    page = Visitor(desk, "cora").get(f"/cases/{case}")
    assert (page.status, "查询号码状态" in page.text, "填写登记表" in page.text) == (200, True, True)


ACCOUNT, HOLDER, WHICH = "6222020000000000801", "虚构客户0801", "十月那笔没有扣成"


def test_pages_replay_and_api_agree(desk: Flask) -> None:
    """An auditor reads holder and failed debit at all of them and the account masked; whom the case has left reads neither, in its result as well."""
    taken = intake.Intake(
        msisdn="13900000801", text=WORDS, channel="counter", process="TS-008", overrule_reason="客户要求"
    )
    with desk.app_context():
        case = intake.accept(taken, by=CLEO, at=engine.now())
        form = {"bank": "工商银行", "account": ACCOUNT, "holder": HOLDER, "failure_text": WHICH}
        cases.complete(open_tasks(case)[0], form=form, by=CLEO, at=engine.now())
        with transaction():
            session().execute(update(UserTask).where(UserTask.state == "open").values(group="billing_department"))
            ended = update(Complaint).where(Complaint.case_number == case)
            session().execute(ended.values(resolution=f"已电话告知{HOLDER}"))
        token = tokens.create("ada", at=engine.now())
        entries = f"/api/v1/instances/{instance_of(case)}/entries"
    ada, cora = Visitor(desk, "ada"), Visitor(desk, "cora")
    headers = {"Authorization": f"Bearer {token}"}
    asked = plain(desk.test_client().get(entries, headers=headers).get_data())
    for shown in (ada.get(f"/cases/{case}").text, ada.get(f"/cases/{case}/replay").text, asked):
        assert (HOLDER in shown, WHICH in shown, "622****0801" in shown, ACCOUNT in shown) == (True, True, True, False)
    for place in (f"/cases/{case}", f"/cases/{case}/replay", "/cases"):
        shown = cora.get(place).text
        assert (case in shown, HOLDER in shown, WHICH in shown, "622****0801" in shown) == (True, False, False, False)
    assert HOLDER in ada.get("/cases").text


def test_the_head_of_a_task_shows_the_number_as_the_page_does(desk: Flask) -> None:
    """In full to whoever may take it, masked to a supervisor, in head and fields alike."""
    with desk.app_context():
        task = open_tasks(begin())[0]
    head = "string(//main//*[@class='desk-whose'])"
    for person, full in (("cora", True), ("ada", False)):
        page = Visitor(desk, person).get(f"/tasks/{task}")
        assert (NUMBER in page.tree.xpath(head), NUMBER in page.text) == (full, full), person
