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
from models.base import session, transaction
from models.notice import DepartmentNotice
from office import fixtures
from tests.people import CLEO

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
_numbers = count(970001)
GINA = engine.Actor("gina", frozenset({"guangda_hall"}), frozenset({"clerk"}))
DISPUTED = {"disputed_amount": "50.00", "demand": "退还", "explained_first": "true"}


@pytest.fixture(autouse=True)
def inside(office: Flask) -> Iterator[None]:
    """A context of the office."""
    with office.app_context():
        yield


def notices(case: str) -> list[tuple[str, str]]:
    """Who has a notice of the case, and what it says."""
    query = select(DepartmentNotice.department, DepartmentNotice.text).where(DepartmentNotice.case_number == case)
    return sorted((*row,) for row in session().execute(query))


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
    number = next(_numbers)
    case, msisdn = f"AJ-2026-{number}", f"13700{number}"
    bill = {"items": [{"kind": "function_fee", "text": "彩铃", "amount": 5000}]}
    with transaction():
        fixtures.build({"subscriptions": [{"msisdn": msisdn, "bill": bill}]}, at=AT)
    complaint = {
        "case_number": case,
        "msisdn": msisdn,
        "complaint_text": "多收",
        "channel": "counter",
        "hall": "guangda_hall",
    }
    variables: dict[str, Any] = {**complaint, "disputed_amount": 5000, "demand": "退还", "repeated": False}
    instance = cases.start("TS-001", business_key=case, variables=variables, by=CLEO, at=AT)
    judging = cases.complete(instance.user_task_ids[0], form=DISPUTED, by=GINA, at=AT).user_task_ids[0]
    cases.complete(judging, form={**form, "finding_note": "底单与录入不符"}, by=GINA, at=AT)
    assert notices(case) == [(department, "底单与录入不符") for department in departments]
