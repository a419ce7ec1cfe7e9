"""The files in processes/ fit each other and the program: every topic has a handler, every handler a use, every name its English."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import engine
import service_tasks  # noqa: F401  registers the handlers
from engine import handlers
from engine.definitions.asked import expressions
from engine.definitions.names import doubts
from engine.definitions.surroundings import Surroundings
from engine.language.feel import BUILTINS
from engine.language.feel.lexer import KEYWORDS
from office import coverage, drafts

ROOT = Path(__file__).parents[2]
PROCESSES = ROOT / "processes"
KEYS = sorted(path.stem for path in PROCESSES.glob("*.bpmn"))
FORMS = sorted(PROCESSES.glob("forms/*.form"))
NAME = re.compile(r'"[^"]*"|[A-Za-z_]\w*')
INPUT = re.compile(r"<inputExpression[^>]*>\s*<text>([a-z_]+)</text>")
FEEL_WORDS = KEYWORDS | {word for name in BUILTINS for word in name.split()}
EXPECTED = {
    *(f"TS-00{number}" for number in range(1, 9)),
    *(f"SUB-00{number}" for number in range(1, 5)),
    "CH-002",
    "BATCH-001",
    "BATCH-002",
}


@cache
def definition(key: str) -> engine.Definition:
    """A process compiled as it would be published."""
    return engine.Definition(engine.read_package(PROCESSES, key))


def elements() -> Iterator[tuple[str, engine.Element]]:
    """(process, element) of every element of every process."""
    for key in KEYS:
        for element in definition(key).elements.values():
            yield key, element


def test_the_processes_of_the_manual_are_there() -> None:
    """Eight charts, the four processes they call, intake and the two batches."""
    assert set(KEYS) >= EXPECTED


@pytest.mark.parametrize("key", KEYS)
def test_every_process_may_be_published(key: str) -> None:
    """An office that starts on processes/ finds nothing to refuse there."""
    assert engine.lint(engine.read_package(PROCESSES, key)) == []


@pytest.mark.parametrize("key", KEYS)
def test_nothing_in_a_process_is_doubtful(key: str) -> None:
    """Every name is set by something, every value offered, every table free of contradictions."""
    found = engine.warnings(engine.read_package(PROCESSES, key), packages(), drafts.STARTED)
    assert [one for one in found if one.rule != "refused_for_ever"] == []  # that one has a test of its own


@cache
def packages() -> list[engine.Package]:
    """Every process with what it uses."""
    return [engine.read_package(PROCESSES, key) for key in KEYS]


def misspelt(text: str) -> Iterator[str]:
    """An expression with one of its names misspelt, each in turn: two letters change places, or one is added."""
    for found in NAME.finditer(text):
        word, after = found[0], text[found.end() :].lstrip()
        if word.startswith('"') or word in FEEL_WORDS or after.startswith(("(", ":")):
            continue
        swapped = word[:-2] + word[-1] + word[-2]
        yield text[: found.start()] + (swapped if swapped != word else f"{word}x") + text[found.end() :]


def test_nearly_every_misspelt_name_is_told() -> None:
    """Of all names in all expressions of all processes, misspelt one at a time, at least 95 of 100; the rest are parts of values that say nothing of theirs."""
    around = Surroundings(packages()[0], packages(), drafts.STARTED)
    tried = told = 0
    for drawn in around.drawn.values():
        for asked in expressions(around, drawn):
            for text in misspelt(asked.text):
                tried += 1
                told += bool(doubts(replace(asked, text=text)))
    assert tried > 700
    assert told / tried >= 0.95, f"{told} of {tried} misspelt names are told"


def test_every_misspelt_input_of_a_table_is_told() -> None:
    """The inputs of the decision tables are read with the variables of a task that asks them."""
    asking = {name: package for package in packages() for name in package.files if name.startswith("decisions/")}
    for name, package in asking.items():
        text = package.files[name]
        for expression in set(INPUT.findall(text)):
            wrong = text.replace(f"<text>{expression}</text>", f"<text>{expression}x</text>")
            found = engine.warnings(engine.package_with(package, {name: wrong}), packages(), drafts.STARTED)
            assert [one.values["near"] for one in found if one.file == name][:1] == [expression]


def test_every_service_task_has_a_handler_with_these_parameters() -> None:
    """A topic nobody handles, or a parameter nobody knows, would be an incident at the first case."""
    registered = handlers.registered()
    faults = []
    for key, element in elements():
        if element.type != "serviceTask":
            continue
        if element.topic not in registered:
            faults.append(f"{key}#{element.id}: no handler for {element.topic}")
            continue
        known = registered[element.topic].parameters().fields
        given = {parameter.name for parameter in element.parameters}
        required = {name for name, field in known.items() if field.required}
        if given - known.keys() or required - given:
            faults.append(
                f"{key}#{element.id}: {sorted(given - known.keys())} unknown, {sorted(required - given)} missing"
            )
    assert faults == []


def test_every_handler_has_a_use() -> None:
    """A service task that no diagram names is code nobody needs."""
    used = {element.topic for _, element in elements()} | {"liability/assess"}  # by cases that go on as they began
    assert set(handlers.registered()) - used == set()


def test_every_refusal_has_a_way() -> None:
    """A business refusal without an error boundary event would end in an incident instead of going back to a person."""
    faults = []
    for key, element in elements():
        if element.type == "serviceTask" and element.topic in handlers.registered():
            hosts = {element.id, element.parent}  # the activity itself, or the sub-process around it
            caught = {
                e.error_code
                for e in definition(key).elements.values()
                if e.attached_to in hosts and e.trigger == "error"
            }
            missing = set(handlers.find(element.topic).errors) - caught
            if missing and None not in caught and "" not in caught:
                faults.append(f"{key}#{element.id}: {sorted(missing)}")
    assert faults == []


def test_every_form_and_decision_has_a_use() -> None:
    """Nothing lies about in processes/ that no process refers to."""
    used = {name for key in KEYS for name in definition(key).package.files}
    there = {
        path.relative_to(PROCESSES).as_posix()
        for folder in ("forms/*.form", "decisions/*.dmn")
        for path in PROCESSES.glob(folder)
    }
    assert there - used == set()


@pytest.mark.parametrize("key", KEYS)
def test_every_name_has_its_english(key: str) -> None:
    """Whoever works in English sees no gap: process, elements, flows, notes beside them, what a person is told about a user task, subjects of notices."""
    catalogue = yaml.safe_load((PROCESSES / "translations" / f"{key}.en.yaml").read_text(encoding="utf-8"))
    drawn = definition(key)
    named = {"": drawn.name} | {one.id: one.name for one in (*drawn.elements.values(), *drawn.flows.values())}
    file = (PROCESSES / f"{key}.bpmn").read_text(encoding="utf-8")
    named |= dict.fromkeys(re.findall(r'<bpmn:textAnnotation id="([^"]+)"', file), "note")
    documented = {one.id for one in drawn.elements.values() if one.documentation}
    assert sorted(id for id, name in named.items() if name and not catalogue.get(id)) == []
    assert sorted(documented - set(catalogue.get("documentation") or {})) == []
    said = {one.id for one in drawn.elements.values() if any(p.name == "subject" and p.says for p in one.parameters)}
    assert said == set(catalogue.get("subject") or {})
    assert sorted(set(catalogue) - set(named) - {"documentation", "subject", "columns"}) == []


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.stem)
def test_every_label_of_a_form_has_its_english(form: Path) -> None:
    """Labels, descriptions and options of a form are there in both languages."""
    document = json.loads(form.read_text(encoding="utf-8"))
    assert list(_untranslated(document.get("components", []))) == []
    assert [shown for shown in document.get("shows", []) if shown.get("label") and not shown.get("label_en")] == []


def _untranslated(components: list[dict[str, Any]]) -> Iterator[str]:
    for component in components:
        properties = component.get("properties") or {}
        for name in ("label", "description", "text"):
            if component.get(name) and not properties.get(f"{name}_en"):
                yield f"{component.get('key') or component['type']}.{name}"
        for option in component.get("values") or []:
            if not (option.get("properties") or {}).get("label_en"):
                yield f"{component.get('key')}.{option.get('value')}"
        yield from _untranslated(component.get("components") or [])


def test_every_step_of_the_manual_is_somewhere() -> None:
    """Each id of the manual is declared, each declared id exists, and each step says where it comes from."""
    found = coverage.survey(PROCESSES, coverage.manual_ids(ROOT / "docs" / "manual_ids.csv"))
    assert (found.missing, found.unknown, found.bare) == ([], {}, [])
