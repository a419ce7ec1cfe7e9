"""Whoever types a command wrongly, or where there is no office, reads in words what to do; every command says what it is for."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from cli.__main__ import desk
from cli.database import upgrade
from cli.listing import COMMANDS
from reception_desk import PROGRAM

ROOT = Path(__file__).parents[3]
OF_THE_PROGRAM = re.compile(
    r"Traceback|\b[A-Z][a-z]+[A-Z]\w*(Error|Exception)?\b(?<!FEEL)|\w+Error\b|\bNone\b|site-packages|\[SQL|\{\}|\w+_\w+\("
)
ALLOWED = re.compile(r"PostgreSQL|SQLite|OpenAPI")
WITHOUT_OFFICE = (
    ["verify", "--all"],
    ["verify", "--instance", "AJ-2026-000001"],
    ["export", "--xes", "log.xes"],
    ["publish"],
    ["diff"],
    ["begin", "CALLBACK"],
    ["token", "cleo"],
    ["token", "cleo", "--revoke"],
    ["person", "cleo"],
    ["import-cdrs", "calls.csv"],
)
REFUSED = (
    (["nonsense"], "nonsense"),
    (["verify"], "--instance"),
    (["verify", "--all", "--instance", "3"], "or --all"),
    (["verify", "--export", "nowhere.json"], "nowhere.json"),
    (["export"], "--xes"),
    (["export", "--xes", "x", "--from", "yesterday"], "yesterday"),
    (["export", "--xes", "x", "--from", "2026-11-02", "--to", "2026-11-01"], "--from"),
    (["publish", "TS-999"], "TS-999"),
    (["diff", "TS-999"], "TS-001"),
    (["scenarios", "TS-999"], "TS-001"),
    (["scenarios", "--file", "nowhere.yaml"], "nowhere.yaml"),
    (["begin"], "KEY"),
    (["token"], "USER"),
    (["token", "cleo", "--days", "0"], "--days"),
    (["person", "cleo", "--household", "123"], "1xxxxxxxxxx"),
    (["import-cdrs", "nowhere.csv"], "nowhere.csv"),
    (["lint"], "FILES"),
    (["lint", "nowhere.bpmn"], "nowhere.bpmn"),
    (["lint", "."], "1 problem"),
    (["decide", "nowhere.dmn", "x"], "nowhere.dmn"),
    (["feel"], "EXPRESSION"),
    (["feel", "1 +"], "column 4"),
    (["feel", "a", "--context", "[1]"], "--context"),
    (["feel", "a", "--context", "{"], "--context"),
    (["feel", "1", "--at", "soon"], "--at"),
    (["serve", "--port", "0"], "--port"),
    (["copy-database", "mysql://nowhere"], "postgresql://"),
    (["worker"], "PostgreSQL"),
)


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which no office was ever set up."""
    monkeypatch.setenv("DESK_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "calls.csv").write_text("msisdn\n")
    return tmp_path


def typed(*arguments: str) -> Result:
    """What a command answers, as it is typed."""
    return CliRunner().invoke(desk, list(arguments), prog_name=PROGRAM)


def of_the_program(text: str) -> list[str]:
    """What in a text is for whoever wrote the program."""
    marks = [mark.group() for mark in OF_THE_PROGRAM.finditer(text) if not ALLOWED.fullmatch(mark.group())]
    return [*marks, *([str(ROOT)] if str(ROOT) in text else [])]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_is_for(name: str) -> None:
    """Help has a sentence, and one for every option and argument that does not name itself."""
    result = typed(name, "--help")
    assert result.exit_code == 0
    assert of_the_program(result.output) == []
    command = desk.get_command(click.Context(desk), name)
    assert command is not None
    assert (command.help or "").strip().endswith((".", "again", "evidence"))
    dumb = [option.name for option in command.params if isinstance(option, click.Option) and not option.help]
    assert dumb == []


@pytest.mark.parametrize("arguments", WITHOUT_OFFICE, ids=" ".join)
def test_without_an_office_it_is_said_how_to_set_one_up(nowhere: Path, arguments: list[str]) -> None:
    """Nothing is made by asking, neither a database nor keys."""
    result = typed(*arguments)
    assert (result.exit_code, f"{PROGRAM} run sets one up" in result.output) == (1, True), result.output
    assert of_the_program(result.output) == []
    assert [file.name for file in (nowhere / "var").iterdir()] == []


@pytest.mark.parametrize(
    ("arguments", "sentence"), REFUSED, ids=lambda row: " ".join(row) if isinstance(row, list) else ""
)
def test_what_is_typed_wrongly_is_named(arguments: list[str], sentence: str) -> None:
    """In one or two lines, with what would be right; no trace of the program."""
    result = typed(*arguments)
    assert result.exit_code in (1, 2)
    assert sentence in result.output
    assert isinstance(result.exception, SystemExit)
    assert of_the_program(result.output) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["verify", "--instance", "AJ-1"], "there is no case AJ-1"),
        (["export", "--xes", "x", "--process", "TS-999"], "there is no published process TS-999"),
        (["export", "--xes", "nowhere/x"], "nowhere/x.unfinished cannot be used: No such file or directory"),
        (["begin", "TS-999"], "there is no published process TS-999"),
        (["token", "nobody"], "nobody works here under the log-in nobody"),
        (["token", "nobody", "--revoke"], "nobody works here"),
        (["person", "nobody"], "nobody works here"),
        (["import-cdrs", "calls.csv"], "line 1, kind: this column is missing"),
    ],
    ids=lambda row: " ".join(row) if isinstance(row, list) else "",
)
def test_what_the_office_does_not_have_is_named(nowhere: Path, arguments: list[str], sentence: str) -> None:
    """In an office that has nothing yet."""
    (nowhere / "var").mkdir()
    upgrade(f"sqlite:///{nowhere / 'var' / 'reception.db'}")
    result = typed(*arguments)
    assert (result.exit_code in (1, 2), sentence in result.output) == (True, True), result.output
    assert of_the_program(result.output) == []


def test_a_file_that_is_no_database_is_told_as_that(nowhere: Path) -> None:
    """What the database answers stands there, and which setting names it."""
    (nowhere / "var").mkdir()
    (nowhere / "var" / "reception.db").write_text("no database, but longer than the head of one would be " * 9)
    result = typed("verify", "--all")
    assert (result.exit_code, "The database cannot be used: file is not a database" in result.output) == (1, True)
    assert of_the_program(result.output) == []
