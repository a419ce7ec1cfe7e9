"""An approving step that pays to another holder says who that is."""

from __future__ import annotations

from flask import Flask

from tests.furnishing import JUDGED, LINE, begin, complete, open_tasks
from tests.visitors import Visitor

OTHER, HOLDER = "13900000202", "虚构客户0202"
LOST = {"disputed_lines": LINE, "right_delivered": "no", "refund_kind": "charge", "receipt_held": "no"}
TARGET = {"target_given": "yes", "target_msisdn": OTHER, "transfer_amount": "88.00"}


def to_approve(number: str) -> int:
    """The step at which a supervisor approves that money of a number goes to another one."""
    case = begin(number)
    for form in (JUDGED, {**LOST, "repayment_method": "cash"}, {"proposal_answer": "accepts"}, TARGET):
        complete(open_tasks(case)[0], form)
    return open_tasks(case)[0]


def test_the_holder_to_whom_it_is_paid_is_named(desk: Flask) -> None:
    """Number and name of the other holder stand beside the approval; whoever may only read it sees the number masked."""
    with desk.app_context():
        task = to_approve("13900000201")
    sam = Visitor(desk, "sam")
    text = sam.get(f"/tasks/{task}").text
    assert OTHER in text
    assert HOLDER in text
    sam.post(f"/tasks/{task}/claim")
    read_only = Visitor(desk, "sue").get(f"/tasks/{task}").text
    assert HOLDER in read_only
    assert OTHER not in read_only
    assert "139****0202" in read_only
