"""Forms: every kind of field, its bounds and conditions, and every reason for which an entry is refused."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.ground.errors import InvalidDefinition
from engine.language.feel import Scope
from engine.language.forms import Form, InvalidForm

YES_NO = [{"value": "yes", "label": "是"}, {"value": "no", "label": "否"}]
ABC = [{"value": value, "label": value.upper()} for value in "abc"]


def form(*components: dict[str, Any], **more: Any) -> Form:
    return Form.parse({"id": "f", "components": list(components), **more})


def loaded(scope: Scope, component: dict[str, Any], typed: Any, **variables: Any) -> Any:
    """What one field with key x stores for what was typed."""
    return form({"key": "x", **component}).load({"x": typed}, variables, scope)["x"]


def refused(scope: Scope, component: dict[str, Any], typed: Any, **variables: Any) -> tuple[str, dict[str, Any]]:
    with pytest.raises(InvalidForm) as error:
        loaded(scope, component, typed, **variables)
    (reason,) = error.value.reasons["x"]
    return reason.code, reason.values


TEXT = {"type": "textfield"}
NUMBER = {"type": "number"}
TENTHS = {"type": "number", "decimalDigits": 1}
MONEY = {"type": "number", "properties": {"unit": "fen"}}
RADIO = {"type": "radio", "values": ABC}
DECISION = {"type": "radio", "values": YES_NO, "properties": {"boolean": "true"}}
MANY = {"type": "checklist", "values": ABC}
BOX = {"type": "checkbox"}
MSISDN = {**TEXT, "validate": {"pattern": r"^1\d{10}$"}}
CODE = {**TEXT, "properties": {"written": "code"}}
AS_MSISDNS = (
    "139 0000 0205",
    "+86 13900000205",
    "8613900000205",
    "0086-139-0000-0205",
    "139-0000-0205",
    "（+86）１３９00000205",
)
DAY = {"type": "datetime", "subtype": "date"}


@pytest.mark.parametrize(
    "component, typed, stored",
    [
        (TEXT, "  来电投诉  ", "来电投诉"),
        (TEXT, "", None),
        (TEXT, ["one"], "one"),
        ({"type": "textarea"}, "a\r\nb", "a\nb"),
        (NUMBER, "12", 12),
        (NUMBER, "1,234", 1234),
        (NUMBER, "１２", 12),
        (NUMBER, "-3", -3),
        (NUMBER, "", None),
        (TENTHS, "1.5", Decimal("1.5")),
        (TENTHS, "1.50", Decimal("1.5")),
        (TENTHS, "2.0", 2),
        ({"type": "number", "decimalDigits": 40}, "0.1", Decimal("0.1")),
        (MONEY, "12.34", 1234),
        (MONEY, "¥12.30 元", 1230),
        (MONEY, "0.1", 10),
        (MONEY, "19999999.99", 1999999999),
        (RADIO, "b", "b"),
        (RADIO, "", None),
        ({"type": "select", "values": ABC}, "c", "c"),
        (DECISION, "yes", True),
        (DECISION, "no", False),
        (DECISION, "", None),
        (MANY, ["a", "c", "a"], ["a", "c"]),
        (MANY, "b", ["b"]),
        (MANY, "", []),
        (BOX, "on", True),
        (BOX, "", False),
        (BOX, True, True),
        (DAY, "2026-02-28", date(2026, 2, 28)),
        (DAY, "", None),
        *[
            (DAY, typed, date(2026, 2, 28))
            for typed in ("2026/2/28", "20260228", "2026年2月28日", "２０２６－０２－２８")
        ],
        *[
            (MONEY, typed, 5800)
            for typed in ("¥58", "￥58", "58.", "58。00", "５８", "58.00 元", "58\u00a0元", "¥\u300058")
        ],
        (MONEY, ".5", 50),
        (MONEY, "1，234.50", 123450),
        (MONEY, "1 234", 123400),
        *[(MSISDN, typed, "13900000205") for typed in AS_MSISDNS],
        (CODE, "6222 0210　0101\u00a02345", "6222021001012345"),
        (CODE, "ＳＪ－0201", "SJ-0201"),
        ({**TEXT, "properties": {"written": "month"}}, "2026年3月", "2026-03"),
    ],
)
def test_what_is_typed_is_stored_as_its_kind(scope: Scope, component: dict[str, Any], typed: Any, stored: Any) -> None:
    """Money becomes whole fen, decisions true or false, dates dates; an empty field null."""
    loaded_value = loaded(scope, component, typed)
    assert (type(loaded_value), loaded_value) == (type(stored), stored)


@pytest.mark.parametrize(
    "component, typed, code",
    [
        ({**TEXT, "validate": {"required": True}}, " ", "required"),
        ({**BOX, "validate": {"required": True}}, "", "required"),
        ({**MANY, "validate": {"required": True}}, [], "required"),
        (TEXT, "x" * 201, "too_long"),
        ({"type": "textarea"}, "x" * 4_001, "too_long"),
        ({**TEXT, "validate": {"minLength": 3}}, "ab", "too_short"),
        ({**TEXT, "validate": {"pattern": "^1[0-9]{10}$"}}, "1380013800", "pattern"),
        (TEXT, "a\x00b", "not_text"),
        (TEXT, "a\nb", "not_text"),
        (TEXT, "\ud800", "not_text"),
        (TEXT, ["one", "two"], "not_text"),
        (TEXT, {"a": 1}, "not_text"),
        (NUMBER, "twelve", "not_a_number"),
        (NUMBER, "1e5", "not_a_number"),
        (NUMBER, "12,34", "not_a_number"),
        (NUMBER, "9" * 21, "not_a_number"),
        (NUMBER, "NaN", "not_a_number"),
        (NUMBER, "1.5", "too_many_decimals"),
        (TENTHS, "1.55", "too_many_decimals"),
        (MONEY, "1.234", "too_many_decimals"),
        (MONEY, "-1", "min"),
        ({**NUMBER, "validate": {"min": 1}}, "0", "min"),
        ({**NUMBER, "validate": {"max": 5}}, "6", "max"),
        ({**MONEY, "validate": {"max": 5}}, "5.01", "max"),
        (RADIO, "d", "not_an_option"),
        (DECISION, "true", "not_an_option"),
        (MANY, ["a", "d"], "not_an_option"),
        (MANY, 5, "not_text"),
        (MANY, {"a": 1}, "not_text"),
        (MANY, [["a"]], "not_an_option"),
        (BOX, "perhaps", "not_an_option"),
        (DAY, "2026-02-29", "not_a_date"),
        (DAY, "28.2.2026", "not_a_date"),
        (DAY, "28日", "not_a_date"),
        (DAY, "2/28/2026", "not_a_date"),
        *[
            (MONEY, typed, "not_a_number")
            for typed in ("58,00", "1,00", "5²", "٣", "1e3", "0x10", "--5", "5 8", "元", "5/8")
        ],
        (NUMBER, "¥5", "not_a_number"),
        (MSISDN, "1234567890123", "pattern"),
        (MSISDN, "1390000020", "pattern"),
        (MSISDN, "139000002055", "pattern"),
        ({**TEXT, "properties": {"written": "month"}}, "2026-13", "pattern"),
        ({**DAY, "properties": {"max": "=today()"}}, "2026-11-24", "max"),
        ({**DAY, "properties": {"min": '@"2026-11-01"'}}, "2026-10-31", "min"),
    ],
)
def test_a_wrong_entry_says_why(scope: Scope, component: dict[str, Any], typed: Any, code: str) -> None:
    """The clerk reads what to put right beside the field."""
    assert refused(scope, component, typed)[0] == code


LINES = {"type": "lines"}


def test_picked_lines_are_kept_with_amount_and_reason(scope: Scope) -> None:
    """A line, a component of a call and a part with its reason, amounts in fen; the same twice is once, and nothing picked is an empty list."""
    typed = ["bill-item:2026-11:3 12.50", "call:7/roaming ¥0.80", "call:8 1 前五天 未用", "call:8 1 前五天 未用"]
    assert loaded(scope, LINES, typed) == [
        {"line": "bill-item:2026-11:3", "component": "", "amount": 1250, "reason": ""},
        {"line": "call:7", "component": "roaming", "amount": 80, "reason": ""},
        {"line": "call:8", "component": "", "amount": 100, "reason": "前五天 未用"},
    ]
    assert loaded(scope, LINES, "") == loaded(scope, LINES, []) == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("call:7", "not_a_line"),
        ("/roaming 1", "not_a_line"),
        ("call:7 1 \x00", "not_a_line"),
        ("x" * 500, "not_a_line"),
        ("call:7 much", "not_a_number"),
        ("call:7 0,29", "not_a_number"),
        ("call:7 58,00", "not_a_number"),
        ("call:7 5²", "not_a_number"),
        ("call:7 1.234", "too_many_decimals"),
        ("call:7 0", "min"),
        ("call:7 -1", "min"),
        ("call:7 99999999999", "max"),
    ],
)
def test_what_is_no_line_is_refused(scope: Scope, typed: str, code: str) -> None:
    """A line without a name or an amount; an amount that is none, nothing, below zero, beyond all bounds or of parts of a fen, told with its line."""
    reason, values = refused(scope, LINES, typed)
    assert (reason, values.get("line")) == (code, None if code == "not_a_line" else "call:7")


def test_a_page_of_lines_has_an_end(scope: Scope) -> None:
    """More lines than anybody has picked by hand are refused, and a required field wants one."""
    assert refused(scope, LINES, [f"call:{n} 1" for n in range(5_001)]) == ("too_many_lines", {"limit": 5_000})
    assert refused(scope, {**LINES, "validate": {"required": True}}, [])[0] == "required"


def test_lines_are_bounded_in_all_and_by_what_was_found(scope: Scope) -> None:
    """No more is picked than the limit in all, nor anything else, or more of it, than what was found or approved."""
    bounded = {**LINES, "properties": {"max": "most", "allowed": "found"}}
    lines = [{"line": "call:1", "component": "", "amount": 300}, {"line": "call:2", "component": "", "amount": 300}]
    assert refused(scope, bounded, ["call:1 3", "call:2 3"], most=500, found=lines) == (
        "max",
        {"limit": 500, "unit": "fen"},
    )
    for typed in (["call:3 1"], ["call:1 3.01"], ["call:1/roaming 1"]):
        assert refused(scope, bounded, typed, most=500, found=lines)[0] == "other_lines"
    assert loaded(scope, bounded, ["call:1 3", "call:2 2 part"], most=500, found=lines)[1]["amount"] == 200
    assert loaded(scope, bounded, ["call:3 9.99"], most=None, found=None)[0]["amount"] == 999


def test_a_day_is_not_before_another_field(scope: Scope) -> None:
    """From and to in the wrong order are told at the later one, which names the earlier."""
    period = form({**DAY, "key": "since"}, {**DAY, "key": "until", "properties": {"min": "since"}})
    assert period.load({"since": "2026-02-01", "until": "2026/2/1"}, {}, scope)["until"] == date(2026, 2, 1)
    with pytest.raises(InvalidForm) as error:
        period.load({"since": "2026-02-02", "until": "2026-02-01"}, {}, scope)
    assert error.value.reasons["until"][0].values["limit"] == date(2026, 2, 2)


def test_bounds_are_inclusive_and_may_depend_on_variables(scope: Scope) -> None:
    """A refund may be as much as the balance, not a fen more; the reason says the limit in fen."""
    refund = {**MONEY, "properties": {"unit": "fen", "max": "=balance"}}
    assert loaded(scope, refund, "128.50", balance=12850) == 12850
    assert refused(scope, refund, "128.51", balance=12850) == ("max", {"limit": 12850, "unit": "fen"})


def test_money_has_a_most_where_the_form_names_none(scope: Scope) -> None:
    """A slipped finger is no payment of a thousand million: 20,000,000.00 is the most, also where what the form reckons it from is not there."""
    unknown = {**MONEY, "properties": {"unit": "fen", "max": "=balance"}}
    assert loaded(scope, MONEY, "20000000.00") == 2_000_000_000
    for component in (MONEY, unknown):
        assert refused(scope, component, "20000000.01", balance=None) == (
            "max",
            {"limit": 2_000_000_000, "unit": "fen"},
        )


def test_bounds_may_depend_on_other_fields(scope: Scope) -> None:
    """The end of a period is not before its beginning, as entered on the same form."""
    period = form({**DAY, "key": "begin"}, {**DAY, "key": "end", "properties": {"min": "=begin"}})
    assert period.load({"begin": "2026-11-01", "end": "2026-11-01"}, {}, scope)["end"] == date(2026, 11, 1)
    with pytest.raises(InvalidForm) as error:
        period.load({"begin": "2026-11-02", "end": "2026-11-01"}, {}, scope)
    assert set(error.value.reasons) == {"end"}


def test_every_wrong_field_is_named(scope: Scope) -> None:
    """Not the first only; an unknown field is named too, and nothing is kept."""
    two_fields = form({**NUMBER, "key": "a"}, {**TEXT, "key": "b", "validate": {"required": True}})
    with pytest.raises(InvalidForm) as error:
        two_fields.load({"a": "x", "c": "y"}, {}, scope)
    assert {key: [reason.code for reason in reasons] for key, reasons in error.value.reasons.items()} == {
        "a": ["not_a_number"],
        "b": ["required"],
        "c": ["unknown_field"],
    }


CONDITIONAL = (
    {"key": "why", **RADIO},
    {"key": "more", **TEXT, "validate": {"required": True}, "conditional": {"hide": '=why != "c"'}},
    {"key": "last", **TEXT, "conditional": {"hide": "=more = null"}},
)


def test_a_hidden_field_is_neither_asked_nor_kept(scope: Scope) -> None:
    """Text typed before the choice was changed does not reach the record, required or not; nor does what hangs on it."""
    conditional = form(*CONDITIONAL)
    assert conditional.load({"why": "a", "more": "left over", "last": "too"}, {}, scope) == {"why": "a"}
    assert conditional.load({"why": "c", "more": "x", "last": "y"}, {}, scope) == {"why": "c", "more": "x", "last": "y"}
    with pytest.raises(InvalidForm):
        conditional.load({"why": "c"}, {}, scope)


def test_lines_whose_amount_is_not_in_fen_are_not_put_in(scope: Scope) -> None:
    """A variable that holds an amount as a text leaves the field empty; the page opens all the same."""
    properties = {"label_en": "Lines", "prefill": "=before", "max": "=500"}
    lines = {"type": "lines", "key": "lines", "label": "项目", "properties": properties}
    right = [{"line": "call:1", "component": "", "amount": 300, "reason": ""}]
    assert form(lines).prefill({"before": right}, scope) == {"lines": right}
    assert form(lines).prefill({"before": [{**right[0], "amount": "3.00"}]}, scope) == {}


def test_lines_that_were_unticked_hide_nothing(scope: Scope) -> None:
    """A page sends nothing of boxes that are not ticked: what was picked at an earlier step hides no field then."""
    lines = {"type": "lines", "key": "lines", "label": "项目", "properties": {"label_en": "Lines"}}
    typed = {"key": "amount", **MONEY, "conditional": {"hide": "=lines != null and lines != []"}}
    earlier = {"lines": [{"line": "call:1", "amount": 100}]}
    assert form(lines, typed).load({"amount": "10.00"}, earlier, scope) == {"lines": [], "amount": 1000}


def test_a_step_that_is_done_again_begins_with_nothing_chosen(scope: Scope) -> None:
    """What its last round was answered with shows no field before anybody has chosen: the next one would have to fill in what it never asked for."""
    again = form(*CONDITIONAL)
    earlier = {"why": "c", "more": "x", "last": "y"}
    values = again.prefill(earlier, scope)
    assert [field.key for field in again.offered(earlier, values, scope)] == ["why"]
    assert [field.key for field in again.offered(earlier, {"why": "c"}, scope)] == ["why", "more"]
    limited = form({"key": "a", **TEXT}, {"key": "b", **TEXT, "properties": {"requiredWhen": 'a = "old"'}})
    assert limited.load({"b": ""}, {"a": "old"}, scope) == {"a": None, "b": None}


def test_what_may_be_chosen_is_offered_as_it_is_kept(scope: Scope) -> None:
    """Yes and no are kept as true and false, and so a form limits them; a required field that offers nothing is named."""
    limits = {"allowed": "choices", "boolean": "true"}
    limited = form({"key": "x", **DECISION, "validate": {"required": True}, "properties": limits})
    for choices, values in (([True, False], ["yes", "no"]), ([False], ["no"]), ([], []), (None, ["yes", "no"])):
        (field,) = limited.offered({"choices": choices}, {}, scope)
        assert [option.value for option in field.options] == values
        assert limited.unanswerable({"choices": choices}, {}, scope) == ([] if values else ["x"])


@pytest.mark.parametrize(
    ("choices", "hide", "keys"),
    [("[]", "", ["x"]), ("choices", "", ["x"]), ('if y = "a" then [] else ["yes"]', "", []), ("[]", '=y = "a"', [])],
)
def test_what_nobody_can_complete_is_what_no_other_entry_changes(
    scope: Scope, choices: str, hide: str, keys: list[str]
) -> None:
    """A choice that another field of the form opens or hides is one that the person can get past."""
    must = {"validate": {"required": True}, "properties": {"allowed": choices}}
    must |= {"conditional": {"hide": hide}} if hide else {}
    questions = form({"key": "y", **TEXT}, {"key": "x", **DECISION, **must})
    assert questions.dead_ends({"choices": [], "y": "a"}, scope) == keys
    assert questions.dead_ends({"choices": ["yes"], "y": "a"}, scope) == (["x"] if choices == "[]" and not hide else [])


def test_a_group_hides_what_is_in_it(scope: Scope) -> None:
    """Groups may be nested, and are flattened; each condition holds for all below."""
    inner = {"type": "group", "conditional": {"hide": "=inner"}, "components": [{**TEXT, "key": "x"}]}
    outer = form({"type": "group", "conditional": {"hide": "=outer"}, "components": [inner, {**TEXT, "key": "y"}]})

    def shown(**variables: bool) -> list[str]:
        return [field.key for field in outer.visible(variables, {}, scope)]

    assert [shown(), shown(inner=True), shown(outer=True), shown(inner=True, outer=True)] == [["x", "y"], ["y"], [], []]


def test_conditions_that_hide_each_other_come_to_an_end(scope: Scope) -> None:
    """Two fields that each hide when the other is there do not turn round for ever, and nothing typed is lost."""
    a = {**TEXT, "key": "a", "conditional": {"hide": "=b != null"}}
    b = {**TEXT, "key": "b", "conditional": {"hide": "=a != null"}}
    assert form(a, b).load({"a": "1", "b": "2"}, {}, scope) == {"a": "1", "b": "2"}


def test_fields_are_filled_in_at_first(scope: Scope) -> None:
    """From a default as typed, or computed from the variables, in stored form."""
    values = form(
        {**MONEY, "key": "a", "defaultValue": 1.5},
        {**MONEY, "key": "b", "properties": {"unit": "fen", "prefill": "=paid - due"}},
        {**DECISION, "key": "c", "defaultValue": "no"},
        {**DAY, "key": "d", "properties": {"prefill": "today()"}},
        {**TEXT, "key": "e"},
    ).prefill({"paid": 500, "due": 200}, scope)
    assert values == {"a": 150, "b": 300, "c": False, "d": date(2026, 11, 23)}


def test_nothing_stands_in_a_field_that_it_would_refuse(scope: Scope) -> None:
    """An amount below or above its limits and a choice that is not offered are no suggestion; a long text is left to be shortened."""
    few = {"min": "1", "max": "paid"}
    values = form(
        {**MONEY, "key": "none", "properties": {"unit": "fen", "prefill": "nothing", **few}},
        {**MONEY, "key": "much", "properties": {"unit": "fen", "prefill": "paid + 1", **few}},
        {**MONEY, "key": "right", "properties": {"unit": "fen", "prefill": "paid", **few}},
        {**DECISION, "key": "unknown", "properties": {"boolean": "true", "prefill": "verdict"}},
        {
            "type": "select",
            "key": "cause",
            "label": "x",
            "values": [{"label": "a", "value": "a"}],
            "properties": {"prefill": '"b"'},
        },
        {**TEXT, "key": "long", "validate": {"maxLength": 2}, "properties": {"prefill": '"abc"'}},
    ).prefill({"paid": 500, "nothing": 0, "verdict": None}, scope)
    assert values == {"right": 500, "long": "abc"}


def test_personal_fields_are_known() -> None:
    """What is to be sealed in the record is said by the form."""
    plain = {**TEXT, "key": "b", "properties": {"personal": "false"}}
    assert form({**TEXT, "key": "name", "properties": {"personal": "true"}}, plain).personal == {"name"}


def test_free_text_is_personal_unless_the_form_says_otherwise() -> None:
    """Whoever may write anything may write names and numbers; what has a pattern, a kind or choices cannot hold them."""
    area = {**TEXT, "type": "textarea", "key": "area"}
    code = {**TEXT, "key": "code", "properties": {"written": "code"}}
    period = {**TEXT, "key": "period", "validate": {"pattern": "^[0-9]{4}$"}}
    open_ = {**area, "key": "open", "properties": {"personal": "false"}}
    assert form({**TEXT, "key": "line"}, area, code, period, open_).personal == {"line", "area"}


@pytest.mark.parametrize(
    "component, rule",
    [
        ({"type": "iframe", "key": "x"}, "unknown_component"),
        ({"type": "datetime", "subtype": "time", "key": "x"}, "unknown_component"),
        ({**TEXT, "key": "not a name"}, "unusable_key"),
        ({**TEXT, "key": "__class__ "}, "unusable_key"),
        ({**TEXT, "key": "item"}, "unusable_key"),
        ({**TEXT, "key": "x", "readonly": True}, "not_editable"),
        ({**TEXT, "key": "x", "disabled": True}, "not_editable"),
        ({**TEXT, "key": "x", "validate": {"required": "=true"}}, "required_must_be_constant"),
        ({**TEXT, "key": "x", "validate": {"pattern": "(?=x)"}}, "malformed_pattern"),
        ({**TEXT, "key": "x", "conditional": {"hide": "=1 +"}}, "feel_syntax"),
        ({**NUMBER, "key": "x", "properties": {"max": "=1 +"}}, "feel_syntax"),
        ({**NUMBER, "key": "x", "defaultValue": "many"}, "unusable_default"),
        ({"type": "radio", "key": "x"}, "no_options"),
        (
            {"type": "radio", "key": "x", "values": [{"label": "S", "value": "sms"}], "properties": {"channelOf": "y"}},
            "unusable_channel",
        ),
        ({"type": "radio", "key": "x", "values": [*ABC, *ABC]}, "duplicate_option"),
        ({**RADIO, "key": "x", "properties": {"boolean": "true"}}, "boolean_needs_yes_and_no"),
    ],
)
def test_a_form_that_cannot_be_used_is_a_problem(component: dict[str, Any], rule: str) -> None:
    """Found at publication, by the field's key."""
    with pytest.raises(InvalidDefinition) as error:
        form(component)
    assert rule in [problem.rule for problem in error.value.problems]


@pytest.mark.parametrize(
    "content, rule",
    [
        (b"", "malformed_form"),
        (b"[]", "malformed_form"),
        (b"\xff\xfe", "malformed_form"),
        ("[" * 200_000, "malformed_form"),
        (" " * 1_000_001, "malformed_form"),
        ('{"components": 5}', "malformed_form"),
        ('{"id": "f", "components": [null, 5, "x", []]}', "unknown_component"),
        (json.dumps({"components": [{**TEXT, "key": f"x{n}"} for n in range(600)]}), "too_many_components"),
        (json.dumps({"components": [{**TEXT, "key": "x"}, {**NUMBER, "key": "x"}]}), "duplicate_key"),
        (json.dumps({"components": [], "shows": [{"as": "script", "variable": "x"}]}), "unknown_display"),
        (json.dumps({"components": [], "shows": [{"as": "text", "variable": "x.__class__()"}]}), "unknown_display"),
    ],
)
def test_hostile_files_are_problems(content: bytes | str, rule: str) -> None:
    """A file that was never made by the editor ends in a problem, not in an exception."""
    with pytest.raises(InvalidDefinition) as error:
        Form.parse(content)
    assert rule in [problem.rule for problem in error.value.problems]


@pytest.mark.parametrize("digits", ["Infinity", "NaN", "-3", "1e999", '"x"', "[]"])
def test_odd_counts_count_as_none(scope: Scope, digits: str) -> None:
    """decimalDigits that are no number of digits allow none, and break nothing when somebody types."""
    content = f'{{"id": "f", "components": [{{"type": "number", "key": "x", "decimalDigits": {digits}}}]}}'
    assert Form.parse(content).load({"x": "12"}, {}, scope) == {"x": 12}
