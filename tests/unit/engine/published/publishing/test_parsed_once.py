"""What is published is read as XML once: for every check, for the version, for SpiffWorkflow and for the first case."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine import cases, checks, definitions, published
from engine.ground import xml
from tests.support.actors import CLEO, SAM
from tests.support.drawing import call, end, package, path, process, start, user

PROCESSES = Path(__file__).parents[5] / "processes"
UNSEEN = "\n<!-- parsed once -->\n"


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> Counter[bytes]:
    """How often each content is parsed."""
    counter: Counter[bytes] = Counter()
    parse = xml.etree.fromstring

    def counting(content: bytes, **options: Any) -> Any:
        counter[content] += 1
        return parse(content, **options)

    monkeypatch.setattr(xml.etree, "fromstring", counting)
    return counter


def unseen(content: definitions.Package) -> definitions.Package:
    """The same with files that nobody has read yet."""
    files = {name: text + UNSEEN if name.endswith((".bpmn", ".dmn")) else text for name, text in content.files.items()}
    return definitions.Package(key=content.key, files=files)


def test_publishing_and_the_first_case_parse_each_file_once(
    database: Session, at: datetime, parses: Counter[bytes]
) -> None:
    """From the checks to a completed step; a version that calls what is known already parses nothing but itself."""
    called = process("C", start(), user("inner"), end(), path("begun", "inner", "finished"))
    drawn = process("P", start(), call("asks", "C"), end(), path("begun", "asks", "finished"))
    content = unseen(package("P", drawn, C_bpmn=called))
    parses.clear()  # of whoever drew it
    published.publish(content, by=SAM, note="", at=at)
    task_id = cases.start("P", business_key="AJ-1", variables={}, by=CLEO, at=at).user_task_ids[0]
    cases.complete(task_id, form={"amount": "1"}, by=CLEO, at=at)
    assert parses == {content.bpmn("P"): 1, content.bpmn("C"): 1}
    renamed = definitions.Package(key="P", files={**content.files, "P.bpmn": content.files["P.bpmn"] + UNSEEN})
    published.publish(renamed, by=SAM, note="", at=at)
    assert parses == {content.bpmn("P"): 1, content.bpmn("C"): 1, renamed.bpmn("P"): 1}


def test_a_package_of_the_office_is_parsed_once_for_all_that_is_asked_of_it(parses: Counter[bytes]) -> None:
    """Decision tables as well: what lint, warnings and the version itself read is one tree."""
    content = unseen(definitions.read_package(PROCESSES, "TS-002"))
    parses.clear()
    assert published.problems(content) == []
    checks.warnings_of(content, {})
    names = [name for name in content.files if name.endswith((".bpmn", ".dmn"))]
    assert {content.files[name].encode() for name in names} == parses.keys()
    assert set(parses.values()) == {1}
