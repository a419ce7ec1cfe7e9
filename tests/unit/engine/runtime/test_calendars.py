"""Calendars are kept as history was reckoned with them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.language.calendar import Calendar
from engine.runtime import calendars
from models.calendar import CalendarVersion


@pytest.mark.parametrize("edition", [1, 2])
def test_a_calendar_comes_back_as_it_was(edition: int, database: Session) -> None:
    """Under its fingerprint, with the rules it reckons by; one kept before there were several has the first."""
    calendar = Calendar(frozenset({date(2027, 1, 1)}), frozenset({date(2027, 1, 2)}), edition=edition)
    assert calendars.kept(calendars.keep(calendar)) == calendar
    assert ("edition" in str(database.scalars(select(CalendarVersion.content)).one())) == (edition > 1)
