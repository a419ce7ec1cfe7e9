"""Requests at the edge: none costs a thread before it is whole, none waits for ever, and who is turned away reads why."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from tests.unit.web.edge.asgi.asking import QUICK, Visit, loop_of_its_own, scope, words
from web.edge.asgi import Edge, Limits
from web.edge.asgi.errors import CutOff

POST = ("POST", "/tasks/1")


def echo(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """Answers with the body."""
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def visit(*given: Visit, application: Any = echo, limits: Limits = QUICK) -> Edge:
    """Let them come at once."""
    edge = Edge(application, words(), limits)

    async def come() -> None:
        await asyncio.gather(*(one.to(edge) for one in given))

    loop_of_its_own(come())
    return edge


def test_a_body_is_handed_over_whole() -> None:
    """Whatever its parts, and with the length that it has."""
    one = Visit(scope(*POST, (b"transfer-encoding", b"chunked")), (b"name=", b"cleo"))
    visit(one)
    assert (one.status, one.text) == (200, "name=cleo")


@pytest.mark.parametrize(
    ("headers", "parts", "ends", "status"),
    [
        ([(b"content-length", b"10")], (), False, 408),
        ([(b"content-length", b"10")], (b"abc",), False, 408),
        ([(b"content-length", b"2000")], (b"x" * 2_000,), True, 413),
        ([(b"content-length", b"999999999999999999999999")], (), False, 413),
        ([(b"transfer-encoding", b"chunked")], (b"x" * 2_000,) * 4, False, 413),
        ([(b"content-length", b"-1")], (), False, 400),
        ([(b"cookie", b"x" * 40_000)], (), True, 431),
    ],
)
def test_what_cannot_be_let_in_is_told_so(
    headers: list[tuple[bytes, bytes]], parts: tuple[bytes, ...], ends: bool, status: int
) -> None:
    """No request waits for a body that does not come, or keeps more memory than it may; both languages stand on the page."""
    one = Visit(scope(*POST, *headers), parts, ends)
    edge = visit(one)
    assert one.status == status
    assert "没有任何改动" in one.text
    assert "<p lang=" in one.text
    assert ('<a href="">回到' in one.text, '<a href="/">' in one.text, "8 MB" in one.text) == (
        True,
        True,
        status == 413,
    )
    assert edge.bodies.kept == 0


@pytest.mark.parametrize(("method", "path"), [POST, ("POST", "/login"), ("GET", "/login"), ("GET", "/static/x.css")])
@pytest.mark.parametrize("announced", [(b"content-length", b"50"), (b"transfer-encoding", b"chunked")])
def test_a_body_that_breaks_off_is_told_so(method: str, path: str, announced: tuple[bytes, bytes]) -> None:
    """The server tells of chunks that are none as of somebody who left; without an answer of ours it would give its own 500."""
    one = Visit(scope(method, path, announced), (b"abc",), ends=False)
    one.messages.append({"type": "http.disconnect"})
    edge = visit(one)
    assert one.status == 400
    assert "没有任何改动" in one.text
    assert edge.bodies.kept == 0


def test_a_program_is_told_in_its_own_way() -> None:
    """The API answers problem+json here too, in the language asked for."""
    asked = scope("POST", "/api/v1/x", (b"content-length", b"9"), (b"accept-language", b"en"))
    one = Visit(asked, ends=False)
    visit(one)
    told = json.loads(one.text)
    assert (one.headers[b"content-type"], told["code"]) == (b"application/problem+json", "RequestTimeout")
    assert told["title"].startswith("The request did not arrive")


def test_long_bodies_share_a_bounded_memory() -> None:
    """Strangers who each send a little less than allowed and then wait cannot fill the memory; short forms go on being taken in."""
    long = [Visit(scope(*POST, (b"content-length", b"1000")), (b"x" * 100, b"x" * 800), ends=False) for _ in range(5)]
    short = Visit(scope(*POST, (b"content-length", b"9")), (b"name=cleo",))
    edge = visit(*long, short)
    assert sorted(one.status for one in long) == [408, 503, 503, 503, 503]
    assert (short.status, edge.bodies.kept) == (200, 0)


def test_whoever_finds_the_line_full_is_sent_away_at_once() -> None:
    """What is under way is bounded, and Retry-After says when to come again; a full line of files or log-ins is no matter to the office."""
    go_on = threading.Event()

    def slow(_environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        go_on.wait(10)
        start("200 OK", [("Content-Length", "0")])
        return []

    limits = Limits(threads=1, waiting=1, login_threads=1, logins_waiting=0)
    edge = Edge(slow, words(), limits)

    async def come() -> list[int]:
        under_way = [asyncio.ensure_future(Visit(scope()).to(edge)) for _ in range(2)]
        await asyncio.sleep(0)
        away = await Visit(scope()).to(edge)
        under_way.append(asyncio.ensure_future(Visit(scope("POST", "/login")).to(edge)))
        await asyncio.sleep(0)
        no_login = await Visit(scope("POST", "/login")).to(edge)
        go_on.set()
        assert away.headers[b"retry-after"] == b"3"
        return [away.status, no_login.status, *[(await one).status for one in under_way]]

    assert loop_of_its_own(come()) == [503, 503, 200, 200, 200]


def endless(closed: threading.Event, chunk: bytes = b"x" * 300_000) -> Any:
    """An application whose answer has no end, and that says when it is let go."""

    def application(_environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        start("200 OK", [("Content-Type", "text/csv")])
        try:
            while True:
                yield chunk
        finally:
            closed.set()

    return application


def test_who_does_not_read_an_export_is_cut_off() -> None:
    """It is let go of, no thread waits for the reader, and the connection breaks so that nobody takes the part for the whole."""
    closed, one = threading.Event(), Visit(scope(), reads=2)
    with pytest.raises(CutOff):
        visit(one, application=endless(closed))
    assert closed.is_set()


def test_who_leaves_is_not_written_to_any_longer() -> None:
    """An export whose reader has gone ends."""
    closed, one = threading.Event(), Visit(scope())
    one.messages.append({"type": "http.disconnect"})
    visit(one, application=endless(closed))
    assert closed.is_set()


def test_an_answer_that_fails_halfway_breaks_off() -> None:
    """Before anything was sent it is a 500 in words; afterwards the connection breaks."""

    def application(environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        start("200 OK", [])
        yield b"x" * (300_000 if environ["PATH_INFO"] == "/late" else 3)
        raise ValueError

    early, late = Visit(scope()), Visit(scope("GET", "/late"))
    visit(early, application=application)
    assert early.status == 500
    with pytest.raises(CutOff):
        visit(late, application=application)


def test_exports_under_way_are_counted() -> None:
    """Each holds a connection to the database, and there are no more than a few of those."""
    closed = threading.Event()
    limits = Limits(streams=1, reader_seconds=0.2)
    edge = Edge(endless(closed), words(), limits)

    async def come() -> int:
        first = asyncio.ensure_future(Visit(scope(), reads=1).to(edge))
        while not edge.streams:  # noqa: ASYNC110 - the edge tells nobody
            await asyncio.sleep(0.01)
        second = await Visit(scope()).to(edge)
        with pytest.raises(CutOff):
            await first
        return second.status

    assert loop_of_its_own(come()) == 503
    assert edge.streams == 0
