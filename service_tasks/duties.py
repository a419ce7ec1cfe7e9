"""Collecting what a periodic duty (DUE.n) will report: one row per case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import Schema
from sqlalchemy import select

from engine import NotFound
from engine.runtime import Call, handler
from models.base import session
from models.duty import Duty, DutyItem
from service_tasks import dates, schemas
from service_tasks.lines import picked


class UnknownDuty(NotFound):
    """The manual has no such periodic duty."""


class CollectParameters(schemas.Parameters):
    """What duties/collect takes."""

    duty = schemas.text("定期事项", "Periodic duty", longest=10, required=True)
    amount = schemas.fen("金额", "Amount", load_default=None, allow_none=True)
    subject = schemas.text("事由", "Subject", required=True)
    lines = picked()
    due_at = schemas.instant("办理期限", "Due at", load_default=None, allow_none=True)
    on = schemas.day("列入的日期", "Day whose list it goes on", load_default=None, allow_none=True)


class CollectResult(Schema):
    """What duties/collect returns."""

    row = schemas.number("登记行号", "Row")
    period = schemas.text("周期", "Period")


def period(rule: str, at: datetime, due_at: datetime) -> str:
    """Return what the period of a duty is called.

    Shape:  the day it falls due ("2026-11-26") for a daily or weekly duty; the month it falls due in ("2026-11") for a monthly one; the
            month before for one that reports on a month gone by (first working day of the next). `rule` is the duty's FEEL.
    Source: duties.csv; CON, 'before the 1st' for last month.
    """
    if rule.startswith(("next_weekday", "same_day")):
        return dates.day_of(due_at).isoformat()
    return dates.month_of(at if rule.startswith("first_working_day") else due_at)


@handler(
    "duties/collect",
    parameters=CollectParameters,
    result=CollectResult,
    manual_ref="TS-002.6, TS-002.11, TS-003.5, TS-006.6, TS-007.3, TS-008.9",
    title_zh="登记定期事项",
    title_en="Collect for a periodic duty",
)
def collect(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Put the case on the list of the duty's coming period, or of the period of the day it is settled `on`, in a row for each line where it has lines.

    Errors: UnknownDuty.
    """
    earlier = session().scalar(select(DutyItem).where(DutyItem.key == call.key))
    item = earlier or _add(parameters, call)
    return {"row": item.id, "period": item.period}


def _add(parameters: dict[str, Any], call: Call) -> DutyItem:
    """Add a row for each line, or one; returns the first of them."""
    rows: list[tuple[str, str, int | None]] = [
        (call.key if not number else f"{call.key}:{number}", f"{parameters['subject']} {line['line']}", line["amount"])
        for number, line in enumerate(parameters["lines"])
    ]
    items = [_row(*row, parameters, call) for row in rows or [(call.key, parameters["subject"], parameters["amount"])]]
    session().add_all(items)
    session().flush()
    return items[0]


def _row(key: str, subject: str, amount: int | None, parameters: dict[str, Any], call: Call) -> DutyItem:
    duty = session().get(Duty, parameters["duty"])
    if duty is None:
        raise UnknownDuty(duty=parameters["duty"])
    asked_at = dates.start_of(parameters["on"]) if parameters["on"] else call.at
    due_at = parameters["due_at"] or dates.due(duty.rule, asked_at)
    return DutyItem(
        key=key,
        duty=duty.code,
        period=period(duty.rule, call.at, due_at),
        due_at=due_at,
        case_number=call.business_key or None,
        subject=subject,
        amount=amount,
        collected_at=call.at,
    )
