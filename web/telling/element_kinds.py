"""Kinds of elements in words, and what an element without a name is called by them and by its neighbours."""

from __future__ import annotations

from collections.abc import Callable

from flask_babel import gettext

from engine import diagrams
from web.telling.i18n import mark as _

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
    # Not executed, and met in diagrams of other tools.
    "complexGateway": _("gateway"),
    "transaction": _("sub-process"),
    "adHocSubProcess": _("sub-process"),
    "implicitThrowEvent": _("event"),
}


def of(type: str) -> str:
    """Return a kind in words; of one that is not known no more than that it is an element."""
    return str(gettext(ELEMENTS[type])) if type in ELEMENTS else str(gettext("element"))


def unnamed(diagram: diagrams.Diagram, element: diagrams.Element, name_of: Callable[[diagrams.Element], str]) -> str:
    """Return an element without a name: its kind, and the first named element before it, or after it; `name_of` names those."""
    kind = of(element.type)
    around = (
        (_("%(kind)s after ‘%(name)s’"), [flow.source for flow in diagram.flows.values() if flow.target == element.id]),
        (
            _("%(kind)s before ‘%(name)s’"),
            [flow.target for flow in diagram.flows.values() if flow.source == element.id],
        ),
        (_("%(kind)s in ‘%(name)s’"), [element.parent]),
    )
    for pattern, ids in around:
        neighbour = next(
            (diagram.elements[id] for id in ids if id in diagram.elements and diagram.elements[id].name), None
        )
        if neighbour is not None:
            return str(gettext(pattern)) % {"kind": kind, "name": name_of(neighbour)}
    return kind
