"""Serving an office that is set up already: what cannot work is refused before anything begins, with the command that helps."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli import serving
from cli.serving import serve, worker
from reception_desk import TREE
from web.edge.application import Office


@pytest.fixture(autouse=True)
def sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without an office; the database would be SQLite."""
    monkeypatch.setenv("DESK_VAR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.mark.parametrize("command, arguments", [(serve, ["--workers", "2"]), (worker, [])])
def test_sqlite_is_for_one_process(command: object, arguments: list[str]) -> None:
    """Two processes that write one SQLite file would keep each other waiting."""
    result = CliRunner().invoke(command, arguments)  # type: ignore[arg-type]
    assert result.exit_code == 1
    assert "move-to-postgresql" in result.output


def test_another_schema_is_not_served() -> None:
    """A new release over an old database stops at once and names the command."""
    result = CliRunner().invoke(serve, ["--port", "8159"])
    assert result.exit_code == 1
    assert "./desk migrate" in result.output


class _Served:
    def serve(self) -> None:
        return None


def test_what_is_served_is_loaded_from_where_the_operator_says_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program that begins anew keeps what stands in PYTHONPATH: a probe of the operator's, or what counts statements for the benchmark."""
    surroundings_of_programs: list[dict[str, str]] = []
    monkeypatch.setenv("PYTHONPATH", "/opt/probe")
    for name in ("check_up_to_date", "create_app"):
        monkeypatch.setattr(serving, name, lambda *_arguments: None)
    monkeypatch.setattr(
        os, "execve", lambda _program, _words, surroundings: surroundings_of_programs.append(surroundings)
    )
    CliRunner().invoke(serve, ["--port", "8159"])
    assert [surroundings["PYTHONPATH"].split(os.pathsep) for surroundings in surroundings_of_programs] == [
        [str(TREE), "/opt/probe"]
    ]


def test_what_is_in_hand_is_finished_before_work_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that was half done when the block ended would be done again when its lease has run out."""
    finished: list[bool] = []

    def begun(_app: object, stop: threading.Event) -> list[threading.Thread]:
        thread = threading.Thread(target=lambda: finished.append(stop.wait(30)))
        thread.start()
        return [thread]

    monkeypatch.setattr(serving.server, "start_background", begun)
    with serving.working(Office("none")):
        assert finished == []
    assert finished == [True]


def test_a_worker_that_does_not_stop_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C reaches the server and its worker, which is then told twice and may wait for ever: the office could not be stopped."""
    options: dict[str, Any] = {}
    monkeypatch.setattr(serving, "Granian", lambda *_given, **keywords: options.update(keywords) or _Served())
    serving.listen("127.0.0.1", 8000)
    assert options["workers_kill_timeout"] == serving.STOPPING_SECONDS
    assert 0 < serving.STOPPING_SECONDS < 30
