"""Taking a complaint in: the same request, sent twice or twice at once, is one case; other words under the same key are another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

import engine
from engine import proof
from models.base import session, transaction
from models.complaint import Complaint
from office import acts, intake
from service_tasks.gateway import Effect, gateway
from tests.support.actors import CLEO, SAM
from tests.support.furnishing import open_tasks
from tests.support.visitors import Visitor

TAKEN = intake.Intake(
    msisdn="13900000202", text="多收了话费", channel="counter", process="TS-002", overrule_reason="客户要求"
)


def accepted(app: Flask, taken: intake.Intake, key: str, by: engine.Actor = CLEO) -> str:
    """The number of the case that a request came to."""
    with app.app_context():
        return intake.accept(taken, by=by, at=engine.now(), key=key)


def count(app: Flask) -> int:
    """How many complaints there are."""
    with app.app_context():
        return session().scalar(select(func.count()).select_from(Complaint)) or 0


def test_the_same_request_is_one_case(desk: Flask) -> None:
    """An impatient second click or a repeated call takes nothing in twice."""
    first = accepted(desk, TAKEN, "k")
    assert accepted(desk, TAKEN, "k") == first
    assert count(desk) == 1


def test_other_words_other_people_and_no_key_are_other_cases(desk: Flask) -> None:
    """A page gone back to has the key of the case before; what is written on it now must not be lost."""
    other = replace(TAKEN, text="还多收了月租费")
    numbers = [accepted(desk, TAKEN, "k"), accepted(desk, other, "k"), accepted(desk, TAKEN, "k", SAM)]
    numbers += [accepted(desk, TAKEN, ""), accepted(desk, TAKEN, "")]
    assert len(set(numbers)) == count(desk) == 5


def test_twice_at_once_is_one_case(desk: Flask) -> None:
    """The second waits for the first or is told its number, and nobody reads of a lock."""
    with ThreadPoolExecutor(4) as threads:
        numbers = list(threads.map(lambda _: accepted(desk, TAKEN, "k"), range(4)))
    assert (len(set(numbers)), count(desk)) == (1, 1)


@pytest.mark.postgresql
def test_twice_at_once_on_postgresql(postgresql_desk: Flask) -> None:
    """Where no write lock keeps them apart, the unique key does."""
    with ThreadPoolExecutor(4) as threads:
        numbers = list(threads.map(lambda _: accepted(postgresql_desk, TAKEN, "once"), range(4)))
    assert len(set(numbers)) == 1


def test_the_page_sends_a_key(desk: Flask) -> None:
    """The form brings one, keeps it when something is wrong, and the double click leads to the same case."""
    cleo = Visitor(desk, "cleo")
    key = cleo.get("/intake").typed("submit_key")
    typed = {
        "action": "accept",
        "msisdn": TAKEN.msisdn,
        "text": "多收了月租费",
        "channel": "counter",
        "process": "TS-002",
    }
    assert cleo.post("/intake", **typed, submit_key=key).typed("submit_key") == key
    for _again in range(2):
        assert cleo.post("/intake", **typed, overrule_reason="客户要求", submit_key=key).status == 302
    assert count(desk) == 1


def test_what_another_counter_chose_comes_before_the_hall(desk: Flask) -> None:
    """The hotline takes in and overrules; the hall's form begins with that process and its reason, and the case follows what the hall confirms."""
    hugo = engine.Actor("hugo", frozenset({"hotline_1860"}), frozenset({"clerk"}))
    number = accepted(desk, replace(TAKEN, process="TS-003", overrule_reason="要求月底冲减"), "", hugo)
    with desk.app_context():
        (task,) = open_tasks(number)
    cleo = Visitor(desk, "cleo")
    page = cleo.get(f"/tasks/{task}")
    assert (page.typed("process"), page.typed("overrule_reason")) == ("TS-003", "要求月底冲减")
    assert "受理人改选理由" in page.text
    confirmed = {"process": "TS-008", "overrule_reason": "其实是托收", "dispute_type": "usage"}
    assert cleo.post(f"/tasks/{task}/completion", **confirmed).status == 302
    with desk.app_context():
        query = select(Complaint.process_key).where(Complaint.case_number == number)
        assert session().scalars(query).one() == "TS-008"


def test_a_suggestion_follows_the_text_until_another_is_chosen(desk: Flask) -> None:
    """What nobody chose is asked anew with every word; what somebody chose stays."""
    cleo = Visitor(desk, "cleo")
    typed = {"msisdn": "13900000204", "text": "多收了月租费", "suggested": "TS-005", "process": "TS-005"}
    assert cleo.post("/intake/suggestion", **typed).tree.xpath("//input[@name='process'][@checked]/@value") == [
        "TS-001"
    ]
    chosen = cleo.post("/intake/suggestion", **{**typed, "process": "TS-003"})
    assert chosen.tree.xpath("//input[@name='process'][@checked]/@value") == ["TS-003"]


def test_what_is_not_sure_is_not_ticked_and_asks_for_no_reason(desk: Flask) -> None:
    """Below half three choices stand there; nothing found is nothing suggested, and certainly not answered on the spot."""
    cleo = Visitor(desk, "cleo")
    unsure = cleo.post("/intake/suggestion", msisdn="13900000204", text="多收了话费")
    assert len(unsure.tree.xpath("//div[@class='desk-choices']//input[@name='process']")) == 3
    nothing = cleo.post("/intake/suggestion", msisdn="13900000204", text="收费不对")
    for page in (unsure, nothing):
        assert not page.tree.xpath("//input[@checked]")
        assert not page.tree.xpath("//input[@name='overrule_reason']")
    given = {"action": "accept", "msisdn": "13900000204", "channel": "counter"}
    assert cleo.post("/intake", **given, text="多收了话费").status == 422
    assert cleo.post("/intake", **given, text="多收了话费", process="TS-002").status == 302


def test_submitting_early_has_the_suggestion_worked_out(desk: Flask) -> None:
    """Whoever sends the form before it has come, or without a script, gets what the words and the number point to."""
    cleo = Visitor(desk, "cleo")
    given = {"action": "accept", "msisdn": "13900000204", "channel": "counter", "text": "多收了月租费"}
    assert cleo.post("/intake", **given).status == 302
    with desk.app_context():
        assert session().scalars(select(Complaint.process_key)).one() == "TS-001"


UNKNOWN = {
    "action": "accept",
    "msisdn": "19900000009",
    "text": "扣费两次",
    "channel": "counter",
    "process": "TS-002",
    "overrule_reason": "帐单可查",
}
ENQUIRY = {**UNKNOWN, "text": "营业厅几点下班", "process": "on_the_spot"}


def test_a_number_nobody_has_is_not_taken_in_without_a_word(desk: Flask) -> None:
    """It is refused at its field with the way out, which holds for that number alone; what is then taken in says so."""
    cleo = Visitor(desk, "cleo")
    page = cleo.post("/intake", **UNKNOWN)
    assert (page.status, set(page.summary), count(desk)) == (422, {"#field-msisdn"}, 0)
    assert page.tree.xpath("//input[@name='unknown' and @form='taking-in' and @value='19900000009']")
    assert cleo.post("/intake", **UNKNOWN, unknown="19900000008").status == 422
    answer = cleo.client.post("/intake", data={**UNKNOWN, "unknown": "19900000009"}, follow_redirects=True)
    assert (answer.status_code, count(desk)) == (200, 1)
    assert "非本公司客户" in answer.text


def test_what_is_answered_on_the_spot_needs_no_customer(desk: Flask) -> None:
    """Whoever asks when the hall closes may be anybody; the page after it says that the number is nobody's."""
    answer = Visitor(desk, "cleo").client.post("/intake", data=ENQUIRY, follow_redirects=True)
    assert (answer.status_code, count(desk)) == (200, 1)
    assert "非本公司客户" in answer.text


@pytest.mark.parametrize("amount", ["0", "0.00", "-5"])
def test_an_amount_that_no_step_could_take_is_told_at_the_intake(desk: Flask, amount: str) -> None:
    """Nothing in dispute is left empty; zero would be refused a step later."""
    typed = {**UNKNOWN, "msisdn": "13900000202", "disputed_amount": amount}
    page = Visitor(desk, "cleo").post("/intake", **typed)
    assert (page.status, set(page.summary), count(desk)) == (422, {"#field-disputed_amount"}, 0)


def test_a_complaint_in_english_is_not_called_one_for_the_spot(desk: Flask) -> None:
    """Nothing is recognised in it, so nothing is ticked and nothing advised; whoever takes it in chooses."""
    cleo = Visitor(desk, "cleo", "en")
    typed = {"msisdn": "13900000202", "text": "I was charged twice for a ring tone", "channel": "counter"}
    part = cleo.post("/intake/suggestion", **typed)
    assert not part.tree.xpath("//input[@type='radio' and @checked]")
    assert "on the spot first" not in part.text
    page = cleo.post("/intake", **typed, action="accept")
    assert (page.status, set(page.summary)) == (422, {"#field-process"})
    assert cleo.post("/intake", **typed, action="accept", process="TS-002").status == 302
    with desk.app_context():
        case, sure = session().execute(select(Complaint.case_number, Complaint.confidence)).one()
    assert ("nothing was recognised" in cleo.get(f"/cases/{case}").text) == (sure == 0)


@pytest.mark.parametrize("action", ["suggest", "look_up"])
def test_a_wrong_amount_is_told_at_once(desk: Flask, action: str) -> None:
    """Whoever asks for a suggestion hears as well that the amount is none, not only when the complaint is taken in."""
    cleo = Visitor(desk, "cleo")
    page = cleo.post("/intake", msisdn="13900000202", text="多收了话费", disputed_amount="58,00", action=action)
    assert (page.status, page.beside("disputed_amount")) == (422, "请填写数字。")


def test_an_open_case_is_a_way_to_go_on(desk: Flask) -> None:
    """Whoever is told that a number has an open case is led to it."""
    number = accepted(desk, TAKEN, "k")
    (note,) = (
        Visitor(desk, "cleo").get("/intake", msisdn=TAKEN.msisdn).tree.xpath("//*[@id='caller']//p[@role='status']")
    )
    assert note.xpath(".//a/@href") == [f"/tasks/of/{number}"]


@pytest.mark.parametrize(("language", "anew"), [("zh", "可在此重新受理"), ("en", "can be taken in here anew")])
def test_what_was_taken_back_is_taken_in_anew(desk: Flask, language: str, anew: str) -> None:
    """After a reversal no step of the open case picks the item again: intake sends nobody back there for it, and says so, until then it does."""
    number, key = accepted(desk, TAKEN, "k"), "given:1"
    with desk.app_context(), transaction():
        effect = Effect(key=key, at=engine.now(), case=number)
        gateway().credit(gateway().subscription(TAKEN.msisdn).id, 800, "charge", effect)
    cleo = Visitor(desk, "cleo", language)
    there = {"zh": "请到原案件继续办理", "en": "If it is about the same, go on there"}[language]

    def told() -> tuple[bool, bool]:
        (note,) = cleo.get("/intake", msisdn=TAKEN.msisdn).tree.xpath("//*[@id='caller']//p[@role='status']")
        assert note.xpath(".//a/@href") == [f"/tasks/of/{number}"]
        return there in note.text_content(), anew in note.text_content()

    assert told() == (True, False)
    with desk.app_context():
        request = acts.ask_reversal(number, entry=key, reason="冲错了", by=CLEO, at=engine.now())
    assert told() == (True, False)
    with desk.app_context():
        assert acts.agree_reversal(number, request, tell="phone", by=SAM, at=engine.now())
    assert told() == (False, True)


def test_nobody_is_said_to_have_decided_what_they_were_not_asked(desk: Flask) -> None:
    """The type of dispute, of which the intake has no field, is no answer of the clerk's; a suggestion that was followed is told as one."""
    text = "上月帐单多收了彩铃功能费，没有开通过彩铃"
    with desk.app_context():
        found = intake.suggest(text, "13900000202", engine.now())
    assert found.is_sure
    followed = replace(TAKEN, text=text, process=found.process, overrule_reason="")
    other = replace(TAKEN, text=text, process="TS-008", overrule_reason="其实是托收")
    unsure = replace(
        TAKEN, text="多收了话费", process="TS-001", overrule_reason=""
    )  # chosen of three, none of them suggested
    pages = []
    for taken in (followed, other, unsure):
        number = accepted(desk, taken, "")
        with desk.app_context():
            (instance,) = session().scalars(select(Complaint.instance_id).where(Complaint.case_number == number))
            steps = [step for entry in proof.history_of(instance or 0).entries for step in entry.steps]
        (confirmed,) = [step for step in steps if step["type"] == "user_task_completed"]
        assert confirmed["form"].get("dispute_type") is None
        pages.append(Visitor(desk, "cleo").get(f"/cases/{number}").text)
    assert ["系统建议，未改动" in page or "(suggested, not changed)" in page for page in pages] == [True, False, False]
