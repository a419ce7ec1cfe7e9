"""What a refusal says to a person: in words, with the way back, and where there is no such case with the search."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.visitors import LANGUAGES, Visitor

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
