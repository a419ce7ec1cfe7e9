"""What service tasks and billing say with a refusal, by name: which of it is money, and which names what it is about. Their texts stand where they are told."""

from __future__ import annotations

from marshmallow import Schema

from service_tasks import schemas


class RefusalValues(Schema):
    """Every value that a refusal may carry. What is none of these has no place in its sentence."""

    amount = schemas.fen("金额", "Amount")
    approved = schemas.fen("批准金额", "Approved")
    before = schemas.number("原份数", "Forms before")
    balance = schemas.fen("最多可办金额", "At most")
    disputed = schemas.fen("争议金额", "In dispute")
    left = schemas.fen("剩余金额", "Left")
    of = schemas.fen("原金额", "Of which")
    owed = schemas.fen("欠费", "Owed")
    card = schemas.text("充值卡", "Card")
    case = schemas.text("个案编号", "Case")
    count = schemas.number("行数", "Rows")
    department = schemas.text("部门", "Department")
    entry = schemas.number("分录", "Entry")
    hold = schemas.number("挂帐", "Hold")
    item = schemas.text("项目", "Item")
    kind = schemas.text("款项", "Kind of money")
    line = schemas.text("争议项目", "Line", longest=80)
    msisdn = schemas.msisdn()
    name = schemas.text("姓名", "Name", personal=True)
    number = schemas.text("工号", "Employee number")
    order = schemas.text("工单", "Work order")
    orders = schemas.text("工单", "Work orders")
    other = schemas.text("另一项目", "Other line", longest=80)
    period = schemas.text("帐期", "Period")
    receipt = schemas.text("收据号", "Receipt")
    replacement = schemas.text("现用票据", "What stands in its place")
    rows = schemas.mapping("有误的行", "Rows that are wrong")
    shapes = schemas.text("写法", "How it is written")
    state = schemas.text("状态", "State")
    typed = schemas.number("填写份数", "Forms typed")
    unit = schemas.text("责任单位类别", "Kind of unit")


NAMES = frozenset(RefusalValues().fields)
FEN = frozenset(name for name, field in RefusalValues().fields.items() if field.metadata.get("unit") == "fen")
