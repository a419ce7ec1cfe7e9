"""Who looked at a customer or at somebody else's case, and what was taken away, is in the record: seen by auditors, in a chain that is verified."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import TimeoutError as Busy

import engine
from cli import export as export_command
from engine import cases, proof, record
from models.base import one_writer, session, transaction
from models.entry import HistoryEntry
from models.instance import ProcessInstance
from models.user_task import UserTask
from office import access_log, tokens
from tests.support.actors import CLEO
from tests.support.furnishing import EXPLAINED
from tests.support.visitors import Caller, Visitor
from web.edge import access_logging

pytestmark = pytest.mark.slow
CASE = "AJ-1"


@pytest.fixture
def desk(any_desk: Flask) -> Flask:
    """What is recorded is recorded on both databases."""
    return any_desk


@pytest.fixture
def case(app: Flask) -> str:
    """A case that is there to be looked at."""
    begin()
    return CASE


def begin() -> None:
    """A case of a demo customer."""
    cases.start("TS-002", business_key=CASE, variables={"msisdn": "13900000201"}, by=CLEO, at=engine.now())


def written(user: str) -> list[str]:
    """The cases that somebody's history says they looked at."""
    steps = [step for entry in record.read_history("user", user) for step in entry.steps]
    return [step["case"] for step in steps if step["type"] == "case_looked_at"]


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """The clock stands later by so much."""
    now = engine.now()
    monkeypatch.setattr(engine, "now", lambda: now + by)


def test_a_look_that_is_refused_is_written_too(desk: Flask, case: str) -> None:
    """At the page and by the API, a case and a customer, once an hour; the auditor reads it among the looks, and at the case."""
    nora = Visitor(desk, "nora")
    program = Caller(desk.test_client(), tokens.create("nora", at=engine.now()))
    instance = session().scalars(select(ProcessInstance.id)).one()
    answers = [nora.get(f"/cases/{case}").status, nora.get(f"/cases/{case}/replay").status, nora.get("/customers?msisdn=13900000202").status]  # fmt: skip
    answers += [program.get(f"/instances/{instance}").status_code, program.get("/accounts/13900000202").status_code]
    assert answers == [403] * 5
    steps = [step for entry in record.read_history("user", "nora") for step in entry.steps]
    refused = [step for step in steps if step["type"] == "look_refused"]
    assert [step.get("case") or step["number"] for step in refused] == [case, "139****0202"]
    ada = Visitor(desk, "ada")
    told = ada.get("/audit/people?person=nora&show=looks").text
    assert "想查看他人的案件，被拒绝" in told
    assert "想查询客户 139****0202，被拒绝" in told
    assert "想查看，被拒绝" in ada.get(f"/cases/{case}?tab=looks").text


def test_a_look_is_written_once_an_hour(desk: Flask, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reloads, the replay of the same case, another log-in and another process add nothing; the next hour does."""
    ada = Visitor(desk, "ada")
    for path in (f"/cases/{case}", f"/cases/{case}", f"/cases/{case}/replay"):
        ada.get(path)
    desk.extensions[access_logging.NAME] = access_logging.Noted()  # another process, which remembers nothing
    Visitor(desk, "ada").get(f"/cases/{case}/replay")
    assert written("ada") == [case]
    later(monkeypatch, timedelta(minutes=61))
    ada.get(f"/cases/{case}")
    ada.get(f"/cases/{case}")
    assert written("ada") == [case, case]


def test_a_look_through_the_api_is_written_too(desk: Flask, case: str) -> None:
    """A token is no way round the record; a program that asks every minute fills nobody's history."""
    with desk.app_context():
        token = tokens.create("ada", at=engine.now())
        instance = session().scalars(select(ProcessInstance.id)).one()
    program = Caller(desk.test_client(), token)
    for path in (f"/instances/{instance}", f"/instances/{instance}/entries", f"/instances/{instance}"):
        assert program.get(path).status_code == 200
    assert written("ada") == [case]


def task_of(case: str) -> int:
    """The open task of a case."""
    return session().scalars(select(UserTask.id).where(UserTask.business_key == case, UserTask.state == "open")).one()


def test_work_is_no_look(desk: Flask, case: str) -> None:
    """Whoever may take the task, holds it, or has done it within the hour is in the history of the case; opening it is not written down."""
    cleo, task = Visitor(desk, "cleo"), task_of(case)
    cleo.get(f"/tasks/{task}")
    cleo.post(f"/tasks/{task}/claim")
    cleo.get(f"/cases/{case}")
    cleo.post(f"/tasks/{task}/completion", **EXPLAINED)
    assert task_of(case) != task
    cleo.get(f"/cases/{case}")
    assert written("cleo") == []


def test_a_case_that_lies_free_in_ones_department_is_looked_at(desk: Flask, case: str) -> None:
    """Its page and its replay are no step of it: who only reads is in the record, wherever its open step lies."""
    Visitor(desk, "cleo").get(f"/cases/{case}")
    assert written("cleo") == [case]


def test_the_look_of_a_colleague_is_written(desk: Flask, case: str) -> None:
    """A case that somebody else holds is not one's own: the look of a clerk, or of a supervisor, is in the record."""
    Visitor(desk, "cleo").post(f"/tasks/{task_of(case)}/claim")
    for name in ("cora", "sam"):
        Visitor(desk, name).get(f"/tasks/{task_of(case)}")
        assert written(name) == [case]


@pytest.mark.parametrize("path", ["/customers", "/intake", "/intake/caller"])
def test_a_customer_who_is_looked_up_is_written_once(desk: Flask, path: str) -> None:
    """By every way to the same person; the number itself does not get into a record that cannot be erased, and auditors find who looked by it."""
    cleo = Visitor(desk, "cleo")
    for way in (path, path, "/customers"):
        assert cleo.get(way, msisdn="13900000202").status == 200
    with desk.app_context():
        found = [
            step for entry in record.read_history("user", "cleo") for step in entry.steps if step["type"] != "logged_in"
        ]
        assert [(step["type"], step["number"]) for step in found] == [("customer_looked_at", "139****0202")]
        bodies = session().scalars(select(HistoryEntry.body).where(HistoryEntry.stream == "user")).all()
        assert not any(b"13900000202" in body for body in bodies)
        assert proof.verify_streams() == []
    ada = Visitor(desk, "ada").get("/customers", msisdn="13900000202")
    assert "陈可" in ada.tree.xpath("string(//*[@id='looks'])")
    assert "查阅记录" not in Visitor(desk, "sam").get("/customers", msisdn="13900000202").text


def test_no_number_is_no_look(desk: Flask) -> None:
    """The empty page, and what cannot be a number, look nobody up."""
    cleo = Visitor(desk, "cleo")
    for msisdn in ("", "1390"):
        cleo.get("/customers", msisdn=msisdn)
    with desk.app_context():
        assert len(record.read_history("user", "cleo")) == 1


def exports_of(user: str) -> list[dict[str, Any]]:
    """What somebody's history says they took away."""
    steps = [step for entry in record.read_history("user", user) for step in entry.steps]
    return [step for step in steps if step["type"] == "exported"]


def test_every_export_is_written(desk: Flask, case: str) -> None:
    """Each time, with what was chosen, how many rows it was, and whether personal values were in it; a refused one is none."""
    ada = Visitor(desk, "ada")
    for _ in range(2):
        assert ada.client.get(f"/cases/{case}/history.csv").status_code == 200
    assert ada.client.get("/audit/log.xes?from=2020-01-01&process=TS-002&personal=1").status_code == 200
    assert Visitor(desk, "sam").get("/audit/log.xes", personal="1").status == 403
    history, again, log = exports_of("ada")
    assert history == again
    assert (history["what"], history["chosen"], history["personal"]) == ("history.csv", {"case": case}, False)
    assert history["rows"] >= 1
    assert (log["what"], log["rows"], log["personal"]) == ("log.xes", 1, True)
    assert log["chosen"] == {"from": "2020-01-01", "process": "TS-002"}
    assert exports_of("sam") == []


def test_an_export_at_the_machine_is_written(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the name of the account of the machine that it was made with."""
    begin()
    monkeypatch.setattr(export_command, "open_office", lambda: app)
    monkeypatch.setattr(export_command.getpass, "getuser", lambda: "root")
    made = CliRunner().invoke(export_command.export, ["--xes", str(tmp_path / "log.xes"), "--personal"])
    assert made.exit_code == 0
    (step,) = exports_of("machine:root")
    assert (step["rows"], step["personal"]) == (1, True)


def test_nothing_is_looked_at_unrecorded(desk: Flask, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the look cannot be written the page says that the office is busy and shows nothing of the case; the next try is asked anew."""
    ada = Visitor(desk, "ada")
    with monkeypatch.context() as broken:
        broken.setattr(access_log.record, "record_act_once", raises_busy)
        answer = ada.client.get(f"/cases/{case}")
    assert (answer.status_code, case in answer.get_data(as_text=True)) == (503, False)
    assert answer.headers["Retry-After"]
    assert ada.get(f"/cases/{case}").status == 200
    assert written("ada") == [case]


def raises_busy(*_given: Any, **_named: Any) -> None:
    """What a database says that is busy for too long."""
    raise Busy


def test_auditors_see_who_looked(desk: Flask) -> None:
    """The tab names the auditor; nobody else has it."""
    with desk.app_context():
        begin()
    ada = Visitor(desk, "ada")
    assert "安达" in ada.get(f"/cases/{CASE}", tab="looks").tree.xpath("string(//main)")
    sam = Visitor(desk, "sam").get(f"/cases/{CASE}", tab="looks")
    assert "安达" not in sam.text
    assert "查阅记录" not in sam.text


def test_a_look_cannot_be_taken_back(desk: Flask, case: str) -> None:
    """Whoever alters what was written is found by the check of the streams."""
    Visitor(desk, "ada").get(f"/cases/{case}")
    assert proof.verify_streams() == []
    with transaction():
        session().connection().exec_driver_sql(
            "DROP TRIGGER entry_no_update" if one_writer() else "DROP TRIGGER entry_append_only ON entry"
        )
        body = session().scalar(select(HistoryEntry.body).where(HistoryEntry.stream == "user"))
        assert body is not None
        mine = update(HistoryEntry).where(HistoryEntry.stream == "user")
        session().execute(mine.values(body=body.replace(CASE.encode(), b"AJ-2")))
    session().expire_all()
    assert [one.kind for one in proof.verify_streams()] == ["chain"]


def test_a_case_names_the_event_logs_it_was_in(desk: Flask, case: str) -> None:
    """With or without personal data; one of another process or of days before it began is not named."""
    ada = Visitor(desk, "ada")
    for query in ("personal=1", "process=TS-002", "process=TS-001", "to=2020-01-01"):
        assert ada.client.get(f"/audit/log.xes?{query}").status_code == 200
    page = ada.get(f"/cases/{case}?tab=looks").tree.xpath("string(//main)")
    words = "导出了包含本案的事件日志 · "
    assert (page.count(words + "包含个人信息"), page.count(words + "不包含个人信息")) == (1, 1)
