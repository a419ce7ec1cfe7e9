"""Liabilities that no step asks about: of a case that ended, or had no step for it in its version; a supervisor has them named, objection and all."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

import engine
import engine.cases
from engine import Actor
from models.base import session, transaction
from models.instance import ProcessInstance
from models.liability import Liability, LiabilityState
from models.states import CaseState
from office.supervision import SUPERVISOR
from service_tasks.liabilities import naming

PROCESS = "SUB-007"
TOLD = {"liability_number": "number", "liability_case": "string", "finding": "string"}


class UnknownLiability(engine.NotFound):
    """There is no liability of this number."""


class NotToName(engine.Conflict):
    """Nobody has to be named for it, or a step asks for it already."""


class MayNotHaveNamed(engine.NotPermitted):
    """Only a supervisor has a liability named."""


def without_step(numbers: Collection[int]) -> set[int]:
    """Return those of these liabilities that wait for a name and that nothing under way will ask about."""
    row = Liability
    waiting = select(row.id, row.case_number).where(
        row.id.in_(numbers), row.state == LiabilityState.TO_NAME, row.amount > 0
    )
    cases: dict[int, str] = dict(session().execute(waiting).all())
    keys = {*cases.values(), *map(naming, cases)}
    under_way = select(ProcessInstance.business_key).where(
        ProcessInstance.business_key.in_(keys), ProcessInstance.state == CaseState.ACTIVE
    )
    active = set(session().scalars(under_way))
    return {id for id, case in cases.items() if not active & {case, naming(id)}}


def have_named(number: int, *, by: Actor, at: datetime) -> str:
    """Begin the process that names who bears a liability, once at a time; the number it goes by.

    Errors: MayNotHaveNamed, UnknownLiability, NotToName, and as `cases.start`.
    """
    if SUPERVISOR not in by.roles:
        raise MayNotHaveNamed(liability=number)
    with transaction():
        row = session().get(Liability, number, with_for_update=True)
        if row is None:
            raise UnknownLiability(liability=number)
        if number not in without_step([number]):
            raise NotToName(liability=number, state=row.state)
        facts = {
            "liability_number": number,
            "liability_case": row.case_number,
            "finding": row.cause,
            "liability_amount": 0,
        }
        key = naming(number)
        engine.cases.start(PROCESS, business_key=key, variables={"case_number": key, **facts}, by=by, at=at)
        return key
