"""What a finding speaks of, called as the page calls it: elements, fields, columns, parameters and service tasks by their names in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import engine
import engine.diagrams
from engine import definitions, runtime
from web.telling import element_kinds
from web.telling.i18n import in_language, language

NAMED = frozenset({"name", "by", "gateway", "source", "target", "step", "missing", "ends", "table", "other"})
BETWEEN = (", ", " → ")
Drawn = Mapping[str, engine.diagrams.Diagram]


class Called:
    """The names of a package, whether it can be executed or not."""

    def __init__(self, package: definitions.Package) -> None:
        self.english = definitions.english_names(package) if language() == "en" else {}
        self.columns = definitions.english_columns(package) if language() == "en" else {}
        self.fields = definitions.field_labels(package)
        self.operators = runtime.handlers_by_topic()
        self.drawn = dict(_drawn(package))
        self.own = {key: _of_process(package, key, diagram) for key, diagram in self.drawn.items()}
        self.tables = dict(self._tables(package)) if language() == "en" else {}

    def told(self, problem: engine.Problem) -> engine.Problem:
        """Return the finding with the names of the page."""
        process = problem.file.removesuffix(".bpmn")
        values = {name: self._value(process, name, value) for name, value in problem.values.items()}
        own_name = self.own.get(process, {}).get(problem.element_id)
        if own_name and self._is_of(process, problem):
            values["name"] = own_name
        return replace(problem, values={**values, **self._titles(process, problem), **self._field(process, problem)})

    def _tables(self, package: definitions.Package) -> Iterator[tuple[str, str]]:
        """Yield what tables are called in their files, which is in Chinese, with the step that asks each."""
        for key, diagram in self.drawn.items():
            for element in diagram.elements.values():
                name = title_of_table(package, element.decision) if element.decision else ""
                if name:
                    yield name, self.own[key][element.id]

    def _is_of(self, process: str, problem: engine.Problem) -> bool:
        """Tell whether the name in a finding is that of the element at which it stands."""
        diagram = self.drawn[process]
        element = diagram.elements.get(problem.element_id)
        name = problem.values.get("name")
        if not problem.element_id or element is None:
            return not problem.element_id and name == diagram.name
        return name in (None, "", "—", problem.element_id, element.name)

    def _value(self, process: str, name: str, value: Any) -> object:
        if name == "missing" and isinstance(value, list):
            return [self._name(process, part) for part in value]
        if not isinstance(value, str):
            return [(self.columns.get(pair[0], pair[0]), *pair[1:]) for pair in value] if name == "case" else value
        if name == "heading":
            return self.columns.get(value, value)
        if name == "table" and value in self.tables:
            return self.tables[value]
        return self._name(process, value) if name in NAMED else value

    def _name(self, process: str, value: str) -> str:
        """Return a name on the diagram, or several: as its own process calls it, else as the only one of the package that has it."""
        translations = self._by_name(process)
        if value in translations:
            return translations[value]
        for sign in BETWEEN:
            if sign in value:
                return sign.join(translations.get(part, part) for part in value.split(sign))
        return value

    def _by_name(self, process: str) -> Mapping[str, str]:
        diagram = self.drawn.get(process)
        if diagram is None:
            return self.english
        own = self.own[process]
        by_name: dict[str, set[str]] = {}
        for element in diagram.elements.values():
            by_name.setdefault(element.name or element.id, set()).add(own[element.id])
        for flow in diagram.flows.values():
            by_name.setdefault(flow.name, set()).add(own[flow.id])
        return self.english | {
            name: next(iter(translations)) for name, translations in by_name.items() if len(translations) == 1
        }

    def _titles(self, process: str, problem: engine.Problem) -> dict[str, str]:
        """Return a parameter under its title, and a service task."""
        diagram = self.drawn.get(process)
        element = diagram.elements.get(problem.element_id) if diagram is not None else None
        operator = self.operators.get(element.topic) if element is not None else None
        titles: dict[str, str] = {}
        if operator is not None:
            of = definitions.variables.fields_of(operator.parameters)
            fields = {name: of.get(str(problem.values.get(name))) for name in ("place", "parameter")}
            titles = {
                name: str(field.metadata.get(language(), field.name))
                for name, field in fields.items()
                if field is not None
            }
        topic = self.operators.get(str(problem.values.get("topic")))
        return titles | ({"topic": in_language(topic.title_zh, topic.title_en)} if topic is not None else {})

    def _field(self, process: str, problem: engine.Problem) -> dict[str, str]:
        """Return a field by its label: that of the form in which the finding stands, or of the form of its step."""
        if "field" not in problem.values:
            return {}
        key, diagram = str(problem.values["field"]), self.drawn.get(process)
        element = diagram.elements.get(problem.element_id) if diagram is not None else None
        form = f"forms/{element.properties.get('form', '')}.form" if element is not None else problem.file
        label = in_language(*self.fields.get((form, key), ("", "")))
        return {"field": label} if label else {}


def title_of_table(package: definitions.Package, decision: str) -> str:
    """Return what a decision is called in its own file; empty for one that cannot be read."""
    try:
        return definitions.read_decisions(package.decision(decision)).find(decision).name
    except engine.EngineError:
        return ""


def _drawn(package: definitions.Package) -> list[tuple[str, engine.diagrams.Diagram]]:
    diagrams = []
    for key in package.processes:
        try:
            diagrams.append((key, engine.diagrams.parse(package.bpmn(key))))
        except engine.EngineError:
            continue
    return diagrams


def _of_process(package: definitions.Package, key: str, diagram: engine.diagrams.Diagram) -> dict[str, str]:
    """Return element id → name in the language of the page, the process under the empty id; what has no name by its kind."""
    english = definitions.english_by_id(replace(package, key=key)) if language() == "en" else {}

    def called(item: engine.diagrams.Element) -> str:
        return english.get(item.id) or item.name

    elements = {
        item.id: called(item) or element_kinds.unnamed(diagram, item, called) for item in diagram.elements.values()
    }
    flows = {item.id: english.get(item.id) or item.name for item in diagram.flows.values()}
    return {**flows, **elements, "": english.get("") or diagram.name}
