"""What is inside an activity ends with it: a call, a sub-process or items, all gone in the one step in which what is around them ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import cases, definitions, proof, published
from engine.proof.replay import fold
from engine.record import sealing
from engine.running import execution
from engine.runtime import calendars
from engine.spiff import commands
from engine.spiff.run import Run
from models.instance import ProcessInstance
from models.job import Job
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask
from tests.support.actors import CLEO, SAM
from tests.support.drawing import (
    boundary,
    call,
    each,
    end,
    error_end,
    gateway,
    package,
    path,
    process,
    start,
    sub_process,
    user,
)

HOUR = 'duration("PT1H")'
LATE = {"timer": {"timer": HOUR}, "message": {"message": "told", "key": '"k"'}}
ONE_IS_ENOUGH = "numberOfCompletedInstances = 1"

# a user task with a deadline, as the content of whatever is innermost
OPEN = (start("b"), user("open"), boundary("slow", "open", timer='duration("P9D")'), end("e"), end("f"))
ASKED = (*OPEN, path("b", "open", "e"), path("slow", "f"))
DEEP = (start("d"), call("deep", "LEAF"), end("g"), path("d", "deep", "g"))
BETWEEN = (start("w"), call("between", "C"), end("x"), path("w", "between", "x"))
DECLARED: dict[str, Any] = {"errors": ("no",), "messages": ("told",)}
INNER = {
    "call": call("inner", "LEAF"),
    "call in call": call("inner", "MIDDLE"),
    "call in sub-process": sub_process("inner", *DEEP),
    "sub-process": sub_process("inner", *ASKED),
    "items": each(user("inner"), "[1, 2]", until=ONE_IS_ENOUGH),
    "items of sub-process": each(sub_process("inner", *ASKED), "[1, 2]", until=ONE_IS_ENOUGH),
    "items of call": each(call("inner", "LEAF"), "[1, 2]", until=ONE_IS_ENOUGH),
}
OUTER = ("call", "call in call", "sub-process", "items of sub-process", "items of call")
ENDING = ("completed", "terminated", "error", "timer", "message", "timer inside", "message inside")


def inside(inner: str, ending: str) -> tuple[str, ...]:
    """The content of the outer activity: the inner one, and what ends it from here."""
    around = (start("in"), INNER[inner], end("out"))
    kind, _, within = ending.partition(" ")
    if within:
        return (*around, boundary("late", "inner", **LATE[kind]), path("in", "inner", "out"), path("late", "out"))
    if ending in ("terminated", "error"):
        over = error_end("over", "no") if ending == "error" else end("over", "<bpmn:terminateEventDefinition/>")
        beside = (gateway("fork", "parallel"), user("go"), over)
        return (*around, *beside, path("in", "fork", "inner", "out"), path("fork", "go", "over"))
    return (*around, path("in", "inner", "out"))


def drawn(outer: str, inner: str, ending: str) -> definitions.Package:
    """A process of the outer activity and a user task after it."""
    content = inside(inner, ending)
    activity = sub_process("outer", *content) if "sub" in outer else call("outer", "WHOLE" if " in " in outer else "C")
    if outer.startswith("items"):
        activity = each(activity, "[1, 2]", until=ONE_IS_ENOUGH)
    caught = {**LATE, "error": {"error": "no"}}.get(ending)
    guard = (boundary("caught", "outer", **caught), path("caught", "then")) if caught else ()
    main = (start(), activity, *guard, user("then"), end(), path("begun", "outer", "then", "finished"))
    called = {"LEAF": ASKED, "MIDDLE": DEEP} | ({} if "sub" in outer else {"C": content, "WHOLE": BETWEEN})
    files = {f"{key}.bpmn": process(key, *nodes, **DECLARED) for key, nodes in called.items()}
    return package("P", process("P", *main, **DECLARED), files)


def happen(database: Session, ending: str, at: datetime) -> None:
    """Let happen what ends the outer activity."""
    kind = ending.partition(" ")[0]
    if kind in LATE:
        table, do = (Timer, commands.fire_timer) if kind == "timer" else (MessageSubscription, told)
        token = database.scalars(select(table.token).where(table.element_id.in_(("late", "caught")))).first()
        execution.advance(1, partial(do, token=token), by="system", at=at)
    else:
        asked = ("open", "inner") if ending == "completed" else ("go",)
        task = database.scalars(select(UserTask.id).where(UserTask.element_id.in_(asked))).first()
        cases.complete(task or 0, form={}, by=CLEO, at=at)


told = partial(commands.receive_message, variables={})


def kept(database: Session, at: datetime) -> Run:
    """The case as the next step will find it."""
    row = database.scalars(select(ProcessInstance)).one()
    state = orjson.loads(sealing.unseal(execution.case_key(1), row.state_blob))
    return Run(
        published.current("P"),
        at=at,
        accepted_at=at,
        calendar=calendars.calendar(),
        perform=lambda work: pytest.fail(work.topic),
        state=state,
    )


def standing() -> dict[str, int]:
    """Where the folded record sees tokens, in whatever scope."""
    folded = fold(1)
    return {element: n for seen in folded.counters()["active"].values() for element, n in seen.items() if n}


@pytest.mark.parametrize("ending", ENDING)
@pytest.mark.parametrize(
    "inner", ["call", *(pytest.param(name, marks=pytest.mark.slow) for name in INNER if name != "call")]
)
@pytest.mark.parametrize("outer", OUTER)
def test_nothing_stays_behind(database: Session, at: datetime, outer: str, inner: str, ending: str) -> None:
    """Record, rows and engine know the task after the activity and nothing else; every item has ended once; the case comes to its end."""
    published.publish(drawn(outer, inner, ending), by=SAM, note="", at=at)
    cases.start("P", business_key="AJ-1", variables={}, by=CLEO, at=at)
    happen(database, ending, at + timedelta(hours=1))
    assert standing() == {"then": 1}
    run = kept(database, at)
    assert (run.case.scopes.numbers(), [wait.element for wait in run.case.open.values()]) == ([0], ["then"])
    (left,) = database.scalars(select(UserTask.id).where(UserTask.state == "open"))
    assert [database.scalars(select(table.token)).all() for table in (Timer, MessageSubscription, Job)] == [[], [], []]
    ends = [step["type"] for entry in proof.entries(1) for step in entry.steps]
    assert ends.count("item_entered") == ends.count("item_left") + ends.count("item_cancelled")
    assert cases.complete(left, form={}, by=CLEO, at=at + timedelta(hours=2)).ended
    assert standing() == {}
    assert proof.verify(1) == []
