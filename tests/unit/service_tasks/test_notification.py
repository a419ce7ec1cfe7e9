"""Messages to customers and departments."""

import re
from string import Template
from typing import Any

import pytest
from marshmallow import ValidationError
from sqlalchemy import func, select

from models.base import session
from models.notice import DepartmentNotice, OutboxMessage
from office import correspondence
from service_tasks import dates
from service_tasks.notification import (
    TEMPLATES,
    WORDINGS,
    UnknownDepartment,
    UnknownTemplate,
    ValuesMissing,
    body,
    in_words,
    wordings,
)

HELD = {"msisdn": "13900000001", "template": "charge_held", "values": {"amount": 1250, "settle_on": "2026-11-26"}}


def count(table: Any) -> int:
    """How many rows a table has."""
    return session().scalar(select(func.count()).select_from(table)) or 0


def test_who_gets_no_further_bill_is_not_sent_to_one() -> None:
    """What was given wrongly may have been the money of a cancelled number: what is said of taking it back names no bill."""
    texts = [message.text for name, message in TEMPLATES.items() if name.startswith("taken_back")]
    assert [text for text in texts if "帐单" in text] == []


def test_a_message_is_queued_once(desk: Any) -> None:
    """A repeated step must not write to the customer again."""
    answer = desk.twice("notification/send", **HELD)
    message = session().scalars(select(OutboxMessage)).one()
    assert answer == {"outbox_id": message.id}
    assert (
        message.body
        == "您有争议的话费 12.50 元已挂帐，其余话费可以正常缴纳。核算结果预计 2026-11-26 后告知您。（案件 AJ-2026-000001）"
    )
    assert (message.to_msisdn, message.state, message.case_number) == ("13900000001", "queued", "AJ-2026-000001")


def test_a_message_to_a_cancelled_number_has_failed_at_once(desk: Any) -> None:
    """Nothing arrives there: it stands before a person, who tells the customer in another way, and never counts as on its way."""
    desk.given({"msisdn": "13900000001", "state": "cancelled"})
    answer = desk.twice("notification/send", **HELD)
    message = session().scalars(select(OutboxMessage)).one()
    assert (answer["outbox_id"], message.state, message.failure) == (message.id, "failed", "number_cancelled")
    assert correspondence.undelivered() == [message]


def test_values_are_never_read_as_templates() -> None:
    """What a customer or a clerk typed stays what was typed, dollar signs, braces and all."""
    values = {"case_number": "$resolution {0.__class__}", "resolution": "$case_number ${amount} %s", "date": "$date"}
    assert (
        body("resolved", values) == "您的投诉 $resolution {0.__class__} 已有结果：$case_number ${amount} %s。（$date）"
    )


def test_a_missing_value_is_an_incident_not_a_message(desk: Any) -> None:
    """A customer must not read a bare name."""
    with pytest.raises(ValuesMissing):
        desk.run("notification/send", msisdn="13900000001", template="charge_held", values={"amount": 1})
    assert count(OutboxMessage) == 0


def test_unknown_templates_are_refused(desk: Any) -> None:
    """Only our own wording goes out."""
    with pytest.raises(ValidationError):
        desk.run("notification/send", msisdn="13900000001", template="hello", values={})
    with pytest.raises(UnknownTemplate):
        body("hello", {})


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_message_names_its_case_and_a_day(name: str) -> None:
    """Whoever reads it again weeks later knows which complaint it is about, and when it was so or will be."""
    identifiers = set(Template(TEMPLATES[name].text).get_identifiers())
    assert "case_number" in identifiers
    assert identifiers & {"date", "settle_on", "period", "effective_on", "until"}


def test_the_day_of_a_message_is_that_of_the_office(desk: Any) -> None:
    """The step need not give it; it is the day on which the message was queued, as the office has it."""
    desk.run("notification/send", msisdn="13900000001", template="credit_posted", values={"amount": 8800})
    message = session().scalars(select(OutboxMessage)).one()
    day = dates.day_of(message.queued_at)
    assert message.body.endswith(f"（案件 AJ-2026-000001，{day.month}月{day.day}日）")


def test_a_message_without_a_day_is_still_one_of_ours() -> None:
    """Offices have sent them; whoever verifies such a case accuses nobody."""
    values = {"amount": 8800, "case_number": "AJ-2026-000001", "date": "11月24日"}
    assert "您反映的话费已冲减 88.00 元，请留意帐单。（案件 AJ-2026-000001）" in wordings("credit_posted", values)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_can_be_written(name: str) -> None:
    """A wording with a stray dollar sign would fail at the customer."""
    from string import Template

    wording = Template(TEMPLATES[name].text)
    assert wording.is_valid()
    text = body(name, dict.fromkeys(wording.get_identifiers(), 100))
    assert "$" not in text
    assert set(TEMPLATES[name].money) <= set(wording.get_identifiers())


def test_a_department_is_told_once(desk: Any) -> None:
    """The notice names the case, and stands there until somebody has read it."""
    desk.given()
    answer = desk.twice("notification/department", group="marketing", subject="二次批价遗漏", text="请补批")
    notice = session().scalars(select(DepartmentNotice)).one()
    assert answer == {"notice_id": notice.id}
    assert (notice.department, notice.subject, notice.text, notice.read_at) == (
        "marketing",
        "二次批价遗漏",
        "请补批",
        None,
    )


@pytest.mark.parametrize("name", WORDINGS)
def test_a_wording_is_read_in_the_readers_language(desk: Any, name: str) -> None:
    """What we compose for a department is kept as values, so that an English page shows no Chinese sentence and the other way round."""
    desk.given()
    chinese, english = WORDINGS[name]
    values = {identifier: f"<{identifier}>" for identifier in Template(chinese).get_identifiers()}
    assert set(values) == set(Template(english).get_identifiers())
    desk.twice("notification/department", group="marketing", subject="x", wording=name, values=values)
    text = session().scalars(select(DepartmentNotice)).one().text
    assert in_words(text, english=True) == Template(english).substitute(values)
    assert in_words(text, english=False) == Template(chinese).substitute(values)
    assert not re.search("[\u4e00-\u9fff]", in_words(text, english=True))


def test_a_wording_without_its_values_is_an_incident(desk: Any) -> None:
    """Nobody reads a bare name."""
    desk.given()
    with pytest.raises(ValuesMissing):
        desk.run("notification/department", group="marketing", subject="x", wording="site", values={"site": "新浪"})


def test_what_a_person_wrote_is_read_as_written(desk: Any) -> None:
    """A text that looks like a template stays as it is."""
    assert in_words("$site {x}", english=True) == "$site {x}"


def test_an_unknown_department_is_an_incident(desk: Any) -> None:
    """A notice to nobody would be read by nobody."""
    desk.given()
    with pytest.raises(UnknownDepartment):
        desk.run("notification/department", group="nobody", subject="x", text="y")


def test_a_hold_in_part_says_all_of_it_and_what_is_on_hold(desk: Any) -> None:
    """The reply tells the whole amount: a message that told what is on hold alone spoke of another one."""
    desk.given({"msisdn": "13900000001"})
    values = {"amount": 280, "parked": 110, "settle_on": "2026-11-26"}
    desk.run("notification/send", msisdn="13900000001", template="charge_held_in_part", values=values)
    body = session().scalars(select(OutboxMessage.body)).one()
    assert [word for word in ("2.80 元已登记", "未缴的 1.10 元已挂帐", "2026-11-26") if word not in body] == []
