"""A release that was installed, far from any checkout: what it brings, where it keeps an office, and that it serves one."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator, Mapping
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from zipfile import ZipFile

import pytest

from cli.building import build_everything
from cli.listing import COMMANDS
from tools.crashing.place import free_port
from web.edge.config import environment

ROOT = Path(__file__).parents[3]
PIP = (sys.executable, "-m", "pip", "--quiet")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release as it is handed out, its pages built."""
    build_everything()
    folder = tmp_path_factory.mktemp("wheel")
    build = ("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(ROOT))
    subprocess.run([*PIP, *build], check=True)
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a release in an environment of its own; only what it needs in turn is that of the tests."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=False)
    python = place / "bin" / "python"
    subprocess.run(
        [*PIP, "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)], check=True, cwd=place
    )
    (packages,) = place.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(f"{sysconfig.get_paths()['purelib']}\n")
    return place / "bin" / "reception-desk"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder to call the command from."""
    empty = tmp_path / "empty"
    empty.mkdir()
    return empty


@pytest.fixture
def surroundings(tmp_path: Path) -> Mapping[str, str]:
    """What a person has set who has set nothing but where programs keep what is theirs."""
    return {"PATH": environment()["PATH"], "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "share")}


@pytest.fixture
def port(program: Path, folder: Path, surroundings: Mapping[str, str]) -> Iterator[int]:
    """Where the demo office answers that `reception-desk run` serves from an empty folder."""
    port = free_port()
    command = [program, "run", "--port", str(port)]
    with subprocess.Popen(command, cwd=folder, env=surroundings, stderr=subprocess.PIPE, text=True) as office:
        assert office.stderr is not None
        banner = next((line for line in office.stderr if line.startswith("Serving on")), "")
        while office.poll() is None and not listens(port):
            pass
        assert banner, "it has ended before it served"
        assert office.poll() is None
        yield port
        office.terminate()


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answer(port: int, path: str) -> tuple[int, str]:
    """Status and body of what is answered to a GET."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    with closing(connection):
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()


def test_a_release_brings_what_an_office_needs_and_nothing_else(wheel: Path) -> None:
    """Pages, fonts, translations, diagrams and migrations are in it under one name; sources of pages and tests are not."""
    names = ZipFile(wheel).namelist()
    tree = "reception_desk/tree"
    assert {f"{tree}/web/static/build/.vite/manifest.json", f"{tree}/processes/TS-001.bpmn"} <= set(names)
    for folder, ending in (
        ("migrations/versions", ".py"),
        ("web/templates", ".html"),
        ("web/translations/zh_Hans_CN", ".mo"),
        ("web/static/build/fonts", ".ttf"),
        ("office/papers/templates", ".typ"),
    ):
        assert any(name.startswith(f"{tree}/{folder}/") and name.endswith(ending) for name in names), folder
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"reception_desk"}
    assert not any(name.startswith((f"{tree}/web/frontend", f"{tree}/tests", f"{tree}/tools")) for name in names)


def test_the_list_names_what_a_release_can_do(program: Path, folder: Path, surroundings: Mapping[str, str]) -> None:
    """Commands of developers are not offered where their code is not, and the rest is called as it is typed there."""
    printed = subprocess.run([program], cwd=folder, env=surroundings, capture_output=True, text=True, check=True)
    names = [line.split()[0] for line in printed.stdout.splitlines()[2:]]
    assert printed.stdout.startswith("reception-desk COMMAND")
    assert names == [
        name for name, (module, _) in COMMANDS.items() if not module.startswith("tools.") and name != "build"
    ]


def test_an_installed_release_serves_the_demo_from_anywhere(
    port: int, folder: Path, surroundings: Mapping[str, str]
) -> None:
    """Whoever installs it has an office by one command: its pages with their look, and everything it keeps in one place of theirs."""
    status, page = answer(port, "/login")
    assert (status, 'name="password"' in page) == (200, True)
    (sheet,) = {link for link in re.findall(r'href="([^"]+)"', page) if link.endswith(".css")}
    assert answer(port, sheet)[0] == 200
    assert list(folder.iterdir()) == []
    office = Path(surroundings["XDG_DATA_HOME"]) / "reception-desk"
    assert {"reception.db", "keys"} <= {path.name for path in office.iterdir()}
