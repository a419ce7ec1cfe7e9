"""Which variables are known at an element: items of a list keep theirs to themselves, callers hand on theirs, and an amount says that it counts in fen."""

from __future__ import annotations

from engine.definitions import variables
from tests.support.drawing import call, each, end, gateway, package, path, process, start, sub_process, user

INSIDE = sub_process("x", start("b"), user("ask"), user("again"), end("e"), path("b", "ask", "again", "e"))
NAMES = {"inputElement": "one", "outputCollection": "all", "outputElement": "amount"}
DRAWN = process("P", start(), each(INSIDE, "[1]", **NAMES), user("y"), end(), path("begun", "x", "y", "finished"))


def names_at(element: str) -> set[str]:
    return {variable.name for variable in variables.at(package("P", DRAWN), "P", element)}


def test_inside_an_item() -> None:
    """The item and its place are known inside, and what was entered in it before."""
    assert names_at("ask") == {"loopCounter", "one"}
    assert names_at("again") == {"loopCounter", "one", "amount", "note"}


def test_after_the_items() -> None:
    """Only the list of results is known outside."""
    assert names_at("y") == {"all"}
    assert names_at("flow_x_y") == {"all"}


def test_what_is_only_set_later() -> None:
    """It is no variable to choose from, also where two branches lay before."""
    branches = path("begun", "fork", "a", "join", "y", "ask", "finished") + path("fork", "b", "join")
    steps = (gateway("fork", "parallel"), user("a", form=""), user("b", form=""), gateway("join", "parallel"))
    diagram = process("P", start(), *steps, user("y"), user("ask"), end(), branches)
    content = package("P", diagram)
    assert {variable.name for variable in variables.at(content, "P", "a")} == set()
    assert {variable.element_id for variable in variables.at(content, "P", "ask")} == {"y"}


def test_types_and_units() -> None:
    """A money field counts in fen, and so does an amount that the case begins with."""
    by_name = {
        variable.name: variable for variable in variables.at(package("P", DRAWN), "P", "again", (), {"disputed": "fen"})
    }
    assert (by_name["amount"].type, by_name["amount"].unit, by_name["amount"].element_id) == ("number", "fen", "ask")
    assert (by_name["note"].type, by_name["note"].unit) == ("string", "")
    assert (by_name["disputed"].type, by_name["disputed"].unit, by_name["disputed"].element_id) == ("number", "fen", "")
    assert by_name["one"].type == "number"


def test_what_callers_hand_on() -> None:
    """A called process begins with everything that its caller has by then, and with what the call maps."""
    callee = process("C", start(), user("z"), end(), path("begun", "z", "finished"))
    calls = process(
        "P",
        start(),
        user("ask"),
        call("go", "C", in_given="amount * 2"),
        user("late"),
        end(),
        path("begun", "ask", "go", "late", "finished"),
    )
    content = package("P", calls, C_bpmn=callee)
    assert {variable.name for variable in variables.at(content, "C", "z")} == {"amount", "note", "given"}
    alone = package("C", callee)
    assert variables.at(alone, "C", "z") == []
    assert {variable.name for variable in variables.at(alone, "C", "z", (content,))} == {"amount", "note", "given"}
