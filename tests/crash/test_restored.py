"""What waits for months outlives the process that began it, and the database file it was first kept in."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import engine
from cli.database import bring_up_to_date
from engine import cases, proof, published, record, running
from tests.support.actors import CLEO, SAM
from tests.support.drawing import catch, end, package, path, process, start, user
from web import create_app
from web.edge import config

KEYS = record.Keys(master=b"m" * 32, signing=b"s" * 32)
FAR = process(
    "FAR",
    start(),
    catch("wait", timer='duration("P90D")'),
    user("after"),
    end(),
    path("begun", "wait", "after", "finished"),
)


def test_a_timer_ninety_days_ahead_fires_in_a_restored_backup(tmp_path: Path) -> None:
    """The backup is taken while the office runs and opened by another process: not a second too early, and once."""
    office, backup = tmp_path / "office.db", tmp_path / "backup.db"
    at = engine.now()
    app = create_app(config.Settings(f"sqlite:///{office}", tmp_path, keys=KEYS))
    bring_up_to_date(app)
    with app.app_context():
        published.publish(package("FAR", FAR), by=SAM, note="", at=at)
        cases.start("FAR", business_key="AJ-1", variables={}, by=CLEO, at=at)
        with closing(sqlite3.connect(office)) as here, closing(sqlite3.connect(backup)) as there:
            here.backup(there)
    with create_app(config.Settings(f"sqlite:///{backup}", tmp_path, keys=KEYS)).app_context():
        due = at + timedelta(days=90)
        assert running.run_clock(due - timedelta(seconds=1)) == 0
        assert running.run_clock(due) == 1
        assert running.run_clock(due + timedelta(days=1)) == 0
        assert proof.marking(1).active == {"after": 1}
        assert proof.verify(1) == []
