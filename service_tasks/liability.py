"""Who bears an error, how large it is and what of it comes back (CH2.8 to CH2.10); pure rules, nothing is written here."""

from __future__ import annotations

from typing import Any, NamedTuple

from marshmallow import Schema

from engine.runtime import Call, handler
from service_tasks import schemas

ORDER_ERRORS = ("wrong_order", "unrequested_order", "missed_order")
STAFF_CAUSES = ("staff", "keying_error", *ORDER_ERRORS)
UNIT_KINDS = ("own", "franchised", "agency")
MISSED = ("discount", "paid_service")


class Liability(NamedTuple):
    """Towards the customer the company always answers; `bearer` is who bears the amount inside.

    Units: fen. `refundable` is what the customer gets back at most, `borne` what the bearer owes; nothing is collected from the customer
           afterwards, whatever was charged too little.
    """

    error_amount: int
    direction: str
    bearer: str
    bearer_name: str | None
    refundable: int
    borne: int


class AssessParameters(schemas.Parameters):
    """What liability/assess takes."""

    right_charge = schemas.fen("正确应收", "Right charge", least=0, required=True)
    charged = schemas.fen("实际已收", "Charged", least=0, required=True)
    cause = schemas.text("原因", "Cause", required=True)
    error_kind = schemas.text("差错类型", "Kind of error", load_default=None, allow_none=True)
    unit_kind = schemas.choice("责任单位类别", "Kind of unit", UNIT_KINDS, load_default="own")
    person = schemas.text("责任人或单位", "Person or unit at fault", personal=True, load_default=None, allow_none=True)
    right_delivered = schemas.flag("正确业务已提供或补办", "Right service given or put in force", load_default=True)


class AssessResult(Schema):
    """What liability/assess returns."""

    error_amount = schemas.fen("差错金额", "Error amount")
    direction = schemas.text("多收或少收", "Too much or too little")
    bearer = schemas.text("承担方", "Who bears it")
    bearer_name = schemas.text("承担人或单位", "Name of who bears it", personal=True)
    refundable = schemas.fen("可退金额", "To be paid back at most")
    borne = schemas.fen("承担金额", "Amount borne")


def assess(
    *,
    right_charge: int,
    charged: int,
    cause: str,
    error_kind: str | None,
    unit_kind: str,
    person: str | None,
    right_delivered: bool = True,
) -> Liability:
    """Return the error amount, what of it the customer gets back, and who bears it.

    Shape:  `cause` as the diagrams have it: a staff cause (STAFF_CAUSES, or "operator" with an order error) is borne by the person in an
            own hall, by the agency in a franchised hall or agency; every other cause (system, technology, equipment …) by the company.
            The right charge of a wrong order counts only if the right service was given, or is put in force for that time
            (`right_delivered`); an unrequested order has none.
    Units:  fen; positive is what the customer paid too little, negative what was paid too much.
    Source: CH2.8, CH2.9, CH2.10, reading.
    """
    due = _owed(right_charge, error_kind, right_delivered=right_delivered)
    amount = due - charged
    by_staff = cause in STAFF_CAUSES or (cause == "operator" and error_kind in ORDER_ERRORS)
    bearer = "company" if not by_staff else "person" if unit_kind == "own" else "agency"
    return Liability(
        amount, _direction(amount), bearer, person if by_staff else None, refundable=max(0, -amount), borne=abs(amount)
    )


def _owed(right_charge: int, error_kind: str | None, *, right_delivered: bool) -> int:
    without = error_kind == "unrequested_order" or (error_kind == "wrong_order" and not right_delivered)
    return 0 if without else right_charge


def _direction(amount: int) -> str:
    if amount == 0:
        return "none"
    return "too_little" if amount > 0 else "too_much"


@handler(
    "liability/assess",
    parameters=AssessParameters,
    result=AssessResult,
    manual_ref="CH2.8, CH2.9, CH2.10, TS-002.12",
    title_zh="差错金额与责任承担",
    title_en="Error amount and liability",
)
def assess_liability(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Say who bears the error."""
    return assess(**parameters)._asdict()


class BoundParameters(schemas.Parameters):
    """What liability/bound takes."""

    charged = schemas.fen("争议项目合计", "Disputed in all", least=0, load_default=0)
    finding = schemas.text("查明的情况", "What was found", load_default=None, allow_none=True)
    error_kind = schemas.text("差错类型", "Kind of error", load_default=None, allow_none=True)
    right_charge = schemas.fen("正确应收", "Right charge", least=0, load_default=0)
    right_delivered = schemas.flag("正确业务已提供或补办", "Right service given or put in force", load_default=False)
    missed = schemas.choice("漏办的是", "What was missed", MISSED, load_default=None, allow_none=True)
    approved_most = schemas.fen("批准金额", "Amount approved", least=0, load_default=None, allow_none=True)
    debt = schemas.fen("其中未缴", "Of it still owed", least=0, load_default=0, allow_none=True)
    standing = schemas.fen("现有预付金", "Prepayment that stands", least=0, load_default=None, allow_none=True)


class BoundResult(Schema):
    """What liability/bound returns."""

    refundable = schemas.fen("可退金额", "To be paid back at most")
    falls = schemas.fen("其中冲减未缴", "Of it taken off what is owed")
    cash = schemas.fen("其中可退现金", "Of it cash at most")
    error_amount = schemas.fen("差错金额", "Error amount")
    borne = schemas.fen("未收差额", "Missing, not collected")
    spent = schemas.fen("其中已不在预付金", "Of it no more in the prepayment")
    right = schemas.fen("其中正确应收", "Of it rightly charged")


def bound(
    *,
    charged: int,
    finding: str | None,
    error_kind: str | None,
    right_charge: int,
    right_delivered: bool,
    missed: str | None,
    approved_most: int | None,
    debt: int | None = 0,
    standing: int | None = None,
) -> dict[str, int]:
    """Return what may come back of the lines in dispute, before any money moves.

    Units:  fen. `borne` is what was charged too little: never collected from the customer, it is whoever is liable's.
    Shape:  only an error of staff is measured; otherwise all that was picked comes back, as far as it was approved. What is still owed of it, the `debt`, falls
            first, only the rest is cash. Of a prepayment no more than what is `standing`; what of it is `spent` does not come back.
    Source: CH2.9; READINGS, "error amount".
    """
    if finding == "staff" and error_kind in ORDER_ERRORS:
        payment = 0 if missed == "paid_service" and error_kind == "missed_order" else charged
        amount = _owed(right_charge, error_kind, right_delivered=right_delivered) - payment
    else:
        amount = -charged
    most = charged if approved_most is None else approved_most
    claim = min(most, max(0, -amount))
    refundable = claim if standing is None else min(claim, standing)
    falls = min(refundable, debt or 0)
    shares = {"refundable": refundable, "falls": falls, "cash": refundable - falls}
    shares |= {"spent": claim - refundable, "right": min(charged, charged + amount) if amount < 0 else 0}
    return {**shares, "error_amount": amount, "borne": max(0, amount)}


@handler(
    "liability/bound",
    parameters=BoundParameters,
    result=BoundResult,
    manual_ref="CH2.8, CH2.9, TS-002.2",
    title_zh="核定可退金额",
    title_en="What may be paid back",
)
def bound_refund(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Say how much of the disputed lines comes back, before money moves."""
    return bound(**parameters)
