"""An approval covers its own amount, way, number and lines, and is used once; what was given before counts, over all clerks and cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.handlers import BpmnError, Call, find
from models.authority import Grant
from models.base import session, transaction
from models.customer import Subscription
from models.definition import ProcessDefinition
from models.identity import HouseholdNumber, User
from models.instance import ProcessInstance
from service_tasks.authority import approvals
from tests.unit.service_tasks.conftest import AT

MSISDN, OTHER = "13900000001", "13900000002"
NUMBER = {"msisdn": MSISDN, "prepayment": 9000, "bill": {"items": [{"kind": "call", "text": "话费", "amount": 90000}]}}
ASKED: dict[str, Any] = {"msisdn": MSISDN, "basis": "judged_credit", "way": "credit", "amount": 1000, "payee": MSISDN}
TEN: dict[str, Any] = {"amount": 1000, "kind": ["credit"], "payee": MSISDN, "by": "sam", "step": "approve_reduction"}


def call(key: str, case: str = "AJ-1", actor: str = "cleo", at: Any = AT) -> Call:
    return Call(
        key=key,
        instance_id=1,
        business_key=case,
        process_key="SUB-005",
        element_id="weigh_amount",
        at=at,
        actor=actor,
    )


def asked(topic: str, told: Call, **given: Any) -> dict[str, Any]:
    handler = find(topic)
    loaded = handler.parameters().load(given)
    with transaction(), session().begin_nested():
        found: dict[str, Any] = handler.result().dump(handler.function(loaded, told))
    return found


def granted(told: Call, level: str = "clerk", **changed: Any) -> dict[str, Any]:
    """What is weighed and then granted."""
    given = {**ASKED, **changed}
    weighed = asked("authority/weigh", told, **given)
    kept = {name: weighed[name] for name in ("customer", "basis", "amount")}
    more = {name: given[name] for name in ("way", "payee", "approval") if name in given}
    found: dict[str, Any] = asked("authority/grant", told, level=level, **kept, **more)["approval"]
    return found


def credited(told: Call, grant: dict[str, Any] | None, amount: int) -> dict[str, Any]:
    return asked("refunds/credit", told, msisdn=MSISDN, amount=amount, kind="charge", approval=grant)


def under_way(*cases: str) -> None:
    """Cases that are still being handled."""
    drawn = {"key": "P", "version": 1, "name": "P", "sha256": "x", "package": b"", "published_at": AT}
    definition = ProcessDefinition(**drawn, published_by="olu")
    session().add(definition)
    session().flush()
    columns = {"definition_id": definition.id, "key": "P", "state": "active", "started_at": AT, "sequence": 0}
    more = {"overdue": False, "version": 1, "head": b"", "state_blob": b""}
    session().add_all(ProcessInstance(business_key=case, **columns, **more) for case in cases)
    session().flush()


@pytest.mark.parametrize(
    ("approval", "amount", "way", "payee", "code"),
    [
        ({"amount": 1000}, 1001, "cash", None, "exceeds_approval"),
        ({"amount": None}, 1, "cash", None, "exceeds_approval"),
        ({"amount": 1000, "kind": "credit"}, 1, "cash", None, "other_kind_approved"),
        ({"amount": 1000, "kind": None}, 1, "cash", None, "other_kind_approved"),
        ({"amount": {"late_fee": 600}}, 1, "cash", None, "other_kind_approved"),
        ({"amount": {"late_fee": 600, "cash": 2000}}, 601, "late_fee", None, "exceeds_approval"),
        ({"payee": MSISDN}, 1, "cash", OTHER, "other_payee_approved"),
    ],
)
def test_nothing_is_given_that_was_not_approved(
    approval: dict[str, Any], amount: int, way: str, payee: str | None, code: str
) -> None:
    """More, another way, another number; an approval that was to name its amount or its way and does not allows nothing."""
    with pytest.raises(BpmnError) as refused:
        approvals.check(approval, way=way, amount=amount, payee=payee)
    assert refused.value.code == code


def test_less_is_free_and_lines_bind() -> None:
    """Fewer fen and fewer lines need no new approval; a line that was not approved does."""
    approval = {"amount": 1000, "kind": ["credit", "cash"], "payee": MSISDN, "lines": [1, 2]}
    approvals.check(approval, way="cash", amount=999, payee=MSISDN, lines=[2])
    with pytest.raises(BpmnError):
        approvals.check(approval, way="cash", amount=999, payee=MSISDN, lines=[3])


def test_a_grant_is_used_once_and_less_is_recorded(desk: Any) -> None:
    """The same authority pays nothing twice, in whatever step."""
    desk.given(NUMBER)
    grant = granted(call("1:1"))
    credited(call("1:2"), grant, 800)
    assert session().scalars(select(Grant.carried_out)).all() == [800]
    for key, amount in (("1:3", 100), ("1:4", 1000)):
        with pytest.raises(BpmnError, match="approval_used"):
            credited(call(key), grant, amount)
    with pytest.raises(BpmnError, match="exceeds_approval"):
        credited(call("1:5"), grant, 1001)
    with pytest.raises(BpmnError, match="approval_used"):
        credited(call("1:6", case="AJ-2"), granted(call("1:7")) | {"number": 99}, 10)
    assert desk.moved()[f"{MSISDN}.receivable"] == -800


def test_a_process_from_before_pays_as_it_did(desk: Any) -> None:
    """A case under way on an earlier version gives no grant, and goes on."""
    desk.given(NUMBER)
    credited(call("1:1"), None, 1000)
    assert desk.moved()[f"{MSISDN}.receivable"] == -1000


def test_what_was_carried_out_under_an_approval_counts_against_it(desk: Any) -> None:
    """Ten approved, two credited: eight without a new approval, and one fen more goes back."""
    desk.given(NUMBER)
    grant = granted(call("1:1"), level="supervisor", amount=200, approval=TEN)
    credited(call("1:2"), grant, 200)
    asked("authority/weigh", call("1:3"), **{**ASKED, "amount": 800, "approval": TEN})
    with pytest.raises(BpmnError) as refused:
        asked("authority/weigh", call("1:4"), **{**ASKED, "amount": 801, "approval": TEN})
    assert (refused.value.code, refused.value.values["approved"]) == ("exceeds_approval", 800)


def test_sums_count_over_cases_clerks_and_log_ins(desk: Any) -> None:
    """A customer's over everybody for ninety days, a clerk's for the day under every log-in; a supervisor's approval is not the clerk's."""
    desk.given(NUMBER)
    known = {"display_name": "x", "password_hash": "x"}
    with transaction():
        session().add_all(User(name=one, employee_number="YG1", **known) for one in ("cleo", "cleo2"))
        under_way("AJ-2", "AJ-4")
    credited(call("1:2"), granted(call("1:1"), amount=700), 600)
    granted(call("2:1", case="AJ-2", actor="cleo2"), way="cash", basis="cash", amount=300)
    granted(call("3:1", case="AJ-3"), amount=50)  # of a case that is over and gave nothing
    granted(call("4:1", case="AJ-4"), level="supervisor", amount=5000)
    found = asked("authority/weigh", call("9:1", case="AJ-9"), **ASKED)
    assert (found["customer_90_days"], found["clerk_today"], found["clerk_cash_today"]) == (1900, 1900, 300)
    later = asked("authority/weigh", call("9:2", case="AJ-9", at=AT + timedelta(days=1)), **ASKED)
    assert (later["customer_90_days"], later["clerk_today"]) == (1900, 1000)
    much_later = asked("authority/weigh", call("9:3", case="AJ-9", at=AT + timedelta(days=90)), **ASKED)
    assert much_later["customer_90_days"] == 1000
    same_case = asked("authority/weigh", call("1:9"), **ASKED)
    assert same_case["in_case"] == 1600


def test_it_matters_who_holds_the_other_number(desk: Any) -> None:
    """Moving to a number of the same holder is another row of the table than to a stranger's."""
    desk.given(NUMBER, {"msisdn": OTHER})
    given = {**ASKED, "basis": "other_number", "way": "other_number", "payee": OTHER}
    assert asked("authority/weigh", call("1:1"), **given)["basis"] == "other_holder"
    with transaction():
        found = {row.msisdn: row for row in session().scalars(select(Subscription))}
        found[OTHER].customer_id = found[MSISDN].customer_id
    assert asked("authority/weigh", call("1:2"), **given)["basis"] == "same_holder"


def test_nobody_pays_into_a_number_of_their_own_household(desk: Any) -> None:
    """Neither into one that is listed, nor into another of the same holder."""
    desk.given(NUMBER, {"msisdn": OTHER})
    with transaction():
        session().add(User(name="cleo", employee_number="YG1", display_name="x", password_hash="x"))
        session().add(HouseholdNumber(employee_number="YG1", msisdn=OTHER))
    given = {**ASKED, "basis": "other_number", "way": "other_number", "payee": OTHER}
    with pytest.raises(BpmnError, match="own_household"):
        asked("authority/weigh", call("1:1"), **given)
    asked("authority/weigh", call("1:2", actor="sam"), **given)
