"""A step whose department is a variable goes to the department that the case names, and to nobody in silence."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
from engine import cases, checks, proof, published, runtime
from models.incident import Incident
from models.instance import ProcessInstance
from models.user_task import UserTask
from tests.support.actors import CLEO, SAM
from tests.support.drawing import end, flow, gateway, package, path, process, start, sub_process, user

STEP = ("find_out", "free", "service_hall")


def begin(at: datetime, expression: str = "asked.department", **variables: object) -> int:
    drawn = process("P", start(), user(*STEP, groupFrom=expression), end(), path("begun", "find_out", "finished"))
    published.publish(package("P", drawn), by=SAM, note="", at=at)
    return cases.start("P", business_key="GD-1", variables=variables, by=CLEO, at=at).user_task_ids[0]


def test_the_step_is_the_department_s_that_the_case_names(database: Session, at: datetime) -> None:
    """Whoever is of the lane alone may not do it, whoever is of the named department may; and the record agrees."""
    task = begin(at, asked={"department": "radio_room"})
    assert database.get_one(UserTask, task).group == "radio_room"
    with pytest.raises(runtime.NotACandidate):
        cases.complete(task, form={}, by=CLEO, at=at)
    radio = engine.Actor("rita", frozenset({"radio_room"}), frozenset({"clerk"}))
    assert cases.complete(task, form={}, by=radio, at=at).ended
    database.expire_all()
    assert proof.verify(database.scalars(select(ProcessInstance.id)).one()) == []


@pytest.mark.parametrize("asked", [None, {"department": None}, {"department": "  "}, {"department": 7}])
def test_a_department_that_nobody_names_is_told(database: Session, at: datetime, asked: object) -> None:
    """The department of the step has it meanwhile, and the operator finds an incident."""
    task = begin(at, asked=asked)
    assert database.get_one(UserTask, task).group == "service_hall"
    told = database.scalars(select(Incident)).one()
    assert (told.kind, told.element_id, told.message) == ("DepartmentNotReckoned", "find_out", "asked.department")
    cases.retry(told.id, by=SAM, at=at)
    assert cases.complete(task, form={}, by=CLEO, at=at).ended
    database.expire_all()
    assert proof.verify(database.scalars(select(ProcessInstance.id)).one()) == []


def test_neither_a_limit_nor_a_department_is_two_incidents(database: Session, at: datetime) -> None:
    """One says nothing of the other; both stand in the operator's list, and both go with the step."""
    asked = user(*STEP, due="asked.until", groupFrom="asked.department")
    drawn = process("P", start(), asked, end(), path("begun", "find_out", "finished"))
    published.publish(package("P", drawn), by=SAM, note="", at=at)
    (task,) = cases.start("P", business_key="GD-1", variables={"asked": None}, by=CLEO, at=at).user_task_ids
    kinds = select(Incident.kind, Incident.state).order_by(Incident.id)
    both = ["LimitNotReckoned", "DepartmentNotReckoned"]
    assert database.execute(kinds).all() == [(kind, "open") for kind in both]
    assert cases.complete(task, form={}, by=CLEO, at=at).ended
    database.expire_all()
    assert database.execute(kinds).all() == [(kind, "resolved") for kind in both]
    assert proof.verify(database.scalars(select(ProcessInstance.id)).one()) == []


def test_an_expression_that_is_none_is_a_problem() -> None:
    """It is told with the step before it is published."""
    drawn = process("P", start(), user(*STEP, groupFrom="asked. ("), end(), path("begun", "find_out", "finished"))
    found = [(one.element_id, one.rule) for one in published.problems(package("P", drawn))]
    assert found == [("find_out", "feel_syntax")]


def test_a_name_that_nothing_sets_and_what_is_no_department_are_warnings() -> None:
    """What is likely a slip of the pen is told to the owner."""

    def told(expression: str) -> set[str]:
        drawn = process("P", start(), user(*STEP, groupFrom=expression), end(), path("begun", "find_out", "finished"))
        return {one.rule for one in checks.warnings_of(package("P", drawn)) if one.element_id == "find_out"}

    assert told("nowhere") == {"unknown_name"}
    assert "unfit_here" in told("5")


def test_whose_completer_may_not_do_a_step_may_stand_in_a_sub_process_that_comes_again() -> None:
    """The inner step comes before the other though the end of the sub-process lies between them."""
    inner = sub_process("inner", start("within"), user("first"), end("out"), path("within", "first", "out"))
    again = (gateway("merge"), gateway("way", default="flow_way_finished"), flow("way", "merge", "amount = 1"))
    main = path("begun", "merge", "inner", "second", "way", "finished")
    drawn = process("P", start(), inner, user("second", notBy="first"), *again, end(), main)
    assert [one.rule for one in published.problems(package("P", drawn))] == []
