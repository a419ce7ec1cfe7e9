"""Whoever opens an address that only takes what is sent comes to the page it belongs to."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.visitors import Visitor

PLACES = {
    "/tasks/5/completion": "/tasks/5",
    "/tasks/5/claim": "/tasks/5",
    "/tasks/5/fields": "/tasks/5",
    "/cases/AJ-1/comments": "/cases/AJ-1",
    "/cases/AJ-1/interim-replies": "/cases/AJ-1",
    "/cases/AJ-1/messages/5/instead": "/cases/AJ-1",
    "/cases/AJ-1/withdrawal": "/cases/AJ-1",
    "/cases/AJ-1/extensions/1/grant": "/cases/AJ-1",
    "/cases/AJ-1/erasure": "/cases/AJ-1",
    "/cases/AJ-1/verification": "/cases/AJ-1/replay",
    "/intake/suggestion": "/intake",
    "/supervision/tasks/5/assignment": "/supervision",
    "/incidents/5/retry": "/incidents",
    "/incidents/work/5/retry": "/incidents",
    "/notices/5/withdrawal": "/notices",
    "/notices/5/confirmation": "/notices/unread",
    "/processes/TS-002/draft/discard": "/processes/TS-002",
    "/processes/TS-002/publish/approval": "/processes/TS-002/publish",
    "/processes/TS-002/try/step": "/processes/TS-002/try",
    "/processes/TS-002/versions/1/restoration": "/processes/TS-002/versions/1",
    "/language": "/",
    "/language/en": "/",
    "/logout": "/",
}


def test_opening_it_leads_there(desk: Flask) -> None:
    """No page says 405 to somebody who reloads or types an address."""
    client = Visitor(desk, "sam").client
    assert {path: client.get(path).headers.get("Location") for path in PLACES} == PLACES


@pytest.mark.parametrize("path", ["/tasks/5/completion", "/cases/AJ-1/comments"])
def test_a_session_that_ended_comes_back_there(desk: Flask, path: str) -> None:
    """Who sends a form after the session ended logs in and stands on its page."""
    answer = desk.test_client().post(path)
    assert answer.headers["Location"].endswith(f"next={PLACES[path]}")


def test_every_address_that_takes_what_is_sent_is_here(desk: Flask) -> None:
    """A new one has its page too: none answers 405 to somebody who opens it."""
    client = Visitor(desk, "sam").client
    only_sent = [one for one in desk.url_map.iter_rules() if "GET" not in (one.methods or ())]
    shown = {one.rule for one in desk.url_map.iter_rules() if "GET" in (one.methods or ())}
    for rule in only_sent:
        if rule.rule not in shown and not rule.rule.startswith("/api/"):
            _, path = rule.build(dict.fromkeys(rule.arguments, 1)) or ("", "")
            assert client.get(path).status_code == 302, path


def test_a_program_is_told(desk: Flask) -> None:
    """The API says 405 as before."""
    assert desk.test_client().get("/api/v1/tasks/5/completion").status_code == 405
