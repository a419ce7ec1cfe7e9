"""The office's sheets."""

from datetime import date
from typing import Any

from service_tasks.refunds.sheets import Repayment, repayment_sheet, waiver_sheet


def repayment(**changed: Any) -> Repayment:
    """A cash refund of a charge, with what differs."""
    usual = {
        "case_number": "AJ-1",
        "msisdn": "13900000001",
        "customer": "甲某某",
        "id_number": "440400",
        "kind": "charge",
        "method": "cash",
        "amount": 1250,
        "disputed_amount": 5000,
        "period": "2026-10",
        "receipt_number": "SJ-1",
        "target": None,
        "filled_on": date(2026, 11, 23),
        "clerk": "cleo",
    }
    return Repayment(**{**usual, **changed})


def test_the_repayment_sheet_has_every_box() -> None:
    """Accounting sends a sheet back when a box is missing; words and figures say the same."""
    sheet = repayment_sheet(repayment())
    assert sheet["title"] == "珠海移动公司退、减、免话费处理表"
    assert (sheet["amount"], sheet["amount_yuan"], sheet["amount_words"]) == (1250, "12.50", "壹拾贰元伍角整")
    assert (sheet["kind_name"], sheet["method_name"], sheet["receipt_number"]) == ("话费", "退现", "SJ-1")
    assert (sheet["customer"], sheet["msisdn"], sheet["period"]) == ("甲某某", "13900000001", "2026-10")
    assert sheet["signatures"] == {"customer": "", "clerk": "", "supervisor": "", "accounting": ""}


def test_the_waiver_sheet_is_another_sheet() -> None:
    """TS-008.5 asks for a sheet of its own for late fees."""
    sheet = waiver_sheet(repayment(kind="late_fee", method="waiver", receipt_number=None))
    assert (sheet["title"], sheet["kind_name"], sheet["method_name"]) == ("滞纳金减免表", "滞纳金", "减免")
