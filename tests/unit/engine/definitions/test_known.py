"""Which variables are known at an element, where items of a list keep theirs to themselves."""

from __future__ import annotations

from engine.definitions import known
from tests.drawing import each, end, package, path, process, start, sub_process, user

INSIDE = sub_process("x", start("b"), user("ask"), user("again"), end("e"), path("b", "ask", "again", "e"))
NAMES = {"inputElement": "one", "outputCollection": "all", "outputElement": "amount"}
DRAWN = process("P", start(), each(INSIDE, "[1]", **NAMES), user("y"), end(), path("begun", "x", "y", "finished"))


def names_at(element: str) -> set[str]:
    return {one.name for one in known.at(package("P", DRAWN), "P", element)}


def test_inside_an_item() -> None:
    """The item and its place are known inside, and what was entered in it before."""
    assert names_at("ask") == {"loopCounter", "one"}
    assert names_at("again") == {"loopCounter", "one", "amount", "note"}


def test_after_the_items() -> None:
    """Only the list of results is known outside."""
    assert names_at("y") == {"all"}
    assert names_at("flow_x_y") == {"all"}
