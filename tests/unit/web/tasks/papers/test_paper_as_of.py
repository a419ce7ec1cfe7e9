"""A paper of a step that was done says what was so then, and what has been taken back since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask

import engine
from engine import cases
from models.base import session
from models.user_task import UserTask
from office import acts
from tests.support.actors import CLEO, SAM
from tests.support.furnishing import CASH, JUDGED, PAID, begin, complete, open_tasks
from tests.support.visitors import Visitor
from web.tasks import papers

MSISDN = "13900000201"
AMY = engine.Actor("amy", frozenset({"accounting_office"}), frozenset({"clerk"}))


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """What the templates were given; nothing is set."""
    given: list[Mapping[str, Any]] = []
    monkeypatch.setattr(papers, "typeset", lambda _template, content, _fonts: given.append(content) or b"%PDF-")
    return given


def facts(desk: Flask, case: str, token: int, said: list[Mapping[str, Any]]) -> dict[str, str]:
    """What stands on the paper of a step."""
    assert Visitor(desk, "cleo").client.get(f"/cases/{case}/papers/{token}/refund_form").status_code == 200
    return dict(map(tuple, said[-1]["facts"]))


def at_the_counter(*forms: Mapping[str, Any]) -> tuple[str, int]:
    """A case at the payment in cash, and the token of that step."""
    case = begin(MSISDN)
    for form in (JUDGED, CASH, *forms):
        complete(open_tasks(case)[0], form)
    return case, session().get_one(UserTask, open_tasks(case)[0]).token


def test_a_later_way_is_not_on_an_earlier_paper(desk: Flask, said: list[Mapping[str, Any]]) -> None:
    """A receipt was refused and the customer chose otherwise: the first paper keeps the way that was signed."""
    with desk.app_context():
        case, token = at_the_counter()
        wrong = {**PAID, "receipt_number": "XX-1"}
        cases.complete(open_tasks(case)[0], form=wrong, by=CLEO, at=engine.now(), despite=("receipt_unknown",))
        other = {**CASH, "receipt_given_back": "yes", "receipt_held": "no", "repayment_method": "transfer"}
        complete(open_tasks(case)[0], other)
    assert facts(desk, case, token, said)["退还方式"].endswith("退现")


def test_what_was_taken_back_since_is_said(desk: Flask, said: list[Mapping[str, Any]]) -> None:
    """Nobody takes the paper for what stands."""
    with desk.app_context():
        case, token = at_the_counter()
        complete(open_tasks(case)[0], PAID)
    assert "后已冲回" not in facts(desk, case, token, said)
    with desk.app_context():
        (credit,) = acts.credits_of(case)
        number = acts.ask_reversal(case, entry=credit.key, reason="付错了", by=CLEO, at=engine.now())
        if not acts.agree_reversal(case, number, tell="sms", by=SAM, at=engine.now()):
            assert acts.agree_reversal(case, number, tell="sms", by=AMY, at=engine.now())
    assert facts(desk, case, token, said)["后已冲回"].startswith("88.00 元，")
