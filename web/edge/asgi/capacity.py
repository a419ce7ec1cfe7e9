"""How much, how long and how many: the numbers of the edge, for one serving process."""

from __future__ import annotations

import os
from dataclasses import dataclass

KB, MB = 1_000, 1_000_000
THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)


@dataclass(frozen=True)
class Limits:
    """Seconds, bytes and counts."""

    body_seconds: float = 60.0
    silence_seconds: float = 10.0
    body_bytes: int = 8 * MB
    discarded_bytes: int = 32 * MB  # read of what is too large, so that its sender reads the refusal
    small_bytes: int = 64 * KB  # every request may keep so much in memory
    large_bytes: int = 64 * MB  # what all of them keep beyond that
    header_bytes: int = 32 * KB
    threads: int = THREADS
    waiting: int = 200
    file_threads: int = 2
    files_waiting: int = 500  # a stranger may ask for files, and a browser asks for a dozen at once
    login_threads: int = 2
    logins_waiting: int = 100  # checking a password is dear on purpose; a hall may begin its day at the same moment
    streams: int = 8  # answers made while they are read, which hold a connection to the database
    stream_seconds: float = 3_600.0
    reader_seconds: float = 30.0
