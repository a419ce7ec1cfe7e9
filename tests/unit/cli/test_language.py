"""The commands that try rules out."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.language import decide, feel
from tools import kit

FILE = str(kit.LEVELS[2] / "0004-simpletable-U" / "0004-simpletable-U.dmn")
GIVEN = '{"Age": 18, "RiskCategory": "Medium", "isAffordable": true}'


def run(command: object, *arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments))  # type: ignore[arg-type]


def test_a_decision_says_which_rules_matched() -> None:
    """An owner who wonders about an answer sees the row it came from."""
    result = run(decide, FILE, "Approval Status", "--input", GIVEN)
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, '"Approved"')
    assert "rule  1" in result.stdout


def test_a_decision_for_programs() -> None:
    """Value, matched rules and inputs as one JSON document."""
    document = json.loads(run(decide, FILE, "Approval Status", "--input", GIVEN, "--json").stdout)
    assert (document["value"], [rule["number"] for rule in document["matched"]]) == ("Approved", [1])
    assert document["inputs"]["Age"] == 18


@pytest.mark.parametrize(
    "arguments, message",
    [
        ((FILE, "nope"), "The file holds no such decision (nope)"),
        ((FILE, "Approval Status", "--input", '{"Age": 18,}'), "line 1, column 12"),
        ((FILE, "Approval Status", "--input", "[]"), "a JSON object is needed"),
        ((FILE, "Approval Status", "--input", "[" * 100_000), "--input"),
        (
            (FILE, "Approval Status", "--input", '{"Age": 18,\n"Age": 17}'),
            "--input: A key is given twice (Age, line 2)",
        ),
        ((__file__, "x"), "The file is no XML"),
    ],
)
def test_what_cannot_be_decided(arguments: tuple[str, ...], message: str) -> None:
    """Wrong input is named on standard error, with its column where it has one, and the status is 1."""
    result = run(decide, *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr


def test_several_matching_rules_are_both_named(tmp_path: Path) -> None:
    """A UNIQUE table in which two rules match is an error that names both."""
    text = kit.model("0004-simpletable-U").replace(b"&lt;18", b"-").replace(b"&lt; 18", b"-")
    (tmp_path / "t.dmn").write_bytes(text)
    result = run(decide, str(tmp_path / "t.dmn"), "Approval Status", "--input", GIVEN, "--json")
    (problem,) = json.loads(result.stdout)["problems"]
    assert (result.exit_code, problem["code"], len(problem["rules"])) == (1, "SeveralRulesMatch", 2)


def test_an_expression_is_evaluated_exactly() -> None:
    """Numbers of the context are decimals, a text with @ is a date or duration."""
    assert run(feel, "a * 3", "--context", '{"a": 0.1}').stdout == "0.3\n"
    assert json.loads(run(feel, "1/3", "--json").stdout) == {"value": "0." + "3" * 34, "type": "number"}
    context = '{"at": "@2026-09-30T10:00:00", "mail": "@home"}'
    assert run(feel, 'working_days(at, 1) = @"2026-10-08T18:00:00"', "--context", context).stdout == "true\n"
    assert run(feel, "mail", "--context", context).stdout == '"@home"\n'
    assert run(feel, "Bill Amount + 1", "--context", '{"Bill Amount": 1}').stdout == "2\n"


def test_the_instant_can_be_given() -> None:
    """now() and today() are what the caller says, in the office's time."""
    assert run(feel, "today()", "--at", "2026-11-24T00:30:00").stdout == "2026-11-24\n"
    assert run(feel, "today()", "--at", "soon").exit_code == 1


def test_a_mistake_is_pointed_at() -> None:
    """The column counts from 1, and the mark stands under it in Chinese text too."""
    result = run(feel, '"中" + unheard(2)')
    message = "There is no such function (unheard, column 7)"
    assert (result.exit_code, result.stderr.splitlines()[0]) == (1, message)
    assert result.stderr.splitlines()[2] == "   \u3000    ^"
    assert json.loads(run(feel, "1 +", "--json").stdout)["problems"][0]["column"] == 4


def test_an_endless_expression_ends() -> None:
    """The budget holds here as everywhere."""
    result = run(feel, "some i in 1..20000, j in 1..20000 satisfies false")
    assert (result.exit_code, "took more than it may" in result.stderr) == (1, True)
