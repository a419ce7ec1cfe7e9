"""Calendars are kept as history was reckoned with them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from engine.language.calendar import Calendar
from engine.runtime import calendars


@pytest.mark.parametrize("edition", [1, 2])
def test_a_calendar_comes_back_as_it_was(edition: int, database: Session) -> None:
    """Under its fingerprint, with the rules it reckons by; one kept before there were several has the first."""
    kept = Calendar(frozenset({date(2027, 1, 1)}), frozenset({date(2027, 1, 2)}), edition=edition)
    assert calendars.kept(calendars.keep(kept)) == kept
    assert (b"edition" in calendars._content(kept)) == (edition > 1)
