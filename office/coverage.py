"""Does the product answer for every step of the manual? Which manual ids nothing declares, and which elements declare none.

An id is declared by the property manualRef of an element or process, of a decision or of a form, and by manual_ref of a service task, a duty or a
module of the office. A mention in a text or a comment declares nothing.

What is declared is done when a scenario that came out as agreed takes an element or a decision that declares it, or a test marked
`manual("CH1.6")` tries what the office does outside processes.
"""

from __future__ import annotations

import ast
import csv
import json
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from pathlib import Path

import office
import service_tasks
from engine import definitions, diagrams, runtime
from engine.ground import xml
from office import departments_and_duties, papers

DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"})
MANUAL_REF = "manualRef"
MANUAL = Path(__file__).parents[1] / "docs" / "manual_ids.csv"


@dataclass(frozen=True)
class ManualId:
    """A step or rule of the manual: `title_zh` and `title_en` say in our words what it asks."""

    id: str
    process: str
    title_zh: str
    title_en: str


@dataclass(frozen=True)
class Coverage:
    """`declared` maps ids to the places that declare them; `missing` nothing declares; `unknown` the manual does not have; `bare` elements
    declare none.
    """

    declared: dict[str, list[str]]
    missing: list[ManualId]
    unknown: dict[str, list[str]]
    bare: list[str]

    @property
    def complete(self) -> bool:
        """Nothing is missing on either side."""
        return not (self.missing or self.unknown or self.bare)


class AnswerState(StrEnum):
    """What became of a manual id: something takes it, it is declared and nothing takes it, or nowhere declared."""

    DONE = "done"
    DECLARED = "declared"
    MISSING = "missing"


@dataclass(frozen=True)
class Answer:
    """A manual id and what became of it; `by` are the places and tests that take it."""

    one: ManualId
    state: AnswerState
    by: tuple[str, ...] = ()


def manual_ids(file: Path) -> list[ManualId]:
    """Return the ids of the manual that the product answers for, from a CSV file with the columns id, process, title_zh, title_en."""
    with file.open(encoding="utf-8", newline="") as rows:
        return [ManualId(**row) for row in csv.DictReader(rows)]


@lru_cache(maxsize=1)
def known_ids() -> tuple[str, ...]:
    """Return the ids of the manual; none where the list is not installed."""
    return tuple(manual_id.id for manual_id in manual_ids(MANUAL)) if MANUAL.is_file() else ()


def survey(directory: Path, ids: list[ManualId]) -> Coverage:
    """Compare the ids with what processes, decisions and forms under `directory`, service tasks and office declare."""
    declared: dict[str, list[str]] = {}
    for place, refs in _declarations(directory):
        for ref in refs:
            declared.setdefault(ref, []).append(place)
    of_manual = {manual_id.id for manual_id in ids}
    chapters = {manual_id.process for manual_id in ids} | {"TS", "SUB", "CH1", "CH2"}
    return Coverage(
        declared=declared,
        missing=[manual_id for manual_id in ids if manual_id.id not in declared],
        unknown={ref: places for ref, places in declared.items() if ref not in of_manual and _chapter(ref) in chapters},
        bare=list(_bare(directory)),
    )


def answers(
    coverage: Coverage, ids: Iterable[ManualId], places_taken: set[str], tested: Mapping[str, list[str]]
) -> list[Answer]:
    """Return the state of each id, by the places that plays take and the tests that name it. A form, a service task or a process as a whole is none."""
    return [
        _answer(manual_id, coverage.declared.get(manual_id.id, []), places_taken, tested.get(manual_id.id, []))
        for manual_id in ids
    ]


def _answer(manual_id: ManualId, places: list[str], places_taken: set[str], tests: list[str]) -> Answer:
    if not places:
        return Answer(manual_id, AnswerState.MISSING)
    by = (*(place for place in places if place in places_taken), *tests)
    return Answer(manual_id, AnswerState.DONE if by else AnswerState.DECLARED, by)


def taken_by(directory: Path, flows: Iterable[tuple[str, str]]) -> set[str]:
    """Return the places that were taken, "TS-002#pay_cash" or "cause.dmn", by the flows (process, flow) that plays took.

    An element is taken when a flow that leaves it is, or, where none leaves it, one that arrives; a decision by a step that asks it.
    """
    flows_taken = set(flows)
    places: set[str] = set()
    for key, definition in _definitions(directory):
        diagram = definition.processes[key].diagram
        for element in diagram.elements.values():
            neighbours = diagram.outgoing(element.id) or diagram.incoming(element.id)
            if any((key, flow.id) in flows_taken for flow in neighbours):
                places.add(f"{key}#{element.id}")
                places |= {f"{element.decision}.dmn"} if element.decision else set()
    return places


def tests_naming(directory: Path) -> dict[str, list[str]]:
    """Return tests by the manual ids that they are marked with: `@pytest.mark.manual("CH1.6")`."""
    tests: dict[str, list[str]] = {}
    for file in sorted(directory.rglob("test_*.py")):
        text = file.read_text(encoding="utf-8")
        if "mark.manual(" in text:
            for test, ref in _marked(ast.parse(text)):
                tests.setdefault(ref, []).append(f"{file.relative_to(directory.parent).as_posix()}::{test}")
    return tests


def _marked(module: ast.Module) -> Iterator[tuple[str, str]]:
    for test in (node for node in module.body if isinstance(node, ast.FunctionDef)):
        for mark in test.decorator_list:
            if isinstance(mark, ast.Call) and ast.unparse(mark.func).endswith("mark.manual"):
                yield from ((test.name, ast.literal_eval(ref)) for ref in mark.args)


def _chapter(ref: str) -> str:
    """Return TS for TS-002.5, CH2 for CH2.7: ids of other chapters (DUE, NET, REW) are declared ahead of their processes."""
    return re.split(r"[.-]", ref, maxsplit=1)[0]


def _declarations(directory: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, definition in _definitions(directory):
        yield key, split(_process_ref(directory, key))
        for element in definition.elements.values():
            yield f"{key}#{element.id}", element.manual_refs
    for file in sorted(directory.glob("decisions/*.dmn")):
        yield file.name, tuple(ref for node in xml.parse(file.read_bytes()).iter() for ref in _attribute(node))
    for file in sorted(directory.glob("forms/*.form")):
        yield file.name, split(json.loads(file.read_text(encoding="utf-8")).get(MANUAL_REF, ""))
    yield from _in_code()


def _in_code() -> Iterator[tuple[str, tuple[str, ...]]]:
    for package in (service_tasks, office):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield module.name, split(getattr(import_module(module.name), "manual_ref", ""))
    for topic, handler in runtime.handlers_by_topic().items():
        yield topic, split(handler.manual_ref)
    for paper in papers.PAPERS.values():
        yield paper.key, split(paper.manual_ref)
    for duty in departments_and_duties.DUTIES:
        yield duty.code, split(duty.manual_ref)


def _bare(directory: Path) -> Iterator[str]:
    for key, definition in _definitions(directory):
        sources = [flow.source for flow in definition.flows.values()]
        for element in definition.elements.values():
            decides = element.type in DECIDING and sources.count(element.id) > 1
            if (element.type in diagrams.ACTIVITIES or decides) and not element.manual_refs:
                yield f"{key}#{element.id}"


def _definitions(directory: Path) -> Iterable[tuple[str, definitions.Definition]]:
    for path in sorted(directory.glob("*.bpmn")):
        yield path.stem, definitions.Definition(definitions.read_package(directory, path.stem))


def _process_ref(directory: Path, key: str) -> str:
    """Return the manualRef of the process itself, which stands in its own extension elements."""
    for node in xml.parse((directory / f"{key}.bpmn").read_bytes()).iter():
        if xml.local(node) == "property" and node.get("name") == MANUAL_REF:
            owner = xml.around(xml.around(xml.around(node)))
            if xml.local(owner) == "process":
                return str(node.get("value", ""))
    return ""


def _attribute(node: xml.Element) -> tuple[str, ...]:
    """Return what a node of a decision declares: by a property, or by an attribute of that name in our namespace."""
    if xml.local(node) == "property" and node.get("name") == MANUAL_REF:
        return split(node.get("value", ""))
    return tuple(ref for name, value in node.attrib.items() if name.endswith(f"}}{MANUAL_REF}") for ref in split(value))


def split(refs: str) -> tuple[str, ...]:
    """Split `TS-002.5, CH2.7` into ids."""
    return tuple(ref.strip() for ref in refs.split(",") if ref.strip())
