"""Nothing is lost in silence: no token, message, limit or case that was accepted stands still or goes missing without a person being told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import cases, definitions, proof, published, running, runtime
from engine.elements import deadlines, message
from engine.running import execution
from engine.spiff import commands
from engine.spiff.run import Run
from models.base import bind
from models.incident import Incident
from models.instance import ProcessInstance
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask
from tests.support.actors import CLEO, SAM
from tests.support.drawing import (
    boundary,
    call,
    catch,
    each,
    end,
    error_end,
    flow,
    gateway,
    package,
    path,
    process,
    start,
    sub_process,
    user,
)

HOUR = timedelta(hours=1)
DECLARED: dict[str, Any] = {"messages": ("go",)}


@pytest.fixture
def proved(database: Session) -> Iterator[None]:
    """Every case of a test is verified at its end."""
    yield
    database.expire_all()
    for instance_id in database.scalars(select(ProcessInstance.id)).all():
        assert proof.verify(instance_id) == []


def begin(drawn: str | definitions.Package, at: datetime, number: int = 1, **variables: object) -> running.Advanced:
    content = drawn if isinstance(drawn, definitions.Package) else package("P", drawn)
    published.publish(content, by=SAM, note="", at=at)
    return cases.start("P", business_key=f"AJ-{number}", variables=variables, by=CLEO, at=at)


def complete(task_id: int, at: datetime, **form: str) -> running.Advanced:
    return cases.complete(task_id, form=form, by=CLEO, at=at)


def task_at(database: Session, element: str) -> int:
    """The open task of an element."""
    wanted = select(UserTask.id).where(UserTask.element_id == element, UserTask.state == "open")
    return database.scalars(wanted.order_by(UserTask.id)).first() or 0


def incident(database: Session) -> Incident:
    """The one open incident."""
    return database.scalars(select(Incident).where(Incident.state == "open")).one()


def where(instance_id: int = 1) -> dict[str, int]:
    return dict(proof.marking(instance_id).active)


# tokens

DOUBLED = process(
    "P",
    *(start(), gateway("fork", "parallel"), *(user(id) for id in ("a1", "a2", "c1", "c2")), gateway("a"), gateway("c")),
    *(gateway("join", "parallel"), user("after"), end()),
    path("begun", "fork"),
    *(path("fork", id, id[0]) for id in ("a1", "a2", "c1", "c2")),
    path("a", "join"),
    path("c", "join", "after", "finished"),
)


@pytest.mark.usefixtures("proved")
@pytest.mark.parametrize("order", [("a1", "a2", "c1", "c2"), ("a1", "c1", "a2", "c2"), ("c2", "a2", "a1", "c1")])
def test_every_token_at_a_join_counts(order: tuple[str, ...], database: Session, at: datetime) -> None:
    """Two tokens on each flow let the join go on twice, in whatever order they come, and the record says so."""
    begin(DOUBLED, at)
    for element in order:
        complete(task_at(database, element), at)
    found = proof.marking(1)
    assert (found.active, found.done["join"]) == ({"after": 2}, 2)
    complete(task_at(database, "after"), at)
    assert complete(task_at(database, "after"), at).ended


@pytest.mark.usefixtures("proved")
def test_a_surplus_token_has_not_passed(database: Session, at: datetime) -> None:
    """Two tokens on one flow into a join and one on the other let it go on once; the record does not say that the third passed, and a person is told that it waits for nothing."""
    drawn = process(
        "P",
        *(start(), gateway("fork", "parallel"), *(user(id) for id in ("a1", "a2", "c1")), gateway("a")),
        *(gateway("join", "parallel"), user("after"), end()),
        path("begun", "fork"),
        *(path("fork", id, "a") for id in ("a1", "a2")),
        path("fork", "c1", "join"),
        path("a", "join", "after", "finished"),
    )
    begin(drawn, at)
    for element in ("a1", "a2", "c1"):
        complete(task_at(database, element), at)
    found = proof.marking(1)
    assert (found.done["a"], found.done["join"], found.active["after"]) == (2, 1, 1)
    complete(task_at(database, "after"), at)
    assert (proof.marking(1).done["join"], incident(database).kind) == (1, "StandsStill")


@pytest.mark.usefixtures("proved")
@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
def test_a_fork_that_forks_again_takes_nothing_away(kind: str, database: Session, at: datetime) -> None:
    """When a second token comes to a fork, what the first one opened stays open."""
    default = "flow_again_y" if kind == "inclusive" else ""
    drawn = process(
        "P",
        *(start(), gateway("fork", "parallel"), user("a"), user("b"), gateway("merge")),
        *(gateway("again", kind, default), user("x"), user("y"), end()),
        path("begun", "fork", "a", "merge", "again"),
        path("fork", "b", "merge"),
        flow("again", "x", "true" if default else ""),
        path("again", "y", "finished"),
        path("x", "finished"),
    )
    begin(drawn, at)
    complete(task_at(database, "a"), at)
    opened = where()
    complete(task_at(database, "b"), at)
    assert where() == {**{one: 2 * n for one, n in opened.items() if one != "b"}}


INCLUSIVE = process(
    "P",
    *(start(), gateway("fork", "parallel"), user("a1"), user("a2"), user("c"), gateway("a")),
    *(gateway("join", "inclusive"), user("after"), end()),
    path("begun", "fork", "a1", "a", "join", "after", "finished"),
    path("fork", "a2", "a"),
    path("fork", "c", "join"),
)


@pytest.mark.usefixtures("proved")
def test_every_token_at_an_inclusive_join_counts(database: Session, at: datetime) -> None:
    """It waits for what can come, takes one token from each flow, and goes on again with what is left."""
    begin(INCLUSIVE, at)
    complete(task_at(database, "a1"), at)
    complete(task_at(database, "a2"), at)
    assert where() == {"c": 1}
    complete(task_at(database, "c"), at)
    assert where() == {"after": 2}


@pytest.mark.usefixtures("proved")
def test_a_case_begun_before_goes_on_as_it_began(
    database: Session, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the first rules the second token was lost: such a case is done again as it was, and its record verifies."""
    with monkeypatch.context() as former:
        former.setattr(execution, "Run", partial(Run, rules=1))
        begin(DOUBLED, at)
    assert "rules" not in proof.entries(1)[0].steps[0]
    for element in ("a1", "a2", "c1", "c2"):
        complete(task_at(database, element), at)
    assert where() == {"after": 1}
    assert complete(task_at(database, "after"), at).ended


# standing still

STANDING = process(
    "P",
    *(start(), gateway("fork", "parallel"), user("a"), user("b"), gateway("which", default="flow_which_over")),
    *(gateway("join", "parallel"), user("after"), end(), end("over")),
    path("begun", "fork", "a", "which", "over"),
    flow("which", "join", "amount > 100"),
    path("fork", "b", "join", "after", "finished"),
)


@pytest.mark.usefixtures("proved")
def test_a_case_that_waits_for_nothing_is_an_incident(database: Session, at: datetime) -> None:
    """The operator is told where it stands and what cannot come; trying again tells it again, and a person can let it go on."""
    begin(STANDING, at)
    complete(task_at(database, "b"), at)
    complete(task_at(database, "a"), at, amount="0")
    told = incident(database)
    assert (told.kind, told.element_id, told.message) == ("StandsStill", "join", "which")
    assert where() == {"join": 1}
    cases.retry(told.id, by=SAM, at=at)
    assert where() == {"join": 1}
    cases.resolve(incident(database).id, reason="nothing else will come", by=SAM, at=at)
    assert where() == {"after": 1}
    assert complete(task_at(database, "after"), at).ended


@pytest.mark.usefixtures("proved")
def test_a_standing_case_can_be_cancelled(database: Session, at: datetime) -> None:
    """Nothing is left of it on any list."""
    begin(STANDING, at)
    complete(task_at(database, "b"), at)
    complete(task_at(database, "a"), at, amount="0")
    cases.cancel(1, reason="drawn wrongly", by=SAM, at=at)
    assert database.scalars(select(Incident.id).where(Incident.state == "open")).all() == []


@pytest.mark.usefixtures("proved")
def test_a_timer_that_takes_a_branch_away_is_told(database: Session, at: datetime) -> None:
    """The other way into a standstill; inside a sub-process too."""
    inside = sub_process(
        "sub",
        *(start("in"), gateway("fork", "parallel"), user("a"), user("b"), gateway("join", "parallel"), end("out")),
        *(boundary("late", "a", timer='duration("PT1H")'), end("gone")),
        path("in", "fork", "a", "join", "out"),
        path("fork", "b", "join"),
        path("late", "gone"),
    )
    begin(process("P", start(), inside, end(), path("begun", "sub", "finished")), at)
    complete(task_at(database, "b"), at)
    running.run_due(at + 2 * HOUR)
    assert (incident(database).kind, incident(database).element_id) == ("StandsStill", "join")


@pytest.mark.usefixtures("proved")
def test_a_standing_case_of_before_is_verified_as_it_was(
    database: Session, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records in which nobody was told still verify; when somebody looks, the case becomes an incident."""
    with monkeypatch.context() as former:
        former.setattr(execution, "Run", partial(Run, rules=1))
        former.setattr(Run, "notice_standstill", lambda run: None)
        begin(STANDING, at)
        complete(task_at(database, "b"), at)
        complete(task_at(database, "a"), at, amount="0")
    assert proof.verify(1) == []
    runtime.current().remembered(bind()).looked_for_standing = False
    assert [running.run_clock(at) for _second in range(2)] == [1, 0]
    assert proof.verify(1) == []
    cases.resolve(incident(database).id, reason="nothing else will come", by=SAM, at=at)
    assert where() == {"after": 1}


@pytest.mark.usefixtures("proved")
@pytest.mark.parametrize("then", [None, "retry", "resolve"])
def test_a_case_of_before_that_lost_its_only_token(
    then: str | None, database: Session, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flow without an id was passed over, and nothing was left to wait: the case itself is put before a person."""
    nameless = flow("begun", "a").replace('id="flow_begun_a" ', "")
    with monkeypatch.context() as former:
        former.setattr(execution, "Run", partial(Run, rules=1))
        former.setattr(Run, "notice_standstill", lambda run: None)
        begin(process("P", start(), user("a"), end(), nameless, path("a", "finished")), at)
    runtime.current().remembered(bind()).looked_for_standing = False
    running.run_clock(at)
    told = incident(database)
    assert (told.kind, told.element_id, where()) == ("StandsStill", "begun", {})
    if then == "retry":
        cases.retry(told.id, by=SAM, at=at)
        assert incident(database).id != told.id
    elif then == "resolve":
        cases.resolve(told.id, reason="told the owner", by=SAM, at=at)
        cases.cancel(1, reason="drawn wrongly", by=SAM, at=at)


# messages


def waiting(key: str, **more: Any) -> str:
    return process(
        "P",
        start(),
        catch("w", message="go", key=key),
        user("x"),
        end(),
        path("begun", "w", "x", "finished"),
        **DECLARED,
    )


@pytest.mark.usefixtures("proved")
@pytest.mark.parametrize("key", ["order.numer", "null", '""', "1 / 0"])
def test_a_key_that_is_nothing_is_an_incident(key: str, database: Session, at: datetime) -> None:
    """Two such cases do not share a message; a person is told at the step, and can say that the message has come."""
    for number in (1, 2):
        begin(waiting(key), at, number, order={"number": "1"})
    assert cases.correlate("go", "", variables={}, by=SAM, at=at) == 0
    told = database.scalars(select(Incident).order_by(Incident.id)).all()
    assert [(one.kind, one.element_id) for one in told] == [("KeyNotReckoned", "w")] * 2
    cases.retry(told[0].id, by=SAM, at=at)
    assert where() == {"w": 1}
    cases.resolve(told[1].id, reason="it came by telephone", by=SAM, at=at)
    assert where(2) == {"x": 1}


@pytest.mark.usefixtures("proved")
def test_a_key_that_is_nothing_at_an_event_gateway(database: Session, at: datetime) -> None:
    """The other events are waited for meanwhile; when one happens, nothing is left to settle."""
    drawn = process(
        "P",
        *(start(), gateway("race", "eventBased"), catch("w", message="go", key="nothing"), user("x"), end()),
        *(catch("t", timer='duration("PT1H")'), gateway("merge")),
        path("begun", "race", "w", "merge", "x", "finished"),
        path("race", "t", "merge"),
        **DECLARED,
    )
    begin(drawn, at)
    assert where() == {"w": 1, "t": 1}
    running.run_due(at + 2 * HOUR)
    assert where() == {"x": 1}
    assert database.scalars(select(Incident.id).where(Incident.state == "open")).all() == []


@pytest.mark.usefixtures("proved")
@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("true", "true"),
        ("1.50", "1.50"),
        ('"a"', "a"),
        ('date("2026-12-01")', "2026-12-01"),
        ('duration("P1M")', "P1M"),
        ('duration("PT60M")', "PT1H"),
        ('[1, "a"]', '[1, "a"]'),
    ],
)
def test_a_key_is_written_as_feel_writes_it(key: str, text: str, database: Session, at: datetime) -> None:
    """Whoever sends the message has FEEL's text of the value, not Python's."""
    begin(waiting(key), at)
    assert database.scalars(select(MessageSubscription.correlation_key)).all() == [text]


@pytest.mark.usefixtures("proved")
def test_a_key_of_before_is_verified_as_it_was(
    database: Session, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records with Python's text, or with no key at all, still verify."""
    before = {"true": "True", "nothing": ""}
    with monkeypatch.context() as former:
        former.setattr(Run, "as_told", lambda run, type, token, field, now, before: before)
        former.setattr(message, "waits_for_any", lambda run, number: True)
        for number, key in enumerate(before, start=1):
            begin(waiting(key), at, number)
    assert set(database.scalars(select(MessageSubscription.correlation_key))) == set(before.values())


OFTEN = process(
    "P",
    *(start(), user("a"), boundary("again", "a", message="go", key='"k"', interrupting=False), user("note")),
    *(end(), end("noted")),
    path("begun", "a", "finished"),
    path("again", "note", "noted"),
    **DECLARED,
)


@pytest.mark.usefixtures("proved")
def test_a_message_event_catches_as_often_as_one_comes(database: Session, at: datetime) -> None:
    """As long as its step is open; then nobody waits any more."""
    begin(OFTEN, at)
    for times in range(1, 4):
        assert cases.correlate("go", "k", variables={"note": str(times)}, by=SAM, at=at) == 1
        assert where() == {"a": 1, "again": 1, "note": times}
    complete(task_at(database, "a"), at)
    assert cases.correlate("go", "k", variables={}, by=SAM, at=at) == 0
    for _round in range(2):
        assert not complete(task_at(database, "note"), at).ended
    assert complete(task_at(database, "note"), at).ended


@pytest.mark.usefixtures("proved")
def test_often_does_not_grow(database: Session, at: datetime) -> None:
    """A message that is dealt with leaves nothing behind in the state."""
    begin(OFTEN, at)
    sizes = []
    for _round in range(6):
        cases.correlate("go", "k", variables={}, by=SAM, at=at)
        complete(task_at(database, "note"), at)
        database.expire_all()
        sizes.append(len(database.scalars(select(ProcessInstance.state_blob)).one()))
    assert max(sizes[1:]) - min(sizes[1:]) <= 12


# limits


@pytest.mark.usefixtures("proved")
def test_a_limit_in_months_is_reckoned(database: Session, at: datetime) -> None:
    """P1M is a duration like others, for limits and timers."""
    drawn = process("P", start(due='duration("P1M")'), user("a", due='duration("P2M")'), boundary("late", "a", timer='duration("P1M")'), end(), path("begun", "a", "finished"), path("late", "finished"))  # fmt: skip
    begin(drawn, at)
    month = datetime(2026, 12, 23, at.hour, at.minute, tzinfo=at.tzinfo)
    assert database.scalars(select(ProcessInstance.due_at)).one() == month
    assert database.scalars(select(Timer.due_at)).one() == month
    assert (database.scalars(select(UserTask.due_at)).one() or at) > month


@pytest.mark.usefixtures("proved")
def test_a_limit_that_cannot_be_reckoned_is_told(database: Session, at: datetime) -> None:
    """The step is open, the person in charge is told; once the value is there, trying again sets the limit."""
    drawn = process(
        *("P", start(), gateway("fork", "parallel"), user("a", due="entered_at + promised", dueGroup="g"), user("b")),
        *(gateway("join", "parallel"), end()),
        path("begun", "fork", "a", "join", "finished"),
        path("fork", "b", "join"),
    )
    begin(drawn, at)
    told = incident(database)
    assert (told.kind, told.element_id, told.message) == ("LimitNotReckoned", "a", "entered_at + promised")
    cases.retry(told.id, by=SAM, at=at)
    execution.advance(1, partial(_give, promised=HOUR), by="system", at=at)
    database.expire_all()
    cases.retry(incident(database).id, by=SAM, at=at)
    assert database.scalars(select(UserTask.due_at).where(UserTask.element_id == "a")).one() == at + HOUR
    assert database.scalars(select(Incident.id).where(Incident.state == "open")).all() == []


def _give(run: Run, **variables: Any) -> None:
    """A value comes by the other branch."""
    task = next(token for token, wait in run.case.open.items() if wait.element == "b")
    commands.complete_user_task(run, task, variables, "cleo")


@pytest.mark.usefixtures("proved")
def test_a_step_that_is_done_settles_its_limit(database: Session, at: datetime) -> None:
    """Nobody looks for a limit of what is done."""
    begin(process("P", start(), user("a", due="nowhere"), end(), path("begun", "a", "finished")), at)
    assert complete(task_at(database, "a"), at).ended
    assert database.scalars(select(Incident.reason)).all() == ["passed"]


@pytest.mark.usefixtures("proved")
def test_a_case_limit_that_cannot_be_reckoned_is_told(database: Session, at: datetime) -> None:
    """It concerns the whole case; settled by hand it has no limit, and nothing is left when the case ends."""
    drawn = process("P", start(due="promised"), user("a"), end(), path("begun", "a", "finished"))
    for number in (1, 2, 3):
        begin(drawn, at, number)
    one, two, _three = (one.id for one in database.scalars(select(Incident).order_by(Incident.id)).all())
    cases.resolve(one, reason="none was promised", by=SAM, at=at)
    cases.retry(two, by=SAM, at=at)
    for number in (1, 2, 3):
        complete(number, at)
    assert set(database.scalars(select(Incident.state))) == {"resolved"}
    assert set(database.scalars(select(ProcessInstance.state))) == {"completed"}


@pytest.mark.usefixtures("proved")
def test_a_record_without_a_word_of_the_limit_verifies(
    database: Session, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Earlier versions said nothing of a limit that could not be reckoned, and knew no months."""
    drawn = process("P", start(due='duration("P1M")'), user("a", due="nowhere"), user("b", due='duration("P1M")'), end(), path("begun", "a", "b", "finished"))  # fmt: skip
    with monkeypatch.context() as former:
        former.setattr(Run, "as_told", lambda run, type, token, field, now, before: before)
        former.setattr(deadlines, "miss", lambda *_: None)
        begin(drawn, at)
        complete(task_at(database, "a"), at)
    assert database.scalars(select(UserTask.due_at)).all() == [None, None]


# errors


@pytest.mark.usefixtures("proved")
@pytest.mark.parametrize("how", ["sub", "call"])
def test_an_error_inside_that_nobody_catches_is_an_incident(how: str, database: Session, at: datetime) -> None:
    """The case does not go on as if all were well; a person decides that it may."""
    inner = (user("in"), error_end("wrong", "no"))
    files = {"C.bpmn": process("C", start(), *inner, path("begun", "in", "wrong"), errors=("no",))}
    inside = sub_process("x", start("begun_in"), *inner, path("begun_in", "in", "wrong"))
    around = call("x", "C") if how == "call" else inside
    drawn = process("P", start(), around, user("after"), end(), path("begun", "x", "after", "finished"), errors=("no",))
    begin(package("P", drawn, files if how == "call" else {}), at)
    complete(task_at(database, "in"), at)
    assert (incident(database).kind, incident(database).element_id) == ("UncaughtBpmnError", "wrong")
    cases.retry(incident(database).id, by=SAM, at=at)
    cases.resolve(incident(database).id, reason="no harm", by=SAM, at=at)
    assert where() == {"after": 1}


# variables


@pytest.mark.usefixtures("proved")
def test_what_a_call_in_an_item_sees_is_in_the_record(database: Session, at: datetime) -> None:
    """A process called once for each item sees what is around the item; the record shows it so at any moment."""
    inner = process("C", start(), user("in"), end(), path("begun", "in", "finished"))
    drawn = process(
        "P", start(), each(call("c", "C"), "amounts", inputElement="amount"), end(), path("begun", "c", "finished")
    )
    begin(package("P", drawn, C_bpmn=inner), at, amounts=[100, 200], customer="Wang")
    called = [s["called"] for s in proof.entries(1)[0].steps if s["type"] == "call_entered"]
    expected = [{"amounts": [100, 200], "customer": "Wang", "amount": n, "loopCounter": i} for i, n in ((1, 100), (2, 200))]  # fmt: skip
    assert [proof.marking(1, scope=scope).variables for scope in called] == expected
    follower = proof.Follower()
    changes = {
        name for entry in proof.entries(1) for s in entry.steps for name, _old, _new in follower.follow(s, at)[1]
    }
    assert changes == {"amounts", "customer", "amount", "loopCounter"}
