"""`./desk test`: what it makes of pytest's output."""

import subprocess
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from cli.output import ROOT
from tools import testing
from tools.testing import OF_PICTURES, QUICK, scripts_summary, summary

OUTPUT = """
tests/a.py .F                                        [100%]
=========================== short test summary info ============================
FAILED tests/a.py::test_two - assert 1 == 2
============ 1 failed, 12 passed, 3 deselected in 4.20s ============
"""


def test_the_summary_counts_and_names_failures() -> None:
    """`--json` gives the counts of pytest's last line and the ids of what failed."""
    assert summary(OUTPUT) == {"failed": 1, "passed": 12, "deselected": 3, "failures": ["tests/a.py::test_two"]}


def test_no_output_is_no_count() -> None:
    """A run that never began reports nothing rather than breaking."""
    assert summary("") == {"failures": []}


def test_quick_leaves_out_every_slow_kind() -> None:
    """An answer within a minute needs neither a browser nor a server."""
    assert all(f"not {marker}" in QUICK for marker in ("long", "slow", "browser", "postgresql"))


def test_pictures_are_taken_by_tests_that_are_there() -> None:
    """`./desk test --pictures` would otherwise take none, and say so only at the end."""
    assert all((ROOT / file).exists() for file in OF_PICTURES)


SCRIPTS = """
✔ a limit stands where it covers nothing (1.2ms)
✖ a draft is saved (3.0ms)
ℹ tests 2
ℹ pass 1
ℹ fail 1
ℹ cancelled 0
ℹ skipped 0

✖ failing tests:

test at tests/editor/draft.test.js:22:1
✖ a draft is saved (3.0ms)
"""


def test_the_summary_of_the_scripts_counts_and_names_failures() -> None:
    """Node's report in the words of pytest's."""
    assert scripts_summary(SCRIPTS) == {"passed": 1, "failed": 1, "failures": ["tests/editor/draft.test.js:22:1"]}


@pytest.mark.parametrize("flags", [(), ("--quick",), ("--json",), ("--quick", "--", "-k", "one")])
@pytest.mark.parametrize(("node", "python", "exit_code"), [(0, 0, 0), (1, 0, 1), (0, 2, 2), (1, 2, 2)])
def test_the_scripts_are_tested_in_every_run(
    monkeypatch: pytest.MonkeyPatch, flags: tuple[str, ...], node: int, python: int, exit_code: int
) -> None:
    """Whatever is asked for, the scripts are tested as well, and either may fail the run."""
    ran = []

    def run(command: list[str], **_options: Any) -> SimpleNamespace:
        ran.append(command)
        return SimpleNamespace(returncode=python if "pytest" in command else node, stdout="")

    monkeypatch.setattr(subprocess, "run", run)
    for bringing in ("build_everything", "ensure_chromium"):
        monkeypatch.setattr(testing, bringing, lambda *_: None)
    monkeypatch.setattr(testing, "node_with_libraries", lambda: "node")
    answer = CliRunner().invoke(testing.test, flags)
    assert [command[0] == "node" for command in ran] == [True, False]
    assert (answer.exit_code != 0) == (exit_code != 0)
    if "--json" not in flags:
        assert answer.exit_code == exit_code


FETCH_LISTS = ["apt-get", "update", "--quiet"]


@pytest.mark.parametrize(
    ("browsers", "user", "commands"),
    [
        ({"chromium-headless-shell"}, 0, []),
        ({"chromium"}, 0, [(testing.BRING_CHROMIUM + testing.NOT_WAITED_FOR).split()]),
        ({"chromium"}, 1000, []),
        (set(), 0, [FETCH_LISTS, testing.BRING_CHROMIUM.split()]),
    ],
)
def test_a_browser_without_windows_is_brought_where_it_may(
    monkeypatch: pytest.MonkeyPatch, browsers: set[str], user: int, commands: list[list[str]]
) -> None:
    """It is installed by root alone, and where a browser is already nothing else is exchanged for it; any Chromium will do."""
    ran: list[list[str]] = []
    there = {*browsers, "apt-get"}

    def run(command: list[str], **_options: Any) -> None:
        ran.append(command)
        there.update(testing.BROWSERS[:1] if command[1] == "install" else ())

    monkeypatch.setattr(testing.subprocess, "run", run)
    monkeypatch.setattr(testing.os, "geteuid", lambda: user)
    monkeypatch.setattr(testing.shutil, "which", lambda name: name if name in there else None)
    testing.ensure_chromium(None)
    assert ran == commands
