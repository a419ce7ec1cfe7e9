"""What changed between two versions is said exactly: conditions, parameters, fields and rows; what only moved is said to have moved."""

from __future__ import annotations

from pathlib import Path

import pytest

import engine
import service_tasks
from engine.definitions import dmn_content

PROCESSES = Path(__file__).parents[4] / "processes"
REGISTERED = (service_tasks,)


@pytest.fixture(scope="module")
def package() -> engine.Package:
    """TS-002 as it stands in processes/."""
    return engine.read_package(PROCESSES, "TS-002")


def changed(package: engine.Package, file: str, old: str, new: str) -> list[engine.Difference]:
    """The differences that one replacement in one file makes."""
    assert old in package.files[file]
    text = package.files[file].replace(old, new, 1)
    return engine.differences(package, engine.package_with(package, {file: text}))


@pytest.mark.parametrize(
    ("file", "old", "new", "element", "what", "before", "after"),
    [
        ("TS-002.bpmn", '>repayment_method = "cash"', '>repayment_method != "x"', "flow_cash", "condition", 'repayment_method = "cash"', 'repayment_method != "x"'),
        ("TS-002.bpmn", 'value="ts002_receipt"', 'value="ts002_reply"', "ask_receipt", "property form", "ts002_receipt", "ts002_reply"),
        ("TS-002.bpmn", '>cause<', ">dispute_type<", "classify_cause", "decision", "cause", "dispute_type"),
        ("TS-002.bpmn", 'default="flow_cause_open"', 'default="flow_cause_known"', "cause_known", "default", "判断投诉原因", "询问票据和退款"),
        ("decisions/cause.dmn", '"fraud"', '"stolen"', "cause_fraud", "cell 查明的情况", '"fraud"', '"stolen"'),
        ("decisions/cause.dmn", 'hitPolicy="FIRST"', 'hitPolicy="UNIQUE"', "cause_table", "hitPolicy", "FIRST", "UNIQUE"),
        ("forms/ts002_receipt.form", '"required": true', '"required": false', "receipt_given_back", "required", "True", "False"),
        ("translations/TS-002.en.yaml", "Way of repayment?", "How?", "repayment_method", "english name", "Way of repayment?", "How?"),
    ],
)  # fmt: skip
def test_a_change_is_named(
    package: engine.Package, file: str, old: str, new: str, element: str, what: str, before: str, after: str
) -> None:
    """One edit is one difference, with what it was and what it is."""
    (found,) = changed(package, file, old, new)
    assert (found.kind, found.file, found.element, found.what) == ("changed", file, element, what)
    assert (found.before, found.after) == (before, after)


def test_a_parameter_is_named(package: engine.Package) -> None:
    """A changed parameter of a service task is found, which a comparison of attributes alone does not see."""
    old = next(line for line in package.files["TS-002.bpmn"].splitlines() if "spiffworkflow:parameter " in line)
    (found,) = changed(package, "TS-002.bpmn", old, old.replace('value="', 'value="0 + '))
    assert found.what.startswith("parameter ")
    assert found.after == f"0 + {found.before}"


def test_a_flow_without_a_name_is_called_by_its_ends(package: engine.Package) -> None:
    """An owner knows a flow by what it connects, not by its id."""
    line = 'id="flow_classify_cause_operator_fault" sourceRef="classify_cause" targetRef="operator_fault"'
    found = changed(package, "TS-002.bpmn", line, line.replace("classify_cause_operator_fault", "anew"))
    assert {one.name for one in found if one.kind in ("added", "removed")} == {"归类争议原因 → 属局方原因？"}


def redrawn(package: engine.Package) -> engine.Package:
    """TS-002 with two new steps of which one has an English name, a step with other names, and one taken out."""
    names, text = package.files["translations/TS-002.en.yaml"], package.files["TS-002.bpmn"]
    start = text.index('<bpmn:userTask id="judge_cause"')
    gone = text[start : text.index("</bpmn:userTask>", start) + len("</bpmn:userTask>")]
    new = '<bpmn:userTask id="ask_again" name="再问一次" /><bpmn:userTask id="note" name="记录" />'
    names = names.replace('judge_cause: "Judge the cause of the complaint"\n', 'ask_again: "Ask once more"\n')
    names = names.replace("Original receipt held?", "Any receipt?")
    files = {
        "TS-002.bpmn": text.replace(gone, new).replace("原始票据在？", "票据在？"),
        "translations/TS-002.en.yaml": names,
    }
    return engine.package_with(package, files)


def test_in_english_an_element_is_called_as_the_version_that_has_it_calls_it(package: engine.Package) -> None:
    """What is new or other bears the name of the draft, what is gone the one it had, and Chinese stays where there is no English."""
    found = engine.differences(package, redrawn(package), {"TS-002.bpmn"}, english=True)
    assert {(one.kind, one.element, one.name) for one in found} == {
        ("added", "ask_again", "Ask once more"),
        ("added", "note", "记录"),
        ("changed", "receipt_held", "Any receipt?"),
        ("removed", "judge_cause", "Judge the cause of the complaint"),
    }


def test_in_english_a_flow_leads_from_and_to_english_names(package: engine.Package) -> None:
    """A flow without a name and a default flow are told by what they lead to, in one language."""
    line = 'id="flow_classify_cause_operator_fault" sourceRef="classify_cause" targetRef="operator_fault"'
    text = package.files["TS-002.bpmn"].replace('default="flow_cause_open"', 'default="flow_cause_known"')
    anew = engine.package_with(
        package, {"TS-002.bpmn": text.replace(line, line.replace("classify_cause_operator_fault", "anew"))}
    )
    found = {one.element: one for one in engine.differences(package, anew, english=True)}
    assert found["flow_anew"].name == found["flow_anew"].after == "Classify the cause → Operator's fault?"
    assert found["cause_known"].before == "Judge the cause of the complaint"


def test_in_english_a_field_is_called_by_its_english_label(package: engine.Package) -> None:
    """A field has both labels beside each other in its form; which of them names it goes by the reader."""
    file = "forms/ts002_judge.form"
    text = package.files[file].replace('"required": true', '"required": false', 1)
    told = [
        engine.differences(package, engine.package_with(package, {file: text}), english=english)
        for english in (False, True)
    ]
    assert [one.name for (one,) in told] == ["查明的情况", "What was found"]


def test_an_english_text_is_one_change(package: engine.Package) -> None:
    """What is told at a step stands in a section of the translations: the one that changed is named by its step, and no other is shown."""
    file = "translations/TS-002.en.yaml"
    told = changed(package, file, "Enter in the month's refund list", "List the refund")
    assert [(one.element, one.what, one.after) for one in told] == [("list_refund", "english name", "List the refund")]
    (one,) = changed(package, file, "note the time and what the customer says", "note the time")
    assert (one.element, one.what, one.name) == ("documentation reply_customer", "english documentation", "回复客户")
    assert "note the time and what" in one.before
    assert one.after.endswith("note the time.")


def test_a_new_name_changes_nothing_that_refers_to_it(package: engine.Package) -> None:
    """Renaming a gateway is one change, not one for every flow that touches it."""
    found = changed(package, "TS-002.bpmn", "原始票据在？", "票据在？")
    assert [(one.element, one.what) for one in found] == [("receipt_held", "name")]


def test_what_only_moved_has_moved(package: engine.Package) -> None:
    """Another place on the drawing is no change of the process."""
    text = package.files["TS-002.bpmn"]
    old = text[text.index('bpmnElement="ask_receipt"') :].split("/>")[0]
    (found,) = changed(package, "TS-002.bpmn", old, old.replace(' x="', ' x="9'))
    assert (found.kind, found.element) == ("moved", "ask_receipt")


def test_added_and_removed_elements_are_said_once(package: engine.Package) -> None:
    """A step taken out is one difference of its own, whatever facts it had; the other way round it is new."""
    start = package.files["TS-002.bpmn"].index('<bpmn:userTask id="judge_cause"')
    end = package.files["TS-002.bpmn"].index("</bpmn:userTask>", start) + len("</bpmn:userTask>")
    text = package.files["TS-002.bpmn"]
    without = engine.package_with(package, {"TS-002.bpmn": text[:start] + text[end:]})
    assert [(d.kind, d.what) for d in engine.differences(package, without) if d.element == "judge_cause"] == [("removed", "userTask")]  # fmt: skip
    assert [(d.kind, d.what) for d in engine.differences(without, package) if d.element == "judge_cause"] == [("added", "userTask")]  # fmt: skip


def test_the_same_is_the_same(package: engine.Package) -> None:
    """Nothing changed, nothing said."""
    assert engine.differences(package, package) == []


@pytest.mark.parametrize("text", ["", "<", "{", "[1]", "a: [", "<a/>", "null", '{"components": [1, {"key": 2}]}'])
@pytest.mark.parametrize("file", ["TS-002.bpmn", "decisions/cause.dmn", "forms/ts002_receipt.form", "translations/TS-002.en.yaml"])  # fmt: skip
def test_what_cannot_be_read_differs_without_an_error(package: engine.Package, file: str, text: str) -> None:
    """Half a file in a draft is a difference like any other."""
    broken = engine.package_with(package, {file: text})
    assert engine.differences(package, broken)
    assert engine.differences(broken, package)


DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">
<itemDefinition name="tAge"><typeRef>number</typeRef></itemDefinition>
<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><literalExpression><text>7</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>
<decision id="d" name="d"><variable name="d" typeRef="tAge"/><context><contextEntry><variable name="a"/><literalExpression><text>1 + 1</text></literalExpression></contextEntry></context></decision>
</definitions>"""


@pytest.mark.parametrize(
    ("old", "new", "element", "what"),
    [
        ("1 + 1", "1 + 2", "d =", "expression"),
        ('"a"', '"b"', "d =", "expression"),
        ('typeRef="tAge"', 'typeRef="string"', "d", "typeRef"),
        (">number<", ">string<", "tAge", "expression"),
        ("<text>7<", "<text>8<", "k", "expression"),
    ],
)
def test_a_change_beside_the_tables_is_told(old: str, new: str, element: str, what: str) -> None:
    """What a decision gives depends on its boxes, on types and on knowledge models as well."""
    before, after = dmn_content.facts(DMN), dmn_content.facts(DMN.replace(old, new, 1))
    assert before is not None
    assert after is not None
    differing = {(id, name) for id in before for name in before[id] if before[id][name] != after[id].get(name)}
    assert differing == {(element, what)}
