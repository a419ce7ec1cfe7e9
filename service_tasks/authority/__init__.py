"""Who may give how much: what the authority table is asked with, and the grant under which money then moves. The figures are the table's.

Every process weighs before it gives anything back (SUB-005): an approval that is there binds, sums count, and what is granted is used once.
"""

from __future__ import annotations

from typing import Any

from engine.runtime import Call, handler
from service_tasks import households, lines
from service_tasks.authority import approvals, grants, schemas
from service_tasks.calls import effect
from service_tasks.gateway import Subscription, gateway
from service_tasks.targets import target_refusal

__all__ = ["grant", "part", "weigh"]


@handler(
    "authority/weigh",
    parameters=schemas.WeighParameters,
    result=schemas.WeighResult,
    errors={
        "exceeds_approval": ("amount",),
        "other_kind_approved": ("way", "amount"),
        "other_payee_approved": ("payee", "amount"),
        "other_lines_approved": ("lines", "amount"),
        "own_household": ("payee", "amount"),
    },
    manual_ref="TS-001.3, CH2.6",
    title_zh="核对批准与累计",
    title_en="Weigh against approval and sums",
)
def weigh(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Hold an amount against the approval there is, and add up what was given before; nothing is kept."""
    subscription = gateway().find(parameters["msisdn"])
    amount, payee = _amount(parameters, subscription), parameters["payee"]
    if payee != parameters["msisdn"]:  # whoever may work on the case may pay into its number
        households.refuse_own(call.actor, payee)
    approval, way, basis = parameters["approval"], parameters["way"], _basis(parameters, subscription)
    before = grants.sums(
        call,
        customer_id=subscription.customer_id if subscription else None,
        basis=basis,
        way=way,
        under=approval.get("step") if approval else None,
    )
    if approval:
        carried_out = before.under if "number" not in approval else 0
        approvals.check(
            approval, way=way, amount=amount, payee=payee, lines=parameters["lines"], carried_out=carried_out
        )
    cash = _cash(parameters)
    return {
        "cash": cash,
        "customer": subscription.customer_id if subscription else None,
        "basis": basis,
        "amount": amount,
        "in_case": before.in_case + amount,
        "customer_90_days": before.customer + (amount if basis != grants.OWN_MONEY else 0),
        "clerk_today": before.today + amount,
        "clerk_cash_today": before.cash_today + (amount if cash else 0),
        "customer_given": before.customer,
        "own_money_given": before.own_money,
        "clerk_given": before.given_today,
        "approved": approvals.level(approval, _part(parameters, way=way, amount=amount, payee=payee)),
    }


@handler(
    "authority/grant",
    parameters=schemas.GrantParameters,
    result=schemas.GrantResult,
    manual_ref="TS-001.3, CH2.6",
    title_zh="登记授权",
    title_en="Record the grant",
)
def grant(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Keep what may be given, in which way, to which number and on whose authority; the payment uses it once."""
    if parameters["amount"] <= 0:  # the payment itself says that nothing is there
        return {"approval": None}
    return {"approval": _keep(parameters, call)}


@handler(
    "authority/part",
    parameters=schemas.PartParameters,
    result=schemas.GrantResult,
    manual_ref="TS-001.3, CH2.6",
    title_zh="登记批准的一部分",
    title_en="Record that a part is granted",
)
def part(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Keep what of the lines was refused, and grant the rest: more than that is refused when it is paid, and what is asked again within it needs nobody anew."""
    subscription = gateway().find(parameters["msisdn"])
    parts = lines.parts(parameters["parts"] or ())
    shares, rest = lines.cut(parts, parameters["amount"], parameters["reason"] or "")
    if subscription is not None:
        gateway().withhold(subscription.id, rest, effect(call))
    answer = _keep({**parameters, "lines": [part.line for part in parts]}, call)
    return {"approval": {**answer, "part": [share._asdict() for share in shares]}}


def _keep(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Keep the grant, and return it as the approval under which it is paid."""
    approval, way, amount = parameters["approval"], parameters["way"], parameters["amount"]
    under, level = approval.get("step") if approval else None, parameters["level"]
    cash = way == "cash" if parameters["cash"] is None else parameters["cash"]
    columns = {"customer_id": parameters["customer"], "basis": parameters["basis"], "way": way, "level": level}
    number = grants.keep(call, amount=amount, under=under, cash=cash, **columns)
    terms = {"number": number, "amount": amount, "kind": way, "payee": parameters["payee"], "level": level}
    return {**terms, "lines": parameters["lines"], "step": under}


def _part(parameters: dict[str, Any], **values: Any) -> dict[str, Any] | None:
    """Return the part that was granted in the case before, if it covers what is asked now; a grant that was for all of it is used up or asked anew."""
    earlier = parameters["part"] or {}
    covers = "part" in earlier and approvals.covers(earlier, lines=parameters["lines"], **values)
    return earlier if covers else None


def _amount(parameters: dict[str, Any], subscription: Subscription | None) -> int:
    if parameters["amount"] is not None:
        return int(parameters["amount"])
    stands = gateway().balances(subscription.id, lock=True) if subscription is not None else None
    return int(getattr(stands, parameters["balance"] or "", 0))


def _cash(parameters: dict[str, Any]) -> bool:
    """Tell whether it goes over the counter; where a diagram of before does not say, the customer's own money does unless it goes to another number."""
    if parameters["in_cash"] is not None:
        return bool(parameters["in_cash"])
    own = parameters["way"] == "own_money" and parameters["payee"] in (None, parameters["msisdn"])
    return own or parameters["way"] == "cash"


def _basis(parameters: dict[str, Any], subscription: Subscription | None) -> str:
    """Return the row of the table: of another number it matters who holds it."""
    if parameters["basis"] != "other_number":
        return str(parameters["basis"])
    target, msisdn = gateway().find(parameters["payee"] or ""), parameters["payee"] or ""
    if subscription is None or target is None or target_refusal(subscription.msisdn, msisdn, target):
        return "same_holder"  # nobody is asked about what the payment will refuse
    return "same_holder" if target.customer_id == subscription.customer_id else "other_holder"
