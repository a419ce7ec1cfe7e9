"""Papers and orders are read by people who know no codes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from flask import Flask, g

from engine import proof
from office.papers import PAPERS
from tests.support.furnishing import begin, instance_of
from web.telling.code_texts import code_text
from web.telling.variables import Variables

FORMS = Path(__file__).parents[5] / "processes" / "forms"
CODE = re.compile(r"[a-z]{2,}")
ON_PAPER = {name for paper in PAPERS.values() for name, _ in paper.facts}


def offered(forms: Iterable[str], *keys: str) -> list[tuple[str, str]]:
    """Every value that any of the forms offers for a variable."""
    found = {
        (field["key"], option["value"])
        for text in forms
        for field in json.loads(text)["components"]
        for option in field.get("values", ())
        if field.get("key") in keys
    }
    return sorted(found)


@pytest.mark.parametrize("process", ["TS-002", "TS-006", "TS-008"])
def test_no_code_is_printed_on_a_paper(desk: Flask, process: str) -> None:
    """Whichever form of a process a value was chosen in, it is told by the title it has there."""
    with desk.app_context():
        package = proof.history_of(instance_of(begin("13900000201", process))).definition.package
    told = Variables(package)
    forms = [text for name, text in package.files.items() if name.endswith(".form")]
    with desk.test_request_context():
        g.language = "zh"
        chosen = offered((str(one, "utf-8") if isinstance(one, bytes) else one for one in forms), *ON_PAPER)
        assert chosen
        assert [one for one in chosen if CODE.search(told.value(*one))] == []


def test_no_code_is_told_of_an_order(desk: Flask) -> None:
    """What a department found stands on the order, the case and the paper alike."""
    with desk.test_request_context():
        g.language = "zh"
        forms = (path.read_text(encoding="utf-8") for path in FORMS.glob("*.form"))
        found = [value for _, value in offered(forms, "order_finding") if CODE.search(code_text(value))]
    assert found == []
