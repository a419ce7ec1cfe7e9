"""Lines that a case disputes: what a service task takes of them, and reserving them for the case before any money moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields

from engine.runtime import BpmnError, Call, handler
from models.customer import SubscriptionState
from service_tasks import schemas
from service_tasks.calls import effect, refusing
from service_tasks.gateway import LinePart, Refused, Subscription, gateway
from service_tasks.gateway.listing import Listing, papers

INFORMATION_FEES = "information_fees"
REWARD = "complaint_reward"
LONGEST_REASON = 200
KINDS = ("charge", "late_fee", "prepayment", "deposit")
# What is repaid, and the kind of money its lines are of.
CHARGES = ("function_fee", "monthly_fee", "call_charge", "roaming_charge", "border_roaming", "copied_phone")
ITEMS = {
    **dict.fromkeys((*CHARGES, "information_fee", "other_charge"), "charge"),
    "late_fee": "late_fee",
    "prepayment": "prepayment",
    "recharge_card": "prepayment",
    "deposit": "deposit",
}
REFUSALS = ("line_unknown", "line_taken", "line_unfit", "line_promised", "part_without_reason")


# What an amount that names no line may not exceed, by what its kind of money is taken from.
BEYOND = {
    "charge": "exceeds_charged",
    "late_fee": "exceeds_late_fee",
    "prepayment": "insufficient_prepayment",
    "deposit": "exceeds_deposit",
}

# What is not reserved first is refused by the service that pays it as more than is in dispute, instead of stopping the case.
NOT_HELD = dict.fromkeys(
    ("line_unknown", "line_twice", "line_taken", "line_unfit", "line_promised"), "exceeds_disputed"
)


class Part(schemas.Parameters):
    """A line, or a part of it. `component` names what of a call is meant; a part that is no component has a reason."""

    line = schemas.text("费用项目", "Line", longest=80, required=True)
    amount = schemas.fen("金额", "Amount", least=1, required=True)
    component = schemas.text("话费组成", "Component", longest=16, load_default="", allow_none=True)
    reason = schemas.text("只退一部分的原因", "Why only a part", personal=True, load_default="", allow_none=True)


def picked(**options: Any) -> fields.List:
    """Return the parameter by which a topic takes lines; left out, it works by the amount alone."""
    return schemas.rows("费用项目", "Lines", Part, personal=True, **{"load_default": list, **options})


def why_a_part() -> fields.String:
    """Return the parameter by which a topic takes what an approver says beside a part; of a long opinion a line keeps the beginning."""
    return schemas.text(
        "批准一部分的理由", "Why a part", longest=300, personal=True, load_default=None, allow_none=True
    )


def parts(rows: Iterable[Mapping[str, Any]]) -> list[LinePart]:
    """Return loaded parts as the gateway takes them."""
    return [LinePart(row["line"], row["amount"], row["component"] or "", row["reason"] or "") for row in rows]


class ReserveParameters(schemas.Parameters):
    """What lines/reserve takes."""

    msisdn = schemas.msisdn(required=True)
    lines = picked()
    kind = schemas.choice("款项", "Kind of payment", KINDS, load_default=None, allow_none=True)
    beside = schemas.rows(
        "本案另行处理的项目", "Lines the case settles otherwise", Part, personal=True, load_default=list
    )
    item = schemas.text("退还的费用", "What is repaid", longest=40, load_default=None, allow_none=True)
    typed = schemas.fen("手工填写的金额", "Amount typed", least=1, load_default=None, allow_none=True)
    approval = schemas.approval()


class ReserveResult(Schema):
    """What lines/reserve returns; no amount where nothing was picked, and what was typed counts. Of what is not `paid_amount` nothing can be given in cash."""

    amount = schemas.fen("合计金额", "Total")
    count = schemas.number("项数", "Lines")
    owed = schemas.fen("其中未缴", "Of it still owed")
    paid = schemas.flag("已缴清", "Paid")
    paid_amount = schemas.fen("其中已缴", "Of it paid", allow_none=True)
    next_bill = schemas.flag("还有下期帐单", "A bill is to come")
    prepaid = schemas.flag("预付费号码", "A prepaid number")
    receipts_in_hand = schemas.texts("已收回的票据", "Receipts the office holds")
    electronic_invoices = schemas.texts("电子发票", "Electronic invoices")
    standing = schemas.fen("现有预付金", "Prepayment that stands", allow_none=True)


@handler(
    "lines/reserve",
    parameters=ReserveParameters,
    result=ReserveResult,
    errors={
        **dict.fromkeys((*REFUSALS, "exceeds_approval", "other_lines_approved"), ("lines",)),
        **dict.fromkeys(("lines_to_tick", *BEYOND.values()), ("typed",)),
    },
    manual_ref="TS-002.1, CH2.6",
    title_zh="登记争议项目",
    title_en="Reserve the disputed lines",
)
def reserve(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Let the case have these lines and no others, until they are paid back or the case ends; nobody else can have them meanwhile.

    They are of what is repaid, and within what was approved. `paid` says that nothing of them is owed. What was `typed`
    instead counts only where nothing can be ticked.
    """
    item = parameters["item"]
    line_parts = parts(parameters["lines"]) if item != REWARD else []
    kind = parameters["kind"] or ITEMS.get(item or "")
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None:
        if line_parts:
            raise BpmnError("line_unknown", line=line_parts[0].line)
        blank = {"amount": None, "count": 0, "owed": 0, "paid": False, "paid_amount": None}
        blank |= {"next_bill": False, "prepaid": False, "standing": None}
        return blank | {"receipts_in_hand": [], "electronic_invoices": []}
    _check_approval(parameters["approval"], line_parts)
    if not line_parts and item != REWARD and parameters["typed"] is not None:
        _check_typed(parameters["typed"], papers(subscription.id, own_case=call.business_key), kind)
        _check_room(parameters["typed"], subscription, kind)
    with refusing(*REFUSALS, renamed={"line_twice": "line_unknown"}):
        beside = parts(parameters["beside"])
        total = gateway().reserve(subscription.id, line_parts, effect(call), kind=kind, item=item, beside=beside)
    debt = gateway().still_owed(subscription.id, line_parts)
    next_bill = subscription.state != SubscriptionState.CANCELLED
    custody = gateway().custody(subscription.id)
    paid_amount = total - debt if line_parts else None
    answer = {"amount": total or None, "count": len(line_parts), "paid": debt == 0, "paid_amount": paid_amount}
    answer |= {"owed": debt if line_parts else 0, "next_bill": next_bill, "prepaid": subscription.kind == "prepaid"}
    answer["standing"] = max(0, gateway().balances(subscription.id).prepayment) if kind == "prepayment" else None
    return answer | {"receipts_in_hand": custody.in_hand, "electronic_invoices": custody.electronic}


def _check_approval(approval: Mapping[str, Any] | None, line_parts: Iterable[LinePart]) -> None:
    """Check that what was approved for lines or an amount is used for no others and no more; in which way it is paid is asked later.

    Errors: BpmnError exceeds_approval, other_lines_approved.
    """
    amount, approved = sum(part.amount for part in line_parts), (approval or {}).get("amount")
    if isinstance(approved, int) and amount > approved:
        raise BpmnError("exceeds_approval", amount=amount, approved=approved)
    approved_lines = (approval or {}).get("lines")
    if approved_lines and not {part.line for part in line_parts} <= set(approved_lines):
        raise BpmnError("other_lines_approved", amount=amount)


def _check_typed(amount: int, listing: Listing, kind: str | None) -> None:
    """Refuse an amount without lines that would be given beside what the lines of these papers give.

    Errors: BpmnError lines_to_tick.
    """
    if listing.is_left(kind):
        raise BpmnError("lines_to_tick", amount=amount)


def _check_room(amount: int, subscription: Subscription, kind: str | None) -> None:
    """Check that the amount is no more than stands on the number: what is left of what its bills charge, or the balance of that money. Where nothing stands, nothing is due.

    Errors: BpmnError, one of BEYOND.
    """
    money = kind or "charge"
    if money == "charge":
        room = gateway().repricing_room(subscription.id)
    else:
        room = max(0, getattr(gateway().balances(subscription.id), money))
    if amount > room:
        raise BpmnError(BEYOND[money], amount=amount, balance=room)


class ApartParameters(schemas.Parameters):
    """What lines/apart takes; with `among` nothing else than information fees may be picked."""

    msisdn = schemas.msisdn(required=True)
    lines = picked()
    among = schemas.choice("限于", "Confined to", (INFORMATION_FEES,), load_default=None, allow_none=True)


class ApartResult(Schema):
    """What lines/apart returns: the lines reserved, in two parts, paid and still owed; a bill paid in part may divide a line."""

    amount = schemas.fen("合计金额", "Total")
    count = schemas.number("项数", "Lines")
    paid = schemas.rows("已缴的项目", "Paid", Part, personal=True)
    paid_amount = schemas.fen("已缴金额", "Paid, in all")
    unpaid = schemas.rows("未缴的项目", "Not paid", Part, personal=True)
    unpaid_amount = schemas.fen("未缴金额", "Not paid, in all")


@handler(
    "lines/apart",
    parameters=ApartParameters,
    result=ApartResult,
    errors={**dict.fromkeys(REFUSALS, ("lines",)), "not_information_fee": ("lines",), "not_billed": ("lines",)},
    manual_ref="TS-006.4",
    title_zh="登记并区分已缴未缴",
    title_en="Reserve lines, paid and not paid",
)
def apart(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Reserve the lines for the case and say which of them have been paid, and which are still owed."""
    line_parts = parts(parameters["lines"])
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None and line_parts:
        raise BpmnError("line_unknown", line=line_parts[0].line)
    if subscription is None or not line_parts:
        return {"amount": 0, "count": 0, "paid": [], "paid_amount": 0, "unpaid": [], "unpaid_amount": 0}
    if parameters["among"]:
        _check_information_fees(line_parts, subscription)
    with refusing(*REFUSALS, renamed={"line_twice": "line_unknown"}):
        total = gateway().reserve(subscription.id, line_parts, effect(call))
        paid_parts, unpaid_parts = gateway().apart(subscription.id, line_parts)
    return {
        "amount": total,
        "count": len(line_parts),
        "paid": [part._asdict() for part in paid_parts],
        "paid_amount": sum(part.amount for part in paid_parts),
        "unpaid": [part._asdict() for part in unpaid_parts],
        "unpaid_amount": sum(part.amount for part in unpaid_parts),
    }


def _check_information_fees(line_parts: Iterable[LinePart], subscription: Subscription) -> None:
    """Refuse what a number that pays by bill was charged on none yet: it is neither paid nor owed."""
    fees = {fee.line: fee for fee in papers(subscription.id).information_fees().each()}
    for part in line_parts:
        if part.line not in fees:
            raise BpmnError("not_information_fee", line=part.line)
        if subscription.kind != "prepaid" and not fees[part.line].period:
            raise BpmnError("not_billed", line=part.line)


class RejectParameters(schemas.Parameters):
    """What lines/reject takes; with `granted`, which the lines get in their order, only the rest was refused, for the `reason` that stands beside a part."""

    msisdn = schemas.msisdn(required=True)
    lines = picked(allow_none=True)
    granted = schemas.fen("批准金额", "Amount granted", least=1, load_default=None, allow_none=True)
    reason = why_a_part()


class RejectResult(Schema):
    """What lines/reject returns: how many lines were refused, wholly or in part, and what was granted of them all."""

    count = schemas.number("项数", "Lines")
    lines = schemas.rows("批准的项目", "Lines granted", Part, personal=True)


@handler(
    "lines/reject",
    parameters=RejectParameters,
    result=RejectResult,
    manual_ref="TS-001.3",
    title_zh="登记不予减免的项目",
    title_en="Keep which lines were refused",
)
def reject(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Keep that these lines, or what is not granted of them, were refused: whoever picks them later reads in which case and when.

    A line that another case has meanwhile is left out where all of it was refused: that says more.
    """
    subscription, line_parts = gateway().find(parameters["msisdn"]), parts(parameters["lines"] or ())
    if subscription is None or not line_parts:
        return {"count": 0, "lines": []}
    if parameters["granted"] is not None:
        shares, rest = cut(line_parts, parameters["granted"], parameters["reason"] or "")
        gateway().withhold(subscription.id, rest, effect(call))
        return {"count": len(rest), "lines": [part._asdict() for part in shares]}
    if _was_refused(subscription, line_parts, call):
        return {"count": len(line_parts), "lines": []}
    return {"count": sum(_was_refused(subscription, [part], call) for part in line_parts), "lines": []}


def cut(line_parts: Iterable[LinePart], fen: int, reason: str) -> tuple[list[LinePart], list[LinePart]]:
    """Divide lines into what they get of an amount, in their order, and the rest; a line that is divided has the reason beside both."""
    shares: list[LinePart] = []
    rest: list[LinePart] = []
    for part in line_parts:
        share = min(part.amount, fen)
        fen -= share
        reason_beside = part.reason if share in (0, part.amount) else (reason or part.reason)[:LONGEST_REASON]
        shares += [part._replace(amount=share, reason=reason_beside)] if share else []
        rest += [part._replace(amount=part.amount - share, reason=reason_beside)] if share < part.amount else []
    return shares, rest


def beyond_caused(late_fees: Iterable[LinePart], caused: Iterable[Mapping[str, Any]] | None) -> list[BpmnError]:
    """Return a refusal for each late fee beyond those that were caused; nothing where nobody said which. Source: TS-008.5."""
    if caused is None:
        return []
    most = {fee["line"]: fee["amount"] for fee in caused}
    beyond = [(part.amount, most.get(part.line, 0)) for part in late_fees if part.amount > most.get(part.line, 0)]
    return [BpmnError("exceeds_late_fee", amount=amount, balance=balance) for amount, balance in beyond]


def _was_refused(subscription: Subscription, line_parts: Sequence[LinePart], call: Call) -> bool:
    """Reserve these for the case and free them as refused; tell whether they could be reserved."""
    try:
        gateway().reserve(subscription.id, line_parts, effect(call))
    except Refused:
        return False
    gateway().free(subscription.id, line_parts, effect(call), key=call.key, is_refused=True)
    return True
