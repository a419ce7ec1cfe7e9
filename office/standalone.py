"""Cases of processes that nothing else begins: no complaint, no other process, no date and no service task. An operator has them begun."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

import engine
from engine import cases, published, runtime
from models.base import session, transaction
from models.instance import ProcessInstance
from office import batches, intake, reviews

MOST_OF_KEY = 50  # a case number has 60 characters
BEGUN_BY_DATE = frozenset({*(kind.process for kind in batches.KINDS), reviews.PROCESS})


class BegunElsewhere(engine.NotPermitted):
    """Something else begins this process; `by`: complaint, date, process or service_task."""


def begin(key: str, *, by: engine.Actor, at: datetime) -> str:
    """Begin a case of the newest version and give its number, KEY-1, KEY-2 and so on; it knows its number and nothing else.

    Errors: UnknownProcess, BegunElsewhere.
    """
    published.current(key)
    beginner = begun_by(key)
    if beginner:
        raise BegunElsewhere(process=key, by=beginner)
    with transaction():
        of_key = ProcessInstance.business_key.startswith(f"{key[:MOST_OF_KEY]}-", autoescape=True)
        number = f"{key[:MOST_OF_KEY]}-{(session().scalar(select(func.count()).where(of_key)) or 0) + 1}"
        cases.start(key, business_key=number, variables={"case_number": number}, by=by, at=at)
    return number


def begun_by(key: str) -> str:
    """Return what begins cases of a published process; empty when nothing does."""
    if key in (intake.PROCESS, *intake.CHOICES):
        return "complaint"
    if key in BEGUN_BY_DATE or published.start_timer(key):
        return "date"
    if published.callers_of(key):
        return "process"
    return "service_task" if any(operator.begins == key for operator in runtime.handlers_by_topic().values()) else ""
