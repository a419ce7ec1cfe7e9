"""DBOS, and nobody else here knows it: carries the number of a queued job to whichever process is free, when it is due.

The job's row is the truth. What travels is its number; taking it and recording its outcome are compare-and-set in `engine.running.worker`, so that a message
that comes twice, late or not at all costs nothing but time: a job that nobody brought is found by its row.
"""

from __future__ import annotations

import json
import os
import socket
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NoReturn

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer
from dbos._serialization import DefaultSerializer

import engine
from engine import running
from models.base import session
from web.edge.application import Office

QUEUE = "jobs"
NAME = "reception-desk"
VERSION = "reception-desk-1"
SCHEMA = "dbos"
AT_ONCE = 8
ON_HAND = 40
KEPT_FOR = timedelta(days=1)


class PickleRefused(engine.Corrupt):
    """A row asks for its content to be unpickled, which would let whoever wrote it run code here."""


def _refuse(*_arguments: object) -> NoReturn:
    raise PickleRefused


def _name_only(_serializer: object, value: object) -> str:
    """What is written in the place of a pickle, so that the row of an attack ends as an error instead of being tried for ever."""
    return json.dumps(type(value).__name__)


# A row chooses its own serialization, whatever is configured; these two are all that leads to pickle.
DefaultSerializer.serialize = _name_only  # type: ignore[method-assign, assignment]
DefaultSerializer.deserialize = _refuse  # type: ignore[method-assign, assignment]


def launch(app: Office) -> DBOSClient:
    """Begin to carry jobs in this process, and to hand over those that it queues."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    DBOS(
        config={
            "name": NAME,
            "system_database_url": url,
            "dbos_system_schema": SCHEMA,
            "application_version": VERSION,
            "executor_id": f"{socket.gethostname()}:{os.getpid()}",
            "serializer": DBOSPortableJSONSerializer(),
            "max_executor_threads": AT_ONCE,
            "use_listen_notify": False,
            "log_level": "WARNING",
        }
    )

    @DBOS.workflow(name="carry_out")
    def carry_out(job_id: int) -> None:
        """Take a job in hand, unless somebody else has."""
        with app.app_context():
            running.carry_out(job_id)

    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=ON_HAND, polling_interval_sec=1.0)
    client = DBOSClient(system_database_url=url, dbos_system_schema=SCHEMA, serializer=DBOSPortableJSONSerializer())
    app.runtime.announce = partial(_hand_over, client)
    return client


def _hand_over(client: DBOSClient, job_id: int, tries_left: int, due_at: datetime) -> None:
    """In the transaction that queues the job: both are there, or neither is. Every attempt is a message of its own."""
    options: dict[str, Any] = {
        "workflow_name": "carry_out",
        "queue_name": QUEUE,
        "workflow_id": f"job-{job_id}-{tries_left}-{due_at:%Y%m%dT%H%M%S%f}",
        "app_version": VERSION,
    }
    delay = (due_at - engine.now()).total_seconds()
    if delay > 0:
        options["delay_seconds"] = delay
    client.enqueue_in_transaction(session(), options, job_id)  # type: ignore[arg-type]


def sweep(client: DBOSClient, at: datetime) -> int:
    """Forget messages that were delivered long ago, or whose carrier died; how many."""
    before = (at - KEPT_FOR).isoformat()
    old = client.list_workflows(end_time=before, status=["SUCCESS", "ERROR", "PENDING", "CANCELLED"], limit=500)
    if old:
        client.delete_workflows([workflow.workflow_id for workflow in old])
    return len(old)


def stop(app: Office) -> None:
    """End carrying; what is in hand is left to its row."""
    app.runtime.announce = None
    DBOS.destroy(destroy_registry=True)
