"""What people type and have not sent yet: kept per person and form, sealed, until it is sent, thrown away or a month old."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, bindparam, delete, insert, select

import engine
from models.base import session, transaction
from models.unsent import UnsentForm

KEPT_FOR = timedelta(days=30)
MOST_BYTES = 200_000
MOST_FORMS = 50
MOST_PLACE = 200
Fields = Mapping[str, Sequence[str]]
Refusal = Mapping[str, Any]
_ALL = select(UnsentForm.place, UnsentForm.fields_sealed, UnsentForm.at).where(UnsentForm.user == bindparam("user"))


@dataclass(frozen=True)
class Unsent:
    """What was typed, every field with all its values, and when it was kept; `refusal` is what its page was answered, None when it was not sent."""

    fields: dict[str, list[str]]
    at: datetime
    refusal: Refusal | None = None


def keep(
    user: str,
    place: str,
    fields: Fields,
    *,
    at: datetime,
    case_number: str | None = None,
    refusal: Refusal | None = None,
) -> bool:
    """Keep what stands in a form in place of what was kept of it before; whether it could be, for it may be too large.

    Shape: `refusal` holds what JSON can; it is kept with the fields, sealed like them.
    """
    typed = {name: list(values) for name, values in fields.items()}
    written = orjson.dumps({"fields": typed, "refusal": refusal})
    if len(written) > MOST_BYTES or len(place) > MOST_PLACE:
        return False
    sealed = engine.seal_for_office(written)
    with transaction():
        _make_room(user, at)
        session().execute(delete(UnsentForm).where(*_of(user, place)))
        row = {"user": user, "place": place, "case_number": case_number, "at": at, "fields_sealed": sealed}
        session().execute(insert(UnsentForm).values(**row))
    return True


def _make_room(user: str, at: datetime) -> None:
    """What is over a month old goes, of everybody; of one person also what is more than anybody fills in at a time."""
    session().execute(delete(UnsentForm).where(UnsentForm.at < at - KEPT_FOR))
    newest = select(UnsentForm.place).where(UnsentForm.user == user).order_by(UnsentForm.at.desc())
    beyond = session().scalars(newest.offset(MOST_FORMS - 1)).all()
    if beyond:
        session().execute(delete(UnsentForm).where(UnsentForm.user == user, UnsentForm.place.in_(beyond)))


def all_of(user: str) -> dict[str, Unsent]:
    """What a person has typed and not sent, by the place of its form; asked once for a page, however many forms it has."""
    rows = session().execute(_ALL, {"user": user}).all()
    return {row.place: one for row in rows if (one := _opened(row.fields_sealed, row.at)) is not None}


def _opened(sealed: bytes, at: datetime) -> Unsent | None:
    """None for what was sealed with a key that the office no longer has."""
    try:
        kept = orjson.loads(engine.unseal_for_office(sealed))
        return Unsent(kept["fields"], at, kept["refusal"])
    except engine.Corrupt:
        return None


def forget(user: str, place: str) -> None:
    """It was sent, or is not wanted."""
    with transaction():
        session().execute(delete(UnsentForm).where(*_of(user, place)))


def _of(user: str, place: str) -> tuple[ColumnElement[bool], ...]:
    return UnsentForm.user == user, UnsentForm.place == place
