"""What a package must satisfy to be published: everything our engine would otherwise find out while a case is running.

Each rule yields problems with the line and element it concerns; texts for people are looked up by rule name. Nothing is executed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from engine import elements
from engine.checks import properties
from engine.definitions import catalogue, four_eyes, pattern_lint, soundness, times, trials, vendor_extensions
from engine.definitions.package import MissingFile, Package, load_package
from engine.diagrams import pictures, settings
from engine.diagrams.diagram import ACTIVITIES, EVENTS, SERVED, THROWING, Diagram, Element, Parameter, parse
from engine.diagrams.graph import reachable, recursive_calls
from engine.elements import service_task
from engine.ground.errors import Problem, first_findings
from engine.ground.xml import MalformedXml
from engine.language import feel
from engine.language.feel import FeelSyntaxError
from engine.language.vocabulary import Vocabulary
from engine.runtime import handlers, runtime

ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
# Marks of direction, as they are, or as XML, JSON and YAML write them.
TURNING = re.compile(
    r"[\u202a-\u202e\u2066-\u2069]|\\u20(?:2[a-e]|6[6-9])|&#(?:x0*20(?:2[a-e]|6[6-9])|0*82(?:3[4-8]|9[4-7]));",
    re.IGNORECASE,
)
RESERVED_IDS = frozenset({"Start", "End", "Root"})
RESERVED_ENDINGS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin")
# Our own extensions by the kind of element that they mean something at; properties are judged one by one (`settings`).
EXTENSIONS = {
    **dict.fromkeys(SERVED, "serviceTaskOperator"),
    "businessRuleTask": "calledDecisionId",
}
MANY = 2
MOST_KEPT = 64


def check(content: Package) -> list[Problem]:
    """Return the problems of a package, in document order; empty when it may be published. After MOST_FINDINGS the last one says that there are more."""
    office = runtime.current()
    return list(_checked(content.canonical(), frozenset(office.handlers), office.timed, office.vocabulary))


@lru_cache(maxsize=MOST_KEPT)
def _checked(canonical: bytes, topics: frozenset[str], timed: frozenset[str], words: Vocabulary) -> tuple[Problem, ...]:
    """Check a package and keep the answer, because a draft and the processes that call it are asked about again and again; `topics` and processes `timed`, those begun by time, are those known then, and so are the `words`."""
    return tuple(first_findings(_problems(load_package(canonical))))


def _problems(content: Package) -> list[Problem]:
    problems: list[Problem] = []
    diagrams: dict[str, Diagram] = {}
    for key in content.processes:
        try:
            diagrams[key] = parse(content.bpmn(key))
        except MalformedXml as error:
            values = {"file": f"{key}.bpmn", **error.values}
            problems.append(Problem(error.values["line"], "", "malformed_xml", values, f"{key}.bpmn"))
        except MissingFile as error:
            problems.append(Problem(0, "", "missing_file", error.values, f"{key}.bpmn"))
    for key, diagram in diagrams.items():
        source = content.bpmn(key)
        beside = [*vendor_extensions.check(source), *pictures.check(source, diagram), *settings.check(source, diagram)]
        beside += properties.check(diagram)
        problems_of_diagram = sorted([*_check_diagram(key, diagram, content, diagrams), *beside], key=_line)
        problems += [
            problem if problem.file else replace(problem, file=f"{key}.bpmn") for problem in problems_of_diagram
        ]
    problems += _shared_names(diagrams)
    problems += _tries(diagrams)
    problems += _catalogues(content)
    problems += _turned(content)
    problems += [Problem(0, "", "recursive_call", {"process": key}, f"{key}.bpmn") for key in recursive_calls(diagrams)]
    return list(once(problems)) or _standing_still(content)


def once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield what is wrong with a form or table once, however many steps use it; of a diagram, what is wrong at each element."""
    facts: set[tuple[object, ...]] = set()
    for problem in problems:
        place = (problem.element_id, problem.line) if problem.file.endswith(".bpmn") or not problem.file else ()
        fact = (problem.file, problem.rule, repr(sorted(problem.values.items(), key=str)), *place)
        if fact not in facts:
            facts.add(fact)
            yield problem


def _standing_still(content: Package) -> list[Problem]:
    """Return where cases stand still, asked only of what has no other problem: then every way through it can be followed."""
    problems_by_key = [(key, problem) for key in content.processes for problem in soundness.certain(content.bpmn(key))]
    return [replace(problem, file=f"{key}.bpmn") for key, problem in problems_by_key]


def _line(problem: Problem) -> int:
    return problem.line


def _catalogues(content: Package) -> Iterator[Problem]:
    for name, text in content.files.items():
        fault = catalogue.catalogue_fault(text) if name.startswith("translations/") else None
        if fault is not None:
            line = fault["line"]
            yield Problem(line, "", "malformed_catalogue", {"file": name, **fault}, name)


def _turned(content: Package) -> Iterator[Problem]:
    """Yield the lines with a mark that turns the direction of what follows: a name would be read otherwise than it is written."""
    for name, text in content.files.items():
        for number, line in enumerate(text.splitlines(), 1) if TURNING.search(text) else ():
            if TURNING.search(line):
                yield Problem(number, "", "turning_mark", {"file": name, "line": number}, name)


def _shared_names(diagrams: dict[str, Diagram]) -> Iterator[Problem]:
    """Check that no name is used twice: SpiffWorkflow keeps sub-processes and processes of a package under one name each."""
    names = set(diagrams)
    for key, diagram in diagrams.items():
        for element in diagram.elements.values():
            if element.type == "subProcess":
                if element.id in names:
                    yield replace(_problem(element, "sub_process_id_taken", process=key), file=f"{key}.bpmn")
                names.add(element.id)


def _tries(diagrams: dict[str, Diagram]) -> Iterator[Problem]:
    """Check that a service task that is to be tried before is there."""
    for key, diagram in diagrams.items():
        for element in diagram.elements.values():
            for name in trials.names(element):
                if trials.find(name, key, diagrams) is None:
                    yield replace(_problem(element, "unknown_tried", service=name), file=f"{key}.bpmn")


def _check_diagram(key: str, diagram: Diagram, content: Package, diagrams: Mapping[str, Diagram]) -> list[Problem]:
    rules: tuple[Callable[[Diagram], Iterator[Problem]], ...] = (
        _file,
        _structure,
        _flows,
        _ends_of_flows,
        _conditions,
        _reachability,
        times.check,
    )
    problems = list(_whole(key, diagram))
    for rule in rules:
        problems += rule(diagram)
    for element in diagram.elements.values():
        problems += _element(element)
        problems += elements.problems(element, diagram, content)
        problems += _expressions(element)
        problems += four_eyes.check(element, diagram, diagrams)
    return problems


def _whole(key: str, diagram: Diagram) -> Iterator[Problem]:
    if diagram.key != key:
        yield Problem(0, "", "wrong_process_id", {"expected": key, "found": diagram.key})


def _problem(element: Element, rule: str, **values: object) -> Problem:
    return Problem(element.line, element.id, rule, {"name": element.name, **values})


def _file(diagram: Diagram) -> Iterator[Problem]:
    """Check that there is one process to execute, that every element has an id, and that every id is there once."""
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
    node = diagram.elements.get(id) or diagram.flows.get(id)
    return node.line if node is not None else 0


def _structure(diagram: Diagram) -> Iterator[Problem]:
    """Check that each level has one start, and at least one end."""
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
    """Tell whether an event is attached to an activity of its own level."""
    host = diagram.elements.get(event.attached_to)
    return host is not None and host.type in ACTIVITIES and host.parent == event.parent


def _ends_of_flows(diagram: Diagram) -> Iterator[Problem]:
    """Check that flows stay on their level, and neither enter what begins nor leave what ends."""
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
    """Check that a condition is asked where a gateway chooses, and nowhere else."""
    for flow in diagram.flows.values():
        source = diagram.elements.get(flow.source)
        if source is None or not flow.condition:
            continue
        chooses = source.type in ("exclusiveGateway", "inclusiveGateway") and len(diagram.outgoing(source.id)) > 1
        if not chooses or source.default == flow.id:
            yield Problem(
                flow.line, flow.id, "condition_never_asked", {"name": flow.name, "source": source.name or source.id}
            )


def _reachability(diagram: Diagram) -> Iterator[Problem]:
    reached = reachable(diagram)
    for element in diagram.elements.values():
        if element.id and element.id not in reached:
            yield _problem(element, "unreachable")


def _element(element: Element) -> Iterator[Problem]:
    if not elements.triggers(element.type) or _throws_nothing(element):
        yield _problem(element, "element_not_executable", type=element.type)
    if element.looped:
        yield _problem(element, "loop_marker")
    if element.event_sub_process:
        yield _problem(element, "event_sub_process")
    for name in element.extensions:
        if name not in ("properties", EXTENSIONS.get(element.type)):
            yield _problem(element, "extension_not_executable", extension=name)
    yield from _event(element)


def _throws_nothing(element: Element) -> bool:
    """Tell whether an element throws nothing: a message is thrown by the service task that brings it to those who wait; without one nothing would happen."""
    return element.type in THROWING and not (element.trigger == "message" and element.topic)


def _event(element: Element) -> Iterator[Problem]:
    if element.type not in EVENTS - THROWING:
        return
    beginning = element.type == "startEvent" and element.trigger == "timer"
    executed = element.trigger in elements.triggers(element.type) and element.trigger_count < MANY
    if not executed or (beginning and element.parent not in runtime.current().timed):
        yield _wrong_trigger(element)


def _wrong_trigger(element: Element) -> Problem:
    trigger = element.trigger if element.trigger_count < MANY else "several"
    if element.type == "startEvent":
        return _problem(element, "start_not_executable", trigger=trigger)
    if element.type == "endEvent":
        return _problem(element, "end_not_executable", trigger=trigger)
    return _problem(element, "event_not_executable", trigger=trigger or "none")


def _is_missing(element: Element, parameter: Parameter) -> bool:
    """Tell whether a parameter that is needed has been left empty, which is told as that."""
    handler = handlers.handlers_by_topic().get(element.topic)
    return (
        not parameter.expression.strip()
        and handler is not None
        and service_task.fields(handler.parameters).get(parameter.name, False)
    )


def _expressions(element: Element) -> Iterator[Problem]:
    texts = [(name, element.properties[name]) for name in settings.EXPRESSIONS if element.properties.get(name)]
    texts += [(name, text) for name, text in element.properties.items() if name.startswith(("in.", "out."))]
    texts += [
        (parameter.name, parameter.expression)
        for parameter in element.parameters
        if not _is_missing(element, parameter)
    ]
    if element.timer_expression:
        texts.append(("timer", element.timer_expression))
    if element.multi_instance is not None and element.multi_instance.completion:
        texts.append(("completionCondition", element.multi_instance.completion))
    for name, text in texts:
        yield from _feel(text, element.line, element.id, name)


def _feel(text: str, line: int, element_id: str, place: str) -> Iterator[Problem]:
    try:
        feel.compile(text)
    except FeelSyntaxError as error:
        begins_so = {"why": "equals_first"} if text.lstrip().startswith("=") else {}
        yield Problem(line, element_id, "feel_syntax", {"place": place, **error.values, **begins_so})
    for doubt in pattern_lint.of_text(text):
        yield Problem(line, element_id, doubt.rule, {"place": place, **doubt.values})
