"""What stands on the office's sheets, 《珠海移动公司退、减、免话费处理表》 and 《滞纳金减免表》, in codes; nothing is stored, paid or worded here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from service_tasks import amounts

REPAYMENT, WAIVER = "refund_form", "late_fee_waiver"  # as the papers are called that are printed of them
SIGNATURES = ("customer", "clerk", "supervisor", "accounting")


@dataclass(frozen=True, kw_only=True)
class Repayment:
    """What is given back, and to whom. `amount` and `disputed_amount` in fen; `period` is the last bill's."""

    case_number: str
    msisdn: str
    customer: str
    id_number: str
    kind: str
    method: str
    amount: int
    disputed_amount: int | None
    period: str | None
    receipt_number: str | None
    target: str | None
    new_serial: str | None = None
    filled_on: date
    clerk: str


def repayment_sheet(repayment: Repayment) -> dict[str, Any]:
    """Return the sheet of a refund, reduction or waiver of charges; sheets of earlier versions hold their title and the names of codes as well.

    Shape:  one entry per box of the sheet; `signatures` are empty boxes to be signed on paper; the number is added when it is given out.
    Units:  `amount` and `disputed_amount` in fen, beside the first what is written on the sheet in figures.
    Source: TS-002.5, TS-002.11, TS-006.4, TS-008.5.
    """
    return {"sheet": REPAYMENT, **_body(repayment)}


def waiver_sheet(repayment: Repayment) -> dict[str, Any]:
    """Return the sheet of a late fee given up; boxes as in `repayment_sheet`. Source: TS-008.5."""
    return {"sheet": WAIVER, **_body(repayment)}


def _body(repayment: Repayment) -> dict[str, Any]:
    return {
        "case_number": repayment.case_number,
        "msisdn": repayment.msisdn,
        "customer": repayment.customer,
        "id_number": repayment.id_number,
        "kind": repayment.kind,
        "method": repayment.method,
        "period": repayment.period,
        "receipt_number": repayment.receipt_number,
        "target": repayment.target,
        **({"new_serial": repayment.new_serial} if repayment.new_serial else {}),
        "disputed_amount": repayment.disputed_amount,
        "amount": repayment.amount,
        "amount_yuan": amounts.yuan(repayment.amount),
        "filled_on": repayment.filled_on.isoformat(),
        "clerk": repayment.clerk,
        "signatures": dict.fromkeys(SIGNATURES, ""),
    }
