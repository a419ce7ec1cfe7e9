"""The figures of the office: what a page costs, what clerks get done at once, what a long case costs, how long it takes to start."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import NamedTuple

from bench.databases import POSTGRESQL, SQLITE, Place
from bench.figures import Figure, Samples
from bench.office import load, served
from bench.office.clerks import REFUND, ROAMING, Ask, Clerk, Customer
from bench.office.pages import Answer, Page, Unexpected
from bench.office.served import Served
from bench.office.visits import People, timed

MIX = f"{REFUND.name} in cash to its end and {ROAMING.name} to its weekly batch, in turn"
PEOPLE = ("cleo", "rob", "tom", "ada")
NO_PAGE, LIST, CASE, ROWS = "/no-such-page", "full worklist", "case", 50
# milliseconds of CPU, and statements, at most
GOALS = {"completion": 5, "claim": 3, "intake": 20, "task": 12, "after a step": 12, CASE: 12, LIST: 10}
STATEMENTS = {"completion": None, "claim": None, "intake": 25}
MOST_STATEMENTS = 12
LONG, TIMES = 1_000, 5.0
CLERKS, RATE, SLOWEST, TWICE = 32, 18, 1_000, 1.3
Say = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How much is measured: cases to warm up and to count, seconds of a closed loop, customers that wait for it."""

    warm: int
    cases: int
    seconds: float
    waiting: int


FULL = Size(warm=6, cases=40, seconds=30, waiting=700)
QUICK = Size(warm=2, cases=6, seconds=6, waiting=120)


class Cost(NamedTuple):
    """What one request cost: CPU and wall in milliseconds, statements."""

    cpu: float
    wall: float
    sent: int


class Noting:
    """Keeps what every request of a kind cost the server; only one request may be under way."""

    def __init__(self, office: Served) -> None:
        self._office = office
        self.kept: dict[str, list[Cost]] = defaultdict(list)

    def __call__(self, kind: str, send: Callable[[], Answer]) -> Answer:
        cpu, statements = self._office.cpu(), self._office.sent()
        answer, wall = timed(send)
        self.kept[kind].append(Cost(self._office.cpu() - cpu, wall, self._office.sent() - statements))
        return answer

    def cpu(self, kind: str) -> float:
        """Return the median of a kind."""
        return median(cost.cpu for cost in self.kept[kind])


def run(place: Place, size: Size, say: Say) -> Iterator[Figure]:
    """Yield every figure of one database."""
    at = datetime.now(UTC)
    say(f"founding an office: {MIX}")
    queue = served.found(place, size.warm + size.cases + 3 * size.waiting, at)
    with served.serve(place) as office:
        yield Figure("office: from start to first page", place.kind, office.started, "s")
        people = People(office.port)
        people.cookies(*PEOPLE)
        say("office: pages")
        yield from _pages(place, office, people, size, queue)
        say(f"office: a case of {LONG:,} entries")
        yield from _long(place, office, people, queue[-1])
        say(f"office: {CLERKS} clerks")
        alone, figures = _clerks(place, office, people, size, size.warm + size.cases, at, 1)
        yield from figures
    if place.kind == POSTGRESQL:
        with served.serve(place, workers=2) as office:
            people = People(office.port)
            people.cookies(*PEOPLE)
            say(f"office: {CLERKS} clerks, two workers")
            rate_of_two, figures = _clerks(place, office, people, size, size.warm + size.cases + size.waiting, at, 2)
            yield from figures
            yield Figure(
                "office: two workers",
                place.kind,
                rate_of_two,
                "completions/s",
                rate_of_two / alone,
                "one",
                TWICE,
                least=True,
            )


def _pages(place: Place, office: Served, people: People, size: Size, queue: list[Customer]) -> Iterator[Figure]:
    clerk = Clerk(people.asks(lambda _kind, send: send()))
    for customer in queue[: size.warm]:
        list(clerk.case(customer))
    noting = Noting(office)
    clerk, asks = Clerk(people.asks(noting)), people.asks(noting)
    before, cpu_of_cases = office.cpu(), 0.0
    for customer in queue[size.warm : size.warm + size.cases]:
        list(clerk.case(customer))
    cpu_of_cases = office.cpu() - before
    case = fill_list(people.asks(lambda _kind, send: send()), queue[-1 - 2 * ROWS : -1])
    for _ in range(size.cases):
        asks("cleo")(LIST, "GET", "/tasks", None)
        asks("cleo")(CASE, "GET", case, None)
        asks("cleo")(NO_PAGE, "GET", NO_PAGE, None)
    for kind, costs in noting.kept.items():
        yield Figure(f"office: {kind}, CPU", place.kind, noting.cpu(kind), "ms", goal=GOALS.get(kind))
        yield Figure(f"office: {kind}, wall", place.kind, median(cost.wall for cost in costs), "ms")
        most = STATEMENTS.get(kind, MOST_STATEMENTS)
        yield Figure(
            f"office: {kind}, statements", place.kind, median(cost.sent for cost in costs), "statements", goal=most
        )
    yield Figure("office: CPU of a whole case", place.kind, cpu_of_cases / size.cases, "ms")
    yield _log(place, office, people, size)


def fill_list(asks: Callable[[str], Ask], waiting: list[Customer], rows: int = ROWS) -> str:
    """Begin cases whose next step is the clerk's own, a page of the worklist full; the address of one. Errors: Unexpected when it is not full."""
    clerk = Clerk(asks)
    for customer in waiting:
        if customer.course is REFUND:
            next(clerk.case(customer))
    worklist = Page(asks("cleo")("", "GET", "/tasks", None))
    cases = list(dict.fromkeys(link for link in worklist.links if "/cases/AJ" in link))
    if len(cases) < rows:
        raise Unexpected(f"the worklist has {len(cases)} rows, not {rows}")
    return cases[0]


def _log(place: Place, office: Served, people: People, size: Size) -> Figure:
    """Return the event log, by case."""
    noting = Noting(office)
    text = people.asks(noting)("ada")("log", "GET", "/audit/log.xes", None).text
    return Figure(
        "office: event log, CPU per case", place.kind, noting.cpu("log") / text.count("<trace>"), "ms", goal=5
    )


def _long(place: Place, office: Served, people: People, customer: Customer) -> Iterator[Figure]:
    """Take a case and give it back until it has so many entries; yield its page and its replay, compared with the signed-in page that is not there."""
    noting = Noting(office)
    clerk, ask = Clerk(people.asks(lambda _kind, send: send())), people.asks(lambda _kind, send: send())("cleo")
    task = next(iter(clerk.case(customer))) + 1
    first = Page(ask("", "GET", f"/tasks/{task}", None))
    number = next(link for link in first.links if "/cases/AJ" in link).split("/")[-1]
    token = {"csrf_token": first.form(f"/tasks/{task}/claim").untouched()["csrf_token"]}
    for _ in range(LONG // 2):
        for verb in ("claim", "release"):
            if ask("", "POST", f"/tasks/{task}/{verb}", token).status not in (302, 303):
                raise Unexpected(f"{verb} of task {task} was refused")
    pages = {
        NO_PAGE: NO_PAGE,
        "page": f"/cases/{number}",
        "replay": f"/cases/{number}/replay",
        "task": f"/tasks/{task}",
    }
    ada = people.asks(noting)("ada")
    for _ in range(12):
        for kind, path in pages.items():
            ada(kind, "GET", path, None)
    for kind in ("page", "replay", "task"):
        name = f"office: {kind} of a case of {LONG:,} entries, CPU"
        ratio, goal = noting.cpu(kind) / noting.cpu(NO_PAGE), None if kind == "task" else TIMES
        yield Figure(name, place.kind, noting.cpu(kind), "ms", ratio, "the signed-in 404", goal)


def _clerks(
    place: Place, office: Served, people: People, size: Size, first: int, at: datetime, workers: int
) -> tuple[float, list[Figure]]:
    """Measure clerks in a closed loop: completions per second, how long the slowest pages took, and who used the processor."""
    shift = load.Asked(
        office.port,
        CLERKS,
        size.seconds,
        first,
        size.waiting,
        at.isoformat(),
        people.cookies(*PEOPLE),
        office.process,
        office.database,
    )
    result = load.run(shift)
    if result.faults or not result.completions:
        raise Unexpected(f"clerks were stopped: {result.faults}")
    cpu, database, pages = result.server_cpu, result.database_cpu, Samples(result.milliseconds)
    total, rate = cpu + database + result.client_cpu, result.completions / result.seconds
    name = f"office: {CLERKS} clerks, {'one worker' if workers == 1 else 'two workers'}"
    sqlite = place.kind == SQLITE
    return rate, [
        Figure(name, place.kind, rate, "completions/s", goal=RATE if sqlite else None, least=True),
        Figure(f"{name}, pages", place.kind, len(result.milliseconds) / result.seconds, "1/s"),
        Figure(f"{name}, p50 of a page", place.kind, pages.median, "ms"),
        Figure(f"{name}, p99 of a page", place.kind, pages.p99, "ms", goal=SLOWEST if sqlite else None),
        Figure(f"{name}, CPU of the server per completion", place.kind, cpu / result.completions, "ms"),
        Figure(f"{name}, share of the database in all CPU", place.kind, 100 * database / total, "%"),
        Figure(f"{name}, share of the clients in all CPU", place.kind, 100 * result.client_cpu / total, "%"),
    ]
