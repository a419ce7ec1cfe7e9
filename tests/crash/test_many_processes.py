"""Several processes over one PostgreSQL: each thing that falls due is done once, whoever comes first."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

import engine
from cli.database import bring_up_to_date
from engine import cases, proof, published, running
from models.base import session
from models.timer import Setback, Timer
from tests.support.actors import CLEO, SAM
from tests.support.drawing import boundary, catch, end, package, path, process, start, user
from web import create_app
from web.edge import config

pytestmark = [pytest.mark.postgresql, pytest.mark.slow]
CASES = 60
ROOT = Path(__file__).parents[2]
SOON = process(
    "SOON",
    start(),
    catch("wait", timer='duration("PT1H")'),
    user("after"),
    end(),
    path("begun", "wait", "after", "finished"),
)
LATE = process(
    "LATE",
    start(),
    user("ask"),
    boundary("late", "ask", timer='duration("PT1H")'),
    end(),
    end("pressed"),
    path("begun", "ask", "finished"),
    path("late", "pressed"),
)


@pytest.fixture
def app(postgresql: str, tmp_path: Path) -> Flask:
    """An office on PostgreSQL."""
    app = create_app(config.Settings(postgresql, tmp_path))
    bring_up_to_date(app)
    with app.app_context():
        for key, drawn in (("SOON", SOON), ("LATE", LATE)):
            published.publish(package(key, drawn), by=SAM, note="", at=engine.now())
    return app


def together(*works: object) -> list[object]:
    """Run them at once; what each gave."""
    results: list[object] = [None] * len(works)

    def run(number: int) -> None:
        results[number] = works[number]()  # type: ignore[operator]

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_each_timer_fires_once(app: Flask) -> None:
    """Three processes look at the same sixty timers: sixty fire, nothing is put back, the record of each case holds."""
    at = engine.now()
    with app.app_context():
        for number in range(CASES):
            cases.start("SOON", business_key=f"AJ-{number}", variables={}, by=CLEO, at=at)

    def clockwork() -> int:
        with app.app_context():
            return running.run_clock(at + timedelta(hours=1))

    shares = together(clockwork, clockwork, clockwork)
    assert sum(shares) == CASES  # type: ignore[arg-type]
    with app.app_context():
        assert session().scalar(select(func.count()).select_from(Timer)) == 0
        assert session().scalar(select(func.count()).select_from(Setback)) == 0
        assert [proof.verify(number) for number in range(1, CASES + 1)] == [[]] * CASES


def test_a_clerk_and_the_clock_do_not_wait_for_each_other_for_ever(app: Flask) -> None:
    """Clerks complete the very tasks whose timers fire: whoever is second gets a plain answer, and nothing is half done."""
    at = engine.now()
    with app.app_context():
        begun = [
            cases.start("LATE", business_key=f"AJ-{number}", variables={}, by=CLEO, at=at) for number in range(CASES)
        ]

    def clerk() -> int:
        done = 0
        with app.app_context():
            for one in reversed(begun):
                try:
                    cases.complete(one.user_task_ids[0], form={}, by=CLEO, at=at)
                    done += 1
                except engine.EngineError:
                    session().rollback()
        return done

    def clockwork() -> int:
        with app.app_context():
            return running.run_clock(at + timedelta(hours=1))

    by_clerk, by_clock = together(clerk, clockwork)
    assert by_clerk + by_clock == CASES  # type: ignore[operator]
    with app.app_context():
        assert session().scalar(select(func.count()).select_from(Setback)) == 0
        assert [proof.verify(one.instance_id) for one in begun] == [[]] * CASES


def test_a_worker_does_what_is_due_and_ends_when_it_is_told(app: Flask, postgresql: str, tmp_path: Path) -> None:
    """A process of its own beside nobody: the timer that is due fires, and SIGTERM ends it in order."""
    environment = config.environment(DATABASE_URL=postgresql, DESK_VAR=str(tmp_path))
    with app.app_context():
        cases.start("SOON", business_key="AJ-1", variables={}, by=CLEO, at=engine.now() - timedelta(hours=2))
    command = [sys.executable, "-m", "cli", "worker"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as worker:
        with app.app_context():
            left = 1
            for _look in range(50_000):
                left = session().scalar(select(func.count()).select_from(Timer)) or 0
                session().rollback()
                if not left or worker.poll() is not None:
                    break
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=120)
    assert (left, worker.returncode) == (0, 0)
