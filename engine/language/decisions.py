"""Decision tables and literal expressions of DMN, evaluated by the standard's hit policies; which rules matched is part of the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.ground.errors import Conflict
from engine.language import feel
from engine.language.feel import ANY, BUILTINS, Expression, FeelValue, Scope, Shape, UnaryTests, Variables

SINGLE = frozenset({"UNIQUE", "FIRST", "ANY", "PRIORITY"})
POLICIES = SINGLE | {"RULE ORDER", "OUTPUT ORDER", "COLLECT"}
AGGREGATIONS = frozenset({"", "SUM", "MIN", "MAX", "COUNT"})


class SeveralRulesMatch(Conflict):
    """A UNIQUE table has more than one matching rule."""


class RulesDisagree(Conflict):
    """An ANY table has matching rules with different outputs."""


class UnexpectedInput(Conflict):
    """A decision table was given a value that its input column does not list."""


@dataclass(frozen=True)
class Input:
    """An input column: what is tested, and the values it may have when the table lists them."""

    expression: Expression
    allowed: UnaryTests | None = None


@dataclass(frozen=True)
class Output:
    """An output column. `order` lists its values by priority, highest first; `default` is used when no rule matches; what is not of its type is null."""

    name: str
    order: tuple[FeelValue, ...] = ()
    default: Expression | None = None
    shape: Shape = ANY

    def part_of(self, expression: Expression, variables: Variables, scope: Scope) -> FeelValue:
        """Return what a cell of the column gives, inside another evaluation. Errors: FeelLimit."""
        return self.shape.fitted(expression.part_of(variables, scope))


@dataclass(frozen=True)
class Rule:
    """A row: one test per input, one expression per output, the owner's remark, and the ids of the manual it follows."""

    id: str
    tests: tuple[UnaryTests, ...]
    outputs: tuple[Expression, ...]
    annotation: str = ""
    manual_refs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """A rule that matched: its number from 1, id, and remark."""

    number: int
    id: str
    annotation: str

    def as_step(self) -> dict[str, Any]:
        """Return it as history records it."""
        return {"number": self.number, "id": self.id, "annotation": self.annotation}


@dataclass(frozen=True)
class Outcome:
    """What a decision gave: its value, the rules that matched, and the values of its inputs."""

    value: FeelValue
    matched: tuple[dict[str, Any], ...] = ()
    inputs: dict[str, FeelValue] = field(default_factory=dict)


@dataclass(frozen=True)
class DecisionTable:
    """A table: inputs, outputs, rules, one of POLICIES, and the aggregation of COLLECT."""

    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    policy: str = "UNIQUE"
    aggregation: str = ""

    def evaluate(self, variables: Variables, scope: Scope) -> Outcome:
        """Return the value the matching rules give; a table without a match gives its default outputs, or null.

        The whole table has one budget.

        Errors: UnexpectedInput, SeveralRulesMatch, RulesDisagree; FeelLimit.
        """
        scope.renew()
        return self.part_of(variables, scope)

    def part_of(self, variables: Variables, scope: Scope) -> Outcome:
        """Return the same inside another evaluation, on that one's budget."""
        values = [column.expression.part_of(variables, scope) for column in self.inputs]
        inputs = {column.expression.text: value for column, value in zip(self.inputs, values, strict=True)}
        self._check_inputs(values, variables, scope)
        rows = []
        for number, rule in enumerate(self.rules, start=1):
            for test, value in zip(rule.tests, values, strict=True):
                if not test.part_of(value, variables, scope):
                    break
            else:
                rows.append((number, rule, self._row(rule, variables, scope)))
        if not rows:
            return Outcome(self._default(variables, scope), (), inputs)
        matches = self._choose(rows)
        matched = tuple(Match(number, rule.id, rule.annotation).as_step() for number, rule, _ in matches)
        return Outcome(self._value([row for _, _, row in matches], scope), matched, inputs)

    def free_names(self) -> frozenset[str]:
        """Return the variables that its columns and rules ask for."""
        parts: list[Expression | UnaryTests] = [column.expression for column in self.inputs]
        parts += [column.allowed for column in self.inputs if column.allowed is not None]
        parts += [column.default for column in self.outputs if column.default is not None]
        for rule in self.rules:
            parts += [*rule.tests, *rule.outputs]
        return frozenset().union(*(part.names for part in parts))

    def _check_inputs(self, values: list[FeelValue], variables: Variables, scope: Scope) -> None:
        """Check each input against what its column allows. Null is let through: an empty cell may answer it. The value itself is not named, it may be personal."""
        for column, value in zip(self.inputs, values, strict=True):
            if value is None or column.allowed is None:
                continue
            if not column.allowed.part_of(value, variables, scope):
                raise UnexpectedInput(input=column.expression.text, allowed=column.allowed.text)

    def _row(self, rule: Rule, variables: Variables, scope: Scope) -> tuple[FeelValue, ...]:
        columns = zip(self.outputs, rule.outputs, strict=False)
        return tuple(column.part_of(expression, variables, scope) for column, expression in columns)

    def _default(self, variables: Variables, scope: Scope) -> FeelValue:
        if any(column.default is not None for column in self.outputs):
            row = tuple(c.part_of(c.default, variables, scope) if c.default else None for c in self.outputs)
            value = self._shape(row)
            return value if self.policy in SINGLE or self.aggregation else [value]
        if self.policy in SINGLE:
            return None
        defaults: dict[str, FeelValue] = {"": [], "COUNT": 0}
        return defaults.get(self.aggregation)

    def _choose(
        self, rows: list[tuple[int, Rule, tuple[FeelValue, ...]]]
    ) -> list[tuple[int, Rule, tuple[FeelValue, ...]]]:
        if self.policy == "UNIQUE" and len(rows) > 1:
            raise SeveralRulesMatch(rules=[f"{number} {rule.id}".strip() for number, rule, _ in rows])
        if self.policy == "ANY" and any(not _same(row, rows[0][2]) for _, _, row in rows):
            raise RulesDisagree(rules=[f"{number} {rule.id}".strip() for number, rule, _ in rows])
        if self.policy in ("PRIORITY", "OUTPUT ORDER"):
            rows = sorted(rows, key=lambda item: self._priority(item[2]))
        return rows[:1] if self.policy in SINGLE else rows

    def _priority(self, row: tuple[FeelValue, ...]) -> tuple[int, ...]:
        return tuple(
            next(
                (n for n, listed_value in enumerate(column.order) if feel.equal(listed_value, value) is True),
                len(column.order),
            )
            for column, value in zip(self.outputs, row, strict=True)
        )

    def _value(self, rows: list[tuple[FeelValue, ...]], scope: Scope) -> FeelValue:
        if self.policy in SINGLE:
            return self._shape(rows[0])
        values = [self._shape(row) for row in rows]
        return BUILTINS[self.aggregation.lower()](scope, [values]) if self.aggregation else values

    def _shape(self, row: tuple[FeelValue, ...]) -> FeelValue:
        if len(self.outputs) == 1:
            return row[0]
        return {column.name: value for column, value in zip(self.outputs, row, strict=True)}


def _same(a: tuple[FeelValue, ...], b: tuple[FeelValue, ...]) -> bool:
    return all(feel.equal(x, y) is True for x, y in zip(a, b, strict=True))
