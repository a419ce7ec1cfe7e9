"""`./desk scenarios --file`: files from anywhere are played, and what cannot be read ends with a status of its own."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from cli.scenarios import scenarios

GONE = """
process: TS-001
scenarios:
  - name: an earlier version
    steps: [{task: a_step_that_was, form: {}}]
"""


def test_a_file_from_anywhere_is_played(tmp_path: Path) -> None:
    """Status 1 because something differs, in words; flows of the processes are not counted."""
    (tmp_path / "handed.yaml").write_text(GONE, encoding="utf-8")
    result = CliRunner().invoke(scenarios, ["--file", str(tmp_path / "handed.yaml")])
    assert result.exit_code == 1
    assert "step 1: a_step_that_was is a step that the process no longer has" in result.output
    assert "%" not in result.output


def test_several_files_follow_one_option(tmp_path: Path) -> None:
    """As a shell writes a*.yaml."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("process: TS-001\nscenarios: []", encoding="utf-8")
    result = CliRunner().invoke(scenarios, ["--file", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")])
    assert (result.exit_code, result.output.strip()) == (0, "0 of 0 scenarios as agreed")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Status 2: nothing was played."""
    result = CliRunner().invoke(scenarios, ["--file", str(tmp_path / "nowhere.yaml")])
    assert result.exit_code == 2
    assert "nowhere.yaml: No such file or directory" in result.output
