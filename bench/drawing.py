"""Small processes, written as a few lines for a benchmark or a test: the builder adds the XML around them."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from engine.diagrams import missing_pictures
from engine.diagrams.pictures import BPMNDI
from engine.ground import xml

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core">'
)


def properties(**values: str) -> str:
    """Return the extension element with our properties; `in_x` and `out_x` become `in.x` and `out.x`."""
    entries = "".join(
        f"<spiffworkflow:property name={quoteattr(_dotted(name))} value={quoteattr(value)}/>"
        for name, value in values.items()
    )
    return f"<spiffworkflow:properties>{entries}</spiffworkflow:properties>"


def _dotted(name: str) -> str:
    return name.replace("_", ".", 1) if name.startswith(("in_", "out_")) else name


def node(tag: str, id: str, attributes: str = "", extensions: str = "", body: str = "") -> str:
    """Return any flow node."""
    extra = f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements>" if extensions else ""
    return f'<bpmn:{tag} id="{id}" name="{id}" {attributes}>{extra}{body}</bpmn:{tag}>'


def start(id: str = "begun", **values: str) -> str:
    """Draw where a process begins; `values` are its properties."""
    return node("startEvent", id, extensions=properties(**values))


def end(id: str = "finished", body: str = "") -> str:
    """Draw where a process ends."""
    return node("endEvent", id, body=body)


def error_end(id: str, code: str) -> str:
    """Draw an end that throws an error of ours."""
    return end(id, f'<bpmn:errorEventDefinition errorRef="error_{code}"/>')


def user(id: str, form: str = "free", group: str = "service_hall", **values: str) -> str:
    """Draw a step that a person does."""
    return node("userTask", id, extensions=properties(form=form, group=group, **values))


def service(id: str, topic: str, result: str = "result", **parameters: str) -> str:
    """Draw a service task; what it is called with is FEEL."""
    inputs = "".join(
        f'<spiffworkflow:parameter id="{name}" type="any" value={quoteattr(text)}/>'
        for name, text in parameters.items()
    )
    operator = (
        f'<spiffworkflow:serviceTaskOperator id="{topic}" resultVariable="{result}">'
        f"<spiffworkflow:parameters>{inputs}</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
    )
    return node("serviceTask", id, extensions=operator)


def send_task(id: str, topic: str, message: str, **parameters: str) -> str:
    """Draw a send task: the service that brings the message is called with `parameters`."""
    task = service(id, topic, **parameters).replace("bpmn:serviceTask", "bpmn:sendTask")
    return task.replace("<bpmn:sendTask ", f'<bpmn:sendTask messageRef="message_{message}" ', 1)


def decide(id: str, decision: str, result: str) -> str:
    """Draw a decision whose answer is kept as `result`."""
    reference = f"<spiffworkflow:calledDecisionId>{decision}</spiffworkflow:calledDecisionId>"
    return node("businessRuleTask", id, extensions=reference + properties(resultVariable=result))


def call(id: str, process: str, **values: str) -> str:
    """Draw a call of another process; `in_x` and `out_x` say what goes there and what comes back."""
    return node("callActivity", id, f'calledElement="{process}"', properties(**values))


def gateway(id: str, kind: str = "exclusive", default: str = "") -> str:
    """Draw a gateway of a kind: exclusive, parallel, inclusive, eventBased."""
    return node(f"{kind}Gateway", id, f'default="{default}"' if default else "")


def catch_message(id: str, message: str, key: str) -> str:
    """Draw a task that waits for a message with a key."""
    return node("receiveTask", id, f'messageRef="message_{message}"', properties(correlationKey=key))


def catch(id: str, *, timer: str = "", message: str = "", key: str = "") -> str:
    """Draw an event that waits for a timer or for a message."""
    extensions = properties(correlationKey=key) if key else ""
    return node("intermediateCatchEvent", id, extensions=extensions, body=_event(timer, message))


def boundary(
    id: str,
    host: str,
    *,
    timer: str = "",
    error: str = "",
    message: str = "",
    key: str = "",
    interrupting: bool = True,
) -> str:
    """Draw an event at the edge of an activity: a timer, an error or a message."""
    attributes = f'attachedToRef="{host}" cancelActivity="{str(interrupting).lower()}"'
    body = (
        f'<bpmn:errorEventDefinition errorRef="error_{error}"/>'
        if error
        else _event(timer, message, re.match(r"R\d*/", timer) is not None)
    )
    return node("boundaryEvent", id, attributes, properties(correlationKey=key) if key else "", body)


def _event(timer: str, message: str, repeated: bool = False) -> str:
    if timer:
        kind = "timeCycle" if repeated else "timeDuration"
        time = f'<bpmn:{kind} xsi:type="bpmn:tFormalExpression">{escape(timer)}</bpmn:{kind}>'
        return f"<bpmn:timerEventDefinition>{time}</bpmn:timerEventDefinition>"
    return f'<bpmn:messageEventDefinition messageRef="message_{message}"/>'


def sub_process(id: str, *nodes: str, attributes: str = "") -> str:
    """Draw a sub-process around what is in it."""
    return node("subProcess", id, attributes, body="".join(nodes))


def each(activity: str, collection: str, *, sequential: bool = False, until: str = "", **names: str) -> str:
    """Return an activity drawn by one of the above, done for each item of a list; `names` are inputElement, outputCollection, outputElement."""
    condition = (
        f'<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">{escape(until)}</bpmn:completionCondition>'
    )
    marker = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"{condition if until else ''}</bpmn:multiInstanceLoopCharacteristics>"
    )
    head, closing, _ = activity.rpartition("</bpmn:")
    opening = head[: head.index(">") + 1]
    extensions = f"<bpmn:extensionElements>{properties(inputCollection=collection, **names)}"
    inside = head[len(opening) :]
    if inside.startswith("<bpmn:extensionElements>"):
        inside = inside.replace("<bpmn:extensionElements>", extensions, 1)
    else:
        inside = f"{extensions}</bpmn:extensionElements>{inside}"
    return f"{opening}{inside}{marker}{closing}{activity[len(head) + len(closing) :]}"


def flow(source: str, target: str, condition: str = "", id: str = "") -> str:
    """Draw a sequence flow, with its condition if it has one."""
    body = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}</bpmn:conditionExpression>'
    return (
        f'<bpmn:sequenceFlow id="{id or f"flow_{source}_{target}"}" sourceRef="{source}" targetRef="{target}">'
        f"{body if condition else ''}</bpmn:sequenceFlow>"
    )


def path(*ids: str) -> str:
    """Draw flows from each element to the next."""
    return "".join(flow(a, b) for a, b in pairwise(ids))


def process(key: str, *nodes: str, errors: tuple[str, ...] = (), messages: tuple[str, ...] = ()) -> str:
    """Return a whole BPMN file."""
    declared = "".join(f'<bpmn:error id="error_{code}" name="{code}" errorCode="{code}"/>' for code in errors)
    declared += "".join(f'<bpmn:message id="message_{name}" name="{name}"/>' for name in messages)
    text = f'{HEAD}{declared}<bpmn:process id="{key}" name="{key}" isExecutable="true">{"".join(nodes)}</bpmn:process></bpmn:definitions>'
    return drawn(text)


def drawn(text: str) -> str:
    """Return the file with a picture for everything at its end, in the place of what was drawn before; not a character else is changed."""
    if "<bpmndi:BPMNDiagram" in text:
        text = text.partition("<bpmndi:BPMNDiagram")[0] + "</bpmn:definitions>"
    root = xml.parse(text.encode())
    list(missing_pictures.trace(root))
    pictures = "".join(
        xml.serialise(picture).decode().partition("?>")[2].strip()
        for picture in root.findall(f"{{{BPMNDI}}}BPMNDiagram")
    )
    head, end, _ = text.rpartition("</bpmn:definitions>")
    return f"{head}{pictures}{end}"
