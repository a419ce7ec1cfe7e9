"""Does a case go the same way on PostgreSQL as on SQLite? One full case of a process of the manual, played on both; of every one at night."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import ground, runtime
from office import composition, scenarios
from office.scenarios import Scenario

PROCESSES = Path(__file__).parents[2] / "processes"
KEYS = sorted(path.stem for path in PROCESSES.glob("TS-*.bpmn"))
USUAL = ("TS-002", "TS-007")  # a refund at once, and a work order with a credit held back


def fullest(key: str) -> Scenario:
    """The scenario of a process in which people do the most."""
    return max(scenarios.read(PROCESSES, [key]), key=lambda scenario: len(scenario.steps))


@pytest.mark.slow
@pytest.mark.postgresql
@pytest.mark.parametrize("key", [pytest.param(key, marks=() if key in USUAL else pytest.mark.long) for key in KEYS])
def test_a_case_goes_as_on_sqlite(key: str, postgresql_tables: str) -> None:
    """Path, end, ledger and variables are those agreed, and every flow taken is the same: neither database decides anything."""
    with runtime.entered(composition.runtime(ground.ephemeral_keys())):
        on_sqlite, on_postgresql = (scenarios.play(fullest(key), PROCESSES, url) for url in ("", postgresql_tables))
    assert (on_sqlite.differences, on_postgresql.differences) == ((), ())
    assert on_postgresql == on_sqlite
