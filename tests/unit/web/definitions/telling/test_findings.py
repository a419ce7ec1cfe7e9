"""Every rule of the checks has words for people, and they fill in whatever the finding carries."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g

import engine
from engine import checks, definitions, published
from engine.checks import lint
from engine.definitions import certainty, form_lint, pattern_lint
from service_tasks import notification  # noqa: F401  which registers what is sent
from tests.support.drawing import end, flow, gateway, package, path, process, service, start, user
from web.definitions.telling import changes, doubts, findings, unreadable
from web.telling import i18n

SOURCES = Path(__file__).parents[5] / "engine"
RULE = re.compile(r'(?:_?problem|Problem|TooMany)\((?:[^()"]|"")*?"([a-z]+(?:_[a-z]+)+)"')


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A page in English."""
    app = Flask("web")
    i18n.register(app)
    with app.app_context():
        g.language = "en"
        yield


def rules() -> set[str]:
    """The rules that the engine's checks name."""
    files = [
        SOURCES / "ground" / "errors.py",
        SOURCES.parent / "office" / "precedence.py",
        *(file for room in ("definitions", "diagrams", "checks", "elements") for file in (SOURCES / room).glob("*.py")),
        *(SOURCES / "language" / "forms").glob("*.py"),
    ]
    found = {rule for file in files for rule in RULE.findall(file.read_text(encoding="utf-8"))}
    foreign = (SOURCES / "definitions" / "vendor_extensions.py").read_text(encoding="utf-8")
    return (
        found
        | set(re.findall(r'"(foreign_[a-z]+)"', foreign))
        | {"duplicate_id", "no_id", "not_executable", "too_many_in_a_row", "unreachable"}
    )


def test_every_rule_has_words() -> None:
    """An owner never reads the name of a rule."""
    assert len(rules()) > 50
    assert rules() - findings.RULES.keys() - doubts.RULES.keys() == set()


def test_every_doubt_has_words() -> None:
    """A warning is a sentence as well, with the nearest name where there is one."""
    files = [file for room in ("definitions", "diagrams", "checks") for file in (SOURCES / room).glob("*.py")]
    files += [SOURCES / "language" / "feel" / "inference.py"]
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    named = set(re.findall(r'Doubt\(\s*"([a-z_]+)"', text)) | {"unfit", "required_never_shown", "rules_overlap"}
    named |= {"limit_when_called", "placeholder_sent", "placeholder_shown"}
    named |= {"answered_before", "answered_before_by", "always_holds", "never_holds"}
    named |= {"result_misspelt", "result_like_another", "results_not_told_apart", "result_never_read", "result_unasked"}
    named |= {"options_of_one_title_zh", "options_of_one_title_en", "prefill_refused"}
    named -= pattern_lint.RULES  # which are problems
    near = {f"{rule}_near" for rule in named if f"{rule}_near" in doubts.RULES}
    assert len(named) >= 20
    assert named | near | {"rules_disagree"} == doubts.RULES.keys()


VALUES = {
    "variable": "amuont",
    "near": "amount",
    "by": "ask",
    "part": "amuont",
    "value": "cahs",
    "cell": "[5..1]",
    "type": "string",
    "other": "5",
    "other_type": "number",
    "operator": "-",
    "function": "floor",
    "takes": "way",
    "wanted": "number, string",
    "written": "{amuont}",
    "callers": "TS-002",
    "text": "amuont = amuont",
    "comparison": "1 = 2",
    "known": "“cash”, “credit”",
    "gateway": "还要吗",
    "title": "现金",
    "case": [("Amount", "5"), ("Way", "")],
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("rule", sorted(doubts.RULES))
def test_a_doubt_fills_in_what_it_carries(rule: str, language: str) -> None:
    """No placeholder and no name of a type is left, in a cell, at a field, and at an element."""
    g.language = language
    for place in (
        {"table": "Levels", "row": 2, "heading": "Amount"},
        {"table": "Levels", "row": 2},
        {"place": "hide", "field": "way"},
        {"place": "in.way"},
    ):
        found = engine.Problem(
            1, "x", rule, {"name": "登记", "field": "way", **VALUES, **place}, "P.bpmn", warning=True
        )
        text = findings.text(found)
        assert "%(" not in text
        assert "…" not in text.replace("string(…)", "").replace("a number that is joined", "")
        assert not re.search(r"\bstring\b(?!\()|\b(?<!a )number\b", text)


@pytest.mark.parametrize(
    ("language", "cell", "field"),
    [
        (
            "en",
            '“评级”, rule 2, column “Amount” of the table “Levels”: gold is the name of nothing. A text stands in quotation marks: "gold".',
            "“登记”, the “hidden when” condition of the field “way”: nothing sets amuont. Do you mean amount?",
        ),
        (
            "zh",
            '“评级”，决策表“Levels”第 2 条规则的“Amount”列：没有叫 gold 的变量。文字要加引号："gold"。',
            "“登记”，字段“way”的隐藏条件：没有哪一步给 amuont 赋值。是不是 amount？",
        ),
    ],
)
def test_where_something_stands_is_said_in_both_languages(language: str, cell: str, field: str) -> None:
    """Table, rule and column; field and what of it."""
    g.language = language
    at_cell = {"name": "评级", "variable": "gold", "table": "Levels", "row": 2, "heading": "Amount"}
    at_field = {"name": "登记", "place": "hide", "field": "way", "variable": "amuont", "near": "amount"}
    assert findings.text(engine.Problem(1, "x", "bare_word", at_cell, warning=True)) == cell
    assert findings.text(engine.Problem(1, "x", "unknown_name_near", at_field, warning=True)) == field


def test_why_a_file_cannot_be_read_is_said(tmp_path: Path) -> None:
    """Encoding, document type, another kind of file, none at all, too many of something: each is told, and none as an export to repeat."""
    broken = {
        "empty": b"",
        "no_xml": b"PK\x03\x04",
        "encoding": "<a>话费</a>".encode("gb18030"),
        "document_type": b"<!DOCTYPE a><a/>",
        "too_long": b"<a>" + b" " * 4_000_000 + b"</a>",
        "too_many": b"<a>" + b"<b/>" * 200_000 + b"</a>",
        "too_deep": b"<a>" * 101 + b"</a>" * 101,
        "not_well_formed": b"<a>",
        "undeclared_prefix": b"<a><b:c/></a>",
        "no_bpmn": b"<a/>",
        "dmn": b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
        "no_process": b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
    }
    for why, content in broken.items():
        file = tmp_path / f"{why}.bpmn"
        file.write_bytes(content)
        (found,) = published.lint_file(file)
        assert (found.rule, found.values["why"]) == ("malformed_xml", why)
        assert findings.text(found) == unreadable.DIAGRAM[why] % {"limit": 0, **found.values}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_file_in_an_encoding_that_it_names_is_read(tmp_path: Path, encoding: str) -> None:
    """What the standard allows is no fault of the file."""
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?><a>话费</a>'
    (tmp_path / "a.bpmn").write_bytes(text.encode(encoding))
    assert [one.values["why"] for one in published.lint_file(tmp_path / "a.bpmn")] == ["no_bpmn"]


def test_findings_without_end_end(tmp_path: Path) -> None:
    """A page of eighty thousand findings cannot be opened: two hundred are listed, and how many there are is said, here and by ./desk lint."""
    content = process(
        "P", start(), *(user(f"x{n}") for n in range(300)), end(), path("begun", "x0", "finished")
    ).replace("sequenceFlow", "nothing")
    (tmp_path / "P.bpmn").write_text(content, encoding="utf-8")
    listed = findings.as_json(published.lint_file(tmp_path / "P.bpmn"))
    assert (len(listed), listed[-1]["rule"], findings.how_many(listed) > 600) == (201, "more_findings", True)
    assert f"There are {findings.how_many(listed)} problems." in listed[-1]["text"]


def test_no_words_without_a_rule() -> None:
    """Texts of rules that are gone go too."""
    own = set(re.findall(r'yield "([a-z_]+)"', Path(form_lint.__file__).read_text(encoding="utf-8")))
    near = {f"{rule}_near" for rule in rules()}
    assert findings.RULES.keys() - rules() - own - near - pattern_lint.RULES == set()
    assert findings.UNNAMED.keys() <= rules()
    assert findings.RULES.keys() >= pattern_lint.RULES


@pytest.mark.parametrize("rule", sorted(findings.RULES))
def test_words_stand_without_their_values(rule: str) -> None:
    """A finding that lacks a value still makes a sentence."""
    text = findings.text(engine.Problem(3, "pay", rule))
    assert "%(" not in text
    assert text.endswith((".", "…", "100."))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("unknown_department", {"group": "火星部门", "near": ""}),
        ("unknown_property", {"property": "x", "near": ""}),
        ("feel_syntax", {"why": "unknown_function", "function": "f", "near": "", "text": "f(1)", "place": "due"}),
        ("unknown_form", {"form": ""}),
        ("unknown_decision", {"decision": ""}),
        ("unknown_called_process", {"called": ""}),
        ("unknown_topic", {"topic": ""}),
    ],
)
def test_what_is_not_there_is_left_out(rule: str, values: dict[str, str], language: str) -> None:
    """No dash stands where nothing is near, or nothing was named; what there is stands there."""
    g.language = language
    assert "—" not in findings.text(engine.Problem(1, "x", rule, {"name": "登记", **values}))
    full = {name: value or "this_one" for name, value in values.items()}
    assert "this_one" in findings.text(engine.Problem(1, "x", rule, {"name": "登记", **full}))


TABLE = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="d" name="等级"><decisionTable hitPolicy="FIRST"><input id="i">'
    '<inputExpression><text>level</text></inputExpression></input><output name="r"/><rule id="r1"><inputEntry><text>1</text></inputEntry>'
    "<outputEntry><text>2</text></outputEntry></rule></decisionTable></decision></definitions>"
)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("<text>level</text>", "", "column “1” of the table “等级”"),
        ("<outputEntry><text>2</text></outputEntry>", "", "rule 1 of the table “等级”: the row has another number"),
        ('<output name="r"/>', "", "the decision “等级”: the table has no result column"),
        ("FIRST", "BEST", "The hit policy of the decision “等级”"),
        ("FIRST", "PRIORITY", "the decision “等级”: the hit policy PRIORITY"),
        ('"FIRST"', '"FIRST" aggregation="SUM"', "the decision “等级”: only a table that collects"),
    ],
)
def test_what_is_wrong_with_a_table_says_in_which(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    """Of several tables in a file, and of many columns and rules, the owner finds the one; a column that nobody named by its number."""
    (tmp_path / "d.dmn").write_text(TABLE.replace(right, wrong), encoding="utf-8")
    assert any(findings.text(one).startswith(said) for one in published.lint_file(tmp_path / "d.dmn"))


def test_an_expression_that_another_tool_begins_with_an_equals_sign() -> None:
    """What to do is said, and not only where it cannot be read."""
    drawn = process("P", start(), user("x", due="=accepted_at"), end(), path("begun", "x", "finished"))
    (found,) = lint.check(package("P", drawn))
    assert findings.text(found).startswith("The expression for the limit begins with “=”")


@pytest.mark.parametrize(("language", "said"), [("en", "paragraph “Nothing is paid.”"), ("zh", "段落“没有付款。”")])
def test_a_condition_at_a_paragraph_names_it(language: str, said: str) -> None:
    """Of three paragraphs that a field was taken from each is told apart from the others."""
    g.language = language
    paragraph = {
        "type": "text",
        "text": "没有付款。",
        "properties": {"text_en": "Nothing is paid."},
        "conditional": {"hide": "=paid = 1"},
    }
    text = json.dumps({"id": "f", "components": [paragraph]})
    content = package(
        "P", process("P", start(), user("x", form="f"), end(), path("begun", "x", "finished")), {"forms/f.form": text}
    )
    (found,) = checks.warnings_of(content)
    assert said in findings.text(found)


def test_a_side_of_a_comparison_is_called_as_it_is_written() -> None:
    """It is the left side that is a number, not the whole comparison."""
    drawn = process(
        "P",
        start(),
        user("x"),
        gateway("g", default="flow_g_y"),
        user("y"),
        end(),
        path("begun", "x", "g", "y", "finished") + flow("g", "finished", 'count(amount) > "2"'),
    )
    (found,) = checks.warnings_of(package("P", drawn))
    assert 'condition: count(amount) is a number and "2" is a text' in findings.text(found)


def test_elements_are_called_by_their_english_names() -> None:
    """An owner who reads English finds the step; one who reads Chinese sees what stands on the diagram."""
    drawn = process("P", start(), user("x", due="nothing"), end(), path("begun", "x", "finished"))
    drawn = drawn.replace('name="x"', 'name="登记"')
    content = package("P", drawn, {"translations/P.en.yaml": "x: Take it in\n"})
    found = engine.Problem(
        1, "x", "unknown_name", {"name": "登记", "variable": "nothing", "place": "due"}, warning=True
    )
    assert definitions.english_names(content)["登记"] == "Take it in"
    assert findings.as_json([found], content)[0]["text"].startswith("“Take it in”, the limit: nothing sets nothing.")
    assert findings.as_json([found])[0]["text"].startswith("“登记”, ")


@pytest.mark.parametrize(("language", "said"), [("en", "“Reply AAA”"), ("zh", "“登记”")])
def test_an_element_is_called_as_in_its_own_process(language: str, said: str) -> None:
    """Another step of the same name, with another English one, does not bring the Chinese back; the process has its English name too."""
    g.language = language
    drawn = process("P", start(), user("x"), user("y"), end(), path("begun", "x", "y", "finished"))
    drawn = drawn.replace('name="x"', 'name="登记"').replace('name="y"', 'name="登记"')
    content = package("P", drawn, {"translations/P.en.yaml": "x: Reply AAA\ny: Two\n"})
    found = engine.Problem(1, "x", "no_group", {"name": "登记"}, "P.bpmn")
    assert findings.as_json([found], content)[0]["text"].startswith(said)


@pytest.mark.parametrize(("language", "said"), [("en", "“parallel gateway after ‘x’”"), ("zh", "“‘x’之后的并行网关”")])
def test_an_element_without_a_name_is_told_by_its_kind(language: str, said: str) -> None:
    """An id that was made when it was of another kind would send the reader to the wrong shape."""
    g.language = language
    gateway = '<bpmn:parallelGateway id="exclusive_gateway_1"/>'
    drawn = process("P", start(), user("x"), gateway, end(), path("begun", "x", "exclusive_gateway_1", "finished"))
    found = engine.Problem(1, "exclusive_gateway_1", "no_flow_leaves", {"name": ""}, "P.bpmn")
    (one,) = findings.as_json([found], package("P", drawn))
    assert said in one["text"]
    assert one["element"] == "exclusive_gateway_1"


@pytest.mark.parametrize(("language", "label", "column"), [("en", "The way", "Digits"), ("zh", "方式", "位数")])
def test_fields_and_columns_are_called_by_their_labels(language: str, label: str, column: str) -> None:
    """In a form that cannot be shown as well; a column where it has an English name."""
    g.language = language
    form = '{"components": [{"key": "way", "type": "radio", "label": "方式", "properties": {"label_en": "The way"}}]}'
    files = {"forms/f.form": form, "translations/P.en.yaml": "columns:\n  位数: Digits\n"}
    content = package("P", process("P", start(), user("x"), end(), path("begun", "x", "finished")), files)
    of_field = engine.Problem(1, "way", "no_options", {"field": "way"}, "forms/f.form")
    cell = {"table": "T", "row": 1, "heading": "位数", "variable": "gold"}
    of_cell = engine.Problem(1, "x", "bare_word", cell, "P.bpmn", warning=True)
    told = [one["text"] for one in findings.as_json([of_field, of_cell], content)]
    assert f"“{label}”" in told[0]
    assert f"“{column}”" in told[1]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "not there: ceilling (nearest known: ceiling)"), ("zh", "没有的函数 ceilling（最接近的是：ceiling）")],
)
def test_a_function_that_is_not_there_is_named_with_the_nearest(language: str, said: str) -> None:
    """A slip in a function's name is told as one, not as a place that cannot be read."""
    g.language = language
    drawn = process("P", start(), user("x", due="ceilling(1)"), end(), path("begun", "x", "finished"))
    assert said in " ".join(one["text"] for one in findings.as_json(published.problems(package("P", drawn))))


def test_broken_xml_is_told_without_the_words_of_a_parser() -> None:
    """Where it breaks is enough; what a library says of it is in English and helps nobody."""
    g.language = "zh"
    told = " ".join(one["text"] for one in findings.as_json(published.problems(package("P", "<a><b></a>"))))
    assert "第 1 行" in told
    assert not re.search(r"[a-z]{4,}", told.replace("XML", ""))


def test_a_name_of_two_elements_stays_as_it_is() -> None:
    """Rather the name on the diagram than the English of another step."""
    drawn = process("P", start(), user("x"), user("y"), end(), path("begun", "x", "y", "finished"))
    drawn = drawn.replace('name="x"', 'name="登记"').replace('name="y"', 'name="登记"')
    content = package("P", drawn, {"translations/P.en.yaml": "x: One\ny: Two\n"})
    assert "登记" not in definitions.english_names(content)
    assert definitions.english_names(package("P", "<", {"translations/P.en.yaml": "x: One\n"})) == {}


@pytest.mark.parametrize(("language", "subject", "text"), [("en", "Subject", "Text"), ("zh", "标题", "内容")])
def test_parameters_are_called_as_the_panel_calls_them(language: str, subject: str, text: str) -> None:
    """Nobody finds “subject” in a panel that says 标题; a needed one that was left empty is told as missing."""
    g.language = language
    step = service("x", "notification/department", group='"a"', subject=" ", text='"a" +')
    content = package("P", process("P", start(), step, end(), path("begun", "x", "finished")))
    told = {one["rule"]: one["text"] for one in findings.as_json(published.problems(content), content)}
    assert set(told) == {"missing_parameter", "feel_syntax"}
    assert subject in told["missing_parameter"]
    assert text in told["feel_syntax"]


@pytest.mark.parametrize(
    ("language", "keeps", "paper"),
    [
        ("zh", "办完就算在案件时限内答复了客户", "退、减、免话费处理表"),
        ("en", "answers the customer within the case's limit", "Refund and waiver form"),
    ],
)
def test_our_properties_and_papers_are_called_by_name(app: Flask, language: str, keeps: str, paper: str) -> None:
    """A finding and a change name them as the panel does; only a property that nothing reads stands as it was written."""
    with app.test_request_context():
        g.language = language
        wrong = engine.Problem(1, "a", "property_without_meaning", {"name": "A", "property": "caseLimit", "value": "x"})
        misspelt = engine.Problem(
            1, "a", "unknown_property", {"name": "A", "property": "caseLimt", "near": "caseLimit"}
        )
        missing = engine.Problem(1, "a", "unknown_paper", {"paper": "x", "known": "refund_form"}, warning=True)
        told = findings.text(wrong)
        assert (keeps in told, "caseLimit" in told) == (True, False)
        assert "caseLimt" in findings.text(misspelt)
        assert (paper in findings.text(missing), "refund_form" in findings.text(missing)) == (True, False)
        assert paper in changes.shown("refund_form, work_order", "property paper")


def test_each_rule_is_a_problem_or_a_warning() -> None:
    """The reference says of each which it is, and of none both; what is only told is nothing that is not there."""
    certain, warnings = certainty.CERTAIN, certainty.WARNINGS
    rules = {rule.removesuffix("_near") for rule in {**findings.RULES, **doubts.RULES}}
    assert (certain & warnings, (certain | warnings) - rules) == (frozenset(), frozenset())
    assert {rule.removesuffix("_near") for rule in doubts.RULES} <= certain | warnings
