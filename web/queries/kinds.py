"""Kinds of elements in words, and what an element without a name is called by them and by its neighbours."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext

import engine
from web.i18n import mark as _

ELEMENTS = {
    "task": _("step"),
    "manualTask": _("manual task"),
    "scriptTask": _("script"),
    "sendTask": _("sending task"),
    "userTask": _("user task"),
    "serviceTask": _("service task"),
    "businessRuleTask": _("decision"),
    "receiveTask": _("message"),
    "callActivity": _("called process"),
    "subProcess": _("sub-process"),
    "exclusiveGateway": _("gateway"),
    "parallelGateway": _("parallel gateway"),
    "inclusiveGateway": _("inclusive gateway"),
    "eventBasedGateway": _("gateway that waits for an event"),
    "startEvent": _("start"),
    "endEvent": _("end"),
    "boundaryEvent": _("event at a step"),
    "intermediateCatchEvent": _("event"),
    "intermediateThrowEvent": _("event"),
    "sequenceFlow": _("flow"),
}


def of(type: str) -> str:
    """A kind in words; one that is not known as BPMN calls it."""
    return str(gettext(ELEMENTS[type])) if type in ELEMENTS else type


def unnamed(drawn: engine.Diagram, element: engine.Element, called: Callable[[engine.Element], str]) -> str:
    """An element without a name: its kind, and the first named element before it, or after it; `called` names those."""
    kind = of(element.type)
    around = (
        (_("%(kind)s after “%(name)s”"), [flow.source for flow in drawn.flows.values() if flow.target == element.id]),
        (_("%(kind)s before “%(name)s”"), [flow.target for flow in drawn.flows.values() if flow.source == element.id]),
        (_("%(kind)s in “%(name)s”"), [element.parent]),
    )
    for told, ids in around:
        found = next((drawn.elements[id] for id in ids if id in drawn.elements and drawn.elements[id].name), None)
        if found is not None:
            return str(gettext(told)) % {"kind": kind, "name": called(found)}
    return kind
