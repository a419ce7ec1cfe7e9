"""Who was told at the decision is not told again by the step after it, and a draft says what was chosen before it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine.language import Form, feel
from engine.language.calendar import Calendar

FORMS = Path(__file__).parents[2] / "processes" / "forms"
SCOPE = feel.Scope(datetime(2026, 11, 23, 1, tzinfo=UTC), Calendar(frozenset(), frozenset()))
RESERVED = {"amount": 600, "paid": False, "paid_amount": 200}


def form(name: str) -> Form:
    """A form as it is shipped."""
    return Form.parse((FORMS / f"{name}.form").read_bytes())


@pytest.mark.parametrize("name", ["ts003_summary", "sub002_receipt", "sub004_paid"])
@pytest.mark.parametrize("told", [True, False])
def test_what_the_caller_replied_is_not_asked_for_again(name: str, told: bool) -> None:
    """TS-005 replies at the decision; the sheet that it fills then asks neither for the reply's way nor, in TS-003, for its words."""
    visible = {field.key for field in form(name).visible({"reply_by_caller": told}, {}, SCOPE)}
    assert ("reply_channel" in visible) is not told
    if name == "ts003_summary":
        assert ("resolution" in visible) is not told


@pytest.mark.parametrize("told", [True, False])
def test_what_was_texted_at_posting_is_not_told_again(told: bool) -> None:
    """TS-005.8: the run of TS-003 texts the customer itself; the clerk then sees that the credit has arrived, and tells nothing."""
    visible = {field.key for field in form("ts005_posted").visible({"told_by_then": told}, {}, SCOPE)}
    assert "posting_seen" in visible
    assert ({"resolution", "reply_channel"} & visible == set()) is told


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"credit_accepted": True, "credit_to": "own"}, "本号码下月话费"),
        ({"credit_accepted": False, "repayment_way": "credit"}, "本号码下月话费"),
        ({"credit_accepted": True, "credit_to": "other"}, "另一号码"),
        ({"credit_accepted": False, "repayment_way": "hold"}, "挂帐"),
        ({"credit_accepted": False, "repayment_way": "cash"}, "退现"),
    ],
)
def test_the_draft_of_a_reply_follows_the_choice(choice: dict[str, Any], words: str) -> None:
    """TS-005.8: next month's bill is what was chosen, so that is what the customer reads."""
    draft = form("ts005_reply").prefill({"reserved": RESERVED, **choice}, SCOPE)["resolution"]
    other_words = {"本号码下月话费", "挂帐", "退现"} - {words}
    assert words in draft
    assert [word for word in other_words if word in draft] == []


@pytest.mark.parametrize("name", ["ts001_judge", "ts002_judge", "ts003_judge"])
def test_the_person_at_fault_may_be_named_later(name: str) -> None:
    """Payment never waits for the culprit: whoever judges the cause may leave the person open, and a supervisor has to name one later."""
    (person,) = (field for field in form(name).inputs if field.key == "responsible_person")
    assert not person.required
    (liable,) = (field for field in form("sub007_name").inputs if field.key == "liable_person")
    assert liable.required


def test_less_granted_is_what_is_ticked_and_what_the_customer_reads() -> None:
    """Of 53.00 asked for 20.00 are granted: the step offers the 20.00, and the reply names what was granted and what was not."""
    lines = [
        {"line": "bill-item:2026-02:1", "component": "", "amount": 1500, "reason": ""},
        {"line": "bill-item:2026-02:2", "component": "", "amount": 3800, "reason": ""},
    ]
    cut = [lines[0], {**lines[1], "amount": 500}]
    variables = {"disputed_lines": lines, "approval": {"amount": 2000}, "granted_part": {"lines": cut}}
    prefilled = form("ts001_verify").prefill(variables, SCOPE)
    assert [(line["line"], line["amount"]) for line in prefilled["disputed_lines"]] == [
        ("bill-item:2026-02:1", 1500),
        ("bill-item:2026-02:2", 500),
    ]
    refused_part = prefilled["refused_part"]
    assert [sum_ for sum_ in ("53.00", "20.00", "33.00") if sum_ not in refused_part] == []
    entered = {"disputed_lines": prefilled["disputed_lines"], "action": "function_fee", "refused_part": refused_part}
    draft = form("ts003_summary").prefill(entered, SCOPE)["resolution"]
    assert draft.startswith(refused_part)
    assert "20.00 元已申请" in draft


def test_all_granted_is_told_without_a_refusal() -> None:
    """Nothing was refused, so nothing is said of it and the lines stay as they were asked for."""
    lines = [{"line": "bill-item:2026-02:1", "component": "", "amount": 1500, "reason": ""}]
    prefilled = form("ts001_verify").prefill({"disputed_lines": lines, "approval": {"amount": 1500}}, SCOPE)
    assert (prefilled["disputed_lines"], prefilled.get("refused_part")) == (lines, None)
