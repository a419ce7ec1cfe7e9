"""Reads the cases of the DMN Technology Compatibility Kit (tests/dmn-tck/) and compares by its rules. What is tested stands beside the product's code."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from engine import xml

FOLDER = Path(__file__).parent / "dmn-tck"
FOLDERS = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
PRECISION = Decimal("0.00000001")
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


class Case(NamedTuple):
    """One test case: what is given, and the decisions with the values they must have."""

    id: str
    inputs: dict[str, Any]
    expected: dict[str, Any]


def model(folder: str) -> bytes:
    """The DMN file of a folder."""
    return (FOLDER / folder / f"{folder}.dmn").read_bytes()


def cases(folder: str) -> Iterator[Case]:
    """The cases of every test file of a folder."""
    for path in sorted((FOLDER / folder).glob("*-test-*.xml")):
        for case in _children(xml.parse(path.read_bytes()), "testCase"):
            inputs = {node.get("name"): _value(node) for node in _children(case, "inputNode")}
            wanted = {
                node.get("name"): _value(holder)
                for node in _children(case, "resultNode")
                for holder in _children(node, "expected")
            }
            yield Case(case.get("id"), inputs, wanted)


def agrees(found: Any, expected: Any) -> bool:
    """Equal all the way down; a number that is expected with more than eight decimals may differ after the eighth, as in the kit's own runner."""
    if isinstance(expected, dict):
        return (
            isinstance(found, dict)
            and found.keys() == expected.keys()
            and all(agrees(found[k], expected[k]) for k in found)
        )
    if isinstance(expected, list):
        return isinstance(found, list) and len(found) == len(expected) and all(map(agrees, found, expected))
    if isinstance(expected, Decimal) and type(found) in (int, Decimal):
        rounded = -int(expected.as_tuple().exponent) > 8
        return abs(found - expected) <= PRECISION if rounded else bool(found == expected)
    return type(found) is type(expected) and bool(found == expected)


def _children(element: Any, *names: str) -> Iterator[Any]:
    return (child for child in element if xml.local(child) in names)


def _value(holder: Any) -> Any:
    """What a node holds: components are a context, items a list, and a value is of the type it names."""
    components = list(_children(holder, "component"))
    if components:
        return {child.get("name"): _value(child) for child in components}
    for child in _children(holder, "list"):
        return [_value(item) for item in _children(child, "item")]
    return next((_scalar(child) for child in _children(holder, "value")), None)


def _scalar(element: Any) -> Any:
    if element.get(_NIL) == "true":
        return None
    readers = {"xsd:decimal": Decimal, "xsd:string": str, "xsd:boolean": {"true": True, "false": False}.__getitem__}
    return readers[element.get(_TYPE)](element.text or "")
