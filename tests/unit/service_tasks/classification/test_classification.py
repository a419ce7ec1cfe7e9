"""Classification as topics: the records it looks at, and the cases it compares."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from models.base import session, transaction
from models.complaint import Complaint
from service_tasks import classification

MSISDN = "13900000001"
MATCHES = [
    {"process": "TS-006", "dispute_type": "service", "weight": 4, "word": "梦网"},
    {"process": "TS-006", "dispute_type": "service", "weight": 3, "word": "停机后"},
    {"process": "TS-001", "dispute_type": "usage", "weight": 2, "word": "多收"},
]


def monternet(start: str) -> dict[str, Any]:
    """A Monternet charge."""
    return {"msisdn": MSISDN, "start": start, "kind": "monternet", "information": 800, "service_provider": "新浪"}


SUSPENDED = {"msisdn": MSISDN, "state": "suspended", "reason": "arrears", "state_since": "2026-11-05"}


def test_a_verdict_has_process_type_confidence_and_reasons(desk: Any) -> None:
    """Words 4 + 3 and the record 3 against 2: 100 × 10 / 15."""
    desk.given(SUSPENDED, cdrs=[monternet("2026-11-10T09:00:00")])
    answer = desk.run("classification/suggest", matches=MATCHES, msisdn=MSISDN)
    assert (answer["process"], answer["dispute_type"], answer["confidence"]) == ("TS-006", "service", 67)
    assert answer["alternatives"] == [{"process": "TS-001", "confidence": 13}]
    assert [item["kind"] for item in answer["evidence"]] == ["word", "word", "orphan_monternet", "word"]


def test_intake_gets_the_same_verdict(desk: Any, at: datetime) -> None:
    """What the clerk sees before saving is what the case records."""
    desk.given(SUSPENDED, cdrs=[monternet("2026-11-10T09:00:00")])
    recorded = desk.run("classification/suggest", matches=MATCHES, msisdn=MSISDN)
    suggestion = classification.suggestion(MATCHES, MSISDN, at)
    assert {name: suggestion[name] for name in ("process", "dispute_type", "confidence")} == {
        name: recorded[name] for name in ("process", "dispute_type", "confidence")
    }


@pytest.mark.parametrize("matches", [None, []])
def test_no_matches_and_no_records_suggest_an_answer_on_the_spot(desk: Any, matches: Any) -> None:
    """A decision table that matches nothing may give null."""
    answer = desk.run("classification/suggest", matches=matches, msisdn=MSISDN)
    assert (answer["process"], answer["confidence"]) == ("on_the_spot", 0)


def call(start: str, **changed: Any) -> dict[str, Any]:
    """A local call."""
    return {"msisdn": MSISDN, "start": start, "duration_s": 60, "basic": 40, **changed}


AGREED = {"bank": "工商银行", "account": "6222", "holder": "陈某"}
FAILED = {"period": "2026-10", "amount": 1, "reason": "account_closed"}
ROAMING = [
    call(f"2026-11-20T09:{minute}:00", visited_network=network, roaming=80 * (network == "澳门电讯"))
    for minute, network in (("00", "中国移动"), ("10", "澳门电讯"), ("20", "中国移动"), ("30", "澳门电讯"))
]


@pytest.mark.parametrize(
    "number, world, process, kind",
    [
        ({}, {"cdrs": ROAMING}, "TS-005", "border_roaming"),
        ({}, {"cdrs": [call("2026-11-20T09:00:00", duration_s=3, long_distance=70)]}, "TS-007", "ultra_short"),
        ({"mandate": {"agreed": AGREED, "debits": [FAILED]}}, {}, "TS-008", "direct_debit"),
        ({"orders": [{"service": "彩铃", "agreed": None, "keyed": "彩铃"}]}, {}, "TS-002", "service_order"),
        (
            {"state": "cancelled", "reason": "request"},
            {"cards": [{"serial": "K1", "state": "used", "charged_msisdn": MSISDN}]},
            "TS-004",
            "recharge_card",
        ),
        ({}, {"bank_payments": [{"reference": "YH-1", "msisdn": MSISDN, "amount": 1}]}, "SUB-006", "bank_payment"),
        ({"state": "cancelled", "reason": "request", "prepayment": 3600}, {}, "SUB-002", "own_balance"),
    ],
)
def test_each_record_points_to_its_process(
    desk: Any, number: dict[str, Any], world: dict[str, Any], process: str, kind: str
) -> None:
    """A record by itself suggests weakly, but it is shown."""
    desk.given({"msisdn": MSISDN, **number}, **world)
    answer = desk.run("classification/suggest", matches=[], msisdn=MSISDN)
    assert (answer["process"], answer["evidence"][0]["kind"]) == (process, kind)


@pytest.mark.parametrize(
    "number, world",
    [
        ({"orders": [{"service": "彩铃", "agreed": "彩铃", "keyed": "彩铃"}]}, {}),
        ({"mandate": {"agreed": AGREED, "debits": [{**FAILED, "attempted_at": "2026-07-01"}]}}, {}),
        ({}, {"cards": [{"serial": "K1", "state": "used", "charged_msisdn": MSISDN}]}),
        ({"state": "cancelled", "reason": "arrears", "prepayment": 3600}, {}),
        ({"prepayment": 3600}, {}),
        ({}, {"cdrs": [call("2026-10-20T09:00:00", duration_s=3, long_distance=70)]}),
        ({}, {"cdrs": [call("2026-11-20T09:00:00", duration_s=3)]}),
        ({}, {"bank_payments": [{"reference": "YH-1", "msisdn": MSISDN, "amount": 1, "posted": [{"msisdn": MSISDN}]}]}),
    ],
)
def test_what_is_in_order_or_long_past_points_nowhere(desk: Any, number: dict[str, Any], world: dict[str, Any]) -> None:
    """A right order, an old failure, a card on a number in use, a local call: no evidence."""
    desk.given({"msisdn": MSISDN, **number}, **world)
    assert desk.run("classification/suggest", matches=[], msisdn=MSISDN)["process"] == "on_the_spot"


@pytest.mark.parametrize("count, process", [(1, "TS-007"), (2, "on_the_spot")])
def test_calls_that_another_case_was_credited_with_point_nowhere(desk: Any, count: int, process: str) -> None:
    """Of two short calls one came back: the other still speaks for TS-007; both came back: nothing does."""
    short = [call(f"2026-11-{day}T09:00:00", duration_s=3, long_distance=70) for day in ("19", "20")]
    lines = [
        {"line": f"call:{number}", "component": name, "amount": fen}
        for number in range(1, count + 1)
        for name, fen in (("long_distance", 70), ("basic", short[0].get("basic", 0)))
        if fen
    ]
    bill = {"period": "2026-11", "items": [{"kind": "call", "text": "通话费", "amount": 1000}]}
    desk.given(
        {"msisdn": MSISDN, "bill": bill},
        cdrs=short,
        credits=[{"msisdn": MSISDN, "case_number": "AJ-1", "lines": lines}],
    )
    assert desk.run("classification/suggest", matches=[], msisdn=MSISDN)["process"] == process


def complaint(number: str, accepted_at: datetime, **changed: Any) -> None:
    """An earlier case of the number."""
    usual = {"msisdn": MSISDN, "channel": "counter", "process_key": "TS-005", "accepted_by": "cleo", "state": "open"}
    with transaction():
        row = {"case_number": number, "accepted_at": accepted_at, **usual, **changed}
        session().execute(insert(Complaint).values(**row))


def test_a_repeated_complaint_names_the_earlier_ones(desk: Any, at: datetime) -> None:
    """Same number, same kind, another case: newest first."""
    complaint("AJ-1", at - timedelta(days=20), state="closed", replied_at=at - timedelta(days=20, hours=-2))
    complaint("AJ-2", at - timedelta(hours=2))
    complaint("AJ-3", at - timedelta(days=1), process_key="TS-006")
    complaint("AJ-4", at - timedelta(days=1), msisdn="13900000002")
    complaint("AJ-9", at)
    answer = desk.run("classification/repeated", msisdn=MSISDN, process="TS-005", case_number="AJ-9")
    assert answer == {"repeated": True, "reason": "dissatisfied", "earlier": ["AJ-2", "AJ-1"]}


def test_without_a_process_every_earlier_case_counts(desk: Any, at: datetime) -> None:
    """A suggestion may name none."""
    complaint("AJ-3", at - timedelta(days=2), process_key="TS-006")
    answer = desk.run("classification/repeated", msisdn=MSISDN, process=None, case_number="AJ-9")
    assert answer == {"repeated": True, "reason": "not_answered_in_time", "earlier": ["AJ-3"]}


def test_a_first_complaint_is_no_repetition(desk: Any, at: datetime) -> None:
    """The case itself is not its own predecessor."""
    complaint("AJ-9", at)
    answer = desk.run("classification/repeated", msisdn=MSISDN, process="TS-005", case_number="AJ-9")
    assert answer == {"repeated": False, "reason": "none", "earlier": []}


def test_a_case_closed_without_a_reply_was_answered_when_it_was_closed(desk: Any, at: datetime) -> None:
    """Closing tells the customer; the time of the reply is then the closing."""
    closed = {"state": "closed", "closed_at": at - timedelta(days=10, hours=-5)}
    complaint("AJ-1", at - timedelta(days=10), **closed)
    answer = desk.run("classification/repeated", msisdn=MSISDN, process="TS-005", case_number="AJ-9")
    assert answer["reason"] == "dissatisfied"
