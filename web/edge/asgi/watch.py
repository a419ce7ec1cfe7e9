"""The watch of a serving process, a thread that looks around every few seconds: who does not read what was sent is cut off, and a process whose parent is gone ends.

Granian has no limit for how long an answer may take to be read, and the memory and the connection would be held as long as a stranger likes. The
kernel knows what has been acknowledged; where it does not tell (anywhere but on Linux) nobody is cut off.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import NamedTuple

EVERY_SECONDS = 2.0
MEASURED_SECONDS = 30.0
SLOWEST = 1_000  # bytes a second
LAST_SECONDS = 3.0
DESCRIPTORS = Path("/proc/self/fd")
# linux/tcp.h, struct tcp_info: bytes_acked follows 8 bytes, 24 numbers of 4 and 2 of 8; notsent_bytes follows unacked (the fifth of the 24) by name only
_INFO_BYTES, _UNACKED, _ACKED, _NOT_SENT = 192, 24, 120, 144


class Sent(NamedTuple):
    """What the kernel knows of a connection: bytes acknowledged so far, and whether anything waits to be."""

    acknowledged: int
    waits: bool


@dataclass
class Watch:
    """Remembers since when each connection has had something to read, and how far it was then."""

    measured_seconds: float = MEASURED_SECONDS
    _since: dict[tuple[object, ...], tuple[float, int]] = field(default_factory=dict)

    def look(self, at: float) -> int:
        """Cut off who has read too little for too long; how many."""
        before, self._since, ended = self._since, {}, 0
        for connection in _accepted():
            with suppress(OSError):
                peer, progress = connection.getpeername(), _sent(connection)
                if not progress.waits:
                    continue
                since, had = before.get(peer, (at, progress.acknowledged))
                if at - since < self.measured_seconds:
                    self._since[peer] = (since, had)
                elif progress.acknowledged - had >= SLOWEST * (at - since):
                    self._since[peer] = (at, progress.acknowledged)
                else:
                    connection.shutdown(socket.SHUT_RDWR)
                    ended += 1
        return ended


def begin(parent: int | None) -> threading.Thread:
    """Keep watch in a thread. `parent` is the process without which this one has no business; None for nobody."""
    thread = threading.Thread(target=_keep, args=(parent,), name="watch", daemon=True)
    thread.start()
    return thread


def _keep(parent: int | None) -> None:
    watch, pause = Watch(), threading.Event()
    while parent is None or os.getppid() == parent:
        watch.look(monotonic())
        pause.wait(EVERY_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    pause.wait(LAST_SECONDS)
    os._exit(1)


def _accepted() -> Iterator[socket.socket]:
    """Yield a handle of every connection to a port that this process listens at, good until the next is asked for."""
    ports = {
        handle.getsockname()[1] for handle in _sockets() if handle.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    }
    for handle in _sockets() if ports else ():
        if handle.getsockname()[1] in ports and not handle.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            yield handle


def _sockets() -> Iterator[socket.socket]:
    """Yield a handle of every TCP socket of this process, good until the next is asked for."""
    for entry in DESCRIPTORS.iterdir() if DESCRIPTORS.is_dir() else ():
        with suppress(OSError), _borrowed(int(entry.name)) as handle:
            if handle.family in (socket.AF_INET, socket.AF_INET6) and handle.type == socket.SOCK_STREAM:
                yield handle


@contextmanager
def _borrowed(descriptor: int) -> Iterator[socket.socket]:
    """Give a descriptor as a socket, neither duplicated nor closed: closing any descriptor of a file gives up every lock that this process has on it,
    and SQLite's locks keep others from removing its log. Errors: OSError for what is no socket, or gone.
    """
    borrowed = socket.socket(fileno=descriptor)
    try:
        yield borrowed
    finally:
        borrowed.detach()


def _sent(connection: socket.socket) -> Sent:
    """Ask the kernel what of an answer was sent. Errors: OSError where it does not tell."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
    if len(info) < _NOT_SENT + 4:
        raise OSError
    (acknowledged,), (unacked,) = struct.unpack_from("=Q", info, _ACKED), struct.unpack_from("=I", info, _UNACKED)
    (not_sent,) = struct.unpack_from("=I", info, _NOT_SENT)
    return Sent(acknowledged, bool(unacked or not_sent))
