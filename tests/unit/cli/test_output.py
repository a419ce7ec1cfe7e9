"""How reporting commands speak."""

import json

import click
from click.testing import CliRunner

from cli.output import as_json, report


@click.command()
@as_json
@click.option("--found", is_flag=True)
def command(as_json: bool, found: bool) -> None:
    """A reporting command."""
    report({"文": 1}, ["one", "two"], as_json=as_json, found=found)


def test_json_is_one_document_and_nothing_else() -> None:
    """A program that reads the output finds JSON from the first character to the last, Chinese as it is."""
    result = CliRunner().invoke(command, ["--json"])
    assert json.loads(result.stdout) == {"文": 1}
    assert "文" in result.stdout


def test_status_is_one_when_something_was_found() -> None:
    """A script notices a finding by the exit status, in either form of output."""
    assert CliRunner().invoke(command, ["--found"]).exit_code == 1
    assert CliRunner().invoke(command, ["--found", "--json"]).exit_code == 1
    assert CliRunner().invoke(command, []).exit_code == 0


def test_people_read_lines() -> None:
    """Without --json the report is plain lines."""
    assert CliRunner().invoke(command, []).stdout == "one\ntwo\n"
