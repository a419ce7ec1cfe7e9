"""The XML of a BPMN file made regular before anybody reads it: what the standard lets a tool leave out or write in several ways stands there in one.

A sequence flow without an id gets one, the same at every reading; xsd:boolean is `true` or `false`; references lose their namespace prefix. Whoever
reads a diagram, ourselves and SpiffWorkflow, reads it from here, so that the two never see different things.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from copy import deepcopy
from itertools import count
from operator import itemgetter

from cachetools import LRUCache, cached

from engine.ground import xml

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BOOLEANS = {"true": "true", "1": "true", "false": "false", "0": "false"}
BOOLEAN_ATTRIBUTES = frozenset(
    {
        *("isExecutable", "isClosed", "cancelActivity", "isSequential", "triggeredByEvent", "isForCompensation"),
        *("isInterrupting", "parallelMultiple", "instantiate", "isImmediate", "cancelRemainingInstances"),
        *("testBefore", "waitForCompletion", "isCollection"),
    }
)
REFERENCES = frozenset({"messageRef", "errorRef", "calledElement", "processRef", "signalRef", "escalationRef"})


def root(content: bytes) -> xml.Element:
    """Return the root of a BPMN file, for reading only: whoever reads the same file again is given the same tree. Errors: MalformedXml."""
    return _kept(content)[0]


@cached(LRUCache(xml.KEPT_BYTES, getsizeof=itemgetter(1)), lock=threading.Lock())
def _kept(content: bytes) -> tuple[xml.Element, int]:
    return _regular(deepcopy(xml.tree(content))), len(content)


def _regular(definitions: xml.Element) -> xml.Element:
    for element in definitions.iter(f"{{{BPMN}}}*"):
        for name, text in element.attrib.items():
            if name in BOOLEAN_ATTRIBUTES:
                element.set(name, BOOLEANS.get(text.strip(), text))
            elif name in REFERENCES:
                element.set(name, _unprefixed(text, element))
    _name_flows(definitions)
    return definitions


def _unprefixed(text: str, element: xml.Element) -> str:
    """Return a QName's local part, when its prefix is one that is declared; ids may hold no colon."""
    prefix, colon, name = text.strip().partition(":")
    return name if colon and prefix in element.nsmap else text.strip()


def _name_flows(definitions: xml.Element) -> None:
    """Name each flow that has no id by its ends; where that name is taken, a number follows."""
    nameless = [flow for flow in definitions.iter(f"{{{BPMN}}}sequenceFlow") if not flow.get("id")]
    ids = {node.get("id") for node in definitions.iter() if node.get("id")} if nameless else set()
    next_number: dict[str, Iterator[int]] = {}
    for flow in nameless:
        name = free = f"flow_{flow.get('sourceRef', '')}_{flow.get('targetRef', '')}"
        while free in ids:
            free = f"{name}_{next(next_number.setdefault(name, count(2)))}"
        flow.set("id", free)
        ids.add(free)
