"""What an operator types, for the office of a place: nothing of the benchmark founds or serves one by any other way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.databases import Place

ROOT = Path(__file__).resolve().parents[1]
LOG = "served.log"
SECONDS_TO_COME_UP, SECONDS_TO_STOP = 60, 60


def desk(*words: str) -> list[str]:
    """Return the command that `./desk` and these words stand for."""
    return [sys.executable, "-m", "cli", *words]


def environment(place: Place) -> dict[str, str]:
    """Return the settings that name the office of a place, and everything else as it is here."""
    url = place.url.replace("postgresql+psycopg://", "postgresql://")
    return {**os.environ, "DATABASE_URL": url, "DESK_VAR": str(place.folder)}


def run(place: Place, *words: str) -> None:
    """Have a command done. Errors: RuntimeError with what it said when it could not."""
    outcome = subprocess.run(
        desk(*words), check=False, cwd=ROOT, env=environment(place), capture_output=True, text=True
    )
    if outcome.returncode:
        raise RuntimeError(f"{' '.join(words)} ended with {outcome.returncode}: {outcome.stderr[-2000:]}")


def free_port() -> int:
    """Return a port nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(place: Place, command: list[str], more: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Give a process and all that it starts, until the block ends; what they say is kept in the folder of the place."""
    with (place.folder / LOG).open("a") as log:
        surroundings = {**environment(place), **more}
        process = subprocess.Popen(command, cwd=ROOT, env=surroundings, stdout=log, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=SECONDS_TO_STOP)


def await_port(place: Place, port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody listens. Errors: RuntimeError when the process ended before, or does not come up."""
    until = time.monotonic() + SECONDS_TO_COME_UP
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the server of the benchmark does not answer: {(place.folder / LOG).read_text()[-2000:]}")
