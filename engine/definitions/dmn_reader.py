"""Walks the tree of a DMN file, one method for each of its elements: compiles every expression and gathers every problem. What a decision does is in `language.decisions`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from engine.definitions.dmn_boxed import EXPRESSIONS, NotBoxed, Writer
from engine.definitions.dmn_boxed import names as boxed_names
from engine.definitions.dmn_parts import (
    NO_HEADS,
    Heads,
    child,
    children,
    heading_of,
    heads_of,
    id_of,
    is_feel,
    manual_refs,
    spaced,
    text_of,
)
from engine.definitions.dmn_types import shapes
from engine.ground import xml
from engine.ground.errors import InvalidDefinition, Problem
from engine.language import feel
from engine.language.calendar import Calendar
from engine.language.decisions import AGGREGATIONS, POLICIES, DecisionTable, Input, Output, Rule
from engine.language.feel import ANY, CHARGE, Expression, FeelLimit, FeelSyntaxError, FeelValue, Function, Scope, Shape
from engine.language.feel.shapes import named

T = TypeVar("T")
MOST = {"decision": 2_000, "businessKnowledgeModel": 200, "inputData": 500}
MOST_RULES = 2_000
MOST_CELLS = 10_000
MOST_COLUMNS = 200
ORDERED = frozenset({"PRIORITY", "OUTPUT ORDER"})
EMPTY = " null"  # what a cell of a result left empty gives; one that says null has no blank before it


@dataclass(frozen=True)
class Found:
    """One decision as read: the ids of those it requires, and the ids of the manual it names."""

    id: str
    name: str
    logic: DecisionTable | Expression
    requires: tuple[str, ...]
    manual_refs: tuple[str, ...]
    heads: Heads = NO_HEADS
    shape: Shape = ANY


@dataclass(frozen=True)
class Reading:
    """What a file holds: the decisions that can be executed, in document order, and why others cannot, by their id.

    `names` are known to every expression, `functions` are those that the file's own knowledge models make, and `unbound` what these name beside their parameters (model, name, parameters). Problems of such a model stand under the empty id.
    """

    found: list[Found]
    refused: dict[str, list[Problem]]
    names: frozenset[str]
    functions: tuple[Function, ...]
    unbound: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    inputs: tuple[tuple[str, Shape], ...] = ()


def read(root: xml.Element) -> Reading:
    """Return the decisions of a DMN tree. Errors: MalformedXml; InvalidDefinition when the file as a whole cannot be read."""
    if xml.local(root) != "definitions":
        raise xml.MalformedXml(line=root.sourceline or 0, why="no_dmn")
    reader = _Reader(root)
    if not reader.is_readable():
        raise InvalidDefinition(problems=reader.refused[""])
    decisions = reader.decisions()
    names, functions = frozenset(reader.names | reader.shapes.keys()), tuple(reader.functions.values())
    return Reading(decisions, reader.refused, names, functions, tuple(reader.unbound), reader.inputs())


class _Reader:
    def __init__(self, root: xml.Element) -> None:
        self.root = root
        self.refused: dict[str, list[Problem]] = {}
        self.unbound: list[tuple[str, str, tuple[str, ...]]] = []
        self.inside = ""
        self.place: dict[str, Any] = {}
        self.names = {e.get("name", "") for e in children(root, "inputData", "decision")}
        self.types = {e.get("name", ""): e for e in children(root, "itemDefinition")}
        self.shapes = shapes(root)
        self.functions: dict[str, Function] = {}
        self.cells = 0

    def problem(self, element: xml.Element, rule: str, **values: Any) -> None:
        problem = Problem(element.sourceline or 0, element.get("id", ""), rule, {**self.place, **values})
        self.refused.setdefault(self.inside, []).append(problem)

    def is_readable(self) -> bool:
        """Tell whether the file is of a size worth reading; what speaks against it is a problem."""
        for kind, most in MOST.items():
            if (count := sum(1 for _ in children(self.root, kind))) > most:
                self.problem(self.root, "too_many", kind=kind, count=count, limit=most)
        for element in self.root.iter():
            if xml.local(element) == "decisionTable":
                self._measure(element)
        return not self.refused

    def _speaks_feel(self, holder: xml.Element) -> bool:
        """Tell whether everything in a decision or knowledge model, and the file around it, is written in FEEL."""
        wrong = [e for e in (self.root, *holder.iter()) if not is_feel(e.get("expressionLanguage", "FEEL"))]
        for element in wrong:
            language = element.get("expressionLanguage", "")
            self.problem(element, "unsupported_expression_language", language=language[:80])
        return not wrong

    def _measure(self, table: xml.Element) -> None:
        rules = sum(1 for _ in children(table, "rule"))
        columns = sum(1 for _ in children(table, "input", "output"))
        entries = sum(1 for rule in children(table, "rule") for _ in children(rule, "inputEntry", "outputEntry"))
        self.cells += max(rules * columns, entries)
        if columns > MOST_COLUMNS:
            self.problem(table, "too_many", kind="column", count=columns, limit=MOST_COLUMNS)
        if rules > MOST_RULES:
            self.problem(table, "too_many", kind="rule", count=rules, limit=MOST_RULES)
        elif self.cells > MOST_CELLS:
            self.problem(table, "too_many", kind="cell", count=self.cells, limit=MOST_CELLS)

    def decisions(self) -> list[Found]:
        self._knowledge()
        decisions: dict[str, Found] = {}
        elements = self._by_id("decision")
        for id, element in elements.items():
            self.inside, self.place = id, {"table": element.get("name") or id}
            logic = self._logic(element) if self._speaks_feel(element) else None
            requires = tuple(self._required(element, elements))
            if logic is not None:
                refs = manual_refs(element, child(element, "decisionTable"))
                heads = heads_of(child(element, "decisionTable"))
                shape = self._given(element)
                decisions[id] = Found(id, element.get("name", ""), logic, requires, refs, heads, shape)
        self.place = {}
        self._ordered(elements, {name: decision.requires for name, decision in decisions.items()})
        return [decision for decision in decisions.values() if decision.id not in self.refused]

    def inputs(self) -> tuple[tuple[str, Shape], ...]:
        """Return the inputs that say of which type they are."""
        shapes_by_name = {
            e.get("name", ""): self._shape(child(e, "variable")) for e in children(self.root, "inputData")
        }
        return tuple((name, shape) for name, shape in shapes_by_name.items() if shape != ANY)

    def _given(self, element: xml.Element) -> Shape:
        """Return the type of what a decision gives: its variable's, else that of its expression."""
        shape = self._shape(child(element, "variable"))
        return shape if shape != ANY else self._shape(child(element, "literalExpression"))

    def _shape(self, element: xml.Element | None) -> Shape:
        return named(element.get("typeRef") or "", self.shapes) if element is not None else ANY

    def _by_id(self, kind: str) -> dict[str, xml.Element]:
        elements: dict[str, xml.Element] = {}
        names: set[str] = set()
        for element in children(self.root, kind):
            id = id_of(element)
            self.inside = id if kind == "decision" else ""
            if not id or id in elements:
                self.problem(element, "duplicate_id" if id else "no_id", name=element.get("name", ""))
            if element.get("name") in names:
                self.problem(element, "duplicate_name", name=element.get("name"))
            names.add(element.get("name", ""))
            elements[id] = element
        self.inside = ""
        return elements

    def _ordered(self, elements: dict[str, xml.Element], requires: dict[str, tuple[str, ...]]) -> list[str]:
        """Return ids so that each follows those it requires; what goes in a circle is a problem and left out."""
        order: list[str] = []
        waiting = dict(requires)
        while ready := [
            n
            for n, prerequisites in waiting.items()
            if not any(prerequisite in waiting for prerequisite in prerequisites)
        ]:
            for name in ready:
                order.append(name)
                del waiting[name]
        for name in waiting:
            self.inside = name if xml.local(elements[name]) == "decision" else ""
            self.problem(elements[name], "circular_requirement", name=elements[name].get("name", ""))
        return order

    def compiled(self, element: xml.Element, text: str, compiler: Callable[..., T], names: tuple[str, ...] = ()) -> T:
        """Return the compiled text; after a problem, something harmless in its place so that the reading goes on."""
        try:
            return compiler(text, names=self.names | set(names), functions=self.functions, shapes=self.shapes)
        except FeelSyntaxError as error:
            self.problem(element, "feel_syntax", **error.values)
            return compiler("null" if compiler is feel.compile else "-")

    # -- business knowledge models and decisions -----------------------------------------------------------------------

    def _knowledge(self) -> None:
        """Make functions of business knowledge models, each after those it calls."""
        elements = self._by_id("businessKnowledgeModel")
        requires = {
            name: tuple(
                ref for ref in self._references(e, "knowledgeRequirement", "requiredKnowledge") if ref in elements
            )
            for name, e in elements.items()
        }
        for name in self._ordered(elements, requires):
            self._function(elements[name])

    def _function(self, element: xml.Element) -> None:
        body = child(element, "encapsulatedLogic")
        name = element.get("name", "")
        self.place = {"table": name}
        if not self._speaks_feel(element):
            return
        problems_before = len(self.refused.get("", ()))
        formal = list(children(body, "formalParameter")) if body is not None else []
        parameters = tuple(p.get("name", "") for p in formal)
        self.names |= spaced(parameters)
        parameter_shapes = tuple(self._shape(p) for p in formal)
        result = child(body, *EXPRESSIONS)
        shape = self._shape(result)
        expression = (
            self._expression(result, parameters) if (body is None or body.get("kind", "FEEL") == "FEEL") else None
        )
        if result is None or expression is None:
            self.problem(element, "knowledge_model_not_executable", name=name)
            return
        self.unbound += [(name, variable, parameters) for variable in sorted(expression.names - set(parameters))]
        cost = 1 + len(expression.text) // CHARGE

        def run(scope: Scope, *arguments: FeelValue) -> FeelValue:
            scope.spend(cost)
            fitted = [
                parameter_shape.fitted(value)
                for parameter_shape, value in zip(parameter_shapes, arguments, strict=True)
            ]
            if any(argument is None and value is not None for argument, value in zip(fitted, arguments, strict=True)):
                return None
            return shape.fitted(expression.part_of(dict(zip(parameters, fitted, strict=True)), scope))

        if len(self.refused.get("", ())) > problems_before:
            return  # what calls it is refused as well
        self.functions[name] = Function(name, parameters, len(parameters), False, run)

    def _references(self, element: xml.Element, requirement: str, kind: str) -> Iterator[str]:
        for holder in children(element, requirement):
            for reference in children(holder, kind):
                namespace, mark, id = reference.get("href", "").rpartition("#")
                local = not namespace or namespace == self.root.get("namespace")
                yield id if local else f"{namespace}{mark}{id}"

    def _required(self, element: xml.Element, elements: dict[str, xml.Element]) -> Iterator[str]:
        for reference in self._references(element, "informationRequirement", "requiredDecision"):
            if reference in elements:
                yield reference
            else:
                self.problem(element, "unknown_requirement", href=reference)

    def _logic(self, element: xml.Element) -> DecisionTable | Expression | None:
        table = child(element, "decisionTable")
        if table is not None:
            return self._table(table)
        expression = self._expression(child(element, *EXPRESSIONS))
        if expression is None:
            self.problem(element, "decision_not_executable", name=element.get("name", ""))
        return expression

    # -- boxed expressions ---------------------------------------------------------------------------------------------

    def _expression(self, element: xml.Element | None, names: tuple[str, ...] = ()) -> Expression | None:
        """Return a literal or boxed expression, compiled; nothing for what is left out of the subset."""
        if element is None:
            return None
        if xml.local(element) == "literalExpression":
            return self._compiled_whole(element, text_of(element), names)
        problems_before = len(self.refused.get(self.inside, ()))
        self.names |= spaced(boxed_names(element))
        try:
            text = Writer(lambda inner: self._leaf(inner, names), self._parameters, self._typed).write(element)
        except NotBoxed:
            return None
        is_refused = len(self.refused.get(self.inside, ())) > problems_before
        return self._compiled_whole(element, "null" if is_refused else text, names)

    def _compiled_whole(self, element: xml.Element, text: str, names: tuple[str, ...]) -> Expression:
        expression: Expression = self.compiled(element, text, feel.compile, names)
        return expression

    def _leaf(self, element: xml.Element, names: tuple[str, ...]) -> str:
        """Return a literal as it stands, tried by itself so that a mistake is found in its place; a table as the call of a function that evaluates it."""
        if xml.local(element) == "literalExpression":
            text = text_of(element) or "null"
            self.compiled(element, text, feel.compile, names)
            return self._typed(element, f"({text}\n)")
        if xml.local(element) != "decisionTable":
            raise NotBoxed
        table = self._table(element)
        free_names = tuple(sorted(table.free_names()))
        name = f"decision table {len(self.functions) + 1}"

        def run(scope: Scope, *arguments: FeelValue) -> FeelValue:
            return table.part_of(dict(zip(free_names, arguments, strict=True)), scope).value

        self.functions[name] = Function(name, free_names, len(free_names), False, run)
        return self._typed(element, f"{name}({', '.join(free_names)})")

    def _typed(self, element: xml.Element, text: str) -> str:
        """Return an expression of which a type is said: by way of a function that holds it to it."""
        shape = self._shape(element)
        if shape == ANY:
            return text
        name = f"as {element.get('typeRef')}".replace(":", " ")
        self.functions.setdefault(name, Function(name, ("value",), 1, False, lambda scope, value: shape.fitted(value)))
        return f"{name}({text})"

    def _parameters(self, function: str) -> tuple[str, ...]:
        function_called = self.functions.get(function)
        return function_called.parameters if function_called is not None else ()

    # -- tables --------------------------------------------------------------------------------------------------------

    def _table(self, element: xml.Element) -> DecisionTable:
        policy, aggregation = element.get("hitPolicy", "UNIQUE"), element.get("aggregation", "")
        heads = [*children(element, "input"), *children(element, "output")]
        columns = [heading_of(column) or str(number) for number, column in enumerate(heads, start=1)]
        headings = iter(columns)
        inputs = tuple(self._input(column, next(headings)) for column in children(element, "input"))
        outputs = tuple(self._output(column, next(headings), element) for column in children(element, "output"))
        self.place = {"table": self.place["table"]}
        if policy not in POLICIES or aggregation not in AGGREGATIONS:
            self.problem(element, "unknown_hit_policy", policy=policy, aggregation=aggregation)
        elif aggregation and (policy != "COLLECT" or len(outputs) != 1):
            self.problem(element, "aggregation_needs_one_collected_output", policy=policy, outputs=len(outputs))
        elif policy in ORDERED and not any(output.order for output in outputs):
            self.problem(element, "priority_without_output_values", policy=policy)
        if not outputs:
            self.problem(element, "table_without_output")
        rules = tuple(
            self._rule(row, number, len(inputs), len(outputs), columns)
            for number, row in enumerate(children(element, "rule"), start=1)
        )
        return DecisionTable(inputs, outputs, rules, policy, aggregation)

    def _input(self, element: xml.Element, heading: str) -> Input:
        text = text_of(child(element, "inputExpression"))
        self.place["heading"] = heading
        if not text:
            self.problem(element, "input_without_expression")
        domain = text_of(child(element, "inputValues"))
        expression = self.compiled(element, text or "null", feel.compile)
        return Input(expression, self.compiled(element, domain, feel.compile_unary) if domain else None)

    def _output(self, element: xml.Element, heading: str, table: xml.Element) -> Output:
        self.place["heading"] = heading
        domain = text_of(child(element, "outputValues")) or self._allowed(element, table)
        default = text_of(child(element, "defaultOutputEntry"))
        return Output(
            element.get("name", ""),
            self._values(element, domain) if domain else (),
            self.compiled(element, default, feel.compile) if default else None,
            self._shape(element),
        )

    def _allowed(self, element: xml.Element, table: xml.Element) -> str:
        definition = self.types.get(element.get("typeRef") or table.get("typeRef") or "")
        return text_of(child(definition, "allowedValues"))

    def _values(self, element: xml.Element, text: str) -> tuple[FeelValue, ...]:
        """Return the listed values, the first being of highest priority; none when the list is made of ranges or comparisons."""
        self.compiled(element, text, feel.compile_unary)
        try:
            expression = feel.compile(f"[{text}]")
        except FeelSyntaxError:
            return ()
        nowhere = Scope(datetime(2000, 1, 1, tzinfo=UTC), Calendar(frozenset(), frozenset()))
        try:
            values = expression.evaluate({}, scope=nowhere) if not expression.names else ()
        except FeelLimit as error:
            self.problem(element, "values_without_end", **error.values)
            return ()
        return tuple(values) if isinstance(values, list) else ()

    def _rule(self, element: xml.Element, number: int, inputs: int, outputs: int, columns: list[str]) -> Rule:
        cells, results = list(children(element, "inputEntry")), list(children(element, "outputEntry"))
        self.place["row"] = number
        if len(cells) != inputs or len(results) != outputs:
            self.problem(element, "row_does_not_fit", inputs=len(cells), outputs=len(results))
        headings = iter(columns)

        def compiled(cell: xml.Element, empty: str, compiler: Callable[..., T]) -> T:
            self.place |= {"row": number, "heading": next(headings, "")}
            return self.compiled(cell, text_of(cell) or empty, compiler)

        tests = tuple(compiled(cell, "-", feel.compile_unary) for cell in cells)
        entries = tuple(compiled(cell, EMPTY, feel.compile) for cell in results)
        self.place = {"table": self.place["table"]}
        remarks = [text_of(remark) for remark in children(element, "annotationEntry")]
        return Rule(
            element.get("id", ""),
            tests,
            entries,
            "; ".join(remark for remark in remarks if remark) or text_of(element, "description"),
            manual_refs(element),
        )
