"""What a clerk confirms of the lines that an analysis picked: reserved for the case, and told whether it is proved or rests on judgement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema

from engine.runtime import BpmnError, Call, handler
from service_tasks import lines as disputed
from service_tasks import schemas
from service_tasks.calls import effect, refusing
from service_tasks.gateway import LinePart, gateway

PROVED, JUDGED = "proved_credit", "judged_credit"
INFORMATION = "information"
OF_CALLS = "call_or_roaming"


class PickedLine(schemas.Parameters):
    """A line as an analysis returns it; what else it says of it is left out."""

    class Meta:
        """An analysis may say more of a line than is asked here."""

        unknown = "exclude"

    call = schemas.number("话单编号", "Record", required=True)
    component = schemas.text("费用项目", "Component", required=True)
    amount = schemas.fen("金额", "Amount", required=True)


class ConfirmParameters(schemas.Parameters):
    """What lines/confirm takes; `proved` are the lines of the analysis, none where there was nothing to look at."""

    msisdn = schemas.msisdn(required=True)
    lines = disputed.picked()
    proved = schemas.rows("系统划出的费用", "Lines the analysis picked", PickedLine, load_default=list, allow_none=True)


class ConfirmResult(Schema):
    """What lines/confirm returns; `added` is what of it no analysis proved, `basis` the row of the authority table; `paid`: nothing of it is owed.

    Of what is not `paid_amount` nothing can be given in cash.
    """

    amount = schemas.fen("合计金额", "Total")
    count = schemas.number("项数", "Lines")
    added = schemas.fen("其中人工认定", "Of it by judgement")
    basis = schemas.text("依据", "Grounds")
    paid = schemas.flag("已缴清", "Paid")
    paid_amount = schemas.fen("其中已缴", "Of it paid")
    owed = schemas.fen("其中未缴", "Of it still owed")


@handler(
    "lines/confirm",
    parameters=ConfirmParameters,
    result=ConfirmResult,
    errors=dict.fromkeys((*disputed.REFUSALS, "nothing_picked", "added_without_reason"), ("lines",)),
    manual_ref="TS-005.5, TS-007.3, CH2.6",
    title_zh="登记确认的费用",
    title_en="Reserve the confirmed lines",
)
def confirm(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Let the case have what was confirmed; taking lines away is free, what is added is of calls, needs a reason and is judged."""
    parts = disputed.parts(parameters["lines"])
    if not parts:
        raise BpmnError("nothing_picked")
    subscription = gateway().find(parameters["msisdn"])
    if subscription is None:
        raise BpmnError("line_unknown", line=parts[0].line)
    added = beyond(parts, parameters["proved"] or ())
    for part, _fen in added:
        if not part.reason:
            raise BpmnError("added_without_reason", line=part.line)
    with refusing(*disputed.REFUSALS, renamed={"line_twice": "line_unknown"}):
        total = gateway().reserve(subscription.id, parts, effect(call), kind="charge", item=OF_CALLS)
    debt = gateway().still_owed(subscription.id, parts)
    return {
        "amount": total,
        "count": len(parts),
        "added": sum(fen for _part, fen in added),
        "basis": JUDGED if added else PROVED,
        "paid": debt == 0,
        "paid_amount": total - debt,
        "owed": debt,
    }


def beyond(parts: Iterable[LinePart], proved: Iterable[Mapping[str, Any]]) -> list[tuple[LinePart, int]]:
    """Return what is picked and not proved, or more than is proved of it, in fen. A whole call is proved as far as its components are."""
    proved_fen: dict[tuple[str, str], int] = {}
    for line in proved:
        kind = "information-fee" if line["component"] == INFORMATION else "call"
        for component in (line["component"], ""):
            key = f"{kind}:{line['call']}", component
            proved_fen[key] = proved_fen.get(key, 0) + line["amount"]
    over = ((part, part.amount - proved_fen.get((part.line, part.component), 0)) for part in parts)
    return [(part, fen) for part, fen in over if fen > 0]
