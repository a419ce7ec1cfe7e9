"""Money given back or given up, a handler for each way, in one file because each ends by the same approval and the same lines: cash, credits, late-fee waivers, deposits, and the prepayment of cancelled numbers.

What a receipt, a bill or a balance allows is refused by the gateway; what the complaint and the manual allow is checked here, before
anything is posted. Moving prepayment between numbers in use is `prepayment`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.runtime import BpmnError, Call, handler, together
from models.customer import SubscriptionState
from service_tasks import dates, entitlements, liabilities, lines
from service_tasks.authority import grants
from service_tasks.calls import effect, refusing
from service_tasks.exchanged import exchanged
from service_tasks.gateway import Document, LinePart, Receipt, Subscription, gateway
from service_tasks.gateway.claims import USED
from service_tasks.gateway.counter import Issued
from service_tasks.prepayment import TARGET_ERRORS, beyond_disputed, check_disputed
from service_tasks.refunds import schemas, sheets
from service_tasks.targets import open_target

__all__ = ["belongs", "cancelled_prepayment", "cash", "credit", "deposit", "late_fee_waiver", "other_number"]

STOCK_ERRORS = ("card_not_in_stock", "card_issued", "card_value_differs")


def belongs(receipt: Receipt | None, subscription: Subscription | None, kind: str | None = None) -> bool:
    """Tell whether a receipt was given to this subscription, for this kind of payment if one is named. Source: TS-002.3, TS-002.5."""
    if receipt is None or subscription is None:
        return False
    return receipt.subscription_id == subscription.id and kind in (None, receipt.kind)


def _paid_for(subscription: Subscription, kind: str, parts: Sequence[LinePart]) -> str:
    """Return the kind of receipt by which this was paid: calls were deducted from what a prepaid number had paid in."""
    deducted = subscription.kind == "prepaid" and bool(parts) and all(part.line.startswith(USED) for part in parts)
    return "prepayment" if kind == "charge" and deducted else kind


@handler(
    "refunds/cash",
    parameters=schemas.CashParameters,
    result=schemas.CashResult,
    errors={
        "receipt_unknown": ("receipt_number",),
        "receipt_replaced": ("receipt_number",),
        "receipt_used": ("receipt_number",),
        "exceeds_receipt": ("amount",),
        "exceeds_disputed": ("amount",),
        "insufficient_prepayment": ("amount",),
    },
    manual_ref="TS-002.5, TS-008.5, CH2.6",
    title_zh="退现",
    title_en="Cash refund",
)
def cash(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Pay cash against the receipt of the payment; a prepayment leaves the number first, in the same journal entry.

    What is left on a receipt that is taken back stands on a replacement; an electronic invoice is reversed by as much as is paid.
    """
    amount, number = parameters["amount"], parameters["receipt_number"]
    subscription = gateway().find(parameters["msisdn"])
    beyond = beyond_disputed(amount, parameters["disputed_amount"])
    receipt, parts = gateway().receipt(number), lines.parts(parameters["lines"])
    kinds = {parameters["kind"], _paid_for(subscription, parameters["kind"], parts)} if subscription else set()
    if subscription is None or not any(belongs(receipt, subscription, kind) for kind in kinds):
        raise together(BpmnError("receipt_unknown", receipt=number), *beyond)
    if beyond and receipt is not None and not receipt.is_current:
        raise together(BpmnError("receipt_replaced", receipt=number, replacement=receipt.current), *beyond)
    if beyond and receipt is not None and receipt.left <= 0:
        raise together(BpmnError("receipt_used", receipt=number), *beyond)
    check_disputed(amount, parameters["disputed_amount"])
    form = sheets.repayment_sheet(_repayment(subscription, parameters, call, method="cash", receipt_number=number))
    codes = (
        "receipt_unknown",
        "receipt_replaced",
        "receipt_used",
        "exceeds_receipt",
        "exceeds_disputed",
        "insufficient_prepayment",
    )
    with refusing(*codes, renamed=lines.NOT_HELD):
        refund = gateway().refund_cash(number, amount, effect(call), form=form, lines=parts)
    way = "own_money" if parameters["kind"] == "prepayment" else "cash"
    _use(parameters, call, way=way, amount=refund.amount, payee=subscription.msisdn)
    return _refunded(refund) | exchanged(refund.exchange) | _beside(refund, "source")


@handler(
    "refunds/credit",
    parameters=schemas.CreditParameters,
    result=schemas.CreditResult,
    errors={"exceeds_disputed": ("amount",), "exceeds_bill": ("amount",), "exceeds_approval": ("amount",)},
    manual_ref="TS-002.11, TS-007.3, TS-008.5, CH2.6",
    title_zh="话费冲减",
    title_en="Credit against the bill",
)
def credit(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Credit a charge or late fee against what the number still owes."""
    amount, kind = parameters["amount"], parameters["kind"]
    check_disputed(amount, parameters["disputed_amount"])
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None:
        raise BpmnError("exceeds_bill", balance=0, amount=amount)
    _check_debit(subscription, "exceeds_bill", balance=0, amount=amount)
    form = sheets.repayment_sheet(_repayment(subscription, parameters, call, method="credit"))
    with refusing("exceeds_bill", "exceeds_disputed", renamed={**lines.NOT_HELD, "exceeds_late_fee": "exceeds_bill"}):
        parts = _to_credit(subscription, lines.parts(parameters["lines"]), amount)
        note = gateway().credit(subscription.id, amount, kind, effect(call), form=form, lines=parts)
    if (
        subscription.state == SubscriptionState.CANCELLED
        and note.form.get("into") == "receivable"
        and note.fallen < amount
    ):
        raise BpmnError("exceeds_bill", balance=note.fallen, amount=amount)
    way = "late_fee" if kind == "late_fee" else "credit"
    _withhold(subscription, parameters, call)
    _use(parameters, call, way=way, amount=amount, payee=subscription.msisdn)
    return _credited(note)


@handler(
    "refunds/other_number",
    parameters=schemas.OtherNumberParameters,
    result=schemas.CreditResult,
    errors={
        **dict.fromkeys(TARGET_ERRORS, ("target",)),
        "exceeds_disputed": ("amount",),
        "nothing_to_move": ("target",),
    },
    manual_ref="TS-002.7, TS-002.8",
    title_zh="转抵另一号码话费",
    title_en="Credit another number",
)
def other_number(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Give a paid charge or late fee back as a credit on another number; what is owed on the disputed bill falls first. Errors: BpmnError nothing_to_move where all of it would."""
    amount, kind = parameters["amount"], parameters["kind"]
    target = open_target(parameters["msisdn"], parameters["target"])
    check_disputed(amount, parameters["disputed_amount"])
    subscription = gateway().subscription(parameters["msisdn"])
    form = sheets.repayment_sheet(_repayment(subscription, parameters, call, method="transfer", target=target.msisdn))
    parts = lines.parts(parameters["lines"])
    if not parts:
        raise BpmnError("exceeds_disputed", amount=amount, disputed=0)
    _check_debit(subscription, "exceeds_disputed", amount=amount, disputed=0)
    with refusing("exceeds_disputed", renamed=lines.NOT_HELD):
        note = gateway().credit(subscription.id, amount, kind, effect(call), form=form, lines=parts, target=target.id)
    if note.fallen >= note.amount:
        raise BpmnError("nothing_to_move", owed=note.fallen)
    liabilities.enter(call, parameters["fault"], note.amount)
    _use(parameters, call, way="other_number", amount=amount, payee=target.msisdn)
    return _credited(note)


@handler(
    "refunds/late_fee_waiver",
    parameters=schemas.WaiverParameters,
    result=schemas.WaiverResult,
    errors={"exceeds_late_fee": ("amount",)},
    manual_ref="TS-008.5",
    title_zh="滞纳金减免",
    title_en="Late-fee waiver",
)
def late_fee_waiver(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Give up a late fee that the operator caused; what the customer paid of it is a credit on the next bill."""
    amount = parameters["amount"]
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None:
        raise BpmnError("exceeds_late_fee", balance=0, amount=amount)
    for refusal in lines.beyond_caused(lines.parts(parameters["lines"]), parameters["caused"]):
        raise refusal
    _check_debit(subscription, "exceeds_late_fee", amount=amount, balance=0)
    sheet_parameters = {**parameters, "kind": "late_fee"}
    form = sheets.waiver_sheet(_repayment(subscription, sheet_parameters, call, method="waiver"))
    not_held = dict.fromkeys(lines.NOT_HELD, "exceeds_late_fee") | {"exceeds_disputed": "exceeds_late_fee"}
    with refusing("exceeds_late_fee", renamed=not_held):
        parts = lines.parts(parameters["lines"])
        waiver = gateway().waive_late_fee(subscription.id, amount, effect(call), form=form, lines=parts)
    liabilities.enter(call, parameters["fault"], waiver.amount)
    _use(parameters, call, way="late_fee", amount=amount, payee=subscription.msisdn)
    credited = amount - waiver.fallen if "fallen" in waiver.form else 0
    return {"waiver_number": waiver.number, "amount": waiver.amount, "credited": credited, "form": waiver.form}


def _withhold(subscription: Subscription, parameters: dict[str, Any], call: Call) -> None:
    """Keep as refused what was granted and accounting does not settle."""
    most = (parameters["approval"] or {}).get("amount", 0)
    shares, _ = lines.cut(lines.parts(parameters["lines"]), most, "")
    _, rest = lines.cut(shares, parameters["amount"], "")
    gateway().withhold(subscription.id, rest, effect(call))


def _to_credit(subscription: Subscription, parts: Sequence[LinePart], amount: int) -> Sequence[LinePart]:
    """Return what of these lines a credit is taken of: a number that gets no further bill is credited with what is still owed of them, and no more.

    Errors: BpmnError exceeds_bill.
    """
    if not parts or subscription.state != SubscriptionState.CANCELLED or subscription.kind == "prepaid":
        return parts
    _, owed_parts = gateway().apart(subscription.id, parts)
    most = sum(part.amount for part in owed_parts)
    if amount > most:
        raise BpmnError("exceeds_bill", balance=most, amount=amount)
    return owed_parts


def _of_receipt(parameters: dict[str, Any]) -> tuple[Subscription, Receipt]:
    """Return the subscription and its receipt, or the replacement of it. Errors: BpmnError receipt_unknown."""
    number, subscription = parameters["receipt_number"], gateway().find(parameters["msisdn"])
    receipt = gateway().receipt(number)
    if subscription is None or receipt is None or not belongs(receipt, subscription):
        raise BpmnError("receipt_unknown", receipt=number)
    return subscription, receipt


@handler(
    "refunds/reserve_deposit",
    parameters=schemas.ReserveDepositParameters,
    result=schemas.ReserveDepositResult,
    errors={
        "receipt_unknown": ("receipt_number",),
        "receipt_replaced": ("receipt_number",),
        "line_taken": ("receipt_number",),
        "no_deposit": ("receipt_number",),
        "nothing_due": ("again",),
    },
    manual_ref="SUB.4, CH2.6",
    title_zh="登记存款",
    title_en="Reserve a deposit",
)
def reserve_deposit(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Let the case have what the receipt stands for of the deposit; another case that has it is named.

    Errors: BpmnError receipt_unknown, receipt_replaced, line_taken, no_deposit; nothing_due where it is to be paid again and nothing stands.
    """
    subscription, receipt = _of_receipt(parameters)
    line, stands = f"deposit:{receipt.original}", gateway().balances(subscription.id).deposit
    if not receipt.is_current:
        raise BpmnError("receipt_replaced", receipt=receipt.number, replacement=receipt.current)
    if parameters["again"] and not stands:
        raise BpmnError("nothing_due")
    if receipt.kind != "deposit":
        raise BpmnError("no_deposit")
    with refusing("line_taken"):
        gateway().reserve(subscription.id, [LinePart(line, receipt.left or receipt.amount)], effect(call))
    return {"amount": min(receipt.left, stands)}


@handler(
    "refunds/deposit",
    parameters=schemas.DepositParameters,
    result=schemas.DepositResult,
    errors={"no_deposit": (), **dict.fromkeys(("receipt_unknown", "receipt_replaced"), ("receipt_number",))},
    manual_ref="SUB.4, TS-001.5",
    title_zh="退存款",
    title_en="Deposit refund",
)
def deposit(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Pay back what the receipt stands for of the deposit, the last of it closing the number for deposits; the identity must have been checked."""
    number = parameters["receipt_number"]
    subscription, receipt = _of_receipt(parameters)
    rest = min(receipt.left, gateway().balances(subscription.id).deposit)
    sheet_parameters = {**parameters, "kind": "deposit", "amount": rest}
    form = sheets.repayment_sheet(
        _repayment(subscription, sheet_parameters, call, method="cash", receipt_number=number)
    )
    codes = ("no_deposit", "receipt_unknown", "receipt_replaced")
    with refusing(*codes, renamed={"line_taken": "no_deposit", "exceeds_disputed": "no_deposit"}):
        refund = gateway().refund_deposit(number, effect(call), form=form)
    _use(parameters, call, way="own_money", amount=refund.amount, payee=subscription.msisdn)
    return _refunded(refund) | exchanged(refund.exchange)


@handler(
    "refunds/cancelled_prepayment",
    parameters=schemas.CancelledPrepaymentParameters,
    result=schemas.WithdrawalResult,
    errors={
        "not_cancelled": ("msisdn",),
        "nothing_left": (),
        "no_cash": ("method",),
        **dict.fromkeys(STOCK_ERRORS, ("new_serial",)),
        "target_unknown": ("target",),
        "target_cancelled": ("target",),
        "target_not_gotone": ("target",),
        "same_number": ("target",),
    },
    manual_ref="SUB.2, TS-004.7, CH2.6",
    title_zh="销号客户预付金支取",
    title_en="Prepayment of a cancelled number",
)
def cancelled_prepayment(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Pay what the card and the number give, in cash, to a GoTone number or as a new card; a suspended number may be paid into, to be restored."""
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None or subscription.state != SubscriptionState.CANCELLED:
        raise BpmnError("not_cancelled")
    target = None
    if parameters["method"] == "transfer":
        target = open_target(subscription.msisdn, parameters["target"] or "", suspended_too=True)
    payout = {**parameters, "kind": "prepayment", **_due(subscription, parameters)}
    into = {
        "target": target.msisdn if target else None,
        "new_serial": parameters["new_serial"] if parameters["method"] == "new_card" else None,
    }
    form = sheets.repayment_sheet(_repayment(subscription, payout, call, method=parameters["method"], **into))
    as_nothing_left = dict.fromkeys(("line_taken", "exceeds_disputed", "insufficient_prepayment"), "nothing_left")
    with refusing("nothing_left", *STOCK_ERRORS, renamed=as_nothing_left):
        refund = _withdraw(subscription, payout, call, target=target.id if target else None, form=form)
    payee = target.msisdn if target else subscription.msisdn
    _use(parameters, call, way="own_money", amount=refund.amount, payee=payee)
    beside = {name: refund.form[name] for name in ("reopened", "reopened_late_fee") if name in refund.form}
    return _refunded(refund) | beside | ({"new_serial": payout["issued"].serial} if payout["issued"] else {})


def _due(subscription: Subscription, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return what is due of the card and of the number; all that stands there where a process from before does not say who was identified.

    Of the number no more than was picked of it, where a process has it picked. Errors: BpmnError no_cash.
    """
    if parameters["holder_identified"] is None:
        balance = gateway().balances(subscription.id, lock=True).prepayment
        return {"amount": balance, "card": None, "of_card": 0, "own": None}
    rights = entitlements.of_number(subscription, parameters["serial"], card_held=parameters["card_held"])
    if parameters["method"] != "transfer" and not rights.cash:
        raise BpmnError("no_cash")
    own = rights.own if parameters["holder_identified"] else 0
    if parameters["lines"] is not None:
        own = min(own, entitlements.picked_of_own(parameters["lines"]))
    return {"amount": rights.card + own, "card": parameters["serial"], "of_card": rights.card, "own": own}


def _withdraw(
    subscription: Subscription, payout: dict[str, Any], call: Call, *, target: int | None, form: dict[str, Any]
) -> Document:
    issued = None
    if payout["method"] == "new_card":
        issued = Issued((payout["new_serial"] or "").strip(), by=call.actor, to=subscription.msisdn)
    payout["issued"] = issued
    parts = {name: payout[name] for name in ("card", "of_card", "own")}
    return gateway().refund_prepayment(subscription.id, effect(call), target=target, form=form, issued=issued, **parts)


def _check_debit(subscription: Subscription, code: str, **values: Any) -> None:
    """Refuse to change what is owed while a debit is out. Errors: BpmnError of this code. Source: TS-008.7, reading."""
    if gateway().debit_under_way(subscription.id):
        raise BpmnError(code, because="awaits_debit", **values)


def _use(parameters: dict[str, Any], call: Call, *, way: str, amount: int, payee: str) -> None:
    """Use the grant under which this is paid: never more, in no other way, to no other number, for no other lines; else what was posted is undone."""
    addresses = [part["line"] for part in parameters.get("lines") or ()]
    grants.carry_out(parameters["approval"], call, way=way, amount=amount, payee=payee, lines=addresses)


def _repayment(
    subscription: Subscription,
    parameters: dict[str, Any],
    call: Call,
    *,
    method: str,
    receipt_number: str | None = None,
    target: str | None = None,
    new_serial: str | None = None,
) -> sheets.Repayment:
    customer = gateway().customer(subscription.customer_id)
    # whoever only bears a card is not told whose number it went to
    named = parameters.get("holder_identified") is not False
    bills = gateway().bills(subscription.id)
    return sheets.Repayment(
        case_number=call.business_key,
        msisdn=subscription.msisdn,
        customer=customer.name if named else "",
        id_number=customer.id_number if named else "",
        kind=parameters["kind"],
        method=method,
        amount=parameters["amount"],
        disputed_amount=parameters.get("disputed_amount"),
        period=bills[0].period if bills else None,
        receipt_number=receipt_number,
        target=target,
        new_serial=new_serial,
        filled_on=dates.day_of(call.at),
        clerk=call.actor,
    )


def _credited(note: Document) -> dict[str, Any]:
    return {"credit_note": note.number, "amount": note.amount, "form": note.form} | _beside(note, "into")


def _beside(paper: Document, account: str) -> dict[str, Any]:
    """Return what giving lines back moved beside the amount, and the account that it left or reached; nothing where none were named."""
    if not (account_name := paper.form.get(account)):
        return {}
    return {"fallen": paper.fallen, "late_fee": paper.late_fee, account: account_name}


def _refunded(refund: Document) -> dict[str, Any]:
    return {"refund_number": refund.number, "amount": refund.amount, "form": refund.form}
