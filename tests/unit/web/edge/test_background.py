"""What carries jobs: brings each of them once, loses none, and never unpickles what stands in a row."""

from __future__ import annotations

import base64
import os
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from dbos import DBOSClient
from dbos._serialization import DBOSDefaultSerializer
from sqlalchemy import select, text

import engine
from cli.database import bring_up_to_date
from engine import ground, running, runtime
from models.base import connection, session, transaction
from models.job import Job
from web import create_app
from web.edge import background, config
from web.edge.application import Office

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Office:
    """An office without people on either database."""
    sqlite = f"sqlite:///{tmp_path / 'office.db'}"
    url = sqlite if request.param == "sqlite" else request.getfixturevalue("postgresql")
    app = create_app(config.Settings(url, tmp_path, keys=ground.ephemeral_keys()))
    bring_up_to_date(app)
    app.runtime.serve(carried)
    return app


@pytest.fixture
def client(app: Office) -> Iterator[DBOSClient]:
    """Jobs are carried in this process."""
    with ThreadPoolExecutor(1) as aside:  # where no browser of an earlier test runs an event loop
        client = aside.submit(background.launch, app).result()
    yield client
    background.stop(app)
    client.destroy()


@runtime.background("test/carried")
def carried(parameters: dict[str, Any], at: object) -> None:
    """Work of these tests: leaves a line in a file."""
    with Path(parameters["file"]).open("a", encoding="ascii") as file:
        file.write("done\n")


def enqueue(file: Path, key: str, **late: float) -> str:
    """Queue it; the id of its message."""
    at = engine.now() + timedelta(**late)
    with transaction():
        running.enqueue("test/carried", {"file": str(file)}, key=key, at=at)
    job_id = session().scalars(select(Job.id).where(Job.key == key)).one()
    return f"job-{job_id}-5-{at:%Y%m%dT%H%M%S%f}"


def enqueue_and_break(file: Path) -> None:
    """A commit that does not come to be."""
    with transaction():
        running.enqueue("test/carried", {"file": str(file)}, key="ghost", at=engine.now())
        raise ZeroDivisionError


def test_a_job_is_brought(app: Office, client: DBOSClient, tmp_path: Path) -> None:
    """Queued in a commit of ours it is carried out once; one that is rolled back was never queued."""
    with app.app_context():
        with pytest.raises(ZeroDivisionError):
            enqueue_and_break(tmp_path / "ghost")
        message = enqueue(tmp_path / "world", "one")
        client.retrieve_workflow(message).get_result()
        assert session().scalars(select(Job.state)).all() == ["done"]
    assert (tmp_path / "world").read_text() == "done\n"
    assert not (tmp_path / "ghost").exists()


def test_a_job_nobody_brought_is_found_by_its_row(app: Office, client: DBOSClient, tmp_path: Path) -> None:
    """A restored backup, or a message that was lost: the row is enough."""
    with app.app_context():
        message = enqueue(tmp_path / "world", "one", days=90)
        client.delete_workflow(message)
        later = engine.now() + timedelta(days=90, minutes=1)
        assert running.run_jobs(later, overdue_by=timedelta(seconds=10)) == 1
    assert (tmp_path / "world").read_text() == "done\n"


class Attack:
    """What runs a command when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.file}",)


def test_a_pickled_row_runs_nothing(app: Office, client: DBOSClient, tmp_path: Path) -> None:
    """Whoever can write a row could otherwise run commands wherever jobs are carried; the next job is carried all the same."""
    poison = base64.b64encode(pickle.dumps(Attack(tmp_path / "owned"))).decode()
    schema = "" if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite") else "dbos."
    changes = (
        f"UPDATE {schema}workflow_status SET serialization = 'py_pickle', status = 'ENQUEUED' WHERE workflow_uuid = :id",
        f"UPDATE {schema}workflow_input SET inputs = :poison WHERE workflow_uuid = :id",
    )
    with app.app_context():
        message = enqueue(tmp_path / "world", "one", days=90)
        with transaction():
            for change in changes:
                connection().execute(text(change), {"id": message, "poison": poison})
        with pytest.raises(Exception, match="unpickled"):
            client.retrieve_workflow(message).get_result()
        client.retrieve_workflow(enqueue(tmp_path / "world", "two")).get_result()
    assert not (tmp_path / "owned").exists()
    assert (tmp_path / "world").read_text() == "done\n"


def test_the_door_to_pickle_is_shut_both_ways(tmp_path: Path) -> None:
    """A new release that reads pickle by another name would be noticed here."""
    poison = base64.b64encode(pickle.dumps(Attack(tmp_path / "owned"))).decode()
    with pytest.raises(background.PickleRefused):
        DBOSDefaultSerializer.deserialize(poison)
    assert DBOSDefaultSerializer.serialize(Attack(tmp_path)) == '"Attack"'
    assert not (tmp_path / "owned").exists()


def test_old_messages_are_forgotten(app: Office, client: DBOSClient, tmp_path: Path) -> None:
    """Every job leaves a few rows behind; after a day they go."""
    with app.app_context():
        client.retrieve_workflow(enqueue(tmp_path / "world", "one")).get_result()
        assert background.sweep(client, engine.now()) == 0
        assert background.sweep(client, engine.now() + timedelta(days=2)) == 1
        assert client.list_workflows() == []
