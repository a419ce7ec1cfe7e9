"""Secondary pricing: collected, handed in once, credited, checked."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from models.base import session
from models.batch import Batch
from service_tasks import dates

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
    assert form["title"] == "二次批价汇总表"
    assert (form["msisdn"], form["item_name"], form["amount"], form["amount_yuan"]) == (
        "13900000001",
        "功能费",
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
