"""Strangers who send nothing and read nothing, and processes that are cut off: the office goes on, and nothing is left behind."""

from __future__ import annotations

import os
import resource
import signal
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError

import pytest

from cli.output import ROOT
from cli.serving import HEADERS
from tools.crashing import findings
from tools.crashing.load import Clerk, Shift
from tools.crashing.place import Place, opened
from web.edge import asgi

pytestmark = pytest.mark.slow
STRANGERS, CLERKS, WINDOWS, LISTS = 200, 3, 7, 20
WINDOW_SECONDS = 2.0
SECONDS_TO_GO = 30.0
HEADERS_SECONDS = HEADERS.header_read_timeout / 1_000
DESCRIPTORS = 4_096


@pytest.fixture(scope="module", autouse=True)
def enough_descriptors() -> None:
    """Strangers are many, and their ends are ours here."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(DESCRIPTORS, hard)), hard))


@pytest.fixture(scope="module")
def served_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An office on SQLite."""
    folder = tmp_path_factory.mktemp("edge")
    with opened(folder, f"sqlite:///{folder}/office.db") as opened_place:
        opened_place.begin_cases(12)
        yield opened_place


@pytest.fixture
def place(served_office: Place) -> Place:
    """It serves, whatever was done to it before."""
    served_office.come_up()
    return served_office


def test_among_strangers_who_say_and_read_nothing_clerks_are_answered(place: Place) -> None:
    """Two hundred of each kind hold connections, and every list that the clerks ask for meanwhile comes; how soon is measured in the long run."""
    answers: list[int] = []
    with strangers(place.port):
        together([partial(read_lists, place, number, answers) for number in range(CLERKS)])
        assert held(place) > 0, "the strangers hold none"
    assert len(answers) == CLERKS * LISTS


def read_lists(place: Place, number: int, answers: list[int]) -> None:
    """A clerk reads their list some times, and says each time that it came. Errors: whatever keeps one of them from coming."""
    clerk = Clerk(place.address, place.tokens[number], None)  # type: ignore[arg-type]
    for _list in range(LISTS):
        clerk.ask("/tasks")
        answers.append(number)


@pytest.mark.long
def test_strangers_who_say_and_read_nothing_keep_nobody_waiting(place: Place) -> None:
    """Two hundred each of bodies that never come, readers who do not read, headers that stop in the middle and connections on which nothing comes.

    The clerks' slowest answers take at most twice as long; windows with and without strangers follow each other, so that other work on the machine meets both.
    """
    quiet, besieged = [], []
    for _window in range(WINDOWS):
        quiet.append(p99_of_a_window(place))
        with strangers(place.port):
            besieged.append(p99_of_a_window(place))
    assert statistics.median(besieged) <= 2 * statistics.median(quiet), (quiet, besieged)


def p99_of_a_window(place: Place) -> float:
    """Some clerks read their lists without a pause; how long the slowest in a hundred answers took."""
    end, took = time.monotonic() + WINDOW_SECONDS, []

    def work(number: int) -> None:
        clerk = Clerk(place.address, place.tokens[number], None)  # type: ignore[arg-type]
        while time.monotonic() < end:
            began = time.monotonic()
            clerk.ask("/tasks")
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
    """As many as STRANGERS of each kind: announced a body, asked for the largest file and does not read, sent half the headers, sent nothing."""
    file = max((ROOT / "web/static/build/assets").iterdir(), key=lambda one: one.stat().st_size)
    silent = b"POST /login HTTP/1.1\r\nHost: desk\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nname="
    slow = f"GET /static/build/assets/{file.name} HTTP/1.1\r\nHost: desk\r\n\r\n".encode()
    half, nothing = silent[:40], b""
    held_open: list[socket.socket] = []
    with ExitStack() as held:
        for said in [silent, slow, half, nothing] * STRANGERS:
            one = held.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            one.connect(("127.0.0.1", port))
            one.sendall(said)
            held_open.append(one)
        for one in held_open[1::4]:
            assert one.recv(1) == b"H"  # it is being answered, and reads no further
        yield


def test_a_body_that_does_not_come_is_waited_for_a_few_seconds(place: Place) -> None:
    """The stranger is told so, and the connection ends."""
    with socket.create_connection(("127.0.0.1", place.port), timeout=3 * asgi.Limits.silence_seconds) as stranger:
        stranger.sendall(b"POST /login HTTP/1.1\r\nHost: desk\r\nContent-Length: 10\r\n\r\n")
        said = answer(stranger)
    assert said.startswith(b"HTTP/1.1 408")
    assert "没有按时送达".encode() in said


def test_headers_that_do_not_come_are_waited_for_half_a_minute(place: Place) -> None:
    """Neither half a request nor a connection on which nothing comes is held for ever."""
    with ExitStack() as held:
        waiting = [held.enter_context(socket.create_connection(("127.0.0.1", place.port))) for _ in range(3)]
        for one, said in zip(waiting, (b"", b"GET /lo", b"GET /login HTTP/1.1\r\nHost: de"), strict=True):
            one.settimeout(HEADERS_SECONDS + SECONDS_TO_GO)
            one.sendall(said)
        assert [answer(one)[:12] in (b"", b"HTTP/1.1 408") for one in waiting] == [True] * 3
    assert answered(place)


BARE = {  # what the server itself refuses, before the office hears of it
    "a NUL in a header": b"GET /login HTTP/1.1\r\nHost: a\0b\r\n\r\n",
    "a NUL in the address": b"GET /log\0in HTTP/1.1\r\nHost: desk\r\n\r\n",
    "no request": b"\xff\xfe\xfd\r\n\r\n",
    "a TLS handshake": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 500,
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no version": b"GET /login\r\n\r\n",
    "an unknown version": b"GET /login HTTP/9.9\r\nHost: desk\r\n\r\n",
    "a header without a colon": b"GET /login HTTP/1.1\r\nHost: desk\r\nnonsense\r\n\r\n",
    "a blank before the colon": b"GET /login HTTP/1.1\r\nHost : desk\r\n\r\n",
    "a folded header": b"GET /login HTTP/1.1\r\nHost: desk\r\nX: a\r\n b\r\n\r\n",
    "a length that is none": b"POST /login HTTP/1.1\r\nHost: desk\r\nContent-Length: x\r\n\r\n",
    "two lengths": b"POST /login HTTP/1.1\r\nHost: desk\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "an unknown encoding": b"POST /login HTTP/1.1\r\nHost: desk\r\nTransfer-Encoding: gzip\r\n\r\n",
    "headers beyond the buffer": b"GET /login HTTP/1.1\r\nHost: desk\r\nConnection: close\r\nX: "
    + b"x" * 70_000
    + b"\r\n\r\n",
    "headers without an end": b"GET /login HTTP/1.1\r\nHost: desk\r\nX: " + b"x" * 200_000,
    "many headers": b"GET /login HTTP/1.1\r\nHost: desk\r\n" + b"X: y\r\n" * 101 + b"\r\n",
    "a long address": b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: desk\r\n\r\n",
}
IN_WORDS = {
    "a host that there cannot be": (b"GET /login HTTP/1.1\r\nHost: a..b\r\nConnection: close\r\n\r\n", 400),
    "long headers": (
        b"GET /login HTTP/1.1\r\nHost: desk\r\nConnection: close\r\nX: " + b"x" * 40_000 + b"\r\n\r\n",
        431,
    ),
    "an address that is long": (
        b"GET /?" + b"x" * 40_000 + b" HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n",
        431,
    ),
}


@pytest.mark.parametrize("kind", BARE)
def test_what_the_server_refuses_holds_nothing(place: Place, kind: str) -> None:
    """It answers with a status alone, 4xx, or not at all, and ends the connection at once; the office serves on."""
    with socket.create_connection(("127.0.0.1", place.port), timeout=SECONDS_TO_GO) as stranger:
        with suppress(ConnectionError):
            stranger.sendall(BARE[kind])
        said = answer(stranger)
    assert said[:10] in (b"", b"HTTP/1.1 4", b"HTTP/1.0 4")
    assert soon(lambda: held(place) == 0)
    assert answered(place)


@pytest.mark.parametrize("kind", IN_WORDS)
def test_what_the_edge_refuses_is_refused_in_words(place: Place, kind: str) -> None:
    """Whatever the server lets through is answered by the office, in both languages."""
    sent, status = IN_WORDS[kind]
    with socket.create_connection(("127.0.0.1", place.port), timeout=SECONDS_TO_GO) as stranger:
        stranger.sendall(sent)
        said = answer(stranger)
    assert said.startswith(b"HTTP/1.1 %d" % status)
    assert "没有任何改动".encode() in said


def answer(stranger: socket.socket) -> bytes:
    """All that comes until the connection ends. Errors: TimeoutError when it does not."""
    said = b""
    with suppress(ConnectionError):
        while part := stranger.recv(100_000):
            said += part
    return said


def held(place: Place) -> int:
    """How many connections the office still has, accepted or waiting to be ended."""
    ours, open_states = f":{place.port:04X}", ("01", "08")
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(ours) and row[3] in open_states for row in rows)


@pytest.mark.parametrize("asked", [b"POST /login", b"GET /login", b"GET /static/no.css"])
@pytest.mark.parametrize("rest", [b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", b"Content-Length: 50\r\n\r\nabc"])
def test_a_body_that_breaks_off_is_refused_in_words(place: Place, asked: bytes, rest: bytes) -> None:
    """Chunks that are none, or a sender who says no more: whoever still reads is told what was wrong."""
    with socket.create_connection(("127.0.0.1", place.port), timeout=SECONDS_TO_GO) as stranger:
        stranger.sendall(asked + b" HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n" + rest)
        stranger.shutdown(socket.SHUT_WR)
        said = answer(stranger)
    assert said.startswith(b"HTTP/1.1 400")
    assert "没有任何改动".encode() in said


def test_a_killed_parent_leaves_nobody_on_the_port(place: Place) -> None:
    """Whoever starts the office again finds the port free."""
    os.kill(place.running["serving"], signal.SIGKILL)
    assert soon(lambda: not is_served(place.port))
    place.kill(place.kinds)


def test_the_killed_worker_of_an_office_on_sqlite_is_replaced(place: Place) -> None:
    """The one process that serves is cut off while clerks work: it is back within seconds, and nothing confirmed is lost."""
    (before,) = workers(place)
    shift = Shift(place, 1)
    shift.begin()
    shift.wait_for_a_confirmation(30)
    os.kill(before, signal.SIGKILL)
    assert soon(lambda: before not in workers(place) and answered(place))
    confirmed = shift.end()
    assert len(workers(place)) == 1
    assert confirmed.completions or confirmed.starts
    assert findings.lost(place, confirmed) == []


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
        assert confirmed.completions or confirmed.starts
        assert findings.lost(place, confirmed) == []
        os.kill(place.running["serving"], signal.SIGKILL)
        assert soon(lambda: not is_served(place.port))


def workers(place: Place) -> list[int]:
    """The processes that serve."""
    parent = place.running["serving"]
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(id) for id in found if b"\0" in Path(f"/proc/{id}/cmdline").read_bytes()]


def answered(place: Place) -> bool:
    """Whether the office answers a clerk; what hung on the process that died may break."""
    with suppress(OSError, HTTPException, HTTPError):
        Clerk(place.address, place.tokens[0], None).ask("/tasks")  # type: ignore[arg-type]
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
