"""Extending a complex case: asked for by whoever handles it, granted by a supervisor who is somebody else, once, by at most five working days."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select

from engine import Actor, cases, runtime
from engine.language import Reason
from engine.record.case_steps import ExtensionAsked
from models.acts import RequestState
from models.base import session, transaction
from models.instance import ProcessInstance
from models.states import TaskState
from models.user_task import UserTask
from office.acts import grounds, requests
from office.acts.grounds import Reasons
from service_tasks import dates

MOST_DAYS = 5


def limit_of(instance_id: int) -> datetime | None:
    """Return the limit that can be extended: that of the case, else the last of its open steps."""
    instance = session().get_one(ProcessInstance, instance_id)
    if instance.due_at is not None:
        return instance.due_at
    open_ = select(func.max(UserTask.due_at)).where(
        UserTask.instance_id == instance_id, UserTask.state == TaskState.OPEN
    )
    last: datetime | None = session().scalar(open_)
    return last


def ask_extension(case_number: str, *, until: date | None, reason: str, by: Actor, at: datetime) -> int:
    """Ask for a later limit, the close of a working day; the number of the request.

    Errors: NotAtACounter, NoComplaint, OwnHousehold, InstanceEnded, NotDone.
    """
    with transaction():
        complaint = grounds.taken(case_number, by)
        instance = complaint.instance_id or 0
        wrong = grounds.wrong_reason(reason)
        if any(
            request.verb == "extend" and request.state != RequestState.REFUSED
            for request in requests.requests_of(case_number)
        ):
            wrong |= {"case": [Reason("extended_once")]}
        elif until is None:
            wrong |= {"until": [Reason("required")]}
        else:
            wrong |= _wrong_day(instance, until, at)
        grounds.check(wrong)
        assert until is not None  # noqa: S101 — `wrong` says so
        number = requests.next_number(instance)
        due = runtime.calendar().close_of(until)
        step: ExtensionAsked = {
            "type": "extension_asked",
            "request": number,
            "until": due,
            "reason": reason.strip(),
        }
        cases.note(instance, [step], by=by, at=at)
        return number


def grant_extension(case_number: str, number: int, *, tell: str, by: Actor, at: datetime) -> None:
    """Let the case and its open steps have the later limit, and tell the customer.

    Errors: NotGranting, SamePerson, UnknownRequest, NotDone, and as `ask`.
    """
    with transaction():
        complaint = grounds.taken(case_number, by)
        request = requests.standing(case_number, number, "extend")
        if not grounds.may_agree(by, money=False):
            raise grounds.NotGranting
        grounds.other_person(by, request.asked_by)
        instance, until = complaint.instance_id or 0, request.until
        limit = limit_of(instance)
        wrong = grounds.wrong_telling(complaint, tell)
        wrong |= _wrong_day(instance, dates.day_of(until), at) if until is not None else {}
        grounds.check({"case" if name == "until" else name: reasons for name, reasons in wrong.items()})
        assert until is not None  # noqa: S101 — an extension names a day
        assert limit is not None  # noqa: S101 — `_wrong_day` says so
        day = dates.day_of(until)
        values = {"until": f"{day.month}月{day.day}日"}
        key = grounds.message_key("limit_extended", instance, number)
        message = grounds.told(key, complaint, "extended", values, tell=tell, by=by, at=at)
        cases.extend(instance, until - limit, by=by, at=at, request=number, until=until, **message)


def _wrong_day(instance_id: int, day: date, at: datetime) -> Reasons:
    """Return why a limit cannot be extended to the close of a day."""
    calendar, limit = runtime.calendar(), limit_of(instance_id)
    paused = session().get_one(ProcessInstance, instance_id).paused_at is not None
    if limit is None:
        return {"case": [Reason("no_limit_to_extend")]}
    if limit <= at and not paused:
        return {"case": [Reason("limit_passed", {"limit": dates.day_of(limit)})]}
    first, last = dates.day_of(limit), dates.day_of(calendar.working_days(limit, MOST_DAYS))
    if not calendar.is_working(day):
        return {"until": [Reason("not_a_working_day")]}
    if not first < day <= last:
        return {"until": [Reason("not_an_extension", {"after": first, "limit": last})]}
    return {}
