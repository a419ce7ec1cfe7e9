"""Whether everything that a process asks for can be there: names that nothing sets, values that nobody offers, types that do not go together.

What cannot but fail, however a case goes, is a problem, and the rest a warning; `certainty` draws the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from engine.definitions import certainty, form_lint, outcomes, pattern_lint, placeholders, satisfiability, tables
from engine.definitions.expressions import AFTERWARDS, NOWHERE, PlacedExpression, expressions, of_fields
from engine.definitions.package import Package
from engine.definitions.surroundings import Drawn, Same, Surroundings, decision_of, form_of, kept
from engine.definitions.tables import worded
from engine.diagrams import pictures
from engine.ground.errors import Problem
from engine.language import feel
from engine.language.feel import Doubt, FeelSyntaxError, Names
from engine.language.feel.inferred import Type, nearest
from engine.language.forms import Form
from engine.runtime import handlers

MOST_FOUND = 200
MOST_KEPT = 64
MOST_TEXT = 60
NOTHING: Mapping[str, str] = MappingProxyType({})
TIMES = "date and time, days and time duration"
CONDITIONS = frozenset({"condition", "hide", "requiredWhen", "completionCondition", "skippedWhen", *AFTERWARDS})
NEEDS = {
    "due": TIMES,
    "timer": TIMES,
    "inputCollection": "list",
    "groupFrom": "string",
}  # places that are called by what they are, not by a name


def check(
    content: Package, in_force: Iterable[Package] = (), opening_types: Mapping[str, str] = NOTHING
) -> list[Problem]:
    """Return what is found in the processes of a package, at most MOST_FOUND.

    Shape: `in_force` are the packages in force, whose processes may call these; `opening_types` are the variables a case begins with, name → FEEL type.
    """
    topics = frozenset(handlers.handlers_by_topic())
    return list(_checked(Same(content), tuple(map(Same, in_force)), tuple(sorted(opening_types.items())), topics))


@lru_cache(maxsize=MOST_KEPT)
def _checked(
    same: Same, in_force: tuple[Same, ...], opening_types: tuple[tuple[str, str], ...], topics: frozenset[str]
) -> tuple[Problem, ...]:
    """Check a package and keep the answer, because an editor asks about the same draft again and again."""
    around = kept(same, in_force, opening_types, topics)
    problems: dict[tuple[Any, ...], Problem] = {}
    for problem in _problems(same.package, around):
        problems.setdefault((problem.file, problem.element_id, problem.rule, repr(problem.values)), problem)
        if len(problems) >= MOST_FOUND:
            break
    return tuple(problems.values())


def _problems(content: Package, around: Surroundings) -> Iterator[Problem]:
    uses = outcomes.uses(around)
    for key in content.processes:
        process = around.drawn.get(key)
        if process is None or process.package.files.get(f"{key}.bpmn") != content.files.get(f"{key}.bpmn"):
            continue  # what cannot be read is a problem; the version in force stands for it
        problems = [*_of_expressions(around, process), *_of_fields(process), *_of_decisions(around, process, uses)]
        problems += [
            *_not_judged(around, process),
            *_of_texts(around, process),
            *_of_limits(around, process),
            *outcomes.check(around, process, uses),
        ]
        problems += [
            replace(problem, file=f"{key}.bpmn") for problem in pictures.leftovers(content.bpmn(key), process.diagram)
        ]
        for problem in sorted(problems, key=lambda problem: problem.line):
            yield problem if problem.file == f"{key}.bpmn" else replace(problem, line=0)


def _of_expressions(around: Surroundings, process: Drawn) -> Iterator[Problem]:
    for expression in expressions(around, process):
        for doubt in doubts(expression):
            finding = _told_apart(doubt, around, process, expression.element_id)
            if finding.rule == "set_later" and _is_kept(expression, finding.values["variable"], around, process):
                continue
            yield _found(expression, finding, expression.file or f"{process.key}.bpmn")
    yield from _never_asked(around, process)


def _not_judged(around: Surroundings, process: Drawn) -> Iterator[Problem]:
    """Say by which element it cannot be known what is set, so that of names only those are told that look like a known one."""
    source = around.unknown_source(process.key)
    if source is not None:
        values = {"name": source.name}
        yield Problem(source.line, source.id, "names_not_judged", values, f"{process.key}.bpmn", warning=True)


def _never_asked(around: Surroundings, process: Drawn) -> Iterator[Problem]:
    """Yield conditions of an exclusive gateway that those before them have answered; they are asked in the order in which the flows stand in the file."""
    for gateway in process.diagram.elements.values():
        if gateway.type != "exclusiveGateway":
            continue
        flows = [flow for flow in process.diagram.outgoing(gateway.id) if flow.condition and flow.id != gateway.default]
        names = around.at(process.key, gateway.id)
        for later, earlier in satisfiability.answered_before([flow.condition for flow in flows], names):
            flow = flows[later]
            values = {"name": flow.name, "gateway": gateway.name or gateway.id, "text": flow.condition[:MOST_TEXT]}
            rule = "answered_before_by" if earlier >= 0 else "answered_before"
            earlier_flow = (
                {"other": flows[earlier].name or flows[earlier].condition[:MOST_TEXT]} if earlier >= 0 else {}
            )
            yield Problem(flow.line, flow.id, rule, {**values, **earlier_flow}, f"{process.key}.bpmn", warning=True)


def _found(expression: PlacedExpression, doubt: Doubt, file: str) -> Problem:
    common = {
        "name": expression.name,
        "place": expression.place,
        **({"field": expression.field} if expression.field else {}),
        **(
            dict(zip(("paragraph", "paragraph_en"), expression.paragraph, strict=True))
            if any(expression.paragraph)
            else {}
        ),
    }
    values = {**common, **doubt.values, "text": expression.text[:MOST_TEXT]}
    warning = not certainty.fails(doubt.rule, expression.names)
    return Problem(expression.line, expression.element_id, doubt.rule, values, file, warning)


def of_form(form: Form) -> list[Problem]:
    """Return what is found in a form that stands alone: its expressions see its own fields, and variables that nobody can tell."""
    expressions = of_fields(form, NOWHERE, Names({}, complete=False))
    return [_found(expression, _with_near(doubt), "") for expression in expressions for doubt in doubts(expression)]


def _of_fields(process: Drawn) -> Iterator[Problem]:
    """Yield fields that can hardly be meant, whatever the variables are."""
    for element in process.diagram.elements.values():
        form = form_of(process.package, element) if element.type == "userTask" else None
        for problem in form_lint.warnings(form) if form is not None else ():
            file = f"forms/{element.properties.get('form', '')}.form"
            yield replace(problem, line=element.line, element_id=element.id, file=file)


def _of_texts(around: Surroundings, process: Drawn) -> Iterator[Problem]:
    """Yield placeholders that nothing fills in, and those of a message's wording that nothing is given for."""
    for element in process.diagram.elements.values():
        names = around.at(process.key, element.id)
        form = form_of(process.package, element) if element.type == "userTask" else None
        for finding in placeholders.check(element, form, names):
            file = f"forms/{element.properties.get('form', '')}.form" if "field" in finding.values else ""
            values = {"name": element.name, **finding.values}
            rule = f"{finding.rule}_near" if finding.values["near"] else finding.rule
            warning = not certainty.fails(rule)
            yield Problem(element.line, element.id, rule, values, file or f"{process.key}.bpmn", warning)


def _of_limits(around: Surroundings, process: Drawn) -> Iterator[Problem]:
    """Warn of a limit of the whole case where the process is called: it counts for a case of its own, and there that of the caller does."""
    callers = ", ".join(sorted({key for key, _element in around.calls_of(process.key)}))
    for element in process.diagram.elements.values():
        if callers and element.type == "startEvent" and element.properties.get("due"):
            values = {"name": element.name, "callers": callers}
            yield Problem(element.line, element.id, "limit_when_called", values, f"{process.key}.bpmn", warning=True)


def doubts(expression: PlacedExpression) -> list[Doubt]:
    """Return what is doubtful in an expression, and in what it gives to what takes it."""
    findings: list[Doubt] = []
    try:
        result_type = feel.judge(expression.text)(expression.names, findings)
    except FeelSyntaxError:  # told as a problem
        return []
    findings += _unfit(expression, result_type)
    if expression.place in CONDITIONS and not findings:
        rule = satisfiability.fixed(expression.text, expression.names)
        findings += [Doubt(rule)] if rule else []
    return [worded(doubt, expression.text) for doubt in findings if doubt.rule not in pattern_lint.RULES]


def _unfit(expression: PlacedExpression, result_type: Type) -> Iterator[Doubt]:
    """Hold what the whole expression gives against what takes it."""
    expected = expression.wanted
    if not result_type.is_known or not expected.is_known:
        return
    about = {"variable": result_type.said, "type": _kinds(result_type)}
    if result_type.kinds.isdisjoint(expected.kinds):
        if expression.place in NEEDS:
            yield Doubt("unfit_here", {**about, "wanted": NEEDS[expression.place]})
            return
        rule = "unfit" if expression.takes and expression.place != "hide" else "no_condition_type"
        yield Doubt(rule, {**about, "takes": expression.takes, "wanted": _kinds(expected)})
    elif result_type.values is not None and expected.values is not None:
        missing = result_type.values - expected.values
        for value in sorted(missing if result_type.literal or missing == result_type.values else ()):
            near = nearest(value, expected.values)
            yield Doubt("not_offered", {"variable": expression.takes, "value": value, "near": near})


def _kinds(judged_type: Type) -> str:
    return ", ".join(sorted(judged_type.kinds - {"null"}))


def _told_apart(doubt: Doubt, around: Surroundings, process: Drawn, element_id: str) -> Doubt:
    """Tell a name that is set, but not on any way that leads here, as that; one that looks like another, with that one."""
    if doubt.rule == "unknown_name":
        later = around.set_later(process.key, element_id, doubt.values["variable"])
        if later is not None:
            return Doubt("set_later", {**doubt.values, "by": later.name or later.id})
    return _with_near(doubt)


def _is_kept(expression: PlacedExpression, variable: str, around: Surroundings, process: Drawn) -> bool:
    """Tell whether a form may be filled in again: the expression stands at the field that keeps the variable, or another step with that form knows it."""
    if expression.field == variable:
        return True
    steps = [
        element
        for element in process.diagram.elements.values()
        if expression.file and f"forms/{element.properties.get('form', '')}.form" == expression.file
    ]
    return any(variable in around.seen(process.key, element.id) for element in steps)


def _with_near(doubt: Doubt) -> Doubt:
    if doubt.rule in ("unknown_name", "unknown_part", "not_offered", "not_listed") and doubt.values["near"]:
        return Doubt(f"{doubt.rule}_near", doubt.values)
    return doubt


def _of_decisions(around: Surroundings, process: Drawn, uses: outcomes.Uses) -> Iterator[Problem]:
    elements = [element for element in process.diagram.elements.values() if element.type == "businessRuleTask"]
    for element in elements:
        model_and_decision = decision_of(process.package, element)
        if model_and_decision is None:
            continue
        file = f"decisions/{element.decision}.dmn"
        names = around.at(process.key, element.id)
        every = tables.doubts(*model_and_decision, names, asked_for=uses.is_read(element.result_variable))
        findings = [doubt for doubt in every if doubt.rule not in pattern_lint.RULES]
        for problem in told_of_table([_told_apart(doubt, around, process, element.id) for doubt in findings], names):
            values = {"name": element.name, **problem.values}
            yield replace(problem, line=element.line, element_id=element.id, values=values, file=file)


def told_of_table(findings: list[Doubt], names: Names) -> Iterator[Problem]:
    """Yield what is doubtful in a table over variables of these names, without a place in a diagram."""
    for doubt in findings:
        finding = _with_near(doubt)
        yield Problem(0, "", finding.rule, finding.values, warning=not certainty.fails(finding.rule, names))
