"""Batches: releasing the cases that wait for a period's run, one by one, with progress; safe to interrupt and go on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update

import engine
from models.base import session, transaction
from models.batch import Batch

RELEASE = "batches/release_cases"
SYSTEM = engine.Actor("system")


@engine.background(RELEASE)
def release_cases(parameters: dict[str, Any], at: datetime) -> None:
    """Bring the batch's message to every case that waits under its key.

    Shape: `parameters` holds message, key, kind (of the batch) and period.
    """
    released = engine.correlate(
        parameters["message"], parameters["key"], variables=parameters.get("variables", {}), by=SYSTEM, at=at
    )
    with transaction():
        session().execute(
            update(Batch)
            .where(Batch.kind == parameters["kind"], Batch.period == parameters["period"])
            .values(state="released", released_at=at, released=Batch.released + released)
        )
