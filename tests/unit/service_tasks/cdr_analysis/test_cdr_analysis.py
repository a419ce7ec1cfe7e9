"""The analyses as topics: which calls they read, and what they show of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.base import session, transaction
from models.usage import Cdr
from service_tasks import batches

MSISDN = "13900000001"
CELLS = [
    {"code": "ZH-1", "place": "珠海拱北", "latitude": 22.215, "longitude": 113.549},
    {
        "code": "MO-1",
        "place": "澳门关闸",
        "latitude": 22.212,
        "longitude": 113.549,
        "network": "澳门电讯",
        "border": True,
    },
]


def cdr(start: str, cell: str = "ZH-1", **changed: Any) -> dict[str, Any]:
    """A call of a minute; on the other network it costs roaming."""
    roaming = 80 if cell == "MO-1" else 0
    usual = {"msisdn": MSISDN, "start": start, "cell": cell, "duration_s": 60, "basic": 40, "roaming": roaming}
    return {**usual, "other_party": "0756-1234567", **changed}


def test_border_roaming_shows_pairs_places_and_the_figures_used(desk: Any) -> None:
    """The clerk judges by the pairs, so each side says when, where, on which network and what it cost."""
    starts = ["2026-11-02T09:00:00", "2026-11-02T09:15:00", "2026-11-02T09:30:00", "2026-11-02T09:45:00"]
    calls = [cdr(start, cell) for start, cell in zip(starts, ["ZH-1", "MO-1"] * 2, strict=True)]
    desk.given({"msisdn": MSISDN}, cells=CELLS, cdrs=calls)
    answer = desk.run("cdr_analysis/border_roaming", msisdn=MSISDN, since="2026-11-02", until="2026-11-02")
    assert (answer["established"], answer["amount"]) == (True, 160)
    assert answer["reasons"] == ["frequent_alternation", "implausible_travel", "border_cells"]
    assert [(line["component"], line["amount"], line["reason"]) for line in answer["lines"]] == [
        ("roaming", 80, "caught"),
        ("roaming", 80, "alternating"),
    ]
    assert [line["call"] for line in answer["lines"]] == list(session().scalars(select(Cdr.id).where(Cdr.roaming > 0)))
    assert (answer["left"], answer["cells"]) == ([], {"listed": 2, "far": 0})
    assert answer["pairs"][0] == {
        "first": {
            "start": "2026-11-02T09:00:00+08:00",
            "kind": "originating",
            "other_party": "0756-1234567",
            "cell": "ZH-1",
            "place": "珠海拱北",
            "network": "中国移动",
            "border": False,
            "duration_s": 60,
            "charge": 40,
            "roaming": 0,
        },
        "second": {**answer["pairs"][0]["second"], "cell": "MO-1", "border": True, "charge": 120, "roaming": 80},
        "minutes": 15,
        "distance_m": 334,
        "charge": 80,
        "reason": "frequent_alternation",
    }
    assert answer["parameters"] == {
        "since": "2026-11-02",
        "until": "2026-11-02",
        "calls": 4,
        "window_minutes": 60,
        "alternations": 3,
        "max_speed_kmh": 350,
        "period_days": 3,
        "flight_kmh": 900,
        "flight_from_km": 300,
        "flight_minutes": 30,
        "crossing_minutes": 15,
        "stay_minutes": 15,
        "reach_km": 35,
        "listed_reach_km": 70,
    }


@pytest.mark.parametrize(
    "since, until, calls",
    [
        ("2026-11-02", "2026-11-02", 2),
        ("2026-11-01", "2026-11-03", 4),
        ("2026-11-04", "2026-11-09", 0),
        (None, None, 4),
    ],
)
def test_days_are_shanghai_days_and_both_ends_count(
    desk: Any, since: str | None, until: str | None, calls: int
) -> None:
    """Half past midnight in Zhuhai is the evening before in UTC; without dates the last thirty days are read."""
    starts = ["2026-11-01T23:59:59", "2026-11-02T00:00:00", "2026-11-02T23:59:59", "2026-11-03T00:00:00"]
    beside = [cdr("2026-11-02T12:00:00", kind="sms"), cdr("2026-11-02T12:00:00", msisdn="13900000002")]
    desk.given({"msisdn": MSISDN}, cells=CELLS, cdrs=[cdr("2026-10-01T09:00:00"), *map(cdr, starts), *beside])
    answer = desk.run("cdr_analysis/border_roaming", msisdn=MSISDN, since=since, until=until)
    assert answer["parameters"]["calls"] == calls


def test_null_thresholds_are_the_documented_ones(desk: Any) -> None:
    """A diagram that passes no figure gets the default, not a failure."""
    answer = desk.run("cdr_analysis/border_roaming", msisdn=MSISDN, window_minutes=None, alternations=None)
    assert (answer["parameters"]["window_minutes"], answer["parameters"]["alternations"]) == (60, 3)
    assert answer["reasons"] == ["no_calls"]


OLD, NEW = "2026-04-10T09:00:00", "2026-11-02T09:00:00"


@pytest.mark.parametrize(
    "starts, since, until, established, reasons",
    [
        ([NEW], "2026-04-01", "2026-04-30", None, ["no_records"]),
        ([NEW], "2026-04-01", "2026-11-20", None, ["no_records", "one_location"]),
        ([OLD, NEW], "2026-04-09", "2026-04-30", None, ["no_records", "one_location"]),
        ([OLD, NEW], "2026-04-10", "2026-04-30", False, ["one_location"]),
        ([NEW], "2026-10-01", "2026-10-31", None, ["no_calls"]),
        ([], "2026-06-22", "2026-06-30", None, ["no_records"]),
        ([], "2026-06-23", "2026-06-30", None, ["no_calls"]),
    ],
)
def test_records_that_are_gone_decide_nothing(
    desk: Any, starts: list[str], since: str, until: str, established: bool | None, reasons: list[str]
) -> None:
    """A bill of seven months ago without call records is never "not established": the archive has to be asked."""
    desk.given({"msisdn": MSISDN}, cells=CELLS, cdrs=[cdr(start) for start in starts])
    answer = desk.run("cdr_analysis/border_roaming", msisdn=MSISDN, since=since, until=until)
    assert (answer["established"], answer["reasons"]) == (established, reasons)
    assert answer["amount"] == (None if established is None else 0)


def test_what_the_records_left_establish_stands(desk: Any) -> None:
    """Missing older records do not take back what the later ones show."""
    starts = [f"2026-11-02T09:{minute}:00" for minute in ("00", "05", "10", "15")]
    calls = [cdr(start, cell) for start, cell in zip(starts, ["ZH-1", "MO-1"] * 2, strict=True)]
    desk.given({"msisdn": MSISDN}, cells=CELLS, cdrs=calls)
    answer = desk.run("cdr_analysis/border_roaming", msisdn=MSISDN, since="2026-04-01", until="2026-11-20")
    assert (answer["established"], answer["amount"]) == (True, 160)
    assert "no_records" not in answer["reasons"]


def test_ultra_short_calls_are_listed_with_their_components(desk: Any) -> None:
    """TS-007: the credit is explained call by call."""
    calls = [
        cdr("2026-11-02T09:00:00", duration_s=3, long_distance=70, ip=30, forwarding=20),
        cdr("2026-11-02T10:00:00", duration_s=2),
        cdr("2026-11-02T11:00:00", duration_s=4, long_distance=70),
    ]
    desk.given({"msisdn": MSISDN}, cells=CELLS, cdrs=calls)
    answer = desk.run("cdr_analysis/ultra_short", msisdn=MSISDN, since="2026-11-01", until="2026-11-30", limit_s=3)
    (record,) = session().scalars(select(Cdr.id).where(Cdr.duration_s == 3))
    components = {"long_distance": 70, "ip": 30, "basic": 40, "forwarding": 20}
    assert answer == {
        "found": True,
        "examined": 3,
        "reasons": [],
        "amount": 160,
        "kept": 0,
        "settle_on": "2026-11-26",
        "credit_to": "bill",
        "calls": [
            {
                "call": record,
                "start": "2026-11-02T09:00:00+08:00",
                "other_party": "0756-1234567",
                "duration_s": 3,
                **components,
                "amount": 160,
                "kept": 0,
            }
        ],
        "given": [],
        "given_amount": 0,
        "lines": [
            {
                "call": record,
                "start": "2026-11-02T09:00:00+08:00",
                "component": name,
                "amount": fen,
                "reason": "ultra_short_call",
            }
            for name, fen in components.items()
        ],
    }


def test_the_roaming_component_of_a_short_call_stays(desk: Any) -> None:
    """Two seconds while roaming: four components come back, roaming was used."""
    charged = {"long_distance": 70, "ip": 10, "forwarding": 10, "roaming": 80}
    desk.given({"msisdn": MSISDN}, cells=CELLS, cdrs=[cdr("2026-11-02T09:00:00", duration_s=2, **charged)])
    answer = desk.run("cdr_analysis/ultra_short", msisdn=MSISDN)
    assert (answer["amount"], answer["kept"], answer["calls"][0]["kept"]) == (130, 80, 80)
    assert {line["component"] for line in answer["lines"]} == {"long_distance", "ip", "basic", "forwarding"}


def test_a_prepaid_customer_gets_short_calls_back_into_the_prepayment(desk: Any) -> None:
    """Three calls of 2.40 in all: the number's own prepayment, no cash and no bill."""
    calls = [cdr(f"2026-11-02T{hour}:00:00", duration_s=1, basic=30, long_distance=50) for hour in ("09", "10", "11")]
    desk.given({"msisdn": MSISDN, "kind": "prepaid"}, cells=CELLS, cdrs=calls)
    answer = desk.run("cdr_analysis/ultra_short", msisdn=MSISDN)
    assert (answer["amount"], answer["credit_to"]) == (240, "prepayment")


@pytest.mark.parametrize(
    "entered, thursday",
    [
        (datetime(2026, 11, 26, 1, tzinfo=UTC), "2026-11-26"),
        (datetime(2026, 11, 26, 10, tzinfo=UTC), "2026-11-26"),
        (datetime(2026, 11, 26, 10, 1, tzinfo=UTC), "2026-12-03"),
        (datetime(2026, 11, 27, 1, tzinfo=UTC), "2026-12-03"),
    ],
)
def test_short_calls_are_settled_on_the_thursday_by_whose_close_they_are_entered(
    desk: Any, entered: datetime, thursday: str
) -> None:
    """TS-007.3: until Thursday's close it is that Thursday, later the next."""
    desk.given({"msisdn": MSISDN})
    assert desk.run("cdr_analysis/ultra_short", msisdn=MSISDN, at=entered)["settle_on"] == thursday


def test_a_thursday_that_is_settled_already_takes_nothing_more(desk: Any) -> None:
    """Accounting was early: what is entered afterwards waits for the next Thursday, and the customer is told that one."""
    desk.given({"msisdn": MSISDN})
    with transaction():
        batch = batches.locked("charge_hold", "2026-11-26", datetime(2026, 11, 24, 1, tzinfo=UTC))
        batch.state, batch.closed_at = "closed", batch.opened_at
    assert desk.run("cdr_analysis/ultra_short", msisdn=MSISDN)["settle_on"] == "2026-12-03"


def test_short_calls_whose_records_are_gone_are_not_denied(desk: Any) -> None:
    """Without records nobody can say that there was none."""
    desk.given({"msisdn": MSISDN}, cells=CELLS, cdrs=[cdr(NEW)])
    parameters = {"msisdn": MSISDN, "since": "2026-04-01", "until": "2026-04-30"}
    answer = desk.run("cdr_analysis/ultra_short", **parameters)
    assert (answer["found"], answer["reasons"], answer["amount"]) == (None, ["no_records"], None)
    assert desk.run("cdr_analysis/ultra_short", **{**parameters, "since": None, "until": None})["found"] is False


SMS = {"kind": "monternet", "information": 800, "duration_s": 0, "basic": 0, "cell": ""}
BILLS = [
    {"period": "2026-10", "items": [{"kind": "monternet", "text": "信息费", "amount": 800}], "paid": True},
    {"period": "2026-11", "items": [{"kind": "monternet", "text": "信息费", "amount": 800}]},
]


def monternet(start: str, **changed: Any) -> dict[str, Any]:
    """A Monternet charge of eight yuan."""
    return cdr(start, **{"service_provider": "新浪", **SMS, **changed})


def test_orphans_follow_the_history_of_the_number(desk: Any) -> None:
    """TS-006.2: the charge before the suspension is owed, the one after it is not."""
    suspended = {"at": "2026-11-05T09:00:00", "from": "in_service", "to": "suspended", "reason": "arrears"}
    number = {"msisdn": MSISDN, "state": "suspended", "reason": "arrears", "state_since": "2026-11-05", "bills": BILLS}
    charges = [monternet("2026-11-01T09:00:00"), monternet("2026-11-10T09:00:00", service_provider="搜狐")]
    desk.given({**number, "history": [suspended]}, cdrs=charges)
    record = session().scalars(select(Cdr.id).where(Cdr.service_provider == "搜狐")).one()
    assert desk.run("cdr_analysis/orphan_monternet", msisdn=MSISDN) == {
        "orphan": True,
        "examined": 2,
        "reasons": [],
        "amount": 800,
        "paid": False,
        "paid_amount": 0,
        "unpaid_amount": 800,
        "site": "搜狐",
        "charges": [
            {
                "call": record,
                "at": "2026-11-10T09:00:00+08:00",
                "counted_at": "2026-11-10T09:00:00+08:00",
                "msisdn": MSISDN,
                "site": "搜狐",
                "amount": 800,
                "after": "suspension",
                "paid": False,
            }
        ],
        "given": [],
        "given_amount": 0,
        "lines": [
            {
                "call": record,
                "start": "2026-11-10T09:00:00+08:00",
                "component": "information",
                "amount": 800,
                "reason": "suspension",
            }
        ],
        "picked": [{"line": f"information-fee:{record}", "amount": 800, "component": "", "reason": ""}],
        "events": [{"event": "suspended", "day": "2026-11-05"}],
        "changed_from": None,
        "elsewhere": 0,
    }


@pytest.mark.parametrize("days, paid", [(("2026-10-20",), True), (("2026-10-20", "2026-11-10"), False)])
def test_paid_means_every_bill_is_paid(desk: Any, days: tuple[str, ...], paid: bool) -> None:
    """TS-006.4: a refund is for money that was paid; what is still due is held."""
    number = {"msisdn": MSISDN, "state": "cancelled", "state_since": "2026-10-01", "bills": BILLS}
    desk.given(number, cdrs=[monternet(f"{day}T09:00:00") for day in days])
    answer = desk.run("cdr_analysis/orphan_monternet", msisdn=MSISDN)
    assert (answer["paid"], answer["amount"]) == (paid, 800 * len(days))
    assert [row["paid"] for row in answer["charges"]] == [day < "2026-11" for day in days]
    assert (answer["paid_amount"], answer["unpaid_amount"]) == (800, 800 * (len(days) - 1))
    assert {row["after"] for row in answer["charges"]} == {"cancellation_final"}


def test_the_old_number_of_a_change_is_looked_at_too(desk: Any) -> None:
    """The customer complains with the new number about charges that still run on the old one."""
    old = {"msisdn": "13900000008", "state": "cancelled", "reason": "number_change", "state_since": "2026-10-15"}
    new = {"msisdn": MSISDN, "number_changed_from": "13900000008", "opened_at": "2026-10-15"}
    desk.given(old, new, cdrs=[monternet("2026-10-20T09:00:00", msisdn="13900000008")])
    answer = desk.run("cdr_analysis/orphan_monternet", msisdn=MSISDN)
    assert [(row["msisdn"], row["after"]) for row in answer["charges"]] == [("13900000008", "number_change")]


def test_what_befell_the_number_is_told_with_its_day(desk: Any) -> None:
    """TS-006.3: the date of use is held against these; of a change each of the two numbers has the day, and the new one names the old."""
    suspended = {"at": "2026-09-01", "from": "in_service", "to": "suspended", "reason": "arrears"}
    closed = {"at": "2026-10-15", "from": "suspended", "to": "cancelled", "reason": "number_change"}
    old = {"msisdn": "13900000008", "state": "cancelled", "reason": "number_change", "state_since": "2026-10-15"}
    new = {"msisdn": MSISDN, "number_changed_from": "13900000008", "opened_at": "2026-10-15"}
    desk.given(old | {"history": [suspended, closed]}, new)
    answers = [desk.run("cdr_analysis/orphan_monternet", msisdn=msisdn) for msisdn in (MSISDN, "13900000008")]
    assert [[(row["event"], row["day"]) for row in answer["events"]] for answer in answers] == [
        [("changed", "2026-10-15")],
        [("suspended", "2026-09-01"), ("changed", "2026-10-15")],
    ]
    assert [answer["changed_from"] for answer in answers] == ["13900000008", None]


def test_an_old_number_without_a_record_counts_from_the_change(desk: Any) -> None:
    """Even when the old subscription is no longer kept, its charges after the change are orphans."""
    new = {"msisdn": MSISDN, "number_changed_from": "13900000008", "opened_at": "2026-10-15"}
    charges = [monternet(f"{day}T09:00:00", msisdn="13900000008") for day in ("2026-10-10", "2026-10-20")]
    desk.given(new, cdrs=charges)
    answer = desk.run("cdr_analysis/orphan_monternet", msisdn=MSISDN)
    assert [row["at"][:10] for row in answer["charges"]] == ["2026-10-20"]


def test_without_orphans_the_site_is_still_named(desk: Any, at: Any) -> None:
    """SUB.3 starts from the site that the detail query shows."""
    start = (at - timedelta(days=3)).isoformat()
    desk.given({"msisdn": MSISDN}, cdrs=[monternet(start)])
    answer = desk.run("cdr_analysis/orphan_monternet", msisdn=MSISDN)
    assert (answer["orphan"], answer["charges"], answer["paid"], answer["site"]) == (False, [], None, "新浪")


def test_a_number_without_monternet_charges_names_no_site(desk: Any) -> None:
    """Nothing is made up where nothing was collected."""
    desk.given({"msisdn": MSISDN})
    assert desk.run("cdr_analysis/orphan_monternet", msisdn=MSISDN)["site"] is None


def changed(**more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A number that took the place of another in July."""
    old = {"msisdn": "13900000008", "state": "cancelled", "reason": "number_change", "state_since": "2026-07-01"}
    return old | more, {"msisdn": MSISDN, "number_changed_from": "13900000008", "opened_at": "2026-07-01"}


def test_on_demand_use_after_a_change_is_no_orphan(desk: Any) -> None:
    """What is used on demand has no order, on either number; ninety days after the change it is the customer's own."""
    desk.given(*changed(), cdrs=[monternet("2026-09-29T09:00:00")])
    assert desk.run("cdr_analysis/orphan_monternet", msisdn=MSISDN)["orphan"] is False


def test_an_order_that_came_along_with_the_change_is_an_orphan(desk: Any) -> None:
    """Ordered on the old number, charged on the new one, never ordered again."""
    order = {"service": "短信", "service_provider": "新浪", "ordered_at": "2026-01-05", "monthly_fee": 800}
    charges = [
        monternet("2026-07-31T09:00:00"),
        monternet("2026-08-31T09:00:00"),
        monternet("2026-08-09T09:00:00", information=100),
    ]
    desk.given(*changed(orders=[order]), cdrs=charges)
    answer = desk.run("cdr_analysis/orphan_monternet", msisdn=MSISDN)
    assert [(row["at"][:10], row["counted_at"][:10], row["after"]) for row in answer["charges"]] == [
        ("2026-07-31", "2026-07-01", "number_change"),
        ("2026-08-31", "2026-08-01", "number_change"),
    ]


def test_a_monthly_fee_counts_by_its_first_day(desk: Any) -> None:
    """Collected at the month's end: the month in which the number stopped is owed, the next is not."""
    order = {"service": "短信", "service_provider": "新浪", "ordered_at": "2026-01-05", "monthly_fee": 800}
    stopped = {"msisdn": MSISDN, "state": "suspended", "reason": "request", "state_since": "2026-09-10"}
    desk.given(
        stopped | {"orders": [order]}, cdrs=[monternet(f"2026-{month}T23:00:00") for month in ("09-30", "10-31")]
    )
    answer = desk.run("cdr_analysis/orphan_monternet", msisdn=MSISDN)
    assert [row["counted_at"][:10] for row in answer["charges"]] == ["2026-10-01"]


def test_a_chain_of_changes_is_followed(desk: Any) -> None:
    """Two changes of number in a row: the oldest still collects."""
    oldest = {"msisdn": "13900000007", "state": "cancelled", "reason": "number_change", "state_since": "2026-02-01"}
    middle = {**changed()[0], "number_changed_from": "13900000007", "opened_at": "2026-02-01"}
    desk.given(oldest, middle, changed()[1], cdrs=[monternet("2026-10-20T09:00:00", msisdn="13900000007")])
    answer = desk.run("cdr_analysis/orphan_monternet", msisdn=MSISDN)
    assert [row["msisdn"] for row in answer["charges"]] == ["13900000007"]


def test_a_prepaid_number_has_paid_by_deduction(desk: Any) -> None:
    """No bill will come; the fee left the prepayment at once."""
    subscription = {"msisdn": MSISDN, "kind": "prepaid", "state": "cancelled", "state_since": "2026-10-01"}
    desk.given(subscription, cdrs=[monternet("2026-10-20T09:00:00")])
    assert desk.run("cdr_analysis/orphan_monternet", msisdn=MSISDN)["paid"] is True


def test_monternet_items_whose_records_are_gone_are_not_denied(desk: Any) -> None:
    """The bill of April bears a fee of which no record is left: that is no "not an orphan"."""
    bill = {"period": "2026-04", "items": [{"kind": "monternet", "text": "信息费", "amount": 800}]}
    desk.given({"msisdn": MSISDN, "bills": [bill]}, cdrs=[monternet("2026-11-20T09:00:00")])
    answer = desk.run("cdr_analysis/orphan_monternet", msisdn=MSISDN)
    assert (answer["orphan"], answer["reasons"], answer["amount"]) == (None, ["no_records"], None)
