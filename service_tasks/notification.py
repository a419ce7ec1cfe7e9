"""Messages that leave the desk: text messages to customers from our own templates, and notices to departments.

A message is queued in the commit that decided it; sending is not done here. Values never become part of a template: names are replaced
once, and what a value contains is not looked at again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from string import Template
from typing import Any, NamedTuple

from marshmallow import Schema
from sqlalchemy import insert, select

from engine import Invalid, NotFound
from engine.runtime import Call, handler
from models.base import connection, session
from models.complaint import Complaint
from models.customer import SubscriptionState
from models.identity import Department
from models.notice import DepartmentNotice, MessageState, OutboxMessage
from service_tasks import amounts, dates, schemas
from service_tasks.gateway import gateway


class UnknownTemplate(NotFound):
    """There is no message template of this name."""


class ValuesMissing(Invalid):
    """The template asks for values that were not given."""


class UnknownDepartment(NotFound):
    """The manual has no such department."""


class Message(NamedTuple):
    """Our own wording with $names; those in `money` are given in fen and written in yuan."""

    text: str
    money: tuple[str, ...] = ()


_NEW = insert(OutboxMessage)
TAKEN_BACK = Message(
    "您的投诉 $case_number 中误退的 $amount 元已更正：$what。如有疑问，请与我们联系。（$date）", ("amount",)
)
TEMPLATES = {
    "charge_held": Message(
        "您有争议的话费 $amount 元已挂帐，其余话费可以正常缴纳。核算结果预计 $settle_on 后告知您。（案件 $case_number）",
        ("amount",),
    ),
    "charge_held_in_part": Message(
        "您反映的话费 $amount 元已登记，$settle_on 统一核算，结果另行告知；其中未缴的 $parked 元已挂帐，其余话费可以正常缴纳。（案件 $case_number）",
        ("amount", "parked"),
    ),
    "credit_scheduled": Message(
        "与您投诉有关的 $amount 元将随 $period 的二次批价记入，帐单出具后可查，办妥后再答复您。（案件 $case_number）",
        ("amount",),
    ),
    "hold_credited": Message(
        "您挂帐的话费 $amount 元经核算已冲减，请留意帐单。（批次 $case_number，$date）", ("amount",)
    ),
    "hold_due": Message(
        "您挂帐的话费 $amount 元经核算恢复应缴，请按时缴纳。原因：$reason（批次 $case_number，$date）", ("amount",)
    ),
    "credit_on_thursday": Message(
        "您反映的话费 $amount 元已登记，$settle_on 统一核算，结果另行告知。（案件 $case_number）", ("amount",)
    ),
    "credit_posted": Message("您反映的话费已冲减 $amount 元，请留意帐单。（案件 $case_number，$date）", ("amount",)),
    "reward_scheduled": Message(
        "感谢您的投诉，现给予投诉奖励 $amount 元，将随 $period 的帐单兑现，帐单出具后可查。（案件 $case_number）",
        ("amount",),
    ),
    "reward_posted": Message("您的投诉奖励 $amount 元已兑现，请留意帐单。（案件 $case_number，$date）", ("amount",)),
    "mandate_renewed": Message(
        "您的托收已重新办理，$effective_on 起生效，每月 $debit_day 日扣款。扣款期间请不要用其他方式缴费。（案件 $case_number）"
    ),
    "reply": Message("您的投诉 $case_number 答复如下：$text（$date）"),
    "explanation": Message("您的投诉 $case_number 说明如下：$text（$date）"),
    "interim_reply": Message("您的投诉 $case_number 正在处理：$progress。（$date）"),
    "withdrawn": Message("您的投诉 $case_number 已按您的要求撤回，不再处理。如需再次反映，请与我们联系。（$date）"),
    "withdrawn_due": Message(
        "您的投诉 $case_number 已按您的要求撤回，不再处理。原挂帐的 $amount 元恢复应缴，挂帐期间不收滞纳金。（$date）",
        ("amount",),
    ),
    "voided": Message(
        "您的投诉 $case_number 是我方登记有误，现已作废，您的权益不受影响。如有疑问，请与我们联系。（$date）"
    ),
    "voided_due": Message(
        "您的投诉 $case_number 是我方登记有误，现已作废。原挂帐的 $amount 元恢复应缴，挂帐期间不收滞纳金。（$date）",
        ("amount",),
    ),
    "extended": Message("您的投诉 $case_number 情况复杂，需要延长处理时间，最迟 $until 答复您。"),
    **dict.fromkeys(("taken_back", "taken_back_owed", "taken_back_cash", "taken_back_cash_owed"), TAKEN_BACK),
    "not_reached": Message(
        "您的投诉 $case_number 需要您答复，我们多次未能联系到您，现先结案。如需继续处理，请与我们联系。（$date）"
    ),
    "resolved": Message("您的投诉 $case_number 已有结果：$resolution。（$date）"),
}

# What departments are told in our own words, in Chinese and in English; whoever reads a notice reads it in their language.
WORDINGS = {
    "coverage": ("$report（责任人：$owner，期限：$by）", "$report (responsible: $owner, by $by)"),
    "site": ("收费网站：$site；处理结果：$resolution", "Site: $site; result: $resolution"),
    "orphan": (
        "号码停用或改号后仍收梦网费，属无主话单，网站：$site",
        "Monternet fees after the number was closed or changed, site: $site",
    ),
    "debit_keying_error": ("托收失败：托收资料录入错误", "Direct debit failed: the mandate was keyed wrongly"),
    "debit_wrong_order": ("托收失败：托收业务错办", "Direct debit failed: another service was set up"),
    "debit_missed_order": ("托收失败：托收业务漏办", "Direct debit failed: the mandate was never set up"),
    "debit_debit_program": ("托收失败：扣款程序出错", "Direct debit failed: the debit program erred"),
    "debit_other": ("托收失败，查明属局方原因", "Direct debit failed by our own fault"),
}
TOPIC = "notification/send"
SUPERVISOR = "supervisor"
COMPOSED = "\x1e"  # no form takes it, so that nobody writes what reads as composed
LETTER = "letter"
CANCELLED = "number_cancelled"  # why a message failed, as a code that pages tell in words

# How they read in offices that run an earlier version: what was sent then is still what the record says was sent.
FORMERLY: dict[str, tuple[str, ...]] = {
    "charge_held": ("您有争议的话费 $amount 元已挂帐,其余话费可以正常缴纳。核算结果预计 $settle_on 后告知您。",),
    "credit_scheduled": ("与您投诉有关的 $amount 元将随 $period 的二次批价记入,帐单出具后可查,办妥后再答复您。",),
    "credit_posted": (
        "您反映的话费已冲减 $amount 元,请留意下期帐单。",
        "您反映的话费已冲减 $amount 元，请留意帐单。（案件 $case_number）",
    ),
    "mandate_renewed": (
        "您的托收已重新办理,$effective_on 起生效,每月 $debit_day 日扣款。扣款期间请不要用其他方式缴费。",
    ),
    "hold_credited": ("您挂帐的话费 $amount 元经核算已冲减，请留意帐单。（批次 $case_number）",),
    "hold_due": ("您挂帐的话费 $amount 元经核算恢复应缴，请按时缴纳。原因：$reason（批次 $case_number）",),
    "reward_posted": ("您的投诉奖励 $amount 元已兑现，请留意帐单。（案件 $case_number）",),
    "interim_reply": ("您的投诉 $case_number 正在处理：$progress。",),
    "resolved": ("您的投诉 $case_number 已有结果：$resolution。",),
}
KNOWN_OF_ITSELF = ("case_number", "date")  # what every message has without being given it


class SendParameters(schemas.Parameters):
    """What notification/send takes."""

    msisdn = schemas.msisdn(required=True)
    template = schemas.choice("短信模板", "Template", tuple(TEMPLATES), required=True)
    values = schemas.mapping("内容", "Values", personal=True, load_default=dict)


class SendResult(Schema):
    """What notification/send returns."""

    outbox_id = schemas.number("短信编号", "Message")
    failure = schemas.text("发不出的原因", "Why it cannot arrive", allow_none=True, load_default=None)


class DepartmentParameters(schemas.Parameters):
    """What notification/department takes."""

    group = schemas.text("部门", "Department", longest=40, required=True)
    subject = schemas.text("标题", "Subject", longest=120, required=True)
    text = schemas.text("内容", "Text", longest=4000, personal=True, load_default="")
    wording = schemas.choice("措辞", "Wording", (*WORDINGS, ""), load_default="")
    values = schemas.mapping("措辞中的内容", "Values of it", personal=True, load_default=dict)


class DepartmentResult(Schema):
    """What notification/department returns."""

    notice_id = schemas.number("通知编号", "Notice")


class OwnFaultResult(Schema):
    """What notification/own_fault returns: how many notices it wrote, none where both had been told the same."""

    notices = schemas.number("通知数", "Notices")


def known(case_number: str, at: datetime) -> dict[str, str]:
    """Return what every message of a case may name: its number, and the day on which it is told, such as 11月24日."""
    day = dates.day_of(at)
    return {"case_number": case_number, "date": f"{day.month}月{day.day}日"}


def body(template: str, values: Mapping[str, Any]) -> str:
    """Return the text of a message.

    Units:  values named in the template's `money` are fen.
    Errors: UnknownTemplate; ValuesMissing, rather than a customer reading a bare name.
    """
    message = TEMPLATES.get(template)
    if message is None:
        raise UnknownTemplate(template=template)
    wording = Template(message.text)
    missing = sorted(name for name in wording.get_identifiers() if values.get(name) is None)
    if missing:
        raise ValuesMissing(template=template, missing=missing)
    return _filled(message.text, message, values)


def _filled(text: str, message: Message, values: Mapping[str, Any]) -> str:
    texts = {name: amounts.yuan(int(value)) if name in message.money else str(value) for name, value in values.items()}
    return Template(text).safe_substitute(texts)


def wordings(template: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the text of a message as it is written today and as earlier versions wrote it. Errors: as `body`."""
    return body(template, values), *(
        _filled(former, TEMPLATES[template], values) for former in FORMERLY.get(template, ())
    )


def asked_for(literals: Mapping[str, str]) -> Mapping[str, Mapping[str, bool]]:
    """Return the names that a template asks for; the number of the case and the day need not be given, every message has them."""
    message = TEMPLATES.get(literals.get("template", ""))
    if message is None:
        return {}
    return {"values": {name: name not in KNOWN_OF_ITSELF for name in Template(message.text).get_identifiers()}}


@handler(
    TOPIC,
    parameters=SendParameters,
    result=SendResult,
    fills=asked_for,
    manual_ref="CH1.3, SUB.1, TS-005.8, TS-008.7",
    title_zh="短信通知客户",
    title_en="Text message to the customer",
)
def send(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Queue a text message, once per call, to the number that complained, whatever other number the case is about.

    At a number that is cancelled nothing arrives: the message has failed from the start, so that a person tells the customer in another way.

    Errors: ValuesMissing.
    """
    message = body(parameters["template"], {**known(call.business_key, call.at), **parameters["values"]})
    number = customers_number(call.business_key) or parameters["msisdn"]
    subscription = gateway().find(number)
    failure = CANCELLED if subscription is not None and subscription.state == SubscriptionState.CANCELLED else None
    outbox_id = queue(call.key, call.business_key, number, parameters["template"], message, call.at, failure=failure)
    return {"outbox_id": outbox_id, **({"failure": failure} if failure else {})}


def customers_number(case_number: str) -> str | None:
    """Return the number that a complaint came from; None for a case that is none."""
    return session().scalar(select(Complaint.msisdn).where(Complaint.case_number == case_number))


def told(
    key: str, case_number: str, channel: str, text: str, by: str, at: datetime, *, template: str = "reply"
) -> None:
    """Keep what somebody told a customer otherwise than by text message; `channel` empty when nobody said how."""
    message = {"channel": channel or "other", "to_msisdn": "", "template": template, "body": text, "told_by": by}
    state = MessageState.UNPOSTED if channel == LETTER else MessageState.TOLD
    place = {"key": key, "case_number": case_number or None, "state": state, "queued_at": at}
    connection().execute(_NEW, message | place)


def queue(
    key: str,
    case_number: str,
    msisdn: str,
    template: str,
    text: str,
    at: datetime,
    *,
    by: str | None = None,
    failure: str | None = None,
) -> int:
    """Put a text message into the outbox, once per key, with whoever wrote it, or with why it cannot arrive; its id."""
    queued = session().scalar(select(OutboxMessage.id).where(OutboxMessage.key == key))
    if queued is not None:
        return queued
    message = OutboxMessage(
        key=key,
        case_number=case_number or None,
        to_msisdn=msisdn,
        template=template,
        body=text,
        queued_at=at,
        told_by=by,
        state=MessageState.FAILED if failure else MessageState.QUEUED,
        failure=failure,
    )
    session().add(message)
    session().flush()
    return message.id


def asked_by(literals: Mapping[str, str]) -> Mapping[str, Mapping[str, bool]]:
    """Return the names that a wording asks for."""
    wording = WORDINGS.get(literals.get("wording", ""))
    return {"values": dict.fromkeys(Template(wording[0]).get_identifiers(), True)} if wording else {}


@handler(
    "notification/department",
    parameters=DepartmentParameters,
    result=DepartmentResult,
    fills=asked_by,
    manual_ref="CH1.5, CH2.4, TS-003.8, TS-005.9, TS-007.4",
    title_zh="通知部门",
    title_en="Notice to a department",
)
def notify_department(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Put a notice before a department, once per call: a text as somebody wrote it, or one of our wordings with its values.

    Errors: UnknownDepartment, ValuesMissing.
    """
    notice_id = session().scalar(select(DepartmentNotice.id).where(DepartmentNotice.key == call.key))
    if notice_id is None:
        notice = _notice(parameters, call, call.key)
        session().add(notice)
        session().flush()
        notice_id = notice.id
    return {"notice_id": notice_id}


@handler(
    "notification/own_fault",
    parameters=DepartmentParameters,
    result=OwnFaultResult,
    fills=asked_by,
    manual_ref="CH1.5",
    title_zh="通报局方原因",
    title_en="Report of our own fault",
)
def report_own_fault(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Put our own fault before the department at fault and the supervisor; a process that passes again with the same words tells nobody again.

    Errors: UnknownDepartment, ValuesMissing.
    """
    instance, _, _ = call.key.rpartition(":")
    text = noted(parameters)
    told_before = set(
        session().scalars(
            select(DepartmentNotice.department)
            .where(DepartmentNotice.case_number == call.business_key)
            .where(DepartmentNotice.key.startswith(f"{instance}:", autoescape=True))
            .where(DepartmentNotice.subject == parameters["subject"], DepartmentNotice.text == text)
        )
    )
    notices = [
        _notice(parameters | {"group": department}, call, key)
        for key, department in fault_notices(call.key, parameters["group"]).items()
        if department not in told_before
    ]
    session().add_all(notices)
    session().flush()
    return {"notices": len(notices)}


def fault_notices(key: str, department: str) -> dict[str, str]:
    """Return who is told of our own fault, by the key of the notice; once where the supervisor is the department at fault."""
    return {key: department} | ({} if department == SUPERVISOR else {f"{key}:{SUPERVISOR}": SUPERVISOR})


def _notice(parameters: dict[str, Any], call: Call, key: str) -> DepartmentNotice:
    if session().get(Department, parameters["group"]) is None:
        raise UnknownDepartment(group=parameters["group"])
    return DepartmentNotice(
        key=key,
        department=parameters["group"],
        case_number=call.business_key or None,
        subject=parameters["subject"],
        text=noted(parameters),
        at=call.at,
    )


def noted(parameters: Mapping[str, Any]) -> str:
    """Return what a notice keeps of its text: a wording by its name with its values, in no language. Errors: ValuesMissing."""
    name, values = parameters.get("wording") or "", parameters.get("values") or {}
    if not name:
        return str(parameters.get("text") or "")
    missing = sorted(
        identifier for identifier in Template(WORDINGS[name][0]).get_identifiers() if values.get(identifier) is None
    )
    if missing:
        raise ValuesMissing(template=name, missing=missing)
    texts = {key: str(value) for key, value in values.items()}
    return COMPOSED + json.dumps([name, texts], ensure_ascii=False, sort_keys=True)


def in_words(text: str, *, english: bool) -> str:
    """Return the text of a notice as it is read."""
    if not text.startswith(COMPOSED):
        return text
    name, values = json.loads(text[1:])
    return Template(WORDINGS[name][english]).safe_substitute(values)
