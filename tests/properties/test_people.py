"""Random people at random work: every verb does what was promised, or says by a named error why not, and then nothing has changed.

What is promised is told in `promised`, the processes in `drawings`. Any number of cases of several versions stand side by side; nobody waits for anybody.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

import engine
from engine import cases, proof, published, running
from engine.runtime import BpmnError, Call
from engine.runtime.handlers import JobFailed
from engine.spiff import commands
from engine.spiff.run import Run
from models.base import Base, scratch, session
from models.incident import Incident
from models.instance import ProcessInstance
from models.job import Job as JobRow
from models.timer import MessageSubscription, Timer
from models.user_task import UserTask
from tests.properties import promised
from tests.properties.drawings import KEYS, drawn, services
from tests.properties.promised import ROUND, Case, Form, Task
from tests.support.actors import ADA, CARL, CLEO, NORA, OLU, SAM
from tests.support.drawing import package, process, start, user
from web.edge import errors
from web.telling import error_catalogue

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
EXAMPLES, STEPS, MOST_CASES = int(os.environ.get("DESK_EXAMPLES", "16")), 60, 8
PEOPLE = st.sampled_from([CLEO, CARL, SAM, NORA, ADA, OLU])
COLLEAGUES = [CLEO, CARL, SAM, NORA]
WORKERS = st.sampled_from(COLLEAGUES)
WORDS = st.sampled_from(["k", "l"])
REQUESTS = st.sampled_from(["", "one", "one", "two"])
FORMS = st.sampled_from([{"amount": "1"}, {"amount": "1"}, {"amount": "4"}, {"amount": "5"}])
WRONG_FORMS: Any = st.sampled_from([{"amount": "x"}, {"nobody": "1"}, {"note": "\0"}, {"note": "\ud800"}])
UNKNOWN = 30
WHICH = st.integers(0, UNKNOWN)
T = TypeVar("T")
TABLES = [
    "instance",
    "case_key",
    "user_task",
    "job",
    "timer",
    "setback",
    "message_subscription",
    "incident",
    "entry",
    "definition",
    "calendar_version",
]


world = ["yes"]


def _send(_parameters: dict[str, Any], _call: Call) -> dict[str, Any]:
    refusals = {"no": BpmnError("no"), "away": JobFailed("no connection"), "broken": RuntimeError()}
    if world[0] in refusals:
        raise refusals[world[0]]
    return {}


@pytest.fixture(autouse=True, scope="module")
def working() -> Iterator[None]:
    """A service task of the house and one outside, gone when these tests are over."""
    with services(_send):
        yield


pytestmark = pytest.mark.usefixtures("keys")


class People(RuleBasedStateMachine):
    """An office in a database of its own, and beside it what is promised of it."""

    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.around, self.at = ExitStack(), MORNING
        self.around.enter_context(scratch(self.url))
        self.cases: list[Case] = []
        self.met = False  # with an incident
        self.published: dict[str, int] = {}
        self.versions = dict.fromkeys(KEYS, 0)
        world[0] = "yes"

    def teardown(self) -> None:
        try:
            assert [one for case in self.cases for one in proof.verify(case.id)] == []
            assert proof.verify_definitions() == []
        finally:
            if self.url:
                session().rollback()
                Base.metadata.drop_all(session().get_bind())
            self.around.close()

    # ------------------------------------------------------------------------------------------ asking and comparing

    def attempt(self, verb: Callable[[], Any], refused: str) -> Any:
        """What the verb gave when nothing speaks against it; otherwise it must say just that, and change nothing."""
        if not refused:
            return verb()
        before = everything()
        with pytest.raises(engine.EngineError) as told:
            verb()
        assert told.value.code == refused
        assert refused in error_catalogue.texts()
        assert errors.status_of(told.value) < 500
        assert everything() == before
        return None

    def task(self, which: int) -> Task | None:
        """A task, open or not, the youngest first; none for the largest number."""
        return _chosen([task for case in self.cases for task in case.tasks], which)

    def case(self, which: int) -> Case | None:
        return _chosen(self.cases, which)

    def number(self, case: Case, was: int, done: running.Advanced) -> None:
        """What was answered is what was promised; the tasks that were opened get their numbers."""
        opened = [task for task in case.tasks[was:] if task.state == "open"]
        assert len(done.user_task_ids) == len(opened)
        for task, id in zip(opened, done.user_task_ids, strict=True):
            task.id = id
        assert (done.instance_id, done.ended) == (case.id, case.state == "completed")

    def catch_up(self) -> None:
        """Tasks that were opened by nobody's verb get their numbers."""
        rows = {(row.instance_id, row.element_id): row.id for row in session().scalars(select(UserTask))}
        for case in self.cases:
            for task in case.tasks:
                task.id = rows[case.id, task.element]

    @invariant()
    def rows_agree(self) -> None:
        """Worklist, waits, incidents and queue show what is promised."""
        session().expire_all()
        self.met = self.met or any(case.stuck for case in self.cases)
        assert shown() == promised.shown(self.cases)

    # ----------------------------------------------------------------------------------------------------- publishing

    @initialize()
    def open_the_office(self) -> None:
        for key in ("called", "outer", "pay", "wait", "send"):
            self.publish(key, 0)
        for key in KEYS[:4]:
            self.start(key, "k", CLEO, 1)

    def publish(self, key: str, variant: int, restores: int = 0) -> None:
        new = self.published.get(key) != variant and (key in ("wait", "outer", "called") or key not in self.published)
        taken_up = new and key == "called" and self.published.get("outer", variant) != variant
        done = published.publish(drawn(key, variant), by=OLU, note="", at=self.at, restores=restores)
        self.published[key] = variant
        self.versions[key] += new
        if taken_up:
            self.published["outer"] = variant
            self.versions["outer"] += 1
        assert (done.version, done.new) == (self.versions[key], new)
        assert [one.key for one in done.callers] == ["outer"] * taken_up

    @rule(key=st.sampled_from([*KEYS, "wrong"]), variant=st.integers(0, 1), restores=st.booleans())
    def publish_while_cases_run(self, key: str, variant: int, restores: bool) -> None:
        if key == "wrong":
            wrong = package("wait", process("wait", start(), user("nowhere")))
            self.attempt(lambda: published.publish(wrong, by=OLU, note="", at=self.at), "InvalidDefinition")
        else:
            self.publish(key, variant, self.versions[key] - 1 if restores else 0)

    # ---------------------------------------------------------------------------------------------------------- cases

    @rule(key=st.sampled_from(KEYS[:4]), word=WORDS, by=PEOPLE, number=st.integers(1, 2))
    def start_another(self, key: str, word: str, by: engine.Actor, number: int) -> None:
        if len(self.cases) < MOST_CASES:
            self.start(key, word, by, number)

    def start(self, key: str, word: str, by: engine.Actor, number: int) -> None:
        values = {"word": word, "amount": 0}
        done = cases.start(key, business_key=f"AJ-{number}", variables=values, by=by, at=self.at)
        case = Case(done.instance_id, key, self.published[key], word, self.at)
        case.begin()
        self.cases.append(case)
        self.number(case, 0, done)

    @rule(by=PEOPLE, unknown=st.booleans())
    def start_what_cannot_be(self, by: engine.Actor, unknown: bool) -> None:
        key, values = ("nothing", {}) if unknown else ("pay", {"amount": object()})
        refused = "UnknownProcess" if unknown else "InvalidVariables"
        self.attempt(lambda: cases.start(key, business_key="AJ-1", variables=values, by=by, at=self.at), refused)

    @rule(which=WHICH, by=PEOPLE, spared=st.integers(0, 3))
    def cancel(self, which: int, by: engine.Actor, spared: int) -> None:
        case = self.case(which)
        if case is not None and case.state == "active" and spared:
            return
        refused = "UnknownInstance" if case is None else "" if case.state == "active" else "InstanceEnded"
        id = case.id if case else 10**6
        if self.attempt(lambda: cases.cancel(id, reason="entered twice", by=by, at=self.at), refused) and case:
            case.close("cancelled")

    # ----------------------------------------------------------------------------------------------------- user tasks

    @rule(which=WHICH, by=PEOPLE)
    def claim(self, which: int, by: engine.Actor) -> None:
        self._assign(cases.claim, which, by, by.user, promised.refusal_to_claim)

    @rule(which=WHICH, by=PEOPLE)
    def release(self, which: int, by: engine.Actor) -> None:
        self._assign(cases.release, which, by, None, promised.refusal)

    def _assign(self, verb: Any, which: int, by: engine.Actor, assignee: str | None, refusal: Any) -> None:
        task = self.task(which)
        id = task.id if task else 10**6
        if self.attempt(lambda: verb(id, by=by, at=self.at), refusal(task, by)) and task:
            task.assignee = assignee

    @rule(which=WHICH, by=PEOPLE, to=PEOPLE)
    def assign(self, which: int, by: engine.Actor, to: engine.Actor) -> None:
        task = self.task(which)
        id, refused = task.id if task else 10**6, promised.refusal_to_assign(task, by, to)
        if self.attempt(lambda: cases.assign(id, to=to.user, by=by, at=self.at), refused) and task:
            task.assignee = to.user

    @rule(which=WHICH, by=WORKERS, form=FORMS, key=REQUESTS)
    def complete(self, which: int, by: engine.Actor, form: Form, key: str) -> None:
        self._complete(self.task(which), by, form, key)

    @rule(which=WHICH, who=st.integers(0, 2), form=FORMS, key=REQUESTS)
    def complete_as_one_may(self, which: int, who: int, form: Form, key: str) -> None:
        waiting = [task for case in self.cases for task in case.tasks if task.state == "open"]
        if (task := _chosen(waiting, which)) is not None:
            able = [one for one in COLLEAGUES if not promised.refusal_to_complete(task, one, form)]
            self._complete(task, able[who % len(able)] if able else NORA, form, key)

    @rule(which=WHICH, to_the_next=st.booleans())
    def send_again(self, which: int, to_the_next: bool) -> None:
        """What somebody has sent under a key, once more: for the same task, or for one that is open in this case by now."""
        answered = [task for case in self.cases for task in case.tasks if task.request]
        if (task := _chosen(answered, which)) is not None:
            key, user, form = task.request
            following = [one for one in task.case.tasks if one.state == "open"] if to_the_next else []
            self._complete((following or [task])[0], next(one for one in COLLEAGUES if one.user == user), form, key)

    @rule(which=WHICH, by=PEOPLE, form=WRONG_FORMS, key=REQUESTS)
    def complete_wrongly(self, which: int, by: engine.Actor, form: Form, key: str) -> None:
        self._complete(self.task(which), by, form, key)

    def _complete(self, task: Task | None, by: engine.Actor, form: Form, key: str) -> None:
        id, request = task.id if task else 10**6, (key, by.user, form)
        act = lambda: cases.complete(id, form=form, by=by, at=self.at, key=key)  # noqa: E731
        if task is not None and key and task.request == request:
            before = everything()
            assert act() == task.answer
            assert everything() == before
            return
        again = bool(task is not None and key and task.request and task.request[:2] == request[:2])
        done = self.attempt(act, "KeyUsedAgain" if again else promised.refusal_to_complete(task, by, form))
        if task is not None and done is not None:
            was = len(task.case.tasks)
            task.case.complete(task, by.user, int(form["amount"]) * 100)
            self.number(task.case, was, done)
            task.request, task.answer = request, done

    # ------------------------------------------------------------------------------------- messages, time and the queue

    @rule(word=WORDS, amount=st.sampled_from([0, 0, ROUND]), message=st.sampled_from(["told", "told", "unheard"]))
    def correlate(self, word: str, amount: int, message: str) -> None:
        waiting = [case for case in self.cases if case.messages.get(message) == word]
        released = sum([case.tell(amount) for case in waiting])
        act = lambda: cases.correlate(message, word, variables={"amount": amount}, by=SAM, at=self.at)  # noqa: E731
        if len(waiting) == released:
            assert act() == released
        else:
            with pytest.raises(engine.Conflict) as told:
                act()
            assert (told.value.code, told.value.values["released"]) == ("NotAllReleased", released)
            assert told.value.code in error_catalogue.texts()
        self.catch_up()

    @rule(minutes=st.sampled_from([0, 1, 5, 61, 121, 1500]), answer=st.sampled_from(["yes", "no", "away", "broken"]))
    def run_due(self, minutes: int, answer: str) -> None:
        self.at += timedelta(minutes=minutes)
        world[0] = answer
        due = [(case, name) for case in self.cases for name in case.due(self.at)]
        queued = [case for case in self.cases if case.job and case.job.state == "queued" and case.job.due <= self.at]
        for case, name in due:
            case.fire(name)
        for case in queued:
            case.carry_out(answer, self.at)
        assert running.run_due(self.at) == len(due) + len(queued)
        assert running.run_due(self.at) == 0
        self.catch_up()

    @rule(times=st.integers(1, promised.ATTEMPTS))
    def run_a_broken_clock(self, times: int) -> None:
        """No timer can fire for a while; who has failed too often waits for a person."""
        for _time in range(times):
            self.at += 121 * promised.MINUTE
            for case in self.cases:
                for name in case.due(self.at):
                    case.put_back(name, self.at)
            with pytest.MonkeyPatch.context() as broken:
                broken.setattr(commands, "fire_timer", _break)
                assert running.run_clock(self.at) == 0

    @rule(which=WHICH, answer=st.sampled_from(["yes", "no", "away", "broken"]))
    def carry_out_twice(self, which: int, answer: str) -> None:
        ids = list(session().scalars(select(JobRow.id).order_by(JobRow.id)))
        world[0] = answer
        id = ids[which % len(ids)] if ids else 10**6
        row = session().get(JobRow, id)
        case = next((case for case in self.cases if row is not None and case.id == row.instance_id), None)
        job = case.job if case else None
        due = job is not None and job.state == "queued" and job.due <= self.at
        if case is not None and due:
            case.carry_out(answer, self.at)
        assert running.carry_out(id, lambda: self.at) is due
        assert running.carry_out(id, lambda: self.at) is False
        self.catch_up()

    # ------------------------------------------------------------------------------------------------------- incidents

    @rule(which=WHICH, by=PEOPLE)
    @precondition(lambda self: self.met)
    def retry(self, which: int, by: engine.Actor) -> None:
        id, element, case, refused = self._incident(which)
        done = self.attempt(lambda: cases.retry(id, by=by, at=self.at), refused)
        if case is not None and done is not None:
            was = len(case.tasks)
            case.retry(element, self.at)
            self.number(case, was, done)

    @rule(which=WHICH, by=PEOPLE, error=st.sampled_from([None, "no"]))
    @precondition(lambda self: self.met)
    def resolve(self, which: int, by: engine.Actor, error: str | None) -> None:
        id, element, case, refused = self._incident(which)
        act = lambda: cases.resolve(id, reason="by hand", by=by, at=self.at, result={}, error=error)  # noqa: E731
        done = self.attempt(act, refused)
        if case is not None and done is not None:
            was = len(case.tasks)
            case.settle(element, error is not None)
            self.number(case, was, done)
            self.attempt(act, "IncidentResolved")

    def _incident(self, which: int) -> tuple[int, str, Case | None, str]:
        """An incident, open or not, where it is, its case, and what speaks against settling it."""
        rows = list(session().scalars(select(Incident).order_by(Incident.id.desc())))
        row = _chosen(rows[::-1], which)
        if row is None:
            return 10**6, "", None, "UnknownIncident"
        case = next(case for case in self.cases if case.id == row.instance_id)
        return row.id, row.element_id, case, "" if row.state == "open" else "IncidentResolved"

    @rule(which=WHICH)
    def verify(self, which: int) -> None:
        case = self.case(which)
        if case is not None:
            assert proof.verify(case.id) == []


def _chosen(some: list[T], which: int) -> T | None:
    return None if which == UNKNOWN or not some else some[-1 - which % len(some)]


def _break(_run: Run, token: int) -> None:
    raise RuntimeError(token)


def _of_a_person(table: str, row: Any) -> bool:
    """A refused form stands in the history of whoever sent it, which is no part of the case."""
    return table == "entry" and row.stream == "user"


def everything() -> dict[str, list[Any]]:
    """Every row that the engine keeps."""
    session().expire_all()
    return {
        name: sorted(
            (
                tuple(row)
                for row in session().execute(select(Base.metadata.tables[name]))
                if not _of_a_person(name, row)
            ),
            key=repr,
        )
        for name in TABLES
    }


def shown() -> dict[str, list[Any]]:
    """What the tables show, as `promised.shown` tells it."""
    asked: dict[str, Any] = {
        "cases": select(ProcessInstance.id, ProcessInstance.state),
        "tasks": select(
            *(UserTask.instance_id, UserTask.element_id, UserTask.group, UserTask.state),
            *(UserTask.assignee, UserTask.completed_by),
        ),
        "timers": select(Timer.instance_id, Timer.element_id, Timer.due_at),
        "messages": select(
            MessageSubscription.instance_id, MessageSubscription.element_id, MessageSubscription.correlation_key
        ),
        "incidents": select(Incident.instance_id, Incident.element_id).where(Incident.state == "open"),
        "jobs": select(JobRow.instance_id, JobRow.state, JobRow.retries),
    }
    return {name: sorted(map(tuple, session().execute(query)), key=repr) for name, query in asked.items()}


def assert_promises_kept(examples: int, url: str = "", steps: int = STEPS) -> None:
    """Try so many offices, each with so many steps."""
    machine = type("PeopleThere", (People,), {"url": url})
    tried = settings(
        phases=(Phase.generate, Phase.shrink),  # to explain a hundred steps takes longer than anybody waits
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=tried)


def test_every_verb_keeps_its_promise() -> None:
    """Whatever is asked of the engine in whatever order, it does just that or refuses by name and changes nothing."""
    assert_promises_kept(8)


@pytest.mark.long
def test_every_verb_keeps_its_promise_for_long() -> None:
    """The same with more of it; DESK_EXAMPLES says how many offices."""
    assert_promises_kept(EXAMPLES)


@pytest.mark.slow
@pytest.mark.postgresql
def test_every_verb_keeps_its_promise_on_postgresql(postgresql: str) -> None:
    """The other database makes the same promises."""
    assert_promises_kept(8, postgresql)
