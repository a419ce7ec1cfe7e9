"""What an office adds to the language: another unit, other words, another zone; and an office that adds nothing, which has numbers only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine import published, runtime
from engine.ground.errors import InvalidDefinition, Problem
from engine.language import Added, Calendar, Form, InvalidForm, Kind, Unit, Vocabulary, feel, instants, written
from engine.runtime import Runtime
from office import composition
from tests.support.actors import SAM
from tests.support.drawing import end, package, path, process, start, user

MILLIMES = Unit(name="millime", digits=3, signs=("DT", "£"), endings=(" dinars",), most=50_000)
PLATE = Kind(lambda text: text.upper() if len(text) == 3 else None, frozenset({"^[0-9]{3}$"}))
TWICE = Added(name="twice", parameters="n", run=lambda scope, n: n * 2 if type(n) is int else None)
TUNIS = Vocabulary(
    zone=ZoneInfo("Africa/Tunis"),
    unit=MILLIMES,
    kinds={"plate": PLATE},
    functions=(TWICE,),
    displays={"map": frozenset({"context"})},
    channels=("pigeon",),
)
AMOUNT = {"key": "x", "type": "number", "properties": {"unit": "millime"}}
LINES = {"key": "x", "type": "lines"}


@pytest.fixture
def bare() -> Iterator[Runtime]:
    """An office that adds nothing."""
    with runtime.entered(Runtime()) as office:
        yield office


@pytest.fixture
def tunis() -> Iterator[Runtime]:
    """An office with words of its own."""
    with runtime.entered(Runtime(vocabulary=TUNIS)) as office:
        yield office


def scope() -> feel.Scope:
    return feel.Scope(datetime(2026, 11, 23, 1, tzinfo=UTC), Calendar(frozenset(), frozenset()))


def entered(component: dict[str, Any], typed: str | Sequence[str]) -> Any:
    """What a field x stores for what was typed; (code, values) of the reason why it is refused."""
    try:
        return Form.parse({"id": "f", "components": [component]}).load({"x": typed}, {}, scope())["x"]
    except InvalidForm as error:
        (reason,) = error.reasons["x"]
        return reason.code, reason.values


def rules(component: dict[str, Any], **more: Any) -> list[str]:
    """What is wrong with a form."""
    try:
        Form.parse({"id": "f", "components": [component], **more})
    except InvalidDefinition as error:
        problems: list[Problem] = error.problems
        return [problem.rule for problem in problems]
    return []


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("1.250", 1250),
        ("DT 2", 2000),
        ("-£0.5", ("min", {"limit": 0, "unit": "millime"})),
        ("3,000 dinars", ("max", {"limit": 50_000, "unit": "millime"})),
        ("0.0001", ("too_many_decimals", {"limit": 3})),
        ("¥1", ("not_a_number", {})),
    ],
)
def test_amounts_are_typed_as_the_registered_unit_has_them(tunis: Runtime, typed: str, stored: object) -> None:
    """Signs, endings, decimals and the most come from the unit, and nothing of another currency is understood."""
    assert entered(AMOUNT, typed) == stored


def test_picked_lines_are_in_the_registered_unit(tunis: Runtime) -> None:
    """A form does not name the unit of its lines: it is the office's."""
    part = {"line": "a", "component": "", "amount": 1250, "reason": "why"}
    assert entered(LINES, ["a 1.25 why"]) == [part]
    assert entered(LINES, ["a 0.0001"]) == ("too_many_decimals", {"limit": 3, "line": "a"})
    assert entered(LINES, ["a 51"]) == ("max", {"limit": 50_000, "unit": "millime", "line": "a"})


@pytest.mark.parametrize(("unit", "amount"), [(MILLIMES, "-1,234.050"), (Unit(), "-1,234,050")])
def test_amounts_are_written_with_the_digits_of_their_unit(unit: Unit, amount: str) -> None:
    """What was typed is found again in what is written, a unit without parts has no point."""
    assert written.in_figures(-1_234_050, unit, ",") == amount
    assert written.parts(amount, unit) == -1_234_050


def test_limits_of_a_form_are_in_the_whole_that_people_type(tunis: Runtime) -> None:
    """form-js keeps `min` and `max` as they are typed; they are held against what is stored."""
    bounded = {**AMOUNT, "validate": {"max": 2}}
    assert (entered(bounded, "2"), entered(bounded, "2.001")) == (
        2000,
        ("max", {"limit": 2000, "unit": "millime"}),
    )


def test_a_registered_kind_of_text_is_named_or_told_by_its_pattern(tunis: Runtime) -> None:
    """Both are kept in the one way of the kind, and the engine's own kinds stay."""
    assert entered({"key": "x", "type": "textfield", "properties": {"written": "plate"}}, "ab1") == "AB1"
    pattern = {"key": "x", "type": "textfield", "validate": {"pattern": r"^\d{3}$"}}
    assert Form.parse({"id": "f", "components": [pattern]}).inputs[0].written == "plate"
    assert list(written.kinds()) == ["plate", "code", "paper", "account", "day", "month"]


def test_registered_functions_are_called_as_built_in_ones(tunis: Runtime) -> None:
    """By position and by name, null for what they cannot use; the built-in ones stay."""
    assert feel.compile("twice(21) + twice(n: 1)").evaluate({}, scope=scope()) == 44
    assert feel.compile('twice("a")').evaluate({}, scope=scope()) is None
    assert feel.known_functions().keys() == {*feel.BUILTINS, "twice"}


def test_a_function_that_is_built_in_is_not_replaced() -> None:
    """What the standard says of a name holds in every office."""
    vocabulary = Vocabulary(functions=(Added(name="sum", parameters="list", run=lambda scope, values: 0),))
    with runtime.entered(Runtime(vocabulary=vocabulary)), pytest.raises(ValueError, match="sum already"):
        feel.compile("1")


def test_displays_and_channels_are_those_of_the_office(tunis: Runtime) -> None:
    """A form may show and say what the office draws and knows, and nothing that only another one does."""
    text = {"key": "t", "type": "textarea"}
    way = {"key": "way", "type": "select", "properties": {"channelOf": "t"}}
    by_pigeon, by_letter = ({**way, "values": [{"value": value, "label": "x"}]} for value in ("pigeon", "letter"))
    group = {"type": "group", "components": [text, by_pigeon]}
    assert rules(group, shows=[{"as": "map", "variable": "v"}]) == []
    assert rules({**group, "components": [text, by_letter]}, shows=[{"as": "money", "variable": "v"}]) == [
        "unknown_display",
        "unusable_channel",
    ]


def test_a_time_without_a_zone_is_the_offices(tunis: Runtime) -> None:
    """In expressions, limits and the calendar alike."""
    noon = datetime(2026, 11, 23, 11, tzinfo=UTC)
    assert feel.compile('@"2026-11-23T12:00:00" = at').evaluate({"at": noon}, scope=scope()) is True
    assert instants.of("2026-11-23T12:00:00", noon) == noon
    assert instants.of(date(2026, 11, 23), noon) == datetime(2026, 11, 23, 22, 59, 59, tzinfo=UTC)
    assert runtime.calendar().same_day(noon) == datetime(2026, 11, 23, 17, tzinfo=UTC)


def test_an_office_that_adds_nothing_has_numbers_and_utc(bare: Runtime) -> None:
    """What another office calls its unit is a mere number here; its functions, kinds and displays are not known."""
    fen = {"key": "x", "type": "number", "properties": {"unit": "fen"}, "decimalDigits": 1}
    assert [entered(fen, typed) for typed in ("-12", "0.5")] == [-12, Decimal("0.5")]
    assert entered(fen, "¥5") == ("not_a_number", {})
    assert entered(LINES, ["a 12"])[0]["amount"] == 12
    assert entered(LINES, ["a 1.5"]) == ("too_many_decimals", {"limit": 0, "line": "a"})
    assert rules({"key": "x", "type": "textfield", "properties": {"written": "msisdn"}}) == ["unusable_written"]
    assert rules(fen, shows=[{"as": "money", "variable": "v"}]) == ["unknown_display"]
    assert feel.known_functions() == feel.BUILTINS
    assert instants.of(date(2026, 11, 23), scope().at) == datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)
    assert runtime.calendar().zone == "UTC"


def test_what_one_office_remembers_of_a_text_says_nothing_in_another() -> None:
    """The same process and the same expression are judged anew where other functions are known, and the office around is as it was."""
    diagram = process("P", start("s"), user("u", form="f"), end("e"), path("s", "u", "e"))
    form = '{"id": "f", "components": [{"type": "textfield", "key": "x", "properties": {"prefill": "=twice(3)"}}]}'
    content = package("P", diagram, {"forms/f.form": form})

    def judged() -> tuple[int, bool]:
        return len(published.problems(content)), instants.never('@"2026-11-23T12:00:00"')

    for vocabulary, problems in ((TUNIS, 0), (Vocabulary(), 1), (TUNIS, 0)):
        with runtime.entered(Runtime(vocabulary=vocabulary)):
            assert judged() == (problems, False)
    assert "yuan" in feel.known_functions()


@pytest.mark.usefixtures("database")
def test_a_published_version_is_compiled_for_each_office(at: datetime) -> None:
    """A version stays what it is; what its forms mean is said by the words of the office that reads it."""
    diagram = process("P", start("s"), user("u", form="f"), end("e"), path("s", "u", "e"))
    form = '{"id": "f", "components": [{"type": "number", "key": "x", "properties": {"unit": "millime"}}]}'
    published.publish(package("P", diagram, {"forms/f.form": form}), by=SAM, note="", at=at)
    amounts = []
    for vocabulary in (TUNIS, Vocabulary()):
        with runtime.entered(Runtime(vocabulary=vocabulary)):
            (field,) = published.current("P").form("u").inputs
            amounts.append((field.unit, field.amount))
    assert amounts == [("millime", MILLIMES), ("millime", None)]


def test_published_forms_say_what_the_office_registers() -> None:
    """Their words are the format of what is in force: unit, functions, kinds, displays and channels keep their names and meaning."""
    words = composition.VOCABULARY
    assert (words.unit.name, words.unit.digits, words.unit.most, words.zone.key) == (
        "fen",
        2,
        2_000_000_000,
        "Asia/Shanghai",
    )
    assert {function.name: function.parameters for function in words.functions} == {"yuan": "fen", "thursday_of": "at"}
    assert (set(words.kinds), words.channels) == ({"msisdn"}, ("counter", "phone", "sms", "letter"))
    assert set(words.displays) == {"calls", "reasons", "money", "balance"}
