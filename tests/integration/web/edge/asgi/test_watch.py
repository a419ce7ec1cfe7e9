"""The watch: who does not read is cut off, who reads is left alone."""

from __future__ import annotations

import fcntl
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from web.edge.asgi.watch import Watch


@pytest.fixture
def connection() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A connection to a port of this process: (their end, ours)."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.connect(server.getsockname())
        edge, _address = server.accept()
        with edge:
            edge.setblocking(False)
            yield client, edge


def test_who_does_not_read_is_cut_off(connection: tuple[socket.socket, socket.socket]) -> None:
    """Once nothing has moved for as long as is measured, and not before."""
    _client, edge = connection
    assert edge.send(b"x" * 500_000) > 4_096
    watch = Watch()
    assert [watch.look(0.0), watch.look(29.0), watch.look(31.0)] == [0, 0, 1]
    with pytest.raises(BrokenPipeError):
        edge.send(b"x")


def test_who_reads_slowly_is_left_alone(connection: tuple[socket.socket, socket.socket]) -> None:
    """A thin line is no attack."""
    client, edge = connection
    assert edge.send(b"x" * 500_000) > 200_000
    watch = Watch()
    ended = [watch.look(0.0)]
    count = 0
    while count < 100_000:
        count += len(client.recv(10_000))
    ended.append(watch.look(31.0))
    assert ended == [0, 0]


def test_who_waits_is_left_alone(connection: tuple[socket.socket, socket.socket]) -> None:
    """A kept connection on which nothing is under way has nothing to read."""
    watch = Watch()
    assert [watch.look(float(at)) for at in (0, 31, 62)] == [0, 0, 0]


def test_locks_on_files_are_kept(tmp_path: Path) -> None:
    """Closing any descriptor of a file gives up the locks on it, and a command beside the office would remove the log of its database."""
    file = tmp_path / "database"
    file.write_bytes(b"x")
    ask = f"import fcntl; fcntl.lockf(open({str(file)!r}, 'r+b'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    with file.open("r+b") as locked:
        fcntl.lockf(locked, fcntl.LOCK_SH)
        Watch().look(0.0)
        process = subprocess.run([sys.executable, "-c", ask], check=False, capture_output=True, text=True)
    assert "BlockingIOError" in process.stderr
