"""The list of a Thursday (SUB.1, TS-002.11): what waits for it, held against the forms that were collected, and what is decided without a case.

A hold belongs to a case that waits for the batch, or to none that is running: an office that came from elsewhere may have such. The batch brings
the first to their cases; of the others accounting decides each in the batch itself, for nobody else would.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from marshmallow import Schema
from sqlalchemy import select

import engine.cases
from engine.runtime import BpmnError, Call, handler
from models.base import session
from models.instance import ProcessInstance
from models.states import CaseState
from service_tasks import batches, households, schemas
from service_tasks.calls import effect, refusing
from service_tasks.charge_hold import DECISIONS, KIND, RELEASED
from service_tasks.gateway import HeldLine, gateway

MOST_WITHOUT_CASE = 100  # each is a step of its own; the rest goes with the next Thursday


class Waiting(NamedTuple):
    """What waits for a Thursday: the lines of cases that wait for it, and those of holds without a case."""

    of_cases: list[HeldLine]
    without_case: list[HeldLine]

    @property
    def lines(self) -> list[HeldLine]:
        return [*self.of_cases, *self.without_case]

    @property
    def cases(self) -> int:
        return len({line.case_number for line in self.of_cases})

    @property
    def forms(self) -> int:
        """A form for each case, and one for each hold without a case."""
        return self.cases + len({line.hold_id for line in self.without_case})

    @property
    def total(self) -> int:
        """In fen."""
        return sum(line.amount for line in self.lines)


def waiting(thursday: str) -> Waiting:
    """Return what this Thursday settles, or an earlier one left unsettled, as it is now."""
    lines = gateway().on_hold(date.fromisoformat(thursday))
    days = batches.waited_under(KIND, RELEASED, thursday)
    waits = _numbers_waiting(days)
    of_cases = [line for line in lines if line.case_number in waits and line.settle_on.isoformat() in days]
    return Waiting(of_cases, _without_case(lines, thursday))


def waits_as(line: HeldLine) -> str:
    """Return what a line that is reserved beside a hold is: the late fee that falls with it, or what of it is paid already."""
    return "late_fee_with_hold" if line.line.startswith("late-fee:") else "paid_beside_hold"


def _numbers_waiting(days: Sequence[str]) -> set[str]:
    """Return the numbers of the cases that the release of these days goes on."""
    instances = {instance for day in days for instance, _token in engine.cases.waiting_for(RELEASED, day)}
    case = ProcessInstance
    return set(session().scalars(select(case.business_key).where(case.id.in_(instances))))


def _without_case(lines: Sequence[HeldLine], thursday: str) -> list[HeldLine]:
    """Return what is on hold and no running case is about, the oldest first; what the batch of another day has still to decide is that batch's."""
    numbers = running({line.case_number for line in lines})
    other_days = {day for day in _under_way() if day != thursday}
    orphans = [
        line
        for line in lines
        if line.hold_id and line.case_number not in numbers and line.settle_on.isoformat() not in other_days
    ]
    first_holds = sorted({line.hold_id for line in orphans if line.hold_id})[:MOST_WITHOUT_CASE]
    return [line for line in orphans if line.hold_id in first_holds]


def running(numbers: Collection[str]) -> set[str]:
    """Return which of these case numbers are those of cases under way."""
    case = ProcessInstance
    query = select(case.business_key).where(case.business_key.in_(numbers), case.state == CaseState.ACTIVE)
    return set(session().scalars(query))


def _under_way() -> set[str]:
    """Return the Thursdays whose batch has begun and is not over."""
    case, prefix = ProcessInstance, f"{batches.PREFIXES[KIND]}-"
    query = select(case.business_key).where(case.business_key.startswith(prefix), case.state == CaseState.ACTIVE)
    return {number.removeprefix(prefix) for number in session().scalars(query)}


class ListParameters(schemas.Parameters):
    """What charge_hold/list takes."""

    settle_on = schemas.text("统一处理日期", "Day of settlement", longest=10, required=True)


class ListedLine(Schema):
    """A line that waits for the day: on hold, or reserved because it is paid already."""

    case_number = schemas.text("案件", "Case")
    line = schemas.text("费用项目", "Line")
    component = schemas.text("话费组成", "Component")
    amount = schemas.fen("金额", "Amount")
    state = schemas.text("状态", "State")


class AloneHold(Schema):
    """A hold without a case, as the step that decides it has it."""

    hold_id = schemas.number("挂帐编号", "Hold")
    msisdn = schemas.msisdn()
    amount = schemas.fen("挂帐金额", "Amount held")
    settle_on = schemas.text("统一处理日期", "Day of settlement")


class ListResult(Schema):
    """What charge_hold/list returns: `forms` is how many there should be; `total` is of the cases and of the holds without one."""

    cases = schemas.number("等待的案件", "Cases that wait")
    forms = schemas.number("应有份数", "Forms there should be")
    total = schemas.fen("合计金额", "Total")
    lines = schemas.rows("费用项目", "Lines", ListedLine)
    without_case = schemas.rows("没有案件的挂帐", "Holds without a case", AloneHold, personal=True)


@handler(
    "charge_hold/list",
    parameters=ListParameters,
    result=ListResult,
    manual_ref="SUB.1, TS-002.11",
    title_zh="列出待核挂帐",
    title_en="List what waits for the settlement",
)
def listed(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Return every line that waits for this Thursday, or for an earlier one that was not settled."""
    now = waiting(parameters["settle_on"])
    rows = [{name: getattr(line, name) for name in ListedLine().fields} for line in now.lines]
    alone = [_alone(hold, now.without_case) for hold in dict.fromkeys(line.hold_id for line in now.without_case)]
    return {"cases": now.cases, "forms": now.forms, "total": now.total, "lines": rows, "without_case": alone}


def _alone(hold_id: int | None, lines: Sequence[HeldLine]) -> dict[str, Any]:
    own = [line for line in lines if line.hold_id == hold_id]
    amount, day = sum(line.amount for line in own), own[0].settle_on.isoformat()
    return {"hold_id": hold_id, "msisdn": own[0].msisdn, "amount": amount, "settle_on": day}


class FormsParameters(schemas.Parameters):
    """What charge_hold/compare_forms takes."""

    settle_on = schemas.text("统一处理日期", "Day of settlement", longest=10, required=True)
    forms = schemas.number("处理表份数", "Number of forms", least=0, required=True)


class CompareResult(Schema):
    """What comparing returns: what is on the list now."""

    forms = schemas.number("份数", "Forms")
    total = schemas.fen("合计金额", "Total")


@handler(
    "charge_hold/compare_forms",
    parameters=FormsParameters,
    result=CompareResult,
    errors={"forms_differ": ("forms",)},
    manual_ref="TS-002.11, SUB.1",
    title_zh="核对处理表份数",
    title_en="Hold the number of forms against the list",
)
def compare_forms(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Refuse another number of forms than the list asks for."""
    now = waiting(parameters["settle_on"])
    if parameters["forms"] != now.forms:
        raise BpmnError("forms_differ", typed=parameters["forms"], count=now.forms, amount=now.total)
    return {"forms": now.forms, "total": now.total}


class CompareParameters(schemas.Parameters):
    """What charge_hold/compare_list takes: what was on the list when the forms were collected."""

    settle_on = schemas.text("统一处理日期", "Day of settlement", longest=10, required=True)
    forms = schemas.number("份数", "Forms", required=True)
    total = schemas.fen("合计金额", "Total", required=True)
    checked = schemas.flag("已核对", "Checked", load_default=None, allow_none=True)


@handler(
    "charge_hold/compare_list",
    parameters=CompareParameters,
    result=CompareResult,
    errors={"list_changed": ("checked",)},
    manual_ref="SUB.1, TS-002.11",
    title_zh="核对清单有无变动",
    title_en="See whether the list has changed",
)
def compare_list(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Refuse to settle a list to which something came, or from which something went, since its forms were collected."""
    now = waiting(parameters["settle_on"])
    if (now.forms, now.total) != (parameters["forms"], parameters["total"]):
        forms, total = parameters["forms"], parameters["total"]
        raise BpmnError("list_changed", count=now.forms, amount=now.total, before=forms, of=total)
    return {"forms": now.forms, "total": now.total}


class DecideParameters(schemas.Parameters):
    """What charge_hold/decide takes."""

    hold_id = schemas.number("挂帐编号", "Hold", required=True)
    msisdn = schemas.msisdn(required=True)
    decision = schemas.choice("核算结果", "Decision", DECISIONS, required=True)


class DecideResult(Schema):
    """What charge_hold/decide returns."""

    amount = schemas.fen("挂帐金额", "Amount held")
    outcome = schemas.text("结果", "Outcome")
    late_fee = schemas.fen("随同减免滞纳金", "Late fee that fell with it")


@handler(
    "charge_hold/decide",
    parameters=DecideParameters,
    result=DecideResult,
    errors={"own_household": ("decision",), "hold_settled": ()},
    manual_ref="SUB.1, TS-002.11",
    title_zh="核定没有案件的挂帐",
    title_en="Settle a hold without a case",
)
def decide(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Credit a hold that no case is about, or make it due again, once; whoever bears it nobody has found. Nobody decides on their own household.

    Errors: BpmnError hold_settled, with the batch that has decided it meanwhile: two that are under way at once may list the same hold.
    """
    households.refuse_own(call.actor, parameters["msisdn"])
    with refusing("hold_settled"):
        hold = gateway().settle_hold(parameters["hold_id"], parameters["decision"], effect(call))
    late = {"late_fee": hold.late_fee} if hold.late_fee else {}
    return {"amount": hold.amount, "outcome": parameters["decision"], **late}
