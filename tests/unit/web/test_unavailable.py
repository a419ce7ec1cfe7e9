"""When something broke: a page in the reader's language that asks no database, and one that is busy says when to come again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

import engine
from office import tokens
from tests.visitors import LANGUAGES, Caller, Page, Visitor
from web.queries import worklist

BUSY = {
    "zh": "系统现在很忙，未作任何改动。请过几秒钟再试。",
    "en": "The office is very busy at the moment. Nothing was changed; please try again in a few seconds.",
}
WRONG = {"zh": "这次没有办成", "en": "Something went wrong here."}


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
    visitor, asked, logged = Visitor(desk, "cleo", language), [], []

    def fail(*_given: Any, **_named: Any) -> None:
        with desk.app_context():
            event.listen(
                desk.extensions["sqlalchemy"].engine, "before_cursor_execute", lambda *given: asked.append(given[2])
            )
        raise ZeroDivisionError

    monkeypatch.setattr("web.unavailable._log.error", lambda *_given, **told: logged.append(told))
    monkeypatch.setattr(worklist, "page", fail)
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
