"""Repeated complaints (REW.6): earlier cases of the same number and kind, and what they make of a new one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from sqlalchemy import Select, bindparam, select

from models.base import session
from models.complaint import PAYMENT, VOIDED, Complaint, ComplaintState

LIMIT = timedelta(hours=24)
RECENT = timedelta(days=90)


class Earlier(NamedTuple):
    """An earlier case of the same number and kind."""

    case_number: str
    accepted_at: datetime
    replied_at: datetime | None
    is_open: bool


class Repetition(NamedTuple):
    """Whether a complaint repeats earlier ones; `reason` not_answered_in_time, dissatisfied, in_progress or none."""

    repeated: bool
    reason: str
    earlier: tuple[str, ...]


def judge(cases: Sequence[Earlier], at: datetime) -> Repetition:
    """Return what the earlier cases (newest first) make of a complaint taken in at `at`.

    Shape:  not_answered_in_time when one of them had no reply within LIMIT; else dissatisfied when one was answered; else in_progress:
            the customer asks again while the first case is within its time.
    Source: REW.6 (1) and (2), CH2.7. (3), the same kind by the same person, shows only once the person at fault is known.
    """
    relevant = [case for case in cases if case.is_open or at - case.accepted_at <= RECENT]
    if not relevant:
        return Repetition(False, "none", ())
    numbers = tuple(case.case_number for case in relevant)
    if any((case.replied_at or at) > case.accepted_at + LIMIT for case in relevant):
        return Repetition(True, "not_answered_in_time", numbers)
    answered = any(case.replied_at is not None or not case.is_open for case in relevant)
    return Repetition(True, "dissatisfied" if answered else "in_progress", numbers)


def earlier_cases(msisdn: str, process: str | None, case_number: str | None, at: datetime) -> list[Earlier]:
    """Return cases of the number taken in before `at`, of one process or (None) of any, without the case itself, what the office entered in error and payments at the counter, newest first."""
    narrowed = {"process": process, "case_number": case_number}
    parameters = {name: value for name, value in narrowed.items() if value is not None}
    complaints = session().scalars(_earlier(frozenset(parameters)), {"msisdn": msisdn, "at": at, **parameters})
    return [
        Earlier(
            complaint.case_number, complaint.accepted_at, _answered(complaint), complaint.state == ComplaintState.OPEN
        )
        for complaint in complaints
    ]


@cache
def _earlier(narrowed: frozenset[str]) -> Select[Complaint]:
    row = Complaint
    query = select(row).where(row.msisdn == bindparam("msisdn"), row.accepted_at <= bindparam("at"))
    query = query.where(row.outcome.is_distinct_from(VOIDED), row.process_key != PAYMENT)
    if "process" in narrowed:
        query = query.where(row.process_key == bindparam("process"))
    if "case_number" in narrowed:
        query = query.where(row.case_number != bindparam("case_number"))
    return query.order_by(row.accepted_at.desc(), row.case_number.desc())


def _answered(case: Complaint) -> datetime | None:
    return case.replied_at or case.closed_at
