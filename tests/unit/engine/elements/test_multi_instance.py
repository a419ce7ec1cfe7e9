"""Multi-instance activities: an item each, seen one by one, results in order, and nothing of an item left behind."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from marshmallow import Schema, fields
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
import engine.runtime
from engine import cases, proof, published
from engine.elements.multi_instance import MOST_ITEMS
from engine.running import execution
from engine.runtime import BpmnError, Call, handler
from engine.spiff import commands
from models.entry import HistoryEntry
from models.incident import Incident
from models.instance import ProcessInstance
from models.job import Job
from models.timer import Timer
from models.user_task import UserTask
from tests.support.actors import CLEO, SAM
from tests.support.drawing import (
    boundary,
    call,
    decide,
    each,
    end,
    error_end,
    flow,
    package,
    path,
    process,
    service,
    start,
    sub_process,
    user,
)

FEN = {"inputElement": "amount", "outputCollection": "given", "outputElement": "amount"}


class _Amount(Schema):
    amount = fields.Integer(required=True)


@pytest.fixture(autouse=True)
def working(runtime: engine.runtime.Runtime) -> None:
    """A service task that refuses negative amounts, and one that reaches outside."""
    runtime.serve(_double, _send)


@handler("test/send", parameters=_Amount, result=_Amount, outside=True, title_zh="送", title_en="Send")
def _send(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    return _double(parameters, call)


@handler("test/double", parameters=_Amount, result=_Amount, errors=("no",), title_zh="做", title_en="Do")
def _double(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    if parameters["amount"] < 0:
        raise BpmnError("no")
    return {"amount": parameters["amount"] * 2}


def begin(at: datetime, *nodes: str, amounts: Any, **more: str) -> int:
    """A case of a process of these nodes over a list, ending after the activity `x`."""
    tables = {f"decisions/{name[:-4]}.dmn": more.pop(name) for name in list(more) if name.endswith("_dmn")}
    drawn = process("M", start(), end(), *nodes, path("begun", "x", "finished"), errors=("no",))
    published.publish(package("M", drawn, tables, **more), by=SAM, note="", at=at)
    begun = cases.start("M", business_key="AJ-1", variables={"amounts": amounts}, by=CLEO, at=at)
    return begun.instance_id


def tasks(database: Session, state: str = "open") -> list[UserTask]:
    database.expire_all()
    return list(database.scalars(select(UserTask).where(UserTask.state == state).order_by(UserTask.token)))


def complete(task: UserTask, amount: int, at: datetime) -> None:
    cases.complete(task.id, form={"amount": str(amount)}, by=CLEO, at=at)


def kinds(instance_id: int) -> list[str]:
    return [step["type"] for entry in proof.entries(instance_id) for step in entry.steps]


def proved(instance_id: int) -> dict[str, Any]:
    """The variables of a case whose record, rows and engine agree."""
    assert proof.verify(instance_id) == []
    return proof.marking(instance_id).variables


def test_every_item_has_its_task(database: Session, at: datetime) -> None:
    """Parallel items are open at once, each says which of how many it is, and results come in the order of the list."""
    case = begin(at, each(user("x"), "amounts", **FEN), amounts=[100, 200, 300])
    assert [(task.item_index, task.item_count) for task in tasks(database)] == [(1, 3), (2, 3), (3, 3)]
    assert cases.form_of(tasks(database)[1].id, at=at)[1]["amount"] == 200
    for task, amount in zip(reversed(tasks(database)), (33, 22, 11), strict=True):
        complete(task, amount, at)
    assert proved(case)["given"] == [1100, 2200, 3300]
    assert proof.marking(case).done["x"] == 3


def test_one_after_the_other(database: Session, at: datetime) -> None:
    """Sequential items are open one at a time, in the order of the list."""
    case = begin(at, each(user("x"), "amounts", sequential=True, **FEN), amounts=[100, 200])
    seen = []
    while tasks(database):
        (task,) = tasks(database)
        seen.append((task.item_index, cases.form_of(task.id, at=at)[1]["amount"]))
        complete(task, task.item_index or 0, at)
    assert seen == [(1, 100), (2, 200)]
    assert proved(case)["given"] == [100, 200]


@pytest.mark.parametrize("sequential", [False, True])
def test_nothing_to_do_goes_straight_on(database: Session, at: datetime, sequential: bool) -> None:
    """An empty list opens nothing, gives an empty list, and the activity counts as passed."""
    case = begin(at, each(user("x"), "amounts", sequential=sequential, **FEN), amounts=[])
    assert database.get_one(ProcessInstance, case).state == "completed"
    assert proved(case)["given"] == []
    assert proof.marking(case).done["x"] == 1


@pytest.mark.parametrize(
    "amounts, kind",
    [(None, "NoCollection"), (7, "CollectionNotAList"), ("ab", "CollectionNotAList"), ([1] * 101, "CollectionTooLong")],
)
def test_what_is_no_list_is_an_incident(database: Session, at: datetime, amounts: Any, kind: str) -> None:
    """Nothing, something else or too much opens nothing; tried again it is the same, settled by hand the case goes on with an empty list."""
    case = begin(at, each(user("x"), "amounts", **FEN), amounts=amounts)
    incident = database.scalars(select(Incident).where(Incident.state == "open")).one()
    assert (incident.kind, incident.element_id, tasks(database)) == (kind, "x", [])
    cases.retry(incident.id, by=SAM, at=at)
    assert proof.marking(case).active == {"x": 1}
    (again,) = database.scalars(select(Incident.id).where(Incident.state == "open"))
    cases.resolve(again, reason="nothing is disputed", by=SAM, at=at)
    assert database.get_one(ProcessInstance, case).state == "completed"
    assert proved(case)["given"] == []


def test_as_many_as_may_be(database: Session, at: datetime) -> None:
    """The longest list is done in one go where nobody is waited for."""
    doubled = service("x", "test/double", "done", amount="amount")
    names = {**FEN, "outputElement": "done.amount"}
    case = begin(at, each(doubled, "amounts", **names), amounts=list(range(MOST_ITEMS)))
    assert proved(case)["given"] == [2 * n for n in range(MOST_ITEMS)]


def test_enough_is_enough(database: Session, at: datetime) -> None:
    """The completion condition sees the item just done and the counts of the standard; the other items are taken away."""
    until = "numberOfCompletedInstances = 2 and amount > 0 and numberOfActiveInstances = 1 and numberOfInstances = 3"
    case = begin(at, each(user("x"), "amounts", until=until, **FEN), amounts=[100, 200, 300])
    complete(tasks(database)[2], 3, at)
    complete(tasks(database)[0], 1, at)
    assert (tasks(database), len(tasks(database, "cancelled"))) == ([], 1)
    assert proved(case)["given"] == [100, 300]
    assert kinds(case).count("item_cancelled") == 1


def test_an_item_keeps_what_it_writes(database: Session, at: datetime) -> None:
    """What an item writes is seen by nobody else; what is around it is seen by all."""
    inside = sub_process("x", start("b"), user("ask"), user("again"), end("e"), path("b", "ask", "again", "e"))
    case = begin(at, each(inside, "amounts", inputElement="one"), amounts=[100, 200])
    first, second = tasks(database)
    complete(first, 5, at)
    seen = cases.form_of(second.id, at=at)[1]
    assert (seen["one"], seen["loopCounter"], seen["amounts"], "amount" in seen) == (200, 2, [100, 200], False)
    again = tasks(database)[-1]
    assert (again.item_index, cases.form_of(again.id, at=at)[1]["amount"]) == (1, 500)
    complete(again, 6, at)
    complete(second, 7, at)
    complete(tasks(database)[0], 8, at)
    assert proved(case) == {"amounts": [100, 200]}


def test_what_changes_around_an_item_is_seen_inside(database: Session, at: datetime) -> None:
    """A value entered beside open items is what they see from then on, also after the case was put away and taken up again."""
    late = boundary("late", "x", timer='duration("PT1H")', interrupting=False)
    nodes = (each(user("x"), "amounts", inputElement="one"), late, user("beside"), end("told"))
    case = begin(at, *nodes, path("late", "beside", "told"), amounts=[100, 200])
    token = database.scalars(select(Timer.token)).one()
    execution.advance(case, partial(commands.fire_timer, token=token), by="system", at=at + timedelta(hours=1))
    first, second, beside = tasks(database)
    complete(beside, 9, at)
    assert cases.form_of(first.id, at=at)[1]["amount"] == 900
    complete(first, 1, at)
    assert cases.form_of(second.id, at=at)[1]["amount"] == 900
    complete(second, 2, at)
    assert proved(case)["amount"] == 900


def test_the_clock_rests_until_every_item_is_answered(database: Session, at: datetime) -> None:
    """Items that wait for the customer pause the case together; limits that are open then move by the time that passed."""
    waiting = user("ask", customerWaits="true")
    inside = sub_process("x", start("b"), waiting, user("then", due='accepted_at + duration("PT4H")', dueGroup="g"))
    drawn = inside.replace("</bpmn:subProcess>", f"{end('e')}{path('b', 'ask', 'then', 'e')}</bpmn:subProcess>")
    case = begin(at, each(drawn, "amounts"), amounts=[1, 2])
    for number, task in enumerate(tasks(database), start=1):
        complete(task, 1, at + timedelta(hours=number))
        assert (database.get_one(ProcessInstance, case).paused_at is None) == (number == 2)
    assert [task.due_at for task in tasks(database)] == [at + timedelta(hours=6), at + timedelta(hours=4)]
    for task in tasks(database):
        complete(task, 1, at + timedelta(hours=3))
    proved(case)


def test_a_called_process_for_each(database: Session, at: datetime) -> None:
    """A call takes its input from the item and brings its output back to it; its tasks say which item they are for."""
    called = process("C", start("b"), user("ask"), end("e"), path("b", "ask", "e"))
    calling = call("x", "C", in_asked="amount", out_amount="amount + asked")
    case = begin(at, each(calling, "amounts", **FEN), amounts=[100, 200], C_bpmn=called)
    assert [(task.process_key, task.item_index) for task in tasks(database)] == [("C", 1), ("C", 2)]
    for task in tasks(database):
        complete(task, 1, at)
    assert proved(case)["given"] == [200, 300]


def test_a_decision_for_each(database: Session, at: datetime) -> None:
    """A decision table is asked about every item, and the history has what it answered each time."""
    table = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="d"><decisionTable hitPolicy="FIRST">'
        '<input id="i"><inputExpression><text>amount</text></inputExpression></input><output id="o" name="o"/>'
        '<rule id="r1"><inputEntry><text>&gt; 150</text></inputEntry><outputEntry><text>"much"</text></outputEntry></rule>'
        '<rule id="r2"><inputEntry><text>-</text></inputEntry><outputEntry><text>"little"</text></outputEntry></rule>'
        "</decisionTable></decision></definitions>"
    )
    names = {**FEN, "outputElement": "size"}
    case = begin(at, each(decide("x", "d", "size"), "amounts", **names), amounts=[100, 200], d_dmn=table)
    assert proved(case)["given"] == ["little", "much"]
    assert kinds(case).count("decision_evaluated") == 2


def test_a_list_within_a_list(database: Session, at: datetime) -> None:
    """Items within items see their own element, and the inner list may depend on the outer item."""
    inner = each(user("ask"), "[one, one + 1]", inputElement="two", outputCollection="asked", outputElement="two")
    nested = sub_process("x", start("b"), inner, end("e"), path("b", "ask", "e"))
    names = {"inputElement": "one", "outputCollection": "all", "outputElement": "asked"}
    case = begin(at, each(nested, "amounts", sequential=True, **names), amounts=[10, 20])
    while tasks(database):
        complete(tasks(database)[-1], 0, at)
    assert proved(case)["all"] == [[10, 11], [20, 21]]


@pytest.mark.parametrize("called", [False, True])
def test_a_deadline_takes_every_item_away(database: Session, at: datetime, called: bool) -> None:
    """An interrupting boundary event ends all items with everything inside them, and the case goes on from the event."""
    parts = (start("b"), user("ask"), boundary("slow", "ask", timer='duration("P9D")'), end("e"), end("f"))
    inside = (*parts, path("b", "ask", "e"), path("slow", "f"))
    activity = call("x", "C") if called else sub_process("x", *inside)
    late = boundary("late", "x", timer='duration("PT1H")')
    nodes = (each(activity, "amounts", **FEN), late, user("then"), path("late", "then", "finished"))
    case = begin(at, *nodes, amounts=[100, 200, 300], C_bpmn=process("C", *inside))
    token = database.scalars(select(Timer.token).where(Timer.element_id == "late")).one()
    execution.advance(case, partial(commands.fire_timer, token=token), by="system", at=at + timedelta(hours=1))
    (left,) = tasks(database)
    assert (left.element_id, left.item_index, len(tasks(database, "cancelled"))) == ("then", None, 3)
    assert list(database.scalars(select(Timer.token))) == []
    assert kinds(case).count("item_cancelled") == 3
    assert proof.marking(case).active == {"then": 1}
    complete(left, 1, at)
    assert "given" not in proved(case)


def test_an_error_of_one_item_is_caught_outside(database: Session, at: datetime) -> None:
    """A refusal or an error end in an item goes to the boundary event of the whole activity; the other items end."""
    ends = path("b", "ask", "go", "bad")
    inside = sub_process(
        "x", start("b"), user("ask"), service("go", "test/double", amount="amount"), error_end("bad", "no"), ends
    )
    nodes = (each(inside, "amounts"), boundary("caught", "x", error="no"), user("then"))
    case = begin(at, *nodes, path("caught", "then", "finished"), amounts=[1, 2])
    complete(tasks(database)[1], 1, at)
    assert [task.element_id for task in tasks(database)] == ["then"]
    assert [task.item_index for task in tasks(database, "cancelled")] == [1]
    complete(tasks(database)[0], 1, at)
    proved(case)


def test_a_refused_item_is_caught_at_its_service(database: Session, at: datetime) -> None:
    """The error boundary event of a repeated service task catches what one item is refused."""
    pay = each(service("x", "test/double", amount="one"), "amounts", inputElement="one")
    nodes = (pay, boundary("caught", "x", error="no"), flow("caught", "finished"))
    case = begin(at, *nodes, amounts=[1, -1, 2])
    assert database.get_one(ProcessInstance, case).state == "completed"
    assert proof.marking(case).done["caught"] == 1
    proved(case)


def test_outside_work_has_a_key_per_item(database: Session, at: datetime) -> None:
    """Each item is a job of its own, known outside by a key of its own."""
    case = begin(at, each(service("x", "test/send", "done", amount="amount"), "amounts", **FEN), amounts=[1, 2])
    found = database.scalars(select(Job)).all()
    assert len({job.key for job in found}) == 2
    assert proof.marking(case).active == {"x": 2}


def test_a_task_of_an_item_is_claimed_and_limited_by_itself(database: Session, at: datetime) -> None:
    """Taking one item's task leaves the others, and a limit may depend on the item."""
    limited = user("x", due='accepted_at + duration("PT1H") * hours')
    case = begin(at, each(limited, "amounts", inputElement="hours"), amounts=[1, 5])
    cases.claim(tasks(database)[0].id, by=CLEO, at=at)
    found = [(task.assignee, task.due_at) for task in tasks(database)]
    assert found == [("cleo", at + timedelta(hours=1)), (None, at + timedelta(hours=5))]
    proved(case)


def test_cancelling_ends_every_item(database: Session, at: datetime) -> None:
    """A cancelled case leaves no task and no item."""
    case = begin(at, each(user("x"), "amounts"), amounts=[1, 2])
    cases.cancel(case, reason="entered twice", by=SAM, at=at)
    assert (tasks(database), proof.marking(case).active) == ([], {})
    proved(case)


def test_items_that_are_over_take_no_room(database: Session, at: datetime) -> None:
    """The kept state holds open items, not those that were."""
    work = sub_process("x", start("b"), user("ask"), end("e"), path("b", "ask", "e"))
    case = begin(at, each(work, "for n in 1..40 return n", sequential=True), amounts=[])
    sizes = []
    while tasks(database):
        sizes.append(len(database.get_one(ProcessInstance, case).state_blob))
        complete(tasks(database)[0], 1, at)
    assert len(sizes) == 40
    assert sizes[39] < sizes[0]
    proved(case)


def test_personal_values_stay_sealed(database: Session, at: datetime) -> None:
    """The items of a personal list, and a list of personal results, are personal too."""
    names = {"inputElement": "told", "outputCollection": "notes", "outputElement": "note"}
    begin(at, each(user("x"), "complaint_text", **names), amounts=[])
    content = published.current("M")
    assert {"told", "notes"} <= content.personal
    assert "amounts" not in content.personal
    cases.start("M", business_key="AJ-2", variables={"complaint_text": ["13900000001"]}, by=CLEO, at=at)
    cases.complete(tasks(database)[0].id, form={"note": "13911111111"}, by=CLEO, at=at)
    for body in database.scalars(select(HistoryEntry.body)):
        assert b"139" not in body
