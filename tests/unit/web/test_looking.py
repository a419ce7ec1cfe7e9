"""That an auditor looked at a case is in the record: once for each login, seen by auditors, in a chain that is verified."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

import engine
from models.base import session, transaction
from models.entry import HistoryEntry
from models.instance import ProcessInstance
from office import tokens
from tests.people import CLEO
from tests.visitors import Caller, Visitor

pytestmark = pytest.mark.slow
CASE = "AJ-1"


@pytest.fixture
def case(app: Flask) -> str:
    """A case that is there to be looked at."""
    begin()
    return CASE


def begin() -> None:
    """A case of a demo customer."""
    engine.start("TS-002", business_key=CASE, variables={"msisdn": "13900000201"}, by=CLEO, at=engine.now())


def written(user: str) -> list[str]:
    """The cases that somebody's history says they looked at."""
    steps = [step for entry in engine.read_history("user", user) for step in entry.steps]
    return [step["case"] for step in steps if step["type"] == "case_looked_at"]


def test_an_auditors_look_is_written_once_for_each_login(desk: Flask, case: str) -> None:
    """Reloads and the replay of the same case add nothing; another login does."""
    ada = Visitor(desk, "ada")
    for path in (f"/cases/{case}", f"/cases/{case}", f"/cases/{case}/replay"):
        ada.get(path)
    assert written("ada") == [case]
    Visitor(desk, "ada").get(f"/cases/{case}/replay")
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


def test_others_work_unwatched(desk: Flask, case: str) -> None:
    """Whoever works on cases is in their histories by what they do; their looking is not written down."""
    Visitor(desk, "sam").get(f"/cases/{case}")
    assert written("sam") == []


def test_auditors_see_who_looked(any_desk: Flask) -> None:
    """The tab names the auditor; nobody else has it."""
    with any_desk.app_context():
        begin()
    ada = Visitor(any_desk, "ada")
    assert "安达" in ada.get(f"/cases/{CASE}", tab="looks").tree.xpath("string(//main)")
    sam = Visitor(any_desk, "sam").get(f"/cases/{CASE}", tab="looks")
    assert "安达" not in sam.text
    assert "查阅记录" not in sam.text


def test_a_look_cannot_be_taken_back(desk: Flask, case: str) -> None:
    """Whoever alters what was written is found by the check of the streams."""
    Visitor(desk, "ada").get(f"/cases/{case}")
    assert engine.verify_streams() == []
    with transaction():
        session().connection().exec_driver_sql("DROP TRIGGER entry_no_update")
        body = session().scalar(select(HistoryEntry.body).where(HistoryEntry.stream == "user"))
        assert body is not None
        mine = update(HistoryEntry).where(HistoryEntry.stream == "user")
        session().execute(mine.values(body=body.replace(CASE.encode(), b"AJ-2")))
    session().expire_all()
    assert [one.kind for one in engine.verify_streams()] == ["chain"]
