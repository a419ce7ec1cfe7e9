"""One of two checkouts that are measured in turn: run by its own Python in its own folder, it does what it is told on standard input and prints the CPU that took.

`bench.paired` starts it as a file, also in a checkout that does not have it; it uses only what the benchmark has had for long.
"""

from __future__ import annotations

import gc
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import process_time

sys.path.insert(0, str(Path.cwd()))

from bench import completion, databases, premises, workloads
from bench.office import measured, served
from bench.office.clerks import Clerk, Customer
from bench.office.pages import Answer
from bench.office.visits import People

STARTS, COMPLETIONS, DISPUTES = 25, 36, 24
Job = Callable[[], dict[str, float]]


def main(folder: Path, server: str, cases: int) -> None:
    """Found two offices, one for the engine alone and one served; then do a job for each line that comes. `server` is empty for SQLite."""
    with ExitStack() as stack:
        engine_alone, office = (stack.enter_context(_place(folder, server)) for _ in range(2))
        packages = workloads.benchmark(), workloads.disputed_payment()
        stack.enter_context(premises.founded(engine_alone, *packages))
        jobs = {"verbs": _verbs, "pages": stack.enter_context(_pages(office, cases))}
        jobs["verbs"]()
        gc.freeze()
        print("ready", flush=True)
        for line in sys.stdin:
            print(json.dumps(jobs[line.strip()]()), flush=True)


def _place(folder: Path, server: str) -> AbstractContextManager[databases.Place]:
    return databases.postgresql(folder, server) if server else databases.sqlite(folder)


def _verbs() -> dict[str, float]:
    """Return milliseconds of CPU of one start and one completion, in process."""
    return {
        "start an instance": _spent(lambda: completion.starting("BENCH", STARTS)) / STARTS,
        "complete a user task": _spent(lambda: completion.completing("BENCH", COMPLETIONS)) / COMPLETIONS,
        "complete in a disputed payment": _spent(
            lambda: completion.completing("DISPUTE", DISPUTES, workloads.dispute())
        )
        / DISPUTES,
    }


def _spent(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return (process_time() - began) * 1000


@contextmanager
def _pages(place: databases.Place, cases: int) -> Iterator[Job]:
    """Give the job of working on one more case at the pages of a served office; the first two cases warm it up."""
    queue = served.found(place, cases + 2 + 2 * measured.ROWS, datetime.now(UTC))
    with served.serve(place) as office:
        people = People(office.port)
        people.cookies(*measured.PEOPLE)
        case = measured.fill_list(people.asks(lambda _kind, send: send()), queue[-2 * measured.ROWS :])
        job = _Pages(office, people, case, queue)
        for _ in range(2):
            job()
        yield job


class _Pages:
    """Works on one customer's case after another, and looks at a full worklist and at a case."""

    def __init__(self, office: served.Served, people: People, case: str, queue: list[Customer]) -> None:
        self._office, self._people, self._case, self._queue = office, people, case, iter(queue)
        self._costs: dict[str, list[float]] = defaultdict(list)

    def __call__(self) -> dict[str, float]:
        self._costs.clear()
        asks = self._people.asks(self._noted)
        list(Clerk(asks).case(next(self._queue)))
        for _ in range(3):
            asks("cleo")("full worklist", "GET", "/tasks", None)
            asks("cleo")("page of a case", "GET", self._case, None)
        return {f"office: {kind}": median(costs) for kind, costs in self._costs.items()}

    def _noted(self, kind: str, send: Callable[[], Answer]) -> Answer:
        before = self._office.cpu()
        answer = send()
        self._costs[kind].append(self._office.cpu() - before)
        return answer


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
