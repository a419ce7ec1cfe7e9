"""When something broke: a page in the reader's language that asks no database, and one that is busy says when to come again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy import event

import engine
from models import base, drivers
from models.turns import Turns
from office import tokens
from tests.support.furnishing import EXPLAINED, furnish
from tests.support.visitors import LANGUAGES, Caller, Page, Visitor, beside, contents, copy, open_office
from tests.unit.web.test_routes import ROUTES
from web.queries import worklist

BUSY = {
    "zh": "系统现在很忙，未作任何改动。请过几秒钟再试。",
    "en": "The office is very busy at the moment. Nothing was changed; please try again in a few seconds.",
}
WRONG = {"zh": "这次没有办成", "en": "Something went wrong here."}


@pytest.fixture
def desk(founded: Path, tmp_path: Path) -> Flask:
    """An office in a folder of its own, which can be taken away."""
    copy(founded, tmp_path)
    return open_office(tmp_path)


@contextmanager
def away(desk: Flask, folder: Path) -> Iterator[None]:
    """Inside, the folder of the database is somewhere else."""
    elsewhere = folder.with_name(folder.name + "-elsewhere")
    with desk.app_context():
        desk.extensions["sqlalchemy"].engine.dispose()
    folder.rename(elsewhere)
    yield
    elsewhere.rename(folder)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_office_whose_database_is_away(desk: Flask, tmp_path: Path, language: str) -> None:
    """Everybody is told to come again, also on the page of an error, and in the language of the session."""
    visitor = Visitor(desk, "cleo", language)
    with away(desk, tmp_path):
        answers = [visitor.client.get(path) for path in ("/tasks", "/cases/AJ-1", "/nowhere", "/login")]
        posted = visitor.client.post("/tasks/1/completion", data={"a": "1"})
    for answer in (*answers, posted):
        page = Page(answer)
        assert (page.status, page.title, answer.headers["Retry-After"]) == (503, BUSY[language], "5")
        assert page.tree.get("lang") == {"zh": "zh-CN", "en": "en"}[language]
    assert visitor.client.get("/tasks").status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_has_no_session_reads_it_in_the_language_of_the_browser(desk: Flask, tmp_path: Path, language: str) -> None:
    """The first page of the day may be this one."""
    with away(desk, tmp_path):
        answer = desk.test_client().get(
            "/api/v1/tasks", headers={"Accept-Language": language, "Authorization": "Bearer x"}
        )
    assert (answer.status_code, answer.mimetype, answer.json["title"]) == (
        503,
        "application/problem+json",
        BUSY[language],
    )  # type: ignore[index]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_fault_asks_no_database(desk: Flask, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """It bears the number under which the fault stands in the log, no name of a class, and was made without a statement."""
    visitor, asked = Visitor(desk, "cleo", language), []

    def fail(*_given: Any, **_named: Any) -> None:
        with desk.app_context():
            event.listen(
                desk.extensions["sqlalchemy"].engine, "before_cursor_execute", lambda *given: asked.append(given[2])
            )
        raise ZeroDivisionError

    monkeypatch.setattr(worklist, "page", fail)
    with structlog.testing.capture_logs() as logged:
        page = visitor.get("/tasks")
    assert (page.status, WRONG[language] in page.text, asked) == (500, True, [])
    assert logged[0]["request"] in page.text
    assert "Unexpected" not in page.text
    assert "ZeroDivision" not in page.text


def test_no_refusal_names_a_class(desk: Flask) -> None:
    """What is refused is said in words, and nothing but words."""
    visitor = Visitor(desk, "nora", "en")
    for path, name in (
        ("/cases/AJ-9", "UnknownCase"),
        ("/supervision", "RoleMissing"),
        ("/tasks/999", "UnknownUserTask"),
        ("/nowhere", "NotFound"),
    ):
        assert name not in visitor.get(path).text


def test_a_busy_database_by_the_api(desk: Flask, tmp_path: Path) -> None:
    """A program finds the status, a code and when to try again."""
    with desk.app_context():
        caller = Caller(desk.test_client(), tokens.create("cleo", at=engine.now()))
    with away(desk, tmp_path):
        answer = caller.get("/tasks")
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (503, "Busy", "5")  # type: ignore[index]


@contextmanager
def written_by_another(folder: Path) -> Iterator[None]:
    """Inside, a program beside the office writes, and does not come to an end."""
    with closing(sqlite3.connect(folder / "office.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.fixture
def impatient(founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An office that waits for other writers a moment only."""
    monkeypatch.setattr(drivers, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(base, "sqlite_writer", Turns(0.05))
    copy(founded, tmp_path)
    return open_office(tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clerk_whose_office_cannot_write_sends_the_same_once_more(
    impatient: Flask, tmp_path: Path, language: str
) -> None:
    """Another program writes for longer than anybody waits: 503 in words, everything typed at hand on that page, nothing half done; then one click does it, once."""
    there = furnish(impatient)
    cleo = Visitor(impatient, "cleo", language)
    place, typed = f"/tasks/{there.task}/completion", {**EXPLAINED, "submit_key": "0123456789abcdef"}
    before, aside = contents(impatient), beside(impatient)
    with written_by_another(tmp_path):
        answer = cleo.client.post(place, data=typed)
        lists = cleo.client.get("/tasks")
    page = Page(answer)
    assert (page.status, page.title, answer.headers["Retry-After"]) == (503, BUSY[language], "5")
    assert (contents(impatient), beside(impatient)) == (before, aside)
    assert lists.status_code == 200
    again = {field.get("name"): field.get("value") for field in page.tree.xpath("//form//input")}
    assert typed.items() <= again.items()
    assert [cleo.client.post(place, data=again).status_code for _ in range(2)] == [302, 302]
    assert contents(impatient) != before


@pytest.mark.parametrize(
    ("method", "place"),
    [
        ("POST", "/intake"),
        ("POST", "/cases/{case}/comments"),
        ("POST", "/tasks/{task}/claim"),
        ("POST", "/login"),
        ("POST", "/unsent"),
        ("PUT", "/processes/TS-002/draft"),
        ("POST", "/api/v1/tasks/{task}/completion"),
        ("POST", "/api/v1/processes/TS-002/instances"),
        ("GET", "/cases/{case}/history.csv"),
        ("GET", "/customers?msisdn=13900000204"),
    ],
)
def test_whatever_has_to_be_written_is_refused_as_busy(
    impatient: Flask, tmp_path: Path, method: str, place: str
) -> None:
    """Every kind of request that writes, looks and exports among them: busy, as page or problem, and nothing of it is there afterwards."""
    there = furnish(impatient)
    address, who = place.format(**asdict(there)), "olu" if "draft" in place else "cleo"
    visitor, sent = Visitor(impatient, who), ROUTES[sample(place, method)].sent
    with impatient.app_context():
        token = tokens.create(who, at=engine.now())
    before, aside = contents(impatient), beside(impatient)
    headers = {"Authorization": f"Bearer {token}"} if "/api/" in place else {}
    kind = "json" if "/api/" in place or "draft" in place else "data"
    with written_by_another(tmp_path):
        answer = visitor.client.open(address, method=method, headers=headers, **{kind: sent})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.mimetype == ("application/problem+json" if "/api/" in place else "text/html")
    assert (contents(impatient), beside(impatient)) == (before, aside)


def sample(place: str, method: str) -> str:
    """The line of the table of routes that an address comes under."""
    rule = place.partition("?")[0].replace("{case}", "<number>").replace("{task}", "<int:task_id>")
    rule = rule.replace("TS-002", "<key>").replace("history.csv", "history.<form>")
    return f"{method} {rule}"
