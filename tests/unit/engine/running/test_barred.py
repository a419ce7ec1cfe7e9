"""Nobody approves what they prepared: not at the claim, not when handed over, not at the completion, and not under a second log-in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

import engine
from engine import cases, proof, published, running, runtime
from engine.runtime.permissions import Actor, FourEyesViolation
from models.identity import User
from tests.support.actors import CARL, CLEO, SAM
from tests.support.drawing import end, flow, gateway, package, path, process, start, user

TWIN = Actor("cleo2", CLEO.groups, CLEO.roles)
SUE = Actor("sue", SAM.groups, SAM.roles)


def drawn(**approving: str) -> str:
    return process(
        "P",
        *(start(), user("prepare"), user("ask"), user("approve", **approving), user("after"), end()),
        path("begun", "prepare", "ask", "approve", "after", "finished"),
    )


def begun(at: datetime, by: Actor = CARL, **approving: str) -> running.Advanced:
    published.publish(package("P", drawn(**approving)), by=SAM, note="", at=at)
    return cases.start("P", business_key="AJ-1", variables={}, by=by, at=at)


def done(started: running.Advanced, at: datetime, by: Actor, form: Mapping[str, Any] | None = None) -> running.Advanced:
    return cases.complete(started.user_task_ids[0], form=form or {"amount": "1"}, by=by, at=at)


def waiting(at: datetime, prepared: Actor, asked: Actor, **approving: str) -> int:
    """The task that approves, once two people have prepared it."""
    started = begun(at, **{"notBy": "*", "approves": "approval", **approving})
    return done(done(started, at, prepared), at, asked).user_task_ids[0]


def employed(database: Session, **numbers: str | None) -> None:
    known = {"display_name": "x", "password_hash": "x"}
    database.add_all(User(name=name, employee_number=number, **known) for name, number in numbers.items())
    database.flush()


@pytest.mark.parametrize("who", [CLEO, CARL])
def test_whoever_prepared_or_asked_can_neither_take_nor_complete(database: Session, at: datetime, who: Actor) -> None:
    """With * it is everybody who did a step or began the case, not only the last one."""
    task = waiting(at, CLEO, CARL)
    with pytest.raises(FourEyesViolation):
        cases.claim(task, by=who, at=at)
    with pytest.raises(FourEyesViolation):
        cases.complete(task, form={"amount": "1"}, by=who, at=at)
    assert cases.workable(1, who) == []


def test_nobody_is_handed_what_they_prepared(database: Session, at: datetime) -> None:
    """A supervisor's hand does not make it another person's."""
    task = waiting(at, CLEO, CLEO)
    with pytest.raises(FourEyesViolation):
        cases.assign(task, to="cleo", by=SAM, at=at)
    cases.assign(task, to="sam", by=SAM, at=at)


def test_whoever_began_the_case_does_not_approve_it(database: Session, at: datetime) -> None:
    """Taking a complaint in is asking, even where others did every step."""
    task = waiting(at, CLEO, CLEO)
    assert cases.workable(1, CARL) == []
    assert cases.workable(1, SAM) == [task]


def test_a_second_log_in_is_the_same_person(database: Session, at: datetime) -> None:
    """The employee number tells people apart, not the name they logged in under."""
    employed(database, cleo="YG7", cleo2="YG7", sam="YG8")
    task = waiting(at, CLEO, CLEO)
    with pytest.raises(FourEyesViolation):
        cases.claim(task, by=TWIN, at=at)
    assert cases.workable(1, SAM) == [task]


def test_people_without_a_number_are_not_taken_for_each_other(database: Session, at: datetime) -> None:
    """No number is nobody's number."""
    employed(database, cleo=None, sam=None)
    task = waiting(at, CLEO, CLEO)
    assert cases.workable(1, SAM) == [task]


def test_named_steps_bar_only_those_who_did_them(database: Session, at: datetime) -> None:
    """notBy with ids leaves the others free, the one who began the case among them."""
    task = waiting(at, CLEO, SAM, notBy="ask, prepare")
    assert cases.workable(1, CARL) == [task]
    assert cases.workable(1, CLEO) == []


def test_an_approver_may_approve_again(database: Session, at: datetime) -> None:
    """Approving prepares nothing: the same supervisor decides when the case comes back."""
    again = process(
        "P",
        *(start(), gateway("merge"), user("ask"), user("approve", notBy="*", approves="approval")),
        *(gateway("again", default="flow_again_merge"), end()),
        path("begun", "merge", "ask", "approve", "again", "merge"),
        flow("again", "finished", "amount = 200"),
    )
    published.publish(package("P", again), by=SAM, note="", at=at)
    started = cases.start("P", business_key="AJ-1", variables={}, by=CLEO, at=at)
    once = done(done(started, at, CLEO), at, SAM)
    twice = done(done(once, at, CLEO), at, SAM, {"amount": "2"})
    assert twice.ended


def test_the_office_bars_from_a_case(database: Session, at: datetime) -> None:
    """What the office says of a person and a case holds at the claim, the hand-over and the completion of any step."""

    class NotHere(engine.NotPermitted):
        """Barred by the office."""

    runtime.current().bars = (
        lambda instances, user: {one: NotHere(instance=one) for one in instances if user == "cleo"},
    )
    task = begun(at).user_task_ids[0]
    for act in (
        lambda: cases.claim(task, by=CLEO, at=at),
        lambda: cases.assign(task, to="cleo", by=SAM, at=at),
        lambda: cases.complete(task, form={"amount": "1"}, by=CLEO, at=at),
    ):
        with pytest.raises(NotHere):
            act()
    assert cases.workable(1, CLEO) == []
    cases.claim(task, by=CARL, at=at)


APPROVING = {
    "notBy": "ask",
    "approves": "approval",
    "approvedWhen": "amount > 100",
    "approvedAmount": "amount",
    "approvedKind": '"cash"',
}


def test_an_approval_says_for_how_much_and_of_which_kind(database: Session, at: datetime) -> None:
    """What was approved is a variable of the case, recorded, and the same when it is all done again."""
    task = waiting(at, CLEO, CLEO, **APPROVING)
    cases.complete(task, form={"amount": "10"}, by=SAM, at=at)
    approval = {"amount": 1000, "kind": "cash", "by": "sam", "step": "approve"}
    assert proof.marking(1).variables["approval"] == approval
    assert proof.verify(1) == []


def test_a_no_approves_nothing(database: Session, at: datetime) -> None:
    """What the condition does not hold for is no approval."""
    task = waiting(at, CLEO, CLEO, **APPROVING)
    cases.complete(task, form={"amount": "0.50"}, by=SAM, at=at)
    assert proof.marking(1).variables["approval"] is None
