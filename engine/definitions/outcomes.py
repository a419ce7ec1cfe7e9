"""Whether what a decision gives is asked for: values that look like one that is, several that nothing tells apart, columns that nothing reads.

A column of texts that nothing reads may be for the record, which shows it as the reason; one of numbers or of yes and no was meant to be asked.
What a variable is held against is looked for in every process of the office, by its name; a value that goes on under another name counts as asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from engine.definitions.dmn import Decision, Model
from engine.definitions.expressions import expressions
from engine.definitions.surroundings import Drawn, Surroundings, decision_of
from engine.ground.errors import Problem
from engine.language import feel
from engine.language.decisions import SINGLE, DecisionTable
from engine.language.feel import FeelSyntaxError, Use
from engine.language.feel.uses import INPUT, ONE_OF, VALUE, WHETHER

SHORT, LONG = 4, 8
MOST_WRONG = 2
FEWEST_ASKED = 2  # so many results have to be asked for that one more is more likely a mistake than the rest
CODE = re.compile(r"[A-Za-z0-9_-]+")
Row = tuple[int, str]


@dataclass(frozen=True)
class Uses:
    """How the variables of an office are used, by path."""

    by_path: dict[str, frozenset[Use]]

    def is_read(self, variable: str) -> bool:
        """Tell whether anything asks for a variable or a part of it."""
        return any(path == variable or path.startswith(f"{variable}.") for path in self.by_path)

    def of(self, path: str) -> frozenset[Use]:
        """Return the uses of exactly this path."""
        return self.by_path.get(path, frozenset())

    def is_taken_whole(self, variable: str) -> bool:
        """Tell whether the variable itself goes on somewhere, with all of its parts."""
        return any(use.how != WHETHER for use in self.of(variable))


def uses(around: Surroundings) -> Uses:
    """Return all uses in the processes of an office."""
    uses_by_path: dict[str, set[Use]] = {}
    for process in around.drawn.values():
        for use in (*_of_expressions(around, process), *_of_decisions(process)):
            uses_by_path.setdefault(use.path, set()).add(use)
    return Uses({path: frozenset(own) for path, own in uses_by_path.items()})


def _of_expressions(around: Surroundings, process: Drawn) -> Iterator[Use]:
    for expression in expressions(around, process):
        for use in _used(expression.text):
            is_code = use.how == VALUE and use.path == expression.text.strip() and expression.wanted.values is not None
            yield Use(use.path, ONE_OF, tuple(sorted(expression.wanted.values or ()))) if is_code else use


def _of_decisions(process: Drawn) -> Iterator[Use]:
    for element in process.diagram.elements.values():
        model_and_decision = decision_of(process.package, element) if element.type == "businessRuleTask" else None
        for decision in model_and_decision[0].decisions.values() if model_and_decision is not None else ():
            yield from _of_decision(model_and_decision[0], decision) if model_and_decision is not None else ()


def _of_decision(model: Model, decision: Decision) -> Iterator[Use]:
    if not isinstance(decision.logic, DecisionTable):
        yield from _used(decision.logic.text, model)
        return
    table = decision.logic
    for number, column in enumerate(table.inputs):
        own = _used(column.expression.text, model)
        path = next((use.path for use in own if use.path == column.expression.text.strip()), "")
        yield from (use for use in own if use.path != path)
        for rule in table.rules:
            tested = _used(rule.tests[number].text, model, cell=True)
            yield from (Use(path or use.path, use.how, use.literals) for use in tested if path or use.path != INPUT)
    results = [result.text for rule in table.rules for result in rule.outputs]
    for text in [*results, *(output.default.text for output in table.outputs if output.default is not None)]:
        yield from _used(text, model)


def _used(text: str, model: Model | None = None, *, cell: bool = False) -> Iterable[Use]:
    reading = feel.uses_of_tests if cell else feel.uses_of
    try:
        return reading(text, model.names, model.functions) if model is not None else reading(text)
    except FeelSyntaxError:  # told as a problem
        return ()


def check(around: Surroundings, process: Drawn, uses: Uses) -> Iterator[Problem]:
    """Yield the warnings about what the decisions of a process give."""
    for element in process.diagram.elements.values():
        model_and_decision = decision_of(process.package, element) if element.type == "businessRuleTask" else None
        if (
            model_and_decision is None
            or element.multi_instance is not None
            or not isinstance(model_and_decision[1].logic, DecisionTable)
        ):
            continue
        for rule, values in _of_table(
            model_and_decision[1], model_and_decision[1].logic, element.result_variable, uses
        ):
            values_of_problem = {
                "name": element.name,
                "table": model_and_decision[1].name or model_and_decision[1].id,
                **values,
            }
            file = f"decisions/{element.decision}.dmn"
            yield Problem(element.line, element.id, rule, values_of_problem, file, warning=True)


def _of_table(
    decision: Decision, table: DecisionTable, variable: str, uses: Uses
) -> Iterator[tuple[str, dict[str, Any]]]:
    whole = uses.is_taken_whole(variable)
    for number, output in enumerate(table.outputs):
        several = len(table.outputs) > 1
        path = f"{variable}.{output.name}" if several else variable
        heading = decision.heads.outputs[number][0]
        if not uses.is_read(path) and not (several and whole) and not _is_for_the_record(table, number):
            yield "result_never_read", {"heading": heading, "variable": path}
        results = list(_given(table, number))
        yield from ((rule, {"heading": heading, **values}) for rule, values in _odd_ones(results, uses.of(path)))
        if table.policy in SINGLE and uses.is_read(path):
            free = any(use.how == VALUE for use in uses.of(path)) or (several and whole)
            for rule, values in _unasked(results, uses.of(path), free=free, last=len(table.rules)):
                yield rule, {"heading": heading, "variable": path, **values}


def _is_for_the_record(table: DecisionTable, number: int) -> bool:
    """Tell whether every result of a column that is written out is a text."""
    literals = [feel.points_of(rule.outputs[number].text) for rule in table.rules]
    values = [value for points in literals if points is not None for value in points.values if value is not None]
    return not values or all(isinstance(value, str) for value in values)


def _given(table: DecisionTable, number: int) -> Iterator[Row]:
    """Yield (row, text) of the results that are texts."""
    for row, rule in enumerate(table.rules, start=1):
        points = feel.points_of(rule.outputs[number].text)
        for value in points.values if points is not None else ():
            if isinstance(value, str):
                yield row, value


def _odd_ones(results: list[Row], uses: Iterable[Use]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield results that stand once in their column and are a slip of the pen away from one that stands there more often; those that are asked for are none."""
    occurrences = Counter(value for _row, value in results)
    codes = {value for use in uses if use.how == ONE_OF for value in use.literals}
    often = [value for value, count in occurrences.items() if count > 1]
    for row, value in results:
        near = meant(value, often) if occurrences[value] == 1 and value not in codes else ""
        if near and near not in codes:
            yield "result_like_another", {"row": row, "value": value, "near": near}


def _unasked(results: list[Row], uses: Iterable[Use], *, free: bool, last: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield results that nothing asks for; the one of the `last` rule, or of several, is the rest that a default flow takes."""
    codes = {value for use in uses if use.how == ONE_OF for value in use.literals if isinstance(value, str)}
    if not codes:
        return
    rows_of_unasked: dict[str, list[int]] = {}
    for row, value in results:
        near = meant(value, codes)
        if value not in codes and near:
            yield "result_misspelt", {"row": row, "value": value, "near": near}
        elif value not in codes:
            rows_of_unasked.setdefault(value, []).append(row)
    codes_in_use = sorted(codes & {value for _row, value in results})
    if not free and len(rows_of_unasked) > 1:
        values = ", ".join(f"“{value}”" for value in rows_of_unasked)
        yield "results_not_told_apart", {"value": values}
    elif len(codes_in_use) >= FEWEST_ASKED:
        for value, rows in rows_of_unasked.items():
            if len(rows) == 1 and rows[0] != last:
                listing = ", ".join(f"“{code}”" for code in codes_in_use)
                yield "result_unasked", {"row": rows[0], "value": value, "known": listing}


def meant(value: str, codes: Iterable[str]) -> str:
    """Return the known text that another is a slip of the pen away from: one letter wrong, missing, too much, or two that changed places; empty when none is.

    Numbers tell things apart, and so does a syllable before (`eligible`, `ineligible`): these are no slips. Only codes are judged, for one sign of a
    sentence may change its meaning.
    """
    if not CODE.fullmatch(value):
        return ""
    for code in sorted(codes):
        tolerance = 0 if len(code) < SHORT else 1 if len(code) < LONG else MOST_WRONG
        if value == code or _digits(value) != _digits(code) or value.endswith(code) or code.endswith(value):
            continue
        exchanged = len(code) < SHORT and len(set(code)) > 2 and sorted(value) == sorted(code)
        if exchanged or _plain(value) == _plain(code) or (tolerance and _distance(value, code) <= tolerance):
            return code
    return ""


def _digits(text: str) -> list[str]:
    return [letter for letter in text if letter.isdigit()]


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _distance(a: str, b: str) -> int:
    """Return how many letters are wrong, missing, too many or exchanged; more than MOST_WRONG are not counted."""
    if abs(len(a) - len(b)) > MOST_WRONG:
        return MOST_WRONG + 1
    before, row = [0] * (len(b) + 1), list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        above, row, older = row, [i], before
        for j, letter_b in enumerate(b, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != letter_b))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == letter_b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        before = above
    return row[-1]
