"""A real office served for a measurement: founded and started by the commands anybody uses, and looked at from outside while it works."""

from __future__ import annotations

import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from bench import commands
from bench.databases import Place
from bench.office import customers
from bench.office.clerks import Customer
from bench.office.pages import Unexpected
from bench.office.visits import Visit
from models.base import scratch, transaction
from office import fixtures

COUNTING = Path(__file__).with_name("counting")
NANOSECONDS = 1_000_000


@dataclass(frozen=True)
class Served:
    """An office that answers: where, by which process, and how long it took from its start to its first page, seconds."""

    port: int
    process: int
    statements: Path
    database: int | None
    started: float

    def cpu(self) -> float:
        """Return milliseconds of CPU that all its processes have used, those that have ended left out."""
        return cpu_of(self.process)

    def sent(self) -> int:
        """Return how many statements its processes have sent to the database, without what only begins and ends transactions. Errors: Unexpected where none counts."""
        counts = [struct.unpack("<Q", file.read_bytes())[0] for file in self.statements.iterdir()]
        if not counts:
            raise Unexpected("no process of the served office counts its statements")
        return sum(counts)


def found(place: Place, count: int, at: datetime) -> list[Customer]:
    """Found an office with its processes, demo people and so many more customers to complain, who are returned."""
    commands.run(place, "run", "--prepare-only")
    queue = customers.all_of_them(count, at)
    with scratch(place.url), transaction():
        fixtures.build(customers.given(queue, at), at=at)
    return queue


@contextmanager
def serve(place: Place, workers: int = 1) -> Iterator[Served]:
    """Serve the office of a place by `./desk serve` until the block ends."""
    port = commands.free_port()
    counts = place.folder / f"statements-{port}"
    counts.mkdir()
    command = commands.desk("serve", "--port", str(port), "--workers", str(workers))
    counting = {"PYTHONPATH": str(COUNTING), "BENCH_STATEMENTS": str(counts)}
    began = time.perf_counter()
    with commands.started(place, command, counting) as process:
        _await(port, process)
        yield Served(port, process.pid, counts, _postmaster(place), time.perf_counter() - began)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(1_200):
        if process.poll() is not None:
            raise Unexpected("the served office ended before it could be asked")
        try:
            if Visit(port).ask("GET", "/login").status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise Unexpected("the served office does not answer")


def _postmaster(place: Place) -> int | None:
    """Return the process of a PostgreSQL that listens on a socket in its own folder, as the one that the test extra brings."""
    folder = make_url(place.url).query.get("host")
    file = Path(str(folder)) / "postmaster.pid" if folder else None
    return int(file.read_text().split()[0]) if file is not None and file.is_file() else None


def family(process: int) -> list[int]:
    """Return a process and everything it started that is still there."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    processes = [process]
    for member in processes:
        processes += parents.get(member, [])
    return processes


def cpu_of(process: int | None) -> float:
    """Return milliseconds of CPU that a process and everything it started have used; 0 for none, as where the database is in the process."""
    total = 0
    for member in family(process) if process is not None else ():
        for thread in Path(f"/proc/{member}/task").glob("*/schedstat"):
            try:
                total += int(thread.read_text().split()[0])
            except OSError:
                continue
    return total / NANOSECONDS
