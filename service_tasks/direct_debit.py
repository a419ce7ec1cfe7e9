"""Direct debit (TS-008): the mandate on file, and why it failed, by what was agreed against what was keyed in; nothing is changed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import takewhile
from typing import Any, NamedTuple

from marshmallow import Schema
from sqlalchemy import select

from engine.runtime import Call, handler
from models.base import session
from models.customer import Subscription
from models.usage import BankMandate, DebitState, DirectDebit, MandateState
from service_tasks import dates, mandate_wording, schemas
from service_tasks.gateway import LinePart, gateway
from service_tasks.gateway.earlier import Apart, apart
from service_tasks.gateway.lines import BROUGHT
from service_tasks.lines import Part

FIELDS = ("bank", "account", "holder")
UNDECIDED = ("no_mandate", "no_failure")
OPERATOR_CAUSES = ("missed_order", "wrong_order", "keying_error", "debit_program")
BANK_REASONS = {
    "insufficient_funds": "no_funds",
    "no_funds": "no_funds",
    "account_closed": "account_closed",
    "not_submitted": "debit_program",
    "program_error": "debit_program",
    "debit_program": "debit_program",
}
NOTHING: dict[str, Any] = {
    "differences": [],
    "under_way": None,
    "late_fee": 0,
    "late_fees": [],
    "late_fee_owed": 0,
    "late_fee_since": None,
    "disputed_amount": 0,
    "debited": [],
    "given": [],
    "failed": [],
}


class Difference(NamedTuple):
    """A field of the mandate that was keyed differently from what was agreed; `keyed` None when it was not keyed at all."""

    field: str
    agreed: str
    keyed: str | None


class LookUpParameters(schemas.Parameters):
    """What direct_debit/look_up takes."""

    msisdn = schemas.msisdn(required=True)


class CompareParameters(schemas.Parameters):
    """What direct_debit/compare takes."""

    msisdn = schemas.msisdn(required=True)


class DifferenceRow(Schema):
    """A difference between agreement and keyed data."""

    field = schemas.text("项目", "Field")
    agreed = schemas.text("协议", "Agreed")
    keyed = schemas.text("录入", "Keyed")


class LookUpResult(Schema):
    """What direct_debit/look_up returns; all but `examined` are null where there is no mandate.

    `bank` is its own name without form and branch, `account` the bare digits.
    """

    examined = schemas.examined()
    bank = schemas.text("托收银行", "Bank")
    account = schemas.text("托收帐号", "Account", personal=True)
    holder = schemas.text("户名", "Account holder", personal=True)
    mandated_on = schemas.day("办理日期", "Date of the mandate")
    differences = schemas.rows("协议与录入的差异", "Differences", DifferenceRow, personal=True)
    under_way = schemas.flag("托收在途", "A debit is under way")


class FailedDebit(Schema):
    """A debit that has failed and was not followed by one that was done."""

    period = schemas.text("帐期", "Period")
    amount = schemas.fen("应扣金额", "Amount")
    attempted_at = schemas.instant("扣款时间", "Tried at")
    reason = schemas.text("银行答复", "What the bank said")


class GivenLine(Schema):
    """A late fee or debit of which another case has something; `case` may name several, `state` is what became of the money."""

    line = schemas.text("费用项目", "Line", longest=80)
    amount = schemas.fen("金额", "Amount")
    case = schemas.text("个案编号", "Case", longest=400)
    state = schemas.text("状态", "State")


class CompareResult(Schema):
    """What direct_debit/compare returns; `operator_fault` is null where there is no mandate, or none that failed; `under_way` where there is none.

    `late_fee` is what the failure caused, drawn from `late_fee_since` on; `late_fee_owed` all that stands on the account. What other cases
    have of them, or of wrong debits, is `given` and in no sum.
    """

    operator_fault = schemas.flag("属局方原因", "Operator's fault")
    examined = schemas.examined()
    cause = schemas.text("失败原因", "Cause")
    differences = schemas.rows("协议与录入的差异", "Differences", DifferenceRow, personal=True)
    late_fee = schemas.fen("因此产生的滞纳金", "Late fee it caused")
    late_fees = schemas.rows("因此产生的滞纳金项目", "Late fees it caused", Part)
    late_fee_owed = schemas.fen("帐上滞纳金", "Late fee on the account")
    late_fee_since = schemas.day("滞纳金起算日", "Late fee counts from")
    given = schemas.rows("已处理的费用", "Given before", GivenLine)
    disputed_amount = schemas.fen("错扣的话费", "Wrongly debited")
    debited = schemas.rows("错扣的各笔", "Debits that were wrong", Part)
    under_way = schemas.flag("托收在途", "A debit is under way")
    failed = schemas.rows("未扣成的各期", "Debits that failed", FailedDebit)
    bank = schemas.text("托收银行", "Bank")
    account = schemas.text("托收帐号", "Account", personal=True)
    holder = schemas.text("户名", "Account holder", personal=True)
    mandated_on = schemas.day("办理日期", "Date of the mandate")


def differences(msisdn: str, agreement: Mapping[str, str], keyed: Mapping[str, str | None]) -> list[Difference]:
    """Return where the keyed mandate departs from the agreement in what it means; another way to write the same is no difference.

    Shape:  both mappings hold bank, account, holder; `keyed` also msisdn, the number it was entered for (None: the right one).
    Source: TS-008.2, reading.
    """
    expected = {**agreement, "msisdn": msisdn}
    entered = {**keyed, "msisdn": keyed.get("msisdn") or (msisdn if keyed.get("account") else None)}
    return [
        Difference(field, expected[field], entered[field])
        for field in (*FIELDS, "msisdn")
        if not means_same(field, expected[field], entered[field])
    ]


def means_same(field: str, expected: str, keyed: str | None) -> bool:
    """Tell whether a field says the same in both wordings; what is empty says nothing."""
    if keyed is None or not keyed.strip():
        return False
    if field == "bank":
        return mandate_wording.same_bank(expected, keyed)
    meaning = getattr(mandate_wording, field)
    return bool(meaning(expected) == meaning(keyed))


def cause_of_failure(departures: Sequence[Difference], bank_reason: str | None) -> str:
    """Return why the debit failed.

    Shape:  missed_order (nothing keyed), wrong_order (for another number), keying_error (bank, account or holder); without a difference
            what the bank says: debit_program, no_funds, account_closed, other; no_failure when nothing has failed now (`failing`). The ones
            in OPERATOR_CAUSES are the operator's fault.
    Source: CH2.2, CH2.8, TS-008.2, TS-008.3.
    """
    by_field = {difference.field: difference.keyed for difference in departures}
    if by_field and not any(by_field.values()):
        return "missed_order"
    if "msisdn" in by_field:
        return "wrong_order"
    if by_field:
        return "keying_error"
    return BANK_REASONS.get(bank_reason, "other") if bank_reason else "no_failure"


def failing(debits: Sequence[DirectDebit]) -> list[DirectDebit]:
    """Return the debits that have failed since the last one that was done: what failed once and works again has not failed now.

    Source: TS-008.2, reading.
    """
    tried = sorted(debits, key=lambda debit: (debit.attempted_at, debit.period))
    return list(reversed(list(takewhile(lambda debit: debit.state == DebitState.FAILED, reversed(tried)))))


def late_fee_caused(borne: int, fees_by_day: Mapping[date, int], since: date) -> int:
    """Return the late fee that arose because the debit did not work: what was drawn since it failed, as far as the customer has `borne` it.

    Shape:  borne is what is owed still, or was paid since; what was given up or credited meanwhile is neither.
    Units:  fen; `fees_by_day` is what was drawn on each day. Without a record of days all that was borne counts.
    Source: TS-008.5.
    """
    return min(borne, sum(fen for day, fen in fees_by_day.items() if day >= since)) if fees_by_day else borne


@handler(
    "direct_debit/look_up",
    parameters=LookUpParameters,
    result=LookUpResult,
    manual_ref="TS-008.1, TS-008.2",
    title_zh="查询托收资料",
    title_en="Look up the mandate",
)
def look_up(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Show the mandate on file, where it was keyed in otherwise than agreed, and whether a debit is out."""
    subscription = gateway().find(parameters["msisdn"])
    mandate = latest(subscription.id) if subscription else None
    if subscription is None or mandate is None:
        return {"examined": 0, **dict.fromkeys((*FIELDS, "mandated_on", "under_way")), "differences": []}
    agreement = side(mandate, "agreed")
    return {
        "examined": 1,
        **agreement,
        "bank": mandate_wording.bank(mandate.agreed_bank).name,
        "account": mandate_wording.account(mandate.agreed_account),
        "mandated_on": mandate.mandated_on,
        "differences": _rows(differences(subscription.msisdn, agreement, side(mandate, "keyed"))),
        "under_way": mandate.debit_under_way,
    }


def _rows(departures: Sequence[Difference]) -> list[dict[str, Any]]:
    return [difference._asdict() for difference in departures]


@handler(
    "direct_debit/compare",
    parameters=CompareParameters,
    result=CompareResult,
    manual_ref="TS-008.2, TS-008.3, TS-008.5",
    title_zh="托收协议与录入核对",
    title_en="Compare the mandate",
)
def compare(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Find the cause of failure and what it cost the customer; a number without a mandate has cause no_mandate."""
    subscription = gateway().find(parameters["msisdn"])
    mandate = latest(subscription.id) if subscription else None
    if subscription is None or mandate is None:
        return {"operator_fault": None, "examined": 0, "cause": "no_mandate", **NOTHING}
    departures = differences(subscription.msisdn, side(mandate, "agreed"), side(mandate, "keyed"))
    failed = failing(mandate.debits)
    cause = cause_of_failure(departures, failed[-1].reason if failed else None)
    since = None if cause == "no_failure" else _fails_since(mandate, failed)
    wrong = [debit for debit in mandate.debits if debit.state == DebitState.DONE] if departures else []
    own = call.business_key or None
    late_fees = late_fees_since(subscription.id, since, [debit.period for debit in failed], own)
    debited = apart(subscription.id, [LinePart(f"debit:{debit.id}", debit.amount) for debit in wrong], own_case=own)
    return {
        "operator_fault": None if cause in UNDECIDED else cause in OPERATOR_CAUSES,
        "examined": 1,
        "cause": cause,
        "differences": _rows(departures),
        "under_way": mandate.debit_under_way,
        **told(late_fees.left, subscription.id),
        "late_fee_since": since,
        "disputed_amount": sum(part.amount for part in debited.left),
        "debited": [part._asdict() for part in debited.left],
        "given": [claim._asdict() for claim in (*late_fees.had, *debited.had)],
        "failed": [_failed(debit) for debit in failed],
        "bank": mandate.agreed_bank,
        "account": mandate.agreed_account,
        "holder": mandate.agreed_holder,
        "mandated_on": mandate.mandated_on,
    }


def told(late_fees: Sequence[LinePart], subscription_id: int) -> dict[str, Any]:
    """Return late fees with their sum, beside all that stands on the account now."""
    return {
        "late_fee": sum(part.amount for part in late_fees),
        "late_fees": [part._asdict() for part in late_fees],
        "late_fee_owed": gateway().balances(subscription_id).late_fee,
    }


def _fails_since(mandate: BankMandate, failed: Sequence[DirectDebit]) -> date:
    """Return the day of the first debit that fails now; where none was tried, from when the mandate should have been in force."""
    return dates.day_of(failed[0].attempted_at) if failed else mandate.effective_on


def late_fees_since(subscription_id: int, since: date | None, periods: Collection[str], own_case: str | None) -> Apart:
    """Return the late fees that a failure caused until now, line by line, told apart from what another case has of them; none without a day.

    Fees on the bills of the failed debits are taken alone where the record tells them apart from older arrears.
    """
    if since is None:
        return Apart([], [])
    fees = gateway().late_fees_drawn(subscription_id)
    own = [fee for fee in fees if fee.period in periods] or fees
    fees_by_day: Counter[date] = Counter()
    by_period: Counter[str] = Counter()
    for fee in own:
        fees_by_day[fee.on] += fee.amount
        by_period[fee.period] += fee.amount if fee.on >= since else 0
    borne = gateway().balances(subscription_id).late_fee + gateway().late_fees_paid(subscription_id, since)
    fee_caused = late_fee_caused(borne, fees_by_day, since)
    return apart(
        subscription_id, _as_far_as(fee_caused, by_period if fees else {BROUGHT: fee_caused}), own_case=own_case
    )


def _as_far_as(remaining: int, by_period: Mapping[str, int]) -> list[LinePart]:
    parts = []
    for period, amount in by_period.items():
        share = min(remaining, amount)
        remaining -= share
        if share:
            parts.append(LinePart(f"late-fee:{period}", share))
    return parts


def _failed(debit: DirectDebit) -> dict[str, Any]:
    return {
        "period": debit.period,
        "amount": debit.amount,
        "attempted_at": debit.attempted_at,
        "reason": BANK_REASONS.get(debit.reason or "", "bank_other"),
    }


def side(mandate: BankMandate, side: str) -> dict[str, Any]:
    """Return bank, account and holder as they were "agreed", or "keyed" with the number they were keyed for."""
    fields = {field: getattr(mandate, f"{side}_{field}") for field in FIELDS}
    return fields if side == "agreed" else {**fields, "msisdn": mandate.keyed_msisdn}


def latest(subscription_id: int, *, lock: bool = False) -> BankMandate | None:
    """Return the active mandate, else the latest one. A renewal locks the subscription, so that two clerks do not both replace it."""
    if lock:
        session().get(Subscription, subscription_id, with_for_update=True)
    row = BankMandate
    query = select(row).where(row.subscription_id == subscription_id)
    return (
        session()
        .scalars(query.order_by(row.state != MandateState.ACTIVE, row.mandated_on.desc(), row.id.desc()))
        .first()
    )
