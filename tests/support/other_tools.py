"""Diagrams as other tools and hands write them: with and without a drawing, with other prefixes, with generated ids, with ids twice or none."""

from __future__ import annotations

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DRAWN = (
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
)


def file(inside: str, prefix: str = "bpmn", more: str = "") -> str:
    """A whole file; `inside` is written with the prefix bpmn."""
    declared = f'xmlns:{prefix}="{MODEL}"' if prefix else f'xmlns="{MODEL}"'
    head = f'<bpmn:definitions {declared} {more} id="Definitions_1" targetNamespace="http://bpmn.io/schema/bpmn">'
    text = f"{head}{inside}</bpmn:definitions>".replace("bpmn:", f"{prefix}:" if prefix else "")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.replace(f"xmlns:{prefix}:", "xmlns:") if prefix else text


def flow(id: str, source: str, target: str) -> str:
    """A sequence flow; without an id when there is none."""
    return (
        f'<bpmn:sequenceFlow {f"id={chr(34)}{id}{chr(34)} " if id else ""}sourceRef="{source}" targetRef="{target}"/>'
    )


STEPS = (
    '<bpmn:startEvent id="begin"/><bpmn:userTask id="work" name="办理"/><bpmn:endEvent id="done"/>'
    + flow("f1", "begin", "work")
    + flow("f2", "work", "done")
)


def shape(id: str, x: int, name: str = "", size: int = 80) -> str:
    """A shape of a drawing."""
    return f'<bpmndi:BPMNShape id="{name or id + "_di"}" bpmnElement="{id}"><dc:Bounds x="{x}" y="100" width="{size}" height="{size}"/></bpmndi:BPMNShape>'


def edge(id: str, x: int, name: str = "") -> str:
    """An edge of a drawing."""
    return f'<bpmndi:BPMNEdge id="{name or id + "_di"}" bpmnElement="{id}"><di:waypoint x="{x}" y="140"/><di:waypoint x="{x + 20}" y="140"/></bpmndi:BPMNEdge>'


def drawing(shown: str, *pictures: str) -> str:
    """A drawing of a process."""
    return f'<bpmndi:BPMNDiagram id="BPMNDiagram_1"><bpmndi:BPMNPlane id="BPMNPlane_1" bpmnElement="{shown}">{"".join(pictures)}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'


def whole(id: str) -> str:
    """A drawing of everything in STEPS."""
    return drawing(id, shape("begin", 100), shape("work", 200), shape("done", 300), edge("f1", 180), edge("f2", 280))


def process(inside: str, attributes: str = 'id="Process_1" isExecutable="true"') -> str:
    """A process."""
    return f"<bpmn:process {attributes}>{inside}</bpmn:process>"


POOLS = (
    '<bpmn:collaboration id="c"><bpmn:participant id="us" name="接待室" processRef="p1"/><bpmn:participant id="them" processRef="p2"/>'
    '<bpmn:participant id="nobody" name="客户"/><bpmn:messageFlow id="m" sourceRef="t1" targetRef="t2"/></bpmn:collaboration>'
)
LANES = (
    '<bpmn:laneSet id="ls"><bpmn:lane id="hall" name="专业厅"><bpmn:childLaneSet id="inner">'
    '<bpmn:lane id="a" name="A"><bpmn:flowNodeRef>begin</bpmn:flowNodeRef></bpmn:lane>'
    '<bpmn:lane id="b" name="B"><bpmn:flowNodeRef>work</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane>'
    '<bpmn:lane id="empty" name="空"/></bpmn:laneSet>'
)
LOOP = (
    '<bpmn:startEvent id="begin"/><bpmn:exclusiveGateway id="again"/><bpmn:subProcess id="sub"><bpmn:startEvent id="in"/><bpmn:task id="do"/>'
    f'<bpmn:endEvent id="out"/>{flow("i1", "in", "do")}{flow("i2", "do", "out")}</bpmn:subProcess>'
    '<bpmn:boundaryEvent id="late" attachedToRef="sub"><bpmn:timerEventDefinition/></bpmn:boundaryEvent>'
    '<bpmn:boundaryEvent id="wrong" attachedToRef="sub"><bpmn:errorEventDefinition/></bpmn:boundaryEvent>'
    '<bpmn:exclusiveGateway id="ok"/><bpmn:endEvent id="done"/>'
    + flow("f1", "begin", "again") + flow("f2", "again", "sub") + flow("f3", "sub", "ok") + flow("f4", "ok", "done")
    + flow("f5", "ok", "again") + flow("f6", "late", "done") + flow("f7", "wrong", "again") + flow("f8", "ok", "ok")
)  # fmt: skip
NOTED = STEPS + (
    '<bpmn:textAnnotation id="note"><bpmn:text>注意</bpmn:text></bpmn:textAnnotation><bpmn:association id="tie" sourceRef="work" targetRef="note"/>'
    '<bpmn:dataObjectReference id="paper" name="单据" dataObjectRef="o"/><bpmn:dataObject id="o"/>'
)
CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
ZEEBE = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud"'

FILES = {
    "camunda_7": file(process(STEPS.replace('name="办理"', 'name="办理" camunda:assignee="demo"'), 'id="order" isExecutable="true" camunda:historyTimeToLive="180"') + whole("order"), more=f"{CAMUNDA} {DRAWN}"),
    "camunda_8": file(process(STEPS.replace('name="办理"/>', 'name="办理"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements></bpmn:userTask>')) + whole("Process_1"), more=f"{ZEEBE} {DRAWN}"),
    "bpmn_io": file(process(STEPS, 'id="Process_0ab12cd" name="Order check" isExecutable="false"') + whole("Process_0ab12cd"), more=DRAWN),
    "default_namespace": file(process(STEPS), prefix=""),
    "signavio": file(process(STEPS, 'id="sid-0d06bb35-1a1b-4c1d-9c1e-0123456789ab"'), prefix="semantic"),
    "pools": file(POOLS + process('<bpmn:startEvent id="s1"/><bpmn:task id="t1"/>' + flow("g1", "s1", "t1"), 'id="p1" isExecutable="true"') + process('<bpmn:task id="t2"/>', 'id="p2" isExecutable="false"')),
    "lanes": file(process(LANES + STEPS)),
    "loop": file(process(LOOP)),
    "no_ids": file(process(STEPS.replace(' id="f1"', "").replace(' id="f2"', ""), 'isExecutable="true"')),
    "pictures_of_one_name": file(process(STEPS) + whole("Process_1").replace("f2_di", "f1_di").replace("done_di", "f1_di"), more=DRAWN),
    "half_drawn": file(process(STEPS) + drawing("Process_1", shape("begin", 100), shape("gone", 500), edge("f1", 180)), more=DRAWN),
    "without_places": file(process(STEPS) + whole("Process_1").replace('x="200"', 'x="NaN"'), more=DRAWN),
    "notes": file(process(NOTED)),
    "two_processes": file(process(STEPS, 'id="p1" isExecutable="true"') + process('<bpmn:task id="t2"/>', 'id="p2" isExecutable="false"')),
    "elements_of_one_name": file(process(STEPS.replace('id="done"/>', 'id="work"><bpmn:incoming>f2</bpmn:incoming></bpmn:endEvent>').replace('targetRef="done"', 'targetRef="work"'))),
    "nowhere": file(process(STEPS + flow("f3", "work", "moon"))),
    "name_of_its_process": file(process(STEPS.replace('"work"', '"order"'), 'id="order" isExecutable="true"')),
}  # fmt: skip
