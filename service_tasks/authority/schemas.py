"""What the authority topics take and return."""

from __future__ import annotations

from marshmallow import Schema

from models.authority import LEVELS
from service_tasks import lines as disputed
from service_tasks import schemas

BASES = (
    *("proved_credit", "judged_credit", "cash", "other_number", "own_money", "late_fee"),
    *("not_our_fault", "reward", "write_off"),
)
ROWS = (
    *(basis for basis in BASES if basis != "other_number"),
    "same_holder",
    "other_holder",
)  # what the table is asked with
WAYS = ("credit", "cash", "other_number", "own_money", "late_fee", "reward")
BALANCES = ("prepayment", "deposit")


class WeighParameters(schemas.Parameters):
    """What authority/weigh takes. Without an amount it is what stands on the number, as `balance` says."""

    msisdn = schemas.msisdn(required=True)
    basis = schemas.choice("依据", "Grounds", BASES, required=True)
    way = schemas.choice("方式", "Way", WAYS, required=True)
    amount = schemas.fen("金额", "Amount", least=1, load_default=None, allow_none=True)
    balance = schemas.choice("余额种类", "Balance", BALANCES, load_default=None, allow_none=True)
    payee = schemas.msisdn("收款号码", "Number paid to", load_default=None, allow_none=True)
    lines = schemas.texts("明细", "Lines", load_default=list)
    approval = schemas.mapping("已有的批准", "Approval there is", personal=True, load_default=None, allow_none=True)
    part = schemas.mapping("批准的一部分", "Part granted before", personal=True, load_default=None, allow_none=True)
    in_cash = schemas.flag("现金支付", "Paid in cash", load_default=None, allow_none=True)


class WeighResult(Schema):
    """What authority/weigh returns; the sums include this amount, and what was given does not. `cash`: it counts as going over the counter."""

    customer = schemas.number("客户", "Customer", allow_none=True)
    basis = schemas.choice("依据", "Grounds", ROWS)
    amount = schemas.fen("金额", "Amount")
    in_case = schemas.fen("本案金额", "In this case")
    customer_90_days = schemas.fen("客户九十天累计", "Customer in 90 days")
    clerk_today = schemas.fen("经办人当日累计", "Clerk today")
    clerk_cash_today = schemas.fen("经办人当日现金", "Clerk's cash today")
    customer_given = schemas.fen("客户九十天内已得", "Given to the customer in 90 days")
    own_money_given = schemas.fen("其外退还客户自己的钱", "Beside it, the customer's own money")
    clerk_given = schemas.fen("经办人当日已办", "Given by the clerk today")
    approved = schemas.choice("已有的授权", "Authority there is", (*LEVELS, "none"))
    cash = schemas.flag("现金", "Cash")


class GrantParameters(schemas.Parameters):
    """What authority/grant takes: what was weighed, and on whose authority."""

    customer = schemas.number("客户", "Customer", load_default=None, allow_none=True)
    basis = schemas.text("依据", "Grounds", required=True)
    way = schemas.choice("方式", "Way", WAYS, required=True)
    amount = schemas.fen("金额", "Amount", least=0, required=True)
    payee = schemas.msisdn("收款号码", "Number paid to", load_default=None, allow_none=True)
    lines = schemas.texts("明细", "Lines", load_default=list)
    approval = schemas.mapping("已有的批准", "Approval there is", personal=True, load_default=None, allow_none=True)
    level = schemas.choice(
        "授权层级",
        "Authority",
        {
            "clerk": ("营业员", "clerk"),
            "supervisor": ("主管", "supervisor"),
            "department": ("部门负责人", "head of department"),
            "two": ("两人", "two people"),
        },
        required=True,
    )
    cash = schemas.flag("现金", "Cash", load_default=None, allow_none=True)


class GrantResult(Schema):
    """What authority/grant and authority/part return: the approval under which the amount may be given, once."""

    approval = schemas.mapping("授权", "Grant", personal=True, allow_none=True)


class PartParameters(GrantParameters):
    """What authority/part takes: the `amount` that was granted of `parts`, which get it in their order, and why no more."""

    msisdn = schemas.msisdn(required=True)
    parts = disputed.picked(allow_none=True)
    reason = disputed.why_a_part()
