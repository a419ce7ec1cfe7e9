"""What the variables of a process are called and how their values are written, by its forms and the service tasks; for pages of its owner."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from flask_babel import gettext

import engine
from service_tasks import labels
from web.i18n import in_language, yuan
from web.queries import names, replay, timeline, words

FREE = frozenset({"textfield", "textarea", "file"})


class Variables:
    """The variables of a package and, after them, those of others such as the published one."""

    def __init__(self, *packages: engine.Package) -> None:
        self.fields: dict[str, Any] = {}
        for package in packages:
            for file, text in sorted(package.files.items()):
                if file.startswith("forms/"):
                    with suppress(engine.InvalidDefinition):
                        for one in engine.Form.parse(text).inputs:
                            self.fields.setdefault(one.key, one)
        self.results = labels.by_name()
        self.handed = {name: found for package in reversed(packages) for name, found in _handed(package).items()}

    def name(self, variable: str) -> str:
        """What it is called; its own name where nothing calls it otherwise."""
        if variable in replay.STARTED:
            return str(gettext(replay.STARTED[variable]))
        field, result = self.fields.get(variable), self.results.get(variable)
        label = in_language(field.label, field.label_en) if field is not None else ""
        told = result or self.handed.get(variable)
        if not label and told is not None:
            label = in_language(told.zh, told.en)
        return label or words.column_text(variable)

    def holds_fen(self, variable: str) -> bool:
        """Whether a service task takes it as money."""
        return variable in self.handed and self.handed[variable].unit == "fen"

    def offered(self, variable: str) -> list[str]:
        """The values that its field offers; none for what is typed."""
        field = self.fields.get(variable)
        return [one.value for one in field.options] if field is not None else []

    def chosen(self, variable: str, value: str) -> str:
        """One of the values that are offered, in words."""
        return self._text(variable, value).strip("“”")

    def value(self, variable: str, value: Any) -> str:
        """What it holds, as a person says it; text that somebody entered stands in quotation marks."""
        field = self.fields.get(variable)
        if value is None or value in ("", [], {}):
            return gettext("nothing")
        if isinstance(value, Mapping):
            return "; ".join(f"{self.name(name)}: {self.value(name, inner)}" for name, inner in value.items())
        if isinstance(value, list | tuple):
            return gettext(", ").join(self.value(variable, one) for one in value)
        if isinstance(value, bool):
            return timeline.shown(value, field) if field is not None else timeline.written(value)
        if isinstance(value, int) and (
            (field is not None and field.unit == "fen") or timeline.is_amount(variable, value)
        ):
            return yuan(value)
        if isinstance(value, str):
            return self._text(variable, value)
        return str(value)

    def _text(self, variable: str, value: str) -> str:
        field = self.fields.get(variable)
        if field is not None and field.options:
            return timeline.shown(value, field)
        if variable in ("process", "proposed_process"):
            return f"{value} {names.process_name(value)}" if names.process_name(value) != value else value
        told = words.code_text(value)
        return f"“{told}”" if told == value and not value.isascii() else told


def _handed(package: engine.Package) -> dict[str, labels.Label]:
    """Variables that are handed to a service task as they are, and what that task calls them; a called process has no form that asks for them."""
    found: dict[str, labels.Label] = {}
    for key in package.processes:
        with suppress(engine.MalformedXml, engine.MissingFile):
            drawn = engine.read_diagram(package.bpmn(key))
            for element in drawn.elements.values():
                known = labels.of(element.topic, "parameters") if element.topic else {}
                for one in element.parameters:
                    if one.expression.strip().isidentifier() and one.name in known:
                        found.setdefault(one.expression.strip(), known[one.name])
    return found
