"""What the verbs promise, in plain Python: whose task is whose, what is done, which case is over. No engine, no database.

The processes of `test_people` are drawn in `drawings`; where their tokens go is told a second time here, by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from engine import Actor

HALL, CENTRE, DESK = "service_hall", "engineering_centre", "supervisor"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
REFUSED, BROKEN, ROUND = 400, 500, 600
ATTEMPTS = 5
NEVER = datetime.max.replace(tzinfo=UTC)
Form = dict[str, str]


@dataclass
class Task:
    """A user task, by whom it may be done and by whom it was; `request` and `answer` are of whoever completed it under a key."""

    case: Case
    element: str
    group: str
    id: int = 0
    assignee: str | None = None
    state: str = "open"
    by: str | None = None
    request: Any = None
    answer: Any = None


@dataclass
class Job:
    """Work in the queue."""

    case: Case
    due: datetime
    state: str = "queued"
    retries: int = ATTEMPTS


@dataclass
class Case:
    """One case. `stuck` are the elements at which a person has to help; timers that could not fire are tried again later, or never."""

    id: int
    key: str
    variant: int
    word: str
    at: datetime
    state: str = "active"
    tasks: list[Task] = field(default_factory=list)
    timers: dict[str, datetime] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    later: dict[str, tuple[int, datetime | None]] = field(default_factory=dict)
    stuck: set[str] = field(default_factory=set)
    job: Job | None = None
    did: dict[str, str] = field(default_factory=dict)
    amount: int = 0

    def begin(self) -> None:
        """Where the first token goes."""
        getattr(self, f"_begin_{self.key}")()

    def _begin_pay(self) -> None:
        self.open("ask", HALL)
        self.timers["late"] = self.at + HOUR

    def _begin_wait(self) -> None:
        self.messages["told"] = self.word
        self.timers["passed"] = self.at + 2 * HOUR

    def _begin_send(self) -> None:
        self.job = Job(self, self.at)

    def _begin_outer(self) -> None:
        self.open("inner", CENTRE if self.variant else HALL)

    def open(self, element: str, group: str) -> None:
        """A person is asked."""
        self.tasks.append(Task(self, element, group))

    def close(self, state: str = "completed") -> None:
        """The case is over, and nothing of it is left to do."""
        self.state = state
        self.leave()

    def leave(self) -> None:
        """Whatever waits is taken away."""
        for waits in (self.timers, self.messages, self.later, self.stuck):
            waits.clear()
        for task in self.tasks:
            task.state = "cancelled" if task.state == "open" else task.state

    def complete(self, task: Task, by: str, amount: int) -> None:
        """A person has done it."""
        task.state, task.by, task.assignee = "completed", by, by
        self.did[task.element], self.amount = by, amount
        self.leave()
        if task.element == "ask":
            self.pay()
        elif task.element == "inner":
            self.open("beyond", HALL)
        else:
            self.close()

    def pay(self) -> None:
        """The service task is reached."""
        if self.amount == REFUSED:
            self.open("explain", HALL)
        elif self.amount == BROKEN:
            self.stuck.add("pay_out")
        else:
            self.open("check", HALL)

    def fire(self, timer: str) -> None:
        """A timer is due."""
        self.leave()
        self.open(*(("press", DESK) if timer == "late" else ("after", CENTRE if self.variant else HALL)))

    def tell(self, amount: int) -> bool:
        """The message has come; whether the case went on."""
        if amount == ROUND:
            self.stuck.add("told")
        else:
            self.fire("passed")
        return amount != ROUND

    def due(self, at: datetime) -> list[str]:
        """The timers that the clock tries to fire."""
        tried = {name: again_at for name, (_attempts, again_at) in self.later.items()}
        return [name for name, when in self.timers.items() if when <= at and (tried.get(name, at) or NEVER) <= at]

    def put_back(self, timer: str, at: datetime) -> None:
        """It could not fire: it is tried again later, and at last a person is asked."""
        attempts = self.later.get(timer, (0, at))[0] + 1
        self.later[timer] = attempts, at + timedelta(seconds=5) * 4 ** (attempts - 1)
        if attempts == ATTEMPTS:
            self.later[timer] = attempts, None
            self.stuck.add(timer)

    def settle(self, element: str, refused: bool) -> None:
        """A person has said what the work came to; a timer fires, and what only waits waits on."""
        self.stuck.discard(element)
        if element in self.timers:
            self.fire(element)
        elif element == "pay_out":
            self.open(*(("explain", HALL) if refused else ("check", HALL)))
        elif element == "send_out":
            self.open("sorry" if refused else "received", HALL)

    def retry(self, element: str, at: datetime) -> None:
        """The work is tried again, or queued again."""
        self.stuck.discard(element)
        if element in self.timers:
            self.fire(element)
        elif element == "pay_out":
            self.pay()
        elif element == "send_out":
            assert self.job is not None
            self.job.state, self.job.due, self.job.retries = "queued", at, ATTEMPTS

    def carry_out(self, world: str, at: datetime) -> None:
        """The queued work is done, as the world answers."""
        job = self.job
        assert job is not None
        if self.state != "active":
            job.state, job.retries = "failed", 0
        elif world == "away" and job.retries > 1:
            job.due, job.retries = at + 2 * MINUTE * 2 ** (ATTEMPTS - job.retries), job.retries - 1
        elif world in ("away", "broken"):
            job.state, job.retries = "failed", 0
            self.stuck.add("send_out")
        else:
            job.state, job.retries = "done", 0
            self.open("sorry" if world == "no" else "received", HALL)


def refusal(task: Task | None, by: Actor) -> str:
    """Why somebody may not work on a task; empty when they may."""
    if task is None:
        return "UnknownUserTask"
    if task.state != "open":
        return "AlreadyCompleted"
    if task.group not in by.groups and task.assignee != by.user:
        return "NotACandidate"
    return "ClaimedByAnother" if task.assignee not in (None, by.user) else ""


def refusal_to_claim(task: Task | None, by: Actor) -> str:
    """The same for taking it."""
    return refusal(task, by) or _prepared(task, by)


def _prepared(task: Task | None, who: Actor) -> str:
    """Whoever asked may not check."""
    asked = task is not None and task.element == "check" and task.case.did.get("ask") == who.user
    return "FourEyesViolation" if asked else ""


def refusal_to_complete(task: Task | None, by: Actor, form: Form) -> str:
    """The same for completing it with a form."""
    if found := refusal_to_claim(task, by):
        return found
    return "" if set(form) <= {"amount"} and form.get("amount", "0").isdecimal() else "InvalidForm"


def refusal_to_assign(task: Task | None, by: Actor, to: Actor) -> str:
    """The same for handing it to somebody."""
    if task is None:
        return "UnknownUserTask"
    if task.state != "open":
        return "AlreadyCompleted"
    return _prepared(task, to) if "supervisor" in by.roles else "NotASupervisor"


def shown(cases: list[Case]) -> dict[str, list[Any]]:
    """What is to be seen in the worklist and beside it."""
    return {name: sorted(of(cases), key=repr) for name, of in _SHOWN.items()}


def _tasks(cases: list[Case]) -> Iterator[Any]:
    for case in cases:
        for task in case.tasks:
            yield case.id, task.element, task.group, task.state, task.assignee, task.by


_SHOWN: dict[str, Any] = {
    "cases": lambda cases: ((case.id, case.state) for case in cases),
    "tasks": _tasks,
    "timers": lambda cases: ((case.id, *timer) for case in cases for timer in case.timers.items()),
    "messages": lambda cases: ((case.id, *message) for case in cases for message in case.messages.items()),
    "incidents": lambda cases: ((case.id, element) for case in cases for element in case.stuck),
    "jobs": lambda cases: ((case.id, case.job.state, case.job.retries) for case in cases if case.job),
}
