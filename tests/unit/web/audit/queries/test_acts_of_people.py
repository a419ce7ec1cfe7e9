"""The auditor's page of what people did: log-ins, failures, locks, log-outs, looks and exports, each with who, when and what, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

import engine
from engine import record
from engine.record import person_streams
from models.base import one_writer, session, transaction
from models.entry import HistoryEntry
from models.user_task import UserTask
from office import access_log, guesses, logins, tokens
from tests.support import wording
from tests.support.furnishing import furnish
from tests.support.visitors import LANGUAGES, Caller, Page, Visitor
from tests.unit.web.test_every_page import OF_THE_OFFICE
from web.audit.queries import acts_of_people

NUMBER = "13900000202"
TOLD = {
    "zh": (
        "登录，来自 127.0.0.1",
        "密码错误，来自 192.0.2.7",
        "密码错误，来自 192.0.2.7；该处登录锁定十分钟",
        "退出登录",
        "查阅他人经办的案件",
        "查询客户 139****0202",
        "导出案件记录（CSV） · 不包含个人信息",
        "导出事件日志（XES），案件数：3",
        "强制退出“陈可”的全部登录，共 1 个",
        "系统管理员为其生成接口令牌，有效至 20",
        "接口令牌已作废，共 1 个",
        "提交的步骤被退回",
        "又提交 2 次（",
    ),
    "en": (
        "logged in, from 127.0.0.1",
        "wrong password, from 192.0.2.7",
        "wrong password, from 192.0.2.7; the log-in is locked there for ten minutes",
        "logged out",
        "looked at a case of others",
        "looked up the customer 139****0202",
        "took the history of a case away (CSV) · without personal data",
        "took an event log away (XES), cases in it: 3",
        "logged 陈可 out everywhere; sessions: 1",
        "was given a token of the API by the operator; it holds until 20",
        "lost the tokens of the API; tokens: 1",
        "sent a step that was refused; fields to correct: 1",
        "sent it 2 more times, from ",
    ),
}


@pytest.fixture
def busy(any_desk: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Everything that is written down of people has been done once; the number of a case."""
    there, ada = furnish(any_desk), Visitor(any_desk, "ada")
    for path in (
        f"/cases/{there.case}",
        f"/customers?msisdn={NUMBER}",
        f"/cases/{there.case}/history.csv",
        "/audit/log.xes?from=2020-01-01&process=TS-002&personal=1",
    ):
        assert ada.client.get(path).status_code == 200
    Visitor(any_desk, "nora").client.post("/logout")
    Visitor(any_desk, "cleo")
    for _ in range(guesses.OF_NAME_AND_ADDRESS):
        given, there_from = {"name": "cleo", "password": "guess"}, {"REMOTE_ADDR": "192.0.2.7"}
        Visitor(any_desk).client.post("/login", data=given, environ_base=there_from)
    with any_desk.app_context():
        logins.end_all("cleo", by=engine.Actor("sam"), at=engine.now())
        token = tokens.create("omar", at=engine.now())
    Caller(any_desk.test_client(), token).get("/messages")
    with any_desk.app_context():
        tokens.revoke_all("omar", at=engine.now())
        monkeypatch.setattr(person_streams, "MOST_REFUSED", 1)
        refuse_three_times()
    return there.case


def refuse_three_times() -> None:
    """Cleo sends a form that cannot be taken more often than is kept of each, and no more for an hour."""
    task, at = session().scalars(select(UserTask)).first(), engine.now()
    for _ in range(3):
        person_streams.record_refused(task, {"amount": ["required"]}, by=engine.Actor("cleo"), at=at)
    assert record.record_not_kept(at + person_streams.REFUSED_WITHIN) == 1


def rows(page: Page) -> list[tuple[str, str]]:
    """Who and what, newest first."""
    found = page.tree.xpath("//main//tbody/tr")
    return [(" ".join(row[1].text_content().split()), " ".join(row[2].text_content().split())) for row in found]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_auditor_reads_who_did_what_and_when(any_desk: Flask, busy: str, language: str) -> None:
    """Each kind in words of the language, with the case to go to; numbers of customers are masked, and nothing that only programs know stands there."""
    page = Visitor(any_desk, "ada", language).get("/audit/people")
    told = [what for _who, what in rows(page)]
    for wanted in TOLD[language]:
        assert [what for what in told if what.startswith(wanted)], (wanted, told)
    assert any(what.endswith(busy) for what in told)
    assert {"安达", "陈可"} <= dict(rows(page)).keys()
    assert NUMBER not in page.text
    assert all(row[0].text_content().strip()[:2] == "20" for row in page.tree.xpath("//main//tbody/tr"))
    assert list(wording.wrong(page.tree, language, OF_THE_OFFICE)) == []


def test_one_person_and_one_kind_are_found(any_desk: Flask, busy: str) -> None:
    """The filter by person leaves nobody else, the filter by kind nothing else; what fits nothing says so."""
    ada = Visitor(any_desk, "ada", "en")
    assert {who for who, _what in rows(ada.get("/audit/people", person="cleo"))} == {"陈可"}
    looked = [what for _who, what in rows(ada.get("/audit/people", person="ada", show="looks"))]
    assert len(looked) == 2
    assert all(what.startswith("looked") for what in looked)
    exported = [what for _who, what in rows(ada.get("/audit/people", show="exports"))]
    assert [what.partition(" · ")[0] for what in exported] == [
        "took an event log away (XES), cases in it: 3",
        "took the history of a case away (CSV)",
    ]
    assert "2020-01-01" in exported[0]
    assert "Nothing is written down." in ada.get("/audit/people", person="olu").text


def test_pages_neither_repeat_nor_lose(any_desk: Flask, busy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Walking by the link to what is older meets every entry once, of several people at the same instant too, and keeps the filter."""
    at = engine.now()
    for name in ("cleo", "cora", "sam"):
        with any_desk.app_context():
            access_log.at_messages(by=engine.Actor(name), at=at)
    ada = Visitor(any_desk, "ada")
    whole = rows(ada.get("/audit/people"))
    monkeypatch.setattr(acts_of_people, "PAGE", 2)
    met, place = [], "/audit/people"
    while place:
        page = ada.get(place)
        met += rows(page)
        place = next(iter(page.tree.xpath("//main//a[@rel='next']/@href")), "")
    assert met == whole
    following = ada.get("/audit/people", person="ada").tree.xpath("//main//a[@rel='next']/@href")[0]
    assert {who for who, _what in rows(ada.get(following))} == {"安达"}


def test_an_entry_that_was_altered_is_told_so(any_desk: Flask, busy: str) -> None:
    """It is neither believed nor left out, and the others are still read."""
    ada = Visitor(any_desk, "ada", "en")
    before = rows(ada.get("/audit/people"))
    with any_desk.app_context(), transaction():
        session().connection().exec_driver_sql(
            "DROP TRIGGER entry_no_update" if one_writer() else "DROP TRIGGER entry_append_only ON entry"
        )
        mine = (HistoryEntry.stream == "user", HistoryEntry.stream_id == "nora", HistoryEntry.sequence == 1)
        body = session().scalars(select(HistoryEntry.body).where(*mine)).one()
        session().execute(update(HistoryEntry).where(*mine).values(body=body.replace(b"127.0.0.1", b"127.0.0.9")))
        session().execute(update(HistoryEntry).where(HistoryEntry.stream_id == "omar").values(actor="innocent"))
    after = rows(ada.get("/audit/people"))
    assert sum(what.endswith("This entry has been altered.") for _who, what in after) == 4  # one of Nora, three of Omar
    assert len(after) == len(before)


def test_an_entry_that_was_removed_leaves_a_mark(any_desk: Flask, busy: str) -> None:
    """What comes after the gap says so; only the newest of a person can go without a trace here."""
    with any_desk.app_context(), transaction():
        session().connection().exec_driver_sql(
            "DROP TRIGGER entry_no_delete" if one_writer() else "DROP TRIGGER entry_append_only ON entry"
        )
        gone = (HistoryEntry.stream == "user", HistoryEntry.stream_id == "omar", HistoryEntry.sequence == 2)
        session().execute(delete(HistoryEntry).where(*gone))
    after = rows(Visitor(any_desk, "ada", "en").get("/audit/people", person="omar"))
    assert sum(what.endswith("What stood before this entry has been removed.") for _who, what in after) == 1


@pytest.mark.parametrize("person", ["cleo", "sam", "olu", "omar"])
def test_nobody_else_reads_it(any_desk: Flask, person: str) -> None:
    """Not the supervisor either: a look is nobody's business but the auditor's."""
    assert Visitor(any_desk, person).get("/audit/people").status == 403
    assert "/audit/people" not in Visitor(any_desk, person).get("/audit").text
