"""Which business calendar is in force, and every one that history was reckoned with, so that a replay reckons the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import time
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import event, insert, select
from sqlalchemy.orm import Session

from engine.errors import Corrupt
from engine.language import values
from engine.language.calendar import Calendar
from models.base import session
from models.calendar import CalendarVersion


class UnknownCalendar(Corrupt):
    """The history names a calendar that is not kept."""


_source: list[Callable[[], Calendar]] = []
_stored: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def use(source: Callable[[], Calendar]) -> None:
    """Where the calendar in force comes from."""
    _source[:] = [source]


def current() -> Calendar:
    """The calendar in force; plain weeks when none has been set."""
    return _source[0]() if _source else Calendar(days_off=frozenset(), workdays=frozenset())


def keep(calendar: Calendar) -> str:
    """Store a calendar unless it is stored; its fingerprint."""
    fingerprint = _fingerprint(calendar)
    stored = _stored.setdefault(session().get_bind(), set())
    written = session().info.setdefault("calendars_kept", set())
    if fingerprint not in stored and fingerprint not in written:
        if session().get(CalendarVersion, fingerprint) is not None:
            stored.add(fingerprint)
        else:
            session().execute(insert(CalendarVersion).values(fingerprint=fingerprint, content=_content(calendar)))
            written.add(fingerprint)
    return fingerprint


@event.listens_for(Session, "after_soft_rollback")
def _forget(rolled_back: Session, _transaction: object) -> None:
    """What was stored in a transaction that did not come to be is not stored."""
    rolled_back.info.pop("calendars_kept", None)


@lru_cache(maxsize=16)
def _fingerprint(calendar: Calendar) -> str:
    return calendar.fingerprint()


def _content(calendar: Calendar) -> bytes:
    return values.canonical(
        {
            "days_off": sorted(calendar.days_off),
            "workdays": sorted(calendar.workdays),
            "opens": calendar.opens.isoformat(),
            "closes": calendar.closes.isoformat(),
            "zone": calendar.zone,
        }
    )


def kept(fingerprint: str) -> Calendar:
    """A calendar by its fingerprint. Errors: UnknownCalendar."""
    content = session().scalar(select(CalendarVersion.content).where(CalendarVersion.fingerprint == fingerprint))
    if content is None:
        raise UnknownCalendar(fingerprint=fingerprint)
    read = values.unpack(json.loads(content))
    return Calendar(
        days_off=frozenset(read["days_off"]),
        workdays=frozenset(read["workdays"]),
        opens=time.fromisoformat(read["opens"]),
        closes=time.fromisoformat(read["closes"]),
        zone=read["zone"],
    )
