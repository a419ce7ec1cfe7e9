"""Two checkouts measured in turn, round by round: how much more CPU this one takes, whatever else the machine does meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from bench.commands import ROOT
from bench.databases import POSTGRESQL, SQLITE
from bench.figures import Figure

ONE_SIDE = Path(__file__).with_name("one_side.py")
JOBS = ("verbs", "pages")
MOST = 1.03
Costs = dict[str, float]


class Side:
    """A checkout that waits to be told what to do next."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def does(self, job: str) -> Costs:
        """Return milliseconds of CPU by what was done. Errors: RuntimeError when the process has ended."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{job}\n")
        self._process.stdin.flush()
        costs: Costs = json.loads(self.line())
        return costs

    def line(self) -> str:
        """Return the next line it prints. Errors: RuntimeError when the process has ended."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the benchmark in {self._process.args} ended")
        return line


def figures(folder: Path, server: str, checkout: Path, rounds: int) -> Iterator[Figure]:
    """Yield the CPU of every verb and page here, and how many times that of another `checkout` it is, by the median of the rounds.

    `server` is the URL of a PostgreSQL, empty for SQLite; databases are made there or in the folder.
    """
    with ExitStack() as stack:
        sides = [
            stack.enter_context(_side(folder_of_side, folder, server, rounds)) for folder_of_side in (ROOT, checkout)
        ]
        for side in sides:
            side.line()
        costs = _in_turn(sides, rounds)
    for verb, pairs in costs.items():
        ratio = median(here / there for here, there in pairs)
        yield Figure(
            verb,
            POSTGRESQL if server else SQLITE,
            median(here for here, _ in pairs),
            "ms CPU",
            ratio,
            "the other",
            MOST,
        )


def _in_turn(sides: list[Side], rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Return the costs here and there of every round; who begins changes with each."""
    costs: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for turn in range(rounds):
        for job in JOBS:
            order = (0, 1) if turn % 2 else (1, 0)
            answers = {side: sides[side].does(job) for side in order}
            for verb in answers[0].keys() & answers[1].keys():
                costs[verb].append((answers[0][verb], answers[1][verb]))
    return dict(sorted(costs.items()))


@contextmanager
def _side(checkout: Path, folder: Path, server: str, rounds: int) -> Iterator[Side]:
    python = checkout / ".venv" / "bin" / "python"
    command = [str(python if python.exists() else sys.executable), "-P", str(ONE_SIDE)]
    process = subprocess.Popen(
        [*command, str(folder), server, str(rounds)],
        cwd=checkout,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Side(process)
    finally:
        process.communicate()
