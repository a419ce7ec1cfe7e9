"""What the record says of a case that has been handled, by which the table of the evaluation (CH1.4) decides; a finding, nothing is changed here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from marshmallow import Schema
from sqlalchemy import select
from sqlalchemy.orm import aliased

from engine import proof
from engine.runtime import Call, handler
from models.base import session
from models.complaint import VOIDED, Complaint
from models.instance import ProcessInstance
from models.user_task import UserTask
from models.work_order import WorkOrderCase
from service_tasks import sampling, schemas
from service_tasks.classification import repetition

# Steps in which the customer is told no, by process; those of earlier versions stay, for cases that are under way.
NOES = {
    "SUB-001": {"explain_refusal", "explain_rejection"},
    "SUB-002": {"explain_refusal"},
    "SUB-004": {"reply_no_deposit"},
    "SUB-006": {"explain_not_corrected"},
    "TS-001": {"reply_explained", "reply_refusal"},
    "TS-002": {"reply_with_explanation", "reply_no_refund"},
    "TS-003": {"explain_refusal"},
    "TS-004": {
        *("refuse", "explain_not_used", "explain_in_service", "explain_no_return"),
        *("explain_not_authorised", "explain_nothing_left", "explain_not_proved", "explain_not_moved"),
    },
    "TS-005": {"explain_not_established", "explain_given"},
    "TS-006": {"explain_given"},
    "TS-007": {"explain"},
    "TS-008": {"explain_cause", "explain_refusal"},
}
# Explanations that are a no where the customer left it at that, so that nothing came after.
LAST_WORDS = {"TS-005": {"explain_first"}}
PROCESS = "CH-002"


class FactsParameters(schemas.Parameters):
    """What evaluation/facts takes; `repeated` is what was found at intake, of the process that was suggested then."""

    msisdn = schemas.msisdn(required=True)
    process = schemas.text("流程", "Process", load_default=None, allow_none=True)
    repeated = schemas.flag("受理时已是重复投诉", "Repeated already at intake", load_default=False)


class FactsResult(Schema):
    """What evaluation/facts returns."""

    work_order = schemas.flag("派过工单", "Had a work order")
    late = schemas.flag("有超时", "Something was late")
    repeated = schemas.flag("重复投诉", "Repeated")
    refused = schemas.flag("不予受理、不予退减或未获批准", "Something was refused")
    percentile = schemas.number("抽样号（1 到 100）", "Number in the sample (1 to 100)")


@handler(
    "evaluation/facts",
    parameters=FactsParameters,
    result=FactsResult,
    manual_ref="CH1.4, CH1.2",
    title_zh="查办理情况",
    title_en="What the record says of the handling",
)
def facts(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Return what the record says of the case up to now. The number in the sample follows from the case's number, so that everybody finds the same."""
    case = session().get_one(ProcessInstance, call.instance_id)
    steps = list(session().scalars(select(UserTask).where(UserTask.instance_id == case.id).order_by(UserTask.token)))
    return {
        "work_order": _asked_a_department(case.id),
        "late": missed(case, call.at) or any(missed(step, call.at) for step in steps),
        "repeated": (parameters["repeated"] and not _repeats_an_error(case)) or _repeats(parameters, case),
        "refused": told_no(steps) or _not_approved(case.id),
        "percentile": sampling.percentile(case.business_key),
    }


def _asked_a_department(instance: int) -> bool:
    """Tell whether a department was asked; an order that the case left again, or that was dropped, counts as well."""
    orders = select(WorkOrderCase.order_id).where(WorkOrderCase.instance_id == instance).limit(1)
    return session().scalar(orders) is not None


def missed(limited: ProcessInstance | UserTask, at: datetime) -> bool:
    """Tell whether a limit had passed before it was met. Nothing has, of what stands still while the customer is waited for."""
    if limited.overdue or limited.due_at is None:
        return limited.overdue
    met_at = limited.ended_at if isinstance(limited, ProcessInstance) else limited.completed_at
    return limited.due_at < (met_at or at) and (met_at is not None or limited.paused_at is None)


def _repeats(parameters: dict[str, Any], case: ProcessInstance) -> bool:
    """Tell whether the customer had complained of the same before, when the case was taken in, as the process that was chosen in the end has it."""
    at = case.started_at
    earlier = repetition.earlier_cases(parameters["msisdn"], parameters["process"], case.business_key, at)
    return repetition.judge(earlier, at).repeated


def _repeats_an_error(case: ProcessInstance) -> bool:
    """Tell whether what was found at intake to be repeated is a case that the office itself had entered in error."""
    earlier = aliased(Complaint)
    query = select(earlier.outcome).join(Complaint, Complaint.repeat_of == earlier.case_number)
    return session().scalar(query.where(Complaint.case_number == case.business_key)) == VOIDED


def told_no(steps: Sequence[UserTask]) -> bool:
    """Tell whether the customer was told no in any of these steps, in the order in which they came."""
    handled = [step for step in steps if step.process_key != PROCESS]
    last = [step for step in handled[-1:] if step.element_id in LAST_WORDS.get(step.process_key, ())]
    return bool(last) or any(step.element_id in NOES.get(step.process_key, ()) for step in handled)


def _not_approved(instance: int) -> bool:
    """Tell whether a step that approves said no to anything, whatever was proposed afterwards."""
    for entry in proof.entries(instance):
        for step in entry.steps:
            if step["type"] == "approval_given" and None in step["variables"].values():
                return True
    return False
