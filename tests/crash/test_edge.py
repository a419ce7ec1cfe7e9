"""Strangers who send nothing and read nothing, and processes that are cut off: the office goes on, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError

import pytest

from web import edge
from web.commands.crashing import findings
from web.commands.crashing.load import Clerk, Shift
from web.commands.crashing.place import Place, opened
from web.commands.output import ROOT

pytestmark = pytest.mark.slow
STRANGERS, CLERKS, WINDOWS = 200, 3, 5
WINDOW_SECONDS = 2.0
FLOOR_SECONDS = 0.2  # below this other work on the machine decides, and nobody waits
SECONDS_TO_GO = 30.0


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """An office on SQLite that serves."""
    with opened(tmp_path, f"sqlite:///{tmp_path}/office.db") as opened_place:
        opened_place.begin_cases(CLERKS)
        opened_place.come_up()
        yield opened_place


def test_strangers_who_say_and_read_nothing_keep_nobody_waiting(place: Place) -> None:
    """Two hundred announced bodies that never come and two hundred readers who do not read: the clerks' slowest answers take at most twice as long."""
    quiet, besieged = [], []
    for _window in range(WINDOWS):
        quiet.append(p99_of_a_window(place))
        with strangers(place.port):
            besieged.append(p99_of_a_window(place))
    assert statistics.median(besieged) <= 2 * max(statistics.median(quiet), FLOOR_SECONDS), (quiet, besieged)


def p99_of_a_window(place: Place) -> float:
    """Some clerks read their lists without a pause; how long the slowest in a hundred answers took."""
    end, took = time.monotonic() + WINDOW_SECONDS, []

    def work(number: int) -> None:
        clerk = Clerk(place.address, place.tokens[number], None)  # type: ignore[arg-type]
        while time.monotonic() < end:
            began = time.monotonic()
            clerk._ask("/tasks")
            took.append(time.monotonic() - began)

    together([lambda number=number: work(number) for number in range(CLERKS)])  # type: ignore[misc]
    assert len(took) > 50
    return statistics.quantiles(took, n=100)[-1]


def together(works: list[Callable[[], None]]) -> None:
    """Do them at once and wait for all."""
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextmanager
def strangers(port: int) -> Iterator[None]:
    """Half of them have announced a body, half have asked for the largest file and do not read."""
    file = max((ROOT / "web/static/build/assets").iterdir(), key=lambda one: one.stat().st_size)
    silent = b"POST /login HTTP/1.1\r\nHost: desk\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nname="
    slow = f"GET /static/build/assets/{file.name} HTTP/1.1\r\nHost: desk\r\n\r\n".encode()
    held_open: list[socket.socket] = []
    with ExitStack() as held:
        for said in [silent, slow] * STRANGERS:
            one = held.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            one.connect(("127.0.0.1", port))
            one.sendall(said)
            held_open.append(one)
        for one in held_open[1::2]:
            assert one.recv(1) == b"H"  # it is being answered, and reads no further
        yield


def test_a_body_that_does_not_come_is_waited_for_a_few_seconds(place: Place) -> None:
    """The stranger is told so, and the connection ends."""
    with socket.create_connection(("127.0.0.1", place.port), timeout=3 * edge.Limits.silence_seconds) as stranger:
        stranger.sendall(b"POST /login HTTP/1.1\r\nHost: desk\r\nContent-Length: 10\r\n\r\n")
        said = b""
        while part := stranger.recv(10_000):
            said += part
    assert said.startswith(b"HTTP/1.1 408")
    assert "没有按时送达".encode() in said


@pytest.mark.parametrize("asked", [b"POST /login", b"GET /login", b"GET /static/no.css"])
@pytest.mark.parametrize("rest", [b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", b"Content-Length: 50\r\n\r\nabc"])
def test_a_body_that_breaks_off_is_refused_in_words(place: Place, asked: bytes, rest: bytes) -> None:
    """Chunks that are none, or a sender who says no more: whoever still reads is told what was wrong."""
    with socket.create_connection(("127.0.0.1", place.port), timeout=SECONDS_TO_GO) as stranger:
        stranger.sendall(asked + b" HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n" + rest)
        stranger.shutdown(socket.SHUT_WR)
        said = b""
        while part := stranger.recv(10_000):
            said += part
    assert said.startswith(b"HTTP/1.1 400")
    assert "没有任何改动".encode() in said


def test_a_killed_parent_leaves_nobody_on_the_port(place: Place) -> None:
    """Whoever starts the office again finds the port free."""
    os.kill(place.running["serving"], signal.SIGKILL)
    assert soon(lambda: not is_served(place.port))


@pytest.mark.postgresql
def test_a_killed_worker_is_replaced_and_the_other_serves_on(postgresql: str, tmp_path: Path) -> None:
    """One of two processes is cut off while clerks work: nothing confirmed is lost, and there are two again."""
    with opened(tmp_path, postgresql) as place:
        place.begin_cases(12)
        place.come_up()
        assert soon(lambda: len(workers(place)) == 2)
        before = workers(place)
        shift = Shift(place, 1)
        shift.begin()
        shift.wait_for_a_confirmation(30)
        os.kill(before[0], signal.SIGKILL)
        answers = [answered(place) for _ask in range(50)]
        assert soon(lambda: len(workers(place)) == 2 and before[0] not in workers(place))
        confirmed = shift.end()
        assert before[1] in workers(place)
        assert sum(answers) >= 45
        assert confirmed.completions
        assert findings.lost(place, confirmed) == []


def workers(place: Place) -> list[int]:
    """The processes that serve."""
    parent = place.running["serving"]
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(id) for id in found if b"\0" in Path(f"/proc/{id}/cmdline").read_bytes()]


def answered(place: Place) -> bool:
    """Whether the office answers a clerk; what hung on the process that died may break."""
    with suppress(OSError, HTTPException, HTTPError):
        Clerk(place.address, place.tokens[0], None)._ask("/tasks")  # type: ignore[arg-type]
        return True
    return False


def is_served(port: int) -> bool:
    """Whether anybody listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def soon(holds: Callable[[], bool]) -> bool:
    """Whether it comes to hold within seconds."""
    end = time.monotonic() + SECONDS_TO_GO
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
