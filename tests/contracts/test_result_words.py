"""What a customer is told is what the record holds; what the record holds of results are codes, worded where they are read."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine import definitions
from engine.definitions.compiled import Definition
from engine.language import feel
from engine.language.calendar import Calendar

PROCESSES = Path(__file__).parents[2] / "processes"
SCOPE = feel.Scope(at=datetime(2026, 11, 23, 1, tzinfo=UTC), calendar=Calendar(frozenset(), frozenset()))


@cache
def published(process: str) -> Definition:
    """A process as it ships."""
    return Definition(definitions.read_package(PROCESSES, process))


def credited(**credit: Any) -> str:
    """What is said of a credit of 88.00 yuan."""
    case = {"refund": None, "transferred": None, "accounting_way": "today", "credit": {"amount": 8800, **credit}}
    return str(published("TS-002").decision("refund_wording").evaluate(case, SCOPE).value)


OTHER = {"method": "transfer", "target": "13900000002"}
SERVICE_TASKS = PROCESSES.parent / "service_tasks"
CHINESE = re.compile("[\u4e00-\u9fff]")
LABELLED = re.compile(r"^(schemas|disputed|lines)\.")
WORDED = {
    "schemas.py": "labels of what every service task takes",
    "amounts.py": "capital characters, for papers",
    "spoken_amounts.py": "amounts as customers say and write them",
    "mandate_wording.py": "how banks are written on agreements",
    "notification.py": "what customers and departments are told",
    "pricing_file.py": "headings and outcomes of a file that goes to marketing and comes back",
}


def _worded(file: Path) -> list[str]:
    """The Chinese texts of a source that are neither a label or a title of something declared nor a docstring."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    declared = {
        id(inner)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and (LABELLED.match(ast.unparse(call.func)) or ast.unparse(call.func) == "handler")
        for inner in ast.walk(call)
    }
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value)
        if id(node) not in declared | documented
    ]


def test_results_hold_codes() -> None:
    """A service task gives no word of one language back: whoever reads the record later has it in the language of the page."""
    worded = {file.name for file in SERVICE_TASKS.rglob("*.py") if _worded(file)}
    assert worded == WORDED.keys()


@pytest.mark.parametrize(
    ("credit", "text"),
    [
        ({"fallen": 8800, "into": "receivable"}, "88.00 元已从帐单冲减"),
        ({}, "88.00 元已从帐单冲减"),
        ({"fallen": 0, "into": "receivable"}, "88.00 元已记作下期话费抵扣"),
        ({"fallen": 0, "into": "prepayment"}, "88.00 元已存入预付金"),
        ({"fallen": 3000, "into": "receivable"}, "30.00 元已从未缴的帐单冲减，58.00 元已记作下期话费抵扣"),
        ({"fallen": 0, "form": OTHER}, "88.00 元已抵您提供的号码的话费"),
        ({"fallen": 8800, "form": OTHER}, "88.00 元原未缴纳，已从本号码的帐单冲减，没有转到其他号码"),
        ({"fallen": 3000, "form": OTHER}, "未缴的 30.00 元已从本号码的帐单冲减，其余 58.00 元已抵您提供的号码的话费"),
    ],
)
def test_a_credit_is_told_by_where_it_went(credit: dict[str, Any], text: str) -> None:
    """A bill that was paid is not credited, the money waits for the next one; what was not paid goes to no other number, whatever was asked for."""
    assert credited(**credit) == text


@pytest.mark.parametrize(
    ("settled", "text"),
    [
        ({"amount": 8800}, "挂帐的 88.00 元已冲减"),
        ({"amount": 8800, "paid": 8800, "into": "receivable"}, "88.00 元已记作下期话费抵扣"),
        ({"amount": 8800, "paid": 3000, "into": "prepayment"}, "挂帐的 58.00 元已冲减，30.00 元已存入预付金"),
    ],
)
def test_only_what_was_on_hold_is_told_as_on_hold(settled: dict[str, Any], text: str) -> None:
    """What was paid before is not taken off a bill on Thursday, it waits for the next one."""
    case = {"hold_outcome": "credited", "credit_amount": 8800, "settled_hold": {"outcome": "credited", **settled}}
    no_results = dict.fromkeys(("refund", "transferred", "credit", "spot"))
    assert published("TS-002").decision("refund_wording").evaluate(no_results | case, SCOPE).value == text


def test_what_accounting_rejected_is_never_told_as_credited() -> None:
    """TS-006 says amount and reason and asks for no "rest"; TS-002 says what its hold came to, a case from before what stood on hold."""
    rejection = "15.00 元经核算不予冲减，已恢复应缴：当日仍有使用"
    unpaid = {"refund_resolution": None, "payment": None, "registered": {"unpaid_amount": 1500}}
    rejected = unpaid | {"hold_outcome": "rejected", "hold_resolution": rejection}
    assert told("TS-006", "ts006_reply", **rejected) == f"{rejection}。"
    credited_hold = unpaid | {"hold_outcome": "credited", "hold_resolution": "15.00 元已冲减。"}
    assert told("TS-006", "ts006_reply", **credited_hold) == "15.00 元已冲减；其余话费请按时缴纳。"
    wording = published("TS-002").decision("refund_wording")
    case = dict.fromkeys(("refund", "transferred", "credit", "spot")) | {"hold_outcome": "rejected"}
    case |= {"credit_amount": 1500, "settled_hold": {"outcome": "rejected", "amount": 1500}}
    assert wording.evaluate(case | {"hold_answer": rejection}, SCOPE).value == rejection
    assert "已恢复应缴" in wording.evaluate(case, SCOPE).value


@pytest.mark.parametrize(("fallen_fen", "there"), [(0, True), (6000, False)])
def test_roaming_that_was_not_paid_is_not_told_as_moved(fallen_fen: int, there: bool) -> None:
    """TS-005 says of another number what TS-002 says: only what was paid has gone there."""
    text = told("TS-005", "ts005_posted", credit={"amount": 6000, "fallen": fallen_fen}, resolution="")
    assert ("元已转抵您提供的号码的话费" in text, "没有转到其他号码" in text) == (there, not there)
    reply = told(
        "TS-005", "ts005_reply", reserved={"amount": 6000, "paid": there}, credit_accepted=True, credit_to="other"
    )
    assert ("将申请转抵另一号码话费" in reply, "先从本号码的帐单冲减" in reply) == (there, not there)


def told(process: str, form: str, **case: Any) -> Any:
    """What a form offers to say to the customer."""
    return published(process).form_by_id(form).prefill(case, SCOPE).get("resolution")


def test_a_review_that_was_not_is_not_spoken_of() -> None:
    """Without any action on charges nobody has reviewed one; nor is a receipt asked for that was not missing."""
    assert told("TS-003", "ts003_refusal", action="none") == "经核查，本次不作费用处理。"
    assert told("TS-003", "ts003_refusal", action="call_charge") == "经审核，本次不予冲减。"
    answers = {"receipt_held": False, "repayment_method": "cash", "proposal_answer": "declines"}
    assert "原始票据" in told("TS-002", "ts002_no_refund", **answers)
    assert "原始票据" not in told("TS-002", "ts002_no_refund", repayment_method="cash", receipt_held=True)


@pytest.mark.parametrize(("paid_fen", "is_told"), [(0, True), (100, False), (None, False)])
@pytest.mark.parametrize("way", ["credit", "hold"])
def test_who_insists_on_cash_hears_why_there_is_none(way: str, paid_fen: int | None, is_told: bool) -> None:
    """What has not been paid cannot be given back in cash; the clerk is told at the form, the customer in the reply. A case from before does not know."""
    outcome = {"accounting_way": "credit", "credit": {"amount": 100}, "hold_outcome": None}
    if way == "hold":
        outcome = {"accounting_way": "hold", "credit": None, "hold_outcome": "credited"}
    case = {"repayment_method": "cash", "payable": {"cash": paid_fen}, "credit_amount": 100, "spot": None}
    case |= {"refund": None, "transferred": None, **outcome}
    text = str(published("TS-002").decision("refund_wording").evaluate(case, SCOPE).value)
    assert ("您要求退现" in text, "冲减" in text) == (is_told, True)


@pytest.mark.parametrize("process", ["TS-005", "TS-007"])
def test_the_wish_for_cash_goes_along_to_the_refund(process: str) -> None:
    """Who has said so once is not asked again without it being filled in."""
    assert published(process).elements["refund"].properties["in.repayment_method"] == '"cash"'
    assert (
        published("TS-002").form_by_id("ts002_receipt").prefill({"repayment_method": "cash"}, SCOPE)["repayment_method"]
        == "cash"
    )
