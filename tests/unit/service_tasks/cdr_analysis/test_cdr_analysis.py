"""The analyses as topics: which calls they read, and what they show of them."""

from datetime import timedelta
from typing import Any

import pytest

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
    assert (answer["established"], answer["reasons"], answer["amount"]) == (True, ["frequent_alternation"], 160)
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
        "max_speed_kmh": 200,
        "period_days": 3,
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
    others = [cdr("2026-11-02T12:00:00", kind="sms"), cdr("2026-11-02T12:00:00", msisdn="13900000002")]
    desk.given({"msisdn": MSISDN}, cells=CELLS, cdrs=[cdr("2026-10-01T09:00:00"), *map(cdr, starts), *others])
    answer = desk.run("cdr_analysis/border_roaming", msisdn=MSISDN, since=since, until=until)
    assert answer["parameters"]["calls"] == calls


def test_null_thresholds_are_the_documented_ones(desk: Any) -> None:
    """A diagram that passes no figure gets the default, not a failure."""
    answer = desk.run("cdr_analysis/border_roaming", msisdn=MSISDN, window_minutes=None, alternations=None)
    assert (answer["parameters"]["window_minutes"], answer["parameters"]["alternations"]) == (60, 3)
    assert answer["reasons"] == ["no_calls"]


def test_ultra_short_calls_are_listed_with_their_components(desk: Any) -> None:
    """TS-007: the credit is explained call by call."""
    calls = [
        cdr("2026-11-02T09:00:00", duration_s=3, long_distance=70, ip=30, forwarding=20),
        cdr("2026-11-02T10:00:00", duration_s=2),
        cdr("2026-11-02T11:00:00", duration_s=4, long_distance=70),
    ]
    desk.given({"msisdn": MSISDN}, cells=CELLS, cdrs=calls)
    answer = desk.run("cdr_analysis/ultra_short", msisdn=MSISDN, since="2026-11-01", until="2026-11-30", limit_s=3)
    assert answer == {
        "found": True,
        "examined": 3,
        "amount": 160,
        "calls": [
            {
                "start": "2026-11-02T09:00:00+08:00",
                "other_party": "0756-1234567",
                "duration_s": 3,
                "long_distance": 70,
                "ip": 30,
                "basic": 40,
                "forwarding": 20,
                "amount": 160,
            }
        ],
    }


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
    assert desk.run("cdr_analysis/orphan_monternet", msisdn=MSISDN) == {
        "orphan": True,
        "examined": 2,
        "amount": 800,
        "paid": False,
        "site": "搜狐",
        "charges": [
            {
                "at": "2026-11-10T09:00:00+08:00",
                "msisdn": MSISDN,
                "site": "搜狐",
                "amount": 800,
                "after": "suspension",
                "paid": False,
            }
        ],
    }


@pytest.mark.parametrize("days, paid", [(("2026-10-20",), True), (("2026-10-20", "2026-11-10"), False)])
def test_paid_means_every_bill_is_paid(desk: Any, days: tuple[str, ...], paid: bool) -> None:
    """TS-006.4: a refund is for money that was paid; what is still due is held."""
    number = {"msisdn": MSISDN, "state": "cancelled", "state_since": "2026-10-01", "bills": BILLS}
    desk.given(number, cdrs=[monternet(f"{day}T09:00:00") for day in days])
    answer = desk.run("cdr_analysis/orphan_monternet", msisdn=MSISDN)
    assert (answer["paid"], answer["amount"]) == (paid, 800 * len(days))
    assert {row["after"] for row in answer["charges"]} == {"cancellation_final"}


def test_the_old_number_of_a_change_is_looked_at_too(desk: Any) -> None:
    """The customer complains with the new number about charges that still run on the old one."""
    old = {"msisdn": "13900000008", "state": "cancelled", "reason": "number_change", "state_since": "2026-10-15"}
    new = {"msisdn": MSISDN, "number_changed_from": "13900000008", "opened_at": "2026-10-15"}
    desk.given(old, new, cdrs=[monternet("2026-10-20T09:00:00", msisdn="13900000008")])
    answer = desk.run("cdr_analysis/orphan_monternet", msisdn=MSISDN)
    assert [(row["msisdn"], row["after"]) for row in answer["charges"]] == [("13900000008", "number_change")]


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
