"""Relief for a debit that failed by the operator's fault (TS-008.5): the late fees and charges that are asked for, reserved and told apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marshmallow import Schema

from engine.handlers import BpmnError, Call, handler
from service_tasks import lines, schemas
from service_tasks.calls import effect, refusing
from service_tasks.gateway import gateway

LATE_FEE = "late-fee:"


class ReliefParameters(schemas.Parameters):
    """What direct_debit/relief takes."""

    msisdn = schemas.msisdn(required=True)
    lines = lines.picked()


class ReliefResult(Schema):
    """What direct_debit/relief returns: the lines reserved, late fees and charges apart."""

    late_fee = schemas.fen("减免滞纳金", "Late fee to waive")
    late_fees = schemas.rows("减免的滞纳金项目", "Late fees", lines.Part, personal=True)
    charge = schemas.fen("退减话费", "Charges to repay")
    charges = schemas.rows("退减的话费项目", "Charges", lines.Part, personal=True)


@handler(
    "direct_debit/relief",
    parameters=ReliefParameters,
    result=ReliefResult,
    errors=dict.fromkeys(lines.REFUSALS, ("lines",)),
    manual_ref="TS-008.5",
    title_zh="登记减免项目",
    title_en="Reserve what relief is asked for",
)
def relief(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Reserve the lines for the case, and say how much of them is late fee and how much charges; nothing else is given here."""
    wanted = lines.parts(parameters["lines"])
    late = [one for one in wanted if one.line.startswith(LATE_FEE)]
    charges = [one for one in wanted if one not in late]
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None and wanted:
        raise BpmnError("line_unknown", line=wanted[0].line)
    if subscription is None:
        return {"late_fee": 0, "late_fees": [], "charge": 0, "charges": []}
    with refusing(*lines.REFUSALS, renamed={"line_twice": "line_unknown"}):
        why = effect(call)
        gateway().reserve(subscription.id, charges, why, kind="charge")
        gateway().reserve(subscription.id, late, replace(why, key=f"{why.key}:late"), kind="late_fee", beside=charges)
    return {
        "late_fee": sum(one.amount for one in late),
        "late_fees": [one._asdict() for one in late],
        "charge": sum(one.amount for one in charges),
        "charges": [one._asdict() for one in charges],
    }
