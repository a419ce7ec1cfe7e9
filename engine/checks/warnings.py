"""Every warning: what can be executed and can hardly be meant. Names and tables, ways that stand still or are done twice, refusals that nobody catches, messages that nobody sends."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from engine.checks import lint
from engine.definitions import (
    certainty,
    endless_refusals,
    form_lint,
    messages,
    names,
    refusals,
    soundness,
    standalone_files,
)
from engine.definitions.package import MissingFile, Package, load_package
from engine.definitions.surroundings import form_of
from engine.diagrams.diagram import Diagram, parse
from engine.ground.errors import EngineError, Problem
from engine.ground.xml import MalformedXml
from engine.language.vocabulary import Vocabulary
from engine.runtime import runtime

MOST_KEPT = 64


def warnings_of(
    content: Package,
    in_force: Iterable[Package] = (),
    opening_types: Mapping[str, str] = names.NOTHING,
    departments: Iterable[str] = (),
) -> list[Problem]:
    """Return the warnings about the processes of a package: as `names.check`, and those about how its own diagram goes; what cannot but fail is marked as none.

    Shape: `departments` are the codes and the names by which lanes and user tasks may call them; without any, none is judged.
    """
    around = list(in_force)
    findings = [*_ways(content, departments), *_messages(content, around), *names.check(content, around, opening_types)]
    return list(lint.once(findings))


def warnings_of_file(file: Path, opening_types: Mapping[str, str], departments: Iterable[str] = ()) -> list[Problem]:
    """Return the warnings about a file that lies anywhere; as `check`."""
    return [
        *(_ways_of_file(file, departments) if file.suffix == ".bpmn" else []),
        *standalone_files.warnings(file, opening_types),
    ]


def _ways(content: Package, departments: Iterable[str]) -> list[Problem]:
    office = runtime.current()
    return list(_explored(content.canonical(), frozenset(office.handlers), frozenset(departments), office.vocabulary))


@lru_cache(maxsize=MOST_KEPT)
def _explored(
    canonical: bytes, topics: frozenset[str], departments: frozenset[str], words: Vocabulary
) -> tuple[Problem, ...]:
    """Explore a package and keep the answer, because an editor asks about the same draft again and again; of one that has problems the ways are not followed, which is said."""
    content = load_package(canonical)
    problems = sorted(_of_diagrams(content, departments), key=lambda problem: problem.line)
    return tuple(
        replace(problem, file=problem.file or f"{content.key}.bpmn", warning=not certainty.fails(problem.rule))
        for problem in problems
    )


def _messages(content: Package, in_force: Iterable[Package]) -> Iterator[Problem]:
    """Yield the warnings about messages, asked as the ways of a diagram are: not of one that has problems."""
    if not lint.check(content):
        for problem in messages.check(content, parse(content.bpmn(content.key)), in_force):
            yield replace(problem, file=f"{content.key}.bpmn", warning=True)


def _of_diagrams(content: Package, departments: frozenset[str]) -> Iterator[Problem]:
    if lint.check(content):
        yield Problem(0, "", "ways_not_judged", {})
    else:
        yield from _of_ways(content)
    diagram = _readable(content)
    if diagram is not None:
        yield from _labels(diagram, content)
        yield from _departments(diagram, departments) if departments else ()


def _of_ways(content: Package) -> Iterator[Problem]:
    diagrams = {key: parse(content.bpmn(key)) for key in content.processes}
    yield from soundness.check(diagrams[content.key])
    yield from refusals.check(content.key, diagrams)
    yield from endless_refusals.check(content, diagrams)


def _readable(content: Package) -> Diagram | None:
    try:
        return parse(content.bpmn(content.key))
    except (MalformedXml, MissingFile):
        return None


def _labels(diagram: Diagram, content: Package) -> Iterator[Problem]:
    """Yield labels that the forms of a process lack in one language or both."""
    for element in diagram.elements.values():
        form = form_of(content, element) if element.type == "userTask" else None
        for problem in form_lint.half_labelled(form) if form is not None else ():
            file = f"forms/{element.properties['form']}.form"
            yield replace(problem, line=element.line, element_id=element.id, file=file)


def _departments(diagram: Diagram, departments: frozenset[str]) -> Iterator[Problem]:
    """Yield user tasks of departments that the office does not have: nobody would find them on a list."""
    for element in diagram.elements.values():
        group = element.properties.get("group") or element.lane
        if element.type == "userTask" and group and group not in departments:  # none at all is told as that
            near = difflib.get_close_matches(group, sorted(departments), n=1)
            values = {"name": element.name, "group": group, "near": near[0] if near else ""}
            yield Problem(element.line, element.id, "unknown_department", values)


def _ways_of_file(file: Path, departments: Iterable[str]) -> list[Problem]:
    try:
        return _ways(standalone_files.package_of(file), departments)
    except (EngineError, OSError, UnicodeDecodeError):  # told as problems
        return []
