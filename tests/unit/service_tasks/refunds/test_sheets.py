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
    """Accounting sends a sheet back when a box is missing; what is in words is worded on the paper."""
    sheet = repayment_sheet(repayment())
    assert sheet["sheet"] == "refund_form"
    assert (sheet["amount"], sheet["amount_yuan"]) == (1250, "12.50")
    assert (sheet["kind"], sheet["method"], sheet["receipt_number"]) == ("charge", "cash", "SJ-1")
    assert (sheet["customer"], sheet["msisdn"], sheet["period"]) == ("甲某某", "13900000001", "2026-10")
    assert sheet["signatures"] == {"customer": "", "clerk": "", "supervisor": "", "accounting": ""}


def test_the_waiver_sheet_is_another_sheet() -> None:
    """TS-008.5 asks for a sheet of its own for late fees."""
    sheet = waiver_sheet(repayment(kind="late_fee", method="waiver", receipt_number=None))
    assert (sheet["sheet"], sheet["kind"], sheet["method"]) == ("late_fee_waiver", "late_fee", "waiver")
