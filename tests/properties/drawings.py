"""Four small processes for `test_people`, each in two variants that give one of their tasks to another department."""

from __future__ import annotations

from engine import Package
from tests.drawing import (
    boundary,
    call,
    catch,
    end,
    flow,
    gateway,
    package,
    path,
    process,
    service,
    start,
    user,
)
from tests.properties.promised import CENTRE, DESK, HALL

KEYS = ("pay", "wait", "send", "outer", "called")


def drawn(key: str, variant: int) -> Package:
    """A process by its key."""
    if key == "outer":
        return package(key, OUTER, called_bpmn=_called(variant))
    return package(key, {"pay": PAY, "wait": _wait(variant), "send": SEND, "called": _called(variant)}[key])


PAY = process(
    "pay",
    *(start(), user("ask"), boundary("late", "ask", timer='duration("PT1H")'), user("press", group=DESK)),
    *(service("pay", "test/pay", amount="amount"), boundary("no", "pay", error="no"), user("explain", group=HALL)),
    *(user("check", group=HALL, notBy="ask"), end(), end("explained"), end("pressed")),
    path("begun", "ask", "pay", "check", "finished"),
    path("late", "press", "pressed"),
    path("no", "explain", "explained"),
    errors=("no",),
)
SEND = process(
    "send",
    *(start(), service("send", "test/send"), boundary("no", "send", error="no")),
    *(user("received"), user("sorry"), end(), end("refused")),
    path("begun", "send", "received", "finished"),
    path("no", "sorry", "refused"),
    errors=("no",),
)
OUTER = process(
    "outer", start(), call("call", "called"), user("outer"), end(), path("begun", "call", "outer", "finished")
)


def _wait(variant: int) -> str:
    return process(
        "wait",
        *(start(), gateway("either", "eventBased"), catch("told", message="told", key="word")),
        *(catch("passed", timer='duration("PT2H")'), gateway("join"), gateway("again", default="on")),
        *(user("after", group=CENTRE if variant else HALL), end()),
        *(path("begun", "either", "told", "join", "again"), path("either", "passed", "after", "finished")),
        *(flow("again", "join", "amount = 600"), flow("again", "after", id="on")),
        messages=("told",),
    )


def _called(variant: int) -> str:
    group = CENTRE if variant else HALL
    return process("called", start(), user("inner", group=group), end(), path("begun", "inner", "finished"))
