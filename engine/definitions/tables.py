"""Whether a decision table can do what it says, by one search over its rules: cells of the wrong type, rules that contradict each other or are never reached, cases without an answer.

Everything is told by table, rule and column. What cannot be decided is not told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Any

from engine.definitions import columns, variable_types
from engine.definitions.columns import ANY, OTHER, Column
from engine.definitions.dmn import Decision, Model
from engine.definitions.dmn_reader import EMPTY
from engine.ground.errors import Problem
from engine.language import feel
from engine.language.decisions import SINGLE, DecisionTable, Rule
from engine.language.feel import Doubt, FeelSyntaxError, Names, inferred
from engine.language.feel.inferred import ANYTHING, Type

MOST_TEXT = 60
MOST_PAIRS = 50_000
MOST_WORK = 100_000
TYPES = {name: name for name in inferred.KINDS} | {
    "dateTime": "date and time",
    "integer": "number",
    "long": "number",
    "double": "number",
    "text": "string",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}


def problems(decision: Decision) -> list[Problem]:
    """Return what cannot be right whatever the variables are: two result columns of one name, of which one would overwrite the other."""
    if not isinstance(decision.logic, DecisionTable):
        return []
    occurrences = Counter(output.name for output in decision.logic.outputs)
    values = {"table": decision.name or decision.id}
    twice = [name for name, count in occurrences.items() if count > 1]
    return [Problem(0, "", "outputs_of_one_name", {**values, "heading": name}) for name in twice]


def doubts(model: Model, decision: Decision, names: Names, *, asked_for: bool) -> list[Doubt]:
    """Return what can hardly be right in a decision and those it requires, over variables of these types; `asked_for`: something needs its result."""
    findings = [*of_one(model, decision, names, asked_for=asked_for), *of_knowledge(model)]
    for id in decision.requires:
        if id in model.decisions:
            findings += doubts(model, model.decisions[id], names, asked_for=True)
    return findings


def of_knowledge(model: Model) -> list[Doubt]:
    """Return what knowledge models name beside their parameters: it is always null there."""
    return [
        Doubt("unknown_name", {"variable": name, "near": inferred.nearest(name, parameters), "table": knowledge})
        for knowledge, name, parameters in model.unbound
    ]


def of_one(model: Model, decision: Decision, names: Names, *, asked_for: bool) -> list[Doubt]:
    """Return the same of the one decision."""
    scope = variable_types.with_required(model, decision, names)
    table = decision.name or decision.id
    if not isinstance(decision.logic, DecisionTable):
        findings: list[Doubt] = []
        feel.judge(decision.logic.text, model.names, model.functions)(scope, findings)
        return [_at(worded(doubt, decision.logic.text), table) for doubt in findings]
    reading = _Table(model, decision, decision.logic, scope)
    findings = [*reading.heads(), *reading.cells(), *reading.results()]
    wrong = {doubt.values["row"] for doubt in findings if "row" in doubt.values}
    findings += reading.rules(wrong, asked_for=asked_for)
    return [_at(doubt, table) for doubt in findings]


def _at(doubt: Doubt, table: str) -> Doubt:
    return replace(doubt, values={**doubt.values, "table": table})


@dataclass
class _Piece:
    """Some of the combinations of values: for every column the values as bits."""

    sets: tuple[int, ...]

    @property
    def is_empty(self) -> bool:
        return not all(self.sets)


class _Table:
    """One table over variables of known types."""

    def __init__(self, model: Model, decision: Decision, table: DecisionTable, names: Names) -> None:
        self.model, self.decision, self.table, self.names = model, decision, table, names
        self.rules_ = table.rules
        self.work = MOST_WORK
        heads = decision.heads.inputs
        tested = [self._tested(number) for number in range(len(table.inputs))]
        heads_by_input = [(column, heads[number][0], tested[number]) for number, column in enumerate(table.inputs)]
        self.columns = columns.of_rules(heads_by_input, table.rules)

    def _tested(self, number: int) -> Type:
        """Return what a column tests: what its expression gives, or what the column says that it is; called by its name, or as the expression stands."""
        text = self.table.inputs[number].expression.text
        judgement = self._judged(text, [])
        declaration = TYPES.get(self.decision.heads.inputs[number][1], "")
        tested = judgement if judgement.is_known else inferred.named(declaration)
        return tested if tested.said else tested.named(judgement.said or text)

    def _judged(self, text: str, findings: list[Doubt]) -> Type:
        return feel.judge(text, self.model.names, self.model.functions)(self.names, findings)

    # -- columns and cells -------------------------------------------------------------------------------------------------

    def heads(self) -> Iterator[Doubt]:
        """Yield what is doubtful in the expressions that columns test, and in the values that they list."""
        for number, (heading, declaration) in enumerate(self.decision.heads.inputs):
            findings: list[Doubt] = []
            judgement = self._judged(self.table.inputs[number].expression.text, findings)
            text = self.table.inputs[number].expression.text
            yield from (_in(worded(doubt, text), heading) for doubt in findings)
            yield from (_in(doubt, heading) for doubt in self._listed(number))
            kind = TYPES.get(declaration, "")
            if kind and not judgement.may_be(kind):
                about = {"variable": judgement.said, "type": ", ".join(sorted(judgement.kinds)), "other_type": kind}
                yield _in(Doubt("column_type", about), heading)

    def _listed(self, number: int) -> Iterator[Doubt]:
        """Yield what is doubtful in the values that a column lists for what it tests."""
        domain = self.table.inputs[number].allowed
        if domain is not None:
            findings: list[Doubt] = []
            feel.judge_unary(domain.text, self.model.names, self.model.functions)(
                self._in_cell(domain.text), findings, replace(self.columns[number].tested, values=None)
            )
            yield from (_bare(doubt, domain.text) for doubt in findings)

    def cells(self) -> Iterator[Doubt]:
        """Yield what is doubtful in what rules test: names, types and values."""
        for column in self.columns:
            for row, cell in enumerate(column.cells, start=1):
                findings: list[Doubt] = []
                judge = feel.judge_unary(cell.text, self.model.names, self.model.functions)
                judge(self._in_cell(cell.text), findings, column.tested)
                yield from (_in(_bare(doubt, cell.text), column.heading, row) for doubt in findings)
                yield from (_in(doubt, column.heading, row) for doubt in _not_listed(column, cell.text))

    def _in_cell(self, text: str) -> Names:
        """Return the names that a cell knows: in a table that stands alone a single word is a name only when the table knows it."""
        if self.names.complete or not text.replace("_", "").isalnum():
            return self.names
        vocabulary = {name for column in self.table.inputs for name in column.expression.names} | self.model.names
        return Names({**dict.fromkeys(vocabulary, ANYTHING), **self.names.types})

    def results(self) -> Iterator[Doubt]:
        """Yield what is doubtful in what rules give: names, types, and whether the column lists it."""
        for number, (heading, declaration) in enumerate(self.decision.heads.outputs):
            result_type = inferred.named(TYPES.get(declaration, ""))
            order = self.table.outputs[number].order
            default = self.table.outputs[number].default
            if default is not None:
                yield from (_in(doubt, heading) for doubt in self._result(default.text, result_type, order))
            texts = [rule.outputs[number].text for rule in self.rules_]
            for row, text in enumerate(texts, start=1):
                if text == EMPTY and set(texts) != {EMPTY} and not self._is_empty(self.rules_[row - 1]):
                    yield _in(Doubt("result_empty", {}), heading, row)
                yield from (_in(doubt, heading, row) for doubt in self._result(text, result_type, order))

    def _result(self, text: str, result_type: Type, order: tuple[Any, ...]) -> Iterator[Doubt]:
        findings: list[Doubt] = []
        judge = feel.judge(text, self.model.names, self.model.functions)
        judgement = judge(self._in_cell(text), findings)
        yield from (_bare(doubt, text) for doubt in findings)
        if judgement.is_known and result_type.is_known and judgement.kinds.isdisjoint(result_type.kinds):
            about = {"variable": judgement.said or text, "type": ", ".join(sorted(judgement.kinds))}
            yield Doubt("result_type", {**about, "wanted": ", ".join(result_type.kinds)})
        domain = {value for value in order if isinstance(value, str)}
        if judgement.literal and judgement.values is not None and domain and not judgement.values & domain:
            (value,) = judgement.values
            yield Doubt("not_listed", {"value": value, "near": inferred.nearest(value, domain)})

    # -- rules -------------------------------------------------------------------------------------------------------------

    def rules(self, wrong: set[int], *, asked_for: bool) -> list[Doubt]:
        """Tell what rules are to each other; of those in `wrong` something has been told already."""
        findings = list(self._empty())
        empty_rows = {doubt.values["row"] for doubt in findings}
        never = [doubt for doubt in self._never() if doubt.values["row"] not in wrong | empty_rows]
        findings += never
        dead = empty_rows | {doubt.values["row"] for doubt in never} | wrong
        findings += [*self._overlaps(), *self._unreached(dead)]
        if asked_for and self.table.policy in SINGLE and not any(output.default for output in self.table.outputs):
            findings += self._gap()
        return sorted(findings, key=lambda doubt: int(doubt.values.get("row", 0)))

    def _empty(self) -> Iterator[Doubt]:
        for row, rule in enumerate(self.rules_, start=1):
            if self._is_empty(rule):
                yield Doubt("rule_empty", {"row": row})

    @staticmethod
    def _is_empty(rule: Rule) -> bool:
        """Tell whether it asks nothing and gives nothing, which is told as that."""
        return all(test.text == ANY for test in rule.tests) and all(output.text == EMPTY for output in rule.outputs)

    def _never(self) -> Iterator[Doubt]:
        """Yield rules with a cell that no value satisfies."""
        for row, rule in enumerate(self.rules_, start=1):
            for column, test in zip(self.columns, rule.tests, strict=True):
                if column.is_told(test.text) and not column.bits(test.text):
                    yield _in(Doubt("rule_never_matches", {"cell": test.text}), column.heading, row)
                    break

    def _overlaps(self) -> Iterator[Doubt]:
        """Yield, under UNIQUE, two rules for one case, and under ANY two that disagree; each rule is told once."""
        overlapping: set[int] = set()
        for first, second in self._pairs() if self.table.policy in ("UNIQUE", "ANY") else ():
            if second in overlapping or not self._is_wrong_together(first, second):
                continue
            shared = self._shared(self.rules_[first], self.rules_[second])
            if shared is not None:
                overlapping.add(second)
                rule = "rules_overlap" if self.table.policy == "UNIQUE" else "rules_disagree"
                yield Doubt(rule, {"row": second + 1, "other": first + 1, "case": self._shown(shared)})

    def _pairs(self) -> Iterator[tuple[int, int]]:
        """Yield every two rules; of a large table only those with the same cells."""
        if len(self.rules_) ** 2 / 2 <= MOST_PAIRS:
            yield from combinations(range(len(self.rules_)), 2)
            return
        row_of_tests: dict[tuple[str, ...], int] = {}
        for number, rule in enumerate(self.rules_):
            first = row_of_tests.setdefault(tuple(test.text for test in rule.tests), number)
            if first != number:
                yield first, number

    def _is_wrong_together(self, first: int, second: int) -> bool:
        if self.table.policy == "UNIQUE":
            return True
        pairs = zip(self.rules_[first].outputs, self.rules_[second].outputs, strict=True)
        return any(_surely_differ(a.text, b.text) for a, b in pairs)

    def _shared(self, first: Rule, second: Rule) -> _Piece | None:
        """Return what satisfies both rules; None when nothing does, or when it cannot be told."""
        columns_compared: list[int] = []
        sets = []
        for number, (column, a, b) in enumerate(zip(self.columns, first.tests, second.tests, strict=True)):
            overlap = self._both(column, a.text, b.text)
            if not overlap:
                return None
            sets.append(overlap)
            if {a.text, b.text} != {ANY} and a.text != b.text:
                columns_compared.append(number)
        return None if self._hang_together(columns_compared) else _Piece(tuple(sets))

    def _both(self, column: Column, a: str, b: str) -> int:
        """Return the values that satisfy two cells; 0 when that cannot be told."""
        if a == b or ANY in (a, b):
            cell = b if a == ANY else a
            if not column.is_told(cell):
                return column.everything
            return column.bits(cell) & column.possible
        if not column.is_told(a) or not column.is_told(b):
            return 0
        return column.bits(a) & column.bits(b) & column.possible

    def _hang_together(self, numbers: list[int]) -> bool:
        """Tell whether some of these columns test the same variable, so that not every combination can be."""
        paths = [sorted(self._paths(number)) for number in numbers]
        return any(
            _is_within(a, b) or _is_within(b, a)
            for first, second in combinations(paths, 2)
            for a, b in product(first, second)
        )

    def _paths(self, number: int) -> set[str]:
        """Return the variables and the parts of them that a column tests."""
        expression = self.table.inputs[number].expression
        try:
            return {use.path for use in feel.uses_of(expression.text, self.model.names, self.model.functions)}
        except FeelSyntaxError:  # told as a problem
            return set(expression.names)

    def _unreached(self, dead: set[int]) -> Iterator[Doubt]:
        """Yield rules all of whose cases an earlier one answers, or one whose result comes first."""
        for row, rule in enumerate(self.rules_, start=1):
            before = self._before(row - 1) if row not in dead else []
            if before and self._rest(self._box(rule), (self._cover(rule, earlier) for earlier in before)) == []:
                yield Doubt("rule_never_reached", {"row": row})

    def _before(self, row: int) -> list[Rule]:
        if self.table.policy == "FIRST":
            return list(self.rules_[:row])
        if self.table.policy != "PRIORITY":
            return []
        rank = [self._priority(rule) for rule in self.rules_]
        return [
            candidate
            for n, candidate in enumerate(self.rules_)
            if n != row and _comes_first((rank[n], n), (rank[row], row))
        ]

    def _priority(self, rule: Rule) -> tuple[int, ...] | None:
        """Return the places of a rule's results in the order of their columns; None when one is no literal."""
        ranks = []
        for output, result in zip(self.table.outputs, rule.outputs, strict=True):
            points = feel.points_of(result.text)
            if points is None or len(points.values) != 1:
                return None
            ranks_of_value = [
                n for n, listed_value in enumerate(output.order) if feel.equal(listed_value, points.values[0]) is True
            ]
            ranks.append(ranks_of_value[0] if ranks_of_value else len(output.order))
        return tuple(ranks)

    def _box(self, rule: Rule) -> _Piece:
        """Return at most what satisfies a rule."""
        tests = zip(self.columns, rule.tests, strict=True)
        return _Piece(tuple(c.bits(t.text) if c.is_told(t.text) else c.everything for c, t in tests))

    def _cover(self, rule: Rule, other_rule: Rule) -> _Piece:
        """Return at least what another rule takes from this one."""
        sets = []
        for column, own, test in zip(self.columns, rule.tests, other_rule.tests, strict=True):
            if test.text in (ANY, own.text):
                sets.append(column.everything)
            else:
                sets.append(column.bits(test.text) if column.is_told(test.text) and column.is_told(own.text) else 0)
        return _Piece(tuple(sets))

    def _rest(self, whole: _Piece, covers: Iterable[_Piece]) -> list[_Piece] | None:
        """Return what no cover holds; None when that is too much work to tell."""
        pieces = [whole]
        for cover in covers:
            self.work -= len(pieces)
            if self.work < 0:
                return None
            pieces = [rest for piece in pieces for rest in _without(piece, cover)]
            if not pieces:
                break
        return pieces

    def _gap(self) -> Iterator[Doubt]:
        """Yield a case that no rule answers; or that nobody knows whether there is one."""
        if any(all(test.text == ANY for test in rule.tests) for rule in self.rules_):
            return
        whole = _Piece(tuple(column.certain for column in self.columns))
        if whole.is_empty:
            return
        self.work = MOST_WORK
        apart = not self._hang_together(list(range(len(self.columns))))
        rest = self._rest(whole, [self._box(rule) for rule in self.rules_]) if apart else None
        if rest:
            yield Doubt("no_rule_answers", {"case": self._shown(rest[0])})
        elif self._rest(whole, [self._box(rule) for rule in self.rules_ if self._is_told(rule)]) != []:
            yield Doubt("gaps_not_sought", {})

    def _is_told(self, rule: Rule) -> bool:
        """Tell whether all that satisfies a rule is known."""
        return all(column.is_told(test.text) for column, test in zip(self.columns, rule.tests, strict=True))

    def _shown(self, piece: _Piece) -> list[tuple[str, str]]:
        """Return an example of a piece: heading and value of the columns where not everything would do; an empty value is any other."""
        example = []
        for column, bits in zip(self.columns, piece.sets, strict=True):
            if not column.values or bits == column.everything:
                continue
            number = (bits & column.certain or bits).bit_length() - 1
            value = column.values[number].value
            example.append((column.heading, "" if value == OTHER else _written(value)))
        return example


def _is_within(path: str, outer: str) -> bool:
    """Tell whether a path is another, or leads into it."""
    return path == outer or path.startswith(f"{outer}.")


def _without(piece: _Piece, cover: _Piece) -> Iterator[_Piece]:
    """Yield what is left of a piece, in pieces that do not overlap."""
    if any(not bits & cover_bits for bits, cover_bits in zip(piece.sets, cover.sets, strict=True)):
        yield piece
        return
    inside = list(piece.sets)
    for number, bits in enumerate(cover.sets):
        rest = inside[number] & ~bits
        if rest:
            yield _Piece((*inside[:number], rest, *piece.sets[number + 1 :]))
        inside[number] &= bits


def _comes_first(first: tuple[tuple[int, ...] | None, int], second: tuple[tuple[int, ...] | None, int]) -> bool:
    return first[0] is not None and second[0] is not None and (first[0], first[1]) < (second[0], second[1])


def _surely_differ(a: str, b: str) -> bool:
    """Tell whether two results are literals, and not the same."""
    first, second = feel.points_of(a), feel.points_of(b)
    return first is not None and second is not None and first.values != second.values


def worded(doubt: Doubt, text: str) -> Doubt:
    """Return the doubt in words: where a part of an expression has no name of its own, the expression stands for it."""
    missing = {name: text[:MOST_TEXT] for name in ("variable", "other") if doubt.values.get(name) == ""}
    return replace(doubt, values={**doubt.values, **missing}) if missing else doubt


def _in(doubt: Doubt, heading: str, row: int = 0) -> Doubt:
    return Doubt(doubt.rule, {**doubt.values, "heading": heading, **({"row": row} if row else {})})


def _bare(doubt: Doubt, text: str) -> Doubt:
    """Tell of a word that is the name of nothing, alone in its cell, that it is most likely a text without its quotation marks."""
    doubt = worded(doubt, text)
    name = doubt.values.get("variable")
    alone = name in [part.strip() for part in text.split(",")]
    if doubt.rule == "unknown_name" and alone and doubt.values["near"] not in ("true", "false", "null"):
        return Doubt("bare_word", {"variable": name})
    return doubt


def _not_listed(column: Column, text: str) -> Iterator[Doubt]:
    """Yield literals that the column does not list as possible."""
    points = feel.points_of(text) if text != ANY and column.input.allowed is not None else None
    for value in points.values if points is not None and not points.ordered else ():
        if value is not None and not column.allows(value):
            near = inferred.nearest(value, column.listed) if isinstance(value, str) else ""
            yield Doubt("not_listed", {"value": _written(value), "near": near})


def _written(value: Any) -> str:
    return inferred.of(value).said
