"""What a request carries: read within limits, or refused; never passed over as if nothing had been sent."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from tests.visitors import Visitor
from web import bodies


@pytest.mark.parametrize(
    "text",
    ["[" * 1_000_000, "[" * 41 + "]" * 41, f"[{'1,' * 100_000}1]", "9" * 5_000, "NaN", "[Infinity]", "", "{", "\ufeff{}", b"\xff"],
    ids=lambda text: repr(text[:9]),
)  # fmt: skip
def test_json_beyond_its_limits_is_one_kind_of_error(text: str | bytes) -> None:
    """Whoever reads a body has to expect one error, and not whatever the reader gives up with."""
    with pytest.raises(json.JSONDecodeError):
        bodies.read_json(text)


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


def test_a_body_of_the_editor_that_is_no_json_is_told_so(desk: Flask) -> None:
    """It was read as an empty one, and answered with what was missing in it."""
    answer = Visitor(desk, "olu", "en").client.put(
        "/processes/TS-002/draft", data=b"[" * 1_000_000, content_type="application/json"
    )
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
