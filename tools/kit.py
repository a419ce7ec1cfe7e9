"""The DMN Technology Compatibility Kit: reads its cases (tests/dmn-tck/ is level 2, tests/dmn-tck-3/ level 3), plays them and compares by its rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from cli.output import ROOT
from engine.definitions import dmn
from engine.ground import xml
from engine.ground.errors import EngineError, InvalidDefinition
from engine.language.calendar import Calendar
from engine.language.feel import Scope
from engine.language.feel.temporal import read_date, read_date_time, read_duration, read_time

LEVELS = {2: ROOT / "tests" / "dmn-tck", 3: ROOT / "tests" / "dmn-tck-3"}
PRECISION = Decimal("0.00000001")
BOXED = frozenset(
    {
        *("context", "invocation", "list", "relation", "functionDefinition", "decisionTable"),
        *("conditional", "filter", "for", "some", "every"),
    }
)
PASSED, DIFFERS, REFUSED = "passed", "differs", "refused"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


class Case(NamedTuple):
    """One test case: what is given, and the decisions with the values they must have; `errors` are those of which an error is expected."""

    id: str
    inputs: dict[str, Any]
    expected: dict[str, Any]
    errors: frozenset[str] = frozenset()
    service: str = ""


@dataclass(frozen=True)
class Result:
    """One expected result and what became of it; `why` names the reason of a refusal."""

    folder: str
    case: str
    decision: str
    verdict: str
    actual: Any = None
    expected: Any = None
    why: str = ""
    wants_error: bool = False
    text: str = ""


def folders(level: int) -> list[str]:
    """Return the folders of a level."""
    return sorted(path.name for path in LEVELS[level].iterdir() if path.is_dir())


def model(folder: str, level: int = 2) -> bytes:
    """Return the DMN file of a folder."""
    return (LEVELS[level] / folder / f"{folder}.dmn").read_bytes()


def cases(folder: str, level: int = 2) -> Iterator[Case]:
    """Yield the cases of every test file of a folder."""
    for path in sorted((LEVELS[level] / folder).glob("*-test-*.xml")):
        for case in _children(xml.parse(path.read_bytes()), "testCase"):
            inputs = {node.get("name"): _value(node) for node in _children(case, "inputNode")}
            results = list(_children(case, "resultNode"))
            expected = {
                node.get("name"): next((_value(holder) for holder in _children(node, "expected")), None)
                for node in results
            }
            errors = frozenset(node.get("name") for node in results if node.get("errorResult") == "true")
            service = case.get("invocableName", "") if case.get("type") == "decisionService" else ""
            yield Case(case.get("id"), inputs, expected, errors, service)


def play(folder: str, level: int = 2) -> Iterator[Result]:
    """Play a folder: yield what becomes of every expected result of a folder."""
    content = model(folder, level)
    decisions, root = dmn.read_decisions(content), xml.parse(content)
    elements = {e.get("name", ""): e for e in _children(root, "decision", "businessKnowledgeModel")}
    scope = Scope(datetime(2026, 11, 23, 1, tzinfo=UTC), Calendar(frozenset(), frozenset()))
    for case in cases(folder, level):
        for name, expected in case.expected.items():
            result = Result(folder, case.id, name, REFUSED, None, expected, "service", name in case.errors)
            yield result if case.service else _played(result, decisions, case, scope, elements)


def _played(
    result: Result, decisions: dmn.Model, case: Case, scope: Scope, elements: Mapping[str, xml.Element]
) -> Result:
    try:
        actual = decisions.evaluate(result.decision, case.inputs, scope=scope).value
    except (InvalidDefinition, dmn.UnknownDecision):
        return replace(result, why=_why(decisions, result.decision, elements), text=_text(elements, result.decision))
    except EngineError as error:
        verdict = PASSED if result.wants_error or result.expected is None else DIFFERS
        return replace(result, verdict=verdict, actual=error.code, why="", text=_text(elements, result.decision))
    verdict = PASSED if agrees(actual, result.expected) else DIFFERS
    return replace(result, verdict=verdict, actual=actual, why="", text=_text(elements, result.decision))


def _why(decisions: dmn.Model, name: str, elements: Mapping[str, xml.Element]) -> str:
    """Return why a decision cannot be executed: the rule, what it says of a syntax, and which boxed expression; of the model it calls when that is the cause."""
    element = elements[name]
    faults = decisions.refused.get(element.get("id") or name, [])
    broken = [fault for fault in decisions.refused.get("", []) if fault.rule != "no_id"]
    if broken and (not faults or faults[0].values.get("why") == "unknown_function"):
        faults = broken
    first = faults[0]
    if "not_executable" not in first.rule:
        return f"{first.rule} {first.values.get('why', '')}".strip()
    holder = elements[first.values["name"]]
    body = next(_children(holder, "encapsulatedLogic"), holder)
    kinds = [xml.local(e) for e in body if xml.local(e) in BOXED]
    return f"boxed {kinds[0] if kinds else 'nothing'}"


def _text(elements: Mapping[str, xml.Element], name: str) -> str:
    """Return the first expression of a decision, on one line."""
    text = next((e for e in elements[name].iter() if xml.local(e) == "text"), None) if name in elements else None
    return " ".join((text.text or "").split()) if text is not None else ""


def agrees(actual: Any, expected: Any) -> bool:
    """Tell whether two values are equal all the way down; a number that is expected with eight decimals or more may differ after the eighth, as in the kit's own runner."""
    if isinstance(expected, dict):
        return (
            isinstance(actual, dict)
            and actual.keys() == expected.keys()
            and all(agrees(actual[k], expected[k]) for k in actual)
        )
    if isinstance(expected, list):
        return isinstance(actual, list) and len(actual) == len(expected) and all(map(agrees, actual, expected))
    if isinstance(expected, Decimal) and type(actual) in (int, Decimal):
        rounded = -int(expected.as_tuple().exponent) >= 8
        return abs(actual - expected) <= PRECISION if rounded else bool(actual == expected)
    return type(actual) is type(expected) and bool(actual == expected)


def _children(element: xml.Element, *names: str) -> Iterator[xml.Element]:
    return (child for child in element if xml.local(child) in names)


def _value(holder: xml.Element) -> object:
    """Return what a node holds: components are a context, items a list, and a value is of the type it names."""
    components = list(_children(holder, "component"))
    if components:
        return {child.get("name"): _value(child) for child in components}
    for child in _children(holder, "list"):
        return [_value(item) for item in _children(child, "item")]
    return next((_scalar(child) for child in _children(holder, "value")), None)


def _scalar(element: xml.Element) -> object:
    if element.get(_NIL) == "true":
        return None
    return _READERS[element.get(_TYPE, "xsd:string")](element.text or "")


_READERS: dict[str, Callable[[str], Any]] = {
    "xsd:decimal": Decimal,
    "xsd:double": Decimal,
    "xsd:string": str,
    "xsd:boolean": {"true": True, "false": False}.__getitem__,
    "xsd:date": read_date,
    "xsd:dateTime": read_date_time,
    "xsd:time": read_time,
    "xsd:duration": read_duration,
}
