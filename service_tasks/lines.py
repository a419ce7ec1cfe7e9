"""Lines that a case disputes: what a service task takes of them, and reserving them for the case before any money moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, fields

from engine.handlers import BpmnError, Call, handler
from service_tasks import schemas
from service_tasks.calls import effect, refusing
from service_tasks.gateway import LinePart, gateway

KINDS = ("charge", "late_fee", "prepayment")
REFUSALS = ("line_unknown", "line_taken", "line_unfit", "part_without_reason")


# What is not reserved first is refused by the service that pays it as more than is in dispute, instead of stopping the case.
NOT_HELD = dict.fromkeys(("line_unknown", "line_twice", "line_taken", "line_unfit"), "exceeds_disputed")


class Part(schemas.Parameters):
    """A line, or a part of it. `component` names what of a call is meant; a part that is no component has a reason."""

    line = schemas.text("费用项目", "Line", longest=80, required=True)
    amount = schemas.fen("金额", "Amount", least=1, required=True)
    component = schemas.text("话费组成", "Component", longest=16, load_default="", allow_none=True)
    reason = schemas.text("只退一部分的原因", "Why only a part", personal=True, load_default="", allow_none=True)


def picked(**options: Any) -> fields.List:
    """The parameter by which a topic takes lines; left out, it works by the amount alone."""
    return schemas.rows("费用项目", "Lines", Part, personal=True, load_default=list, **options)


def parts(given: Iterable[Mapping[str, Any]]) -> list[LinePart]:
    """Loaded parts as the gateway takes them."""
    return [LinePart(one["line"], one["amount"], one["component"] or "", one["reason"] or "") for one in given]


class ReserveParameters(schemas.Parameters):
    """What lines/reserve takes."""

    msisdn = schemas.msisdn(required=True)
    lines = picked()
    kind = schemas.choice("款项", "Kind of payment", KINDS, load_default=None, allow_none=True)


class ReserveResult(Schema):
    """What lines/reserve returns; no amount where nothing was picked, and what was typed counts."""

    amount = schemas.fen("合计金额", "Total")
    count = schemas.number("项数", "Lines")
    next_bill = schemas.flag("还有下期帐单", "A bill is to come")


@handler(
    "lines/reserve",
    parameters=ReserveParameters,
    result=ReserveResult,
    errors=dict.fromkeys(REFUSALS, ("lines",)),
    manual_ref="TS-002.1, CH2.6",
    title_zh="登记争议项目",
    title_en="Reserve the disputed lines",
)
def reserve(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Let the case have these lines and no others, until they are paid back or the case ends; nobody else can have them meanwhile."""
    wanted, kind = parts(parameters["lines"]), parameters["kind"]
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None:
        if wanted:
            raise BpmnError("line_unknown", line=wanted[0].line)
        return {"amount": None, "count": 0, "next_bill": False}
    with refusing(*REFUSALS, renamed={"line_twice": "line_unknown"}):
        total = gateway().reserve(subscription.id, wanted, effect(call), kind=kind)
    return {"amount": total or None, "count": len(wanted), "next_bill": subscription.state != "cancelled"}
