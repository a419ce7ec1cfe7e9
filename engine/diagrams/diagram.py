"""A BPMN file read into plain values: elements, flows, lanes and our extension properties. Nothing is judged here; `lint` does that."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from engine.diagrams import normalization
from engine.diagrams.elements import Diagram, Element, Flow, MultiInstance, Parameter
from engine.diagrams.normalization import BPMN
from engine.ground import xml

LANE = f"{{{BPMN}}}lane"
SUB_PROCESS = f"{{{BPMN}}}subProcess"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
ACTIVITIES = frozenset(
    {"userTask", "serviceTask", "sendTask", "businessRuleTask", "receiveTask", "callActivity", "subProcess"}
)
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"})
THROWING = frozenset({"intermediateThrowEvent", "sendTask"})  # what throws a message by the service that brings it
OF_MESSAGES = frozenset(
    {"sendTask", "receiveTask"}
)  # tasks that name their message themselves, where events have a definition
SERVED = frozenset({"serviceTask", *THROWING})  # what a service task carries out
EVENTS = frozenset({"startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"})
MOST_KEPT = 128
MOST_ELEMENTS, MOST_FLOWS = 1_000, 3_000
COUNTER = "loopCounter"  # what an item of a multi-instance activity calls its number, as the standard has it
OF_MULTI_INSTANCE = frozenset({"completionCondition", "documentation", "extensionElements"})
EVENT_DEFINITION = "EventDefinition"
WITHOUT_TOKENS = frozenset(  # what stands beside flow nodes; everything else is read as one, so that nothing is passed over in silence
    {
        "documentation",
        "extensionElements",
        "auditing",
        "monitoring",
        "ioSpecification",
        "property",
        "dataInputAssociation",
        "dataOutputAssociation",
        "laneSet",
        "sequenceFlow",
        "incoming",
        "outgoing",
        "textAnnotation",
        "association",
        "group",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "standardLoopCharacteristics",
        "multiInstanceLoopCharacteristics",
        *("performer", "humanPerformer", "potentialOwner", "resourceRole", "supports", "correlationSubscription"),
        *("supportedInterfaceRef", "ioBinding", "inputSet", "outputSet", "eventDefinitionRef"),
    }
)
GROUP_FROM = "groupFrom"
DMN = "https://www.omg.org/spec/DMN/"


@lru_cache(maxsize=MOST_KEPT)
def parse(content: bytes) -> Diagram:
    """Read a BPMN file; the first executable process counts.

    Errors: MalformedXml: dmn, no_bpmn, no_process and those of `xml.parse`.
    """
    root = normalization.root(content)
    processes = _processes(root)
    process = next((p for p in processes if p.get("isExecutable") == "true"), processes[0])
    lanes_of = _lanes(process)
    lanes = {id: names[-1] for id, names in lanes_of.items()}
    reader = _Reader(lanes, _named(root, "message", "name"), _named(root, "error", "errorCode"), _departments(process))
    _hold_count(process)
    elements, flows = reader.read(process)
    return Diagram(
        key=process.get("id", ""),
        name=process.get("name") or _pool_name(root, process.get("id", "")),
        documentation=_documentation(process),
        elements=elements,
        flows=flows,
        lanes=tuple(dict.fromkeys(lanes.values())),
        lane_names={lane.get("id", ""): lane.get("name", "") for lane in process.iter(LANE)},
        executable=sum(p.get("isExecutable") != "false" for p in processes),
        twice=tuple(reader.twice),
        nameless=tuple(reader.nameless),
        lanes_of=lanes_of,
    )


def _hold_count(process: xml.Element) -> None:
    """Refuse a process with more in it than anybody could follow, before anything is made of it. Errors: MalformedXml."""
    kinds = [xml.local(node) for level in (process, *process.iter(SUB_PROCESS)) for node in level]
    flows = kinds.count("sequenceFlow")
    nodes = sum(1 for kind in kinds if kind not in WITHOUT_TOKENS)
    if nodes > MOST_ELEMENTS or flows > MOST_FLOWS:
        raise xml.MalformedXml(line=process.sourceline or 0, why="too_many_elements", limit=MOST_ELEMENTS)


def _processes(root: xml.Element) -> list[xml.Element]:
    if xml.local(root) != "definitions" or xml.namespace(root) != BPMN:
        reason = "dmn" if xml.namespace(root).startswith(DMN) else "no_bpmn"
        raise xml.MalformedXml(line=root.sourceline or 0, why=reason, found=xml.local(root))
    processes = [child for child in root if xml.local(child) == "process"]
    if not processes:
        raise xml.MalformedXml(line=root.sourceline or 0, why="no_process")
    return processes


def _pool_name(root: xml.Element, process_id: str) -> str:
    for participant in root.iter(f"{{{BPMN}}}participant"):
        if participant.get("processRef") == process_id:
            return participant.get("name", "")
    return process_id


def _named(root: xml.Element, tag: str, attribute: str) -> dict[str, str]:
    return {e.get("id", ""): e.get(attribute, "") for e in root if xml.local(e) == tag}


def _lanes(process: xml.Element) -> dict[str, tuple[str, ...]]:
    """Return element id → the lanes that name it; a lane around others may name what stands in those, and does not count then."""
    lanes: dict[str, tuple[str, ...]] = {}
    for lane in process.iter(LANE):
        memberships = [
            (node_ref.getparent() is lane, (node_ref.text or "").strip())
            for node_ref in lane.iter(f"{{{BPMN}}}flowNodeRef")
        ]
        inner = {id for own, id in memberships if not own}
        for id in (id for own, id in memberships if own and id not in inner):
            lanes[id] = (*lanes.get(id, ()), lane.get("name", ""))
    return lanes


def _departments(process: xml.Element) -> dict[str, str]:
    """Return lane name → the expression that gives the department of its steps, of lanes that name one case by case."""
    expressions = {lane.get("name", ""): _properties(lane).get(GROUP_FROM, "") for lane in process.iter(LANE)}
    return {name: text for name, text in expressions.items() if text}


def _documentation(node: xml.Element) -> str:
    return " ".join((d.text or "").strip() for d in node.findall(f"{{{BPMN}}}documentation"))


class _Reader:
    """Walks a process and its embedded sub-processes."""

    def __init__(
        self, lanes: dict[str, str], messages: dict[str, str], errors: dict[str, str], departments: dict[str, str]
    ) -> None:
        self.lanes, self.messages, self.errors, self.departments = lanes, messages, errors, departments
        self.twice: list[str] = []
        self.nameless: list[tuple[str, int]] = []
        self._ids: set[str] = set()

    def read(self, scope: xml.Element, lane: str = "") -> tuple[dict[str, Element], dict[str, Flow]]:
        elements: dict[str, Element] = {}
        flows: dict[str, Flow] = {}
        for node in scope:
            kind = xml.local(node)
            if kind == "sequenceFlow":
                self.note(node)
                flows[node.get("id", "")] = self.flow(node)
            elif kind and kind not in WITHOUT_TOKENS and not kind.endswith(EVENT_DEFINITION):
                self.note(node)
                element = self.element(node, kind, scope.get("id", ""), lane)
                elements[element.id or f" {len(elements)}"] = element
                if kind == "subProcess":
                    inner, inner_flows = self.read(node, element.lane)
                    elements |= inner
                    flows |= inner_flows
        return elements, flows

    def note(self, node: xml.Element) -> None:
        """Remember an id, and whether it has been used before or is missing."""
        id = node.get("id", "")
        if not id:
            self.nameless.append((xml.local(node), node.sourceline or 0))
        elif id in self._ids:
            self.twice.append(id)
        self._ids.add(id)

    def flow(self, node: xml.Element) -> Flow:
        condition = node.find(f"{{{BPMN}}}conditionExpression")
        return Flow(
            id=node.get("id", ""),
            name=node.get("name", ""),
            source=node.get("sourceRef", ""),
            target=node.get("targetRef", ""),
            condition=(condition.text or "").strip() if condition is not None else "",
            line=node.sourceline or 0,
        )

    def properties(self, node: xml.Element, kind: str, lane: str) -> dict[str, str]:
        """Return those of a node; a step that says nothing of its department goes by its lane."""
        own = _properties(node)
        if kind == "userTask" and lane in self.departments and not own.keys() & {"group", GROUP_FROM}:
            return {**own, GROUP_FROM: self.departments[lane]}
        return own

    def element(self, node: xml.Element, kind: str, parent: str, lane: str) -> Element:
        triggers = [child for child in node if xml.local(child).endswith(EVENT_DEFINITION)]
        trigger = triggers[0] if triggers else None
        timer_kind, timer = _timer(trigger)
        topic, result, parameters = _operator(node)
        message = node if kind in OF_MESSAGES else trigger
        return Element(
            id=node.get("id", ""),
            type=kind,
            name=node.get("name", ""),
            line=node.sourceline or 0,
            parent=parent,
            lane=(own_lane := self.lanes.get(node.get("id", ""), lane)),
            documentation=_documentation(node),
            properties=self.properties(node, kind, own_lane),
            default=node.get("default", ""),
            attached_to=node.get("attachedToRef", ""),
            interrupting=node.get("cancelActivity", "true") == "true",
            trigger="message"
            if kind in OF_MESSAGES
            else (xml.local(trigger)[: -len(EVENT_DEFINITION)] if trigger is not None else ""),
            trigger_count=len(triggers),
            timer=timer,
            timer_kind=timer_kind,
            message=self.messages.get(message.get("messageRef", ""), "") if message is not None else "",
            error_code=self.errors.get(trigger.get("errorRef", "")) if trigger is not None else None,
            error_named=bool(trigger.get("errorRef")) if trigger is not None else False,
            topic=topic,
            result_variable=result or _properties(node).get("resultVariable", ""),
            parameters=parameters,
            decision=_extension_text(node, "calledDecisionId"),
            called=node.get("calledElement", ""),
            looped=node.find(f"{{{BPMN}}}standardLoopCharacteristics") is not None,
            multi_instance=_multi_instance(node),
            extensions=tuple(xml.local(e) for e in _extensions(node) if xml.namespace(e) == SPIFF),
            event_sub_process=node.get("triggeredByEvent") == "true",
        )


def _multi_instance(node: xml.Element) -> MultiInstance | None:
    marker = node.find(f"{{{BPMN}}}multiInstanceLoopCharacteristics")
    if marker is None:
        return None
    properties = _properties(node)
    condition = marker.find(f"{{{BPMN}}}completionCondition")
    unknown_parts = [xml.local(part) for part in marker if xml.local(part) not in OF_MULTI_INSTANCE]
    if marker.get("behavior", "All") != "All":
        unknown_parts.append("behavior")
    return MultiInstance(
        sequential=marker.get("isSequential") == "true",
        collection=properties.get("inputCollection", "").strip(),
        item=properties.get("inputElement", "").strip(),
        results=properties.get("outputCollection", "").strip(),
        output=properties.get("outputElement", "").strip(),
        completion=(condition.text or "").strip() if condition is not None else "",
        others=tuple(filter(None, unknown_parts)),
    )


def _timer(trigger: xml.Element | None) -> tuple[str, str]:
    for child in trigger if trigger is not None else ():
        if xml.local(child) in ("timeDate", "timeDuration", "timeCycle"):
            return xml.local(child), (child.text or "").strip()
    return "", ""


def _extensions(node: xml.Element) -> Iterator[xml.Element]:
    for holder in node.findall(f"{{{BPMN}}}extensionElements"):
        yield from holder


def _extension_text(node: xml.Element, name: str) -> str:
    return next(((e.text or "").strip() for e in _extensions(node) if xml.local(e) == name), "")


def _properties(node: xml.Element) -> dict[str, str]:
    properties = {}
    for extension in _extensions(node):
        if xml.local(extension) == "properties" and xml.namespace(extension) == SPIFF:
            for entry in extension:
                properties[entry.get("name", "")] = entry.get("value", "")
    return properties


def _operator(node: xml.Element) -> tuple[str, str, tuple[Parameter, ...]]:
    for extension in _extensions(node):
        if xml.local(extension) == "serviceTaskOperator":
            parameters = tuple(
                Parameter(name=p.get("id", ""), expression=p.get("value", ""))
                for p in extension.iter(f"{{{SPIFF}}}parameter")
            )
            return extension.get("id", ""), extension.get("resultVariable", ""), parameters
    return "", "", ()
