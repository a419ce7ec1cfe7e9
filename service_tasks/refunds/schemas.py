"""What the refund topics take and return."""

from __future__ import annotations

from marshmallow import Schema, validate

from service_tasks import lines as disputed
from service_tasks import schemas


class CashParameters(schemas.Parameters):
    """What refunds/cash takes."""

    msisdn = schemas.msisdn(required=True)
    amount = schemas.fen("退现金额", "Amount", least=1, required=True)
    disputed_amount = schemas.fen("争议金额", "Disputed amount", least=0, load_default=None, allow_none=True)
    receipt_number = schemas.text("原始票据号", "Original receipt", required=True)
    kind = schemas.choice("款项", "Kind of payment", ("charge", "late_fee", "prepayment"), required=True)
    lines = disputed.picked()
    approval = schemas.approval()


class CreditParameters(schemas.Parameters):
    """What refunds/credit takes."""

    msisdn = schemas.msisdn(required=True)
    amount = schemas.fen("冲减金额", "Amount", least=1, required=True)
    disputed_amount = schemas.fen("争议金额", "Disputed amount", least=0, load_default=None, allow_none=True)
    kind = schemas.choice("款项", "Kind of payment", ("charge", "late_fee"), required=True)
    lines = disputed.picked()
    approval = schemas.approval()


class OtherNumberParameters(CreditParameters):
    """What refunds/other_number takes; without lines there is nothing that it could give back."""

    target = schemas.msisdn("转入号码", "Number to credit", required=True)


class WaiverParameters(schemas.Parameters):
    """What refunds/late_fee_waiver takes."""

    msisdn = schemas.msisdn(required=True)
    amount = schemas.fen("减免金额", "Amount", least=1, required=True)
    approval = schemas.approval()
    fault = schemas.fault()


class DepositParameters(schemas.Parameters):
    """What refunds/deposit takes."""

    msisdn = schemas.msisdn(required=True)
    receipt_number = schemas.text("存款票据号", "Receipt of the deposit", required=True)
    identity_checked = schemas.flag("已核对证件", "Identity checked", required=True, validate=validate.Equal(True))
    approval = schemas.approval()


class CancelledPrepaymentParameters(schemas.Parameters):
    """What refunds/cancelled_prepayment takes."""

    msisdn = schemas.msisdn("销号号码", "Cancelled number", required=True)
    method = schemas.choice("支取方式", "Way of repayment", ("cash", "transfer"), required=True)
    target = schemas.msisdn("转入号码", "Number to pay into", load_default=None, allow_none=True)
    approval = schemas.approval()


class RefundResult(Schema):
    """A refund: its number, fen, and the sheet."""

    refund_number = schemas.text("退款单号", "Refund number")
    amount = schemas.fen("退款金额", "Amount")
    form = schemas.mapping("退、减、免话费处理表", "Sheet", personal=True)


class CashResult(RefundResult):
    """The same with what fell beside the cash, of the bill that was still owed and of its late fee; `source` is the account lines were paid from."""

    fallen = schemas.fen("冲减未缴话费", "Taken off what was owed")
    late_fee = schemas.fen("随同减免滞纳金", "Late fee that fell with it")
    source = schemas.text("款项来源", "Paid from")


class CreditResult(Schema):
    """A credit note: its number, fen, and the sheet; `into` is the account that the rest went to once nothing more was owed."""

    credit_note = schemas.text("冲减单号", "Credit note")
    amount = schemas.fen("冲减金额", "Amount")
    fallen = schemas.fen("冲减未缴话费", "Taken off what was owed")
    late_fee = schemas.fen("随同减免滞纳金", "Late fee that fell with it")
    into = schemas.text("余额去向", "Where the rest went")
    form = schemas.mapping("退、减、免话费处理表", "Sheet", personal=True)


class WaiverResult(Schema):
    """A late-fee waiver: its number, fen, and the sheet."""

    waiver_number = schemas.text("减免单号", "Waiver number")
    amount = schemas.fen("减免金额", "Amount")
    form = schemas.mapping("滞纳金减免表", "Sheet", personal=True)
