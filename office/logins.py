"""Log-ins at the browser: each has a session here, which log-out, age and the office end. They stand in the person's own history."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, update

import engine
from engine import record
from engine.record.person_steps import LoggedIn
from models.base import session, transaction
from models.identity import LoginSession
from office import guesses

LONGEST, IDLE, COARSE = timedelta(hours=12), timedelta(hours=2), timedelta(minutes=10)


def hashed(key: str) -> str:
    """Return what is stored of the key that a cookie holds."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def begin(user: str, *, at: datetime, address: str, browser: str = "") -> str:
    """Log a person in; the key of the new session, which is nowhere else. Sessions too old to know an address by go."""
    key = secrets.token_urlsafe(32)
    with transaction():
        act: LoggedIn = {"type": "logged_in", "address": address[: guesses.MOST_ADDRESS]}
        record.record_act(act, by=engine.Actor(user), at=at)
        guesses.forget(user, address, browser)
        session().execute(delete(LoginSession).where(LoginSession.created_at <= at - guesses.KNOWN_FOR))
        row = {
            "key_hash": hashed(key),
            "user": user,
            "created_at": at,
            "seen_at": at,
            "address": guesses.place(address),
        }
        session().execute(insert(LoginSession).values(row))
    return key


def seen(key: str, *, at: datetime) -> None:
    """Note that the session is in use."""
    with transaction():
        session().execute(update(LoginSession).where(LoginSession.key_hash == hashed(key)).values(seen_at=at))


def end(key: str, user: str, *, at: datetime) -> None:
    """Log out: what has the key opens nothing from now on. Ending twice changes nothing."""
    in_force = update(LoginSession).where(
        LoginSession.key_hash == hashed(key), LoginSession.user == user, LoginSession.ended_at.is_(None)
    )
    with transaction():
        if session().execute(in_force.values(ended_at=at)).rowcount:  # type: ignore[attr-defined]
            record.record_act({"type": "logged_out"}, by=engine.Actor(user), at=at)


def end_all(user: str, *, by: engine.Actor, at: datetime) -> int:
    """Log a person out everywhere, as after a change of password; how many sessions that ended."""
    in_force = update(LoginSession).where(LoginSession.user == user, LoginSession.ended_at.is_(None))
    with transaction():
        count = int(session().execute(in_force.values(ended_at=at)).rowcount)  # type: ignore[attr-defined]
        if count:
            record.record_act({"type": "sessions_ended", "user": user, "sessions": count}, by=by, at=at)
    return count
