"""Four small processes, each in two variants that give one of their tasks to another department, and the service tasks that they call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from marshmallow import Schema, fields

from engine import runtime
from engine.definitions import Package
from engine.runtime import BpmnError, Call, handler
from tests.properties.promised import BROKEN, CENTRE, DESK, HALL, REFUSED
from tests.support.drawing import (
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

KEYS = ("pay", "wait", "send", "outer", "called")


class Amount(Schema):
    """What is paid."""

    amount = fields.Integer(required=True, allow_none=True)


class Nothing(Schema):
    """No parameters, no result."""


def pay(parameters: dict[str, Any], _call: Call) -> dict[str, Any]:
    """Pays what it is told, refuses one amount and breaks over another."""
    if parameters["amount"] == REFUSED:
        raise BpmnError("no")
    if parameters["amount"] == BROKEN:
        raise RuntimeError
    return parameters


@contextmanager
def services(send: Callable[[dict[str, Any], Call], dict[str, Any]]) -> Iterator[None]:
    """Inside the block the processes have their service task of the house, and `send` as the one outside."""
    told: dict[str, Any] = {"errors": ("no",), "title_zh": "做", "title_en": "Work"}
    served = runtime.current().handlers
    handler("test/pay", parameters=Amount, result=Amount, **told)(pay)
    handler("test/send", parameters=Nothing, result=Nothing, outside=True, **told)(send)
    runtime.current().serve(pay, send)
    yield
    del served["test/pay"], served["test/send"]


def drawn(key: str, variant: int) -> Package:
    """A process by its key."""
    if key == "outer":
        return package(key, OUTER, called_bpmn=_called(variant))
    return package(key, {"pay": PAY, "wait": _wait(variant), "send": SEND, "called": _called(variant)}[key])


PAY = process(
    "pay",
    *(start(), user("ask"), boundary("late", "ask", timer='duration("PT1H")'), user("press", group=DESK)),
    *(
        service("pay_out", "test/pay", amount="amount"),
        boundary("no", "pay_out", error="no"),
        user("explain", group=HALL),
    ),
    *(user("check", group=HALL, notBy="ask"), end(), end("explained"), end("pressed")),
    path("begun", "ask", "pay_out", "check", "finished"),
    path("late", "press", "pressed"),
    path("no", "explain", "explained"),
    errors=("no",),
)
SEND = process(
    "send",
    *(start(), service("send_out", "test/send"), boundary("no", "send_out", error="no")),
    *(user("received"), user("sorry"), end(), end("refused")),
    path("begun", "send_out", "received", "finished"),
    path("no", "sorry", "refused"),
    errors=("no",),
)
OUTER = process(
    "outer", start(), call("call", "called"), user("beyond"), end(), path("begun", "call", "beyond", "finished")
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
