"""Bearer tokens of the REST API: made once, shown once, kept as a hash; whose they are and whether they still hold."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

import engine
from engine import NotFound, record
from models.base import session, transaction
from models.identity import ApiToken, User

PREFIX = "rd_"
LIFETIME = timedelta(days=90)


class UnknownUser(NotFound):
    """Nobody works here under that login."""


def create(user: str, *, at: datetime, lifetime: timedelta = LIFETIME) -> str:
    """Create a token for a user and return it; it can be read only this once. Errors: UnknownUser."""
    person = session().get(User, user)
    if person is None or not person.active:
        raise UnknownUser(user=user)
    token = PREFIX + secrets.token_urlsafe(32)
    with transaction():
        session().execute(
            insert(ApiToken).values(user=user, token_hash=_hash(token), created_at=at, expires_at=at + lifetime)
        )
        record.record_act({"type": "token_made", "until": at + lifetime}, by=engine.Actor(user), at=at)
    return token


def user_of(token: str, *, at: datetime) -> str | None:
    """Return the login behind a token that is known, not revoked, not expired, and whose user may still log in."""
    query = (
        select(ApiToken.user, ApiToken.expires_at)
        .join(User, User.name == ApiToken.user)
        .where(ApiToken.token_hash == _hash(token), ApiToken.revoked_at.is_(None), User.active.is_(True))
    )
    row = session().execute(query).first()
    if row is None or (row.expires_at is not None and row.expires_at <= at):
        return None
    return str(row.user)


def revoke_all(user: str, *, at: datetime) -> int:
    """Make every token of a user useless; how many were in force. Errors: UnknownUser."""
    if session().get(User, user) is None:
        raise UnknownUser(user=user)
    with transaction():
        in_force = update(ApiToken).where(ApiToken.user == user, ApiToken.revoked_at.is_(None))
        count = int(session().execute(in_force.values(revoked_at=at)).rowcount)  # type: ignore[attr-defined]
        if count:
            record.record_act({"type": "tokens_revoked", "tokens": count}, by=engine.Actor(user), at=at)
        return count


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
