"""Diagrams of other tools open; what cannot be executed is named per element; nothing an owner brings in is an error."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from engine import definitions, published
from engine.checks import lint
from engine.definitions import vendor_extensions

PROCESSES = Path(__file__).parents[4] / "processes"
SPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:flowable="http://flowable.org/bpmn" xmlns:operaton="http://operaton.org/schema/1.0/bpmn" '
    'xmlns:signavio="http://www.signavio.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)


def drawn(inside: str) -> definitions.Package:
    """A process from start to end over one element `it`, as another tool exports it."""
    return definitions.Package(
        key="P",
        files={
            "P.bpmn": f'<definitions {SPACES}><process id="P" isExecutable="true"><startEvent id="s"/>{inside}<endEvent id="e"/>'
            '<sequenceFlow id="f" sourceRef="s" targetRef="it"/><sequenceFlow id="g" sourceRef="it" targetRef="e"/>'
            "</process></definitions>"
        },
    )


@pytest.mark.parametrize(
    ("inside", "rule"),
    [
        ('<serviceTask id="it"><extensionElements><zeebe:taskDefinition type="x"/></extensionElements></serviceTask>', "foreign_operator"),
        ('<serviceTask id="it" camunda:delegateExpression="${pay}"/>', "foreign_operator"),
        ('<serviceTask id="it" flowable:class="com.example.Pay"/>', "foreign_operator"),
        ('<userTask id="it" camunda:formKey="a.html"/>', "foreign_form"),
        ('<userTask id="it"><extensionElements><zeebe:formDefinition formId="x"/></extensionElements></userTask>', "foreign_form"),
        ('<userTask id="it" flowable:candidateGroups="sales"/>', "foreign_assignment"),
        ('<businessRuleTask id="it" camunda:decisionRef="d"/>', "foreign_decision"),
        ('<serviceTask id="it"><extensionElements><zeebe:ioMapping/></extensionElements></serviceTask>', "foreign_mapping"),
        ('<userTask id="it"><extensionElements><camunda:taskListener event="create"/></extensionElements></userTask>', "foreign_listener"),
        ('<scriptTask id="it"><script>execution.x = 1</script></scriptTask>', "foreign_script"),
        ('<callActivity id="it"><extensionElements><zeebe:calledElement processId="x"/></extensionElements></callActivity>', "foreign_call"),
        ('<intermediateCatchEvent id="it"><timerEventDefinition><timeDuration>${d}</timeDuration></timerEventDefinition></intermediateCatchEvent>', "foreign_expression"),
        ('<userTask id="it"><extensionElements><camunda:somethingNew/></extensionElements></userTask>', "foreign_setting"),
        ('<userTask id="it" operaton:assignee="cleo"/>', "foreign_assignment"),
        ('<userTask id="it" operaton:dueDate="2026-12-01"/>', "foreign_limit"),
        ('<userTask id="it" operaton:formKey="a.html"/>', "foreign_form"),
        ('<userTask id="it"><extensionElements><operaton:taskListener event="create"/></extensionElements></userTask>', "foreign_listener"),
        ('<userTask id="it"><extensionElements><operaton:inputOutput/></extensionElements></userTask>', "foreign_mapping"),
        ('<userTask id="it" flowable:skipExpression="x"/>', "foreign_setting"),
        ('<userTask id="it" camunda:priority="50"/>', "foreign_setting"),
        ('<userTask id="it"><multiInstanceLoopCharacteristics camunda:collection="list"/></userTask>', "foreign_list"),
        ('<userTask id="it" xmlns:own="http://bpm.example.com/ext" own:assignee="cleo"/>', "foreign_assignment"),
    ],
)  # fmt: skip
def test_a_setting_of_another_tool_is_named(inside: str, rule: str) -> None:
    """Each says at which element it stands and, by its rule, what to do instead."""
    problems = lint.check(drawn(inside))
    assert ("it", rule) in {(problem.element_id, problem.rule) for problem in problems}


@pytest.mark.parametrize("kind", ["scriptTask", "sendTask", "manualTask", "task", "transaction", "adHocSubProcess", "complexGateway"])  # fmt: skip
def test_what_is_not_executed_is_named(kind: str) -> None:
    """Kinds of elements that this engine does not execute are problems of their own."""
    assert ("it", "element_not_executable") in {(p.element_id, p.rule) for p in lint.check(drawn(f'<{kind} id="it"/>'))}


def test_our_own_diagrams_hold_nothing_foreign() -> None:
    """Nothing that Reception Desk writes is taken for another tool's."""
    for path in PROCESSES.glob("*.bpmn"):
        assert vendor_extensions.check(path.read_bytes()) == []


def test_decoration_is_no_problem() -> None:
    """Colours and Signavio's metadata say nothing about execution."""
    inside = (
        '<userTask id="it" xmlns:own="http://bpm.example.com/ext" own:colour="red" camunda:asyncBefore="true">'
        '<extensionElements><signavio:signavioMetaData metaKey="bgcolor"/><own:note/></extensionElements></userTask>'
    )
    assert [p for p in lint.check(drawn(inside)) if p.rule.startswith("foreign")] == []


@pytest.mark.parametrize("seed", range(12))
def test_damaged_files_are_findings(seed: int, tmp_path: Path) -> None:
    """A file cut, doubled or scrambled anywhere yields findings or is still executable; it never raises."""
    chance = random.Random(seed)
    name = chance.choice(["TS-002.bpmn", "decisions/cause.dmn", "forms/ts002_receipt.form"])
    content = bytearray((PROCESSES / name).read_bytes())
    for _ in range(3):
        start = chance.randrange(len(content))
        cut = content[start : start + chance.randrange(200)]
        content[start : start + len(cut)] = chance.choice([b"", bytes(cut) * 2, bytes(cut)[::-1], b'"', b">"])
    file = tmp_path / Path(name).name
    file.write_bytes(bytes(content))
    assert isinstance(published.lint_file(file), list)


def test_several_processes_in_one_file() -> None:
    """Only one process of a file is executed; the others are not silently forgotten."""
    text = drawn('<userTask id="it"/>').files["P.bpmn"].replace("</definitions>", '<process id="Q"/></definitions>')
    problems = lint.check(definitions.Package(key="P", files={"P.bpmn": text}))
    assert "one_executable_process" in {problem.rule for problem in problems}
