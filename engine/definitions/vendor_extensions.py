"""What other modelers write into a BPMN file and this engine does not execute: their settings, scripts and expressions, element by element.

Nothing is guessed or converted: each problem names the setting, the tool it belongs to, and by its rule what to do instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.diagrams.diagram import BPMN, EVENT_DEFINITION, SPIFF
from engine.ground import xml
from engine.ground.errors import Problem

TOOLS = {
    "http://camunda.org/schema/zeebe/1.0": "Camunda 8",
    "http://camunda.org/schema/1.0/bpmn": "Camunda 7",
    "http://flowable.org/bpmn": "Flowable",
    "http://activiti.org/bpmn": "Activiti",
    "http://operaton.org/schema/1.0/bpmn": "Operaton",
    "http://cibseven.org/schema/1.0/bpmn": "CIB seven",
    "http://www.jboss.org/drools": "jBPM",
    "http://www.bizagi.com/bpmn20": "Bizagi",
    "http://www.signavio.com": "Signavio",
    "http://www.omg.org/spec/BPMN/non-normative/color/1.0": "",
    "http://bpmn.io/schema/bpmn/biocolor/1.0": "",
}
# What an owner does instead, by the local name of the setting.
INSTEAD = {
    "taskDefinition": "foreign_operator",
    "class": "foreign_operator",
    "delegateExpression": "foreign_operator",
    "expression": "foreign_operator",
    "topic": "foreign_operator",
    "connector": "foreign_operator",
    "formDefinition": "foreign_form",
    "formKey": "foreign_form",
    "formRef": "foreign_form",
    "formData": "foreign_form",
    "formProperty": "foreign_form",
    "userTaskForm": "foreign_form",
    "calledDecision": "foreign_decision",
    "decisionRef": "foreign_decision",
    "assignmentDefinition": "foreign_assignment",
    "assignee": "foreign_assignment",
    "candidateGroups": "foreign_assignment",
    "candidateUsers": "foreign_assignment",
    "ioMapping": "foreign_mapping",
    "inputOutput": "foreign_mapping",
    "in": "foreign_mapping",
    "out": "foreign_mapping",
    "field": "foreign_mapping",
    "executionListener": "foreign_listener",
    "executionListeners": "foreign_listener",
    "taskListener": "foreign_listener",
    "taskListeners": "foreign_listener",
    "script": "foreign_script",
    "scriptTask": "foreign_script",
    "taskSchedule": "foreign_limit",
    "dueDate": "foreign_limit",
    "calledElement": "foreign_call",
    "dueDateDefinition": "foreign_limit",
    "followUpDate": "foreign_limit",
    "owner": "foreign_assignment",
    "potentialStarter": "foreign_assignment",
    "collection": "foreign_list",
    "elementVariable": "foreign_list",
    "loopCharacteristics": "foreign_list",
    "skipExpression": "foreign_setting",
    "terminateAll": "foreign_setting",
}
# Settings that say nothing about execution.
HARMLESS = frozenset(
    {"properties", "userTask", "versionTag", "historyTimeToLive", "modelerTemplate", "isStartableInTasklist"}
    | {
        "executionPlatform",
        "executionPlatformVersion",
        "diagramRelationId",
        "exclusive",
        "retries",
        "userTaskImplementation",
        *("async", "asyncBefore", "asyncAfter", "jobPriority", "failedJobRetryTimeCycle", "modelerTemplateVersion"),
        *("modelerTemplateIcon", "historyLevel", "diagramRelationId", "property", "metaData", "packageName", "version"),
    }
)
IGNORED_TOOLS = ("Signavio",)
# Beside these, nobody's settings are known; one that is named as those of the tools above means what theirs means.
OURS = (
    BPMN,
    SPIFF,
    "http://www.omg.org/spec/BPMN/20100524/DI",
    "http://www.omg.org/spec/DD/20100524/DI",
    "http://www.omg.org/spec/DD/20100524/DC",
    "http://www.w3.org/2001/XMLSchema-instance",
    "http://www.w3.org/XML/1998/namespace",
)


def check(content: bytes) -> list[Problem]:
    """Return the settings of other tools in a BPMN file, in document order, each once per element. Errors: MalformedXml."""
    problems: dict[tuple[str, str, str], Problem] = {}
    for process in xml.tree(content):
        if xml.local(process) in ("process", "collaboration"):
            for problem in _within(process, process.get("id", "")):
                problems.setdefault((problem.element_id, problem.rule, str(problem.values.get("setting"))), problem)
    return list(problems.values())


def _within(node: xml.Element, owner: str) -> Iterator[Problem]:
    if xml.namespace(node) == BPMN:
        owner = _owner(node, owner)
        yield from _attributes(node, owner)
        yield from _text(node, owner)
    for child in node:
        tool = _tool(xml.namespace(child), xml.local(child))
        if tool and tool not in IGNORED_TOOLS and xml.local(child) not in HARMLESS:
            yield _problem(child, owner, tool, xml.local(child))
        elif not tool:
            yield from _within(child, owner)


def _tool(namespace: str, setting: str) -> str:
    """Return whose setting it is; of a tool that is not known its namespace, where the setting is named as those of others are; empty for what sets nothing."""
    if namespace in TOOLS:
        return TOOLS[namespace]
    return namespace if namespace and namespace not in OURS and setting in INSTEAD else ""


def _owner(node: xml.Element, owner: str) -> str:
    """Return the element an owner can click on: event definitions, conditions and the like belong to the one around them."""
    inner = xml.local(node).endswith(EVENT_DEFINITION) or "LoopCharacteristics" in xml.local(node)
    return owner if inner or not node.get("id") else str(node.get("id"))


def _attributes(node: xml.Element, owner: str) -> Iterator[Problem]:
    for name in node.attrib:
        namespace, _, local = name.removeprefix("{").rpartition("}")
        tool = _tool(namespace, local)
        if tool and tool not in IGNORED_TOOLS and local not in HARMLESS:
            yield _problem(node, owner, tool, local)


def _text(node: xml.Element, owner: str) -> Iterator[Problem]:
    """Yield conditions and timers in the expression language of another engine, and the text of scripts."""
    text = (node.text or "").strip()
    if text.startswith(("${", "#{")):
        yield _problem(node, owner, "", text[:80], "foreign_expression")
    if xml.local(node) == "script":
        yield _problem(node, owner, "", "script", "foreign_script")


def _problem(node: xml.Element, owner: str, tool: str, setting: str, rule: str = "") -> Problem:
    rule = rule or INSTEAD.get(setting, "foreign_setting")
    return Problem(node.sourceline or 0, owner, rule, {"tool": tool, "setting": setting})
