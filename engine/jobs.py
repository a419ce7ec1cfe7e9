"""Jobs: one attempt at a service task, in a savepoint of the step's own transaction, and the queue rows of work that waits.

This is the one place in the engine that catches everything: whatever a handler throws becomes an outcome, so that a case is never half-way.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import insert, select

from engine import handlers
from engine.errors import Conflict, EngineError
from engine.handlers import BpmnError, Call, Handler, JobFailed
from engine.language import values
from engine.steps import Done, Failed, Queued, Refused, Work, WorkOutcome
from models.base import session
from models.job import Job


def attempt(work: Work, call: Call) -> WorkOutcome:
    """Carry out a service task once. Effects of a refused or failed attempt are rolled back to before it."""
    try:
        handler = handlers.find(work.topic)
        if handler.outside:
            return Queued()
        return _in_savepoint(handler, work, call)
    except BpmnError as error:
        return Refused(error.code, error.values)
    except ValidationError as error:
        return Failed("InvalidParameters", f"{work.topic}: {', '.join(sorted(map(str, error.messages_dict)))}")
    except JobFailed as error:
        return Failed("JobFailed", str(error))
    except EngineError as error:
        return Failed(error.code, f"{work.topic}: {type(error).__name__}", _trace(error))
    except Exception as error:
        return Failed(type(error).__name__, work.topic, _trace(error))


def _in_savepoint(handler: Handler, work: Work, call: Call) -> WorkOutcome:
    parameters = handler.parameters().load(_plain(work.parameters))
    with session().begin_nested():
        result = handler.result().dump(handler.function(parameters, call))
        session().flush()
    return Done(result)


def _plain(value: Any) -> Any:
    """FEEL values as a marshmallow schema takes them: dates as ISO text."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value
    return value


def _trace(error: BaseException) -> str:
    """File, line and function of each frame; never values, which are customers' data."""
    frames = traceback.extract_tb(error.__traceback__)
    return "\n".join(f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}" for frame in frames)


Background = Callable[[dict[str, Any], datetime], None]
_background: dict[str, Background] = {}


def background(topic: str) -> Callable[[Background], Background]:
    """Register work of the office that the queue runs: `function(parameters, at)`; it must be resumable."""

    def register(function: Background) -> Background:
        _background[topic] = function
        return function

    return register


def enqueue(topic: str, parameters: dict[str, Any], *, key: str, at: datetime, total: int = 0) -> None:
    """Queue background work in the current transaction; the same key is queued once."""
    if session().execute(select(Job.id).where(Job.key == key)).first() is None:
        row = {"key": key, "topic": topic, "parameters": values.canonical(parameters), "state": "queued"}
        session().execute(insert(Job).values(**row, due_at=at, created_at=at, total=total))


class UnknownBackground(Conflict):
    """Nothing is registered for this queued work."""


def run_background(topic: str, parameters: dict[str, Any], at: datetime) -> Failed | None:
    """Run queued work of the office; what it throws is returned."""
    try:
        if topic not in _background:
            raise UnknownBackground(topic=topic)
        _background[topic](parameters, at)
    except Exception as error:
        return Failed(type(error).__name__, topic, _trace(error))
    return None
