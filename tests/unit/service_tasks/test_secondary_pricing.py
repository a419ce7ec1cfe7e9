"""Secondary pricing: collected, handed in once, credited, checked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.base import session
from models.batch import Batch
from service_tasks import dates
from service_tasks.batches import PeriodUnknown

NUMBER = {"msisdn": "13900000001", "bill": {"items": [{"kind": "function_fee", "text": "彩铃", "amount": 5000}]}}
ASKED: dict[str, Any] = {"msisdn": "13900000001", "amount": 1200, "item": "function_fee"}


def test_an_item_is_collected_once_and_moves_nothing_yet(desk: Any) -> None:
    """Entering is not crediting: money moves with the run."""
    desk.given(NUMBER)
    answer = desk.twice("secondary_pricing/enter", **ASKED)
    assert answer["period"] == "2026-11"
    assert desk.moved() == {}


def test_an_item_fills_its_row_of_the_summary_sheet(desk: Any) -> None:
    """TS-003.4: marketing works from the sheet, so the sheet says who, what, how much and which case."""
    desk.given(NUMBER)
    form = desk.run("secondary_pricing/enter", **ASKED)["form"]
    assert form["sheet"] == "secondary_pricing"
    assert (form["msisdn"], form["item"], form["amount"], form["amount_yuan"]) == (
        "13900000001",
        "function_fee",
        1200,
        "12.00",
    )
    assert (form["case_number"], form["entered_on"], form["entered_by"]) == ("AJ-2026-000001", "2026-11-23", "cleo")


def test_a_month_is_handed_in_once(desk: Any) -> None:
    """The instance that closed the batch gets its answer again; another one is refused."""
    desk.given(NUMBER)
    desk.run("secondary_pricing/enter", call_key="7:1", **ASKED)
    desk.run("secondary_pricing/enter", call_key="7:2", **{**ASKED, "amount": 300})
    closed = desk.twice("secondary_pricing/close_batch", call_key="9:1", instance=9, period="2026-11")
    assert closed == {"count": 2, "total": 1500}
    assert (
        desk.refused("secondary_pricing/close_batch", call_key="10:1", instance=10, period="2026-11") == "batch_closed"
    )
    batch = session().scalars(select(Batch)).one()
    assert (batch.state, batch.closed_by, batch.count, batch.total) == ("closed", "cleo", 2, 1500)


def test_what_comes_after_the_hand_in_goes_into_the_next_month(desk: Any) -> None:
    """A case in a closed month would wait for a release that never comes."""
    desk.given(NUMBER)
    desk.run("secondary_pricing/close_batch", call_key="9:1", instance=9, period="2026-11")
    assert desk.run("secondary_pricing/enter", **ASKED)["period"] == "2026-12"


def test_the_run_credits_the_bill_once(desk: Any) -> None:
    """However often the step is made, the customer gets the correction once."""
    desk.given(NUMBER)
    item = desk.run("secondary_pricing/enter", call_key="7:1", **ASKED)["item_id"]
    assert desk.run("secondary_pricing/check", item_id=item) == {"applied": False, "on_bill": False}
    answer = desk.twice("secondary_pricing/apply", call_key="7:2", item_id=item)
    assert answer == {"applied": True, "outcome": "applied", "month": "2026-11", "amount": 1200}
    assert desk.run("secondary_pricing/check", item_id=item) == {"applied": True, "on_bill": False}
    assert desk.moved()["13900000001.receivable"] == -1200


def test_an_omission_shows_in_the_check_and_is_made_good(desk: Any) -> None:
    """TS-003.8: what the run left out is found and credited by the next one."""
    desk.given({**NUMBER, "omitted_by_next_run": True})
    item = desk.run("secondary_pricing/enter", call_key="7:1", **ASKED)["item_id"]
    assert desk.twice("secondary_pricing/apply", call_key="7:2", item_id=item)["applied"] is False
    assert desk.run("secondary_pricing/check", item_id=item) == {"applied": False, "on_bill": False}
    assert desk.moved() == {}
    assert desk.run("secondary_pricing/apply", call_key="7:3", item_id=item)["applied"] is True
    assert desk.moved()["13900000001.receivable"] == -1200


def test_months_are_shanghai_months_and_december_ends_the_year(at: datetime) -> None:
    """On the last evening of a month the office in Shanghai is a day ahead of UTC's calendar."""
    assert dates.month_of(at + timedelta(days=7, hours=16)) == "2026-12"
    assert dates.month_after("2026-12") == "2027-01"
    assert dates.month_after("2026-11") == "2026-12"


def test_the_file_says_who_is_credited_who_is_left_out_and_who_gets_no_bill(desk: Any) -> None:
    """One wrong row and nothing is taken over; then each item goes its own way."""
    numbers = [{**NUMBER, "msisdn": f"1390000000{end}"} for end in (1, 2, 3)]
    desk.given(*numbers)
    items = [
        desk.run("secondary_pricing/enter", call_key=f"7:{n}", **{**ASKED, "msisdn": number["msisdn"]})["item_id"]
        for n, number in enumerate(numbers)
    ]
    parameters = {"period": "2026-11", "call_key": "9:1"}
    rows = [f"{item},,,,,,12.00," for item in items]
    assert desk.refused("secondary_pricing/take_back", file=rows[0] + "\n9" + rows[1], **parameters) == "file_wrong"
    answer = desk.twice("secondary_pricing/take_back", file=rows[0] + "\n" + rows[2] + "无帐单", **parameters)
    assert answer == {"priced": 1, "omitted": 1, "no_bill": 1}
    outcomes = [
        desk.run("secondary_pricing/apply", call_key=f"8:{item}", item_id=item, hands_back=True)["outcome"]
        for item in items
    ]
    assert outcomes == ["applied", "omitted", "no_bill"]
    assert [name for name in desk.moved() if name.endswith("receivable")] == ["13900000001.receivable"]


def test_what_gets_no_further_bill_frees_its_lines(desk: Any) -> None:
    """The same case repays the lines in another way; they are not in reserve for a run that never comes."""
    desk.given({**NUMBER, "state": "cancelled"})
    lines = [{"line": "bill-item:2026-10:1", "amount": 5000}]
    parameters = {**ASKED, "amount": 5000, "lines": lines}
    item = desk.run("secondary_pricing/enter", call_key="7:1", **parameters)["item_id"]
    answer = desk.run("secondary_pricing/apply", call_key="7:2", item_id=item, hands_back=True)
    assert (answer["applied"], answer["outcome"]) == (False, "no_bill")
    reserved = desk.run("lines/reserve", call_key="7:3", msisdn="13900000001", lines=lines, kind="charge")
    assert reserved["amount"] == 5000
    assert desk.moved() == {}


def test_a_typed_amount_is_within_what_the_bills_still_hold(desk: Any) -> None:
    """Two cases that name no lines do not get the same bill twice."""
    desk.given(NUMBER)
    desk.run("secondary_pricing/enter", call_key="7:1", **{**ASKED, "amount": 3000})
    assert desk.refused("secondary_pricing/enter", call_key="8:1", **{**ASKED, "amount": 2001}) == "exceeds_charged"
    desk.run("secondary_pricing/enter", call_key="8:2", **{**ASKED, "amount": 2000})


def test_the_check_reads_the_bill_that_came_after(desk: Any, at: datetime) -> None:
    """What was entered here proves nothing once a bill is there: it has to show the credit."""
    later = {"period": "2026-11", "issued_at": at + timedelta(days=8), "items": [{"kind": "call", "amount": 900}]}
    shows = {**later, "period": "2026-12", "issued_at": at + timedelta(days=38)}
    shows = {**shows, "items": [{"kind": "function_fee", "amount": -1200}, {"kind": "call", "amount": 2000}]}
    desk.given({"msisdn": "13900000001", "bills": [{"period": "2026-10", **NUMBER["bill"]}, later, shows]})
    item = desk.run("secondary_pricing/enter", call_key="7:1", **ASKED)["item_id"]
    desk.run("secondary_pricing/apply", call_key="7:2", item_id=item)
    answers = [desk.run("secondary_pricing/check", item_id=item, at=at + timedelta(days=days)) for days in (1, 9, 39)]
    assert [(answer["applied"], answer["on_bill"]) for answer in answers] == [
        (True, False),
        (False, True),
        (True, True),
    ]


def test_a_promise_goes_into_the_run_that_collects_now(desk: Any) -> None:
    """It keeps its case, and comes once, whoever asks for it."""
    desk.given({**NUMBER, "promised": [{"case_number": "AJ-2025-000009", "period": "2026-09", "amount": 700}]})
    parameters = {"msisdn": "13900000001", "lines": [{"line": "promised-credit:1", "amount": 700}]}
    answer = desk.twice("secondary_pricing/promise", **parameters)
    assert (answer["period"], answer["case"], answer["amount"]) == ("2026-11", "AJ-2025-000009", 700)
    desk.run("secondary_pricing/apply", call_key="7:2", item_id=1)
    desk.run("secondary_pricing/apply", call_key="9:2", item_id=1)
    assert desk.moved()["13900000001.receivable"] == -700
    assert desk.refused("secondary_pricing/promise", call_key="7:4", **parameters) == "line_unknown"


def test_a_promised_credit_is_not_paid_in_another_way(desk: Any) -> None:
    """It would come once more with its run, and what it is for is reserved in its case."""
    desk.given({**NUMBER, "promised": [{"case_number": "AJ-2025-000009", "period": "2026-09", "amount": 700}]})
    lines = [{"line": "promised-credit:1", "amount": 700}]
    parameters = {"msisdn": "13900000001", "lines": lines, "kind": "charge"}
    assert desk.refused("lines/reserve", **parameters) == "line_promised"
    credit = {"msisdn": "13900000001", "amount": 700, "disputed_amount": 700, "kind": "charge", "lines": lines}
    assert desk.refused("refunds/credit", **credit) == "exceeds_disputed"


def test_a_case_of_an_earlier_version_is_credited_as_before(desk: Any) -> None:
    """Its diagram knows no number without a bill: what it applies is applied."""
    desk.given({**NUMBER, "state": "cancelled"})
    item = desk.run("secondary_pricing/enter", call_key="7:1", **ASKED)["item_id"]
    assert desk.run("secondary_pricing/apply", call_key="7:2", item_id=item)["applied"] is True


def test_a_reward_is_never_above_the_highest_grade(desk: Any) -> None:
    """Thirty thousand on a bill of fifty is impossible for anybody, whatever a table says and whoever approved it."""
    desk.given(NUMBER)
    parameters = {**ASKED, "item": "complaint_reward"}
    assert desk.refused("secondary_pricing/enter", **{**parameters, "amount": 3000000}) == "exceeds_charged"
    assert desk.refused("secondary_pricing/enter", **{**parameters, "amount": 10001}) == "exceeds_charged"
    assert desk.run("secondary_pricing/enter", **{**parameters, "amount": 10000})["amount"] == 10000


@pytest.mark.parametrize(
    ("day", "item", "period"),
    [
        (20, "complaint_reward", "2026-03"),
        (21, "complaint_reward", "2026-04"),
        (21, "function_fee", "2026-03"),
    ],
)
def test_a_reward_audited_after_the_20th_is_on_the_next_list(desk: Any, day: int, item: str, period: str) -> None:
    """Audited on 21 March: April's run; what is no reward goes into March's still."""
    desk.given(NUMBER)
    at = datetime(2026, 3, day, 2, tzinfo=UTC)
    assert desk.run("secondary_pricing/enter", at=at, **{**ASKED, "item": item})["period"] == period


def test_a_batch_hands_in_its_own_month_and_no_other(desk: Any) -> None:
    """A month typed wrong closed another month's batch, and the own items waited for a run that never came."""
    desk.given(NUMBER)
    desk.run("secondary_pricing/enter", call_key="7:1", **ASKED)
    parameters: dict[str, Any] = {"call_key": "9:1", "instance": 9, "case": "PC-2026-11"}
    with pytest.raises(PeriodUnknown):
        desk.run("secondary_pricing/close_batch", period="2026-10", **parameters)
    release = {"message": "secondary_pricing_released", "key": "2026-10", "batch": "secondary_pricing"}
    with pytest.raises(PeriodUnknown):
        desk.run("batches/release", **release, **parameters)
    assert desk.run("secondary_pricing/close_batch", period="2026-11", **parameters) == {"count": 1, "total": 1200}


def test_what_a_month_left_goes_with_the_next_run(desk: Any, at: datetime) -> None:
    """A month whose run never came, or was given up, leaves nothing waiting: the next run is given its items too."""
    desk.given(NUMBER)
    item = desk.run("secondary_pricing/enter", call_key="7:1", **ASKED)["item_id"]
    later: dict[str, Any] = {"at": at + timedelta(days=35), "case": "PC-2026-12", "instance": 12}
    closed = desk.twice("secondary_pricing/close_batch", call_key="12:1", period="2026-12", **later)
    assert closed == {"count": 1, "total": 1200}
    file = f"{item},,,,,,12.00,"
    answer = desk.run("secondary_pricing/take_back", call_key="12:2", period="2026-12", file=file, **later)
    assert answer == {"priced": 1, "omitted": 0, "no_bill": 0}


def test_a_month_that_was_handed_in_keeps_its_items(desk: Any, at: datetime) -> None:
    """What marketing has in hand is not given to it once more by the next run."""
    desk.given(NUMBER)
    desk.run("secondary_pricing/enter", call_key="7:1", **ASKED)
    desk.run("secondary_pricing/close_batch", call_key="9:1", instance=9, period="2026-11", case="PC-2026-11")
    later: dict[str, Any] = {"at": at + timedelta(days=35), "case": "PC-2026-12", "instance": 12}
    closed = desk.run("secondary_pricing/close_batch", call_key="12:1", period="2026-12", **later)
    assert closed == {"count": 0, "total": 0}
