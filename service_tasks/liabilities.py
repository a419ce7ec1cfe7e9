"""Liabilities as they are kept: opened once money has moved for our fault, named by a supervisor, objected to, decided. The rules are in `liability`."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema
from sqlalchemy import and_, or_, select

from engine.runtime import BpmnError, Call, handler
from models.base import session
from models.liability import Liability, LiabilityPart, LiabilityState
from service_tasks import employees, lines, schemas
from service_tasks.authority import grants
from service_tasks.calls import effect, refusing
from service_tasks.gateway import gateway
from service_tasks.liability import ORDER_ERRORS, STAFF_CAUSES, UNIT_KINDS

PROMISED = "promised_credit"  # another case settled the cause
NAMED = (*STAFF_CAUSES, PROMISED)  # a supervisor says who bears it
NO_STATE = "none"  # where there is no liability
OURS = ("management", "technology", "equipment", "engineering", "debit_program", "system", "operator")
ANSWERERS = ("person", "supervisor")  # whose own words, or who writes them down
DECISIONS = ("upheld", "another", "company")
HOLDER, AGENT = "holder", "agent"
SPOT_WAY = "cash"  # of the authority table, whoever's purse it comes from


class OpenParameters(schemas.Parameters):
    """What liability/open takes."""

    cause = schemas.text("查明的情况", "What was found", longest=40, load_default=None, allow_none=True)
    error_kind = schemas.text("差错类型", "Kind of error", load_default=None, allow_none=True)
    amount = schemas.fen("公司付出的金额", "What it cost", least=0, load_default=0)
    paid_by = schemas.text(
        "当场赔付的人", "Who paid on the spot", longest=60, personal=True, load_default=None, allow_none=True
    )
    number = schemas.number("已登记的责任", "Opened already", load_default=None, allow_none=True)


class LiabilityResult(Schema):
    """A liability as it stands; no number where nothing moved for our fault."""

    number = schemas.number("责任编号", "Number")
    amount = schemas.fen("金额", "Amount")
    state = schemas.choice("状态", "State", (*LiabilityState, NO_STATE))
    bearer = schemas.text("承担方", "Who bears it")
    name = schemas.text("承担人或单位", "Person or agency", personal=True)


@handler(
    "liability/open",
    parameters=OpenParameters,
    result=LiabilityResult,
    manual_ref="TS-002.12, CH2.10",
    title_zh="登记责任",
    title_en="Open a liability",
)
def open_liability(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Enter what a payment for our fault cost, once per call; a cause of staff waits for a name, any other is the company's.

    Without an amount it is what the payments of the case have entered for this cause.
    """
    if parameters["number"] is not None:
        return _told(_locked(parameters["number"], call))
    cause = parameters["cause"]
    if cause == "operator" and parameters["error_kind"] in ORDER_ERRORS:
        cause = "staff"
    row = enter(call, cause, parameters["amount"]) if parameters["amount"] else _entered(cause, call)
    if row is not None and parameters["paid_by"]:
        person = employees.known_as(parameters["paid_by"])
        row.state, row.bearer = LiabilityState.PAID, "person"
        row.name = person.display_name if person else parameters["paid_by"]
        row.employee = (person.employee_number if person else None) or ""
    session().flush()
    return _told(row)


def enter(call: Call, cause: str | None, amount: int, *, key: str | None = None) -> Liability | None:
    """Enter the liability of a payment (fen), once per `key` of what moved it (the call's own unless said); None where it was not our fault or nothing was paid.

    What another call, of this case or of another, has entered already under that key is entered nowhere else.
    """
    if not amount or cause is None or cause not in (*NAMED, *OURS):
        return None
    part = select(LiabilityPart.liability_id).where(LiabilityPart.key == (key or call.key))
    earlier = session().scalar(part)
    if earlier is not None:
        return session().get(Liability, earlier, with_for_update=True)
    row = _of_cause(cause, call, by_staff=cause in NAMED)
    session().add(LiabilityPart(liability_id=row.id, key=key or call.key, amount=amount, at=call.at))
    row.amount += amount
    session().flush()
    return row


def _entered(cause: str | None, call: Call) -> Liability | None:
    """Return the case's liability of a cause; what was promised in another case stands under that case's cause."""
    own = select(Liability).where(Liability.case_number == call.business_key)
    if cause != PROMISED:
        own = own.where(Liability.cause == cause)
    return session().scalars(own.order_by(Liability.id.desc()).with_for_update()).first()


def cause_of(case_number: str | None) -> str | None:
    """Return whose fault a case found it to be, as far as it gave something for it; None where its liabilities do not say one cause."""
    causes = session().scalars(select(Liability.cause).where(Liability.case_number == case_number).distinct()).all()
    return causes[0] if len(causes) == 1 else None


def relieve(case_number: str, key: str, amount: int, *, by_staff: bool = False) -> None:
    """Relieve whoever bore what was taken back: the part that a payment (its journal key, fen) caused goes, in whichever case, or else this case's latest of that amount.

    What staff had paid out of their own pocket (`by_staff`) was settled by that; nothing else that was settled is undone.
    """
    part, whole = LiabilityPart, Liability
    query = select(part, whole).join(whole, whole.id == part.liability_id)
    of_case = and_(whole.case_number == case_number, part.amount == amount)
    candidates = query.where(or_(part.key == key, of_case), (whole.state == LiabilityState.PAID) == by_staff)
    row = session().execute(candidates.order_by((part.key == key).desc(), part.id.desc()).with_for_update()).first()
    if row is not None:
        row[1].amount -= row[0].amount
        session().delete(row[0])
        session().flush()


def _of_cause(cause: str, call: Call, *, by_staff: bool) -> Liability:
    earlier = _entered(cause, call)
    if earlier is not None:
        return earlier
    state, bearer = (LiabilityState.TO_NAME, None) if by_staff else (LiabilityState.STANDS, "company")
    row = Liability(case_number=call.business_key, cause=cause, state=state, bearer=bearer, opened_at=call.at)
    session().add(row)
    session().flush()
    return row


class NameParameters(schemas.Parameters):
    """What liability/name takes."""

    number = schemas.number("责任编号", "Number", required=True)
    unit_kind = schemas.choice("责任单位类别", "Kind of unit", UNIT_KINDS, required=True)
    unit = schemas.text("单位", "Unit", longest=60, load_default=None, allow_none=True)
    person = schemas.text("当事人", "Person", longest=60, personal=True, load_default=None, allow_none=True)
    employee = schemas.text("工号", "Employee number", longest=20, personal=True, load_default=None, allow_none=True)


@handler(
    "liability/name",
    parameters=NameParameters,
    result=LiabilityResult,
    errors={
        "names_oneself": ("employee", "person"),
        "nobody_named": ("person", "unit"),
        "number_of_another": ("employee",),
        "number_unfit": ("employee",),
    },
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
    if own and employees.is_person(call.actor, name, employee):
        raise BpmnError("names_oneself", name=name)
    if own and employees.is_of_another(name, employee):
        raise BpmnError("number_of_another", number=employee, name=name)
    if own and (shapes := employees.other_shapes(employee)):
        raise BpmnError("number_unfit", number=employee, shapes=shapes)
    row.bearer, row.name, row.employee = ("person" if own else "agency"), name, employee
    row.unit, row.state, row.objection = parameters["unit"] or "", LiabilityState.NAMED, ""
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
    """Have the company bear it: nobody of the staff is liable after all."""
    row = _locked(parameters["number"], call)
    row.bearer, row.state, row.named_by, row.named_at = "company", LiabilityState.STANDS, call.actor, call.at
    session().flush()
    return _told(row)


class AnswerParameters(schemas.Parameters):
    """What liability/answer takes; a process from before does not say who answers."""

    number = schemas.number("责任编号", "Number", required=True)
    objects = schemas.flag("有异议", "Objects", required=True)
    objection = schemas.text("异议", "Objection", longest=500, personal=True, load_default=None, allow_none=True)
    answered_by = schemas.choice("由谁填写", "Who answers", ANSWERERS, load_default=None, allow_none=True)


@handler(
    "liability/answer",
    parameters=AnswerParameters,
    result=LiabilityResult,
    errors={"not_the_person": ("answered_by",), "not_a_supervisor": ("answered_by",)},
    manual_ref="TS-002.12, CH2.10",
    title_zh="登记当事人意见",
    title_en="What whoever was named says",
)
def answer(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Keep what the person or agency says of it: accepted it stands, objected to it waits for a decision.

    The person themself says it, or a supervisor writes down what they said; nobody else answers in their place.
    """
    row = _locked(parameters["number"], call)
    is_own = row.bearer == "person" and employees.is_person(call.actor, row.name, row.employee)
    if parameters["answered_by"] == "person" and not is_own:
        raise BpmnError("not_the_person", name=row.name)
    if parameters["answered_by"] == "supervisor" and not employees.is_supervisor(call.actor):
        raise BpmnError("not_a_supervisor")
    row.state = LiabilityState.OBJECTED if parameters["objects"] else LiabilityState.STANDS
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
    if row.bearer == "person" and employees.is_person(call.actor, row.name, row.employee):
        raise BpmnError("decides_own_case", name=row.name)
    row.state = LiabilityState.TO_NAME if decision == "another" else LiabilityState.STANDS
    if decision != "upheld":
        row.bearer = None if decision == "another" else "company"
        row.name = row.unit = row.employee = ""
    row.decided_by, row.decided_at = call.actor, call.at
    session().flush()
    return _told(row)


class SpotParameters(schemas.Parameters):
    """What liability/paid_on_spot takes; processes of before say neither who paid nor who received it."""

    msisdn = schemas.msisdn(required=True)
    amount = schemas.fen("当场赔付金额", "Paid on the spot", least=1, required=True)
    most = schemas.fen("可退金额", "At most", least=0, load_default=None, allow_none=True)
    kind = schemas.choice("款项", "Kind of payment", lines.KINDS, load_default="charge")
    lines = lines.picked()
    paid_by = schemas.text("赔付人", "Who paid it", longest=40, personal=True, load_default=None, allow_none=True)
    approved_by = schemas.texts("批准人", "Who approved it", load_default=None, allow_none=True)
    payee = schemas.choice(
        "收款人",
        "Who received it",
        {HOLDER: ("机主本人", "The holder"), AGENT: ("受托人", "Somebody authorised")},
        load_default=None,
        allow_none=True,
    )
    payee_name = schemas.text("受托人", "Authorised", longest=40, personal=True, load_default=None, allow_none=True)
    payee_document = schemas.text(
        "委托书和证件", "Authority and identity", longest=60, personal=True, load_default=None, allow_none=True
    )
    approval = schemas.approval()


class SpotResult(Schema):
    """What liability/paid_on_spot returns."""

    amount = schemas.fen("当场赔付金额", "Paid on the spot")


@handler(
    "liability/paid_on_spot",
    parameters=SpotParameters,
    result=SpotResult,
    errors={
        "exceeds_disputed": ("amount",),
        "not_paid_yet": ("lines",),
        "prepayment_stands": ("kind",),
        "not_of_staff": ("paid_by",),
        "payer_approved": ("paid_by",),
        "payee_unproved": ("payee_document",),
    },
    manual_ref="TS-002.12, CH2.10",
    title_zh="登记当场赔付",
    title_en="Paid by the clerk on the spot",
)
def paid_on_spot(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Count what a clerk paid the customer of their own as given back of the lines, so that nothing is refunded after it.

    Only of what the customer had paid, by somebody who works here and did not approve it, to the holder or whoever they authorised.
    """
    amount, most = parameters["amount"], parameters["most"]
    subscription = gateway().find(parameters["msisdn"])
    parts = lines.parts(parameters["lines"])
    if subscription is None or not parts or (most is not None and amount > most):
        raise BpmnError("exceeds_disputed", amount=amount, disputed=most or 0)
    _check_people(parameters, call)
    if parameters["kind"] == "prepayment":
        raise BpmnError("prepayment_stands", amount=amount)
    with refusing("exceeds_disputed", "not_paid_yet", renamed=lines.NOT_HELD):
        gateway().paid_by_staff(subscription.id, amount, parameters["kind"], effect(call), parts)
    addresses = [part.line for part in parts]
    payee = subscription.msisdn
    grants.carry_out(parameters["approval"], call, way=SPOT_WAY, amount=amount, payee=payee, lines=addresses)
    return {"amount": amount}


def _check_people(parameters: dict[str, Any], call: Call) -> None:
    """Check the people of a payment. Errors: BpmnError not_of_staff, payer_approved, payee_unproved."""
    payer = parameters["paid_by"]
    if payer and employees.known_as(payer) is None and employees.has_accounts():
        raise BpmnError("not_of_staff", name=payer)
    if payer and any(employees.is_person(login, payer, payer) for login in parameters["approved_by"] or ()):
        raise BpmnError("payer_approved", name=payer)
    if parameters["payee"] == AGENT and not (parameters["payee_name"] and parameters["payee_document"]):
        raise BpmnError("payee_unproved")


def naming(number: int) -> str:
    """Return the number of the process that names who bears a liability beside its case, which has no step for it."""
    return f"ZR-{number}"


def _locked(number: int, call: Call) -> Liability:
    """Return the liability, for its own case or the process begun to have it named."""
    own = select(Liability).where(Liability.id == number)
    if call.business_key != naming(number):
        own = own.where(Liability.case_number == call.business_key)
    return session().scalars(own.with_for_update()).one()


def _told(row: Liability | None) -> dict[str, Any]:
    if row is None:
        return {"number": None, "amount": 0, "state": NO_STATE, "bearer": None, "name": None}
    return {"number": row.id, "amount": row.amount, "state": row.state, "bearer": row.bearer, "name": row.name}
