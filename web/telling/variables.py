"""What the variables of a process are called and how their values are written, by its forms and the service tasks; for pages of its owner."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from flask_babel import gettext

import engine
from engine import definitions, diagrams, ground, language, runtime
from service_tasks import labels
from web.telling import code_texts, names, timeline
from web.telling.i18n import in_language, yuan
from web.telling.i18n import mark as _

# What a case is begun with.
STARTED = {
    "case_number": _("Case"),
    "msisdn": _("Number"),
    "complaint_text": _("What the customer said"),
    "channel": _("Channel"),
    "hall": _("Hall"),
    "demand": _("Demand"),
    "disputed_amount": _("Disputed amount"),
    "repeated": _("Repeats an earlier case"),
    "proposed_process": _("Process"),
    "proposed_reason": _("Why not the suggested one"),
}
FREE = frozenset({"textfield", "textarea", "file"})


class Variables:
    """The variables of a package and, after them, those of others such as the published one."""

    def __init__(self, *packages: definitions.Package) -> None:
        self.fields: dict[str, Any] = {}
        self.asked: dict[tuple[str, str], Any] = {}  # the field that offers a value
        for package in packages:
            for file, text in sorted(package.files.items()):
                if file.startswith("forms/"):
                    with suppress(engine.InvalidDefinition):
                        for field in language.Form.parse(text).inputs:
                            self.fields.setdefault(field.key, field)
                            for option in field.options:
                                self.asked.setdefault((field.key, option.value), field)
        self.results = labels.by_name()
        self.choices = {name: entry for package in reversed(packages) for name, entry in _choices(package).items()}
        self.handed = {name: entry for package in reversed(packages) for name, entry in _handed(package).items()}

    def name(self, variable: str) -> str:
        """Return what it is called; its own name where nothing calls it otherwise."""
        if variable in STARTED:
            return str(gettext(STARTED[variable]))
        field, result = self.fields.get(variable), self.results.get(variable)
        label = in_language(field.label, field.label_en) if field is not None else ""
        label_known = result or self.handed.get(variable)
        if not label and label_known is not None:
            label = in_language(label_known.zh, label_known.en)
        return label or code_texts.column_text(variable)

    def holds_fen(self, variable: str) -> bool:
        """Tell whether a service task takes it as money."""
        return variable in self.handed and self.handed[variable].unit == "fen"

    def offered(self, variable: str) -> list[str]:
        """Return the values that its field offers, or that the service task takes to which it is handed; none for what is typed."""
        field = self.fields.get(variable)
        if field is not None and field.options:
            return [option.value for option in field.options]
        return list(self.choices.get(variable, ()))

    def chosen(self, variable: str, value: str) -> str:
        """Return one of the values that are offered, in words."""
        return self._text(variable, value).strip("“”")

    def value(self, variable: str, value: Any) -> str:
        """Return what it holds, as a person says it; text that somebody entered stands in quotation marks."""
        field = self.fields.get(variable)
        if value is None or value in ("", [], {}):
            return gettext("nothing")
        if isinstance(value, Mapping):
            parts = ((self.name(name), self.value(name, inner)) for name, inner in value.items())
            return gettext("; ").join(gettext("%(field)s: %(why)s", field=name, why=text) for name, text in parts)
        if isinstance(value, list | tuple):
            return gettext(", ").join(self.value(variable, item) for item in value)
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
        field = self.asked.get((variable, value), self.fields.get(variable))
        if field is not None and field.options:
            return timeline.shown(value, field)
        if variable in ("process", "proposed_process"):
            return f"{value} {names.process_name(value)}" if names.process_name(value) != value else value
        wording = code_texts.code_text(value)
        return f"“{wording}”" if wording == value and not value.isascii() else wording


def _choices(package: definitions.Package) -> dict[str, tuple[str, ...]]:
    """Return variables that are handed as they are to a service task that takes only certain texts there, and which."""
    operators = runtime.handlers_by_topic()
    by_variable: dict[str, tuple[str, ...]] = {}
    for key in package.processes:
        with suppress(ground.MalformedXml, definitions.MissingFile):
            for element in diagrams.parse(package.bpmn(key)).elements.values():
                operator = operators.get(element.topic)
                fields = definitions.variables.fields_of(operator.parameters) if operator is not None else {}
                for parameter in element.parameters:
                    texts = definitions.variables.choices_of(fields[parameter.name]) if parameter.name in fields else ()
                    if texts and parameter.expression.strip().isidentifier():
                        by_variable.setdefault(parameter.expression.strip(), texts)
    return by_variable


def _handed(package: definitions.Package) -> dict[str, labels.Label]:
    """Return variables that are handed to a service task as they are, and what that task calls them; a called process has no form that asks for them."""
    by_variable: dict[str, labels.Label] = {}
    for key in package.processes:
        with suppress(ground.MalformedXml, definitions.MissingFile):
            diagram = diagrams.parse(package.bpmn(key))
            for element in diagram.elements.values():
                titles = labels.of(element.topic, "parameters") if element.topic else {}
                for parameter in element.parameters:
                    if parameter.expression.strip().isidentifier() and parameter.name in titles:
                        by_variable.setdefault(parameter.expression.strip(), titles[parameter.name])
    return by_variable


def amounts(package: definitions.Package) -> frozenset[str]:
    """Return the keys of the money fields in the forms of a package that can be read."""
    keys: set[str] = set()
    for name, text in package.files.items():
        if name.startswith("forms/"):
            with suppress(engine.InvalidDefinition):
                keys |= {field.key for field in language.Form.parse(text).inputs if field.unit == "fen"}
    return frozenset(keys)
