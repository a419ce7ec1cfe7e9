"""Which processes the service tasks of a package begin beside the case; they are not called, and so not part of it."""

from __future__ import annotations

from engine.definitions.package import Package
from engine.diagrams.diagram import Element, parse
from engine.runtime import handlers


def begun_by(content: Package) -> list[str]:
    """Return their keys, each once. Errors: MalformedXml, MissingFile."""
    return sorted({key for _file, _element, key in begun_at(content)})


def begun_at(content: Package) -> list[tuple[str, Element, str]]:
    """Return where a package begins them: file, element, and the key of what is begun. Errors: MalformedXml, MissingFile."""
    service_tasks = handlers.handlers_by_topic()
    elements = [
        (f"{key}.bpmn", element) for key in content.processes for element in parse(content.bpmn(key)).elements.values()
    ]
    return [
        (file, element, service_tasks[element.topic].begins)
        for file, element in elements
        if element.topic in service_tasks and service_tasks[element.topic].begins
    ]


def called_by(content: Package, key: str) -> list[str]:
    """Return the processes that a process of a package calls, whether the package has them or not. Errors: MalformedXml, MissingFile."""
    return parse(content.bpmn(key)).called_processes()
