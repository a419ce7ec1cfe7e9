"""Direct debit: whose fault the failure was, what it cost, and a mandate that is set up again once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from models.base import session, transaction
from models.billing import Bill, JournalEntry, LateFeeAccrual
from models.usage import BankMandate
from service_tasks.direct_debit import cause_of_failure, differences, late_fee_caused
from service_tasks.gateway import Account, Effect, Line, LinePart, gateway

AGREED = {"bank": "工商银行", "account": "6222020200012345678", "holder": "陈某"}
MSISDN = "13900000001"


def number(**mandate: Any) -> dict[str, Any]:
    """A number with a mandate that is keyed as agreed unless `mandate` says otherwise."""
    return {
        "msisdn": MSISDN,
        "customer": {"name": "陈某"},
        "late_fee": 600,
        "bill": {"period": "2026-09", "items": [{"kind": "call", "text": "通话费", "amount": 5000}]},
        "mandate": {"agreed": AGREED, "mandated_on": "2026-09-10", **mandate},
    }


FAILED = {"period": "2026-10", "amount": 5000, "state": "failed"}
DONE = {"period": "2026-09", "amount": 3000, "state": "done"}


@pytest.mark.parametrize(
    "mandate, cause, fields",
    [
        ({"keyed": {**AGREED, "account": "6222020200012345687"}}, "keying_error", ["account"]),
        ({"keyed": {**AGREED, "bank": "农业银行", "holder": "陈谋"}}, "keying_error", ["bank", "holder"]),
        ({"keyed_msisdn": "13900000002"}, "wrong_order", ["msisdn"]),
        ({"keyed": None}, "missed_order", ["bank", "account", "holder", "msisdn"]),
        ({"debits": [{**FAILED, "reason": "program_error"}]}, "debit_program", []),
    ],
)
def test_what_the_desk_did_wrong_is_the_operators_fault(
    desk: Any, mandate: dict[str, Any], cause: str, fields: list[str]
) -> None:
    """TS-008.3: keying errors, wrong and missed orders, and a failing program are not the customer's."""
    desk.given(number(**mandate))
    answer = desk.run("direct_debit/compare", msisdn=MSISDN)
    assert (answer["operator_fault"], answer["cause"]) == (True, cause)
    assert [row["field"] for row in answer["differences"]] == fields


@pytest.mark.parametrize(
    "reason, cause",
    [("insufficient_funds", "no_funds"), ("account_closed", "account_closed"), ("account_unknown", "other")],
)
def test_what_the_bank_says_of_a_right_mandate_is_the_customers(desk: Any, reason: str, cause: str) -> None:
    """No fault of the operator: explained, and a new mandate proposed."""
    desk.given(number(debits=[{**FAILED, "reason": reason}]))
    answer = desk.run("direct_debit/compare", msisdn=MSISDN)
    assert (answer["operator_fault"], answer["cause"], answer["differences"]) == (False, cause, [])


def test_the_comparison_shows_the_agreement_and_what_it_cost(desk: Any) -> None:
    """What was debited from a wrong account is in dispute; the agreed data are what the new mandate starts from."""
    desk.given(number(keyed={**AGREED, "account": "1"}, debits=[DONE, FAILED]))
    answer = desk.run("direct_debit/compare", msisdn=MSISDN)
    assert (answer["disputed_amount"], answer["late_fee"], answer["mandated_on"]) == (3000, 600, "2026-09-10")
    assert {name: answer[name] for name in AGREED} == AGREED
    assert answer["differences"] == [{"field": "account", "agreed": AGREED["account"], "keyed": "1"}]


def test_a_debit_that_worked_as_agreed_is_not_in_dispute(desk: Any) -> None:
    """A customer without funds in October still owed September."""
    desk.given(number(debits=[DONE, {**FAILED, "reason": "insufficient_funds"}]))
    assert desk.run("direct_debit/compare", msisdn=MSISDN)["disputed_amount"] == 0


def test_a_number_without_a_mandate_says_so(desk: Any) -> None:
    """Neither a fault nor a failure: there is nothing to compare."""
    desk.given({"msisdn": MSISDN})
    for msisdn in (MSISDN, "13900000099"):
        answer = desk.run("direct_debit/compare", msisdn=msisdn)
        assert (answer["operator_fault"], answer["cause"], answer["differences"]) == (None, "no_mandate", [])
        assert answer["examined"] == 0


def test_a_mandate_that_has_not_failed_is_nobodys_fault(desk: Any) -> None:
    """Nothing was refused by the bank, and nothing keyed in otherwise: the system does not say whose fault it is."""
    desk.given(number(debits=[DONE]))
    answer = desk.run("direct_debit/compare", msisdn=MSISDN)
    assert (answer["operator_fault"], answer["cause"], answer["examined"]) == (None, "no_failure", 1)


def test_the_mandate_on_file_is_there_before_anything_is_asked(desk: Any) -> None:
    """Bank, account and holder as agreed, the account in bare digits, and where it was keyed in otherwise; nothing of a number without one."""
    wording = {**AGREED, "bank": "中国工商银行股份有限公司珠海拱北支行", "account": "6222 0202-0001"}
    desk.given(number(agreed=wording, keyed={**AGREED, "account": "1"}))
    answer = desk.run("direct_debit/look_up", msisdn=MSISDN)
    assert (answer["bank"], answer["account"], answer["holder"]) == ("工商银行", "622202020001", "陈某")
    assert answer["under_way"] is False
    assert (answer["mandated_on"], [row["field"] for row in answer["differences"]]) == ("2026-09-10", ["account"])
    empty = desk.run("direct_debit/look_up", msisdn="13900000099")
    assert empty == {**dict.fromkeys(answer), "examined": 0, "differences": []}


def test_late_fees_from_before_the_mandate_do_not_count(desk: Any, at: datetime) -> None:
    """Of 600 fen owed only what was drawn since the debit failed can have come from it."""
    desk.given(number(debits=[FAILED | {"attempted_at": "2026-10-15T09:00:00"}]))
    bill, entry = session().scalars(select(Bill.id)).one(), session().scalars(select(JournalEntry.id)).first()
    with transaction():
        for day, amount in ((date(2026, 9, 9), 450), (date(2026, 10, 20), 100), (date(2026, 10, 21), 50)):
            row = {"bill_id": bill, "accrued_on": day, "base": 5000, "amount": amount, "entry_id": entry}
            session().execute(insert(LateFeeAccrual).values(**row))
    assert desk.run("direct_debit/compare", msisdn=MSISDN)["late_fee"] == 150


def drawn(*fees: tuple[str, str, int]) -> None:
    """Late fees of the bills of these periods, by day."""
    bills = dict(session().execute(select(Bill.period, Bill.id)).all())
    entry = session().scalars(select(JournalEntry.id)).first()
    with transaction():
        for period, day, amount in fees:
            row = {"bill_id": bills[period], "accrued_on": date.fromisoformat(day), "base": 5000, "amount": amount}
            session().execute(insert(LateFeeAccrual).values(**row, entry_id=entry))


ITEMS = [{"kind": "call", "text": "通话费", "amount": 5000}]


@pytest.mark.parametrize(
    "periods, fees",
    [
        (["2025-03"], [("2025-03", "2025-05-20", 500), ("2025-03", "2026-11-16", 60)]),
        (["2025-03", "2026-10"], [("2025-03", "2025-05-20", 500), ("2026-10", "2026-11-16", 60)]),
        (["2025-03", "2026-10"], [("2025-03", "2026-11-16", 500), ("2026-10", "2026-11-16", 60)]),
    ],
)
def test_only_the_arrears_of_the_failing_debit_count(
    desk: Any, periods: list[str], fees: list[tuple[str, str, int]]
) -> None:
    """A mandate of 2024, old arrears that drew 500, a debit of 15 November that drew 60; owed 560: 60 came from it."""
    debit = {"period": "2026-10", "amount": 5000, "state": "failed", "attempted_at": "2026-11-15T09:00:00"}
    row = number(mandated_on="2024-05-01", debits=[debit], keyed={**AGREED, "account": "6222020200012345687"})
    bills = [{"period": period, "items": ITEMS} for period in periods]
    desk.given({**{name: value for name, value in row.items() if name != "bill"}, "late_fee": 560, "bills": bills})
    drawn(*fees)
    assert desk.run("direct_debit/compare", msisdn=MSISDN)["late_fee"] == 60


def test_a_late_fee_drawn_after_the_comparison_is_there_when_relief_is_asked_for(desk: Any) -> None:
    """Compared on the day it failed nothing had been drawn; two weeks later 4.50 stand on its bill, beside 5.00 of older arrears."""
    debit = {"period": "2026-10", "amount": 5000, "state": "failed", "attempted_at": "2026-11-15T09:00:00"}
    row = number(mandated_on="2024-05-01", debits=[debit], keyed=None)
    bills = [{"period": period, "items": ITEMS} for period in ("2025-03", "2026-10")]
    desk.given({**{name: value for name, value in row.items() if name != "bill"}, "late_fee": 500, "bills": bills})
    drawn(("2025-03", "2025-05-20", 500))
    first = desk.run("direct_debit/compare", msisdn=MSISDN)
    assert (first["late_fee"], first["late_fee_owed"], first["late_fee_since"]) == (0, 500, "2026-11-15")
    with transaction():
        late = Line(Account("late_fee", gateway().subscription(MSISDN).id), Account("revenue"), 450)
        gateway().post(Effect(key="late", at=datetime(2026, 11, 29, tzinfo=UTC)), "late_fee", [late], memo="")
    drawn(("2026-10", "2026-11-29", 450))
    parameters = {"since": first["late_fee_since"], "periods": [failure["period"] for failure in first["failed"]]}
    assert desk.run("direct_debit/late_fees", msisdn=MSISDN, **parameters) == {
        "late_fee": 450,
        "late_fees": [{"line": "late-fee:2026-10", "amount": 450, "component": "", "reason": ""}],
        "late_fee_owed": 950,
    }
    empty = {"late_fee": 0, "late_fees": [], "late_fee_owed": 950}
    assert desk.run("direct_debit/late_fees", msisdn=MSISDN, since=None) == empty
    assert desk.run("direct_debit/late_fees", msisdn="13900000099") == {**empty, "late_fee_owed": 0}


def test_a_late_fee_that_was_paid_is_still_what_the_failure_caused(desk: Any) -> None:
    """Paid at the counter with the bill it is answer back as a credit, once; what is owed still falls first."""
    desk.given(number(keyed={**AGREED, "account": "1"}, debits=[FAILED | {"attempted_at": "2026-10-15T09:00:00"}]))
    first = desk.run("direct_debit/compare", msisdn=MSISDN)
    failure = {"since": first["late_fee_since"], "periods": [row["period"] for row in first["failed"]]}
    desk.run("payments/take", msisdn=MSISDN, amount=5400, into="bill", call_key="7:1")
    arisen = desk.run("direct_debit/late_fees", msisdn=MSISDN, **failure)
    assert (arisen["late_fee"], arisen["late_fee_owed"], first["late_fee"]) == (600, 200, 600)
    waiver = {"amount": 600, "lines": arisen["late_fees"], "caused": arisen["late_fees"]}
    answer = desk.run("refunds/late_fee_waiver", msisdn=MSISDN, call_key="7:2", **waiver)
    assert (answer["amount"], answer["credited"]) == (600, 400)
    assert desk.moved()[f"{MSISDN}.receivable"] == -5400
    assert desk.moved()[f"{MSISDN}.late_fee"] == -600
    assert desk.run("direct_debit/late_fees", msisdn=MSISDN, **failure)["late_fee"] == 0
    assert desk.refused("refunds/late_fee_waiver", msisdn=MSISDN, call_key="7:3", **waiver) == "exceeds_late_fee"


def test_a_late_fee_paid_before_the_debit_failed_came_of_something_else(desk: Any) -> None:
    """What was paid on the day before is not given back; on the day itself it is."""
    desk.given(number(keyed={**AGREED, "account": "1"}, debits=[FAILED | {"attempted_at": "2026-10-15T09:00:00"}]))
    subscription_id = gateway().subscription(MSISDN).id
    with transaction():
        for key, day in (("before", 14), ("after", 15)):
            line = Line(Account("cash"), Account("late_fee", subscription_id), 100)
            payment = Effect(key=key, at=datetime(2026, 10, day, 3, tzinfo=UTC))
            gateway().post(payment, "counter_payment", [line], memo="")
    assert desk.run("direct_debit/compare", msisdn=MSISDN)["late_fee"] == 500


def test_a_wrong_debit_paid_back_before_is_told_and_not_asked_for_again(desk: Any) -> None:
    """What was taken from a wrong account came back last week: it is no longer in dispute, and its case is named."""
    receipts = [{"number": "SJ-1", "kind": "charge", "amount": 5000}]
    desk.given(number(keyed={**AGREED, "account": "1"}, debits=[DONE, FAILED]) | {"receipts": receipts})
    with transaction():
        earlier = Effect(key="AJ-1:refund", at=datetime(2026, 11, 20, tzinfo=UTC), case="AJ-1")
        gateway().credit(gateway().subscription(MSISDN).id, 3000, "charge", earlier, lines=[LinePart("debit:1", 3000)])
    answer = desk.run("direct_debit/compare", msisdn=MSISDN)
    assert (answer["disputed_amount"], answer["debited"], answer["late_fee"]) == (0, [], 600)
    assert answer["given"] == [{"line": "debit:1", "amount": 3000, "case": "AJ-1", "state": "credited"}]


def test_no_more_late_fee_is_caused_than_was_borne() -> None:
    """What was given up meanwhile is not given up again."""
    days = {date(2026, 10, 20): 100, date(2026, 10, 21): 100}
    assert late_fee_caused(150, days, date(2026, 10, 1)) == 150
    assert late_fee_caused(500, days, date(2026, 10, 21)) == 100
    assert late_fee_caused(500, {}, date(2026, 10, 1)) == 500


def test_blanks_and_hyphens_are_no_difference() -> None:
    """An account written in groups of four is the same account."""
    keyed = {**AGREED, "account": "6222 0202 0001 2345 678", "msisdn": None}
    assert differences(MSISDN, AGREED, keyed) == []
    assert cause_of_failure([], None) == "no_failure"


@pytest.mark.parametrize(
    "debits, cause, failed",
    [
        ("x" + "." * 20, "no_failure", 0),
        ("." * 3 + "x", "debit_program", 1),
        ("x.xx", "debit_program", 2),
        ("", "no_failure", 0),
        (".", "no_failure", 0),
    ],
)
def test_what_failed_once_and_works_again_has_not_failed_now(desk: Any, debits: str, cause: str, failed: int) -> None:
    """A failure of long ago, every debit since done: nothing has failed now, nobody is at fault, no late fee came of it."""
    at = datetime(2025, 1, 15, tzinfo=UTC)
    rows = [
        {"period": f"{2025 + number // 12}-{number % 12 + 1:02d}", "amount": 5000, "state": "done"}
        | ({"state": "failed", "reason": "program_error"} if mark == "x" else {})
        | {"attempted_at": (at + timedelta(days=30 * number)).isoformat()}
        for number, mark in enumerate(debits)
    ]
    desk.given(number(debits=rows))
    answer = desk.run("direct_debit/compare", msisdn=MSISDN)
    assert (answer["cause"], answer["operator_fault"]) == (cause, True if failed else None)
    assert len(answer["failed"]) == failed
    assert bool(answer["late_fee"]) is bool(failed)


def test_another_wording_of_the_bank_is_not_our_fault(desk: Any) -> None:
    """Agreed 工商银行, keyed 中国工商银行, account in full width: the same account; the bank says what failed."""
    keyed = {**AGREED, "bank": "中国工商银行股份有限公司", "account": "６２２２０２０２０００１２３４５６７８"}
    desk.given(number(keyed=keyed, debits=[{**FAILED, "reason": "insufficient_funds"}]))
    answer = desk.run("direct_debit/compare", msisdn=MSISDN)
    assert (answer["differences"], answer["cause"], answer["operator_fault"]) == ([], "no_funds", False)


RENEWAL = {"msisdn": MSISDN, **AGREED}


def test_a_mandate_is_renewed_once(desk: Any) -> None:
    """The old one is replaced, the new one keyed as agreed, in force from next month on the same debit day."""
    desk.given(number(keyed=None, debit_day=20))
    answer = desk.twice("direct_debit/renew", **RENEWAL)
    assert (answer["effective_on"], answer["debit_day"]) == ("2026-12-01", 20)
    old, new = session().scalars(select(BankMandate).order_by(BankMandate.id))
    assert (old.state, new.state, new.id) == ("replaced", "active", answer["mandate_id"])
    assert (new.keyed_account, new.agreed_account, new.keyed_msisdn) == (AGREED["account"], AGREED["account"], MSISDN)
    assert desk.run("direct_debit/compare", msisdn=MSISDN)["differences"] == []


def test_a_first_mandate_takes_the_usual_debit_day(desk: Any) -> None:
    """Without a mandate before there is no day to keep."""
    desk.given({"msisdn": MSISDN, "customer": {"name": "陈某"}})
    assert desk.run("direct_debit/renew", **RENEWAL)["debit_day"] == 15


@pytest.mark.parametrize(
    "mandate, changed, code",
    [
        ({}, {"account": "6222-ABC"}, "account_format"),
        ({}, {"account": "123"}, "account_format"),
        ({}, {"holder": "李某"}, "holder_mismatch"),
        ({"debit_under_way": True}, {}, "debit_under_way"),
    ],
)
def test_a_mandate_that_may_not_be_is_refused(
    desk: Any, mandate: dict[str, Any], changed: dict[str, Any], code: str
) -> None:
    """TS-008.7: nothing is changed while a debit is under way, nor for an account that no bank has or of another holder."""
    desk.given(number(**mandate))
    assert desk.refused("direct_debit/renew", **{**RENEWAL, **changed}) == code
    assert session().scalars(select(BankMandate.state)).all() == ["active"]


@pytest.mark.parametrize(
    "topic",
    ["direct_debit/correct", "direct_debit/renew"],
)
@pytest.mark.parametrize(
    "wrong",
    [{"account": "6222 0202 0001 2345 687"}, {"bank": "中国农业银行"}, {"holder": "陈谋"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_was_keyed_by_mistake_is_not_taken_for_right(desk: Any, topic: str, wrong: dict[str, str]) -> None:
    """However it is written this time: the debit would only fail again; nothing is replaced."""
    (field,) = wrong
    signed = {**AGREED, "holder": "陈谋"} if field == "holder" else AGREED
    desk.given(number(agreed=signed, keyed={**signed, **(wrong if field != "holder" else {"holder": "陈某"})}))
    entered = {**RENEWAL, **(wrong if field != "holder" else {"holder": "陈某"})}
    assert desk.refused(topic, **entered) == f"{field}_keyed_wrong"
    assert session().scalars(select(BankMandate.state)).all() == ["active"]


def test_a_correction_of_the_case_does_not_make_the_mistake_right(desk: Any) -> None:
    """Corrected first, the renewal of the same case may not bring the mistake back; another case may know better."""
    mistake = "6222020200012345687"
    desk.given(number(keyed={**AGREED, "account": mistake}))
    corrected = desk.run("direct_debit/correct", **RENEWAL)["mandate_id"]
    again = {**RENEWAL, "account": mistake}
    assert desk.refused("direct_debit/renew", **again, correction=corrected) == "account_keyed_wrong"
    assert desk.run("direct_debit/renew", **again)["mandate_id"] != corrected


def test_the_holder_who_signed_the_agreement_may_be_another_person(desk: Any) -> None:
    """A parent who pays for a child signed the agreement; the same holder may renew it."""
    desk.given(number(agreed={**AGREED, "holder": "陈父"}))
    assert desk.run("direct_debit/renew", **{**RENEWAL, "holder": "陈 父"})["mandate_id"]
