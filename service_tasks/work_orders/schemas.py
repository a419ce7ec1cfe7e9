"""What the topics of work orders take and return."""

from __future__ import annotations

from marshmallow import Schema

from service_tasks import schemas

# The matter that an order is about, by which open orders are offered to a case of the same cause.
ABOUT = ("rating", "records", "short_calls", "orders", "collection", "network", "third_party", "other")
NEW = "new"


class SendParameters(schemas.Parameters):
    """What work_orders/send takes: `joined` is the number of an open order, "new" for one of its own, empty where nobody has said."""

    department = schemas.text("承办部门", "Department", longest=40, required=True)
    about = schemas.choice("事项类别", "What it is about", ABOUT, required=True)
    question = schemas.text("须查明的问题", "What to find out", longest=500, personal=True, required=True)
    joined = schemas.text("并入的工单", "Order to join", longest=30, load_default=None, allow_none=True)


class AskParameters(schemas.Parameters):
    """What work_orders/ask takes."""

    department = schemas.text("承办部门", "Department", longest=40, required=True)
    about = schemas.choice("事项类别", "What it is about", ABOUT, required=True)
    question = schemas.text("须查明的问题", "What to find out", longest=500, personal=True, required=True)


class OrderResult(Schema):
    """An order as a process goes by it; instants are those of its present owner, `due_whole_at` that of the whole order."""

    number = schemas.text("工单号码", "Number of the order")
    department = schemas.text("承办部门", "Department")
    half_at = schemas.instant("催办时间", "Chased at half")
    due_at = schemas.instant("答复时限", "Due")
    due_whole_at = schemas.instant("整体时限", "Due as a whole")


class SentResult(OrderResult):
    """An order as a case goes by it; what follows the limits is empty until the verified answer comes."""

    finding = schemas.text("查明的情况", "What was found")
    order_cause = schemas.text("原因", "Cause", personal=True)
    order_proposal = schemas.text("处理意见", "Proposal", personal=True)
    line_amount = schemas.fen("每项建议退还", "Proposed for each line")
    unit = schemas.text("责任单位", "Unit")
    order_person = schemas.text("当事人", "Person", personal=True)


class OfOrder(schemas.Parameters):
    """What every act of an order takes."""

    number = schemas.text("工单号码", "Number of the order", longest=30, required=True)


class HandOnParameters(OfOrder):
    """What work_orders/hand_on takes."""

    department = schemas.text("转往部门", "Department", longest=40, required=True)
    reason = schemas.text("转派原因", "Why", longest=300, personal=True, required=True)


class AnswerParameters(OfOrder):
    """What work_orders/answer takes; `line_amount` is what is proposed for each disputed line."""

    finding = schemas.text("查明的情况", "What was found", longest=40, required=True)
    cause = schemas.text("原因", "Cause", longest=500, personal=True, required=True)
    proposal = schemas.text("处理意见", "Proposal", longest=500, personal=True, required=True)
    line_amount = schemas.fen("每项建议退还", "Proposed for each line", least=0, load_default=None, allow_none=True)
    unit = schemas.text("责任单位", "Unit", longest=60, load_default="", allow_none=True)
    person = schemas.text("当事人", "Person", longest=60, personal=True, load_default="", allow_none=True)


class ReturnParameters(OfOrder):
    """What work_orders/send_back takes."""

    reason = schemas.text("退回原因", "Why", longest=300, personal=True, required=True)


class ChaseParameters(OfOrder):
    """What work_orders/chase takes."""

    when = schemas.choice("催办时点", "At half or at the end", ("half", "limit"), required=True)


class ChaseResult(Schema):
    """How often an order has been chased by now."""

    chased = schemas.number("催办次数", "Times chased")


class ReportResult(Schema):
    """Whether this call reported it; an order is reported late once."""

    reported = schemas.flag("已报告", "Reported")


class ReleaseResult(Schema):
    """How many cases the answer goes to."""

    cases = schemas.number("投诉数", "Cases")
