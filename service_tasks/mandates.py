"""Mandates of direct debit as they are written (TS-008): corrected at once, renewed, and freed when a debit that was out comes back.

Which account numbers a bank uses is the owner's decision table, asked before; here only what no bank accepts is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema
from sqlalchemy import select

from engine.runtime import BpmnError, Call, handler
from models.base import session
from models.usage import BankMandate, MandateState
from service_tasks import dates, mandate_wording, schemas
from service_tasks.direct_debit import FIELDS, differences, latest, means_same, side
from service_tasks.gateway import gateway

REFUSALS: dict[str, tuple[str, ...]] = {
    "account_format": ("account",),
    "debit_under_way": (),
    "holder_mismatch": ("holder",),
    "bank_keyed_wrong": ("bank",),
    "account_keyed_wrong": ("account",),
    "holder_keyed_wrong": ("holder",),
}
ACCOUNT = re.compile(r"^\d{8,30}$")
DEBIT_DAY = 15


class MandateParameters(schemas.Parameters):
    """What direct_debit/correct takes."""

    msisdn = schemas.msisdn(required=True)
    bank = schemas.text("托收银行", "Bank", longest=40, required=True)
    account = schemas.text("托收帐号", "Account", personal=True, required=True)
    holder = schemas.text("户名", "Account holder", longest=80, personal=True, required=True)


class RenewParameters(MandateParameters):
    """What direct_debit/renew takes; `correction` is the mandate that the case corrected before."""

    correction = schemas.number("已更正的托收编号", "Corrected mandate", load_default=None, allow_none=True)


class RenewResult(Schema):
    """What direct_debit/correct and direct_debit/renew return."""

    mandate_id = schemas.number("托收编号", "Mandate")
    effective_on = schemas.day("生效日期", "Takes effect on")
    debit_day = schemas.number("每月扣款日", "Debit day")


class ResultParameters(schemas.Parameters):
    """What direct_debit/record_result takes."""

    msisdn = schemas.msisdn(required=True)
    result = schemas.choice("扣款结果", "Result", ("done", "failed"), required=True)


class ResultResult(Schema):
    """What direct_debit/record_result returns."""

    was_under_way = schemas.flag("原在途", "Was under way")
    result = schemas.text("扣款结果", "Result")


@handler(
    "direct_debit/correct",
    parameters=MandateParameters,
    result=RenewResult,
    errors=REFUSALS,
    manual_ref="TS-008.4",
    title_zh="更正托收资料",
    title_en="Correct the mandate",
)
def correct(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Write the right data to the mandate at once; what stands there as it should is left alone, and what was keyed wrongly is not right."""
    subscription = gateway().subscription(parameters["msisdn"])
    previous = latest(subscription.id, lock=True)
    right_values = _given(parameters)
    if previous is not None and _stands(previous, right_values, subscription.msisdn):
        return _renewed(previous)
    _check(right_values, previous, gateway().customer(subscription.customer_id).name)
    _check_wrong_again(right_values, previous, subscription.msisdn)
    return _renewed(_replace(previous, subscription.id, subscription.msisdn, right_values, call))


@handler(
    "direct_debit/record_result",
    parameters=ResultParameters,
    result=ResultResult,
    manual_ref="TS-008.6, TS-008.7",
    title_zh="登记扣款结果",
    title_en="Record the result of a debit",
)
def record_result(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Record that the debit that was out has come back from the bank; what it paid is for billing to enter."""
    subscription = gateway().subscription(parameters["msisdn"])
    mandate = latest(subscription.id, lock=True)
    was_out = mandate is not None and mandate.debit_under_way
    if mandate is not None:
        mandate.debit_under_way = False
        session().flush()
    return {"was_under_way": was_out, "result": parameters["result"]}


@handler(
    "direct_debit/renew",
    parameters=RenewParameters,
    result=RenewResult,
    errors=REFUSALS,
    manual_ref="TS-008.4, TS-008.6, TS-008.7",
    title_zh="重办托收",
    title_en="Renew the mandate",
)
def renew(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Replace the mandate by a right one, in force from the first of next month; the same data again on the same day change nothing.

    What the case corrected already is confirmed as long as it is not in force yet.
    """
    subscription = gateway().subscription(parameters["msisdn"])
    previous = latest(subscription.id, lock=True)
    right_values = _given(parameters)
    if previous is not None and _stands(previous, right_values, subscription.msisdn):
        corrected = previous.id == parameters["correction"] and previous.effective_on > dates.day_of(call.at)
        if corrected or previous.mandated_on == dates.day_of(call.at):
            return _renewed(previous)
    _check(right_values, previous, gateway().customer(subscription.customer_id).name)
    _check_wrong_again(right_values, previous, subscription.msisdn)
    if previous is not None and previous.id == parameters["correction"]:
        _check_wrong_again(right_values, _before(previous), subscription.msisdn)
    return _renewed(_replace(previous, subscription.id, subscription.msisdn, right_values, call))


def _check_wrong_again(right_values: Mapping[str, str], mandate: BankMandate | None, msisdn: str) -> None:
    """Refuse a field that is entered just as it was keyed by mistake. Errors: BpmnError, one of the field."""
    if mandate is None:
        return
    for field, _, keyed in differences(msisdn, side(mandate, "agreed"), side(mandate, "keyed")):
        if field in FIELDS and keyed and means_same(field, keyed, right_values[field]):
            raise BpmnError(f"{field}_keyed_wrong")


def _before(mandate: BankMandate) -> BankMandate | None:
    """Return the mandate that this one replaced."""
    row = BankMandate
    query = select(row).where(row.subscription_id == mandate.subscription_id, row.id < mandate.id)
    return session().scalars(query.order_by(row.id.desc())).first()


def _check(right_values: Mapping[str, str], previous: BankMandate | None, customer: str) -> None:
    if not ACCOUNT.match(right_values["account"]):
        raise BpmnError("account_format")
    if previous is not None and previous.debit_under_way:
        raise BpmnError("debit_under_way")
    agreed_holder = previous.agreed_holder if previous else customer
    if mandate_wording.holder(right_values["holder"]) not in map(mandate_wording.holder, (customer, agreed_holder)):
        raise BpmnError("holder_mismatch")


def _replace(
    previous: BankMandate | None, subscription_id: int, msisdn: str, right_values: Mapping[str, str], call: Call
) -> BankMandate:
    today = dates.day_of(call.at)
    if previous is not None:
        previous.state = MandateState.REPLACED
    mandate = BankMandate(
        subscription_id=subscription_id,
        **{f"{side}_{field}": right_values[field] for side in ("agreed", "keyed") for field in FIELDS},
        keyed_msisdn=msisdn,
        mandated_on=today,
        effective_on=dates.first_of_next_month(today),
        debit_day=previous.debit_day if previous else DEBIT_DAY,
        state=MandateState.ACTIVE,
    )
    session().add(mandate)
    session().flush()
    return mandate


def _stands(mandate: BankMandate, right_values: Mapping[str, str], msisdn: str) -> bool:
    """Tell whether the mandate in force is agreed and keyed in just so."""
    keyed = side(mandate, "keyed")
    same = side(mandate, "agreed") == right_values and {**keyed, "msisdn": keyed["msisdn"] or msisdn} == {
        **right_values,
        "msisdn": msisdn,
    }
    return same and mandate.state == MandateState.ACTIVE


def _given(parameters: Mapping[str, Any]) -> dict[str, str]:
    typed = {field: parameters[field].strip() for field in FIELDS}
    return typed | {"account": mandate_wording.account(parameters["account"])}


def _renewed(mandate: BankMandate) -> dict[str, Any]:
    return {"mandate_id": mandate.id, "effective_on": mandate.effective_on, "debit_day": mandate.debit_day}
