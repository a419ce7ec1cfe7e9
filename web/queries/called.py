"""What a finding speaks of, called as the page calls it: elements, fields, columns, parameters and service tasks by their names in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import engine
from web.i18n import in_language, language
from web.queries import kinds

NAMED = frozenset({"name", "by", "gateway", "source", "target", "step", "missing", "ends", "table", "other"})
BETWEEN = (", ", " → ")
Drawn = Mapping[str, engine.Diagram]


class Called:
    """The names of a package, whether it can be executed or not."""

    def __init__(self, package: engine.Package) -> None:
        self.english = engine.english_names(package) if language() == "en" else {}
        self.columns = engine.english_columns(package) if language() == "en" else {}
        self.fields = engine.field_labels(package)
        self.operators = engine.operators()
        self.drawn = dict(_drawn(package))
        self.own = {key: _of_process(package, key, drawn) for key, drawn in self.drawn.items()}

    def told(self, found: engine.Problem) -> engine.Problem:
        """The finding with the names of the page."""
        process = found.file.removesuffix(".bpmn")
        values = {name: self._value(process, name, value) for name, value in found.values.items()}
        mine = self.own.get(process, {}).get(found.element_id)
        if mine and self._is_of(process, found):
            values["name"] = mine
        return replace(found, values={**values, **self._titles(process, found), **self._field(process, found)})

    def _is_of(self, process: str, found: engine.Problem) -> bool:
        """Whether the name in a finding is that of the element at which it stands."""
        drawn = self.drawn[process]
        element = drawn.elements.get(found.element_id)
        named = found.values.get("name")
        if not found.element_id or element is None:
            return not found.element_id and named == drawn.name
        return named in (None, "", "—", found.element_id, element.name)

    def _value(self, process: str, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return [(self.columns.get(one[0], one[0]), *one[1:]) for one in value] if name == "case" else value
        if name == "heading":
            return self.columns.get(value, value)
        return self._name(process, value) if name in NAMED else value

    def _name(self, process: str, value: str) -> str:
        """A name on the diagram, or several: as its own process calls it, else as the only one of the package that has it."""
        known = self._by_name(process)
        if value in known:
            return known[value]
        for sign in BETWEEN:
            if sign in value:
                return sign.join(known.get(one, one) for one in value.split(sign))
        return value

    def _by_name(self, process: str) -> Mapping[str, str]:
        drawn = self.drawn.get(process)
        if drawn is None:
            return self.english
        own = self.own[process]
        found: dict[str, set[str]] = {}
        for one in drawn.elements.values():
            found.setdefault(one.name or one.id, set()).add(own[one.id])
        for flow in drawn.flows.values():
            found.setdefault(flow.name, set()).add(own[flow.id])
        return self.english | {name: next(iter(called)) for name, called in found.items() if len(called) == 1}

    def _titles(self, process: str, found: engine.Problem) -> dict[str, str]:
        """A parameter under its title, and a service task."""
        drawn = self.drawn.get(process)
        element = drawn.elements.get(found.element_id) if drawn is not None else None
        known = self.operators.get(element.topic) if element is not None else None
        told: dict[str, str] = {}
        if known is not None:
            of = engine.variables.fields_of(known.parameters)
            asked = {name: of.get(str(found.values.get(name))) for name in ("place", "parameter")}
            told = {name: str(one.metadata.get(language(), one.name)) for name, one in asked.items() if one is not None}
        topic = self.operators.get(str(found.values.get("topic")))
        return told | ({"topic": in_language(topic.title_zh, topic.title_en)} if topic is not None else {})

    def _field(self, process: str, found: engine.Problem) -> dict[str, str]:
        """A field by its label: that of the form in which the finding stands, or of the form of its step."""
        if "field" not in found.values:
            return {}
        key, drawn = str(found.values["field"]), self.drawn.get(process)
        element = drawn.elements.get(found.element_id) if drawn is not None else None
        form = f"forms/{element.properties.get('form', '')}.form" if element is not None else found.file
        label = in_language(*self.fields.get((form, key), ("", "")))
        return {"field": label} if label else {}


def _drawn(package: engine.Package) -> list[tuple[str, engine.Diagram]]:
    found = []
    for key in package.processes:
        try:
            found.append((key, engine.read_diagram(package.bpmn(key))))
        except engine.EngineError:
            continue
    return found


def _of_process(package: engine.Package, key: str, drawn: engine.Diagram) -> dict[str, str]:
    """Element id → name in the language of the page, the process under the empty id; what has no name by its kind."""
    english = engine.english_by_id(replace(package, key=key)) if language() == "en" else {}

    def called(one: engine.Element) -> str:
        return english.get(one.id) or one.name

    elements = {one.id: called(one) or kinds.unnamed(drawn, one, called) for one in drawn.elements.values()}
    flows = {one.id: english.get(one.id) or one.name for one in drawn.flows.values()}
    return {**flows, **elements, "": english.get("") or drawn.name}
