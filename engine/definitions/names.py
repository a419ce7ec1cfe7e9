"""Whether everything that a process asks for can be there: names that nothing sets, values that nobody offers, types that do not go together.

Nearly all of it is a warning: a message or a later version may bring what cannot be seen from here. What cannot but fail, however a case goes, is none:
a condition that asks for what nothing sets, a parameter that must have a value and never has, a wording that does not exist or lacks what it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from engine import handlers
from engine.definitions import filling, matching, pictures, placeholders, tables
from engine.definitions.asked import NOWHERE, Asked, expressions, of_fields
from engine.definitions.package import Package
from engine.definitions.surroundings import Drawn, Same, Surroundings, decision_of, form_of, kept
from engine.definitions.tables import worded
from engine.errors import Problem
from engine.language import feel
from engine.language.feel import Doubt, FeelSyntaxError, Names
from engine.language.feel.inferred import Type, nearest
from engine.language.forms import Form

MOST_FOUND = 200
MOST_KEPT = 64
MOST_TEXT = 60
LITERAL = re.compile(r'\s*"[^"]*"\s*')
NOTHING: Mapping[str, str] = MappingProxyType({})
TIMES = "date and time, days and time duration"
NEEDS = {
    "due": TIMES,
    "timer": TIMES,
    "inputCollection": "list",
}  # places that are called by what they are, not by a name


def check(content: Package, others: Iterable[Package] = (), started: Mapping[str, str] = NOTHING) -> list[Problem]:
    """Every warning about the processes of a package, at most MOST_FOUND.

    Shape: `others` are the packages in force, whose processes may call these; `started` are the variables a case begins with, name → FEEL type.
    """
    topics = frozenset(handlers.registered())
    return list(_checked(Same(content), tuple(map(Same, others)), tuple(sorted(started.items())), topics))


@lru_cache(maxsize=MOST_KEPT)
def _checked(
    same: Same, others: tuple[Same, ...], started: tuple[tuple[str, str], ...], topics: frozenset[str]
) -> tuple[Problem, ...]:
    """Kept, because an editor asks about the same draft again and again."""
    around = kept(same, others, started, topics)
    found: dict[tuple[Any, ...], Problem] = {}
    for problem in _problems(same.package, around):
        found.setdefault((problem.file, problem.element_id, problem.rule, repr(problem.values)), problem)
        if len(found) >= MOST_FOUND:
            break
    return tuple(found.values())


def _problems(content: Package, around: Surroundings) -> Iterator[Problem]:
    read = _read(around)
    for key in content.processes:
        drawn = around.drawn.get(key)
        if drawn is None or drawn.package.files.get(f"{key}.bpmn") != content.files.get(f"{key}.bpmn"):
            continue  # what cannot be read is a problem; the version in force stands for it
        listed = [*_of_expressions(around, drawn), *_of_fields(drawn), *_of_decisions(around, drawn, read)]
        listed += [*_of_texts(around, drawn), *_of_limits(around, drawn)]
        listed += [replace(one, file=f"{key}.bpmn") for one in pictures.leftovers(content.bpmn(key), drawn.diagram)]
        for one in sorted(listed, key=lambda one: one.line):
            yield one if one.file == f"{key}.bpmn" else replace(one, line=0)


def _of_expressions(around: Surroundings, drawn: Drawn) -> Iterator[Problem]:
    for asked in expressions(around, drawn):
        for doubt in doubts(asked):
            told = _told_apart(doubt, around, drawn)
            found = _warning(asked, told, asked.file or f"{drawn.key}.bpmn")
            yield replace(found, warning=not _fails(asked, told, drawn))


def _fails(asked: Asked, told: Doubt, drawn: Drawn) -> bool:
    """Whether a case that comes here cannot but go wrong, or never go the way that is drawn."""
    unknown = told.rule.startswith("unknown_name")
    if asked.field or (not unknown and not told.rule.startswith("not_offered")):
        return False
    if asked.place == "condition":
        return unknown
    element = drawn.diagram.elements.get(asked.element_id)
    known = handlers.registered().get(element.topic) if element is not None else None
    taken = known.takes.fields.get(asked.place) if known is not None else None
    if taken is None:
        return False
    alone = asked.text.strip() == told.values["variable"]
    return alone and taken.required if unknown else LITERAL.fullmatch(asked.text) is not None


def _warning(asked: Asked, told: Doubt, file: str) -> Problem:
    common = {"name": asked.name, "place": asked.place, **({"field": asked.field} if asked.field else {})}
    values = {**common, **told.values, "text": asked.text[:MOST_TEXT]}
    return Problem(asked.line, asked.element_id, told.rule, values, file, warning=True)


def of_form(form: Form) -> list[Problem]:
    """The warnings about a form that stands alone: its expressions see its own fields, and variables that nobody can tell."""
    listed = of_fields(form, NOWHERE, Names({}, complete=False))
    return [_warning(asked, _with_near(doubt), "") for asked in listed for doubt in doubts(asked)]


def _of_fields(drawn: Drawn) -> Iterator[Problem]:
    """Fields that can hardly be meant, whatever the variables are."""
    for element in drawn.diagram.elements.values():
        form = form_of(drawn.package, element) if element.type == "userTask" else None
        for one in filling.warnings(form) if form is not None else ():
            file = f"forms/{element.properties.get('form', '')}.form"
            yield replace(one, line=element.line, element_id=element.id, file=file)


def _of_texts(around: Surroundings, drawn: Drawn) -> Iterator[Problem]:
    """Placeholders that nothing fills in, and those of a message's wording that nothing is given for."""
    for element in drawn.diagram.elements.values():
        names = around.at(drawn.key, element.id)
        form = form_of(drawn.package, element) if element.type == "userTask" else None
        for told in placeholders.check(element, form, names):
            file = f"forms/{element.properties.get('form', '')}.form" if "field" in told.values else ""
            values = {"name": element.name, **told.values}
            rule = f"{told.rule}_near" if told.values["near"] else told.rule
            fails = told.rule == "placeholder_without_value"
            yield Problem(element.line, element.id, rule, values, file or f"{drawn.key}.bpmn", warning=not fails)


def _of_limits(around: Surroundings, drawn: Drawn) -> Iterator[Problem]:
    """A limit of the whole case counts for a case of its own; where the process is called, that of the caller does."""
    callers = ", ".join(sorted({key for key, _element in around.calls_of(drawn.key)}))
    for element in drawn.diagram.elements.values():
        if callers and element.type == "startEvent" and element.properties.get("due"):
            values = {"name": element.name, "callers": callers}
            yield Problem(element.line, element.id, "limit_when_called", values, f"{drawn.key}.bpmn", warning=True)


def doubts(asked: Asked) -> list[Doubt]:
    """What is doubtful in an expression, and in what it gives to what takes it."""
    found: list[Doubt] = []
    try:
        given = feel.judge(asked.text)(asked.names, found)
    except FeelSyntaxError:  # told as a problem
        return []
    found += _unfit(asked, given)
    return [worded(one, asked.text) for one in found if one.rule not in matching.RULES]


def _unfit(asked: Asked, given: Type) -> Iterator[Doubt]:
    """What the whole expression gives, against what takes it."""
    wanted = asked.wanted
    if not given.is_known or not wanted.is_known:
        return
    about = {"variable": given.said, "type": _kinds(given)}
    if given.kinds.isdisjoint(wanted.kinds):
        if asked.place in NEEDS:
            yield Doubt("unfit_here", {**about, "wanted": NEEDS[asked.place]})
            return
        rule = "unfit" if asked.takes and asked.place != "hide" else "no_condition_type"
        yield Doubt(rule, {**about, "takes": asked.takes, "wanted": _kinds(wanted)})
    elif given.values is not None and wanted.values is not None:
        missing = given.values - wanted.values
        for value in sorted(missing if given.literal or missing == given.values else ()):
            near = nearest(value, wanted.values)
            yield Doubt("not_offered", {"variable": asked.takes, "value": value, "near": near})


def _kinds(found: Type) -> str:
    return ", ".join(sorted(found.kinds - {"null"}))


def _told_apart(doubt: Doubt, around: Surroundings, drawn: Drawn) -> Doubt:
    """A name that is set, but not on any way that leads here, is told as that; one that looks like another, with that one."""
    if doubt.rule == "unknown_name":
        later = around.set_by(drawn.key, doubt.values["variable"])
        if later:
            return Doubt("set_later", {**doubt.values, "by": later[0].name or later[0].id})
    return _with_near(doubt)


def _with_near(doubt: Doubt) -> Doubt:
    if doubt.rule in ("unknown_name", "unknown_part", "not_offered", "not_listed") and doubt.values["near"]:
        return Doubt(f"{doubt.rule}_near", doubt.values)
    return doubt


def _of_decisions(around: Surroundings, drawn: Drawn, read: frozenset[str]) -> Iterator[Problem]:
    elements = [one for one in drawn.diagram.elements.values() if one.type == "businessRuleTask"]
    for element in elements:
        found = decision_of(drawn.package, element)
        if found is None:
            continue
        file = f"decisions/{element.decision}.dmn"
        names = around.at(drawn.key, element.id)
        every = tables.doubts(*found, names, asked_for=element.result_variable in read)
        told = [one for one in every if one.rule not in matching.RULES]
        for one in told_of_table([_told_apart(doubt, around, drawn) for doubt in told]):
            values = {"name": element.name, **one.values}
            yield replace(one, line=element.line, element_id=element.id, values=values, file=file)


def told_of_table(found: list[Doubt]) -> Iterator[Problem]:
    """What is doubtful in a table, as warnings without a place in a diagram."""
    for doubt in found:
        told = _with_near(doubt)
        yield Problem(0, "", told.rule, told.values, warning=True)


def _read(around: Surroundings) -> frozenset[str]:
    """The variables that any process reads."""
    asked = (one for drawn in around.drawn.values() for one in expressions(around, drawn))
    return frozenset(name for one in asked for name in _names_in(one.text))


@lru_cache(maxsize=4_096)
def _names_in(text: str) -> frozenset[str]:
    try:
        return feel.compile(text).names
    except FeelSyntaxError:
        return frozenset()
