"""`./desk lint` says on the command line what the pages say, in both languages, and its status tells a program."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from click.testing import CliRunner

from cli.linting import lint

PROCESSES = Path(__file__).parents[3] / "processes"
FOREIGN = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">'
    '<process id="order"><startEvent id="s"/><serviceTask id="pay" name="Pay" camunda:class="x.Pay"/></process></definitions>'
)


def test_what_can_be_executed_is_said_so() -> None:
    """Our own files hold; status 0."""
    files = ["TS-002.bpmn", "decisions/cause.dmn", "forms/ts002_receipt.form"]
    result = CliRunner().invoke(lint, [str(PROCESSES / name) for name in files])
    assert (result.exit_code, result.output.count("can be executed")) == (0, 3)


def test_a_foreign_diagram_is_explained(tmp_path: Path) -> None:
    """Each problem has line, element and a sentence; status 1; the same as JSON for programs."""
    file = tmp_path / "order.bpmn"
    file.write_text(FOREIGN, encoding="utf-8")
    result = CliRunner().invoke(lint, [str(file)])
    assert result.exit_code == 1
    assert "pay: This step calls a program of Camunda 7 (class)" in result.output
    document = json.loads(CliRunner().invoke(lint, ["--json", str(file)]).output)
    assert document["ok"] is False
    assert ("pay", "foreign_operator") in {
        (finding["element"], finding["rule"]) for finding in document["files"][str(file)]
    }


def test_warnings_are_told_and_keep_nothing_from_being_executed(tmp_path: Path) -> None:
    """A bare word in a table that stands alone: status 0; an option in a form that there is not and a misspelt name in a condition cannot but fail: status 1."""
    folder = Path(shutil.copytree(PROCESSES, tmp_path / "processes"))
    diagram, table, form = folder / "TS-002.bpmn", folder / "decisions/cause.dmn", folder / "forms/ts001_judge.form"
    for file, right, wrong in (
        (diagram, "receipt_held = true", "reciept_held = true"),
        (table, '"staff"</text></inputEntry>', "staff</text></inputEntry>"),
        (form, 'finding != \\"staff\\"', 'finding != \\"stuff\\"'),
    ):
        text = file.read_text(encoding="utf-8")
        assert right in text
        file.write_text(text.replace(right, wrong), encoding="utf-8")
    result = CliRunner().invoke(lint, [str(table)])
    assert result.exit_code == 0
    assert "can be executed, 1 warning\n" in result.output
    assert "staff is the name of nothing" in result.output
    failing = CliRunner().invoke(lint, [str(file) for file in (form, diagram)])
    assert failing.exit_code == 1
    assert "“stuff” is none of the values that finding can have. Do you mean “staff”?" in failing.output
    assert "nothing sets reciept_held. Do you mean receipt_held?" in failing.output


def test_a_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    """A wrong name is said like anything else that is wrong."""
    result = CliRunner().invoke(lint, [str(tmp_path / "nowhere.bpmn")])
    assert (result.exit_code, "nowhere.bpmn is missing" in result.output) == (1, True)
