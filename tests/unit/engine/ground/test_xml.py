"""The one XML reader: limits of size, depth and count are held before or while a file is read, and each is told for what it is."""

from __future__ import annotations

import pytest

from engine import published
from engine.ground import xml
from tests.support.drawing import end, package, path, process, start, user

REFUSED = {
    "empty": b" \n",
    "no_xml": b"BPMN",
    "too_long": b"<a>" + b" " * 4_000_000 + b"</a>",
    "too_many": b"<a>" + b"<b/>" * 200_000 + b"</a>",
    "document_type": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "not_well_formed": b"<a><b></a>",
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_refused(why: str) -> None:
    """The reason is in the error, so that a person can be told."""
    with pytest.raises(xml.MalformedXml, match=f"why='{why}'"):
        xml.parse(REFUSED[why])


@pytest.mark.parametrize("depth", [101, 300, 50_000])
def test_elements_within_elements_without_end(depth: int) -> None:
    """Whoever walks the tree afterwards does so by recursion."""
    with pytest.raises(xml.MalformedXml, match="why='too_deep'"):
        xml.parse(b"<a>" * depth + b"</a>" * depth)


def test_attributes_without_end() -> None:
    """They cost as much as elements."""
    with pytest.raises(xml.MalformedXml, match="why='too_many'"):
        xml.parse(b"<a " + b" ".join(b'a%d=""' % n for n in range(250_000)) + b"/>")


def test_namespaces_without_end() -> None:
    """Every question for the prefixes of an element looks through all of them."""
    with pytest.raises(xml.MalformedXml, match="why='too_many'"):
        xml.parse(b"<a " + b" ".join(b'xmlns:a%d="u"' % n for n in range(2_001)) + b"/>")


def test_flows_without_an_id_are_named_in_time() -> None:
    """Thousands between the same two elements take no longer than thousands between others."""
    flows = '<bpmn:sequenceFlow sourceRef="begun" targetRef="finished"/>' * 12_000
    content = process("P", start(), end()).replace("</bpmn:process>", f"{flows}</bpmn:process>")
    assert [one.values["why"] for one in published.problems(package("P", content))] == ["too_many_elements"]


def test_a_diagram_of_too_many_elements_is_one_problem() -> None:
    """Rules that follow every way through a diagram never see one that would keep them busy for minutes."""
    content = process("P", start(), *(user(f"x{n}") for n in range(1_001)), end(), path("begun", "x0", "finished"))
    assert [(one.rule, one.values["why"]) for one in published.problems(package("P", content))] == [
        ("malformed_xml", "too_many_elements")
    ]


def test_an_encoding_that_is_named_is_read_and_then_named_anew() -> None:
    """A file kept as text and handed out as UTF-8 must not say that it is something else."""
    text = '<?xml version="1.0" encoding="GB18030"?><a>话费</a>'
    assert xml.decoded_file(text.encode("gb18030")) == text.replace("GB18030", "UTF-8")


@pytest.mark.parametrize(
    "content", ["<a>话费</a>".encode("gb18030"), b'<?xml version="1.0" encoding="utf-7"?><a/>', b"\x89PNG\r\n"]
)
def test_an_encoding_that_is_not_named_or_not_known(content: bytes) -> None:
    """Nothing is guessed: a wrong guess would keep other words than were written."""
    with pytest.raises(xml.MalformedXml, match="why='encoding'"):
        xml.decoded_file(content)
