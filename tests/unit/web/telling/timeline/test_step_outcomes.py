"""A step that sent the case back or refused is told as that, on the page of the case, in its replay and in what is taken away."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask

import engine
from engine import cases, proof
from office import exports, verification
from office.exports import checking, event_log, histories
from tests.support.actors import SAM
from tests.support.furnishing import CASH, JUDGED, begin, complete, instance_of, open_tasks
from tests.support.visitors import Visitor

MSISDN, OTHER = "13900000201", "13900000203"
TO_OTHER = {**CASH, "receipt_held": "no", "repayment_method": "other_number"}
CREDIT = {"credit_amount": "88.00", "form_reason": "错办", "form_faxed": "true"}
TARGET = {"target_given": "yes", "target_msisdn": OTHER, "transfer_amount": "88.00"}


def refused_case() -> str:
    """A case in which the supervisor did not approve, with the reason."""
    case = begin(MSISDN)
    for form in (JUDGED, TO_OTHER, TARGET):
        complete(open_tasks(case)[0], form)
    no = {"amount_approved": "no", "authority_opinion": "票据与帐单不符"}
    cases.complete(open_tasks(case)[0], form=no, by=SAM, at=engine.now())
    return case


@pytest.mark.parametrize(("language", "said"), [("zh", "未批准："), ("en", "Not approved: ")])
def test_a_no_is_not_told_as_done(desk: Flask, language: str, said: str) -> None:
    """Neither on the page of the case nor step by step in the replay."""
    with desk.app_context():
        case = refused_case()
    sam = Visitor(desk, "sam", language)
    for place in (f"/cases/{case}", f"/cases/{case}/replay"):
        assert said in sam.get(place).text, place


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "办完：询问转入号码（"), ("en", "Done: Ask for the number to move to (")]
)
def test_a_step_names_the_answer_by_which_the_case_went_on(desk: Flask, language: str, said: str) -> None:
    """Done says little where the step was a choice of the way."""
    with desk.app_context():
        case = refused_case()
    page = Visitor(desk, "sam", language).get(f"/cases/{case}")
    assert said in page.text


def test_exports_say_it_and_earlier_ones_are_still_ours(desk: Flask) -> None:
    """In the event log as an attribute, in the table in the column of results; a file of an earlier version, which did not, is checked as that."""
    with desk.app_context():
        case = refused_case()
        verdict = verification.verify(instance_of(case))
        assert event_log.trace(verdict, personal=False).count('key="outcome" value="refused"') == 1
        rows = list(csv.DictReader(io.StringIO("".join(histories.csv_lines(verdict, personal=False)).lstrip("\ufeff"))))
        assert [row["result"] for row in rows if row["type"] == "user_task_completed"][-1] == "refused"
        for outcomes in (True, False):
            content = "".join(histories.csv_lines(verdict, personal=False, outcomes=outcomes))
            (finding,) = checking.check(content)
            assert (finding.wrong, finding.earlier) == ((), not outcomes)
        log = "".join(exports.xes(exports.Wanted()))
        (finding,) = checking.check(log)
        assert (finding.wrong, finding.earlier) == ((), False)
        assert proof.history_of(instance_of(case)).entries


def test_an_approval_names_the_number_only_where_it_is_another(desk: Flask) -> None:
    """A credit on the customer's own bill is paid to nobody; money that goes elsewhere is told with where."""
    with desk.app_context():
        to_other, own = begin(MSISDN), begin("13900000202")
        for form in (JUDGED, TO_OTHER, TARGET):
            complete(open_tasks(to_other)[0], form)
        yes = {"amount_approved": "yes", "authority_opinion": "属实"}
        cases.complete(open_tasks(to_other)[0], form=yes, by=SAM, at=engine.now())
        for form in (JUDGED, {**CASH, "receipt_held": "no", "repayment_method": "transfer"}, CREDIT):
            complete(open_tasks(own)[0], form)
        cases.complete(open_tasks(own)[0], form=yes, by=SAM, at=engine.now())
    sam = Visitor(desk, "sam", "en")
    assert "Paid to" in sam.get(f"/cases/{to_other}").text
    assert "Paid to" not in sam.get(f"/cases/{own}").text
