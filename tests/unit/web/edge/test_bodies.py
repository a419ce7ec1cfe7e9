"""What a request carries: read within limits, or refused; never passed over as if nothing had been sent."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from flask import Flask
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.test import EnvironBuilder

import engine
from office import tokens
from tests.support.visitors import Visitor
from web.edge import bodies


@pytest.mark.parametrize(
    "text",
    ["[" * 1_000_000, "[" * 41 + "]" * 41, f"[{'1,' * 100_000}1]", "9" * 5_000, "NaN", "[Infinity]", "", "{", "\ufeff{}", b"\xff"],
    ids=lambda text: repr(text[:9]),
)  # fmt: skip
def test_json_beyond_its_limits_is_one_kind_of_error(text: str | bytes) -> None:
    """Whoever reads a body has to expect one error, and not whatever the reader gives up with."""
    with pytest.raises(json.JSONDecodeError):
        bodies.read_json(text)


TWICE = '{"b": 1,\n"a": 1,\n"a": 2}'


@pytest.mark.parametrize(
    ("language", "told"), [("en", "“a” in line 3 stands there twice."), ("zh", "第 3 行的“a”出现了两次")]
)
def test_a_key_given_twice_is_told_with_its_line(desk: Flask, language: str, told: str) -> None:
    """A reader would take the last of two values in silence; whoever sent both is told which and where, by the API and by the editor's way in."""
    with desk.app_context():
        token = tokens.create("cleo", at=engine.now())
    spoken = {"Authorization": f"Bearer {token}", "Accept-Language": language}
    begin = "/api/v1/processes/TS-002/instances"
    by_api = desk.test_client().post(begin, data=TWICE, content_type="application/json", headers=spoken)
    olu = Visitor(desk, "olu", language)
    by_editor = olu.client.put("/processes/TS-002/draft", data=TWICE, content_type="application/json")
    for answer in (by_api, by_editor):
        ((reason,),) = answer.get_json()["reasons"].values()
        assert (answer.status_code, reason["code"], reason["values"]) == (400, "key_twice", {"key": "a", "in_line": 3})
        assert told in reason["text"]


def test_json_within_its_limits_is_read() -> None:
    """The limits leave room for the largest draft."""
    assert bodies.read_json('{"files": {"a": "' + "x" * 2_000_000 + '"}, "revision": 1}')["revision"] == 1
    assert bodies.read_json("[" * 39 + "1" + "]" * 39)


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/x-www-form-urlencoded", b"text=\xff", 400),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken", 400),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(1_001)), 413),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(desk: Flask, kind: str, body: bytes, status: int) -> None:
    """It was read as an empty one, and the person was told that they had filled nothing in."""
    answer = Visitor(desk, "sam", "en").client.post("/notices", data=body, content_type=kind)
    assert (answer.status_code, "<h1>This" in answer.text) == (status, True)


@pytest.mark.parametrize(
    ("content", "read"),
    [
        ("1,已批价".encode(), "1,已批价"),
        ("\ufeff1,已批价".encode(), "1,已批价"),
        ("1,已批价".encode("gb18030"), "1,已批价"),
        (b"\xff\xff\xff", "\0"),
        (b"", ""),
    ],
)
def test_a_file_stands_in_its_field_as_text(content: bytes, read: str) -> None:
    """As office programs write it here; what is no text is told at the field, and a file that was not chosen changes nothing."""
    given = {"rows@file": (BytesIO(content), "run.csv"), "rows": "typed", "other": "x"}
    form = bodies.Incoming(EnvironBuilder(method="POST", data=given).get_environ()).form
    assert (form["rows"], form["other"]) == (read, "x")
    left = {"rows@file": (BytesIO(b""), ""), "rows": "typed"}
    assert bodies.Incoming(EnvironBuilder(method="POST", data=left).get_environ()).form["rows"] == "typed"


def test_a_file_beyond_its_limit_is_refused() -> None:
    """It is not read any further."""
    given = {"rows@file": (BytesIO(b"1" * (bodies.MOST_FILE_BYTES + 1)), "run.csv")}
    with pytest.raises(RequestEntityTooLarge):
        _ = bodies.Incoming(EnvironBuilder(method="POST", data=given).get_environ()).form


def test_a_body_of_the_editor_that_is_no_json_is_told_so(desk: Flask) -> None:
    """It was read as an empty one, and answered with what was missing in it."""
    answer = Visitor(desk, "olu", "en").client.put(
        "/processes/TS-002/draft", data=b"[" * 1_000_000, content_type="application/json"
    )
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
