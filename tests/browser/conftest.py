"""A live office for browser tests: seeded once, copied for every test, and visited by people with a browser each."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.office import MORNING, Office

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "test-results"
LAST_WORDS = 6_000
SETTLING_SECONDS = 0.5
SERVING = pytest.StashKey[list["Serving"]]()


class Serving:
    """A served office: where it is, and the line to its clock."""

    def __init__(self, var: Path, database: str, at: datetime) -> None:
        environment = {**os.environ, "DESK_VAR": str(var), "PYTHONPATH": str(ROOT)}
        environment["DATABASE_URL"] = database or f"sqlite:///{var / 'reception.db'}"
        self.said = (var / "office.log").open("a")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.live", at.isoformat()],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.said,
            text=True,
        )
        self.var = var
        self.address = f"http://127.0.0.1:{self._line()}"

    def move_to(self, at: datetime) -> None:
        """Move the clock of the office and let happen what is due by then."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{at.isoformat()}\n")
        self.process.stdin.flush()
        assert self._line() == "done"

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        if not line:
            pytest.fail(f"the office stopped: {self.last_words()}")
        return line

    def last_words(self) -> str:
        """The end of what it has logged, and what each of its threads is doing: whether it was asked at all, and where it stands if so."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGUSR1)
            time.sleep(SETTLING_SECONDS)
        return (self.var / "office.log").read_text()[-LAST_WORDS:]

    def end(self) -> None:
        """Stop serving."""
        self.process.terminate()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.said):
            assert stream is not None
            stream.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure in the browser comes with what the offices say, which would be gone with their folders."""
    report = yield
    if report.when == "call" and report.failed:
        report.sections += [("office", serving.last_words()) for serving in item.stash.get(SERVING, [])]
    return report


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database and the keys of a demo office just seeded and published."""
    from cli.building import build_everything

    build_everything()
    folder = tmp_path_factory.mktemp("planted")
    Serving(folder, "", MORNING).end()
    return folder


@pytest.fixture
def open_office(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Office]]:
    """Opens offices; each is closed, and a picture of every open page is kept, when the test is over."""
    opened: list[tuple[Serving, Office]] = []

    def begin(var: Path, database: str = "") -> Office:
        serving = Serving(var, database, MORNING)
        request.node.stash.setdefault(SERVING, []).append(serving)
        opened.append((serving, Office(browser, serving.address, serving.move_to)))
        return opened[-1][1]

    yield begin
    for serving, office in opened:
        office.leave(SCREENSHOTS / request.node.name)
        serving.end()


@pytest.fixture
def office(open_office: Callable[..., Office], planted: Path, tmp_path: Path) -> Office:
    """An office of the test's own, on SQLite, on the morning of Tuesday, 3 March 2026."""
    return open_office(shutil.copytree(planted, tmp_path / "var"))


@pytest.fixture
def office_on_postgresql(open_office: Callable[..., Office], postgresql: str, tmp_path: Path) -> Office:
    """The same office on PostgreSQL."""
    return open_office(tmp_path, postgresql)
