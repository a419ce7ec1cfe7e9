"""What can be done to a case at any moment, whatever is drawn in its process: noting an act, moving its limits, ending it for a reason.

An act is a step of the case's own history. Of a closed case it is an entry after its end, as an erasure is, as long as its key is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Unpack

from engine.cases.erasure import AlreadyErased
from engine.published import versions
from engine.record import heads, history, sealing
from engine.record.case_steps import CaseStep, ExtensionSaid
from engine.record.columns import CaseRow
from engine.record.heads import INSTANCE
from engine.running import execution, locking
from engine.running.execution import Advanced, Change, StaleInstance, UnknownInstance
from engine.runtime import calendars
from engine.runtime.permissions import Actor
from engine.spiff import commands
from models import writes
from models.base import flush, forget, transaction
from models.instance import ProcessInstance
from models.states import CaseState

_INSTANCE = ProcessInstance.__table__


def hold_case(instance_id: int) -> bool:
    """Keep a case from everybody else until the transaction ends, so that what is found of it stays so; whether it is still open.

    Errors: UnknownInstance.
    """
    return _found(instance_id).state == CaseState.ACTIVE


def note(instance_id: int, steps: Sequence[CaseStep], *, by: Actor, at: datetime) -> None:
    """Record what somebody did to a case outside its steps, open or closed. Errors: UnknownInstance, AlreadyErased, StaleInstance."""
    with transaction():
        row = _found(instance_id)
        if row.state == CaseState.ACTIVE:
            execution.advance_row(row, lambda run: commands.note(run, steps), by=by.user, at=at)
        else:
            _after_the_end(row, list(steps), by, at)


def extend(instance_id: int, shift: timedelta, *, by: Actor, at: datetime, **fields: Unpack[ExtensionSaid]) -> None:
    """Let the limit of a case, and those of its open steps, fall later by `shift`; `fields` stands in the step. Errors: UnknownInstance, InstanceEnded."""
    execution.advance(instance_id, lambda run: commands.extend(run, shift, **fields), by=by.user, at=at)


def end(instance_id: int, outcome: str, steps: Sequence[CaseStep], *, reason: str, by: Actor, at: datetime) -> Advanced:
    """Close a case where it stands, with what it came to and what was done for that. Errors: UnknownInstance, InstanceEnded."""
    return execution.advance(instance_id, lambda run: commands.cancel(run, reason, outcome, steps), by=by.user, at=at)


def _found(instance_id: int) -> CaseRow:
    row = locking.find(instance_id)
    if row is None:
        raise UnknownInstance(instance=instance_id)
    return row


def _after_the_end(row: CaseRow, steps: list[CaseStep], by: Actor, at: datetime) -> None:
    if row.wrapped is None:
        raise AlreadyErased(case=row.business_key)
    flush()
    place = heads.of_row(row)
    head, entry = history.entry(
        INSTANCE,
        str(row.id),
        place.head,
        steps,
        by=by.user,
        at=at,
        case_key=sealing.unwrap(row.wrapped),
        personal=versions.by_id(row.definition_id, row.sha256).private,
        calendar=calendars.keep(calendars.calendar()),
    )
    columns = {"version": row.version + 1, **heads.columns(place.after(head))}
    changed = writes.change(_INSTANCE, columns, wants_id=True, id=row.id, version=row.version)
    if not writes.send([entry, changed])[-1]:
        raise StaleInstance(case=row.business_key)
    forget(ProcessInstance)
    execution.tell(Change(row.id, row.business_key, row.key, at, by.user, steps, ended=True))
