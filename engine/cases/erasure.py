"""Erasure: the personal data of a closed case go, and the proof stays. Who had it done and why is an entry of the case's own history.

What is sealed in the entries goes with the key. Copies beside the record are the office's (`office.erasure`), which follows in the same commit.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import exists, select, update

from engine.ground.errors import Conflict, NotPermitted
from engine.record import heads, history
from engine.record.case_steps import CaseStep
from engine.record.columns import CaseRow
from engine.record.heads import INSTANCE
from engine.running import execution, locking
from engine.running.execution import Change, StaleInstance, UnknownInstance
from engine.runtime.permissions import SUPERVISOR, Actor
from models import writes
from models.base import flush, forget, session, transaction
from models.instance import CaseKey, ProcessInstance
from models.job import Job
from models.states import CaseState, JobState

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
    """Tell whether the person may have personal data erased."""
    return SUPERVISOR in by.roles


def erase(instance_id: int, *, reason: str, by: Actor, at: datetime) -> None:
    """Erase the personal data of a closed case, for good. Errors: MayNotErase, UnknownInstance, NotClosed, StillUnderWay, AlreadyErased."""
    if not may_erase(by):
        raise MayNotErase
    with transaction():
        row = locking.find(instance_id)
        if row is None:
            raise UnknownInstance(instance=instance_id)
        _check(row)
        steps: list[CaseStep] = [{"type": "personal_data_erased", "reason": reason, "extent": EXTENT}]
        flush()
        _write(row, steps, by, at)
        forget(ProcessInstance, CaseKey, Job)
        execution.tell(Change(row.id, row.business_key, row.key, at, by.user, steps, ended=True))


def erased(instance_ids: Collection[int]) -> dict[int, datetime | None]:
    """Return when the personal data of these cases were erased, as their entries say; None for one that says nothing of it. For cases whose key is gone."""
    instants: dict[int, datetime | None] = dict.fromkeys(instance_ids)
    if instants:
        for id, body in history.bodies(INSTANCE, {str(id) for id in instants}):
            if b'"personal_data_erased"' in body:
                entry = history.document(body)
                instants[int(id)] = (
                    entry["at"] if entry["steps"][0]["type"] == "personal_data_erased" else instants[int(id)]
                )
    return instants


def _check(row: CaseRow) -> None:
    if row.state == CaseState.ACTIVE:
        raise NotClosed(case=row.business_key)
    if row.wrapped is None:
        raise AlreadyErased(case=row.business_key)
    if session().scalar(select(exists().where(Job.instance_id == row.id, Job.state == JobState.QUEUED))):
        raise StillUnderWay(case=row.business_key)


def _write(row: CaseRow, steps: list[CaseStep], by: Actor, at: datetime) -> None:
    """Write the entry, the end of the history, the key, and what the queue was given. Errors: StaleInstance."""
    place = heads.of_row(row)
    head, entry = history.entry(INSTANCE, str(row.id), place.head, steps, by=by.user, at=at)
    columns = {"version": row.version + 1, **heads.columns(place.after(head))}
    changed = writes.change(_INSTANCE, columns, wants_id=True, id=row.id, version=row.version)
    if not writes.send([entry, writes.removal(_KEY, instance_id=row.id), changed])[-1]:
        raise StaleInstance(case=row.business_key)
    session().execute(update(Job).where(Job.instance_id == row.id).values(parameters=b""))
