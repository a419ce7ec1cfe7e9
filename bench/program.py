"""The order of measurements and what each is compared with; the goals are those of docs/explanation/benchmark.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

from sqlalchemy import select

from bench import completion, floors, growth, peer, surge, worklists, workloads
from bench.databases import SQLITE, Place
from bench.figures import Figure, Samples, sample
from bench.premises import Premises, founded
from bench.serving import Browser, serve_floor, serve_office
from engine import definitions, proof
from models.base import session
from models.instance import ProcessInstance
from models.states import CaseState


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    times: int
    rounds: int
    firings: int
    at_once: int
    tasks: tuple[int, ...]
    seconds: float


FULL = Size(times=600, rounds=1_000, firings=1_000, at_once=1_500, tasks=(1_000, 50_000, 1_000_000), seconds=6)
QUICK = Size(times=90, rounds=100, firings=60, at_once=150, tasks=(1_000, 50_000, 100_000), seconds=1.5)
LENGTHS = (4, 10)
Say = Callable[[str], None]


def run(place: Place, size: Size, say: Say) -> Iterator[Figure]:
    """Yield everything for one database, figure by figure; the floors come first and last."""
    floors.prepare(place)
    say("floor of a commit")
    floor = floors.commit(place, size.times)
    yield Figure("one durable commit, before", place.kind, floor.median, "ms")
    lengths = [workloads.benchmark(times) for times in (1, *LENGTHS)]
    published = [*lengths, workloads.loop(), workloads.timers(), workloads.disputed_payment()]
    with founded(place, *published) as premises:
        yield from _in_process(place, size, floor, lengths, say)
        yield from _over_http(place, size, say)
        yield from _growth(place, premises, size, say)
        yield from _verification(place, say)
        yield from _two_processes(place, size, say)
        yield from _worklists(place, size, say)
    say("floor of a commit again")
    yield Figure("one durable commit, after", place.kind, floors.commit(place, size.times).median, "ms")


def _ratio(place: Place, name: str, samples: Samples, floor: Samples, goal: float, to: str) -> Figure:
    return Figure(name, place.kind, samples.median, "ms", samples.median / floor.median, to, goal)


def _in_process(
    place: Place, size: Size, floor: Samples, lengths: list[definitions.Package], say: Say
) -> Iterator[Figure]:
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
        samples = completion.completing(package.key, size.times)
        yield _ratio(place, f"complete at {times} × the length", samples, short, 1.3, "complete")
    for data in (1_000, 100_000):
        say(f"completing with {data // 1000} KB of variables")
        samples = completion.completing("BENCH", max(60, size.times // 3), workloads.complaint(data))
        yield Figure(f"complete with {data // 1000} KB of variables", place.kind, samples.median, "ms")
    say("completing in a disputed payment")
    samples = completion.completing("DISPUTE", max(60, size.times // 3), workloads.dispute())
    yield Figure(
        "complete in a disputed payment, 11 KB", place.kind, samples.median, "ms", samples.median / floor.median, to
    )
    say("the peer")
    peer_samples = peer.Peer(place, lengths[0]).completing(max(60, size.times // 3))
    yield Figure(
        "peer: plain SpiffWorkflow completes",
        place.kind,
        peer_samples.median,
        "ms",
        peer_samples.median / floor.median,
        to,
    )


def _over_http(place: Place, size: Size, say: Say) -> Iterator[Figure]:
    say("floor of a request")
    with serve_floor(place) as port:
        browser = Browser(port)
        floor = sample(lambda: browser.put("/"), size.times)
    yield Figure("Flask request with one commit", place.kind, floor.median, "ms")
    say("completing over HTTP")
    with serve_office(place) as port:
        browser = Browser(port)
        browser.log_in("cleo")
        completion.over_http(browser, "BENCH", 20)
        samples = completion.over_http(browser, "BENCH", size.times)
        say("completing over HTTP, a page before each")
        apart = completion.over_http(browser, "BENCH", max(60, size.times // 3), between="/tasks")
    yield _ratio(place, "complete over HTTP with login", samples, floor, 2.5, "request")
    name = "the same, a worklist page before each"
    yield Figure(name, place.kind, apart.median, "ms", apart.median / floor.median, "request")
    spread = samples.p99 / samples.median
    yield Figure("complete over HTTP, p99 to p50", place.kind, samples.p99, "ms", spread, "its p50", 3.0)


def _growth(place: Place, premises: Premises, size: Size, say: Say) -> Iterator[Figure]:
    say("rounds of a loop")
    windows = growth.rounds(size.rounds, 10)
    first = windows[min(windows)]
    for number, samples in windows.items():
        yield _ratio(place, f"round {number} of a loop", samples, first, 1.2, "round 10")
    say("timers beside an open branch")
    early, late = growth.firings(size.firings, max(10, size.firings // 20))
    yield _ratio(place, f"timer firing {size.firings} beside an open branch", late, early, 1.2, "the first")
    yield from _surge(place, premises, size, say)
    rows, size_in_bytes = growth.finished_case("BENCH")
    yield Figure("rows of a finished instance, all engine tables", place.kind, rows, "rows", goal=20)
    yield Figure("bytes of a finished instance, all engine tables", place.kind, size_in_bytes, "bytes", goal=15_000)


def _surge(place: Place, premises: Premises, size: Size, say: Say) -> Iterator[Figure]:
    say(f"{size.at_once:,} timers due at once")
    firings = surge.due_at_once(premises, size.at_once, size.times)
    yield Figure(f"{size.at_once:,} timers due at once, until all have fired", place.kind, firings.seconds, "s")
    for name, before, meanwhile in (
        ("p50", firings.before.median, firings.meanwhile.median),
        ("p99", firings.before.p99, firings.meanwhile.p99),
    ):
        action = f"complete meanwhile, {name}"
        yield Figure(action, place.kind, meanwhile, "ms", meanwhile / before, f"{name} before")


def _verification(place: Place, say: Say) -> Iterator[Figure]:
    say("verifying by running again")
    ended = select(ProcessInstance.id).where(
        ProcessInstance.key == "BENCH", ProcessInstance.state == CaseState.COMPLETED
    )
    cases = list(session().scalars(ended.limit(100)))
    began = perf_counter()
    wrong = [deviation for verdict in proof.verify_each(cases) for deviation in verdict.deviations]
    seconds = perf_counter() - began
    if wrong:
        raise RuntimeError(f"verification found {wrong[0]}")
    yield Figure(
        "instances verified per second, one process", place.kind, len(cases) / seconds, "1/s", goal=125, least=True
    )


def _two_processes(place: Place, size: Size, say: Say) -> Iterator[Figure]:
    say("one process, then two")
    alone = completion.rate(place, "BENCH", 1, size.seconds)
    rate_of_two = completion.rate(place, "BENCH", 2, size.seconds)
    goal = None if place.kind == SQLITE else 1.8
    yield Figure("completions per second, one process", place.kind, alone, "1/s")
    yield Figure(
        "completions per second, two processes",
        place.kind,
        rate_of_two,
        "1/s",
        rate_of_two / alone,
        "one",
        goal,
        least=True,
    )


def _worklists(place: Place, size: Size, say: Say) -> Iterator[Figure]:
    """Yield the figures of worklists: a small one by itself; the largest compared with one that fills every page and every figure beside the navigation, as the larger ones do."""
    with serve_office(place) as port:
        browser = Browser(port)
        browser.log_in("cleo")
        pages: dict[int, tuple[Samples, Samples]] = {}
        for tasks in size.tasks:
            say(f"worklist with {tasks:,} open tasks")
            browser.rest()
            worklists.fill(place, tasks)
            pages[tasks] = worklists.pages(browser, 60)
    small, full, *_ = size.tasks
    for tasks, samples in pages.items():
        for name, of_page, base in zip(("first page", "filtered page"), samples, pages[full], strict=True):
            list_name = f"worklist over HTTP, {name}, {tasks:,} open tasks"
            if tasks == small:
                yield Figure(list_name, place.kind, of_page.median, "ms")
            else:
                yield _ratio(place, list_name, of_page, base, 1.5, f"{full:,} tasks")
