"""What the refund topics take and return."""

from __future__ import annotations

from marshmallow import Schema, validate

from service_tasks import lines as disputed
from service_tasks import schemas
from service_tasks.exchanged import ExchangedResult


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
    fault = schemas.fault()


class WaiverParameters(schemas.Parameters):
    """What refunds/late_fee_waiver takes; `caused`, where it is given, are the late fees that may be given up, no others and no more of them."""

    msisdn = schemas.msisdn(required=True)
    amount = schemas.fen("减免金额", "Amount", least=1, required=True)
    lines = disputed.picked()
    caused = schemas.rows("因此产生的滞纳金项目", "Late fees caused", disputed.Part, load_default=None, allow_none=True)
    approval = schemas.approval()
    fault = schemas.fault()


class ReserveDepositParameters(schemas.Parameters):
    """What refunds/reserve_deposit takes."""

    msisdn = schemas.msisdn(required=True)
    receipt_number = schemas.text("存款票据号", "Receipt of the deposit", required=True)
    again = schemas.flag("重新退存款", "To be paid again", load_default=False)


class ReserveDepositResult(Schema):
    """What refunds/reserve_deposit returns."""

    amount = schemas.fen("可退存款", "Deposit to be paid back")


class DepositParameters(schemas.Parameters):
    """What refunds/deposit takes."""

    msisdn = schemas.msisdn(required=True)
    receipt_number = schemas.text("存款票据号", "Receipt of the deposit", required=True)
    identity_checked = schemas.flag("已核对证件", "Identity checked", required=True, validate=validate.Equal(True))
    approval = schemas.approval()


class CancelledPrepaymentParameters(schemas.Parameters):
    """What refunds/cancelled_prepayment takes; where nothing says whether the holder was identified, the whole balance is asked for."""

    msisdn = schemas.msisdn("销号号码", "Cancelled number", required=True)
    method = schemas.choice("支取方式", "Way of repayment", ("cash", "transfer", "new_card"), required=True)
    target = schemas.msisdn("转入号码", "Number to pay into", load_default=None, allow_none=True)
    serial = schemas.text("收回的缴费卡", "Card taken back", load_default=None, allow_none=True)
    card_held = schemas.flag("出示了缴费卡", "The card was shown", load_default=False)
    holder_identified = schemas.flag("机主身份相符", "The holder was identified", load_default=None, allow_none=True)
    new_serial = schemas.text("新卡序列号", "Serial number of the new card", load_default=None, allow_none=True)
    lines = disputed.picked(load_default=None, allow_none=True)
    approval = schemas.approval()


class RefundResult(Schema):
    """A refund: its number, fen, and the sheet."""

    refund_number = schemas.text("退款单号", "Refund number")
    amount = schemas.fen("退款金额", "Amount")
    form = schemas.mapping("退、减、免话费处理表", "Sheet", personal=True)


class WithdrawalResult(RefundResult):
    """The same with what arrears had swallowed of the card and is owed again, and the new card that was issued."""

    reopened = schemas.fen("恢复的欠费", "Arrears owed again")
    reopened_late_fee = schemas.fen("恢复的滞纳金", "Late fee owed again")
    new_serial = schemas.text("新卡序列号", "Serial number of the new card")


class CashResult(RefundResult, ExchangedResult):
    """The same with what came of the receipt and what fell beside the cash, of the bill that was still owed and of its late fee; `source` is the account lines were paid from."""

    fallen = schemas.fen("冲减未缴话费", "Taken off what was owed")
    late_fee = schemas.fen("随同减免滞纳金", "Late fee that fell with it")
    source = schemas.text("款项来源", "Paid from")


class DepositResult(RefundResult, ExchangedResult):
    """The same with what came of the receipt."""


class CreditResult(Schema):
    """A credit note: its number, fen, and the sheet; `into` is the account that the rest went to once nothing more was owed."""

    credit_note = schemas.text("冲减单号", "Credit note")
    amount = schemas.fen("冲减金额", "Amount")
    fallen = schemas.fen("冲减未缴话费", "Taken off what was owed")
    late_fee = schemas.fen("随同减免滞纳金", "Late fee that fell with it")
    into = schemas.text("余额去向", "Where the rest went")
    form = schemas.mapping("退、减、免话费处理表", "Sheet", personal=True)


class WaiverResult(Schema):
    """A late-fee waiver: its number, fen, of it `credited` what had been paid, and the sheet."""

    waiver_number = schemas.text("减免单号", "Waiver number")
    amount = schemas.fen("减免金额", "Amount")
    credited = schemas.fen("已缴部分抵下期话费", "Paid already, credited on the next bill")
    form = schemas.mapping("滞纳金减免表", "Sheet", personal=True)
