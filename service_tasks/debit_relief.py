"""Relief for a debit that failed by the operator's fault (TS-008.5): what it cost until now, and what is asked for, reserved and told apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from marshmallow import Schema

from engine.runtime import BpmnError, Call, handler, together
from service_tasks import direct_debit, lines, schemas
from service_tasks.calls import effect, refusing
from service_tasks.gateway import LinePart, gateway

LATE_FEE = "late-fee:"


class ReliefParameters(schemas.Parameters):
    """What direct_debit/relief takes; late fees are within what was `caused`."""

    msisdn = schemas.msisdn(required=True)
    caused = schemas.rows(
        "因此产生的滞纳金", "Late fees that were caused", lines.Part, load_default=None, allow_none=True
    )
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
    errors=dict.fromkeys((*lines.REFUSALS, "exceeds_late_fee"), ("lines",)),
    manual_ref="TS-008.5",
    title_zh="登记减免项目",
    title_en="Reserve what relief is asked for",
)
def relief(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Reserve the lines for the case, or what is granted of them, and say how much is late fee and how much charges; nothing else is given here."""
    late, charges = _apart(lines.parts(parameters["lines"]))
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None and (late or charges):
        raise BpmnError("line_unknown", line=[*late, *charges][0].line)
    if subscription is None:
        return _told((), ())
    beyond = lines.beyond_caused(late, parameters["caused"])
    try:
        with refusing(*lines.REFUSALS, renamed={"line_twice": "line_unknown"}):
            _reserve(subscription.id, late, charges, call)
    except BpmnError as refusal:
        raise together(refusal, *beyond) from None
    if beyond:
        raise together(*beyond)
    return _told(late, charges)


class GrantedParameters(schemas.Parameters):
    """What direct_debit/granted_relief takes: the lines that were asked for, what of them is granted, and the `reason` that stands beside a part."""

    msisdn = schemas.msisdn(required=True)
    granted = schemas.fen("批准金额", "Amount granted", least=0, required=True)
    reason = lines.why_a_part()
    lines = lines.picked()


@handler(
    "direct_debit/granted_relief",
    parameters=GrantedParameters,
    result=ReliefResult,
    manual_ref="TS-008.5",
    title_zh="登记批准的减免",
    title_en="Reserve what relief is granted",
)
def granted_relief(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Leave the case what is granted of its lines, late fees first; the rest is free, and kept as refused."""
    late, charges = _apart(lines.parts(parameters["lines"]))
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None:
        return _told((), ())
    shares, rest = lines.cut([*late, *charges], parameters["granted"], parameters["reason"] or "")
    if rest:
        gateway().withhold(subscription.id, rest, effect(call))
        _reserve(subscription.id, *_apart(shares), call)
    return _told(*_apart(shares))


def _told(late: Sequence[LinePart], charges: Sequence[LinePart]) -> dict[str, Any]:
    return {
        "late_fee": sum(part.amount for part in late),
        "late_fees": [part._asdict() for part in late],
        "charge": sum(part.amount for part in charges),
        "charges": [part._asdict() for part in charges],
    }


def _apart(parts: Iterable[LinePart]) -> tuple[list[LinePart], list[LinePart]]:
    """Return the late fees of these lines, and the charges."""
    every = list(parts)
    late = [part for part in every if part.line.startswith(LATE_FEE)]
    return late, [part for part in every if part not in late]


def _reserve(subscription_id: int, late: Sequence[LinePart], charges: Sequence[LinePart], call: Call) -> None:
    """Reserve both for the case, and nothing else."""
    of_charges = effect(call)
    of_late_fees = replace(of_charges, key=f"late:{of_charges.key}")
    gateway().reserve(subscription_id, charges, of_charges, kind="charge")
    gateway().reserve(subscription_id, late, of_late_fees, kind="late_fee", beside=charges)


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
