"""DMN files: what is read, what is refused, and that nothing hostile gets further than a problem."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.definitions import dmn
from engine.ground.errors import InvalidDefinition
from engine.ground.xml import MalformedXml
from engine.language.calendar import Calendar
from engine.language.feel import FeelLimit, Scope

HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">'

SCOPE = Scope(datetime(2026, 11, 23, tzinfo=UTC), Calendar(frozenset(), frozenset()))


def decision(id: str = "d", body: str = "", requires: tuple[str, ...] = (), name: str = "") -> str:
    requirements = "".join(
        f'<informationRequirement><requiredDecision href="#{required}"/></informationRequirement>'
        for required in requires
    )
    return f'<decision id="{id}" name="{name or id}">{requirements}{body or literal("1")}</decision>'


def literal(text: str, more: str = "") -> str:
    return f"<literalExpression {more}><text>{text}</text></literalExpression>"


def table(cells: list[str], attributes: str = "", output: str = "") -> str:
    rows = "".join(
        f'<rule id="r{n}"><inputEntry><text>{cell}</text></inputEntry><outputEntry><text>{n}</text></outputEntry></rule>'
        for n, cell in enumerate(cells)
    )
    tested = '<input id="i"><inputExpression><text>x</text></inputExpression></input>'
    return f'<decisionTable id="t" {attributes}>{tested}<output id="o" name="o">{output}</output>{rows}</decisionTable>'


def file(*parts: str) -> bytes:
    return f"{HEAD}{''.join(parts)}</definitions>".encode()


def problems(content: bytes) -> list[tuple[str, str]]:
    """(element id, rule) of every problem."""
    try:
        reasons = dmn.parse(content).problems
    except InvalidDefinition as error:
        reasons = error.problems
    return [(problem.element_id, problem.rule) for problem in reasons]


def test_a_required_decision_is_known_by_its_name() -> None:
    """What one decision gives, the next may use; each is evaluated once."""
    model = dmn.parse(
        file(decision("a", literal("x + 1"), name="First Step"), decision("b", literal("First Step * 2"), ("a",)))
    )
    scope = Scope(datetime(2026, 11, 23, tzinfo=UTC), Calendar(frozenset(), frozenset()))
    assert model.evaluate("b", {"x": 1}, scope=scope).value == 4
    with pytest.raises(dmn.UnknownDecision):
        model.find("c")


def test_a_mistake_is_named_with_element_and_column() -> None:
    """The owner finds the cell."""
    (problem,) = dmn.parse(file(decision("d", table(["1 +", "ok"]), name="Prices"))).problems
    assert (problem.rule, problem.values["column"], problem.line) == ("feel_syntax", 4, 1)
    assert (problem.values["table"], problem.values["row"], problem.values["heading"]) == ("Prices", 1, "x")


def test_one_bad_decision_does_not_take_the_others_along() -> None:
    """What does not rest on it is read and evaluated; what does is refused for its reason, and so is what calls a broken knowledge model."""
    broken = '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><literalExpression><text>1 +</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>'
    model = dmn.parse(
        file(
            broken,
            decision("good"),
            decision("bad", table(["1 +"])),
            decision("rests", literal("bad + 1"), ("bad",)),
            decision("calls", literal("k()")),
        )
    )
    assert set(model.decisions) == {"good"}
    assert {id: [problem.rule for problem in reasons] for id, reasons in model.refused.items() if id} == {
        "bad": ["feel_syntax"],
        "rests": ["feel_syntax"],
        "calls": ["feel_syntax"],
    }
    with pytest.raises(InvalidDefinition):
        model.find("rests")


@pytest.mark.parametrize(
    "content, expected",
    [
        (file(decision("d"), decision("d", name="other")), ("d", "duplicate_id")),
        (file(decision("a", name="n"), decision("b", name="n")), ("b", "duplicate_name")),
        (file("<decision>" + literal("1") + "</decision>"), ("", "no_id")),
        (file(decision("d", requires=("gone",)).replace("#gone", "http://elsewhere#d")), ("d", "unknown_requirement")),
        (file(decision("d", requires=("d",))), ("d", "circular_requirement")),
        (file(decision("a", requires=("b",)), decision("b", requires=("a",))), ("a", "circular_requirement")),
        (file(decision("d", requires=("gone",))), ("d", "unknown_requirement")),
        (file(decision("d", "<functionDefinition/>")), ("d", "decision_not_executable")),
        (file(decision("d", "<description/>")), ("d", "decision_not_executable")),
        (
            file(decision("d", "<context><contextEntry><functionDefinition/></contextEntry></context>")),
            ("d", "decision_not_executable"),
        ),
        (
            file(
                decision(
                    "d",
                    f'<for iteratorVariable="x in y, z"><in>{literal("1")}</in><return>{literal("1")}</return></for>',
                )
            ),
            ("d", "decision_not_executable"),
        ),
        (
            file(decision("d", f"<list>{literal('1 +', 'id=&quot;l&quot;'.replace('&quot;', chr(34)))}</list>")),
            ("l", "feel_syntax"),
        ),
        (file(decision("d", table(["1"], 'hitPolicy="BEST"'))), ("t", "unknown_hit_policy")),
        (file(decision("d", table(["1"], 'aggregation="SUM"'))), ("t", "aggregation_needs_one_collected_output")),
        (file(decision("d", table(["1"], 'hitPolicy="PRIORITY"'))), ("t", "priority_without_output_values")),
        (
            file(decision("d", table(["1"]).replace("<inputEntry><text>1</text></inputEntry>", ""))),
            ("r0", "row_does_not_fit"),
        ),
        (file(decision("d", literal("1", 'expressionLanguage="urn:groovy"'))), ("", "unsupported_expression_language")),
        (
            file(
                decision(
                    "d",
                    table(
                        ["1"],
                        output="<outputValues><text>for i in 1..20000 return for j in 1..20000 return j</text></outputValues>",
                    ),
                )
            ),
            ("o", "values_without_end"),
        ),
        (
            file(decision("d", table(["1"], output="<outputValues><text>1] = [1</text></outputValues>"))),
            ("o", "feel_syntax"),
        ),
        (
            file(
                '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><functionDefinition/></encapsulatedLogic></businessKnowledgeModel>'
            ),
            ("k", "knowledge_model_not_executable"),
        ),
        (file(decision("d", table(["1"] * 10_000))), ("t", "too_many")),
        (file(*(decision(f"d{n}", requires=(f"d{n + 1}",)) for n in range(2_001))), ("", "too_many")),
        (file(decision("d", table(["&quot;" + "a" * 1_000_000 + "&quot;"]))), ("", "feel_syntax")),
    ],
)
def test_what_cannot_be_executed_is_a_problem(content: bytes, expected: tuple[str, str]) -> None:
    """Broken, foreign, circular and oversized models are refused at publication by the element's id, never with an exception."""
    assert expected in problems(content)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<definitions",
        b"<bpmn/>",
        b'<!DOCTYPE d [<!ENTITY e "x">]><definitions>&e;</definitions>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><definitions x="&b;"/>'.encode(
            "utf-16"
        ),
        b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><definitions/>',
        b"<a>" * 100_000,
        b"x" * 4_000_001,
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_dmn_is_refused(content: bytes) -> None:
    """Entities, document types, endless nesting and files of another kind end in one clear error."""
    with pytest.raises(MalformedXml):
        dmn.parse(content)


def test_a_chain_of_decisions_may_be_long() -> None:
    """A thousand decisions that rest on one another are evaluated one after the other, in whichever order they stand."""
    chain = [decision(f"d{n}", literal(f"d{n + 1} + 1"), (f"d{n + 1}",)) for n in range(1_000)]
    model = dmn.parse(file(*chain, decision("d1000", literal("0"))))
    assert model.evaluate("d0", {}, scope=SCOPE).value == 1_000


def test_what_the_standard_lets_a_file_do() -> None:
    """FEEL by its address in any version, a decision known by its name alone, and references that name the file's own space."""
    for language in ("http://www.omg.org/spec/FEEL/20140401", "https://www.omg.org/spec/DMN/20230324/FEEL/", "feel"):
        head = f'<definitions namespace="http://here" expressionLanguage="{language}"'
        second = '<decision name="two"><informationRequirement><requiredDecision href="http://here#First Step"/></informationRequirement>'
        content = file(
            f'<decision name="First Step">{literal("x + 1")}</decision>',
            f"{second}{literal('First &#10; Step * 2')}</decision>",
        ).replace(b"<definitions", head.encode())
        assert dmn.parse(content).evaluate("two", {"x": 1}, scope=SCOPE).value == 4


def test_a_file_may_be_written_in_another_encoding() -> None:
    """A tool that saves UTF-16 says so by a mark or in the first line; both are read from a disk."""
    text = file(decision("d", literal('"话费"'))).decode()
    declared = f'<?xml version="1.0" encoding="UTF-16"?>{text}'
    for content in (text.encode("utf-16"), declared.encode("utf-16"), declared.encode("utf-16-be")):
        marked = content if content[:1] in b"\xff\xfe" else b"\xfe\xff" + content
        assert dmn.read_decisions(marked).evaluate("d", {}, scope=SCOPE).value == "话费"


TYPES = (
    '<itemDefinition name="tNames" isCollection="true"><typeRef>string</typeRef></itemDefinition>'
    '<itemDefinition name="tAddress"><itemComponent name="Post Code"><typeRef>string</typeRef></itemComponent></itemDefinition>'
)


@pytest.mark.parametrize(
    "type, text, expected",
    [
        ("string", "1 + 1", None),
        ("string", '["a"]', "a"),
        ("string", '["a", "b"]', None),
        ("tNames", '"a"', ["a"]),
        ("tNames", '["a", 1]', None),
        ("tNames", "null", None),
        ("tAddress", '{Post Code: "100"}', {"Post Code": "100"}),
        ("tAddress", "{Post Code: 100}", None),
        ("tAddress", "{}", None),
        ("date and time", '@"2026-11-23" ', datetime(2026, 11, 23)),  # noqa: DTZ001
        ("integer", '"what another tool calls a type is not ours"', "what another tool calls a type is not ours"),
        ("tMissing", "1", 1),
    ],
)
def test_what_a_decision_gives_is_of_its_type(type: str, text: str, expected: object) -> None:
    """A list of one becomes its item and an item a list of one; what does not fit is null, whoever says the type."""
    variable, type_ref = f'<variable name="d" typeRef="{type}"/>', f'typeRef="{type}"'
    column = table([text]).replace("<text>0</text>", f"<text>{text}</text>").replace('name="o"', f'name="o" {type_ref}')
    cell = column.replace(f"<inputEntry><text>{text}</text>", "<inputEntry><text>-</text>")
    model = f'<businessKnowledgeModel id="k" name="k"><encapsulatedLogic>{literal(text, type_ref)}</encapsulatedLogic></businessKnowledgeModel>'
    for content in (
        file(TYPES, decision("d", variable + literal(text))),
        file(TYPES, decision("d", literal(text, type_ref))),
        file(TYPES, decision("d", cell)),
        file(TYPES, model, decision("d", literal("k()"))),
    ):
        assert dmn.parse(content).evaluate("d", {}, scope=SCOPE).value == expected


def entry(name: str, inside: str, type: str = "") -> str:
    variable = f'<variable name="{name}" typeRef="{type}"/>' if name else ""
    return f"<contextEntry>{variable}{inside}</contextEntry>"


BINDING = f'<binding><parameter name="Net Price"/>{literal("7")}</binding>'
NO_BINDING = "<invocation><literalExpression><text>k</text></literalExpression></invocation>"


@pytest.mark.parametrize(
    "body, expected",
    [
        (
            f"<context>{entry('Net Price', literal('2'))}{entry('b', literal('Net  Price * 3'))}</context>",
            {"Net Price": 2, "b": 6},
        ),
        (f"<context>{entry('a', literal('2'))}{entry('', literal('a * 3 // three'))}</context>", 6),
        (f"<context>{entry('result', literal('2'))}{entry('', literal('result * 3'))}</context>", 6),
        (
            f"<context>{entry('a', literal('1'), 'string')}{entry('b', literal('[1]'), 'number')}</context>",
            {"a": None, "b": 1},
        ),
        (f"<invocation>{literal('k')}{BINDING}</invocation>", 14),
        (NO_BINDING, None),
        (f"<list>{literal('1')}<list>{literal('x')}</list></list>", [1, [5]]),
        (
            f'<relation><column name="a"/><column name="b"/><row>{literal("1")}{literal("x")}</row></relation>',
            [{"a": 1, "b": 5}],
        ),
        (
            f"<conditional><if>{literal('x = 5')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>",
            1,
        ),
        (f"<filter><in>{literal('[1, 7]')}</in><match>{literal('item &gt; x')}</match></filter>", [7]),
        (
            f'<for iteratorVariable="one"><in>{literal("[1, 2]")}</in><return>{literal("one + x")}</return></for>',
            [6, 7],
        ),
        (
            f'<some iteratorVariable="i"><in>{literal("[1, 2]")}</in><satisfies>{literal("i = 2")}</satisfies></some>',
            True,
        ),
        (
            f'<every iteratorVariable="i"><in>{literal("[1, 2]")}</in><satisfies>{literal("i = 2")}</satisfies></every>',
            False,
        ),
        (f"<context>{entry('t', table(['1', 'x']))}{entry('', literal('t + 10'))}</context>", 11),
    ],
)
def test_a_boxed_expression(body: str, expected: object) -> None:
    """What another tool drew in boxes means what the same means in one line; tables inside are evaluated, calls go to knowledge models."""
    model = (
        '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><formalParameter name="Net Price"/>'
        f"{literal('Net Price * 2')}</encapsulatedLogic></businessKnowledgeModel>"
    )
    assert dmn.parse(file(model, decision("d", body))).evaluate("d", {"x": 5}, scope=SCOPE).value == expected


def test_a_table_may_be_a_knowledge_model() -> None:
    """It sees its parameters and nothing else, on the budget of whoever calls it."""
    model = (
        '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><formalParameter name="x"/>'
        f"{table(['1', '2'])}</encapsulatedLogic></businessKnowledgeModel>"
    )
    parsed = dmn.parse(file(model, decision("d", literal("k(2) + k(1)"))))
    assert parsed.evaluate("d", {"x": 9}, scope=SCOPE).value == 1
    wide = decision("e", literal("for i in 1..20000 return for j in 1..100 return k(1)"))
    with pytest.raises(FeelLimit):
        dmn.parse(file(model, wide)).evaluate("e", {}, scope=SCOPE)


def test_an_input_of_one_may_come_as_a_list() -> None:
    """A value where a list is asked for is a list of one; what does not fit at all is not thrown away."""
    inputs = '<inputData id="i" name="Names"><variable name="Names" typeRef="tNames"/></inputData>'
    model = dmn.parse(file(TYPES, inputs, decision("d", literal("Names"))))
    for value, expected in (("a", ["a"]), (["a", "b"], ["a", "b"]), (5, 5), (None, None)):
        assert model.evaluate("d", {"Names": value}, scope=SCOPE).value == expected


def test_an_argument_of_another_type_gives_null() -> None:
    """A knowledge model is not run on what it does not ask for; `instance of` knows the types of the file."""
    model = (
        '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><formalParameter name="a" typeRef="tNames"/>'
        f"{literal('a instance of tNames')}</encapsulatedLogic></businessKnowledgeModel>"
    )
    parsed = dmn.parse(
        file(TYPES, model, *(decision(id, literal(text)) for id, text in (("x", "k(1)"), ("y", 'k("a")'))))
    )
    assert [parsed.evaluate(id, {}, scope=SCOPE).value for id in "xy"] == [None, True]


def test_a_type_that_refers_to_itself_ends() -> None:
    """A file cannot define its way out of the limits."""
    looped = (
        '<itemDefinition name="a"><typeRef>b</typeRef></itemDefinition><itemDefinition name="b"><typeRef>a</typeRef></itemDefinition>'
        '<itemDefinition name="c"><itemComponent name="x"><typeRef>c</typeRef></itemComponent></itemDefinition>'
    )
    variable = '<variable name="d" typeRef="a"/>'
    assert dmn.parse(file(looped, decision("d", variable + literal("1")))).evaluate("d", {}, scope=SCOPE).value == 1


def test_an_exponential_knowledge_model_ends() -> None:
    """Functions that call one another twice over cost as much as they do."""

    def model(n: int, body: str) -> str:
        needs = f'<knowledgeRequirement><requiredKnowledge href="#k{n - 1}"/></knowledgeRequirement>' if n else ""
        return (
            f'<businessKnowledgeModel id="k{n}" name="k{n}"><encapsulatedLogic><formalParameter name="x"/>{literal(body)}'
            f"</encapsulatedLogic>{needs}</businessKnowledgeModel>"
        )

    models = [model(0, "x"), *(model(n, f"k{n - 1}(x) + k{n - 1}(x)") for n in range(1, 40))]
    parsed = dmn.parse(file(*models, decision("d", literal("k39(1)"))))
    scope = Scope(datetime(2026, 11, 23, tzinfo=UTC), Calendar(frozenset(), frozenset()))
    with pytest.raises(FeelLimit):
        parsed.evaluate("d", {}, scope=scope)
