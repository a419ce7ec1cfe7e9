"""What a package must satisfy to be published: everything our engine would otherwise find out while a case is running.

Each rule yields problems with the line and element it concerns; texts for people are looked up by rule name. Nothing is executed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from marshmallow import Schema

from engine import handlers
from engine.definitions import (
    catalogue,
    dmn,
    filling,
    foreign,
    matching,
    persons,
    pictures,
    settings,
    soundness,
    tables,
    times,
    tried,
)
from engine.definitions.diagram import ACTIVITIES, EVENTS, GATEWAYS, SERVED, Diagram, Element, Parameter, parse
from engine.definitions.graph import in_cycle, reachable, recursive_calls
from engine.definitions.package import MissingFile, Package, load
from engine.errors import EngineError, InvalidDefinition, Problem, first
from engine.language import feel
from engine.language.feel import FeelSyntaxError
from engine.language.forms import Form
from engine.xml import MalformedXml

ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
RESERVED_IDS = frozenset({"Start", "End", "Root"})
RESERVED_ENDINGS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin")
# Our own extensions by the kind of element that they mean something at; properties are judged one by one (`settings`).
EXTENSIONS = {
    "serviceTask": "serviceTaskOperator",
    "intermediateThrowEvent": "serviceTaskOperator",
    "businessRuleTask": "calledDecisionId",
}
TRIGGERS = {
    "startEvent": frozenset({"", "timer"}),
    "endEvent": frozenset({"", "terminate", "error"}),
    "intermediateCatchEvent": frozenset({"timer", "message"}),
    "boundaryEvent": frozenset({"timer", "message", "error"}),
}
MANY = 2
BEGUN_BY_TIME: set[str] = set()
MOST_KEPT = 64
EXPRESSION_PROPERTIES = (
    *("due", "correlationKey", "inputCollection", "outputElement", "refusesWhen", "about", "triesWhen"),
    *settings.APPROVED,
    "caseLimitWhen",
)


def check(content: Package) -> list[Problem]:
    """The problems of a package, in document order; empty when it may be published. After MOST_FINDINGS the last one says that there are more."""
    return list(_checked(content.canonical(), frozenset(handlers.registered()), frozenset(BEGUN_BY_TIME)))


def begun_by_time(*keys: str) -> None:
    """Say which processes somebody begins when their start timer says so; in any other a start timer would begin nothing."""
    BEGUN_BY_TIME.update(keys)


@lru_cache(maxsize=MOST_KEPT)
def _checked(canonical: bytes, topics: frozenset[str], begun: frozenset[str]) -> tuple[Problem, ...]:
    """Kept, because a draft and the processes that call it are asked about again and again; of `topics` and processes `begun` by time known then."""
    return tuple(first(_problems(load(canonical))))


def _problems(content: Package) -> list[Problem]:
    problems: list[Problem] = []
    drawn: dict[str, Diagram] = {}
    for key in content.processes:
        try:
            drawn[key] = parse(content.bpmn(key))
        except MalformedXml as error:
            values = {"file": f"{key}.bpmn", **error.values}
            problems.append(Problem(error.values["line"], "", "malformed_xml", values, f"{key}.bpmn"))
        except MissingFile as error:
            problems.append(Problem(0, "", "missing_file", error.values, f"{key}.bpmn"))
    for key, diagram in drawn.items():
        written = content.bpmn(key)
        beside = [*foreign.check(written), *pictures.check(written, diagram), *settings.check(written, diagram)]
        found = sorted([*_check_diagram(key, diagram, content, drawn), *beside], key=_line)
        problems += [one if one.file else replace(one, file=f"{key}.bpmn") for one in found]
    problems += _shared_names(drawn)
    problems += _tries(drawn)
    problems += _catalogues(content)
    problems += [Problem(0, "", "recursive_call", {"process": key}, f"{key}.bpmn") for key in recursive_calls(drawn)]
    return problems or _standing_still(content)


def _standing_still(content: Package) -> list[Problem]:
    """Only of what has no other problem: then every way through it can be followed."""
    found = [(key, one) for key in content.processes for one in soundness.certain(content.bpmn(key))]
    return [replace(one, file=f"{key}.bpmn") for key, one in found]


def _line(problem: Problem) -> int:
    return problem.line


def _catalogues(content: Package) -> Iterator[Problem]:
    for name, text in content.files.items():
        found = catalogue.fault(text) if name.startswith("translations/") else None
        if found is not None:
            line = found["line"]
            yield Problem(line, "", "malformed_catalogue", {"file": name, **found}, name)


def _shared_names(drawn: dict[str, Diagram]) -> Iterator[Problem]:
    """SpiffWorkflow keeps sub-processes and processes of a package under one name each."""
    names = set(drawn)
    for key, diagram in drawn.items():
        for element in diagram.elements.values():
            if element.type == "subProcess":
                if element.id in names:
                    yield replace(_problem(element, "sub_process_id_taken", process=key), file=f"{key}.bpmn")
                names.add(element.id)


def _tries(drawn: dict[str, Diagram]) -> Iterator[Problem]:
    """A service task that is to be tried before must be there."""
    for key, diagram in drawn.items():
        for element in diagram.elements.values():
            for name in tried.names(element):
                if tried.find(name, key, drawn) is None:
                    yield replace(_problem(element, "unknown_tried", service=name), file=f"{key}.bpmn")


def _check_diagram(key: str, diagram: Diagram, content: Package, drawn: Mapping[str, Diagram]) -> list[Problem]:
    rules: tuple[Callable[[Diagram], Iterator[Problem]], ...] = (
        _file,
        _structure,
        _flows,
        _ends_of_flows,
        _conditions,
        _reachability,
        _gateways,
        _lanes,
        times.check,
    )
    problems = list(_whole(key, diagram))
    for rule in rules:
        problems += rule(diagram)
    for element in diagram.elements.values():
        problems += _element(element)
        problems += _references(element, content)
        problems += _expressions(element)
        problems += persons.check(element, diagram, drawn)
    return problems


def _whole(key: str, diagram: Diagram) -> Iterator[Problem]:
    if diagram.key != key:
        yield Problem(0, "", "wrong_process_id", {"expected": key, "found": diagram.key})


def _problem(element: Element, rule: str, **values: object) -> Problem:
    return Problem(element.line, element.id, rule, {"name": element.name, **values})


def _file(diagram: Diagram) -> Iterator[Problem]:
    """One process to execute; every element with an id, and every id once."""
    if not diagram.executable:
        yield Problem(0, diagram.key, "process_not_executable", {"process": diagram.key})
    elif diagram.executable > 1:
        yield Problem(0, "", "one_executable_process", {"count": diagram.executable})
    for id in diagram.twice:
        line = _line_of(diagram, id)
        yield Problem(line, id, "id_used_twice", {"id": id})
    for kind, line in diagram.nameless:
        yield Problem(line, "", "element_without_id", {"type": kind})


def _line_of(diagram: Diagram, id: str) -> int:
    found = diagram.elements.get(id) or diagram.flows.get(id)
    return found.line if found is not None else 0


def _structure(diagram: Diagram) -> Iterator[Problem]:
    """One start per level, at least one end."""
    parents = {diagram.key} | {e.id for e in diagram.elements.values() if e.type == "subProcess"}
    for parent in sorted(parents):
        inside = [e for e in diagram.elements.values() if e.parent == parent]
        starts = [e for e in inside if e.type == "startEvent"]
        if len(starts) != 1:
            yield Problem(0, parent, "one_start_event", {"count": len(starts)})
        if not any(e.type == "endEvent" for e in inside):
            yield Problem(0, parent, "no_end_event", {})
    for element in diagram.elements.values():
        if (
            (element.id and not ID.fullmatch(element.id))
            or element.id in RESERVED_IDS
            or element.id.endswith(RESERVED_ENDINGS)
        ):
            yield _problem(element, "unusable_id", id=element.id)


def _flows(diagram: Diagram) -> Iterator[Problem]:
    ends: set[tuple[str, str]] = set()
    for flow in diagram.flows.values():
        if flow.source not in diagram.elements or flow.target not in diagram.elements:
            yield Problem(flow.line, flow.id, "loose_flow", {})
        if (flow.source, flow.target) in ends:
            yield Problem(flow.line, flow.id, "two_flows_same_ends", {})
        ends.add((flow.source, flow.target))
        if flow.condition:
            yield from _feel(flow.condition, flow.line, flow.id, "condition")
    for element in diagram.elements.values():
        leaving = diagram.outgoing(element.id)
        if element.type in ACTIVITIES | EVENTS and len(leaving) > 1:
            yield _problem(element, "several_flows_leave", count=len(leaving))
        if element.id and element.type != "endEvent" and not leaving:
            yield _problem(element, "no_flow_leaves")
        if element.type == "boundaryEvent" and not _is_activity_beside(diagram, element):
            yield _problem(element, "attached_to_nothing")


def _is_activity_beside(diagram: Diagram, event: Element) -> bool:
    """Whether an event is attached to an activity of its own level."""
    host = diagram.elements.get(event.attached_to)
    return host is not None and host.type in ACTIVITIES and host.parent == event.parent


def _ends_of_flows(diagram: Diagram) -> Iterator[Problem]:
    """Flows stay on their level, and neither enter what begins nor leave what ends."""
    for flow in diagram.flows.values():
        source, target = diagram.elements.get(flow.source), diagram.elements.get(flow.target)
        if source is None or target is None:
            continue
        if source.parent != target.parent:
            yield Problem(flow.line, flow.id, "flow_crosses_level", {"name": flow.name})
        if target.type in ("startEvent", "boundaryEvent"):
            yield _problem(target, "flow_into_event")
        if source.type == "endEvent":
            yield _problem(source, "flow_out_of_end")


def _conditions(diagram: Diagram) -> Iterator[Problem]:
    """A condition is asked where a gateway chooses, and nowhere else."""
    for flow in diagram.flows.values():
        source = diagram.elements.get(flow.source)
        if source is None or not flow.condition:
            continue
        chooses = source.type in ("exclusiveGateway", "inclusiveGateway") and len(diagram.outgoing(source.id)) > 1
        if not chooses or source.default == flow.id:
            yield Problem(flow.line, flow.id, "condition_never_asked", {"name": flow.name, "source": source.name})


def _reachability(diagram: Diagram) -> Iterator[Problem]:
    reached = reachable(diagram)
    for element in diagram.elements.values():
        if element.id and element.id not in reached:
            yield _problem(element, "unreachable")


def _gateways(diagram: Diagram) -> Iterator[Problem]:
    for element in diagram.elements.values():
        leaving = diagram.outgoing(element.id)
        if element.type in ("exclusiveGateway", "inclusiveGateway") and len(leaving) > 1:
            if element.default not in {flow.id for flow in leaving}:
                yield _problem(element, "no_default_flow")
            for flow in leaving:
                if flow.id != element.default and not flow.condition:
                    yield Problem(flow.line, flow.id, "no_condition", {"name": flow.name, "gateway": element.name})
        if element.type in ("parallelGateway", "inclusiveGateway") and in_cycle(diagram, element.id):
            yield _problem(element, "parallel_gateway_in_loop")
        if element.type == "eventBasedGateway":
            for flow in leaving:
                target = diagram.elements.get(flow.target)
                if target is not None and not _can_be_raced(diagram, target):
                    yield _problem(element, "event_gateway_target", target=target.name)


def _can_be_raced(diagram: Diagram, target: Element) -> bool:
    """Whether an event gateway may wait for it: reached from nowhere else, with no boundary event of its own."""
    waits = target.type in ("intermediateCatchEvent", "receiveTask")
    return waits and len(diagram.incoming(target.id)) == 1 and not diagram.boundary_events(target.id)


def _lanes(diagram: Diagram) -> Iterator[Problem]:
    """Who does a user task is said once."""
    for element in diagram.elements.values():
        names = diagram.lanes_of.get(element.id, ())
        if len(names) > 1 and element.type == "userTask" and not element.properties.get("group"):
            yield _problem(element, "in_two_lanes", lanes=", ".join(names))


def _element(element: Element) -> Iterator[Problem]:
    if element.type not in ACTIVITIES | GATEWAYS | EVENTS or _throws_nothing(element):
        yield _problem(element, "element_not_executable", type=element.type)
    if element.looped:
        yield _problem(element, "loop_marker")
    yield from _multi_instance(element)
    if element.event_sub_process:
        yield _problem(element, "event_sub_process")
    for name in element.extensions:
        if name not in ("properties", EXTENSIONS.get(element.type)):
            yield _problem(element, "extension_not_executable", extension=name)
    yield from _event(element)


def _throws_nothing(element: Element) -> bool:
    """A message is thrown by the service task that brings it to those who wait; without one nothing would happen."""
    return element.type == "intermediateThrowEvent" and not (element.trigger == "message" and element.topic)


def _multi_instance(element: Element) -> Iterator[Problem]:
    marker = element.multi_instance
    if marker is None:
        return
    if element.type not in settings.REPEATED:
        yield _problem(element, "not_multi_instance", type=element.type)
    for part in marker.others:
        yield _problem(element, "multi_instance_part", part=part)
    if not marker.collection:
        yield _problem(element, "no_collection")
    if bool(marker.results) != bool(marker.output):
        yield _problem(element, "results_incomplete")
    for variable in filter(None, (marker.item, marker.results)):
        if not settings.usable(variable):
            yield _problem(element, "unusable_variable", variable=variable)


def _event(element: Element) -> Iterator[Problem]:
    allowed = TRIGGERS.get(element.type)
    beginning = element.type == "startEvent" and element.trigger == "timer"
    if (allowed is not None and (element.trigger not in allowed or element.trigger_count > 1)) or (
        beginning and element.parent not in BEGUN_BY_TIME
    ):
        yield _wrong_trigger(element)
    if element.trigger == "error":
        yield from _error(element)
    if element.trigger == "message" and element.type not in ("startEvent", "endEvent"):
        if not element.message:
            yield _problem(element, "no_message")
        if element.type != "intermediateThrowEvent" and not element.properties.get("correlationKey"):
            yield _problem(element, "no_correlation_key")


def _wrong_trigger(element: Element) -> Problem:
    trigger = element.trigger if element.trigger_count < MANY else "several"
    if element.type == "startEvent":
        return _problem(element, "start_not_executable", trigger=trigger)
    if element.type == "endEvent":
        return _problem(element, "end_not_executable", trigger=trigger)
    return _problem(element, "event_not_executable", trigger=trigger or "none")


def _error(element: Element) -> Iterator[Problem]:
    """Which refusal is meant is said, or an event that catches says of none; and a refusal ends what it is caught at."""
    if not element.error_code and (element.type == "endEvent" or element.error_code is not None or element.error_named):
        yield _problem(element, "no_error_code")
    if element.type == "boundaryEvent" and not element.interrupting:
        yield _problem(element, "error_must_interrupt")


def _references(element: Element, content: Package) -> Iterator[Problem]:
    if element.type == "userTask":
        yield from _form(element, content)
        if not element.name.strip():
            yield _problem(element, "step_without_name")
        if not (element.lane or element.properties.get("group")):
            yield _problem(element, "no_group")
    elif element.type in SERVED and not _throws_nothing(element):
        yield from _topic(element)
    elif element.type == "businessRuleTask":
        yield from _decision(element, content)
    elif element.type == "callActivity" and f"{element.called}.bpmn" not in content.files:
        yield _problem(element, "unknown_called_process", called=element.called)


def _form(element: Element, content: Package) -> Iterator[Problem]:
    form_id = element.properties.get("form", "")
    found: list[Problem] = []
    try:
        form = Form.parse(content.form(form_id))
        found = [*filling.problems(form), *filling.unlabelled(form), *matching.problems(form)]
    except MissingFile:
        yield _problem(element, "unknown_form", form=form_id)
    except InvalidDefinition as error:
        found = error.problems
    for inner in found:
        values = {"form": form_id, **inner.values}
        yield Problem(inner.line, element.id, inner.rule, values, f"forms/{form_id}.form")


def _decision(element: Element, content: Package) -> Iterator[Problem]:
    if not element.result_variable:
        yield _problem(element, "no_result_variable")
    try:
        model = dmn.parse(content.decision(element.decision))
        found = model.find(element.decision)
    except (MissingFile, dmn.UnknownDecision):
        yield _problem(element, "unknown_decision", decision=element.decision)
        return
    except InvalidDefinition as error:
        for inner in error.problems:
            values = {"decision": element.decision, **inner.values}
            yield Problem(inner.line, element.id, inner.rule, values, f"decisions/{element.decision}.dmn")
        return
    except EngineError as error:
        yield _problem(element, "malformed_decision", decision=element.decision, why=error.code)
        return
    file = f"decisions/{element.decision}.dmn"
    yield from (replace(one, element_id=element.id, file=file) for one in tables.problems(found))
    for doubt in matching.of_decision(model, found):
        yield Problem(0, element.id, doubt.rule, doubt.values, file)


def _topic(element: Element) -> Iterator[Problem]:
    try:
        known = handlers.find(element.topic)
    except handlers.UnknownTopic:
        yield _problem(element, "unknown_topic", topic=element.topic)
        return
    fields = _fields(known.parameters)
    given = {one.name for one in element.parameters if one.expression.strip() or not fields.get(one.name)}
    for name in sorted(given - fields.keys()):
        yield _problem(element, "unknown_parameter", topic=element.topic, parameter=name)
    for name in sorted(name for name, required in fields.items() if required and name not in given):
        yield _problem(element, "missing_parameter", topic=element.topic, parameter=name)


def _is_missing(element: Element, parameter: Parameter) -> bool:
    """Whether a parameter that is needed has been left empty, which is told as that."""
    known = handlers.registered().get(element.topic)
    return (
        not parameter.expression.strip() and known is not None and _fields(known.parameters).get(parameter.name, False)
    )


def _fields(schema: type[Schema]) -> dict[str, bool]:
    return {name: field.required for name, field in schema().fields.items()}


def _expressions(element: Element) -> Iterator[Problem]:
    texts = [(name, element.properties[name]) for name in EXPRESSION_PROPERTIES if element.properties.get(name)]
    texts += [(name, text) for name, text in element.properties.items() if name.startswith(("in.", "out."))]
    texts += [(one.name, one.expression) for one in element.parameters if not _is_missing(element, one)]
    if element.timer:
        texts.append(("timer", element.timer))
    if element.multi_instance is not None and element.multi_instance.completion:
        texts.append(("completionCondition", element.multi_instance.completion))
    for name, text in texts:
        yield from _feel(text, element.line, element.id, name)


def _feel(text: str, line: int, element_id: str, place: str) -> Iterator[Problem]:
    try:
        feel.compile(text)
    except FeelSyntaxError as error:
        yield Problem(line, element_id, "feel_syntax", {"place": place, **error.values})
    for doubt in matching.of_text(text):
        yield Problem(line, element_id, doubt.rule, {"place": place, **doubt.values})
