"""Relief for a debit that failed by the operator's fault (TS-008.5): what it cost until now, and what is asked for, reserved and told apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marshmallow import Schema

from engine.runtime import BpmnError, Call, handler
from service_tasks import direct_debit, lines, schemas
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
    parts = lines.parts(parameters["lines"])
    late = [part for part in parts if part.line.startswith(LATE_FEE)]
    charges = [part for part in parts if part not in late]
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None and parts:
        raise BpmnError("line_unknown", line=parts[0].line)
    if subscription is None:
        return {"late_fee": 0, "late_fees": [], "charge": 0, "charges": []}
    with refusing(*lines.REFUSALS, renamed={"line_twice": "line_unknown"}):
        reservation = effect(call)
        gateway().reserve(subscription.id, charges, reservation, kind="charge")
        gateway().reserve(
            subscription.id, late, replace(reservation, key=f"{reservation.key}:late"), kind="late_fee", beside=charges
        )
    return {
        "late_fee": sum(part.amount for part in late),
        "late_fees": [part._asdict() for part in late],
        "charge": sum(part.amount for part in charges),
        "charges": [part._asdict() for part in charges],
    }


class ArisenParameters(schemas.Parameters):
    """What direct_debit/late_fees takes: since when the debit fails, and the periods that it failed for."""

    msisdn = schemas.msisdn(required=True)
    since = schemas.day("滞纳金起算日", "Late fee counts from", load_default=None, allow_none=True)
    periods = schemas.texts("未扣成的帐期", "Periods that failed", load_default=list, allow_none=True)


class ArisenResult(Schema):
    """What direct_debit/late_fees returns: what the failure caused until now, and all that stands on the account."""

    late_fee = schemas.fen("因此产生的滞纳金", "Late fee it caused")
    late_fees = schemas.rows("因此产生的滞纳金项目", "Late fees it caused", lines.Part)
    late_fee_owed = schemas.fen("帐上滞纳金", "Late fee on the account")


@handler(
    "direct_debit/late_fees",
    parameters=ArisenParameters,
    result=ArisenResult,
    manual_ref="TS-008.5",
    title_zh="查询现在的滞纳金",
    title_en="Look up the late fee as it is now",
)
def arisen(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Show the late fee that a failed debit has caused by now: some is drawn on its bill after the mandate was compared."""
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None:
        return {"late_fee": 0, "late_fees": [], "late_fee_owed": 0}
    periods, own = parameters["periods"] or (), call.business_key or None
    late_fees = direct_debit.late_fees_since(subscription.id, parameters["since"], periods, own)
    return direct_debit.told(late_fees.left, subscription.id)
