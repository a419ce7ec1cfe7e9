"""Looks: whoever opens a customer's page or a case that is not theirs to work on is written down before they see anything, once an hour for each object.

What was written down is remembered here, so that an hour of looking at the same page asks the database once. Whoever cannot be written down sees nothing:
the page then says that the office is busy.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from flask import Flask, current_app, g, request
from flask_login import current_user
from sqlalchemy import bindparam, select

import engine
from models.base import session
from models.instance import ProcessInstance
from office import access_log
from office.intake import NotAtACounter
from office.masking import Sight
from service_tasks import numbers
from web.edge import addresses, auth, refused_acts
from web.edge.access import NotYourCase

MOST_KEPT = 20_000
NAME = "looks"
# Where whoever is refused wanted to see the case itself; anything else is an act, such as taking its history away.
LOOKS = frozenset(
    {"cases.case", "replay.page", "tasklist.task", "tasklist.of_case", "api.OneInstance", "api.Entries", "api.OneTask"}
)
_NUMBER = select(ProcessInstance.business_key).where(ProcessInstance.id == bindparam("instance"))


class Noted:
    """Which looks of the last hour are in the record, as far as this process knows; bounded."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._at: OrderedDict[tuple[str, str], datetime] = OrderedDict()
        self._most, self._guard = most, threading.Lock()

    def holds(self, user: str, subject: str, at: datetime) -> bool:
        """Tell whether this look need not be asked about."""
        with self._guard:
            since = self._at.get((user, subject))
        return since is not None and since <= at < since + access_log.ONE_LOOK

    def add(self, user: str, subject: str, since: datetime) -> None:
        """Note that it is in the record since `since`."""
        with self._guard:
            self._at[user, subject] = since
            self._at.move_to_end((user, subject))
            if len(self._at) > self._most:
                self._at.popitem(last=False)


def register(app: Flask) -> None:
    """Give the application its memory."""
    app.extensions[NAME] = Noted()


def at_case(number: str, sight: Sight) -> None:
    """Record that the person of this request looks at a case; to work on one is no look."""
    if not sight.is_work:
        _note(number, partial(access_log.at_case, number))


def at_customer(msisdn: str) -> None:
    """Record that the person of this request looks a customer up."""
    _note(access_log.mark(msisdn), partial(access_log.at_customer, msisdn))


def refused(error: engine.EngineError) -> None:
    """Record that the person of this request wants to look at a case or a customer and may not, or to do what they may not; a form that is refused is neither."""
    if not isinstance(error, engine.NotPermitted) or not _is_somebody():
        return
    is_look = request.method == "GET"
    msisdn = numbers.msisdn(str((request.view_args or {}).get("msisdn") or addresses.number_asked_for()))
    if is_look and isinstance(error, NotYourCase) and request.endpoint in LOOKS:
        number = session().scalar(_NUMBER, {"instance": error.values["instance"]}) or ""
        _note(f"refused {number}", partial(access_log.refused_at_case, number))
    elif isinstance(error, NotAtACounter) and msisdn and is_look:
        _note(f"refused {access_log.mark(msisdn)}", partial(access_log.refused_at_customer, msisdn))
    else:
        refused_acts.record(error, _person())


def _is_somebody() -> bool:
    return g.get("person") is not None or current_user.is_authenticated


def at_messages() -> None:
    """Record that the program of this request fetches what waits to be sent."""
    _note("messages", access_log.at_messages)


def at_liabilities() -> None:
    """Record that the auditor of this request looks at who is liable for what; supervisors work there."""
    if "supervisor" not in _person().roles:
        _note("liabilities", access_log.at_liabilities)


def exported(kind: str, rows: int, *, personal: bool, **filters: Any) -> None:
    """Record that the person of this request takes something away."""
    access_log.exported(kind, rows=rows, by=_person(), at=engine.now(), personal=personal, **filters)


def _person() -> engine.Actor:
    return auth.actor_of(g.get("person") or current_user)


def _note(subject: str, record: Callable[..., datetime]) -> None:
    register: Noted = current_app.extensions[NAME]
    by, at = _person(), engine.now()
    if not register.holds(by.user, subject, at):
        register.add(by.user, subject, record(by=by, at=at))
