"""The operator's own fault is reported when it is found (CH1.5): to the department concerned and to the supervisor, beside the rest of the case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

import engine
from engine import cases
from engine.running.execution import Advanced
from models.base import session, transaction
from models.notice import DepartmentNotice
from office import fixtures, verification
from service_tasks import notification
from tests.support.actors import CLEO

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
_numbers = count(970001)
GINA = engine.Actor("gina", frozenset({"guangda_hall"}), frozenset({"clerk"}))
BILL = {"items": [{"kind": "function_fee", "text": "彩铃", "amount": 5000}]}
DISPUTED = {"disputed_amount": "50.00", "demand": "退还", "explained_first": "true"}


@pytest.fixture(autouse=True)
def inside(office: Flask) -> Iterator[None]:
    """A context of the office."""
    with office.app_context():
        yield


def notices(case: str) -> list[tuple[str, str]]:
    """Who has a notice of the case, and what it says in English."""
    query = select(DepartmentNotice.department, DepartmentNotice.text).where(DepartmentNotice.case_number == case)
    return sorted((row.department, notification.in_words(row.text, english=True)) for row in session().execute(query))


def opened(process: str, subscription: dict[str, Any], **more: Any) -> tuple[str, Advanced]:
    """A case of the Guangda hall in `process`: its number, and the instance."""
    number = next(_numbers)
    case, msisdn = f"AJ-2026-{number}", f"13700{number}"
    calls = [cdr | {"msisdn": msisdn} for cdr in more.pop("cdrs", [])]
    with transaction():
        fixtures.build({"subscriptions": [{"msisdn": msisdn, **subscription}], "cdrs": calls}, at=AT)
    complaint = {"case_number": case, "msisdn": msisdn, "complaint_text": "多收", "channel": "counter"}
    variables: dict[str, Any] = {**complaint, "hall": "guangda_hall", "disputed_amount": 5000, "demand": "退还"}
    return case, cases.start(
        process, business_key=case, variables={**variables, "repeated": False, **more}, by=CLEO, at=AT
    )


@pytest.mark.parametrize(
    ("form", "departments"),
    [
        ({"finding": "technology", "responsible_department": "billing_centre"}, ["billing_centre", "supervisor"]),
        ({"finding": "staff", "error_kind": "wrong_order"}, ["guangda_hall", "supervisor"]),
        ({"finding": "charge_right"}, []),
    ],
)
def test_our_own_fault_is_told_when_it_is_found(form: dict[str, str], departments: list[str]) -> None:
    """Before anything is repaid; where no department was chosen it is the hall of the case, and what is not our fault is nobody's notice."""
    case, instance = opened("TS-001", {"bill": BILL})
    judging = cases.complete(instance.user_task_ids[0], form=DISPUTED, by=GINA, at=AT).user_task_ids[0]
    cases.complete(judging, form={**form, "finding_note": "底单与录入不符"}, by=GINA, at=AT)
    assert notices(case) == [(department, "底单与录入不符") for department in departments]


@pytest.mark.parametrize("process", ["TS-002", "TS-003"])
@pytest.mark.parametrize(
    ("finding", "departments"), [("technology", ["guangda_hall", "supervisor"]), ("charge_right", [])]
)
def test_the_cause_at_intake_is_told_by_the_correction_itself(
    process: str, finding: str, departments: list[str]
) -> None:
    """Refund and secondary pricing tell it where they judge the cause themselves; the form names no department, so it is the hall of the case."""
    case, instance = opened(process, {"bill": BILL})
    form = {"finding": finding, "finding_note": "底单与录入不符"}
    cases.complete(instance.user_task_ids[0], form=form, by=GINA, at=AT)
    assert notices(case) == [(department, "底单与录入不符") for department in departments]


def test_a_cause_that_a_caller_has_told_is_not_told_again() -> None:
    """TS-001 hands on a verified cause, and has told it."""
    case, _ = opened("TS-002", {"bill": BILL}, cause_verified=True)
    assert notices(case) == []


def test_what_the_analysis_proves_is_told(office: Flask) -> None:
    """A Monternet fee after the number was closed is our fault, told when the hall confirms it, in the reader's language."""
    closed = [
        {"at": "2024-03-01", "to": "in_service"},
        {"at": "2026-10-01", "from": "in_service", "to": "cancelled", "reason": "request"},
    ]
    fee = {"kind": "monternet", "text": "梦网信息费", "amount": 1500, "service_provider": "Sina"}
    case, instance = opened(
        "TS-006",
        {"state": "cancelled", "reason": "request", "history": closed, "bill": {"period": "2026-10", "items": [fee]}},
        cdrs=[{"start": "2026-10-20T10:00:00", "kind": "monternet", "information": 1500, "service_provider": "Sina"}],
    )
    number = {
        "charged_msisdn": f"13700{case[-6:]}",
        "number_event": "cancelled",
        "event_on": "2026-10-01",
        "demand": "退还",
    }
    confirming = cases.complete(instance.user_task_ids[0], form=number, by=GINA, at=AT).user_task_ids[0]
    cases.complete(confirming, form={"orphan_confirmed": "yes"}, by=GINA, at=AT)
    text = "Monternet fees after the number was closed or changed, site: Sina"
    assert notices(case) == [("guangda_hall", text), ("supervisor", text)]


def test_a_failed_debit_of_ours_is_told_once_however_often_it_is_judged() -> None:
    """While a debit is out the cause is judged again after its result; nobody is told the same twice, and the record agrees with the notices."""
    account = {"bank": "工商银行", "account": "6222000000000000001", "holder": "甲某某"}
    mandate = {
        "agreed": account,
        "keyed": account | {"account": "6222000000000000010"},
        "debits": [{"amount": 5000, "state": "failed"}],
        "debit_under_way": True,
    }
    case, instance = opened("TS-008", {"customer": {"name": "甲某某"}, "bill": BILL, "mandate": mandate})
    judging = cases.complete(
        instance.user_task_ids[0], form=account | {"failure_text": "没有扣成"}, by=GINA, at=AT
    ).user_task_ids[0]
    our_fault = {"failure_cause": "keying_error", "operator_fault": "yes"}
    waiting = cases.complete(judging, form=our_fault, by=GINA, at=AT).user_task_ids[0]
    text = "Direct debit failed: the mandate was keyed wrongly"
    assert notices(case) == [("guangda_hall", text), ("supervisor", text)]
    judging = cases.complete(
        waiting, form={"debit_result": "failed", "wait_note": "银行回单"}, by=GINA, at=AT
    ).user_task_ids[0]
    cases.complete(judging, form=our_fault, by=GINA, at=AT)
    assert notices(case) == [("guangda_hall", text), ("supervisor", text)]
    verdicts = verification.verify_each([instance.instance_id])
    assert [deviation for verdict in verdicts for deviation in verdict.deviations] == []
