"""Erasure: the personal data of a closed case go, and the proof stays. Who had it done and why is an entry of the case's own history.

What is sealed in the entries goes with the key. Copies beside the record are the office's (`office.erasure`), which follows in the same commit.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, update

from engine import execution, history
from engine.errors import Conflict, NotPermitted
from engine.execution import Change, StaleInstance, UnknownInstance
from engine.history import INSTANCE, Head
from engine.permissions import SUPERVISOR, Actor
from engine.steps import step
from models import writes
from models.base import flush, forget, session, transaction
from models.instance import CaseKey, ProcessInstance
from models.job import Job

EXTENT = 2  # what goes: since 2 the result and the reason for another process in the row of the complaint as well
_INSTANCE, _KEY = ProcessInstance.__table__, CaseKey.__table__


class MayNotErase(NotPermitted):
    """Only a supervisor may have personal data erased."""


class NotClosed(Conflict):
    """The case is still being handled: its personal data are needed."""


class StillUnderWay(Conflict):
    """Something of the case has still to reach outside."""


class AlreadyErased(Conflict):
    """The personal data of this case are gone already."""


def may_erase(by: Actor) -> bool:
    """Whether the person may have personal data erased."""
    return SUPERVISOR in by.roles


def erase(instance_id: int, *, reason: str, by: Actor, at: datetime) -> None:
    """Erase the personal data of a closed case, for good. Errors: MayNotErase, UnknownInstance, NotClosed, StillUnderWay, AlreadyErased."""
    if not may_erase(by):
        raise MayNotErase
    with transaction():
        row = execution.find(instance_id)
        if row is None:
            raise UnknownInstance(instance=instance_id)
        _check(row)
        steps = [step("personal_data_erased", reason=reason, extent=EXTENT)]
        flush()
        _write(row, steps, by, at)
        forget(ProcessInstance, CaseKey, Job)
        execution.tell(Change(row.id, row.business_key, row.key, at, by.user, steps, ended=True))


def _check(row: Any) -> None:
    if row.state == "active":
        raise NotClosed(case=row.business_key)
    if row.wrapped is None:
        raise AlreadyErased(case=row.business_key)
    if session().scalar(select(exists().where(Job.instance_id == row.id, Job.state == "queued"))):
        raise StillUnderWay(case=row.business_key)


def _write(row: Any, steps: list[dict[str, Any]], by: Actor, at: datetime) -> None:
    """The entry, the end of the history, the key, and what the queue was given. Errors: StaleInstance."""
    head, entry = history.entry(INSTANCE, str(row.id), Head(row.sequence, row.head), steps, by=by.user, at=at)
    columns = {"version": row.version + 1, "sequence": head.seq, "head": head.hash}
    changed = writes.change(_INSTANCE, columns, wants_id=True, id=row.id, version=row.version)
    if not writes.send([entry, writes.removal(_KEY, instance_id=row.id), changed])[-1]:
        raise StaleInstance(case=row.business_key)
    session().execute(update(Job).where(Job.instance_id == row.id).values(parameters=b""))
