"""Queued jobs in a serving process: each is carried out once, several at a time, and nothing ends the carrying."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import engine
from cli.database import bring_up_to_date
from engine import ground, running, runtime
from models.base import session, transaction
from models.job import Job
from web import create_app, server
from web.edge import config
from web.edge.application import Office

pytestmark = pytest.mark.slow
LONG = 60  # seconds after which nobody comes any more


class World:
    """What jobs did outside: their keys, and who is told of each; `meeting` is where all that are in hand have to come together."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.told = threading.Semaphore(0)
        self.meeting = threading.Barrier(server.JOBS_AT_ONCE, timeout=LONG)

    def serve(self, app: Office) -> None:
        """Take in the work of these tests."""

        @runtime.background("test/carried")
        def carried(parameters: dict[str, Any], at: object) -> None:
            if parameters["together"]:
                self.meeting.wait()
            self.keys.append(parameters["key"])
            self.told.release()

        app.runtime.serve(carried)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Office:
    """An office without people on either database."""
    sqlite = f"sqlite:///{tmp_path / 'office.db'}"
    url = sqlite if request.param == "sqlite" else request.getfixturevalue("postgresql")
    app = create_app(config.Settings(url, tmp_path, keys=ground.ephemeral_keys()))
    bring_up_to_date(app)
    return app


@pytest.fixture
def world(app: Office) -> World:
    """Nothing has been done outside yet."""
    world = World()
    world.serve(app)
    return world


@pytest.fixture
def stop(app: Office) -> Iterator[threading.Event]:
    """What is queued is carried out until it is set, and then nobody is at work any more."""
    stop = threading.Event()
    threads = server.start_background(app, stop)
    yield stop
    stop.set()
    for thread in threads:
        thread.join(LONG)
    assert not any(thread.is_alive() for thread in threads)


def enqueue(*keys: str, together: bool = False) -> None:
    """Queue work in the current transaction."""
    for key in keys:
        running.enqueue("test/carried", {"key": key, "together": together}, key=key, at=engine.now())


def enqueue_and_break() -> None:
    """A commit that does not come to be."""
    with transaction():
        enqueue("ghost")
        raise ZeroDivisionError


def test_a_job_is_carried_out_once(app: Office, world: World, stop: threading.Event) -> None:
    """Queued in a commit of ours; one that is rolled back was never queued."""
    with app.app_context():
        with pytest.raises(ZeroDivisionError):
            enqueue_and_break()
        for key in ("one", "two"):
            with transaction():
                enqueue(key)
            assert world.told.acquire(timeout=LONG)
    assert world.keys == ["one", "two"]


def test_jobs_that_wait_for_the_outside_do_not_wait_for_each_other(
    app: Office, world: World, stop: threading.Event
) -> None:
    """As many as a process carries at once are in hand at the same instant, and each is recorded as done."""
    keys = [f"job {number}" for number in range(server.JOBS_AT_ONCE)]
    with app.app_context():
        with transaction():
            enqueue(*keys, together=True)
        for _ in keys:
            assert world.told.acquire(timeout=LONG)
    assert sorted(world.keys) == keys


def test_what_is_in_hand_is_finished_when_it_is_stopped(app: Office, world: World) -> None:
    """Done and recorded, whatever instant the process is told to end at."""
    end = threading.Event()
    threads = server.start_background(app, end)
    with app.app_context():
        with transaction():
            enqueue("one")
        assert world.told.acquire(timeout=LONG)
        end.set()
        for thread in threads:
            thread.join(LONG)
        assert session().scalars(select(Job.state)).all() == ["done"]


def test_nothing_ends_the_carrying(
    app: Office, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Looking for a job breaks once, as when the database is away: it is logged, and the next look finds it."""
    take, instants, end = running.take_job, list[Any](), threading.Event()

    def breaks_first(at: Any) -> Any:
        instants.append(at)
        if len(instants) == 1:
            raise ZeroDivisionError
        end.set()
        return take(at)

    monkeypatch.setattr(running, "take_job", breaks_first)
    monkeypatch.setattr(server, "EVERY_SECONDS", 0.0)
    with app.app_context(), transaction():
        enqueue("one")
    with caplog.at_level(logging.ERROR):
        server.carry_jobs(app, threading.Lock(), end)
    assert world.keys == ["one"]
    assert "ZeroDivisionError" in caplog.text
