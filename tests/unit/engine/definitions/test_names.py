"""Names, values and types in a process and among those that call it: what nothing can have set is told, with what was meant."""

from __future__ import annotations

import json
from typing import Any

import pytest
from marshmallow import Schema, fields, validate

import engine.runtime
from engine.definitions import names
from engine.ground.errors import Problem
from engine.runtime import Call, handler
from tests.support.drawing import (
    boundary,
    call,
    catch,
    catch_message,
    decide,
    each,
    end,
    flow,
    gateway,
    node,
    package,
    path,
    process,
    service,
    start,
    sub_process,
    user,
)

STARTED = {"case_number": "string"}
OPTIONS = [{"value": "cash", "label": "现金"}, {"value": "credit", "label": "冲减"}]
DEMAND = {"type": "select", "key": "demand", "label": "要求", "values": OPTIONS}
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="d" name="Levels"><decisionTable hitPolicy="FIRST">
<input id="i" label="Amount"><inputExpression><text>{input}</text></inputExpression></input><output id="o" name="level" label="Level"/>
<rule id="r1"><inputEntry><text>{cell}</text></inputEntry><outputEntry><text>{result}</text></outputEntry></rule>
<rule id="r2"><inputEntry><text>-</text></inputEntry><outputEntry><text>"low"</text></outputEntry></rule></decisionTable></decision></definitions>"""


class _Takes(Schema):
    amount = fields.Integer(strict=True)
    way = fields.String(validate=validate.OneOf(("cash", "credit")))


class _Gives(Schema):
    paid = fields.Integer()
    state = fields.String(validate=validate.OneOf(("open", "done")))
    on = fields.Date()


@handler("test/pays", parameters=_Takes, result=_Gives, title_zh="付", title_en="Pay")
def _pay(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    return parameters


@pytest.fixture(autouse=True)
def topic(runtime: engine.runtime.Runtime) -> None:
    """A service task with typed parameters and a typed result."""
    runtime.serve(_pay)


def form(*components: dict[str, object]) -> str:
    return json.dumps({"type": "default", "id": "f", "components": list(components)})


def line(*middle: str, ids: tuple[str, ...] = ("x",), **begin: str) -> str:
    return process("P", start(**begin), *middle, end(), path("begun", *ids, "finished"), messages=("told",))


def choosing(condition: str, before: str = "", ids: tuple[str, ...] = ()) -> str:
    """After some steps, a gateway that asks a condition."""
    parts = (start(), before or user("ask"), gateway("which", default="flow_which_finished"), user("more"), end())
    ways = path("begun", *(ids or ("ask",)), "which") + flow("which", "more", condition) + path("which", "finished")
    return process("P", *parts, ways, path("more", "finished"))


def told(diagram: str, files: dict[str, str] | None = None, in_force: tuple[object, ...] = ()) -> list[Problem]:
    return names.check(package("P", diagram, files), in_force, STARTED)  # type: ignore[arg-type]


def rules(diagram: str, files: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """(element, rule) of every warning."""
    return [(problem.element_id, problem.rule) for problem in told(diagram, files)]


def test_a_misspelt_name_comes_with_the_right_one() -> None:
    """The condition would never hold, and nobody would know why."""
    (problem,) = told(choosing("amuont > 100"))
    assert (problem.element_id, problem.rule, problem.warning) == ("flow_which_more", "unknown_name_near", False)
    assert (problem.values["variable"], problem.values["near"]) == ("amuont", "amount")


@pytest.mark.parametrize(
    ("diagram", "expected"),
    [
        (line(user("x", due="accepted_at + waiting")), [("x", "unknown_name")]),
        (line(user("x"), due="amuont"), [("begun", "unknown_name")]),
        (line(catch_message("x", "told", "case_numbre")), [("x", "unknown_name_near")]),
        (line(catch("x", timer="case_numbre")), [("x", "unknown_name_near")]),
        (line(service("x", "test/pays", amount="amuont")), [("x", "unknown_name")]),
        (line(service("x", "test/pays", amount='"ten"')), [("x", "unfit")]),
        (line(service("x", "test/pays", way='"cahs"')), [("x", "not_offered_near")]),
        (line(service("x", "test/pays"), user("y", due="result.on"), ids=("x", "y")), []),
        (line(service("x", "test/pays"), user("y", due="result.onn"), ids=("x", "y")), [("y", "unknown_part_near")]),
        (line(each(user("x"), "amounts", inputElement="one")), [("x", "unknown_name")]),
        (line(each(user("x"), "case_number", inputElement="one")), [("x", "unfit_here")]),
        (line(service("x", "test/pays"), user("y", due="result.paid"), ids=("x", "y")), [("y", "unfit_here")]),
        (line(user("x", due="case_number")), []),
        (line(user("x", due="entered_at")), []),
        (line(catch("x", timer="case_number = null")), [("x", "unfit_here")]),
        (line(each(user("x"), "[1]", until="amuont > 1")), [("x", "unknown_name_near")]),
        (
            line(each(user("x"), "[1]", until="numberOfCompletedInstances > 1 and amount = loopCounter")),
            [],
        ),
        (
            line(each(user("x"), "[1]", outputCollection="all", outputElement="amuont")),
            [("x", "unknown_name_near")],
        ),
        (choosing("amount"), [("flow_which_more", "no_condition_type")]),
        (
            choosing('note = 5 or amount = "x"'),
            [("flow_which_more", "kinds_differ"), ("flow_which_more", "kinds_differ")],
        ),
        (choosing("case_number != null and amount > 5 and refusal = null and entered_at > accepted_at"), []),
        (choosing('result.state = "closed"', service("ask", "test/pays")), [("flow_which_more", "not_offered")]),
        (choosing("result.state = result.paid", service("ask", "test/pays")), [("flow_which_more", "kinds_differ")]),
    ],
)
def test_every_expression_of_a_process(diagram: str, expected: list[tuple[str, str]]) -> None:
    """Limits, keys, parameters, lists, what items give, ends of lists, conditions."""
    assert sorted(rules(diagram)) == sorted(expected)


def test_what_is_set_only_later() -> None:
    """Asked before it is entered it is always null; in a loop it may have been entered."""
    first = line(user("x", due="result.on"), service("y", "test/pays"), ids=("x", "y"))
    (problem,) = told(first)
    assert (problem.element_id, problem.rule, problem.values["by"]) == ("x", "set_later", "y")
    around = process(
        *("P", start(), user("x", due="result.on"), service("y", "test/pays")),
        *(gateway("again", default="flow_again_x"), end(), path("begun", "x", "y", "again", "x")),
        flow("again", "finished", "result.paid > 5"),
    )
    assert rules(around) == []


def test_what_another_branch_sets() -> None:
    """Of two branches at once nobody knows which is first."""
    forked = process(
        *("P", start(), gateway("fork", "parallel"), service("pay", "test/pays"), user("x", due="result.on")),
        *(
            gateway("join", "parallel"),
            end(),
            path("begun", "fork", "pay", "join", "finished"),
            path("fork", "x", "join"),
        ),
    )
    assert rules(forked) == []


def after_a_fork(kind: str, joined: str, *, condition: str = "result.paid > 5") -> str:
    """Two branches that a gateway joins, then a choice, and only after it a step that sets `result`."""
    choice = (gateway("which", default="flow_which_pay"), service("pay", "test/pays"), end())
    return process(
        *("P", start(), gateway("fork", kind), user("a"), user("b"), gateway("join", joined), *choice),
        *(path("begun", "fork", "a", "join", "which", "pay", "finished"), path("fork", "b", "join")),
        flow("which", "finished", condition),
    )


@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
def test_what_is_set_only_after_the_branches_have_met(kind: str) -> None:
    """The gateway waits for both branches, so what comes after it has not been; a condition that asks for it never holds."""
    (problem,) = told(after_a_fork(kind, kind))
    assert (problem.element_id, problem.rule, problem.warning) == ("flow_which_finished", "set_later", False)
    assert problem.values["by"] == "pay"


def test_a_reminder_beside_a_step_does_not_hide_what_is_set_later() -> None:
    """An event that does not interrupt begins a branch of its own; what follows the step on its way is as late as before."""
    reminder = (user("x"), boundary("late", "x", timer="accepted_at", interrupting=False), user("remind"), end("told"))
    diagram = process(
        *("P", start(), *reminder, user("y", due="result.on"), service("pay", "test/pays"), end()),
        *(path("begun", "x", "y", "pay", "finished"), path("late", "remind", "told")),
    )
    assert rules(diagram) == [("y", "set_later")]


def test_what_the_caller_sets_later() -> None:
    """It is told by whom, and not that nothing sets it."""
    callee = process("P", start(), user("x", due="result.on"), end(), path("begun", "x", "finished"))
    calling = process(
        *("Q", start(), call("go", "P"), service("pay", "test/pays"), end()), path("begun", "go", "pay", "finished")
    )
    (problem,) = told(callee, in_force=(package("Q", calling, P_bpmn=callee),))
    assert (problem.rule, problem.values["by"]) == ("set_later", "pay")


def test_a_form_that_two_steps_share() -> None:
    """What it asks for at one of them is no mistake at the other; what is late at both is."""
    note = {"type": "textfield", "key": "why", "label": "原因", "properties": {"prefill": "result.state"}}
    files = {"forms/f.form": form(note)}
    steps = (user("x", form="f"), service("pay", "test/pays"), user("y", form="f"))
    assert rules(line(*steps, ids=("x", "pay", "y")), files) == []
    assert rules(line(*steps, ids=("x", "y", "pay")), files) == [("x", "set_later"), ("y", "set_later")]
    again = {**note, "properties": {"prefill": "if why != null then why else case_number"}}
    assert rules(line(user("x", form="f")), {"forms/f.form": form(again)}) == []


def test_out_of_a_sub_process() -> None:
    """What is set inside is known after it, and at the events on its border."""
    inside = sub_process("s", start("b"), service("pay", "test/pays"), end("e"), path("b", "pay", "e"))
    guard = boundary("late", "s", timer="result.on")
    diagram = process(
        *("P", start(), inside, guard, user("x", due="result.on"), user("y", due="result.on"), end()),
        *(path("begun", "s", "x", "finished"), path("late", "y", "finished")),
    )
    assert rules(diagram) == []


def test_items_keep_what_is_theirs() -> None:
    """Outside a list only its results are known."""
    item_task = each(user("x"), "[1]", inputElement="one", outputCollection="all", outputElement="amount + one")
    right = line(item_task, user("y", due="string(all[1])"), ids=("x", "y"))
    wrong = line(item_task, user("y", due="one"), ids=("x", "y"))
    assert rules(right) == []
    assert rules(wrong) == [("y", "unknown_name")]


def test_a_called_process_has_what_any_caller_hands_it() -> None:
    """A copy of the caller's variables, with what it maps; another package may be the caller."""
    callee = process(
        "P", start(), user("x", due="extra.on"), user("y", due="given"), end(), path("begun", "x", "y", "finished")
    )
    calling = process(
        *("Q", start(), service("pay", "test/pays", result="extra"), call("go", "P", in_given="extra.on"), end()),
        path("begun", "pay", "go", "finished"),
    )
    assert rules(callee) == [("x", "unknown_name"), ("y", "unknown_name")]
    caller = package("Q", calling, P_bpmn=callee)
    assert told(callee, in_force=(caller,)) == []


def test_what_is_taken_back_is_there_inside() -> None:
    """`out.` is read among the called process's variables; what it gives is known to the caller with its type."""
    callee = process("C", start(), service("pay", "test/pays"), end(), path("begun", "pay", "finished"))
    right = line(
        call("x", "C", out_state="result.state"),
        user("y", due="if state = 5 then entered_at else null"),
        ids=("x", "y"),
    )
    wrong = line(call("x", "C", out_state="reslut.state"))
    assert rules(right, {"C.bpmn": callee}) == [("y", "kinds_differ")]
    assert ("x", "unknown_name_near") in rules(wrong, {"C.bpmn": callee})


def test_a_field_that_was_taken_out() -> None:
    """Something still asks for it."""
    diagram = choosing('demand = "cash"', user("ask", form="f"))
    assert rules(diagram, {"forms/f.form": form(DEMAND)}) == []
    assert rules(diagram, {"forms/f.form": form({**DEMAND, "key": "wish"})}) == [("flow_which_more", "unknown_name")]


def test_an_option_that_no_form_offers() -> None:
    """Neither a condition nor what is filled in beforehand may name it."""
    diagram = choosing('demand = "cahs"', user("ask", form="f"))
    (problem,) = told(diagram, {"forms/f.form": form(DEMAND)})
    assert (problem.rule, problem.values["value"], problem.values["near"]) == ("not_offered_near", "cahs", "cash")
    filled = {**DEMAND, "properties": {"prefill": 'if case_number = null then "cash" else "crdit"'}}
    (problem,) = told(line(user("x", form="f")), {"forms/f.form": form(filled)})
    assert (problem.file, problem.values["field"], problem.values["value"]) == ("forms/f.form", "demand", "crdit")


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"conditional": {"hide": "=demnad = null"}}, "unknown_name_near"),
        ({"conditional": {"hide": "=demand"}}, "no_condition_type"),
        ({"properties": {"max": "demand"}}, "unfit"),
        ({"properties": {"prefill": '"much"'}}, "unfit"),
        ({"properties": {"prefill": "demand"}}, "set_later"),
    ],
)
def test_expressions_of_a_form(more: dict[str, object], rule: str) -> None:
    """Conditions and limits see the form's own fields, what is filled in beforehand does not."""
    number = {"type": "number", "key": "count", "label": "数量", **more}
    (problem,) = told(line(user("x", form="f")), {"forms/f.form": form(DEMAND, number)})
    assert (problem.element_id, problem.rule, problem.values["field"]) == ("x", rule, "count")


def test_what_is_shown_beside_a_form() -> None:
    """A display of nothing is an empty panel, for ever."""
    text = json.dumps(
        {
            "id": "f",
            "components": [DEMAND],
            "shows": [{"variable": "result.paid", "as": "money"}, {"variable": "result.piad", "as": "money"}],
        }
    )
    diagram = line(service("p", "test/pays"), user("x", form="f"), ids=("p", "x"))
    (problem,) = told(diagram, {"forms/f.form": text})
    assert (problem.rule, problem.values["near"]) == ("unknown_part_near", "paid")


def test_names_of_a_decision_table() -> None:
    """Inputs and cells see the variables of the task; each is named by table, rule and column."""
    diagram = line(user("ask"), decide("x", "d", "grade"), ids=("ask", "x"))

    def table(column: str = "amount", cell: str = "> 5", result: str = '"high"') -> list[Problem]:
        text = TABLE.format(input=column, cell=cell.replace(">", "&gt;"), result=result)
        return told(diagram, {"decisions/d.dmn": text})

    assert table() == []
    (problem,) = table(column="amuont")
    assert (problem.rule, problem.element_id, problem.file) == ("unknown_name_near", "x", "decisions/d.dmn")
    assert (problem.values["table"], problem.values["heading"]) == ("Levels", "Amount")
    (problem,) = table(result="gold")
    assert (problem.rule, problem.values["row"], problem.values["heading"]) == ("bare_word", 1, "Level")
    (problem,) = table(cell='"much"')
    assert problem.rule == "kinds_differ"


def test_what_a_decision_gives_has_its_types() -> None:
    """The texts of its rules are the values there are."""
    files = {"decisions/d.dmn": TABLE.format(input="amount", cell="1", result='"high"')}
    steps = user("ask") + decide("x", "d", "grade")
    assert rules(choosing('grade = "high"', steps, ("ask", "x")), files) == []
    assert rules(choosing('grade = "hihg"', steps, ("ask", "x")), files) == [
        ("flow_which_more", "not_offered_near"),
        ("x", "result_misspelt"),  # nobody knows on which side the slip is
    ]


def test_where_somebody_else_may_set_something_that_is_said() -> None:
    """A step without a form, a process that is not there, an element of another tool: any name may come from it, and of none it is told that nothing sets it."""
    unknown = (
        choosing("amuont > 1", user("ask", form="nowhere")),
        choosing("amuont > 1", call("ask", "nowhere")),
        choosing("amuont > 1", node("scriptTask", "ask")),
    )
    assert [rules(diagram) for diagram in unknown] == [[("ask", "names_not_judged")]] * 3


@pytest.mark.parametrize(
    ("expression", "fails"),
    [
        ({"properties": {"prefill": "amuont"}}, True),
        ({"conditional": {"hide": "=waiting"}}, True),
        ({"properties": {"requiredWhen": "waiting = true"}}, True),
        ({"conditional": {"hide": "=demand = 3"}}, True),
        ({"conditional": {"hide": "=demand = null and demand != null"}}, True),
        ({"properties": {"prefill": '"much"'}}, True),
        ({"conditional": {"hide": "=demand = demand"}}, False),
        ({"conditional": {"hide": "=demand = null or demand != null"}}, False),
    ],
)
def test_what_cannot_but_fail_is_a_problem(expression: dict[str, object], fails: bool) -> None:
    """A field that was taken out and is asked for elsewhere, a comparison that never holds and a type that does not fit keep a process back; what always holds is only told."""
    number = {"type": "number", "key": "count", "label": "数量", **expression}
    (problem,) = told(line(user("x", form="f")), {"forms/f.form": form(DEMAND, number)})
    assert problem.warning is not fails


def test_what_is_guessed_is_no_problem() -> None:
    """A wording that there is not cannot but fail; a name that looks misspelt, where something may set any, is a guess."""
    (literal,) = told(line(service("x", "test/pays", way='"cahs"')))
    guesses = told(line(user("ask", form="nowhere"), user("x", due="case_numbre"), ids=("ask", "x")))
    assert (literal.warning, [problem.rule for problem in guesses if not problem.warning]) == (False, [])
    assert {problem.rule for problem in guesses} == {"names_not_judged", "unknown_name_near"}


def test_a_name_that_merely_begins_alike_is_not_proposed() -> None:
    """Asked whether they mean another field, owners would take it."""
    evidence = {"type": "textfield", "key": "event_evidence", "label": "凭据"}
    (problem,) = told(choosing("event_on != null", user("ask", form="f")), {"forms/f.form": form(evidence)})
    assert (problem.rule, problem.values["near"]) == ("unknown_name", "")
