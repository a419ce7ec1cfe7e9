"""`./desk verify`: erased cases are named with who and why, exported files are held against the record, and processes are started where that is quicker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

import engine
from cli import verify as command
from office import erasure, exports
from tests.support import auditing
from tests.support.actors import SAM

MADE = tuple[Flask, dict[str, str]]


@pytest.fixture(scope="module")
def office_with_cases(tmp_path_factory: pytest.TempPathFactory) -> MADE:
    """An office with two cases that are over."""
    return auditing.office(tmp_path_factory.mktemp("verify"), (auditing.REFUSED, auditing.CALLED))


@pytest.fixture
def app(office_with_cases: MADE, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The office that the command opens."""
    monkeypatch.setattr(command, "open_office", lambda: office_with_cases[0])
    return office_with_cases[0]


def run(*arguments: str) -> Result:
    """The command as it is typed."""
    return CliRunner().invoke(command.verify, arguments)


@pytest.mark.parametrize("kind", ["json", "csv", "xes"])
def test_an_export_is_verified(app: Flask, tmp_path: Path, kind: str) -> None:
    """A good file ends well; one hour changed in it ends with status 1 and names the case."""
    with app.app_context():
        exports_by_kind = {
            "json": lambda: exports.history_json(1),
            "csv": lambda: "".join(exports.history_csv(1)),
            "xes": lambda: "".join(exports.xes(exports.Wanted())),
        }
        content = exports_by_kind[kind]()
    file = tmp_path / f"case.{kind}"
    file.write_text(content, encoding="utf-8")
    good = run("--export", str(file))
    assert (good.exit_code, "the file says what the record says" in good.output) == (0, True)
    file.write_text(content.replace("01:30:00", "01:31:00", 1), encoding="utf-8")
    bad = run("--export", str(file), "--json")
    assert (bad.exit_code, json.loads(bad.output)["ok"]) == (1, False)


def test_a_file_of_another_kind_is_refused_in_words(app: Flask, tmp_path: Path) -> None:
    """No trace back, whatever is in it."""
    file = tmp_path / "picture.png"
    file.write_bytes(b"\x89PNG\xff\xfe")
    result = run("--export", str(file))
    assert (result.exit_code, "is no export" in result.output) == (1, True)


def test_one_question_at_a_time(app: Flask, tmp_path: Path) -> None:
    """A case, a file or everything."""
    assert run().exit_code == run("--all", "--instance", "1").exit_code == 2


def test_an_erased_case_is_named_with_who_and_why(app: Flask) -> None:
    """Not as 'the chain only': everything but the execution is compared."""
    with app.app_context():
        erasure.erase(1, reason="asked for", by=SAM, at=engine.now())
    result = run("--all")
    assert result.exit_code == 0
    assert "by sam (asked for): chain, rows and ledger" in result.output
    (case,) = json.loads(run("--all", "--json").output)["erased"]
    assert (case["by"], case["reason"]) == ("sam", "asked for")


@pytest.mark.parametrize(
    ("seconds", "processors", "quicker"), [(1, 2, False), (7, 2, False), (9, 2, True), (6, 8, True), (900, 1, False)]
)
def test_processes_are_started_only_where_that_is_quicker(seconds: float, processors: int, quicker: bool) -> None:
    """Each of them costs the start of the program first; one processor gains nothing by two."""
    assert command.is_quicker(seconds, processors) is quicker


def test_a_small_office_starts_none(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two portions of it take a moment, which no second process could make shorter."""

    def started(*_given: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(command, "AT_ONCE", 1)
    monkeypatch.setattr(command, "ProcessPoolExecutor", started)
    assert run("--all").exit_code == 0
