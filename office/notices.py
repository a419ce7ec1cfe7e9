"""Broadcast notices (CH1.6): one agreed wording on a sudden incident, which every clerk confirms before taking the next case."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Exists, bindparam, exists, insert, select, update

from engine import Actor, NotFound, NotPermitted
from models.base import session, transaction
from models.notice import Notice, NoticeConfirmation

manual_ref = "CH1.6"


_CONFIRMED = select(NoticeConfirmation.notice_id).where(NoticeConfirmation.user == bindparam("user"))
_UNCONFIRMED = select(Notice).where(Notice.active.is_(True), Notice.id.not_in(_CONFIRMED)).order_by(Notice.at)


class NotForYou(NotPermitted):
    """Only a supervisor sends a notice to everybody."""


class UnknownNotice(NotFound):
    """There is no such notice."""


def publish(text: str, *, by: Actor, at: datetime) -> int:
    """Put a wording before every clerk; its id. Errors: NotForYou."""
    if "supervisor" not in by.roles:
        raise NotForYou
    with transaction():
        new_id = session().execute(insert(Notice).values(text=text, by=by.user, at=at).returning(Notice.id))
        return int(new_id.scalar_one())


def withdraw(notice_id: int, *, by: Actor) -> None:
    """Stop showing a notice. Errors: NotForYou, UnknownNotice."""
    if "supervisor" not in by.roles:
        raise NotForYou
    with transaction():
        if session().execute(update(Notice).where(Notice.id == notice_id).values(active=False)).rowcount == 0:  # type: ignore[attr-defined]
            raise UnknownNotice(notice=notice_id)


def waits_for(user: ColumnElement[str]) -> Exists:
    """Return the condition that there is a notice that a person has not confirmed, by the column of their log-in."""
    confirmed = exists().where(NoticeConfirmation.notice_id == Notice.id, NoticeConfirmation.user == user)
    return exists().where(Notice.active.is_(True), ~confirmed.correlate_except(NoticeConfirmation))


def unconfirmed(user: str) -> list[Notice]:
    """Return active notices the person has not confirmed, oldest first."""
    return list(session().scalars(_UNCONFIRMED, {"user": user}))


def confirm(notice_id: int, *, by: Actor, at: datetime) -> None:
    """Note that the person has read it; saying so twice changes nothing. Errors: UnknownNotice."""
    with transaction():
        if session().get(Notice, notice_id) is None:
            raise UnknownNotice(notice=notice_id)
        if session().get(NoticeConfirmation, (notice_id, by.user)) is None:
            session().execute(insert(NoticeConfirmation).values(notice_id=notice_id, user=by.user, at=at))
