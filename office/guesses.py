"""Wrong passwords: how many there were lately, for the whole office, and whom that keeps out. They stand in the person's own history.

A lock must not be a weapon. Five failures keep one name out at the address they came from. A hundred keep that address out, and fifty at one name, from
wherever, that name: but nobody where they have logged in before. In a browser in which somebody has logged in before, only what is done with that
browser is held against them, so that not even a neighbour at the same address can keep them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from sqlalchemy import Select, delete, insert, or_, select

import engine
from engine import record
from engine.record.person_steps import LoggedIn, LoginLocked, LoginUnknown
from models.base import session, transaction
from models.identity import LoginFailure, LoginSession

OF_NAME_AND_ADDRESS, OF_NAME, OF_ADDRESS = 5, 50, 100  # a whole counter may share an address
LOCKED_FOR, KNOWN_FOR = timedelta(minutes=10), timedelta(days=90)
FREE = timedelta(0)
MOST_ADDRESS, OF_MARK, MOST_ROWS = 45, 32, 1_000
OF_A_HOUSEHOLD = 64  # bits of an IPv6 address that its owner cannot choose


def place(address: str) -> str:
    """Return what counts as one address: of IPv6 the network, for whoever has one has all of it."""
    try:
        host = ip_address(address)
    except ValueError:
        return "".join(sign for sign in address[:MOST_ADDRESS] if sign.isprintable())
    if isinstance(host, IPv6Address):
        host = host.ipv4_mapped or IPv6Network((int(host), OF_A_HOUSEHOLD), strict=False).network_address
    return str(host)


def _where(address: str, browser: str) -> str:
    return f"browser {browser}" if browser else place(address)


@dataclass(frozen=True)
class Lock:
    """How long nobody is let in, FREE when they are, and what that holds for: the name here, this `address`, the `name` from anywhere new, the name in this `browser`."""

    left: timedelta
    of: str = ""


def locked_for(name: str, address: str, *, at: datetime, browser: str = "") -> timedelta:
    """Return how long nobody is let in under a name from an address, if nobody fails again; FREE when they are. `browser`: one in which the person has logged in before."""
    return lock(name, address, at=at, browser=browser).left


def lock(name: str, address: str, *, at: datetime, browser: str = "") -> Lock:
    """Return the lock that holds longest; asked as `locked_for`."""
    name_mark, here = mark(name), _where(address, browser)
    rows = session().execute(_lately(name_mark, here, at)).all()
    instants = [row.at for row in rows if row.name_mark == name_mark and row.address == here]
    at_both = Lock(_left(instants, OF_NAME_AND_ADDRESS, at), "browser" if browser else "here")
    wider = (
        Lock(_left([row.at for row in rows if row.address == here], OF_ADDRESS, at), "address"),
        Lock(_left([row.at for row in rows if row.name_mark == name_mark], OF_NAME, at), "name"),
    )
    if browser or not any(candidate.left for candidate in wider) or _is_known(name, here, at):
        return at_both
    return max(at_both, *wider, key=lambda candidate: candidate.left)


def _lately(name_mark: str, here: str, at: datetime) -> Select[str, str, datetime]:
    """Return the failures that count, newest first, as many as can matter."""
    columns = (LoginFailure.name_mark, LoginFailure.address, LoginFailure.at)
    either = or_(LoginFailure.name_mark == name_mark, LoginFailure.address == here)
    query = select(*columns).where(LoginFailure.at > at - LOCKED_FOR, either)
    return query.order_by(LoginFailure.at.desc()).limit(MOST_ROWS)


def _left(failures: Sequence[datetime], most: int, at: datetime) -> timedelta:
    return failures[most - 1] + LOCKED_FOR - at if len(failures) >= most else FREE


def _is_known(name: str, here: str, at: datetime) -> bool:
    lately = LoginSession.created_at > at - KNOWN_FOR
    query = select(LoginSession.key_hash).where(LoginSession.user == name, LoginSession.address == here, lately)
    return session().execute(query.limit(1)).first() is not None


def note(name: str, address: str, *, at: datetime, works_here: bool, browser: str = "") -> None:
    """Note that somebody gave a wrong password: in the history of the person who works here, and so is that it was the last try that is let through; else in that of the desk."""
    with transaction():
        session().execute(delete(LoginFailure).where(LoginFailure.at <= at - LOCKED_FOR))
        session().execute(insert(LoginFailure).values(name_mark=mark(name), address=_where(address, browser), at=at))
        if not works_here:
            unknown: LoginUnknown = {"type": "login_unknown", "address": place(address), "mark": mark(name)}
            record.record_at_most(unknown, "address", by=engine.SYSTEM, at=at)
            return
        current = lock(name, address, at=at, browser=browser)
        act: LoginLocked | LoggedIn = {"type": "login_failed", "address": address[:MOST_ADDRESS]}
        if current.left:
            act = {"type": "login_locked", "address": address[:MOST_ADDRESS], "of": current.of}
        record.record_act(act, by=engine.Actor(name), at=at)


def note_refused(name: str, address: str, lock: Lock, *, at: datetime) -> None:
    """Note that somebody tried again while a lock held; for a person who works here that is in their history, once for an address and a lock."""
    act: LoginLocked = {"type": "login_refused", "address": address[:MOST_ADDRESS], "of": lock.of}
    record.record_act_once(act, by=engine.Actor(name), at=at, within=LOCKED_FOR)


def forget(name: str, address: str, browser: str = "") -> None:
    """Forget the failures there, where the right password was given."""
    conditions = (LoginFailure.name_mark == mark(name), LoginFailure.address == _where(address, browser))
    with transaction():
        session().execute(delete(LoginFailure).where(*conditions))


def mark(name: str) -> str:
    """Return what a name is called where it must not be read; it may be a password in the wrong field."""
    return record.mac(b"login " + name.encode(errors="surrogatepass")).hex()[:OF_MARK]
