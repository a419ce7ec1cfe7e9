"""What people type and have not sent yet: kept per person and form, sealed, until it is sent, thrown away or a month old."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, bindparam, delete, insert, select, tuple_

import engine
from engine import record
from models.base import session, transaction
from models.unsent import UnsentForm

KEPT_FOR = timedelta(days=30)
MOST_BYTES = 200_000
MOST_FORMS = 50
MOST_PLACE = 200
MOST_ID = 40
ANY_FORM = "0"
Fields = Mapping[str, Sequence[str]]
Refusal = Mapping[str, Any]
Form = tuple[str, str]
_ALL = (
    select(UnsentForm.place, UnsentForm.form, UnsentForm.fields_sealed, UnsentForm.at)
    .where(UnsentForm.user == bindparam("user"))
    .order_by(UnsentForm.at, UnsentForm.form)
)


@dataclass(frozen=True)
class Stored:
    """That a form is kept; `gone` are those that went for it, the oldest of a person who has more than `MOST_FORMS`."""

    gone: tuple[Unsent, ...] = ()


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
    form: str = ANY_FORM,
    instead_of: str = "",
    case_number: str | None = None,
    refusal: Refusal | None = None,
) -> Stored | None:
    """Keep what stands in a form in place of what was kept of it before; None when it is too large.

    Shape: `form` is the id of one among those open for a place at once, `instead_of` that of one which this one goes on with; `refusal` holds what JSON can and
    is kept with the fields, sealed like them.
    """
    typed = {name: list(values) for name, values in fields.items()}
    document = orjson.dumps({"fields": typed, "refusal": refusal})
    if len(document) > MOST_BYTES or len(place) > MOST_PLACE or len(form) > MOST_ID:
        return None
    sealed = record.seal_for_office(document)
    with transaction():
        session().execute(delete(UnsentForm).where(*_of(user, place, form, *filter(None, [instead_of]))))
        dropped = _make_room(user, at)
        row = {"user": user, "place": place, "form": form, "case_number": case_number, "at": at}
        session().execute(insert(UnsentForm).values(**row, fields_sealed=sealed))
    return Stored(dropped)


def _make_room(user: str, at: datetime) -> tuple[Unsent, ...]:
    """Take out what is over a month old, of everybody; of one person also what is more than anybody fills in at a time, which is returned."""
    session().execute(delete(UnsentForm).where(UnsentForm.at < at - KEPT_FOR))
    columns = UnsentForm.place, UnsentForm.form, UnsentForm.fields_sealed, UnsentForm.at
    newest = select(*columns).where(UnsentForm.user == user).order_by(UnsentForm.at.desc(), UnsentForm.form)
    beyond = session().execute(newest.offset(MOST_FORMS - 1)).all()
    if beyond:
        surplus = tuple_(UnsentForm.place, UnsentForm.form).in_([(row.place, row.form) for row in beyond])
        session().execute(delete(UnsentForm).where(UnsentForm.user == user, surplus))
    return tuple(unsent for row in beyond if (unsent := _opened(row.fields_sealed, row.at)) is not None)


def all_of(user: str) -> dict[Form, Unsent]:
    """Return what a person has typed and not sent, by the place of its form and its id, oldest first; asked once for a page, however many forms it has."""
    rows = session().execute(_ALL, {"user": user}).all()
    return {(row.place, row.form): unsent for row in rows if (unsent := _opened(row.fields_sealed, row.at)) is not None}


def _opened(sealed: bytes, at: datetime) -> Unsent | None:
    """Open what was sealed; None for what was sealed with a key that the office no longer has, and for what holds no field that can be read.

    At first the fields alone were kept; what a row lacks of today's was not there when it was written.
    """
    try:
        document = orjson.loads(record.unseal_for_office(sealed))
    except (engine.Corrupt, orjson.JSONDecodeError):
        return None
    if not isinstance(document, dict):
        return None
    is_parted = isinstance(document.get("fields"), dict)
    fields, refusal = (document["fields"], document.get("refusal")) if is_parted else (document, None)
    texts = {str(name): answers for name, values in fields.items() if (answers := _texts(values))}
    return Unsent(texts, at, refusal if isinstance(refusal, dict) else None) if texts else None


def _texts(values: Any) -> list[str]:
    return [value for value in (values if isinstance(values, list) else [values]) if isinstance(value, str)]


def forget(user: str, place: str, *forms: str) -> None:
    """Forget forms that were sent, or are not wanted."""
    with transaction():
        session().execute(delete(UnsentForm).where(*_of(user, place, *forms)))


def _of(user: str, place: str, *forms: str) -> tuple[ColumnElement[bool], ...]:
    return UnsentForm.user == user, UnsentForm.place == place, UnsentForm.form.in_(forms)
