"""What a refusal says to a person: in words, with the way back, and where there is no such case with the search."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.support.visitors import LANGUAGES, Visitor

REFUSED = ["/cases/AJ-9999-000001", "/tasks/999999", "/tasks/abc", "/nowhere", "/supervision", "/cases?version=x"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", REFUSED)
def test_no_number_is_a_title(desk: Flask, address: str, language: str) -> None:
    """The title of the window and the heading say the same, and neither begins with a code."""
    page = Visitor(desk, "cleo", language).get(address)
    title = page.tree.findtext(".//title")
    assert page.status >= 400
    assert title.startswith(page.title)
    assert not re.match(r"\W*\d{3}", title)


@pytest.mark.parametrize(
    "address, sought", [("/cases/AJ-9999-000001", "AJ-9999-000001"), ("/tasks/999999", ""), ("/tasks/abc", "")]
)
def test_a_case_that_is_not_there_is_looked_for(desk: Flask, address: str, sought: str) -> None:
    """The number that was asked for stands in the search; from elsewhere there is none."""
    page = Visitor(desk, "cleo").get(address)
    assert page.typed("text") == sought
    assert page.tree.xpath("//main//form[@action='/cases']")
    assert Visitor(desk, "cleo").get("/nowhere").typed("text") is None


def test_the_way_back_and_the_way_on_are_there(desk: Flask) -> None:
    """Where one came from, when that was here, and the worklist."""
    client = Visitor(desk, "cleo").client
    text = client.get("/cases/AJ-9999-000001", headers={"Referer": "http://localhost/tasks?scope=mine"}).get_data(
        as_text=True
    )
    assert 'href="/tasks?scope=mine"' in text
    assert 'href="/"' in text


NOWHERE = [
    ("GET", "/api", 404),
    ("GET", "/api/v1/nothing", 404),
    ("GET", "/api/v9/tasks", 404),
    ("DELETE", "/api/v1/tasks", 405),
    ("GET", "/api/v1/tasks", 401),
    ("POST", "/api/v1/tasks/1/completion", 401),
    ("GET", "/nowhere", 404),
    ("DELETE", "/login", 405),
    ("GET", "/login", 200),
]
ASKED = [("en", "en"), ("en-GB,zh;q=0.2", "en"), ("de,en;q=0.5", "en"), ("zh-TW", "zh"), ("fr", "zh"), ("", "zh")]


@pytest.mark.parametrize(("asked", "language"), ASKED)
@pytest.mark.parametrize(("method", "address", "status"), NOWHERE)
def test_who_has_chosen_nothing_is_answered_in_the_language_asked_for(
    desk: Flask, method: str, address: str, status: int, asked: str, language: str
) -> None:
    """One rule for pages, refusals and the API: what Accept-Language names first of ours, else Chinese; under /api nobody gets a page."""
    answer = desk.test_client().open(address, method=method, headers={"Accept-Language": asked} if asked else {})
    assert answer.status_code == status
    if address.startswith("/api"):
        assert answer.mimetype == "application/problem+json"
        assert answer.json is not None
        assert answer.json["title"].isascii() == (language == "en")
    else:
        assert f'<html lang="{"en" if language == "en" else "zh-CN"}"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("address", ["/nowhere", "/tasks/abc"])
def test_a_choice_comes_before_what_the_browser_asks_for(desk: Flask, address: str) -> None:
    """Who has chosen a language reads refusals in it too; a program's cookies choose nothing for the API."""
    for chosen, asked in (("zh", "en"), ("en", "zh")):
        client = Visitor(desk, "cleo", "en").client
        client.post("/language", data={"language": chosen})
        page = client.get(address, headers={"Accept-Language": asked}).get_data(as_text=True)
        problem = client.get("/api/v1/nothing", headers={"Accept-Language": asked}).json
        assert f'<html lang="{"en" if chosen == "en" else "zh-CN"}"' in page
        assert problem is not None
        assert problem["title"].isascii() == (asked == "en")
