"""Liabilities as they are kept: opened once money has moved for our fault, named by a supervisor, objected to, decided. The rules are in `liability`."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema
from sqlalchemy import select

from engine.handlers import BpmnError, Call, handler
from models.base import session
from models.identity import User
from models.liability import Liability, LiabilityPart
from service_tasks import lines, schemas
from service_tasks.calls import effect, refusing
from service_tasks.gateway import gateway
from service_tasks.liability import ORDER_ERRORS, STAFF_CAUSES, UNIT_KINDS

OURS = ("management", "technology", "equipment", "engineering", "debit_program", "system", "operator")
DECISIONS = ("upheld", "another", "company")


class OpenParameters(schemas.Parameters):
    """What liability/open takes."""

    cause = schemas.text("查明的情况", "What was found", longest=40, load_default=None, allow_none=True)
    error_kind = schemas.text("差错类型", "Kind of error", load_default=None, allow_none=True)
    amount = schemas.fen("公司付出的金额", "What it cost", least=0, load_default=0)
    paid_by = schemas.text("当场赔付的人", "Who paid on the spot", longest=60, load_default=None, allow_none=True)
    number = schemas.number("已登记的责任", "Opened already", load_default=None, allow_none=True)


class LiabilityResult(Schema):
    """A liability as it stands; no number where nothing moved for our fault."""

    number = schemas.number("责任编号", "Number")
    amount = schemas.fen("金额", "Amount")
    state = schemas.text("状态", "State")
    bearer = schemas.text("承担方", "Who bears it")
    name = schemas.text("承担人或单位", "Person or agency")


@handler(
    "liability/open",
    parameters=OpenParameters,
    result=LiabilityResult,
    manual_ref="TS-002.12, CH2.10",
    title_zh="登记责任",
    title_en="Open a liability",
)
def open_liability(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Enter what a payment for our fault cost, once per call; a cause of staff waits for a name, any other is the company's."""
    if parameters["number"] is not None:
        return _told(_locked(parameters["number"], call))
    cause = parameters["cause"]
    if cause == "operator" and parameters["error_kind"] in ORDER_ERRORS:
        cause = "staff"
    row = enter(call, cause, parameters["amount"])
    if row is not None and parameters["paid_by"]:
        row.state, row.bearer, row.name = "paid", "person", parameters["paid_by"]
    session().flush()
    return _told(row)


def enter(call: Call, cause: str | None, amount: int) -> Liability | None:
    """The liability of a payment (fen) that a call makes, once per call; None where it was not our fault or nothing was paid."""
    if not amount or cause is None or cause not in (*STAFF_CAUSES, *OURS):
        return None
    row = _of_cause(cause, call, by_staff=cause in STAFF_CAUSES)
    if session().scalar(select(LiabilityPart.id).where(LiabilityPart.key == call.key)) is None:
        session().add(LiabilityPart(liability_id=row.id, key=call.key, amount=amount, at=call.at))
        row.amount += amount
        session().flush()
    return row


def _of_cause(cause: str, call: Call, *, by_staff: bool) -> Liability:
    found = session().scalar(
        select(Liability).where(Liability.case_number == call.business_key, Liability.cause == cause).with_for_update()
    )
    if found is not None:
        return found
    state, bearer = ("to_name", None) if by_staff else ("stands", "company")
    row = Liability(case_number=call.business_key, cause=cause, state=state, bearer=bearer, opened_at=call.at)
    session().add(row)
    session().flush()
    return row


class NameParameters(schemas.Parameters):
    """What liability/name takes."""

    number = schemas.number("责任编号", "Number", required=True)
    unit_kind = schemas.choice("责任单位类别", "Kind of unit", UNIT_KINDS, required=True)
    unit = schemas.text("单位", "Unit", longest=60, load_default=None, allow_none=True)
    person = schemas.text("当事人", "Person", longest=60, load_default=None, allow_none=True)
    employee = schemas.text("工号", "Employee number", longest=20, load_default=None, allow_none=True)


@handler(
    "liability/name",
    parameters=NameParameters,
    result=LiabilityResult,
    errors={"names_oneself": ("employee", "person"), "nobody_named": ("person", "unit")},
    manual_ref="TS-002.12, CH2.10",
    title_zh="指明承担人",
    title_en="Name who is liable",
)
def name_liable(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Say who bears it: in an own hall the person, in a franchised hall or agency that agency; nobody clears or names themselves."""
    row, own = _locked(parameters["number"], call), parameters["unit_kind"] == "own"
    name = (parameters["person"] if own else parameters["unit"]) or ""
    if not name:
        raise BpmnError("nobody_named", unit=parameters["unit_kind"])
    employee = (parameters["employee"] or "") if own else ""
    if own and _is(call.actor, name, employee):
        raise BpmnError("names_oneself", name=name)
    row.bearer, row.name, row.employee = ("person" if own else "agency"), name, employee
    row.unit, row.state, row.objection = parameters["unit"] or "", "named", ""
    row.named_by, row.named_at, row.decided_by, row.decided_at = call.actor, call.at, None, None
    session().flush()
    return _told(row)


class CompanyParameters(schemas.Parameters):
    """What liability/company takes."""

    number = schemas.number("责任编号", "Number", required=True)


@handler(
    "liability/company",
    parameters=CompanyParameters,
    result=LiabilityResult,
    manual_ref="CH2.10",
    title_zh="改由公司承担",
    title_en="The company bears it",
)
def company(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Nobody of the staff is liable after all."""
    row = _locked(parameters["number"], call)
    row.bearer, row.state, row.named_by, row.named_at = "company", "stands", call.actor, call.at
    session().flush()
    return _told(row)


class AnswerParameters(schemas.Parameters):
    """What liability/answer takes."""

    number = schemas.number("责任编号", "Number", required=True)
    objects = schemas.flag("有异议", "Objects", required=True)
    objection = schemas.text("异议", "Objection", longest=500, personal=True, load_default=None, allow_none=True)


@handler(
    "liability/answer",
    parameters=AnswerParameters,
    result=LiabilityResult,
    manual_ref="TS-002.12, CH2.10",
    title_zh="登记当事人意见",
    title_en="What whoever was named says",
)
def answer(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Keep what the person or agency says of it: accepted it stands, objected to it waits for a decision."""
    row = _locked(parameters["number"], call)
    row.state = "objected" if parameters["objects"] else "stands"
    row.objection = (parameters["objection"] or "") if parameters["objects"] else ""
    session().flush()
    return _told(row)


class DecideParameters(schemas.Parameters):
    """What liability/decide takes."""

    number = schemas.number("责任编号", "Number", required=True)
    decision = schemas.choice("决定", "Decision", DECISIONS, required=True)


@handler(
    "liability/decide",
    parameters=DecideParameters,
    result=LiabilityResult,
    errors={"decides_own_case": ("decision",)},
    manual_ref="TS-002.12, CH2.10",
    title_zh="裁定异议",
    title_en="Decide on an objection",
)
def decide(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Decide on an objection: it stands, somebody else is to be named, or the company bears it; never by who was named."""
    row, decision = _locked(parameters["number"], call), parameters["decision"]
    if row.bearer == "person" and _is(call.actor, row.name, row.employee):
        raise BpmnError("decides_own_case", name=row.name)
    row.state = "to_name" if decision == "another" else "stands"
    if decision != "upheld":
        row.bearer = None if decision == "another" else "company"
        row.name = row.unit = row.employee = ""
    row.decided_by, row.decided_at = call.actor, call.at
    session().flush()
    return _told(row)


class SpotParameters(schemas.Parameters):
    """What liability/paid_on_spot takes."""

    msisdn = schemas.msisdn(required=True)
    amount = schemas.fen("当场赔付金额", "Paid on the spot", least=1, required=True)
    most = schemas.fen("可退金额", "At most", least=0, load_default=None, allow_none=True)
    kind = schemas.choice("款项", "Kind of payment", lines.KINDS, load_default="charge")
    lines = lines.picked()


class SpotResult(Schema):
    """What liability/paid_on_spot returns."""

    amount = schemas.fen("当场赔付金额", "Paid on the spot")


@handler(
    "liability/paid_on_spot",
    parameters=SpotParameters,
    result=SpotResult,
    errors={"exceeds_disputed": ("amount",)},
    manual_ref="TS-002.12, CH2.10",
    title_zh="登记当场赔付",
    title_en="Paid by the clerk on the spot",
)
def paid_on_spot(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Count what a clerk paid the customer of their own as given back of the lines, so that nothing is refunded after it."""
    amount, most = parameters["amount"], parameters["most"]
    subscription = gateway().find(parameters["msisdn"])
    wanted = lines.parts(parameters["lines"])
    if subscription is None or not wanted or (most is not None and amount > most):
        raise BpmnError("exceeds_disputed", amount=amount, disputed=most or 0)
    with refusing("exceeds_disputed", renamed=lines.NOT_HELD):
        gateway().paid_by_staff(subscription.id, amount, parameters["kind"], effect(call), wanted)
    return {"amount": amount}


def _locked(number: int, call: Call) -> Liability:
    own = select(Liability).where(Liability.id == number, Liability.case_number == call.business_key)
    return session().scalars(own.with_for_update()).one()


def _is(actor: str, name: str, employee: str) -> bool:
    """Whether a log-in is the person of that name or employee number."""
    user = session().get(User, actor)
    if user is None:
        return name == actor
    return bool(employee and user.employee_number == employee) or name in (user.name, user.display_name)


def _told(row: Liability | None) -> dict[str, Any]:
    if row is None:
        return {"number": None, "amount": 0, "state": "none", "bearer": None, "name": None}
    return {"number": row.id, "amount": row.amount, "state": row.state, "bearer": row.bearer, "name": row.name}
