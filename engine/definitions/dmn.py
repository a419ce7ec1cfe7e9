"""DMN files read into decisions: tables, literal expressions, and the functions of business knowledge models. Versions 1.2 to 1.5."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine import xml
from engine.errors import InvalidDefinition, NotFound, Problem
from engine.language import feel
from engine.language.decisions import (
    AGGREGATIONS,
    POLICIES,
    CircularDecision,
    DecisionTable,
    Input,
    Outcome,
    Output,
    Rule,
)
from engine.language.feel import Expression, FeelSyntaxError, Scope
from engine.language.feel.functions import Function


class UnknownDecision(NotFound):
    """The file holds no such decision."""


@dataclass(frozen=True)
class Decision:
    """One decision: its logic, and the variables and decisions it requires, by name."""

    id: str
    name: str
    logic: DecisionTable | Expression
    requires: tuple[str, ...] = ()
    manual_refs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """A DMN file. `decisions` finds each by its id; evaluation finds them by name as well."""

    decisions: dict[str, Decision]
    inputs: dict[str, str] = field(default_factory=dict)

    def find(self, decision: str) -> Decision:
        """A decision by id or name. Errors: UnknownDecision."""
        if decision in self.decisions:
            return self.decisions[decision]
        for known in self.decisions.values():
            if known.name == decision:
                return known
        raise UnknownDecision(decision=decision)

    def evaluate(self, decision: str, variables: Mapping[str, Any], *, scope: Scope) -> Outcome:
        """Evaluate a decision and those it requires. Errors: UnknownDecision, SeveralRulesMatch, RulesDisagree, CircularDecision."""
        return self._evaluate(self.find(decision), variables, scope, ())

    def _evaluate(
        self, decision: Decision, variables: Mapping[str, Any], scope: Scope, above: tuple[str, ...]
    ) -> Outcome:
        if decision.id in above:
            raise CircularDecision(decision=decision.id)
        known = dict(variables)
        for required in decision.requires:
            inner = self.decisions[required]
            known[inner.name] = self._evaluate(inner, variables, scope, (*above, decision.id)).value
        if isinstance(decision.logic, DecisionTable):
            return decision.logic.evaluate(known, scope)
        shown = {name: known.get(name) for name in sorted(decision.logic.names)}
        return Outcome(decision.logic.evaluate(known, scope=scope), (), shown)


def parse(content: bytes) -> Model:
    """Read a DMN file; every expression is compiled now. Errors: MalformedXml, InvalidDefinition with every problem."""
    root = xml.parse(content)
    if xml.local(root) != "definitions":
        raise xml.MalformedXml(line=root.sourceline or 0, why="no_dmn")
    reader = _Reader(root)
    model = reader.model()
    if reader.problems:
        raise InvalidDefinition(problems=reader.problems)
    return model


class _Reader:
    """Walks a DMN tree and gathers its problems."""

    def __init__(self, root: xml.Element) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.by_id = {e.get("id", ""): e for e in root if e.get("id")}
        self.names = {e.get("name", "") for e in root if xml.local(e) in ("inputData", "decision")}
        self.types = {e.get("name", ""): e for e in root if xml.local(e) == "itemDefinition"}
        self.functions: dict[str, Function] = {}

    def model(self) -> Model:
        for element in self._children(self.root, "businessKnowledgeModel"):
            self._knowledge(element)
        decisions = {e.get("id", ""): self._decision(e) for e in self._children(self.root, "decision")}
        return Model({key: found for key, found in decisions.items() if found is not None}, {})

    def _children(self, element: xml.Element, *names: str) -> Iterator[xml.Element]:
        return (child for child in element if xml.local(child) in names)

    def _child(self, element: xml.Element, *names: str) -> xml.Element | None:
        return next(self._children(element, *names), None)

    def _problem(self, element: xml.Element, rule: str, **values: Any) -> None:
        self.problems.append(Problem(element.sourceline or 0, element.get("id", ""), rule, values))

    def _text(self, element: xml.Element | None) -> str:
        holder = self._child(element, "text") if element is not None else None
        return (holder.text or "").strip() if holder is not None else ""

    def _compiled(
        self, element: xml.Element, text: str, compiler: Callable[..., Any], names: set[str] | None = None
    ) -> Any:
        try:
            return compiler(text, names=self.names | (names or set()), functions=self.functions)
        except FeelSyntaxError as error:
            self._problem(element, "feel_syntax", **error.values)
            return compiler("null" if compiler is feel.compile else "-")

    def _knowledge(self, element: xml.Element) -> None:
        body = self._child(element, "encapsulatedLogic")
        literal = self._child(body, "literalExpression") if body is not None else None
        if body is None or literal is None:
            self._problem(element, "knowledge_model_not_executable", name=element.get("name", ""))
            return
        parameters = tuple(p.get("name", "") for p in self._children(body, "formalParameter"))
        closure = self._compiled(literal, self._text(literal), feel.compile, set(parameters))
        name = element.get("name", "")
        self.functions[name] = Function(
            name,
            parameters,
            len(parameters),
            False,
            lambda scope, *given: closure.evaluate(dict(zip(parameters, given, strict=True)), scope=scope),
        )

    def _decision(self, element: xml.Element) -> Decision | None:
        table, literal = self._child(element, "decisionTable"), self._child(element, "literalExpression")
        logic: DecisionTable | Expression
        if table is not None:
            logic = self._table(table)
        elif literal is not None:
            logic = self._compiled(literal, self._text(literal), feel.compile)
        else:
            self._problem(element, "decision_not_executable", name=element.get("name", ""))
            return None
        refs = next((v for n, v in element.attrib.items() if n.rpartition("}")[2] == "manualRef"), "")
        return Decision(
            element.get("id", ""),
            element.get("name", ""),
            logic,
            tuple(self._required(element)),
            tuple(ref.strip() for ref in refs.split(",") if ref.strip()),
        )

    def _required(self, element: xml.Element) -> Iterator[str]:
        for requirement in self._children(element, "informationRequirement"):
            for needed in self._children(requirement, "requiredDecision"):
                reference = needed.get("href", "").lstrip("#")
                if reference in self.by_id:
                    yield reference
                else:
                    self._problem(requirement, "unknown_requirement", href=reference)

    def _table(self, element: xml.Element) -> DecisionTable:
        policy, aggregation = element.get("hitPolicy", "UNIQUE"), element.get("aggregation", "")
        if policy not in POLICIES or aggregation not in AGGREGATIONS:
            self._problem(element, "unknown_hit_policy", policy=policy, aggregation=aggregation)
        inputs = tuple(self._input(child) for child in self._children(element, "input"))
        outputs = tuple(self._output(child, element) for child in self._children(element, "output"))
        rules = tuple(self._rule(child, len(inputs), len(outputs)) for child in self._children(element, "rule"))
        return DecisionTable(inputs, outputs, rules, policy, aggregation)

    def _input(self, element: xml.Element) -> Input:
        expression = self._child(element, "inputExpression")
        text = self._text(expression)
        if not text:
            self._problem(element, "input_without_expression")
        allowed = self._text(self._child(element, "inputValues"))
        compiled = self._compiled(element, text or "null", feel.compile)
        return Input(compiled, self._compiled(element, allowed, feel.compile_unary) if allowed else None)

    def _output(self, element: xml.Element, table: xml.Element) -> Output:
        listed = self._text(self._child(element, "outputValues")) or self._allowed(element, table)
        default = self._text(self._child(element, "defaultOutputEntry"))
        return Output(
            element.get("name", ""),
            tuple(self._values(element, listed)) if listed else (),
            self._compiled(element, default, feel.compile) if default else None,
        )

    def _allowed(self, element: xml.Element, table: xml.Element) -> str:
        definition = self.types.get(element.get("typeRef") or table.get("typeRef") or "")
        return self._text(self._child(definition, "allowedValues")) if definition is not None else ""

    def _values(self, element: xml.Element, text: str) -> list[Any]:
        compiled = self._compiled(element, f"[{text}]", feel.compile)
        constants = not compiled.names
        if not constants:
            self._problem(element, "output_values_not_constant", text=text)
        return list(compiled.evaluate({}, scope=_NOWHERE) or []) if constants else []

    def _rule(self, element: xml.Element, inputs: int, outputs: int) -> Rule:
        cells, results = list(self._children(element, "inputEntry")), list(self._children(element, "outputEntry"))
        if len(cells) != inputs or len(results) != outputs:
            self._problem(element, "row_does_not_fit", inputs=len(cells), outputs=len(results))
            cells, results = cells[:inputs], results[:outputs]
        remark = self._text(self._child(element, "annotationEntry"))
        description = self._child(element, "description")
        if not remark and description is not None:
            remark = (description.text or "").strip()
        return Rule(
            element.get("id", ""),
            tuple(self._compiled(c, self._text(c) or "-", feel.compile_unary) for c in cells),
            tuple(self._compiled(c, self._text(c) or "null", feel.compile) for c in results),
            remark,
        )


class _Nowhere(Scope):
    """A scope for constants: no instant, no calendar."""

    def __init__(self) -> None:
        super().__init__(None, None)  # type: ignore[arg-type]


_NOWHERE = _Nowhere()
