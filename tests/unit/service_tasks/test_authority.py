"""An approval covers its own amount, way, number and lines, and is used once; what was given before counts, over all clerks and cases."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine import definitions
from engine.definitions.compiled import Definition
from engine.ground import xml
from engine.language import feel
from engine.language.calendar import Calendar
from engine.runtime import BpmnError, Call
from engine.runtime.handlers import find
from models.authority import Grant
from models.base import session, transaction
from models.customer import Subscription
from models.definition import ProcessDefinition
from models.identity import HouseholdNumber, User
from models.instance import ProcessInstance
from service_tasks.authority import approvals
from service_tasks.gateway import Effect, gateway
from tests.unit.service_tasks.conftest import AT

PROCESSES = Path(__file__).parents[3] / "processes"

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


def asked(topic: str, context: Call, **parameters: Any) -> dict[str, Any]:
    handler = find(topic)
    loaded = handler.parameters().load(parameters)
    with transaction(), session().begin_nested():
        answer: dict[str, Any] = handler.result().dump(handler.function(loaded, context))
    return answer


def granted(context: Call, level: str = "clerk", **changed: Any) -> dict[str, Any]:
    """What is weighed and then granted."""
    parameters = {**ASKED, **changed}
    weighed = asked("authority/weigh", context, **parameters)
    columns = {name: weighed[name] for name in ("customer", "basis", "amount")}
    more = {name: parameters[name] for name in ("way", "payee", "approval") if name in parameters}
    approval: dict[str, Any] = asked("authority/grant", context, level=level, **columns, **more)["approval"]
    return approval


def credited(context: Call, grant: dict[str, Any] | None, amount: int) -> dict[str, Any]:
    return asked("refunds/credit", context, msisdn=MSISDN, amount=amount, kind="charge", approval=grant)


def under_way(*cases: str) -> None:
    """Cases that are still being handled."""
    diagram = {"key": "P", "version": 1, "name": "P", "sha256": "x", "package": b"", "published_at": AT}
    definition = ProcessDefinition(**diagram, published_by="olu")
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
    with pytest.raises(BpmnError) as refusal:
        approvals.check(approval, way=way, amount=amount, payee=payee)
    assert refusal.value.code == code


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
    with pytest.raises(BpmnError) as refusal:
        asked("authority/weigh", call("1:4"), **{**ASKED, "amount": 801, "approval": TEN})
    assert (refusal.value.code, refusal.value.values["approved"]) == ("exceeds_approval", 800)


def test_sums_count_over_cases_clerks_and_log_ins(desk: Any) -> None:
    """A customer's over everybody and every authority for ninety days, a clerk's for the day under every log-in, a supervisor's approval apart."""
    desk.given(NUMBER)
    account = {"display_name": "x", "password_hash": "x"}
    with transaction():
        session().add_all(User(name=login, employee_number="YG1", **account) for login in ("cleo", "cleo2"))
        under_way("AJ-2", "AJ-4")
    credited(call("1:2"), granted(call("1:1"), amount=700), 600)
    granted(call("2:1", case="AJ-2", actor="cleo2"), way="cash", basis="cash", amount=300)
    granted(call("3:1", case="AJ-3"), amount=50)  # of a case that is over and gave nothing
    granted(call("4:1", case="AJ-4"), level="supervisor", amount=5000)
    sums = asked("authority/weigh", call("9:1", case="AJ-9"), **ASKED)
    assert (sums["customer_90_days"], sums["clerk_today"], sums["clerk_cash_today"]) == (6900, 1900, 300)
    later = asked("authority/weigh", call("9:2", case="AJ-9", at=AT + timedelta(days=1)), **ASKED)
    assert (later["customer_90_days"], later["clerk_today"]) == (6900, 1000)
    much_later = asked("authority/weigh", call("9:3", case="AJ-9", at=AT + timedelta(days=90)), **ASKED)
    assert much_later["customer_90_days"] == 1000
    same_case = asked("authority/weigh", call("1:9"), **ASKED)
    assert same_case["in_case"] == 1600


def test_what_waits_for_the_run_counts_as_given(desk: Any) -> None:
    """Each case is weighed by itself; what others only entered for the month counts for customer and clerk, and beyond 300 the supervisor is asked."""
    desk.given(NUMBER)
    entered = {"msisdn": MSISDN, "item": "call_charge"}
    for number, amount in ((1, 2600), (2, 5000), (3, 5000), (4, 5000), (5, 5000), (6, 5000)):
        grant = granted(call(f"{number}:1", case=f"AJ-{number}"), amount=amount)
        entering = call(f"{number}:2", case=f"AJ-{number}")
        asked("secondary_pricing/enter", entering, **entered, amount=amount, approval=grant)
    weighed = asked("authority/weigh", call("7:1", case="AJ-7"), **ASKED | {"amount": 2401})
    assert (weighed["in_case"], weighed["customer_90_days"], weighed["clerk_today"]) == (2401, 30001, 30001)
    assert level(AT, "judged_credit", 2401, customer=30001, today=30001) == "supervisor"
    assert level(AT, "judged_credit", 2400, customer=30000, today=30000) == "clerk"


def test_what_was_taken_back_counts_no_longer(desk: Any) -> None:
    """A credit that two people took back, a hold that is due again or whose credit was taken back: nobody has them, so no sum does."""
    desk.given(NUMBER)
    own = gateway().subscription(MSISDN).id
    hold_ids = []
    for number, amount in ((1, 600), (2, 280), (3, 190)):
        context = call(f"{number}:2", case=f"AJ-{number}")
        grant = granted(call(f"{number}:1", case=f"AJ-{number}"), amount=amount)
        if number == 1:
            credited(context, grant, amount)
        else:
            hold = {"msisdn": MSISDN, "amount": amount, "approval": grant}
            hold_ids.append(asked("charge_hold/place", context, **hold)["hold_id"])

    def sums() -> tuple[int, int]:
        weighed = asked("authority/weigh", call("9:1", case="AJ-9"), **ASKED)
        return weighed["customer_90_days"] - 1000, weighed["clerk_today"] - 1000

    assert sums() == (1070, 1070)
    with transaction():
        entry = next(entry for entry in gateway().given("AJ-1"))
        gateway().reverse(entry.id, Effect(key="1:back", at=AT, case="AJ-1"))
    assert sums() == (470, 470)
    with transaction():
        gateway().settle_hold(hold_ids[0], "rejected", Effect(key="2:due", at=AT, case="AJ-2"), subscription_id=own)
        gateway().settle_hold(hold_ids[1], "credited", Effect(key="3:settled", at=AT, case="AJ-3"), subscription_id=own)
    assert sums() == (190, 190)
    with transaction():
        (entry,) = gateway().given("AJ-3")
        gateway().reverse(entry.id, Effect(key="3:back", at=AT, case="AJ-3"))
    assert sums() == (0, 0)


def test_whoever_approves_sees_all_that_was_given(desk: Any) -> None:
    """On whosever authority, to the customer and by the clerk, own money apart; this request stands beside it, and what is still to be given counts."""
    desk.given(NUMBER)
    with transaction():
        under_way("AJ-2", "AJ-3")
    credited(call("1:2"), granted(call("1:1"), level="two", amount=60000), 60000)
    granted(call("2:1", case="AJ-2", actor="cora"), level="supervisor", amount=700)
    granted(call("3:1", case="AJ-3"), basis="own_money", way="own_money", amount=500)
    names = ("amount", "customer_given", "own_money_given", "clerk_given", "customer_90_days")
    weighed = asked("authority/weigh", call("9:1", case="AJ-9"), **ASKED)
    assert [weighed[name] for name in names] == [1000, 60700, 500, 60500, 61700]


def test_it_matters_who_holds_the_other_number(desk: Any) -> None:
    """Moving to a number of the same holder is another row of the table than to a stranger's."""
    desk.given(NUMBER, {"msisdn": OTHER})
    parameters = {**ASKED, "basis": "other_number", "way": "other_number", "payee": OTHER}
    assert asked("authority/weigh", call("1:1"), **parameters)["basis"] == "other_holder"
    with transaction():
        rows = {row.msisdn: row for row in session().scalars(select(Subscription))}
        rows[OTHER].customer_id = rows[MSISDN].customer_id
    assert asked("authority/weigh", call("1:2"), **parameters)["basis"] == "same_holder"


def test_nobody_pays_into_a_number_of_their_own_household(desk: Any) -> None:
    """Neither into one that is listed, nor into another of the same holder."""
    desk.given(NUMBER, {"msisdn": OTHER})
    with transaction():
        session().add(User(name="cleo", employee_number="YG1", display_name="x", password_hash="x"))
        session().add(HouseholdNumber(employee_number="YG1", msisdn=OTHER))
    parameters = {**ASKED, "basis": "other_number", "way": "other_number", "payee": OTHER}
    with pytest.raises(BpmnError, match="own_household"):
        asked("authority/weigh", call("1:1"), **parameters)
    asked("authority/weigh", call("1:2", actor="sam"), **parameters)


@cache
def table() -> Any:
    """The authority table as it ships."""
    return Definition(definitions.read_package(PROCESSES, "SUB-005")).decision("authority")


def level(at: Any, basis: str, in_case: int, *, customer: int = 0, today: int = 0, cash: int = 0) -> str:
    """Who decides, as the table that ships says it."""
    sums = {"customer_90_days": customer, "clerk_today": today, "clerk_cash_today": cash}
    decision = table().evaluate(
        {"weighed": {"basis": basis, "in_case": in_case, **sums}},
        feel.Scope(at=at, calendar=Calendar(frozenset(), frozenset())),
    )
    return str(decision.value["level"] if isinstance(decision.value, dict) else decision.value)


FIGURES = {  # up to how many yuan: the clerk, the supervisor; above that two
    "proved_credit": (200, 2000),
    "judged_credit": (50, 1000),
    "cash": (100, 1000),
    "same_holder": (200, 2000),
    "other_holder": (20, 500),
    "own_money": (500, 5000),
    "late_fee": (0, 500),
    "not_our_fault": (0, 100),
    "write_off": (0, 500),
}


@pytest.mark.parametrize("basis", FIGURES)
def test_who_decides_by_kind_and_amount_to_the_fen(basis: str) -> None:
    """Every row at its figure and one fen above; a department decides between a supervisor and two what is not our fault."""
    clerk, supervisor = (yuan * 100 for yuan in FIGURES[basis])
    if clerk:
        assert level(AT, basis, clerk) == "clerk"
    assert [level(AT, basis, fen) for fen in (clerk + 1, supervisor)] == ["supervisor"] * 2
    above = "department" if basis == "not_our_fault" else "two"
    assert level(AT, basis, supervisor + 1) == above
    if above == "department":
        assert [level(AT, basis, fen) for fen in (100000, 100001)] == ["department", "two"]


@pytest.mark.parametrize("basis", [basis for basis, (clerk, _) in FIGURES.items() if clerk])
def test_sums_beyond_go_to_the_supervisor_and_are_never_refused(basis: str) -> None:
    """300 a customer in 90 days, unless it is their own money; 2,000 a clerk and day, 1,000 of it in cash."""
    beyond = {"customer": 30001, "today": 200001, "cash": 100001}
    for name, fen in beyond.items():
        counts = {"customer": basis != "own_money", "today": True, "cash": basis in ("cash", "own_money")}[name]
        assert level(AT, basis, 100, **{name: fen}) == ("supervisor" if counts else "clerk")
        assert level(AT, basis, 100, **{name: fen - 1}) == "clerk"


def test_an_amount_of_no_known_kind_is_for_two() -> None:
    """What the table does not name is not the clerk's."""
    assert level(AT, "something_else", 1) == "two"


def test_the_customers_own_money_over_the_counter_is_cash_of_the_clerk(desk: Any) -> None:
    """A prepayment paid out counts among the clerk's cash of the day; moved to another number it does not."""
    desk.given(NUMBER, {"msisdn": OTHER})
    with transaction():
        under_way("AJ-1", "AJ-2")
    own = {"basis": "own_money", "way": "own_money", "amount": 500}
    weighed = asked("authority/weigh", call("1:1"), **{**ASKED, **own})
    asked(
        "authority/grant",
        call("1:2"),
        level="clerk",
        way="own_money",
        payee=MSISDN,
        **{name: weighed[name] for name in ("customer", "basis", "amount", "cash")},
    )
    granted(call("2:1", case="AJ-2"), **own, payee=OTHER)
    sums = asked("authority/weigh", call("3:1", case="AJ-3"), **{**ASKED, "basis": "cash", "way": "cash", "amount": 7})
    assert (sums["clerk_today"], sums["clerk_cash_today"]) == (1007, 507)


def test_what_goes_into_the_customers_own_prepayment_is_no_cash(desk: Any) -> None:
    """A bank payment put right on the account, a new card and a card credited to the number itself leave the till as it was; a diagram of before counts as it did."""
    desk.given(NUMBER)
    own = {**ASKED, "basis": "own_money", "way": "own_money", "amount": 500}
    weighed = [asked("authority/weigh", call("1:1"), **own, in_cash=in_cash) for in_cash in (False, True, None)]
    assert [sums["cash"] for sums in weighed] == [False, True, True]
    assert [sums["clerk_cash_today"] for sums in weighed] == [0, 500, 500]
    assert {sums["clerk_today"] for sums in weighed} == {500}


def test_whoever_gives_own_money_says_whether_it_is_cash() -> None:
    """Every diagram that asks for authority over the customer's own money says whether it leaves over the counter."""
    silent = set()
    for file in sorted(PROCESSES.glob("*.bpmn")):
        for element in xml.parse(file.read_bytes()).iter():
            properties = {child.get("name"): child.get("value") for child in element if xml.local(child) == "property"}
            if properties.get("in.payment_way") == '"own_money"' and "in.payment_in_cash" not in properties:
                silent.add(file.name)
    assert silent == set()


def test_accounting_is_the_second_person_only_where_it_looks_at_the_case() -> None:
    """A form and a hold come before accounting one by one (process_form, decide_hold); what only goes into the month's sums takes two before."""
    settled = set()
    for file in sorted(PROCESSES.glob("*.bpmn")):
        for element in xml.parse(file.read_bytes()).iter():
            if element.get("name") == "in.settled_by_accounting" and element.get("value") != "false":
                settled.add((file.stem, element.getparent().getparent().getparent().get("id")))
    assert settled == {("TS-002", "authorise_credit"), ("SUB-001", "authorise_hold")}
