"""The page of one process: its steps with who, limit, form and manual ids, what it calls, and every way from step to step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.definitions import Definition
from engine.diagrams import ACTIVITIES, Element
from tools.reference_pages.markdown import code, table

SHORT = {"businessRuleTask": "decision", "receiveTask": "message", "callActivity": "calls", "subProcess": "sub-process"}


def render(definition: Definition) -> str:
    """Return the Markdown of one process page."""
    english: dict[str, Any] = definition.english.get(definition.key, {})
    diagram = definition.processes[definition.key].diagram
    steps = [element for element in definition.elements.values() if element.type in ACTIVITIES]
    parts = [
        f"# {definition.key} · {definition.name} · {english.get('', '')}\n",
        diagram.documentation,
        "## Steps\n",
        table(
            ("step", "kind", "who", "limit", "form, topic or table", "manual"), [_step(step, english) for step in steps]
        ),
        "## What may go otherwise\n",
        table(("event", "at", "kind"), _events(definition, english)),
        "## Ways\n",
        table(("from", "to", "answer", "condition"), _ways(definition, english)),
        "## Ends\n",
        table(("end", "中文"), _ends(definition, english)),
    ]
    return "\n".join(part for part in parts if part).rstrip() + "\n"


def _words(type: str) -> str:
    """Write `userTask` as `user task`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in type)


def _step(element: Element, english: dict[str, Any]) -> list[str]:
    properties = element.properties
    subject = properties.get("form") or element.topic or element.decision or element.called or element.message
    department = properties.get("group") or element.lane
    limit = properties.get("due", "")
    if properties.get("dueGroup"):
        limit = f"{code(limit)} shared as {properties['dueGroup']}"
    elif limit:
        limit = code(limit)
    if properties.get("customerWaits") == "true":
        limit = f"{limit} (the clock stands still)".strip()
    if element.properties.get("awaitsCustomer") == "true":
        limit = f"{limit} (waits for the customer alone)".strip()
    if properties.get("skippedWhen"):
        limit = f"{limit} (not asked when {code(properties['skippedWhen'])})".strip()
    if properties.get("caseLimit") == "met":
        limit = f"{limit} (keeps the limit of the case)".strip()
    return [
        _named(element, english),
        SHORT.get(element.type) or _words(element.type),
        department,
        limit,
        code(subject),
        ", ".join(element.manual_refs),
    ]


def _named(element: Element, english: dict[str, Any]) -> str:
    return f"{element.name} · {english.get(element.id, '')}<br>{code(element.id)}"


def _events(definition: Definition, english: dict[str, Any]) -> Iterable[list[str]]:
    for element in definition.elements.values():
        if element.type in ("boundaryEvent", "intermediateCatchEvent"):
            detail = element.error_code or element.timer or element.message
            yield [_named(element, english), code(element.attached_to), f"{element.trigger} {code(detail)}".strip()]


def _ways(definition: Definition, english: dict[str, Any]) -> Iterable[list[str]]:
    defaults = {element.default for element in definition.elements.values()}
    for flow in definition.flows.values():
        answer = f"{flow.name} · {english.get(flow.id, '')}".strip(" ·")
        condition = code(flow.condition) if flow.condition else "otherwise" if flow.id in defaults else ""
        yield [code(flow.source), code(flow.target), answer, condition]


def _ends(definition: Definition, english: dict[str, Any]) -> Iterable[list[str]]:
    for element in definition.elements.values():
        if element.type == "endEvent":
            yield [f"{english.get(element.id, '')} {code(element.id)}".strip(), element.name]
