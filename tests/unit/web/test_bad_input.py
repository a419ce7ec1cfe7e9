"""Whatever is typed or sent: the right status, a clear message beside the field and in the summary, everything still there, nothing changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask

import engine
from engine import cases
from office import notices, tokens
from tests.support.actors import SAM
from tests.support.furnishing import CASH, EXPLAINED, JUDGED, PAID, begin, complete, open_tasks
from tests.support.visitors import LANGUAGES, Caller, Page, Visitor, contents

CHINESE = re.compile("[\u4e00-\u9fff]")
INTAKE = {
    "action": "accept", "msisdn": "13900000204", "text": "多收了话费", "demand": "退费", "channel": "counter", "disputed_amount": "12.50",
    "process": "TS-002", "overrule_reason": "客户要求",
}  # fmt: skip
HUGE = 10**30
NO_PAGE = ("没有这个页面。", "There is no such page.")

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("language", LANGUAGES)]


@contextmanager
def unchanged(desk: Flask) -> Iterator[None]:
    """What happens inside leaves every table as it was."""
    before = contents(desk)
    yield
    assert contents(desk) == before


def judging(desk: Flask, *earlier: dict[str, str]) -> int:
    """The open task of a new case, after some forms have been filled in."""
    with desk.app_context():
        case = begin("13900000201")
        for form in earlier:
            complete(open_tasks(case)[0], form)
        return open_tasks(case)[0]


def said(page: Page, language: str, field: str) -> str:
    """The message of a field, after a look at everything that has to be right about it."""
    message = page.beside(field)
    assert message, page.summary
    assert bool(CHINESE.search(message)) is (language == "zh")
    assert message in page.summary[f"#field-{field}"]
    assert all(page.has(anchor) for anchor in page.summary)
    return message


WRONG = [
    ("finding", "nonsense", "请从给出的选项中选择。", "Please choose one of the options."),
    ("finding", "", "请填写这一项。", "Please fill this in."),
    ("disputed_amount", "十元", "请填写数字。", "Please enter a number."),
    ("disputed_amount", "-1", "不能少于 0.01 元。", "Must be at least ¥0.01."),
    ("disputed_amount", "1.234", "最多保留 2 位小数。", "At most 2 decimals."),
    ("finding_note", "长" * 501, "最多 500 个字。", "At most 500 characters."),
    ("finding_note", "a\0b", "内容里有不能使用的字符。", "This contains characters that cannot be used."),
]


@pytest.mark.parametrize(("field", "value", "chinese", "english"), WRONG, ids=lambda value: str(value)[:12])
def test_a_wrong_field_of_a_task(
    desk: Flask, language: str, field: str, value: str, chinese: str, english: str
) -> None:
    """Each wrong value is answered beside its field; the other fields keep what was typed, and so does the wrong one."""
    task = judging(desk)
    visitor = Visitor(desk, "cleo", language)
    form = {**EXPLAINED, field: value}
    with unchanged(desk):
        page = visitor.post(f"/tasks/{task}/completion", **form)
    assert page.status == 422
    assert said(page, language, field) == {"zh": chinese, "en": english}[language]
    kept = {name: text for name, text in form.items() if name != field or ("\0" not in text and text != "nonsense")}
    assert {name: page.typed(name) for name in kept} == kept


def test_more_than_is_in_dispute(any_desk: Flask, language: str) -> None:
    """Cash beyond the receipt or the disputed amount is not paid: the form comes back and says at the amount what is still possible."""
    task = judging(any_desk, JUDGED, CASH)
    visitor = Visitor(any_desk, "cleo", language)
    with unchanged(any_desk):
        page = visitor.post(f"/tasks/{task}/completion", **{**PAID, "refund_amount": "95.00"})
    assert page.status == 422
    wrong = said(page, language, "refund_amount")
    assert ("95.00" in wrong, "88.00" in wrong) == (True, True)
    assert {"zh": "超过争议中可退的金额", "en": "more than can be given back"}[language] in wrong
    assert page.typed("refund_amount") == "95.00"


def test_a_field_that_is_not_there(desk: Flask, language: str) -> None:
    """A field the form does not have is refused, and the summary's link leads to the form."""
    task = judging(desk)
    visitor = Visitor(desk, "cleo", language)
    with unchanged(desk):
        page = visitor.post(f"/tasks/{task}/completion", **EXPLAINED, approved="yes")
    assert page.status == 422
    ((anchor, message),) = page.summary.items()
    assert page.has(anchor)
    assert {"zh": "表单里没有这一项。", "en": "This field does not belong to the form."}[language] in message


CLOSED: dict[str, tuple[int, str, str]] = {
    "again": (409, "这项任务已经办完，未作任何改动。", "This task is done already. Nothing was changed."),
    "of another": (403, "这项任务属于别的部门，只能由该部门的人员办理。", "This task belongs to another department. Only its members may work on it."),
    "claimed": (409, "这项任务已由同事领取。", "A colleague has taken this task."),
}  # fmt: skip


@pytest.mark.parametrize("case", CLOSED)
def test_a_task_that_cannot_be_completed(any_desk: Flask, language: str, case: str) -> None:
    """Done already, of another department, taken by a colleague: each says so, and the case stays where it is."""
    task = judging(any_desk)
    with any_desk.app_context():
        if case == "again":
            complete(task, EXPLAINED)
        elif case == "claimed":
            cases.claim(task, by=engine.Actor("cora", frozenset({"service_hall"})), at=engine.now())
    visitor = Visitor(any_desk, "nora" if case == "of another" else "cleo", language)
    with unchanged(any_desk):
        page = visitor.post(f"/tasks/{task}/completion", **EXPLAINED)
    status, chinese, english = CLOSED[case]
    assert (page.status, page.title) == (status, {"zh": chinese, "en": english}[language])


UNKNOWN = {
    "GET /tasks/{}": ("没有这项任务。", "There is no such task."),
    "POST /tasks/{}/completion": ("没有这项任务。", "There is no such task."),
    "POST /tasks/{}/claim": ("没有这项任务。", "There is no such task."),
    "POST /tasks/{}/release": ("没有这项任务。", "There is no such task."),
    "POST /supervision/tasks/{}/assignment": ("没有这项任务。", "There is no such task."),
    "POST /incidents/{}/retry": ("没有这条异常记录。", "There is no such incident."),
    "POST /notices/{}/withdrawal": ("没有这条通知。", "There is no such notice."),
    "POST /notices/{}/confirmation": ("没有这条通知。", "There is no such notice."),
    "GET /cases/{}": ("没有这个案件。", "There is no such case."),
    "POST /cases/{}/comments": ("没有这个案件。", "There is no such case."),
    "GET /processes/{}": ("没有这个流程。", "There is no such process."),
    "GET /definitions/TS-002/versions/{}/diagram.bpmn": (
        "流程 TS-002 没有第 404404 版。",
        "The process TS-002 has no version 404404.",
    ),
}


@pytest.mark.parametrize("number", [404404, HUGE], ids=["unknown", "huge"])
@pytest.mark.parametrize("place", UNKNOWN)
def test_what_is_not_there(desk: Flask, language: str, place: str, number: int) -> None:
    """A number that nothing has, however large, is answered with what there is not."""
    visitor = Visitor(desk, "sam", language)
    method, _, path = place.partition(" ")
    page = Page(visitor.client.open(path.format(number), method=method, data={"to": "cora", "text": "备注"}))
    known = UNKNOWN[place] if number != HUGE or "/cases/" in place or "/processes/" in place else NO_PAGE
    assert (page.status, page.title) == (404, known[LANGUAGES.index(language)])


ODD = ["\0", "%", "'; --", "\u2028", "²", "x" * 5000, "2026-01-01T00:00:00|1", "|99999999999999999999999999"]


FREE = (
    ("/tasks", "text"), ("/cases", "text"), ("/customers", "msisdn"), ("/intake", "msisdn"),
    ("/intake/caller", "msisdn"), ("/login", "next"),
)  # fmt: skip
NAMES = (("/tasks", "group"), ("/tasks", "process"), ("/cases", "clerk"))
CLOSED_SETS = (("/tasks", "scope"), ("/tasks", "after"), ("/cases", "after"), ("/cases", "state"), ("/cases", "from"))


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:12])
def test_odd_filters_find_nothing_and_break_nothing(desk: Flask, language: str, value: str) -> None:
    """What stands in the address of a list is only ever a filter; one that cannot be is refused by its name, and not passed over."""
    visitor = Visitor(desk, "sam", language)
    for path, name in FREE:
        long = len(value) > 1_000 and name != "next"
        assert visitor.get(path, **{name: value}).status == (400 if value == "\0" else 422 if long else 200), (
            path,
            name,
        )
    for path, name in NAMES:
        page = visitor.get(path, **{name: value})
        assert page.status == (400 if value == "\0" else 422 if value.strip() else 200), (path, name)
    for path, name in CLOSED_SETS:
        page = visitor.get(path, **{name: value})
        assert page.status == (400 if value == "\0" else 422), (path, name)
        assert bool(CHINESE.search(page.title)) is (language == "zh")
    assert visitor.get(f"/cases/{value}").status in (200, 404)


REFUSED = [
    ({"msisdn": "12"}, "msisdn", "请检查填写的格式。", "Please check how this is written."),
    ({"msisdn": "139-0000-020"}, "msisdn", "请检查填写的格式。", "Please check how this is written."),
    ({"msisdn": "1390000020x"}, "msisdn", "请检查填写的格式。", "Please check how this is written."),
    ({"text": " "}, "text", "请填写这一项。", "Please fill this in."),
    ({"text": "长" * 4001}, "text", "最多 4000 个字。", "At most 4000 characters."),
    ({"text": "a\0b"}, "text", "内容里有不能使用的字符。", "This contains characters that cannot be used."),
    ({"demand": "a\0b"}, "demand", "内容里有不能使用的字符。", "This contains characters that cannot be used."),
    ({"demand": "长" * 201}, "demand", "最多 200 个字。", "At most 200 characters."),
    ({"overrule_reason": "长" * 301, "text": "多收了月租费"}, "overrule_reason", "最多 300 个字。", "At most 300 characters."),
    ({"disputed_amount": "十元"}, "disputed_amount", "请填写数字。", "Please enter a number."),
    ({"disputed_amount": "1_0"}, "disputed_amount", "请填写数字。", "Please enter a number."),
    ({"disputed_amount": "NaN"}, "disputed_amount", "请填写数字。", "Please enter a number."),
    ({"disputed_amount": "1e5"}, "disputed_amount", "请填写数字。", "Please enter a number."),
    ({"disputed_amount": "-0.01"}, "disputed_amount", "不能少于 0.01 元。", "Must be at least ¥0.01."),
    ({"disputed_amount": "99999999"}, "disputed_amount", "不能超过 10,000,000.00 元。", "Must not exceed ¥10,000,000.00."),
    ({"disputed_amount": "1.234"}, "disputed_amount", "最多保留 2 位小数。", "At most 2 decimals."),
    ({"channel": "pigeon"}, "channel", "请从给出的选项中选择。", "Please choose one of the options."),
    ({"process": "TS-999"}, "process", "请从给出的选项中选择。", "Please choose one of the options."),
    ({"process": ""}, "process", "请填写这一项。", "Please fill this in."),
    ({"overrule_reason": "", "text": "多收了月租费"}, "overrule_reason", "请填写这一项。", "Please fill this in."),
]  # fmt: skip


@pytest.mark.parametrize(("change", "field", "chinese", "english"), REFUSED, ids=lambda value: str(value)[:30])
def test_a_wrong_intake(
    desk: Flask, language: str, change: dict[str, str], field: str, chinese: str, english: str
) -> None:
    """At the counter too: nothing is taken in, and what was written is still there."""
    visitor = Visitor(desk, "cleo", language)
    form = {**INTAKE, **change}
    with unchanged(desk):
        page = visitor.post("/intake", **form)
    assert page.status == 422
    assert said(page, language, field) == {"zh": chinese, "en": english}[language]
    kept = {name: form[name] for name in ("msisdn", "text", "demand", "disputed_amount") if "\0" not in form[name]}
    assert {name: page.typed(name) for name in kept} == {name: text.strip() for name, text in kept.items()}


def test_everything_wrong_at_intake_is_said_at_once(desk: Flask, language: str) -> None:
    """Nobody corrects one field to learn of the next."""
    page = Visitor(desk, "cleo", language).post("/intake", action="accept", disputed_amount="x", process="TS-999")
    assert set(page.summary) == {
        "#field-msisdn",
        "#field-text",
        "#field-channel",
        "#field-disputed_amount",
        "#field-process",
    }
    assert all(page.has(anchor) for anchor in page.summary)


def test_a_number_is_read_as_it_is_written(desk: Flask, language: str) -> None:
    """Full-width digits of a Chinese keyboard are digits."""
    page = Visitor(desk, "cleo", language).post(
        "/intake", **{**INTAKE, "msisdn": "１３９０００００２０４", "disputed_amount": "１２．５０"}
    )
    assert page.status == 302


@pytest.mark.manual("CH1.6")
def test_an_unread_notice_comes_before_the_next_case(desk: Flask, language: str) -> None:
    """A clerk reads the agreed wording first; nothing is taken in past it (CH1.6)."""
    with desk.app_context():
        notices.publish("统一口径", by=SAM, at=engine.now())
    visitor = Visitor(desk, "cleo", language)
    with unchanged(desk):
        assert visitor.post("/intake", **INTAKE).status == 302
    assert visitor.get("/intake").title == {"zh": "请先阅读以下通知", "en": "Please read this first"}[language]


@pytest.mark.parametrize("to", ["", "nobody", "nora", "\0"])
def test_a_task_is_handed_only_to_somebody_of_its_department(desk: Flask, language: str, to: str) -> None:
    """A task never gets stuck with a person who does not exist or may not do it."""
    task = judging(desk)
    visitor = Visitor(desk, "sam", language)
    with unchanged(desk):
        page = visitor.post(f"/supervision/tasks/{task}/assignment", to=to)
    assert page.status == 422
    assert bool(CHINESE.search(page.title)) is (language == "zh")


@pytest.mark.parametrize("text", ["", " ", "长" * 2001, "a\0b"], ids=["empty", "blank", "long", "nul"])
def test_a_remark_or_a_notice_is_not_cut_or_dropped_silently(desk: Flask, language: str, text: str) -> None:
    """Too long, empty or unreadable: it is said, and what was written is still there."""
    with desk.app_context():
        case = begin("13900000204")
    visitor = Visitor(desk, "sam", language)
    for path in (f"/cases/{case}/comments", "/notices"):
        with unchanged(desk):
            page = visitor.post(path, text=text)
        assert page.status == 422
        said(page, language, "text")
        if "\0" not in text:
            assert page.typed("text") == text.strip()


def test_a_body_that_is_too_large(desk: Flask, language: str) -> None:
    """Megabytes instead of a form are refused before anything is read into a case."""
    task = judging(desk)
    visitor = Visitor(desk, "cleo", language)
    with unchanged(desk):
        page = visitor.post(f"/tasks/{task}/completion", **{**EXPLAINED, "finding_note": "x" * 9_000_000})
    assert page.status == 413
    assert (
        page.title
        == {
            "zh": "内容太大：一次最多 8 MB、1000 个栏目。没有任何改动。",
            "en": "This is too large: at most 8 MB in 1000 fields are taken at once. Nothing was changed.",
        }[language]
    )
    assert page.tree.xpath(f"//main//a[@href='/tasks/{task}']")
    many = visitor.post("/intake", **{f"f{n}": "1" for n in range(1_001)})
    assert (many.status, many.title, bool(many.tree.xpath("//main//a[@href='/intake']"))) == (413, page.title, True)


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 4001], ids=["nul", "surrogate", "long"])
def test_odd_text_by_the_api(any_desk: Flask, language: str, text: str) -> None:
    """A program that sends what no database keeps gets the same answer as a person."""
    with any_desk.app_context():
        caller = Caller(any_desk.test_client(), tokens.create("cleo", at=engine.now()), language)
    given: dict[str, Any] = {"msisdn": "13900000204", "complaint_text": text, "overrule_reason": "客户要求"}
    with unchanged(any_desk):
        refused = caller.post("/processes/TS-002/instances", {"variables": given})
        assert (refused.status_code, list(refused.json["reasons"])) == (422, ["text"])  # type: ignore[index]
        for path in (
            f"/tasks/{HUGE}",
            f"/instances/{HUGE}",
            f"/accounts/{HUGE}",
            f"/definitions/TS-002/versions/{HUGE}",
        ):
            assert caller.get(path).status_code == 404


def test_odd_names_at_the_login(desk: Flask, language: str) -> None:
    """Whatever is typed as name or password, it is simply wrong."""
    visitor = Visitor(desk, language=language)
    for name in ("", "a\0b", "x" * 5000, "' or 1=1 --"):
        page = visitor.post("/login", name=name, password="\0")
        assert (page.status, page.typed("name") is not None) == (401, True)
        assert {"zh": "用户名或密码不对。", "en": "Name or password is wrong."}[language] in page.text


@pytest.mark.postgresql
def test_postgresql_refuses_the_same(postgresql_desk: Flask, language: str) -> None:
    """The other database has its own ideas of numbers, texts and instants; a person sees no difference."""
    visitor, nobody = Visitor(postgresql_desk, "sam", language), Visitor(postgresql_desk, language=language)
    with unchanged(postgresql_desk):
        for place in UNKNOWN:
            for number in (404404, HUGE):
                test_what_is_not_there(postgresql_desk, language, place, number)
        for value in ODD:
            test_odd_filters_find_nothing_and_break_nothing(postgresql_desk, language, value)
        for change, *_ in REFUSED:
            assert visitor.post("/intake", **{**INTAKE, **change}).status == 422, change
        for text in ("", "a\0b"):
            assert visitor.post("/notices", text=text).status == 422
            assert nobody.post("/login", name=text, password=text).status == 401
