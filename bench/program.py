"""The order of measurements and what each is compared with; the goals are those of docs/explanation/benchmark.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

from sqlalchemy import select

import engine
from bench import completion, floors, growth, peer, surge, worklists, workloads
from bench.databases import SQLITE, Place, office
from bench.figures import Figure, Samples, sample
from bench.serving import Browser, serve
from models.base import session
from models.instance import ProcessInstance
from web.auth import hash_password


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    times: int
    rounds: int
    firings: int
    at_once: int
    tasks: tuple[int, ...]
    seconds: float


FULL = Size(times=600, rounds=1_000, firings=1_000, at_once=1_500, tasks=(1_000, 100_000, 1_000_000), seconds=6)
QUICK = Size(times=90, rounds=100, firings=60, at_once=150, tasks=(1_000, 20_000), seconds=1.5)
LENGTHS = (4, 10)
Say = Callable[[str], None]


def run(place: Place, size: Size, say: Say) -> Iterator[Figure]:
    """Everything for one database, figure by figure; the floors come first and last."""
    floors.prepare(place)
    say("floor of a commit")
    floor = floors.commit(place, size.times)
    yield Figure("one durable commit, before", place.kind, floor.median, "ms")
    lengths = [workloads.benchmark(times) for times in (1, *LENGTHS)]
    published = [*lengths, workloads.loop(), workloads.timers(), workloads.disputed_payment()]
    with office(place, *published):
        yield from _in_process(place, size, floor, lengths, say)
        yield from _over_http(place, size, say)
        yield from _growth(place, size, say)
        yield from _verification(place, say)
        yield from _two_processes(place, size, say)
        yield from _worklists(place, size, say)
    say("floor of a commit again")
    yield Figure("one durable commit, after", place.kind, floors.commit(place, size.times).median, "ms")


def _ratio(place: Place, what: str, taken: Samples, floor: Samples, goal: float, to: str) -> Figure:
    return Figure(what, place.kind, taken.median, "ms", taken.median / floor.median, to, goal)


def _in_process(place: Place, size: Size, floor: Samples, lengths: list[engine.Package], say: Say) -> Iterator[Figure]:
    goal, to = (5.0, "commit") if place.kind == SQLITE else (2.2, "commit")
    say("starting")
    completion.starting("BENCH", 10)
    yield _ratio(place, "start an instance", completion.starting("BENCH", size.times), floor, goal, to)
    say("completing")
    completion.completing("BENCH", 20)
    short = completion.completing("BENCH", size.times)
    yield _ratio(place, "complete a user task, in process", short, floor, goal, to)
    for package, times in zip(lengths[1:], LENGTHS, strict=True):
        say(f"completing at {times} times the length")
        completion.completing(package.key, 10)
        taken = completion.completing(package.key, size.times)
        yield _ratio(place, f"complete at {times} × the length", taken, short, 1.3, "complete")
    for data in (1_000, 100_000):
        say(f"completing with {data // 1000} KB of variables")
        taken = completion.completing("BENCH", max(60, size.times // 3), workloads.complaint(data))
        yield Figure(f"complete with {data // 1000} KB of variables", place.kind, taken.median, "ms")
    say("completing in a disputed payment")
    taken = completion.completing("DISPUTE", max(60, size.times // 3), workloads.dispute())
    yield Figure(
        "complete in a disputed payment, 11 KB", place.kind, taken.median, "ms", taken.median / floor.median, to
    )
    say("the peer")
    other = peer.Peer(place, lengths[0]).completing(max(60, size.times // 3))
    yield Figure("peer: plain SpiffWorkflow completes", place.kind, other.median, "ms", other.median / floor.median, to)


def _over_http(place: Place, size: Size, say: Say) -> Iterator[Figure]:
    say("floor of a request")
    with serve(place, "floor") as port:
        browser = Browser(port)
        floor = sample(lambda: browser.put("/"), size.times)
    yield Figure("Flask request with one commit", place.kind, floor.median, "ms")
    say("completing over HTTP")
    completion.set_password("cleo", hash_password("cleo-reception-desk"))
    with serve(place, "office") as port:
        browser = Browser(port)
        browser.log_in("cleo")
        completion.over_http(browser, "BENCH", 20)
        taken = completion.over_http(browser, "BENCH", size.times)
        say("completing over HTTP, a page before each")
        apart = completion.over_http(browser, "BENCH", max(60, size.times // 3), between="/tasks")
    yield _ratio(place, "complete over HTTP with login", taken, floor, 2.5, "request")
    what = "the same, a worklist page before each"
    yield Figure(what, place.kind, apart.median, "ms", apart.median / floor.median, "request")
    spread = taken.p99 / taken.median
    yield Figure("complete over HTTP, p99 to p50", place.kind, taken.p99, "ms", spread, "its p50", 3.0)


def _growth(place: Place, size: Size, say: Say) -> Iterator[Figure]:
    say("rounds of a loop")
    found = growth.rounds(size.rounds, 10)
    first = found[min(found)]
    for number, taken in found.items():
        yield _ratio(place, f"round {number} of a loop", taken, first, 1.2, "round 10")
    say("timers beside an open branch")
    early, late = growth.firings(size.firings, max(10, size.firings // 20))
    yield _ratio(place, f"timer firing {size.firings} beside an open branch", late, early, 1.2, "the first")
    yield from _surge(place, size, say)
    rows, used = growth.finished_case("BENCH")
    yield Figure("rows of a finished instance, all engine tables", place.kind, rows, "rows", goal=20)
    yield Figure("bytes of a finished instance, all engine tables", place.kind, used, "bytes", goal=15_000)


def _surge(place: Place, size: Size, say: Say) -> Iterator[Figure]:
    say(f"{size.at_once:,} timers due at once")
    found = surge.due_at_once(size.at_once, size.times)
    yield Figure(f"{size.at_once:,} timers due at once, until all have fired", place.kind, found.seconds, "s")
    for name, before, meanwhile in (
        ("p50", found.before.median, found.meanwhile.median),
        ("p99", found.before.p99, found.meanwhile.p99),
    ):
        what = f"complete meanwhile, {name}"
        yield Figure(what, place.kind, meanwhile, "ms", meanwhile / before, f"{name} before")


def _verification(place: Place, say: Say) -> Iterator[Figure]:
    say("verifying by running again")
    ended = select(ProcessInstance.id).where(ProcessInstance.key == "BENCH", ProcessInstance.state == "completed")
    cases = list(session().scalars(ended.limit(100)))
    begun = perf_counter()
    wrong = [one for verdict in engine.verify_each(cases) for one in verdict.deviations]
    taken = perf_counter() - begun
    if wrong:
        raise RuntimeError(f"verification found {wrong[0]}")
    yield Figure(
        "instances verified per second, one process", place.kind, len(cases) / taken, "1/s", goal=125, least=True
    )


def _two_processes(place: Place, size: Size, say: Say) -> Iterator[Figure]:
    say("one process, then two")
    alone = completion.rate(place, "BENCH", 1, size.seconds)
    both = completion.rate(place, "BENCH", 2, size.seconds)
    goal = None if place.kind == SQLITE else 1.8
    yield Figure("completions per second, one process", place.kind, alone, "1/s")
    yield Figure(
        "completions per second, two processes", place.kind, both, "1/s", both / alone, "one", goal, least=True
    )


def _worklists(place: Place, size: Size, say: Say) -> Iterator[Figure]:
    first: tuple[Samples, Samples] | None = None
    for tasks in size.tasks:
        say(f"worklist with {tasks:,} open tasks")
        worklists.fill(place, tasks)
        taken = worklists.pages(60)
        first = first or taken
        for name, one, base in zip(("first page", "filtered page"), taken, first, strict=True):
            what = f"worklist, {name}, {tasks:,} open tasks"
            yield _ratio(place, what, one, base, 1.5, f"{size.tasks[0]:,} tasks")
