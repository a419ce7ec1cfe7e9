"""Playing scenarios: what agrees passes, what differs is said, and flows nobody takes are found in called processes too."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine import ground, published, runtime
from office import composition, scenarios
from office.scenarios import balances
from office.scenarios.differences import Difference, dump, load
from office.scenarios.files import MalformedScenario, Scenario
from office.scenarios.player import CannotGoOn, agrees, as_typed, comparable, duration, instant
from tests.support import drawing

FILE = """
process: P-1
scenarios:
  - name: 小额
    name_en: A small amount
    given: {at: 2026-11-23T09:00:00+08:00, variables: {case_number: A-1}}
    steps: [{task: ask, form: {amount: "1.00", note: 好}}]
    expect: {path: [begun, ask], end: small, variables: {amount: 100}}
"""


@pytest.fixture(autouse=True)
def _office() -> Iterator[None]:
    with runtime.entered(composition.runtime(ground.ephemeral_keys())):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """P-1 asks for an amount and calls P-2 when it is large; P-2 waits two days, or for a word."""
    (tmp_path / "forms").mkdir()
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "forms" / "free.form").write_text(drawing.FREE_FORM, encoding="utf-8")
    (tmp_path / "scenarios" / "P-1.yaml").write_text(FILE, encoding="utf-8")
    main = drawing.process(
        "P-1",
        drawing.start(manualRef="X"),
        drawing.user("ask"),
        drawing.gateway("large", default="flow_large_small"),
        drawing.call("wait", "P-2"),
        drawing.end("small"),
        drawing.end("waited"),
        drawing.path("begun", "ask", "large", "small"),
        drawing.flow("large", "wait", "amount > 1000"),
        drawing.path("wait", "waited"),
    )
    callee = drawing.process(
        "P-2",
        drawing.start(),
        drawing.gateway("either", kind="eventBased"),
        drawing.catch("two_days", timer='duration("PT48H")'),
        drawing.catch("word", message="word", key="case_number"),
        drawing.end("done"),
        drawing.path("begun", "either", "two_days", "done"),
        drawing.path("either", "word", "done"),
        messages=("word",),
    )
    (tmp_path / "P-1.bpmn").write_text(main, encoding="utf-8")
    (tmp_path / "P-2.bpmn").write_text(callee, encoding="utf-8")
    return tmp_path


def scenario(*steps: dict[str, Any], amount: str = "50.00", **expect: Any) -> Scenario:
    """A case of P-1 with an amount entered, further steps, and what is expected of it."""
    first = {"task": "ask", "form": {"amount": amount, "note": ""}}
    return Scenario(
        process="P-1", name="x", given={"variables": {"case_number": "A-1"}}, steps=(first, *steps), expect=expect
    )


def test_a_file_is_read_and_played(folder: Path) -> None:
    """What stands in processes/scenarios/ is what is played, and a course as agreed differs in nothing."""
    (agreed_scenario,) = scenarios.read(folder, ["P-1"])
    played = scenarios.play(agreed_scenario, folder)
    assert (played.name, played.differences, played.ok) == ("小额", (), True)


def test_a_malformed_file_is_named(folder: Path) -> None:
    """An owner who writes a scenario is told which file cannot be read."""
    (folder / "scenarios" / "P-1.yaml").write_text("process: P-1\nscenarios: [{nam: x}]", encoding="utf-8")
    with pytest.raises(MalformedScenario, match=r"P-1\.yaml"):
        scenarios.read(folder)


@pytest.mark.parametrize(
    ("steps", "end"),
    [
        ([{"advance": "PT48H"}], "two_days"),
        ([{"message": "word", "key": "A-1"}], "word"),
        ([{"until": "2026-11-25T09:00:00+08:00"}], "two_days"),
    ],
)
def test_time_and_messages_carry_it_on(folder: Path, steps: list[dict[str, Any]], end: str) -> None:
    """A scenario can let time pass, wait until an instant, or bring a message, and sees called processes."""
    played = scenarios.play(scenario(*steps, path=["wait", end, "waited"], end="waited"), folder)
    assert played.differences == ()


@pytest.mark.parametrize(
    ("expect", "sentence"),
    [
        ({"end": "small"}, "end: expected small, ended at waited"),
        ({"path": ["two_days", "ask"]}, "path: ask was not reached"),
        ({"variables": {"amount": 1}}, "amount: expected 1, is 5000"),
        ({"ledger": {"cash": -100}}, "ledger cash: expected -100 fen, moved +0"),
    ],
)
def test_what_differs_is_said(folder: Path, expect: dict[str, Any], sentence: str) -> None:
    """Each kind of expectation that is not met is a difference of its own."""
    (difference,) = scenarios.play(scenario({"advance": "PT48H"}, **expect), folder).differences
    assert str(difference).startswith(sentence)


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ([{"task": "nobody", "form": {}}], "step 2: nobody is a step that the process no longer has; open: "),
        ([{"task": "ask", "form": {}}], "step 2: ask is not open"),
        ([{"message": "word", "key": "B-9"}], "step 2: nobody waits for word with B-9"),
        ([{"retry": "wait"}], "step 2: no incident at wait"),
        ([{"advance": "two days"}], "step 2: 'two days' is not a duration"),
        ([{"dance": 1}], "step 2: none of task"),
    ],
)
def test_a_step_that_cannot_be_done_is_said_with_its_number(
    folder: Path, steps: list[dict[str, Any]], sentence: str
) -> None:
    """Who wrote the scenario finds the step that does not fit."""
    assert str(scenarios.play(scenario(*steps), folder).differences[0]).startswith(sentence)


def test_a_refused_form_names_the_field(folder: Path) -> None:
    """An amount that cannot be entered stops the play with the field and the reason."""
    played = scenarios.play(scenario(amount="much"), folder)
    assert (played.differences[0].kind, list(played.differences[0].values["why"])) == ("form", ["amount"])


def test_a_field_that_is_gone_is_said(folder: Path) -> None:
    """A scenario written for an earlier form is told which of its fields are gone, and what else is wrong."""
    first = {"task": "ask", "form": {"amount": "much", "former": "x"}}
    (difference,) = scenarios.play(Scenario(process="P-1", name="x", steps=(first,)), folder).differences
    assert str(difference) == "step 1: ask: its form no longer has former; besides: {'amount': ['not_a_number', {}]}"


def test_a_process_that_is_not_there_is_said(folder: Path) -> None:
    """A file from elsewhere may be of a process that this installation does not have."""
    (difference,) = scenarios.play(Scenario(process="P-9", name="x"), folder).differences
    assert str(difference) == "there is no process P-9"


def test_files_from_anywhere_are_read(tmp_path: Path) -> None:
    """In the order given, wherever they lie; times may be tagged as such."""
    (tmp_path / "b.yaml").write_text(FILE, encoding="utf-8")
    (tmp_path / "a.yml").write_text(
        FILE.replace("2026-11-23T09", "!!timestamp '2026-11-23T09").replace("+08:00", "+08:00'")
    )
    assert [entry.name for entry in scenarios.read_files([tmp_path / "b.yaml", tmp_path / "a.yml"])] == ["小额", "小额"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("a: [", "line 2: this is not YAML"),
        ("a: !!python/name:os x", "line 1: tags are not read, but for a text or a time"),
        ("- 1", "it has no process and no scenarios"),
        ("process: P\nscenarios: {}", "scenarios is no list"),
        ("process: P\nscenarios: [{name: x, given: {at: soon}}]", "scenario 1: given.at is no instant"),
        ("process: P\nscenarios: [{name: x, steps: [{task: a, form: 1}]}]", "scenario 1: step 1: form is no mapping"),
        ("process: P\nscenarios: [{name: x, expect: {ledger: {cash: 1.5}}}]", "scenario 1: expect.ledger.cash is no whole number of fen"),
        ("process: P\nscenarios: [{name: x, expect: {leger: {}}}]", "scenario 1: expect.leger is nothing that is compared"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, content: str, reason: str) -> None:
    """A misspelt expectation would otherwise be one that is always met."""
    (tmp_path / "x.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(MalformedScenario) as raised:
        scenarios.read_files([tmp_path / "x.yaml"])
    assert raised.value.values == {"file": "x.yaml", "why": reason}


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    """As any other that cannot be read."""
    with pytest.raises(MalformedScenario, match="nowhere"):
        scenarios.read_files([tmp_path / "nowhere.yaml"])


def test_mappings_agree_in_what_is_expected() -> None:
    """A mapping that is expected says what must stand in the one that is found; an empty one, and lists, are meant as a whole."""
    actual = {"code": "x", "more": 1, "inner": [{"a": 1, "b": 2}]}
    assert agrees({"code": "x", "inner": [{"a": 1}]}, actual)
    assert not agrees({"code": "y"}, actual)
    assert not agrees({"none": None}, actual)
    assert not agrees({"inner": []}, actual)
    assert not agrees({}, actual)
    assert not agrees({"code": "x"}, None)


def test_flows_of_called_processes_count(folder: Path) -> None:
    """What nobody takes is found in the process itself and in the one it calls."""
    played = [scenarios.play(scenario({"advance": "PT48H"}), folder)]
    outer, inner = scenarios.coverage(folder, played)
    assert (outer.process, outer.never, inner.never) == (
        "P-1",
        ("flow_large_small",),
        ("flow_either_word", "flow_word_done"),
    )
    assert (outer.flows, outer.percent) == (5, 80)


def test_movements_nobody_agreed_on_are_said() -> None:
    """Money that leaves a customer's account must be named, by account or by kind; the operator's side may be left out."""
    movements = {"139.prepayment": -500, "138.prepayment": 500, "cash": -500}
    assert list(balances.differences({"139.prepayment": -500, "138.prepayment": 500}, movements)) == []
    assert list(balances.differences({"prepayment": 0}, movements)) == []
    assert len(list(balances.differences({"139.prepayment": -500}, movements))) == 1


def test_nothing_expected_is_nothing_moved_anywhere() -> None:
    """An empty ledger lets the operator's own accounts rest as well; one that is not given compares nothing."""
    (difference,) = balances.differences({}, {"cash": -500})
    assert str(difference) == "ledger cash: moved -500 fen, and nothing was agreed about it"
    assert list(balances.differences({}, {})) == []


def test_instants_and_durations() -> None:
    """Without an offset an instant is Shanghai time; a duration is ISO 8601."""
    assert instant("2026-11-23T09:00") == datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert duration("P3DT1H30M") == timedelta(days=3, hours=1, minutes=30)
    with pytest.raises(CannotGoOn):
        duration("PT")


def test_values_as_typed_and_as_compared() -> None:
    """YAML's own true and numbers become what a person types; a decimal equals the whole number it is."""
    assert [as_typed(value) for value in (True, 12, None, ["a", 1])] == ["yes", "12", "", ["a", "1"]]
    assert comparable({"a": [Decimal("2.0")]}) == {"a": [2]}


def test_nothing_of_a_play_survives(folder: Path) -> None:
    """A play has a database of its own: afterwards its process is unknown."""
    scenarios.play(scenario({"advance": "PT48H"}), folder)
    from models.base import scratch

    with scratch(), pytest.raises(published.UnknownProcess):
        published.current("P-1")


@pytest.mark.parametrize(
    "actual",
    [
        [{"line": "call:2", "amount": 900, "component": "roaming", "reason": ""}],
        [{"element": "pay", "kind": "KeyError", "message": "", "trace": ""}],
        [],
        {"number": 3},
        None,
    ],
)
def test_a_difference_is_read_back_whatever_the_value(actual: Any) -> None:
    """One that cannot be read back counts as not played, and the playing of a draft would never come to its end."""
    differences = (Difference("variable", {"name": "disputed_lines", "expected": None, "found": actual}, 2),)
    assert load(dump(differences)) == differences
    assert "disputed_lines" in str(differences[0])
