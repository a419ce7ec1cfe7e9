"""What is written at the elements of a diagram and would be passed over in silence: attributes and parts of BPMN that are not executed here, and
properties of our own that are misspelt, stand where nothing asks for them, or hold what means nothing.

`lint` holds what is executed against what it needs; `vendor_extensions` has the settings of other tools.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from engine.diagrams import normalization
from engine.diagrams.diagram import EVENT_DEFINITION, SPIFF, THROWING, Diagram, Element
from engine.diagrams.normalization import BOOLEAN_ATTRIBUTES, BOOLEANS, BPMN
from engine.ground import xml
from engine.ground.errors import Problem
from engine.language import feel, instants
from engine.language.feel import inferred

VARIABLE = re.compile(r"[^\W\d]\w*")
WAITS = "customerWaits"  # while such a step is open, every limit of the case stands still
AWAITS = "awaitsCustomer"  # such a step waits for nobody but the customer
# Our own properties by the kind of element that asks for them.
MESSAGES = frozenset({"correlationKey"})
# Which of them hold an expression, and which the names of variables with commas between.
EXPRESSIONS = (
    *("due", "correlationKey", "inputCollection", "outputElement", "refusesWhen", "triesWhen", "caseLimitWhen"),
    *("groupFrom", "skippedWhen"),
    *("approvedWhen", "approvedAmount", "approvedKind", "approvedPayee", "approvedLines"),
)
NAMES = ("about",)
APPROVED = ("approvedWhen", "approvedAmount", "approvedKind", "approvedPayee", "approvedLines")
PROPERTIES: dict[str, frozenset[str]] = {
    "userTask": frozenset(
        {
            *(
                "form",
                "group",
                "groupFrom",
                "due",
                "dueGroup",
                WAITS,
                AWAITS,
                "caseLimit",
                "caseLimitWhen",
                "notBy",
                "tries",
                "triesWhen",
                "paper",
                "skippedWhen",
            ),
            *("approves", *APPROVED),
        }
    ),
    "serviceTask": frozenset({"resultVariable", "caseLimit", "caseLimitWhen"}),
    **dict.fromkeys(THROWING, frozenset({"resultVariable"})),
    "businessRuleTask": frozenset({"resultVariable", "refuses", "refusesWhen", "about"}),
    "receiveTask": MESSAGES,
    "intermediateCatchEvent": MESSAGES,
    "boundaryEvent": MESSAGES,
    "startEvent": frozenset({"due"}),
}
ANYWHERE = frozenset({"manualRef"})
REPEATED = frozenset({"userTask", "serviceTask", "businessRuleTask", "callActivity", "subProcess"})
OF_LISTS = frozenset({"inputCollection", "inputElement", "outputCollection", "outputElement"})
MAPPINGS = ("in.", "out.")
VALUES = {**dict.fromkeys((WAITS, AWAITS), frozenset({"", "true", "false"})), "caseLimit": frozenset({"", "met"})}
# Attributes that change what is executed, and the value with which they change nothing.
CHANGING = {
    "eventGatewayType": "Exclusive",
    "startQuantity": "1",
    "completionQuantity": "1",
    "isForCompensation": "false",
    "instantiate": "false",
    "parallelMultiple": "false",
    "isImmediate": "true",
}
# What the standard lets stand at an element and what changes nothing.
OF_BPMN = frozenset(
    {
        *("id", "name", "processType", "definitionalCollaborationRef", "processRef", "default", "attachedToRef"),
        *("sourceRef", "targetRef", "gatewayDirection", "calledElement", "implementation", "operationRef"),
        *("messageRef", "errorRef", "signalRef", "escalationRef", "activityRef", "dataObjectRef", "dataStoreRef"),
        *("itemSubjectRef", "scriptFormat", "ordering", "method", "behavior", "oneBehaviorEventRef"),
        *("noneBehaviorEventRef", "loopMaximum", "isUnlimited", "capacity", "language", "evaluatesToTypeRef"),
        *("associationDirection", "textFormat", "categoryValueRef", "partitionElementRef", "structureRef"),
        *("itemKind", "correlationKeyRef", "resourceRef", "parameterRef", "isExecutable", "type", "state"),
    }
)
OF_ITEMS = ("oneBehaviorEventRef", "noneBehaviorEventRef")
RESOURCES = frozenset({"performer", "humanPerformer", "potentialOwner", "resourceRole"})
WITH_LANGUAGE = frozenset({"conditionExpression", "timeDate", "timeDuration", "timeCycle", "completionCondition"})
NOT_READ = frozenset({"documentation", "extensionElements", "text", "dataObject", "ioSpecification", "category"})
ONCE = frozenset({"conditionExpression", "completionCondition"})


def check(content: bytes, diagram: Diagram) -> list[Problem]:
    """Return what would be passed over, in document order. Errors: MalformedXml."""
    problems: list[Problem] = []
    for part in normalization.root(content):
        if xml.local(part) == "process" and part.get("id", "") == diagram.key:
            problems += _within(part, diagram.key)
    for element in diagram.elements.values():
        problems += _properties(element, diagram)
    return problems


def asked_properties() -> dict[str, list[str]]:
    """Return our own properties by the kind of element that asks for them; under "" those that any kind does."""
    kinds = {kind: PROPERTIES.get(kind, frozenset()) for kind in {"", *PROPERTIES, *REPEATED}}
    return {
        kind: sorted(properties | ANYWHERE | (OF_LISTS if kind in REPEATED else set()))
        for kind, properties in kinds.items()
    }


def usable(variable: str) -> bool:
    """Tell whether an expression can read a variable of this name: no operator, no word of FEEL's own."""
    if not VARIABLE.fullmatch(variable):
        return False
    try:
        return feel.compile(variable).evaluate({variable: variable}, scope=instants.any_day()) == variable
    except feel.FeelSyntaxError:
        return False


def _within(node: xml.Element, owner: str) -> Iterator[Problem]:
    if xml.namespace(node) != BPMN or xml.local(node) in NOT_READ:
        yield from _extensions(node, owner)
        return
    inner = xml.local(node).endswith(EVENT_DEFINITION) or xml.local(node) in WITH_LANGUAGE or "Loop" in xml.local(node)
    owner = owner if inner else node.get("id") or owner
    yield from _attributes(node, owner)
    yield from _parts(node, owner)
    for child in node:
        yield from _within(child, owner)


def _attributes(node: xml.Element, owner: str) -> Iterator[Problem]:
    for setting, value in node.attrib.items():
        values = {"setting": setting.rpartition("}")[2], "value": value}
        if setting.startswith(f"{{{SPIFF}}}"):
            yield _problem(node, owner, "setting_not_executed", **values)
        elif setting.startswith("{") or xml.local(node) == "process":
            continue
        elif setting in BOOLEAN_ATTRIBUTES and value not in BOOLEANS.values():
            yield _problem(node, owner, "not_a_boolean", **values)
        elif (setting in CHANGING and value.strip() != CHANGING[setting]) or setting in OF_ITEMS:
            yield _problem(node, owner, "setting_not_executed", **values)
        elif setting not in OF_BPMN | BOOLEAN_ATTRIBUTES | CHANGING.keys():
            yield _problem(node, owner, "unknown_setting", **values)


def _parts(node: xml.Element, owner: str) -> Iterator[Problem]:
    kinds = Counter(xml.local(child) for child in node if xml.namespace(child) == BPMN)
    for part in sorted(kind for kind in kinds if kinds[kind] > 1 and kind in ONCE):
        yield _problem(node, owner, "part_given_twice", setting=part)
    if xml.local(node).startswith("timer") and len(kinds.keys() & WITH_LANGUAGE) > 1:
        yield _problem(node, owner, "part_given_twice", setting="timer")
    if "eventDefinitionRef" in kinds:
        yield _problem(node, owner, "event_by_reference")
    if xml.local(node) in RESOURCES and any(True for _ in node.iter(f"{{{BPMN}}}resourceAssignmentExpression")):
        yield _problem(node, owner, "resource_not_executed", setting=xml.local(node))
    language = node.get("language", "") if xml.local(node) in WITH_LANGUAGE else ""
    if language and "feel" not in language.lower():
        yield _problem(node, owner, "other_expression_language", language=language)


def _extensions(node: xml.Element, owner: str) -> Iterator[Problem]:
    """Yield things of which the last or the first alone would count."""
    if xml.local(node) != "extensionElements":
        return
    own = [child for child in node if xml.namespace(child) == SPIFF]
    kinds = Counter(xml.local(child) for child in own)
    for part in sorted(kind for kind in kinds if kinds[kind] > 1 and kind != "properties"):
        yield _problem(node, owner, "part_given_twice", setting=part)
    for tag, key in (("property", "name"), ("parameter", "id")):
        names = Counter(entry.get(key, "") for child in own for entry in child.iter(f"{{{SPIFF}}}{tag}"))
        for name in sorted(name for name in names if names[name] > 1):
            yield _problem(node, owner, "part_given_twice", setting=name)


def _properties(element: Element, diagram: Diagram) -> Iterator[Problem]:
    properties = PROPERTIES.get(element.type, frozenset()) | ANYWHERE
    if element.multi_instance is not None:
        properties |= OF_LISTS
    for name, value in element.properties.items():
        if name.startswith(MAPPINGS) and element.type == "callActivity":
            if not usable(name.partition(".")[2]):
                yield _element_problem(element, "unusable_variable", variable=name)
        elif name not in properties or (
            element.type == "startEvent" and name == "due" and element.parent != diagram.key
        ):
            yield from _not_asked(element, name, value, properties)
        elif name in VALUES and value not in VALUES[name]:
            yield _element_problem(element, "property_without_meaning", property=name, value=value)
    for result in (element.result_variable, element.properties.get("approves", "")):
        if result and not usable(result):
            yield _element_problem(element, "unusable_variable", variable=result)


def _not_asked(element: Element, name: str, value: str, properties: frozenset[str]) -> Iterator[Problem]:
    if not value.strip() and not name.startswith(MAPPINGS):
        return  # which the editor leaves behind when a field is emptied
    elsewhere = frozenset().union(*PROPERTIES.values(), ANYWHERE, OF_LISTS)
    near = inferred.nearest(name, properties)
    if name in elsewhere or name.startswith(MAPPINGS):
        yield _element_problem(element, "property_not_here", property=name)
    else:
        yield _element_problem(element, "unknown_property", property=name, near=near)


def _element_problem(element: Element, rule: str, **values: str) -> Problem:
    return Problem(element.line, element.id, rule, {"name": element.name, **values})


def _problem(node: xml.Element, owner: str, rule: str, **values: str) -> Problem:
    return Problem(node.sourceline or 0, owner, rule, {"name": node.get("name", ""), **values})
