"""Incidents: what a person does when a service task could not be carried out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.ground.errors import Conflict, NotFound
from engine.record.columns import CaseRow
from engine.record.steps import Done, Refused, WorkOutcome
from engine.running import execution, locking, timers
from engine.running.execution import Advanced, Command
from engine.runtime.permissions import Actor
from engine.spiff import commands
from engine.spiff.run import Run
from models.base import session, transaction
from models.incident import Incident
from models.states import IncidentState


class UnknownIncident(NotFound):
    """There is no such incident."""


class IncidentResolved(Conflict):
    """The incident is settled already."""


def retry(incident_id: int, *, by: Actor, at: datetime) -> Advanced:
    """Carry out the service task once more, under the same idempotency key, or fire the timer.

    Errors: UnknownIncident, IncidentResolved, InstanceEnded, CannotGoOn.
    """
    with transaction():
        row, incident = _open(incident_id)
        again = _fire_again(incident, "retried") if incident.kind == timers.TIMER_FAILED else _carry_out_again(incident)
        return execution.advance_row(row, again, by=by.user, at=at)


def _carry_out_again(incident: Incident) -> Command:
    def command(run: Run) -> None:
        _check_stuck(run, incident)
        commands.retry(run, incident.token)

    return command


def _fire_again(incident: Incident, reason: str) -> Command:
    """Return the command that fires a timer again; one whose token has gone meanwhile has nothing left to fire."""
    waits = timers.waits(incident.instance_id, incident.token)

    def command(run: Run) -> None:
        run.add(
            {"type": "incident_resolved", "token": incident.token, "element": incident.element_id, "reason": reason}
        )
        if waits:
            commands.fire_timer(run, incident.token)

    return command


def resolve(
    incident_id: int,
    *,
    reason: str,
    by: Actor,
    at: datetime,
    result: dict[str, Any] | None = None,
    error: str | None = None,
) -> Advanced:
    """Settle it by hand: with the `result` the service would have given, or with the BPMN `error` it would have raised.

    Errors: UnknownIncident, IncidentResolved, InstanceEnded, CannotGoOn.
    """
    outcome: WorkOutcome = Refused(error) if error else Done(result or {})
    with transaction():
        row, incident = _open(incident_id)
        if incident.kind == timers.TIMER_FAILED:
            settled = _fire_again(incident, reason)
        else:
            settled = _settle(incident, outcome, reason)
        return execution.advance_row(row, settled, by=by.user, at=at)


def _settle(incident: Incident, outcome: WorkOutcome, reason: str) -> Command:
    def command(run: Run) -> None:
        _check_stuck(run, incident)
        commands.resolve(run, incident.token, outcome, reason)

    return command


def _check_stuck(run: Run, incident: Incident) -> None:
    """Check that the token is still stuck: versions before left incidents open whose token had gone on. Errors: IncidentResolved."""
    if incident.token not in run.case.stuck:
        raise IncidentResolved(incident=incident.id)


def _open(incident_id: int) -> tuple[CaseRow, Incident]:
    """Return the case, locked, and its incident as it is then: somebody may have settled it while we waited for the lock."""
    instance_id = session().scalar(select(Incident.instance_id).where(Incident.id == incident_id))
    row = locking.find(instance_id) if instance_id is not None else None
    if row is None:
        raise UnknownIncident(incident=incident_id)
    incident = session().get_one(Incident, incident_id, populate_existing=True)
    if incident.state != IncidentState.OPEN:
        raise IncidentResolved(incident=incident_id)
    return row, incident
