"""Which business calendar is in force, and every one that history was reckoned with, so that a replay reckons the same."""

from __future__ import annotations

import json
from datetime import time
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from engine.ground.errors import Corrupt
from engine.language import values
from engine.language.calendar import Calendar
from engine.runtime import runtime
from models.base import bind, session
from models.calendar import CalendarVersion


class UnknownCalendar(Corrupt):
    """The history names a calendar that is not kept."""


_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def calendar() -> Calendar:
    """Return the calendar in force."""
    return runtime.current().calendar()


def keep(calendar: Calendar) -> str:
    """Store a calendar unless it is stored; its fingerprint. What a session has stored itself counts as known only to later ones."""
    fingerprint = _fingerprint(calendar)
    fingerprints = runtime.current().remembered(bind()).stored_calendars
    if fingerprint in fingerprints:
        return fingerprint
    own: set[str] = session().info.setdefault("calendars_stored", set())
    query = select(CalendarVersion.fingerprint).where(CalendarVersion.fingerprint == fingerprint)
    if session().scalar(query) is None:
        own.add(fingerprint)
        _store(fingerprint, calendar)
    elif fingerprint not in own:
        fingerprints.add(fingerprint)
    return fingerprint


def _store(fingerprint: str, calendar: Calendar) -> None:
    """Store a calendar; somebody else may store the same one at the same instant."""
    insertion: Any = _INSERT[bind().dialect.name](CalendarVersion)
    row = {"fingerprint": fingerprint, "content": _content(calendar)}
    session().execute(insertion.values(**row).on_conflict_do_nothing())


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
            **({"edition": calendar.edition} if calendar.edition > 1 else {}),
        }
    )


def kept(fingerprint: str) -> Calendar:
    """Return a calendar by its fingerprint. Errors: UnknownCalendar."""
    content = session().scalar(select(CalendarVersion.content).where(CalendarVersion.fingerprint == fingerprint))
    if content is None:
        raise UnknownCalendar(fingerprint=fingerprint)
    fields = values.unpack(json.loads(content))
    return Calendar(
        days_off=frozenset(fields["days_off"]),
        workdays=frozenset(fields["workdays"]),
        opens=time.fromisoformat(fields["opens"]),
        closes=time.fromisoformat(fields["closes"]),
        zone=fields["zone"],
        edition=fields.get("edition", 1),
    )
