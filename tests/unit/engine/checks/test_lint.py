"""Lint: each rule refuses the smallest diagram that breaks it, names the element, and is broken by nothing else in that diagram."""

from __future__ import annotations

import ast
from itertools import chain
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from marshmallow import Schema, fields

import engine
import engine.runtime
from engine import definitions, elements, published
from engine.checks import lint
from engine.definitions import four_eyes, times
from engine.runtime import Call, handler
from tests.support.drawing import (
    HEAD,
    boundary,
    call,
    catch,
    catch_message,
    drawn,
    each,
    end,
    flow,
    gateway,
    node,
    package,
    path,
    process,
    send_task,
    service,
    start,
    sub_process,
    user,
)

ONE_HOUR = 'duration("PT1H")'
DECISION = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="d">
<decision id="{id}" name="{id}"><decisionTable hitPolicy="UNIQUE"><output id="o" name="o"/></decisionTable></decision></definitions>"""


class _Amount(Schema):
    amount = fields.Integer(required=True)


@handler("test/needs", parameters=_Amount, result=_Amount, title_zh="要", title_en="Need")
def _need(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    return parameters


@pytest.fixture(autouse=True)
def topic(runtime: engine.runtime.Runtime) -> None:
    """A service task that needs an amount."""
    runtime.serve(_need)


def line(*middle: str, ids: tuple[str, ...] = ("x",), errors: tuple[str, ...] = ()) -> str:
    """A process that goes from its start through some elements to its end."""
    return process("P", start(), *middle, end(), path("begun", *ids, "finished"), errors=errors, messages=("told",))


def choosing(*flows: str, default: str = "flow_which_finished", kind: str = "exclusive") -> str:
    return process(
        "P",
        start(),
        gateway("which", kind, default),
        user("x"),
        end(),
        *flows,
        path("begun", "which"),
        path("x", "finished"),
    )


def rule_task(**values: str) -> str:
    decision = f"<spiffworkflow:calledDecisionId>{values['decision']}</spiffworkflow:calledDecisionId>"
    result = f'<spiffworkflow:properties><spiffworkflow:property name="resultVariable" value="{values["result"]}"/></spiffworkflow:properties>'
    return node("businessRuleTask", "x", extensions=decision + (result if values["result"] else ""))


INNER = sub_process("x", start("in"), end("out"), path("in", "out"))
LANES = (
    '<bpmn:laneSet id="l">'
    + "".join(
        f'<bpmn:lane id="lane_{name}" name="{name}"><bpmn:flowNodeRef>x</bpmn:flowNodeRef></bpmn:lane>' for name in "ab"
    )
    + "</bpmn:laneSet>"
)
TWO_TRIGGERS = (
    '<bpmn:messageEventDefinition messageRef="message_told"/>'
    f"<bpmn:timerEventDefinition><bpmn:timeDuration>{ONE_HOUR}</bpmn:timeDuration></bpmn:timerEventDefinition>"
)

BROKEN: list[tuple[str, str, str | definitions.Package]] = [
    ("malformed_xml", "", "<definitions"),
    ("missing_file", "", definitions.Package(key="P", files={})),
    (
        "malformed_catalogue",
        "",
        definitions.Package(
            key="P", files={**package("P", line(user("x"))).files, "translations/P.en.yaml": "- a list\n"}
        ),
    ),
    *[
        ("turning_mark", "", line(user("x")).replace("</bpmn:definitions>", f"<!-- 查明{mark}收费网站 --></bpmn:definitions>"))
        for mark in ("\u202e", "\u2067", "&#x202E;", "&#8238;")
    ],
    ("wrong_process_id", "", line(user("x")).replace('process id="P"', 'process id="Q"')),
    *[("process_not_executable", "P", line(user("x")).replace('isExecutable="true"', f'isExecutable="{no}"')) for no in ("false", "0", " false ")],
    (
        "one_executable_process",
        "",
        line(user("x")).replace("</bpmn:definitions>", '<bpmn:process id="Q" isExecutable="true"/></bpmn:definitions>'),
    ),
    ("id_used_twice", "x", line(user("x"), user("x"))),
    ("element_without_id", "", line(user("x"), user("y").replace('id="y"', ""))),
    ("one_start_event", "P", line(user("x"), start("again"), flow("again", "x"))),
    ("no_end_event", "x", line(sub_process("x", start("in"), user("y"), flow("in", "y"), gateway("z"), flow("y", "z"), flow("z", "y")))),
    ("unusable_id", "Start", line(user("Start"), ids=("Start",))),
    ("unusable_id", "P.EndJoin", line(user("P.EndJoin"), ids=("P.EndJoin",))),
    ("unusable_id", "甲", line(user("甲"), ids=("甲",))),
    ("loose_flow", "flow_w_finished", line(user("x"), flow("w", "finished"))),
    ("two_flows_same_ends", "second", choosing(flow("which", "x", "a > 1"), flow("which", "x", "a > 2", "second"), flow("which", "finished"))),
    ("several_flows_leave", "x", line(user("x"), user("y"), flow("x", "y"), flow("y", "finished"))),
    ("several_flows_leave", "begun", line(user("x"), user("y"), flow("begun", "y"), flow("y", "finished"))),
    ("no_flow_leaves", "y", line(user("x"), user("y"), gateway("both", "parallel"), flow("both", "y"), ids=("both", "x"))),
    ("attached_to_nothing", "late", line(gateway("x"), boundary("late", "x", timer=ONE_HOUR), flow("late", "finished"))),
    ("flow_crosses_level", "flow_y_finished", line(sub_process("x", start("in"), gateway("z", "parallel"), user("y"), end("out"), path("in", "z", "out"), flow("z", "y")), flow("y", "finished"))),
    ("flow_into_event", "begun", choosing(flow("which", "begun", "a > 1"), flow("which", "x", "a > 2"), flow("which", "finished"))),
    ("flow_out_of_end", "finished", line(user("x"), user("y"), end("late"), path("finished", "y", "late"))),
    ("condition_never_asked", "flow_begun_x", line(user("x")).replace('targetRef="x">', 'targetRef="x"><bpmn:conditionExpression>a</bpmn:conditionExpression>')),
    ("condition_never_asked", "flow_which_finished", choosing(flow("which", "x", "a > 1"), flow("which", "finished", "a > 2"))),
    ("unreachable", "y", line(user("x"), user("y"), flow("y", "finished"))),
    ("no_default_flow", "which", choosing(flow("which", "x", "a > 1"), flow("which", "finished", "a > 2"), default="")),
    ("no_condition", "flow_which_x", choosing(flow("which", "x"), flow("which", "finished"))),
    ("parallel_gateway_in_loop", "x", line(gateway("x", "parallel"), gateway("w"), user("y"), path("x", "y", "w"), ids=("w", "x"))),
    ("event_gateway_target", "which", choosing(flow("which", "x"), kind="eventBased", default="")),
    ("event_gateway_target", "which", process("P", start(), gateway("which", "eventBased"), catch("a", timer=ONE_HOUR), catch("b", timer=ONE_HOUR), end(), path("begun", "which", "a", "b", "finished"), flow("which", "b"))),
    *[("element_not_executable", "x", line(node(kind, "x"))) for kind in ("task", "manualTask", "scriptTask", "sendTask", "intermediateThrowEvent", "complexGateway", "choreographyTask", "adHocSubProcess", "transaction")],
    ("loop_marker", "x", line(user("x").replace("</bpmn:userTask>", "<bpmn:standardLoopCharacteristics/></bpmn:userTask>"))),
    ("no_collection", "x", line(user("x").replace("</bpmn:userTask>", "<bpmn:multiInstanceLoopCharacteristics/></bpmn:userTask>"))),
    ("no_collection", "x", line(each(INNER, ""))),
    *[("multi_instance_part", "x", line(each(user("x"), "a").replace("</bpmn:multiInstance", f"<bpmn:{part}>3</bpmn:{part}></bpmn:multiInstance"))) for part in ("loopCardinality", "loopDataInputRef", "inputDataItem", "loopDataOutputRef", "outputDataItem", "complexBehaviorDefinition")],
    ("multi_instance_part", "x", line(each(user("x"), "a").replace('isSequential="false"', 'behavior="None"'))),
    ("not_multi_instance", "x", line(each(catch_message("x", "told", "1"), "a"))),
    ("results_incomplete", "x", line(each(user("x"), "a", outputCollection="b"))),
    ("results_incomplete", "x", line(each(user("x"), "a", outputElement="b"))),
    ("unusable_variable", "x", line(each(user("x"), "a", inputElement="1b"))),
    ("unusable_variable", "x", line(each(user("x"), "a", outputCollection="a b", outputElement="c"))),
    ("feel_syntax", "x", line(each(user("x"), "a +"))),
    ("feel_syntax", "x", line(each(user("x"), "a", outputCollection="b", outputElement="(c"))),
    ("feel_syntax", "x", line(each(user("x"), "a", until="a >"))),
    ("event_sub_process", "x", line(INNER.replace('name="x"', 'name="x" triggeredByEvent="true"'))),
    *[("extension_not_executable", "x", line(user("x").replace("</spiffworkflow:properties>", f"</spiffworkflow:properties><spiffworkflow:{name}>x = 1</spiffworkflow:{name}>"))) for name in ("preScript", "postScript", "instructionsForEndUser", "serviceTaskOperator", "calledDecisionId")],
    *[("event_not_executable", "x", line(node("intermediateCatchEvent", "x", body=f"<bpmn:{kind}EventDefinition/>"))) for kind in ("signal", "link", "conditional", "escalation")],
    ("event_not_executable", "x", line(node("intermediateCatchEvent", "x", extensions='<spiffworkflow:properties><spiffworkflow:property name="correlationKey" value="1"/></spiffworkflow:properties>', body=TWO_TRIGGERS))),
    *[("end_not_executable", "finished", line(user("x")).replace('name="finished" >', f'name="finished" ><bpmn:{kind}EventDefinition/>')) for kind in ("signal", "message", "compensate", "cancel", "escalation")],
    ("start_not_executable", "begun", line(user("x")).replace("</bpmn:startEvent>", '<bpmn:messageEventDefinition messageRef="message_told"/></bpmn:startEvent>')),
    ("start_not_executable", "begun", line(user("x")).replace("</bpmn:startEvent>", '<bpmn:timerEventDefinition><bpmn:timeDate>now() + duration("PT1H")</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:startEvent>')),
    ("element_not_executable", "x", line(node("intermediateThrowEvent", "x", body='<bpmn:messageEventDefinition messageRef="message_told"/>'))),
    ("no_message", "x", line(send_task("x", "test/needs", "nobody", amount="1"))),
    ("event_not_executable", "b", line(user("x"), node("boundaryEvent", "b", 'attachedToRef="x"', body="<bpmn:compensateEventDefinition/>"), flow("b", "finished"))),
    *[("unquoted_duration", "x", line(catch("x", timer=text))) for text in ("PT4H", "P1DT", "R/PT1H", "R3/PT1H")],
    *[("never_an_instant", "x", line(catch("x", timer=text))) for text in ("2026-12-01", "5", "null", 'time("10:00:00")', '"R/PT1H"', 'next_weekday(a, "thursday")')],
    *[("unquoted_duration", "x", line(user("x", due=text))) for text in ("PT4H", "PT24H")],
    *[("never_an_instant", "x", line(user("x", due=text))) for text in ("2026-12-01", 'next_weekday(accepted_at, "thursday")', "null", "true")],
    ("unquoted_duration", "begun", line(user("x")).replace(start(), start(due="PT24H"))),
    ("timer_repeats", "x", line(catch("x", timer=ONE_HOUR).replace("timeDuration", "timeCycle"))),
    *[(rule, "late", line(user("x"), boundary("late", "x", timer=ONE_HOUR, interrupting=False), flow("late", "finished")).replace(f"{escape(ONE_HOUR)}</bpmn:timeDuration", f"{text}</bpmn:timeCycle").replace("<bpmn:timeDuration", "<bpmn:timeCycle")) for rule, text in (("repetition_unreadable", "R-1/PT1H"), ("repetition_without_count", "R0/PT1H"), ("repetition_without_interval", "R3/PT0S"))],
    ("timer_without_time", "x", line(node("intermediateCatchEvent", "x", body="<bpmn:timerEventDefinition/>"))),
    ("limit_never_reckoned", "x", line(user("x", dueGroup="shared"))),
    *[("over_when_begun", "x", line(catch("x", timer=text))) for text in ('duration("-PT4H")', 'duration("PT0S")', 'date("2020-01-01")', 'entered_at - duration("PT1H")')],
    ("over_when_begun", "x", line(user("x", due='duration("-PT4H")'))),
    ("step_without_name", "x", line(user("x").replace('name="x"', 'name=" "'))),
    ("step_without_name", "x", line(user("x").replace('name="x"', ""))),
    ("unknown_not_by", "x", line(user("x", notBy="nobody"))),
    ("not_by_later", "x", line(user("x", notBy="y"), user("y"), ids=("x", "y"))),
    ("not_by_later", "x", line(user("x", notBy="x"))),
    ("approval_of_ones_own", "x", line(user("x", approves="approval"))),
    ("approval_of_ones_own", "x", line(user("x", approves="approval", notBy=" ,x"))),
    ("approves_nothing", "x", line(user("x", notBy="*", approvedAmount="1"))),
    ("feel_syntax", "x", line(user("x", notBy="*", approves="approval", approvedAmount="1 +"))),
    ("unusable_variable", "x", line(user("x", notBy="*", approves="an approval"))),
    ("in_two_lanes", "x", line(LANES, user("x", group=""))),
    ("error_must_interrupt", "late", line(user("x"), boundary("late", "x", error="no", interrupting=False), flow("late", "finished"), errors=("no",))),
    *[("no_error_code", "late", line(user("x"), boundary("late", "x", error="no"), flow("late", "finished")).replace("<bpmn:process", f"{declared}<bpmn:process", 1)) for declared in ("", '<bpmn:error id="error_no"/>', '<bpmn:error id="error_no" errorCode=""/>')],
    ("attached_to_nothing", "late", drawn(line(INNER, boundary("late", "in_task", timer=ONE_HOUR), flow("late", "finished")).replace(path("in", "out"), user("in_task") + path("in", "in_task", "out")))),
    ("no_error_code", "finished", line(user("x")).replace('name="finished" >', 'name="finished" ><bpmn:errorEventDefinition/>')),
    ("no_message", "x", line(catch("x", message="nowhere", key="1"))),
    ("no_correlation_key", "x", line(catch("x", message="told"))),
    ("no_group", "x", line(user("x", group=""))),
    ("unknown_form", "x", line(user("x", form="nowhere"))),
    ("unknown_tried", "x", line(user("x", tries="nowhere"))),
    ("unknown_topic", "x", line(service("x", "test/nowhere"))),
    ("missing_parameter", "x", line(service("x", "test/needs"))),
    ("unknown_parameter", "x", line(service("x", "test/needs", amount="1", more="2"))),
    ("no_result_variable", "x", package("P", line(rule_task(decision="d", result="")), {"decisions/d.dmn": DECISION.format(id="d")})),
    ("unknown_decision", "x", line(rule_task(decision="nowhere", result="r"))),
    ("unknown_decision", "x", package("P", line(rule_task(decision="d", result="r")), {"decisions/d.dmn": DECISION.format(id="other")})),
    ("malformed_decision", "x", package("P", line(rule_task(decision="d", result="r")), {"decisions/d.dmn": "<definitions"})),
    ("unknown_called_process", "x", line(call("x", "NOWHERE"))),
    ("recursive_call", "", line(call("x", "P"))),
    ("sub_process_id_taken", "x", package("P", line(call("y", "C"), INNER, ids=("y", "x")), C_bpmn=line(INNER).replace('process id="P"', 'process id="C"'))),
    ("feel_syntax", "x", line(user("x", due="1 +"))),
    ("missing_parameter", "x", line(service("x", "test/needs", amount=" "))),
    ("feel_syntax", "x", line(service("x", "test/needs", amount="1 +"))),
    ("feel_syntax", "x", line(catch("x", timer="in 4 hours"))),
    ("feel_syntax", "flow_which_x", choosing(flow("which", "x", "=a"), flow("which", "finished"))),
]  # fmt: skip


def as_package(broken: str | definitions.Package) -> definitions.Package:
    return broken if isinstance(broken, definitions.Package) else package("P", broken)


@pytest.mark.parametrize("rule, element, broken", BROKEN)
def test_a_rule_refuses_what_breaks_it(rule: str, element: str, broken: str | definitions.Package) -> None:
    """The problem has the rule's name and the element's id, and no other rule is broken."""
    problems = published.problems(as_package(broken))
    assert {problem.rule for problem in problems} == {rule}
    assert element in {problem.element_id for problem in problems}


def test_every_rule_is_tried() -> None:
    """A rule that lint may name has a diagram above."""
    files = [
        *(Path(module.__file__) for module in (lint, four_eyes, times)),
        *Path(elements.__file__).parent.glob("*.py"),
    ]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    rules = {
        argument.value
        for call in chain.from_iterable(map(ast.walk, trees))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("Problem", "_problem", "problem")
        for argument in call.args[1:3]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value
    }
    assert rules == {rule for rule, _element, _broken in BROKEN}


def test_a_sound_diagram_has_no_problem() -> None:
    """What all of these break is otherwise in order."""
    assert published.problems(package("P", line(user("x")))) == []


def test_the_line_of_a_problem_is_the_line_of_the_file() -> None:
    """An owner finds the element in the text."""
    diagram = f"{HEAD}\n\n" + line(user("x", form="nowhere")).removeprefix(HEAD)
    assert [problem.line for problem in published.problems(package("P", diagram))] == [3]
