"""What changed between two versions is said exactly: conditions, parameters, fields and rows; what only moved is said to have moved."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from engine import definitions
from engine.definitions import dmn_content

PROCESSES = Path(__file__).parents[4] / "processes"


@pytest.fixture(scope="module")
def package() -> definitions.Package:
    """TS-002 as it stands in processes/."""
    return definitions.read_package(PROCESSES, "TS-002")


def changed(package: definitions.Package, file: str, old: str, new: str) -> list[definitions.Difference]:
    """The differences that one replacement in one file makes."""
    assert old in package.files[file]
    text = package.files[file].replace(old, new, 1)
    return definitions.differences_between(package, definitions.package_with(package, {file: text}))


@pytest.mark.parametrize(
    ("file", "old", "new", "element", "fact", "before", "after"),
    [
        ("TS-002.bpmn", '>accounting_way = "credit"', '>accounting_way != "x"', "flow_credit_today", "condition", 'accounting_way = "credit"', 'accounting_way != "x"'),
        ("TS-002.bpmn", 'value="ts002_receipt"', 'value="ts002_reply"', "ask_receipt", "property form", "ts002_receipt", "ts002_reply"),
        ("TS-002.bpmn", '>cause<', ">dispute_type<", "classify_cause", "decision", "cause", "dispute_type"),
        ("TS-002.bpmn", 'default="flow_hold"', 'default="flow_sent_back"', "put_on_hold", "default", "话费挂帐处理流程", "退回专业厅"),
        ("decisions/cause.dmn", '"fraud"', '"stolen"', "cause_fraud", "cell 查明的情况", '"fraud"', '"stolen"'),
        ("decisions/cause.dmn", 'hitPolicy="FIRST"', 'hitPolicy="UNIQUE"', "cause_table", "hitPolicy", "FIRST", "UNIQUE"),
        ("forms/ts002_receipt.form", '"required": true', '"required": false', "missed", "required", "True", "False"),
        ("translations/TS-002.en.yaml", "How is it repaid?", "How?", "repayment_method", "english name", "How is it repaid?", "How?"),
    ],
)  # fmt: skip
def test_a_change_is_named(
    package: definitions.Package, file: str, old: str, new: str, element: str, fact: str, before: str, after: str
) -> None:
    """One edit is one difference, with what it was and what it is."""
    (difference,) = changed(package, file, old, new)
    assert (difference.kind, difference.file, difference.element, difference.what) == ("changed", file, element, fact)
    assert (difference.before, difference.after) == (before, after)


def test_a_parameter_is_named(package: definitions.Package) -> None:
    """A changed parameter of a service task is found, which a comparison of attributes alone does not see."""
    old = next(line for line in package.files["TS-002.bpmn"].splitlines() if "spiffworkflow:parameter " in line)
    (difference,) = changed(package, "TS-002.bpmn", old, old.replace('value="', 'value="0 + '))
    assert difference.what.startswith("parameter ")
    assert difference.after == f"0 + {difference.before}"


def test_a_flow_without_a_name_is_called_by_its_ends(package: definitions.Package) -> None:
    """An owner knows a flow by what it connects, not by its id."""
    line = 'id="flow_classify_cause_operator_fault" sourceRef="classify_cause" targetRef="operator_fault"'
    differences = changed(package, "TS-002.bpmn", line, line.replace("classify_cause_operator_fault", "anew"))
    assert {difference.name for difference in differences if difference.kind in ("added", "removed")} == {
        "归类争议原因 → 属局方原因？"
    }


def redrawn(package: definitions.Package) -> definitions.Package:
    """TS-002 with two new steps of which one has an English name, a step with other names, and one taken out."""
    names, text = package.files["translations/TS-002.en.yaml"], package.files["TS-002.bpmn"]
    start = text.index('<bpmn:userTask id="judge_cause"')
    element = text[start : text.index("</bpmn:userTask>", start) + len("</bpmn:userTask>")]
    new = '<bpmn:userTask id="ask_again" name="再问一次" /><bpmn:userTask id="note" name="记录" />'
    names = names.replace('judge_cause: "Judge the cause of the complaint"\n', 'ask_again: "Ask once more"\n')
    names = names.replace("Cash wanted, receipt lost?", "Any receipt?")
    files = {
        "TS-002.bpmn": text.replace(element, new).replace("要退现而票据遗失？", "票据在？"),
        "translations/TS-002.en.yaml": names,
    }
    return definitions.package_with(package, files)


def test_in_english_an_element_is_called_as_the_version_that_has_it_calls_it(package: definitions.Package) -> None:
    """What is new or other bears the name of the draft, what is gone the one it had, and Chinese stays where there is no English."""
    differences = definitions.differences_between(package, redrawn(package), {"TS-002.bpmn"}, english=True)
    assert {(difference.kind, difference.element, difference.name) for difference in differences} == {
        ("added", "ask_again", "Ask once more"),
        ("added", "note", "记录"),
        ("changed", "receipt_held", "Any receipt?"),
        ("removed", "judge_cause", "Judge the cause of the complaint"),
    }


def test_in_english_a_flow_leads_from_and_to_english_names(package: definitions.Package) -> None:
    """A flow without a name and a default flow are told by what they lead to, in one language."""
    line = 'id="flow_classify_cause_operator_fault" sourceRef="classify_cause" targetRef="operator_fault"'
    text = package.files["TS-002.bpmn"].replace('default="flow_not_our_fault"', 'default="flow_operator_fault"')
    anew = definitions.package_with(
        package, {"TS-002.bpmn": text.replace(line, line.replace("classify_cause_operator_fault", "anew"))}
    )
    by_element = {
        difference.element: difference for difference in definitions.differences_between(package, anew, english=True)
    }
    assert by_element["flow_anew"].name == by_element["flow_anew"].after == "Classify the cause → Operator's fault?"
    assert by_element["operator_fault"].before == "Explain to the customer"


def test_in_english_a_field_is_called_by_its_english_label(package: definitions.Package) -> None:
    """A field has both labels beside each other in its form; which of them names it goes by the reader."""
    file = "forms/ts002_judge.form"
    text = package.files[file].replace('"required": true', '"required": false', 1)
    by_language = [
        definitions.differences_between(package, definitions.package_with(package, {file: text}), english=english)
        for english in (False, True)
    ]
    assert [difference.name for (difference,) in by_language] == ["查明的情况", "What was found"]


def test_an_english_text_is_one_change(package: definitions.Package) -> None:
    """What is told at a step stands in a section of the translations: the one that changed is named by its step, and no other is shown."""
    file = "translations/TS-002.en.yaml"
    differences = changed(package, file, "Enter in the month's refund list", "List the refund")
    assert [(difference.element, difference.what, difference.after) for difference in differences] == [
        ("list_refund", "english name", "List the refund")
    ]
    (difference,) = changed(package, file, "note the time and what the customer says", "note the time")
    assert (difference.element, difference.what, difference.name) == (
        "documentation reply_customer",
        "english documentation",
        "回复客户",
    )
    assert "note the time and what" in difference.before
    assert "note the time." in difference.after


def test_a_new_name_changes_nothing_that_refers_to_it(package: definitions.Package) -> None:
    """Renaming a gateway is one change, not one for every flow that touches it."""
    differences = changed(package, "TS-002.bpmn", "要退现而票据遗失？", "票据在？")
    assert [(difference.element, difference.what) for difference in differences] == [("receipt_held", "name")]


def test_what_only_moved_has_moved(package: definitions.Package) -> None:
    """Another place on the drawing is no change of the process."""
    text = package.files["TS-002.bpmn"]
    old = text[text.index('bpmnElement="ask_receipt"') :].split("/>")[0]
    (difference,) = changed(package, "TS-002.bpmn", old, old.replace(' x="', ' x="9'))
    assert (difference.kind, difference.element) == ("moved", "ask_receipt")


def test_added_and_removed_elements_are_said_once(package: definitions.Package) -> None:
    """A step taken out is one difference of its own, whatever facts it had; the other way round it is new once."""
    start = package.files["TS-002.bpmn"].index('<bpmn:userTask id="judge_cause"')
    end = package.files["TS-002.bpmn"].index("</bpmn:userTask>", start) + len("</bpmn:userTask>")
    text = package.files["TS-002.bpmn"]
    without = definitions.package_with(package, {"TS-002.bpmn": text[:start] + text[end:]})
    assert [(d.kind, d.what) for d in definitions.differences_between(package, without) if d.element == "judge_cause"] == [("removed", "userTask")]  # fmt: skip
    back = [difference for difference in definitions.differences_between(without, package) if difference.element == "judge_cause"]  # fmt: skip
    assert [(difference.kind, difference.what) for difference in back if difference.kind == "added"] == [
        ("added", "userTask")
    ]


def test_what_a_new_step_is_given_is_told(package: definitions.Package) -> None:
    """Whoever approves sees by whom it is done and with which form, not only that there is one more."""
    start = package.files["TS-002.bpmn"].index('<bpmn:userTask id="judge_cause"')
    end = package.files["TS-002.bpmn"].index("</bpmn:userTask>", start) + len("</bpmn:userTask>")
    text = package.files["TS-002.bpmn"]
    without = definitions.package_with(package, {"TS-002.bpmn": text[:start] + text[end:]})
    facts = {
        difference.what: difference.after
        for difference in definitions.differences_between(without, package)
        if difference.element == "judge_cause" and difference.kind == "changed"
    }
    assert facts["property form"] == "ts002_judge"
    assert facts["lane"] == "专业厅"


def test_the_same_is_the_same(package: definitions.Package) -> None:
    """Nothing changed, nothing said."""
    assert definitions.differences_between(package, package) == []


@pytest.mark.parametrize("text", ["", "<", "{", "[1]", "a: [", "<a/>", "null", '{"components": [1, {"key": 2}]}'])
@pytest.mark.parametrize("file", ["TS-002.bpmn", "decisions/cause.dmn", "forms/ts002_receipt.form", "translations/TS-002.en.yaml"])  # fmt: skip
def test_what_cannot_be_read_differs_without_an_error(package: definitions.Package, file: str, text: str) -> None:
    """Half a file in a draft is a difference like any other."""
    broken = definitions.package_with(package, {file: text})
    assert definitions.differences_between(package, broken)
    assert definitions.differences_between(broken, package)


DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">
<itemDefinition name="tAge"><typeRef>number</typeRef></itemDefinition>
<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><literalExpression><text>7</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>
<decision id="d" name="d"><variable name="d" typeRef="tAge"/><context><contextEntry><variable name="a"/><literalExpression><text>1 + 1</text></literalExpression></contextEntry></context></decision>
</definitions>"""


@pytest.mark.parametrize(
    ("old", "new", "element", "fact"),
    [
        ("1 + 1", "1 + 2", "d =", "expression"),
        ('"a"', '"b"', "d =", "expression"),
        ('typeRef="tAge"', 'typeRef="string"', "d", "typeRef"),
        (">number<", ">string<", "tAge", "expression"),
        ("<text>7<", "<text>8<", "k", "expression"),
    ],
)
def test_a_change_beside_the_tables_is_told(old: str, new: str, element: str, fact: str) -> None:
    """What a decision gives depends on its boxes, on types and on knowledge models as well."""
    before, after = dmn_content.facts(DMN), dmn_content.facts(DMN.replace(old, new, 1))
    assert before is not None
    assert after is not None
    differing = {(id, name) for id in before for name in before[id] if before[id][name] != after[id].get(name)}
    assert differing == {(element, fact)}


def told(package: definitions.Package, file: str, text: str) -> list[definitions.Difference]:
    """What is said of a file that became another, without what only moved or is only written otherwise."""
    differences = definitions.differences_between(package, definitions.package_with(package, {file: text}))
    return [difference for difference in differences if difference.kind != "moved" and difference.what != "writing"]


def leaf_paths(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The way to every value of a form."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    return [path] if pairs is None else [leaf for name, inner in pairs for leaf in leaf_paths(inner, (*path, name))]


def test_whatever_is_changed_in_a_form_is_told(package: definitions.Package) -> None:
    """No value of a form can become another without a row that says so, at the root, in an option or beside the form."""
    for file in ("forms/ts002_receipt.form", "forms/ts002_reply.form"):
        for path in leaf_paths(json.loads(package.files[file])):
            schema = json.loads(package.files[file])
            holder = schema
            for name in path[:-1]:
                holder = holder[name]
            holder[path[-1]] = f"{holder[path[-1]]}x"
            if path != ("id",):
                assert told(package, file, json.dumps(schema)), (file, path)


def test_a_form_says_its_manual_reference_kind_and_order(package: definitions.Package) -> None:
    """The manual's number, a type that looks the same and the order of fields are changes as well, also beside others."""
    file = "forms/ts002_receipt.form"
    schema = json.loads(package.files[file])
    schema["manualRef"], schema["components"][0]["label"] = "TS-002.9", "x"
    schema["components"].reverse()
    differences = told(package, file, json.dumps(schema))
    assert {"manualRef", "label", "order"} <= {difference.what for difference in differences}
    (manual,) = [difference for difference in differences if difference.what == "manualRef"]
    assert (manual.before, manual.after) == ("TS-002.3", "TS-002.9")
    (order,) = [difference for difference in differences if difference.what == "order"]
    assert not order.before.startswith(", ")


def test_values_that_look_alike_are_not_the_same(package: definitions.Package) -> None:
    """true, 1 and "1" are three values."""
    file = "forms/ts002_receipt.form"
    text = package.files[file].replace('"required": true', '"required": 1', 1)
    assert [difference.what for difference in told(package, file, text)] == ["required"]


@pytest.mark.parametrize("file", ["TS-002.bpmn", "decisions/cause.dmn"])
def test_whatever_is_changed_in_a_diagram_or_table_is_told(package: definitions.Package, file: str) -> None:
    """No attribute and no text of the process itself can become another without a row that says so."""
    text = package.files[file]
    drawing = text.index("<bpmndi:BPMNDiagram") if "<bpmndi:BPMNDiagram" in text else len(text)
    drawing = min(drawing, text.index("<dmndi:DMNDI") if "<dmndi:DMNDI" in text else drawing)
    occurrences = [*re.finditer(r'\s([\w:]+)="([^"]*)"', text), *re.finditer(r"<([\w:]+)[^<>/?]*>([^<\s][^<]*)<", text)]
    often: Counter[str] = Counter()
    for occurrence in occurrences:
        silent = occurrence[1].startswith("xmlns") or occurrence[1].rpartition(":")[2] in (
            "id",
            "incoming",
            "outgoing",
            "flowNodeRef",
            "exporter",
            "exporterVersion",
            "version",
            "encoding",
        )
        often[occurrence[1]] += 1
        if not silent and occurrence.start() < drawing and often[occurrence[1]] <= 2:
            assert told(package, file, f"{text[: occurrence.end(2)]}x{text[occurrence.end(2) :]}"), occurrence[0]


def test_a_file_that_cannot_be_read_is_not_said_to_be_the_same(package: definitions.Package) -> None:
    """Of a broken file nothing is claimed about its content."""
    (difference,) = definitions.differences_between(
        package, definitions.package_with(package, {"forms/ts002_receipt.form": "{"})
    )
    assert difference.what == "unreadable"
