"""A live office for browser tests: seeded once, copied for every test, and visited by people with a browser each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser import editing
from tests.browser.office import MORNING, Office
from tests.support.once import once
from tests.support.serving import Clock, opened, served, where_threads_stand
from tests.support.visitors import copy, found_office, let_go, open_office

SCREENSHOTS = Path(__file__).resolve().parents[2] / "test-results"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure in the browser comes with where the threads of the offices stand."""
    report = yield
    if report.when == "call" and report.failed:
        file = item.funcargs.get("tmp_path", SCREENSHOTS)
        report.sections.append(("threads", where_threads_stand(Path(file) / "threads")))
    return report


@pytest.fixture(scope="session")
def built() -> None:
    """The pages, built from what they are now."""
    from cli.building import build_everything

    build_everything()


@pytest.fixture(scope="session")
def planted(built: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database of a demo office just seeded and published, in the morning."""

    def make(folder: Path) -> None:
        with Clock(MORNING).running():
            app = open_office(folder)
            found_office(app)
            let_go(app)

    return once(tmp_path_factory, "planted", make)


@pytest.fixture
def open_office_at(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[[Path, str], Office]]:
    """Opens the office over a database; it is closed, and a picture of every open page is kept, when the test is over."""
    clock, offices = Clock(MORNING), []
    with ExitStack() as stack:
        stack.enter_context(clock.running())

        def begin(folder: Path, url: str = "") -> Office:
            app = opened(folder, url)
            offices.append(Office(browser, stack.enter_context(served(app)), partial(clock.move, app)))
            return offices[-1]

        yield begin
        for office in offices:
            office.leave(SCREENSHOTS / request.node.name)


@pytest.fixture
def office_in_browser(open_office_at: Callable[[Path], Office], planted: Path, tmp_path: Path) -> Office:
    """An office of the test's own, on SQLite, on the morning of Tuesday, 3 March 2026."""
    return open_office_at(shutil.copytree(planted, tmp_path / "var"))


@pytest.fixture
def office_on_postgresql(open_office_at: Callable[[Path, str], Office], postgresql: str, tmp_path: Path) -> Office:
    """The same office on PostgreSQL."""
    with Clock(MORNING).running():
        app = open_office(tmp_path, postgresql)
        found_office(app)
        let_go(app)
    return open_office_at(tmp_path, postgresql)


@pytest.fixture(scope="module")
def address(built: None, founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the demo office of all tests of a file is served."""
    folder = tmp_path_factory.mktemp("served")
    copy(founded, folder)
    with served(opened(folder)) as address:
        yield address


@pytest.fixture(scope="module")
def olu(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """The browser of Olu, an owner, who is logged in for all tests of a file: what it has loaded once it need not load again."""
    page = editing.owner(browser, address)
    page.close()
    yield page.context
    page.context.close()
