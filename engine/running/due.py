"""Everything that is due: what falls due in cases, and what waits in the queue."""

from __future__ import annotations

from datetime import datetime

from engine.running.timers import run_clock
from engine.running.worker import run_jobs


def run_due(at: datetime) -> int:
    """Do everything due at `at`, in cases and in the queue; how many things were done. Any number of processes may call it at once."""
    return run_clock(at) + run_jobs(at)
