"""Jobs: one attempt at a service task, in a savepoint of the step's own transaction, and the queue rows of work that waits.

This is the one place in the engine that catches everything: whatever a handler throws becomes an outcome, so that a case is never half-way.
Who takes a row from the queue is `worker`.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeVar

from marshmallow import ValidationError
from sqlalchemy import insert, select, update

from engine.ground.errors import Conflict, EngineError
from engine.language import values
from engine.record import sealing
from engine.record.case_steps import CaseStep
from engine.record.steps import Done, Failed, Queued, Refused, Work, WorkOutcome
from engine.runtime import handlers, runtime
from engine.runtime.handlers import BpmnError, Call, Handler, JobFailed
from models.base import savepoint, session
from models.job import Job
from models.states import JobState

T = TypeVar("T")
ATTEMPTS = 5


def attempt(work: Work, call: Call) -> WorkOutcome:
    """Carry out a service task once. Effects of a refused or failed attempt are rolled back to before it; one that reaches outside is queued.

    Work that is to be `undone` leaves no effect either way.
    """

    def carry_out() -> WorkOutcome:
        handler = handlers.find(work.topic)
        return Queued() if handler.outside else _in_savepoint(handler, work.parameters, call, undone=work.undone)

    return _outcome(work.topic, carry_out)


def reach_outside(topic: str, parameters: dict[str, Any], call: Call) -> WorkOutcome:
    """Carry out a queued service task once, in no transaction: what it does cannot be rolled back, only repeated under the same key."""

    def carry_out() -> WorkOutcome:
        handler = handlers.find(topic)
        return Done(handler.gives.dump(handler.function(handler.takes.load(parameters), call)))

    return _outcome(topic, carry_out)


def _outcome(topic: str, carry_out: Callable[[], WorkOutcome]) -> WorkOutcome:
    try:
        return carry_out()
    except BpmnError as error:
        return _refused(handlers.find(topic), error)
    except ValidationError as error:
        wrong = tuple(sorted(map(str, error.messages_dict)))
        return Failed("InvalidParameters", f"{topic}: {', '.join(wrong)}", about=wrong)
    except JobFailed as error:
        return Failed("JobFailed", str(error))
    except EngineError as error:
        return Failed(error.code, f"{topic}: {type(error).__name__}", frames(error), _named(topic, error))
    except Exception as error:
        return Failed(type(error).__name__, topic, frames(error))


def _refused(handler: Handler, error: BpmnError) -> Refused:
    also = tuple(_refused(handler, sibling) for sibling in error.also)
    return Refused(error.code, error.values, handler.about.get(error.code, ()), also)


def _named(topic: str, error: EngineError) -> tuple[str, ...]:
    """Return the parameters that an error is about, which it names as the values it takes."""
    handler = handlers.handlers_by_topic().get(topic)
    return tuple(name for name in error.values if handler is not None and name in handler.takes.fields)


def guarded(message: str, work: Callable[[], T]) -> T | Failed:
    """Return whatever `work` gives, or what it threw, with all it wrote undone: one thing that breaks must not stop the next."""

    def in_savepoint() -> T:
        with savepoint():
            return work()

    return survive(message, in_savepoint)


def survive(message: str, work: Callable[[], T]) -> T | Failed:
    """Return whatever `work` gives, or what it threw."""
    try:
        return work()
    except Exception as error:
        return Failed(type(error).__name__, message, frames(error))


class _Undone(Exception):
    """It would have been done."""


def _in_savepoint(handler: Handler, arguments: dict[str, Any], call: Call, *, undone: bool) -> WorkOutcome:
    parameters = handler.takes.load(plain(arguments))
    result: dict[str, Any] = {}
    with suppress(_Undone), savepoint():
        result = handler.gives.dump(handler.function(parameters, call))
        session().flush()
        if undone:
            raise _Undone
    return Done(result)


def plain(value: Any) -> Any:
    """Return FEEL values as a marshmallow schema takes them: dates as ISO text."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value
    return value


def frames(error: BaseException) -> str:
    """Return file, line and function of each frame; never values, which are customers' data."""
    stack = traceback.extract_tb(error.__traceback__)
    return "\n".join(f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}" for frame in stack)


def enqueue(topic: str, parameters: dict[str, Any], *, key: str, at: datetime, total: int = 0) -> None:
    """Queue background work in the current transaction; the same key is queued once."""
    if session().execute(select(Job.id).where(Job.key == key)).first() is None:
        _insert(key=key, topic=topic, parameters=values.canonical(parameters), due_at=at, created_at=at, total=total)


def _insert(**columns: Any) -> None:
    session().execute(insert(Job).values(state=JobState.QUEUED, retries=ATTEMPTS, **columns))


def queue(instance_id: int, steps: Sequence[CaseStep], case_key: bytes, at: datetime) -> None:
    """Queue the service tasks that steps say were queued; what they are called with is sealed with the key of the case."""
    created = {step["token"]: step for step in steps if step["type"] == "job_created"}
    for token in [step["token"] for step in steps if step["type"] == "job_queued"]:
        step, key = created[token], f"{instance_id}:{token}"
        parameters = sealing.seal(case_key, values.canonical(plain(step["parameters"])))
        if not _again(key, parameters, at):
            place = {"instance_id": instance_id, "token": token, "element_id": step["element"]}
            _insert(key=key, topic=step["topic"], parameters=parameters, due_at=at, created_at=at, **place)


def _again(key: str, parameters: bytes, at: datetime) -> bool:
    """Queue a job once more that had been given up; its key, by which the outside knows it, stays."""
    columns = {"state": JobState.QUEUED, "retries": ATTEMPTS, "due_at": at, "parameters": parameters, "error": None}
    return session().scalar(update(Job).where(Job.key == key).values(**columns).returning(Job.id)) is not None


class UnknownBackground(Conflict):
    """Nothing is registered for this queued work."""


def run_background(topic: str, parameters: dict[str, Any], at: datetime) -> WorkOutcome:
    """Run queued work of the office once."""

    def carry_out() -> WorkOutcome:
        work = runtime.current().background.get(topic)
        if work is None:
            raise UnknownBackground(topic=topic)
        work.function(parameters, at)
        return Done({})

    return _outcome(topic, carry_out)
