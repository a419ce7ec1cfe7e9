"""Nothing typed is lost: not to a session that ended, nor to somebody who was first, nor to a link that was followed."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select, update

import engine
import engine.published
from engine import cases, definitions
from models.base import session, transaction
from models.definition import DefinitionDraft
from models.identity import LoginSession
from models.unsent import UnsentForm
from models.user_task import UserTask
from office import drafts, intake, notices, unsent
from tests.support.actors import CLEO, OLU, SAM
from tests.support.furnishing import open_tasks
from tests.support.visitors import Visitor
from web.edge.unsent_forms import PAGES

BROWSER = {"Accept": "text/html"}
WORDS = "客户说每月多收五元"
TYPED = {"msisdn": "139 0000 0202", "text": WORDS, "channel": "telephone", "demand": "退费"}
TAKEN = intake.Intake(
    msisdn="13900000202", text="多收了话费", channel="counter", process="TS-002", overrule_reason="客户要求"
)


@pytest.fixture
def task(desk: Flask) -> int:
    """The first open task of a case."""
    with desk.app_context():
        number = intake.accept(TAKEN, by=CLEO, at=engine.now(), key="")
        return open_tasks(number)[0]


def kept(app: Flask) -> int:
    """How many forms are kept."""
    with app.app_context():
        return session().scalar(select(func.count()).select_from(UnsentForm)) or 0


def test_a_page_left_by_a_link_offers_what_was_typed(desk: Flask) -> None:
    """What the browser has kept stands in the form again, for whoever typed it alone, until it is sent or not wanted."""
    cleo = Visitor(desk, "cleo")
    assert cleo.post("/unsent", **TYPED, unsent_place="/intake").status == 204
    page = Visitor(desk, "cleo").get("/intake")
    assert (page.typed("text"), page.typed("msisdn"), page.typed("channel")) == (WORDS, "139 0000 0202", "telephone")
    assert "没有提交" in page.text
    assert Visitor(desk, "sam").get("/intake").typed("text") == ""
    assert cleo.post("/unsent/discard", unsent_place="/intake").status == 302
    assert (kept(desk), cleo.get("/intake").typed("text")) == (0, "")


def test_what_was_sent_is_not_offered_again(desk: Flask) -> None:
    """A form that was taken goes; one that was refused stays."""
    cleo = Visitor(desk, "cleo")
    cleo.post("/unsent", **TYPED, unsent_place="/intake")
    page = cleo.get("/intake")
    sent = {**TYPED, "action": "accept", "unsent": page.typed("unsent"), "unsent_of": page.typed("unsent_of")}
    assert (cleo.post("/intake", **{**sent, "msisdn": "1"}).status, kept(desk)) == (422, 1)
    assert cleo.post("/intake", **sent, process="TS-002", overrule_reason="客户要求").status == 302
    assert kept(desk) == 0


def test_a_session_that_ended_loses_nothing(desk: Flask, task: int) -> None:
    """Without a script too: after the log-in the task is there with what was typed, for the same person."""
    cleo = Visitor(desk, "cleo")
    owner = cleo.get(f"/tasks/{task}").typed("unsent_of")
    answer = Visitor(desk).client.post(
        f"/tasks/{task}/completion", data={"finding_note": WORDS, "unsent_of": owner, "unsent": ""}
    )
    assert (answer.status_code, f"/tasks/{task}".replace("/", "%2F") in answer.location.replace("/", "%2F")) == (
        302,
        True,
    )
    page = Visitor(desk, "cleo").get(f"/tasks/{task}")
    assert (page.typed("finding_note"), "没有提交" in page.text) == (WORDS, True)
    assert Visitor(desk, "sam").get(f"/tasks/{task}").typed("finding_note") != WORDS


def test_every_form_that_is_kept_has_its_page(desk: Flask) -> None:
    """Whoever's session ended is led to a page that is there."""
    rules = {rule.endpoint: rule for rule in desk.url_map.iter_rules() if "POST" in (rule.methods or ())}
    with desk.test_request_context():
        for endpoint, page in PAGES.items():
            assert page(**dict.fromkeys(rules[endpoint].arguments, 1)).startswith("/"), endpoint


@pytest.mark.parametrize(
    ("place", "field", "address"),
    [
        ("/processes/BATCH-002/publish/submission", "note", "/processes/BATCH-002/publish"),
        ("/processes/BATCH-002/publish/return", "reason", "/processes/BATCH-002/publish"),
        ("/processes/BATCH-002/versions/1/restoration", "reason", "/processes/BATCH-002"),
    ],
)
def test_the_reason_of_an_owner_outlives_the_session(desk: Flask, place: str, field: str, address: str) -> None:
    """Whoever hands in, gives back or rolls back finds the form open with the reason after the log-in."""
    two_versions(desk, submitted=place.endswith("return"), drawn=not place.endswith("restoration"))
    owner = Visitor(desk, "olu").get(address).typed("unsent_of")
    answer = Visitor(desk).client.post(place, data={field: WORDS, "unsent_of": owner, "unsent": ""})
    assert (answer.status_code, answer.location) == (302, f"/login?next={address}")
    found = Visitor(desk, "olu").get(address)
    assert found.typed(field) == WORDS
    assert bool(found.tree.xpath("//details[@open]//input[@name='reason']")) is place.endswith("restoration")
    assert Visitor(desk, "otto").get(address).typed(field) != WORDS


def two_versions(desk: Flask, *, submitted: bool, drawn: bool) -> None:
    """Of BATCH-002: something to roll back to, and when it is drawn something to hand in or to give back."""
    with desk.app_context():
        content = engine.published.newest_package("BATCH-002")
        assert content is not None
        for name, published in (("汇总挂帐", True), ("汇总", False)):
            text = content.files["BATCH-002.bpmn"].replace("汇总本周挂帐", name)
            files = {**content.files, "BATCH-002.bpmn": text}
            if published:
                engine.published.publish(
                    definitions.Package(key="BATCH-002", files=files), by=OLU, note="x", at=engine.now()
                )
            elif drawn:
                drafts.save("BATCH-002", {"BATCH-002.bpmn": text}, revision=0, by=OLU, at=engine.now())
        if submitted:
            with transaction():
                row = session().get_one(DefinitionDraft, "BATCH-002")
                row.submitted_by, row.submitted_at = "otto", engine.now()


def test_nobody_keeps_a_form_in_the_name_of_another(desk: Flask, task: int) -> None:
    """Who typed a form stands in it signed; without that nothing is kept."""
    for owner in ("cleo", "", "ImNsZW8i.AAAA"):
        Visitor(desk).post(f"/tasks/{task}/completion", finding_note=WORDS, unsent_of=owner)
    assert kept(desk) == 0


def test_a_part_of_a_page_is_no_place_for_a_log_in(desk: Flask, task: int) -> None:
    """Fields that are asked for by script stay as they are when the session has ended."""
    answer = Visitor(desk).client.post(f"/tasks/{task}/fields", headers={"HX-Request": "true"})
    assert answer.status_code == 401


def test_a_page_from_before_another_log_in_comes_back_filled(desk: Flask, task: int) -> None:
    """Its token is not known any more; the form is, and nothing was sent."""
    cleo = Visitor(desk, "cleo")
    desk.config["WTF_CSRF_ENABLED"] = True
    page = cleo.get(f"/tasks/{task}")
    owner, mark = page.typed("unsent_of"), page.typed("csrf_token")
    with cleo.client.session_transaction() as session_of_now:
        session_of_now["csrf_token"] = "of another log-in"
    sent = {"finding_note": WORDS, "unsent_of": owner, "unsent": "1", "csrf_token": mark}
    answer = cleo.client.post(f"/tasks/{task}/completion", data=sent)
    assert (answer.status_code, answer.location) == (302, f"/tasks/{task}")
    page = cleo.get(f"/tasks/{task}")
    assert (page.typed("finding_note"), "打开太久" in page.text) == (WORDS, True)


def test_whoever_was_first_is_named_beside_what_was_typed(desk: Flask, task: int) -> None:
    """The answer to the second leads to the case, names the first, and shows what was typed to be copied."""
    cleo = Visitor(desk, "cleo")
    typed = {"finding": "charge_right", "finding_note": WORDS, "disputed_amount": "5"}
    owner = cleo.get(f"/tasks/{task}").typed("unsent_of")
    with desk.app_context():
        cases.complete(task, form=typed, by=CLEO, at=engine.now())
    late = cleo.post(f"/tasks/{task}/completion", **typed, unsent_of=owner, unsent="1")
    assert late.status == 409
    assert WORDS in late.text
    assert "finding_note" not in late.text
    (whose,) = late.tree.xpath("//*[@class='desk-whose']")
    assert "139****0202" in whose.text_content()
    assert late.tree.xpath("//main//a[starts-with(@href, '/cases/AJ-')]")
    assert re.search("由.+于.+办理", late.text)


def test_a_task_that_a_colleague_holds_is_read_only(desk: Flask, task: int) -> None:
    """With their name; a supervisor may give it to somebody else."""
    with desk.app_context():
        cases.claim(task, by=CLEO, at=engine.now())
    sam = Visitor(desk, "sam")
    page = sam.get(f"/tasks/{task}")
    assert page.tree.xpath("//main//fieldset[@disabled]")
    assert not page.tree.xpath("//form[@id='completion']")
    assert page.tree.xpath(f"//form[@action='/supervision/tasks/{task}/assignment']")


def test_what_is_kept_is_sealed_and_goes_with_time(desk: Flask) -> None:
    """No word of a customer lies open in the table, and after a month nothing lies there."""
    with desk.app_context():
        long_ago = engine.now() - unsent.KEPT_FOR - timedelta(days=1)
        assert unsent.keep("cleo", "/intake", {"text": [WORDS]}, at=long_ago)
        (row,) = session().scalars(select(UnsentForm)).all()
        assert WORDS.encode() not in row.fields_sealed
        assert unsent.keep("sam", "/intake", {"text": ["x"]}, at=engine.now())
        assert session().scalars(select(UnsentForm.user)).all() == ["sam"]
        assert not unsent.keep("sam", "/intake", {"text": ["x" * unsent.MOST_BYTES]}, at=engine.now())


def test_a_notice_in_between_keeps_the_complaint(desk: Flask) -> None:
    """The page says that nothing is taken in yet, and after reading the form stands there as it was typed."""
    cleo = Visitor(desk, "cleo")
    owner = cleo.get("/intake").typed("unsent_of")
    with desk.app_context():
        notice = notices.publish("统一口径", by=SAM, at=engine.now())
    answer = cleo.client.post("/intake", data={**TYPED, "action": "accept", "unsent": "", "unsent_of": owner})
    assert answer.status_code == 302
    assert "还没有受理" in cleo.get(answer.location).text
    after = cleo.client.post(f"/notices/{notice}/confirmation", data={"next": "/intake"}, follow_redirects=True)
    assert (after.request.path, WORDS in after.text, "没有提交" in after.text) == ("/intake", True, True)


def test_a_notice_before_the_intake_speaks_of_no_complaint(desk: Flask) -> None:
    """Nothing was typed, so nothing is said to be waiting."""
    with desk.app_context():
        notices.publish("统一口径", by=SAM, at=engine.now())
    cleo = Visitor(desk, "cleo")
    assert "还没有受理" not in cleo.get("/notices/unread", next="/intake").text


@pytest.mark.parametrize("verb", ["claim", "release"])
def test_taking_a_task_throws_nothing_away(desk: Flask, task: int, verb: str) -> None:
    """The button sends the form along, without a script too; what was typed stands there again, and a form nobody typed in is not offered."""
    cleo = Visitor(desk, "cleo")
    if verb == "release":
        cleo.post(f"/tasks/{task}/claim")
    page = cleo.get(f"/tasks/{task}")
    assert page.tree.xpath(f"//button[@form='completion' and @formaction='/tasks/{task}/{verb}' and @formnovalidate]")
    untouched = dict(page.tree.xpath("//form[@id='completion']")[0].form_values())
    of_earlier = {name: value for name, value in untouched.items() if name != "unsent_stood"}
    for given in (of_earlier, untouched):  # a page of an earlier version does not say what stood in it
        assert cleo.post(f"/tasks/{task}/{verb}", **given).status == 302
        assert kept(desk) == 0
        cleo.post(f"/tasks/{task}/{'claim' if verb == 'release' else 'release'}")
    assert cleo.post(f"/tasks/{task}/{verb}", **{**untouched, "finding_note": WORDS}).status == 302
    page = cleo.get(f"/tasks/{task}")
    assert (page.typed("finding_note"), "没有提交" in page.text) == (WORDS, True)


def along(app: Flask, page: str, form: str, button: str, **typed: str) -> tuple[int, str]:
    """Press a button of the frame on a page without a script, with something typed in the form it takes along; what is answered."""
    cleo = Visitor(app, "cleo")
    tree = cleo.get(page).tree
    (pressed,) = tree.xpath(f"//header//button[@form='{form}'][starts-with(@formaction, '{button}')]")
    fields = tree.xpath(f"//form[@id='{form}']//input[@type='hidden']")
    given = {one.get("name"): one.get("value") for one in fields} | typed
    answer = cleo.client.post(pressed.get("formaction"), data=given)
    return answer.status_code, str(answer.location)


@pytest.mark.parametrize("button", ["/language", "/logout"])
def test_a_button_of_the_frame_takes_the_form_along(desk: Flask, task: int, button: str) -> None:
    """Whoever changes the language, or logs out, in the middle of a form finds it as it was, without a script too."""
    place = f"/tasks/{task}"
    status, leads = along(desk, place, "completion", button, finding_note=WORDS)
    assert (status, leads.partition("?")[0]) == (302, place if button == "/language" else "/login")
    page = Visitor(desk, "cleo").get(place)
    assert page.typed("finding_note") == WORDS


@pytest.mark.parametrize("page, form", [("/intake", "taking-in"), ("/tasks/{task}", "completion")])
def test_a_form_that_nobody_typed_in_is_not_taken_along(desk: Flask, task: int, page: str, form: str) -> None:
    """Nothing is then said to have been typed."""
    assert along(desk, page.format(task=task), form, "/language")[0] == 302
    assert kept(desk) == 0


def test_enter_presses_the_button_of_the_form(desk: Flask, task: int) -> None:
    """Of all the buttons that a form has on its page, in the frame too, the first is the one that Enter presses in a field: it is the form's own."""
    for page, form, name in ((f"/tasks/{task}", "completion", None), ("/intake", "taking-in", "action")):
        tree = Visitor(desk, "cleo").get(page).tree
        first = tree.xpath(f"//button[@form='{form}'] | //form[@id='{form}']//button")[0]
        assert (first.get("formaction"), first.get("name")) == (None, name)


def test_a_page_that_was_open_too_long_loses_nothing_to_a_button_of_the_frame(desk: Flask, task: int) -> None:
    """Its token is not known any more; what was typed stands in the form again."""
    cleo = Visitor(desk, "cleo")
    owner = cleo.get(f"/tasks/{task}").typed("unsent_of")
    desk.config["WTF_CSRF_ENABLED"] = True
    given = {"finding_note": WORDS, "unsent_of": owner, "unsent": "", "unsent_place": f"/tasks/{task}/completion"}
    answer = cleo.client.post("/language/en", data=given)
    assert (answer.status_code, answer.location) == (302, f"/tasks/{task}")
    assert cleo.get(f"/tasks/{task}").typed("finding_note") == WORDS


def two_tabs(app: Flask, page: str, field: str, **more: str) -> list[dict[str, str]]:
    """What two tabs of one page send, each with words of its own."""
    sent = []
    for number, words in (("13900000202", "甲客户的话"), ("13900000303", "乙客户的话")):
        shown = Visitor(app, "cleo").get(page)
        (form,) = shown.tree.xpath(f"//form[@data-keep][.//*[@name='{field}']]")
        given = {**dict(form.form_values()), field: words, **more}
        sent.append({**given, "msisdn": number} if "msisdn" in given else given)
    return sent


@pytest.mark.parametrize(
    ("page", "field", "place"),
    [
        ("/intake", "text", "/intake"),
        ("/tasks/{task}", "finding_note", "/tasks/{task}/completion"),
        ("/cases/{case}?tab=messages", "text", "/cases/{case}/comments"),
        ("/cases/{case}?tab=messages", "told", "/cases/{case}/interim-replies"),
    ],
)
def test_two_tabs_lose_nothing_to_each_other(desk: Flask, task: int, page: str, field: str, place: str) -> None:
    """After a session that ended each tab shows its own, and whoever opens the page anew is offered both, to go on with or to discard."""
    with desk.app_context():
        named = {"task": task, "case": session().get_one(UserTask, task).business_key}
    page, place = page.format(**named), place.format(**named)
    back = []
    for given in two_tabs(desk, page, field):
        answer = Visitor(desk).client.post(place, data=given)
        back.append(parse_qs(urlsplit(answer.location).query)["next"][0])
    assert [Visitor(desk, "cleo").get(one).typed(field) for one in back] == ["甲客户的话", "乙客户的话"]
    anew = Visitor(desk, "cleo").get(page)
    offered = anew.tree.xpath("//*[@role='status']//li")
    assert (anew.typed(field), ["甲客户的话" in offered[0].text_content(), len(offered)]) == ("", [True, 2])
    assert "13900000202" not in offered[0].text_content()
    assert [one.xpath(".//a/@href")[0] for one in offered] == back
    discard = dict(offered[0].xpath(".//form")[0].form_values())
    assert Visitor(desk, "cleo").post("/unsent/discard", **discard).status == 302
    assert (kept(desk), Visitor(desk, "cleo").get(page).typed(field)) == (1, "乙客户的话")


def test_what_is_sent_from_one_tab_leaves_the_other(desk: Flask) -> None:
    """The first customer's complaint is taken in, the second's is still offered; a refused one stands on its own page."""
    cleo = Visitor(desk, "cleo")
    first, second = two_tabs(desk, "/intake", "text")
    for given in (first, second):
        assert cleo.post("/unsent", **given).status == 204
    refused = cleo.client.post(
        "/intake", data={**first, "msisdn": "1", "action": "accept", "unsent": "1"}, headers=BROWSER
    )
    assert cleo.get(refused.location).typed("text") == "甲客户的话"
    taken = {**first, "action": "accept", "unsent": "1", "process": "TS-002", "overrule_reason": "客户要求"}
    assert cleo.post("/intake", **taken).status == 302
    assert (kept(desk), cleo.get("/intake").typed("text")) == (1, "乙客户的话")


def test_another_customer_in_a_form_that_stood_again_replaces_nothing(desk: Flask) -> None:
    """Whoever writes over the complaint that stands in a page opened anew keeps both; whoever goes on with it, or mends its number, one."""
    cleo = Visitor(desk, "cleo")
    first, _ = two_tabs(desk, "/intake", "text")
    cleo.post("/unsent", **first)
    ((form,),) = [cleo.get("/intake").tree.xpath("//form[@id='taking-in']")]
    again = {**dict(form.form_values()), "unsent": "1"}
    assert again["unsent_id"] != first["unsent_id"]
    cleo.post("/unsent", **{**again, "msisdn": "13900000303", "text": "乙客户的话"})
    assert kept(desk) == 2
    cleo.post("/unsent", **{**again, "msisdn": "13900000204", "text": "甲客户的话，补充"})
    assert kept(desk) == 1


def test_a_page_for_one_customer_throws_away_nothing_of_another(desk: Flask) -> None:
    """What is kept for one number does not stand in the intake of another, and is not gone when that one is taken in."""
    cleo = Visitor(desk, "cleo")
    cleo.post("/unsent", **two_tabs(desk, "/intake", "text")[0])
    page = cleo.get("/intake?msisdn=13900000303")
    assert (page.typed("text"), page.typed("unsent"), page.typed("unsent_from")) == ("", "", "")
    assert "甲客户的话" in page.text


def test_the_oldest_goes_with_a_word(desk: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than can be kept is told, with what is gone."""
    monkeypatch.setattr(unsent, "MOST_FORMS", 1)
    cleo = Visitor(desk, "cleo")
    for given in two_tabs(desk, "/intake", "text"):
        cleo.post("/unsent", **given)
    page = cleo.get("/tasks")
    assert "甲客户的话" in page.text
    assert kept(desk) == 1


def test_the_login_page_says_that_the_session_has_ended(desk: Flask, task: int) -> None:
    """And that what was typed is kept, when it is; who comes for the first time is told nothing."""
    page = f"/tasks/{task}"
    owner = Visitor(desk, "cleo").get(page).typed("unsent_of")
    late = Visitor(desk).client
    answer = late.post(f"{page}/completion", data={"finding_note": WORDS, "unsent_of": owner}, follow_redirects=True)
    assert "登录已结束。填写的内容已经保存" in answer.text
    gone = Visitor(desk, "cleo").client
    with desk.app_context(), transaction():
        session().execute(update(LoginSession).values(ended_at=engine.now()))
    assert "登录已结束，请重新登录。" in gone.get(page, follow_redirects=True).text
    assert "登录已结束" not in Visitor(desk).client.get(page, follow_redirects=True).text


def test_a_pin_is_not_kept(desk: Flask) -> None:
    """Whoever mistyped the PIN of a card types it again; it stands neither in what is kept, nor on the page, nor in what is to be copied."""
    taken = intake.Intake(
        msisdn="13900000401", text="充值卡充错了号码", channel="counter", process="TS-004", overrule_reason="客户要求"
    )
    with desk.app_context():
        task = open_tasks(intake.accept(taken, by=CLEO, at=engine.now(), key=""))[0]
    gina, pin = Visitor(desk, "gina"), "918273645546"
    page = gina.get(f"/tasks/{task}")
    sent = {
        **dict(page.tree.xpath("//form[@id='completion']")[0].form_values()),
        "card_check": "query",
        "serial": "8800/0401",
        "pin": pin,
    }
    assert gina.post("/unsent", **{**sent, "unsent_place": f"/tasks/{task}/completion"}).status == 204
    for headers in ({}, BROWSER):
        answer = gina.client.post(f"/tasks/{task}/completion", data=sent, headers=headers, follow_redirects=True)
        assert (pin in answer.get_data(as_text=True), "8800/0401" in answer.get_data(as_text=True)) == (False, True)
    assert "充值密码”不作保留，请重新填写" in answer.get_data(as_text=True)
    with desk.app_context():
        for one in unsent.all_of("gina").values():
            assert "pin" not in one.fields


def test_what_was_not_sent_can_be_told_apart(desk: Flask) -> None:
    """Numbers are masked however they were written, and two complaints of one number differ by their words and amounts."""
    cleo = Visitor(desk, "cleo")
    typed = [
        {"msisdn": "0086 139 0000 0201", "disputed_amount": "5.00"},
        {"msisdn": "13900000201", "disputed_amount": "6.00"},
        {"msisdn": "139 0000 0201", "text": "请回电 13900000202"},
    ]
    for number, one in enumerate(typed):
        cleo.post("/unsent", **one, unsent_place="/intake", unsent_id=f"form{number}")
    told = [
        " ".join(one.text_content().split()) for one in cleo.get("/intake").tree.xpath("//*[@role='status']//li/span")
    ]
    assert ["139****0201" in one for one in told] == [True] * 3
    assert ("5.00" in told[0], "6.00" in told[1], "请回电 139****0202" in told[2]) == (True, True, True)


def test_no_browser_puts_back_half_a_form(desk: Flask, task: int) -> None:
    """What stands in a form that is kept comes from the office: going back fills in no words beside an empty number."""
    for page in ("/intake", f"/tasks/{task}"):
        forms = Visitor(desk, "cleo").get(page).tree.xpath("//form[@data-keep]")
        assert [one.get("autocomplete") for one in forms] == ["off"] * len(forms) != []
