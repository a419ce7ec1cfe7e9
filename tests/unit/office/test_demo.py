"""The demo office: complete, invented, and seeded once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from models.base import scratch, session
from models.identity import Department, Membership, User
from models.usage import Cdr, RechargeCard
from office import demo
from service_tasks.cdr_analysis.border_roaming import Thresholds, analyse
from service_tasks.cdr_analysis.records import voice_calls
from service_tasks.gateway import gateway
from service_tasks.gateway.lines import Papers
from service_tasks.gateway.listing import papers

AT = datetime(2026, 3, 1, 1, tzinfo=UTC)


@pytest.fixture
def logins() -> Iterator[list[demo.Login]]:
    """The people of a freshly seeded office."""
    with scratch():
        yield demo.seed(AT, hash_password=lambda password: f"hash of {password}")


def test_every_department_has_somebody(logins: list[demo.Login]) -> None:
    """No task of any process waits for a department without people."""
    staffed = select(Membership.department)
    assert session().scalars(select(Department.code).where(Department.code.not_in(staffed))).all() == []


def test_every_role_is_held(logins: list[demo.Login]) -> None:
    """Somebody can do each thing that needs a role; publishing takes two owners."""
    roles = [role for login in logins for role in login.roles]
    assert set(roles) == {"clerk", "supervisor", "auditor", "owner", "operator"}
    assert roles.count("owner") > 1


def test_passwords_are_kept_as_the_caller_hashes_them(logins: list[demo.Login]) -> None:
    """What is printed is the password, what is stored its hash."""
    cleo = next(login for login in logins if login.name == "cleo")
    assert session().get_one(User, "cleo").password_hash == f"hash of {cleo.password}"


def test_an_office_with_people_is_left_alone(logins: list[demo.Login]) -> None:
    """Seeding again adds nobody and nothing."""
    before = session().scalar(select(func.count()).select_from(Cdr))
    assert demo.seed(AT, hash_password=str) == []
    assert session().scalar(select(func.count()).select_from(Cdr)) == before


def test_every_case_has_its_number(logins: list[demo.Login]) -> None:
    """Each listed number is stored, but for the one that was never put into service; all are of the invented range."""
    for case in demo.cases(AT):
        assert case.msisdn.startswith("1390000")
        assert (gateway().find(case.msisdn) is None) == (case.subscription is None), case


def test_every_process_has_a_customer() -> None:
    """All eight processes and the called ones with customers of their own can be tried out."""
    assert {case.process for case in demo.cases(AT)} >= {f"TS-00{number}" for number in range(1, 9)}


def test_every_card_is_named_with_its_pin(logins: list[demo.Login]) -> None:
    """Whoever tries a recharge complaint is asked for the PIN, which stands on no page but beside the numbers to try; a new card by its serial."""
    cases = demo.cases(AT)
    cards, stock = demo.usage.cards(demo.month.Month(AT)), 0
    for card in cards:
        stock += "stock" in card
        words = [card["serial"]] + ([] if "stock" in card else [card["pin"]])
        for texts in ([case.path_zh for case in cases], [case.path_en for case in cases]):
            assert any(all(word in text for word in words) for text in texts), card
    assert 0 < stock < len(cards)


def test_bills_show_what_the_calls_cost(logins: list[demo.Login]) -> None:
    """The roaming and call charges on a bill are those of its CDRs, so that a clerk who adds up finds no other fault."""
    for msisdn in ("13900000501", "13900000502", "13900000503", "13900000506", "13900000701"):
        subscription = gateway().subscription(msisdn)
        (bill,) = gateway().bills(subscription.id)
        records = session().scalars(select(Cdr).where(Cdr.bill_id == bill.id)).all()
        disputed = next(item for item in bill.items if item.kind in ("roaming", "call"))
        share = [record.roaming if disputed.kind == "roaming" else record.charge for record in records]
        assert sum(share) == disputed.amount, msisdn


def test_no_bill_has_more_records_than_it_charges(logins: list[demo.Login]) -> None:
    """What a clerk may tick as single records can be given back, all of it."""
    for case in demo.cases(AT):
        if (subscription := gateway().find(case.msisdn)) is None:
            continue
        listing, bills, sums = papers(subscription.id), Papers.of(subscription.id), dict[str, int]()
        records = bills.find(record.line for record in listing.calls if record.period)
        for part in (part for parts in records.values() for part in parts if part.inside):
            sums[str(part.inside)] = sums.get(str(part.inside), 0) + part.amount
        charged = {
            f"{bill_item.address}:{kind}": fen
            for bill_item in bills.bills.values()
            for kind, fen in bill_item.kinds.items()
        }
        assert {inside: fen for inside, fen in sums.items() if fen > charged.get(inside, 0)} == {}, case.msisdn


@pytest.mark.parametrize(
    "number, established", [(501, True), (502, True), (503, True), (504, False), (505, False), (506, False)]
)
def test_the_roaming_customers_show_what_they_are_there_for(
    logins: list[demo.Login], number: int, established: bool
) -> None:
    """Who tries the demonstration finds the verdict that its list of customers promises."""
    calls = voice_calls(f"13900000{number}", date(2020, 1, 1), date(2030, 1, 1))
    assert analyse(calls, Thresholds()).established is established


def test_cards_stand_in_every_state(logins: list[demo.Login]) -> None:
    """Unused, used and moved cards are all there to be shown."""
    assert set(session().scalars(select(RechargeCard.state))) == {"unused", "used", "moved"}
