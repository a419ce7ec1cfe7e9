"""Sessions: they end at the server, for every copy of the cookie, and log-ins, failures, locks and log-outs stand in the person's history."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

import engine
from engine import proof, record
from models.base import session, transaction
from models.entry import HistoryEntry
from models.identity import LoginSession, User
from office import guesses, logins
from tests.support.visitors import Visitor

LOGGED_IN, LED_TO_LOGIN = 200, 302


@pytest.fixture
def desk(any_desk: Flask) -> Flask:
    """A session is one on both databases."""
    return any_desk


def copied(client: FlaskClient, desk: Flask) -> FlaskClient:
    """Another browser with the same cookies."""
    other = desk.test_client()
    other._cookies = dict(client._cookies)
    return other


def told(desk: Flask, user: str) -> list[dict[str, Any]]:
    """The steps in somebody's history."""
    with desk.app_context():
        return [step for entry in record.read_history("user", user) for step in entry.steps]


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """The clock of the log-ins stands later by so much."""
    now = engine.now()
    monkeypatch.setattr(engine, "now", lambda: now + by)


def test_a_copied_cookie_does_not_work_after_log_out(desk: Flask) -> None:
    """Whoever took the cookie away has nothing once its owner has logged out, in another browser or tab too."""
    cleo = Visitor(desk, "cleo").client
    thief = copied(cleo, desk)
    assert thief.get("/tasks").status_code == LOGGED_IN
    assert cleo.post("/logout").status_code == 302
    assert [client.get("/tasks").status_code for client in (cleo, thief)] == [LED_TO_LOGIN, LED_TO_LOGIN]


def test_a_log_out_ends_one_session_and_end_all_ends_every_one(desk: Flask) -> None:
    """The other machine stays logged in until all sessions are ended; whom that concerned is in the record."""
    desktop, tablet = Visitor(desk, "cleo").client, Visitor(desk, "cleo").client
    desktop.post("/logout")
    assert tablet.get("/tasks").status_code == LOGGED_IN
    with desk.app_context():
        assert logins.end_all("cleo", by=engine.Actor("sam"), at=engine.now()) == 1
        assert logins.end_all("cleo", by=engine.Actor("sam"), at=engine.now()) == 0
    assert tablet.get("/tasks").status_code == LED_TO_LOGIN
    assert {"type": "sessions_ended", "user": "cleo", "sessions": 1} in told(desk, "sam")


def test_logging_in_again_ends_the_session_before(desk: Flask) -> None:
    """One browser has one session; nothing is left open behind the new one."""
    cleo = Visitor(desk, "cleo").client
    before = copied(cleo, desk)
    cleo.post("/login", data={"name": "cleo", "password": "cleo-reception-desk"})
    assert (cleo.get("/tasks").status_code, before.get("/tasks").status_code) == (LOGGED_IN, LED_TO_LOGIN)


def test_whoever_may_not_log_in_any_more_is_out_at_once(desk: Flask) -> None:
    """The session of a person who left opens nothing from the next request on."""
    cleo = Visitor(desk, "cleo").client
    with desk.app_context(), transaction():
        session().execute(update(User).where(User.name == "cleo").values(active=False))
    assert cleo.get("/tasks").status_code == LED_TO_LOGIN


def test_a_session_ends_when_nobody_uses_it(desk: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """After two idle hours one logs in again; whoever works on is not asked."""
    cleo, idle = Visitor(desk, "cleo").client, Visitor(desk, "cleo").client
    later(monkeypatch, logins.IDLE - timedelta(minutes=1))
    assert cleo.get("/tasks").status_code == LOGGED_IN
    later(monkeypatch, timedelta(minutes=2))
    assert [client.get("/tasks").status_code for client in (cleo, idle)] == [LOGGED_IN, LED_TO_LOGIN]


def test_a_session_ends_after_half_a_day(desk: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy it is."""
    cleo = Visitor(desk, "cleo").client
    answers = []
    for _ in range(13):
        answers.append(cleo.get("/tasks").status_code)
        later(monkeypatch, timedelta(hours=1))
    assert answers == [*[LOGGED_IN] * 12, LED_TO_LOGIN]


def test_a_cookie_that_names_a_person_opens_nothing(desk: Flask) -> None:
    """Cookies from before there were sessions lead to the log-in; so do those of no session at all."""
    for old in ("cleo", "", "0" * 64):
        browser = desk.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = old
        assert browser.get("/tasks").status_code == LED_TO_LOGIN


def test_what_is_stored_opens_nothing(desk: Flask) -> None:
    """Whoever reads the table of sessions cannot be anybody."""
    Visitor(desk, "cleo")
    with desk.app_context():
        stored = session().scalars(select(LoginSession.key_hash)).one()
    browser = desk.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = stored
    assert browser.get("/tasks").status_code == LED_TO_LOGIN


def test_another_browser_header_does_not_log_out(desk: Flask) -> None:
    """A session hangs on nothing that a browser says of itself and changes when it is updated."""
    cleo = Visitor(desk, "cleo").client
    assert cleo.get("/tasks", headers={"User-Agent": "Updated/2"}).status_code == LOGGED_IN


def test_log_ins_failures_locks_and_log_outs_are_in_the_record(desk: Flask) -> None:
    """With the address; the fifth wrong password is the one that locks, and what is refused afterwards is said once."""
    from_there = {"REMOTE_ADDR": "192.0.2.7"}
    Visitor(desk, "cleo").client.post("/logout")
    for password in [*["guess"] * 7, "cleo-reception-desk"]:
        form = {"name": " Cleo", "password": password}
        Visitor(desk).client.post("/login", data=form, environ_base=from_there)
    steps = told(desk, "cleo")
    failed = ["login_failed"] * 4
    assert [step["type"] for step in steps] == ["logged_in", "logged_out", *failed, "login_locked", "login_refused"]
    assert (steps[0]["address"], steps[-1]["address"]) == ("127.0.0.1", "192.0.2.7")
    with desk.app_context():
        assert proof.verify_streams() == []


@pytest.mark.parametrize("name", ["nobody", "a\0b", "x" * 70, ""])
def test_a_name_that_nobody_has_is_not_written_down(desk: Flask, name: str) -> None:
    """People type passwords into the wrong field, and guessers would fill the record: a mark stands for the name, twenty times for an address and hour."""
    for _ in range(22):
        assert Visitor(desk).client.post("/login", data={"name": name, "password": "guess"}).status_code in (401, 429)
    with desk.app_context():
        entries = (
            session()
            .execute(select(HistoryEntry.stream_id, HistoryEntry.body).where(HistoryEntry.stream == "user"))
            .all()
        )
    assert {stream for stream, _body in entries} == {"system"}
    assert 0 < len(entries) <= 20
    assert not name or not any(name.encode() in body for _stream, body in entries)


def test_an_instant_of_use_is_written_rarely(desk: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages write nothing for it more than once in ten minutes."""
    cleo, seen = Visitor(desk, "cleo").client, []
    monkeypatch.setattr(logins, "seen", lambda key, at: seen.append(at))
    for minutes in (1, 8, 2):
        later(monkeypatch, timedelta(minutes=minutes))
        cleo.get("/tasks")
    assert len(seen) == 1
    assert isinstance(seen[0], datetime)


def test_nobody_ends_the_session_of_another(desk: Flask) -> None:
    """The key alone is not enough: it goes with the person it was given to."""
    with desk.app_context():
        key = logins.begin("cleo", at=engine.now(), address="")
        ended = select(LoginSession.ended_at).where(LoginSession.key_hash == logins.hashed(key))
        logins.end(key, "nora", at=engine.now())
        assert session().scalar(ended) is None
        logins.end(key, "cleo", at=engine.now())
        assert session().scalar(ended) is not None


def test_sessions_go_once_no_address_is_known_by_them(desk: Flask) -> None:
    """The table does not grow with every morning: after ninety days a session's row goes with the next log-in, its step in the history stays."""
    with desk.app_context():
        begun = engine.now()
        logins.begin("cleo", at=begun, address="192.0.2.1")
        logins.begin("sam", at=begun + guesses.KNOWN_FOR - timedelta(seconds=1), address="192.0.2.1")
        assert session().scalars(select(LoginSession.user).order_by(LoginSession.created_at)).all() == ["cleo", "sam"]
        logins.begin("sam", at=begun + guesses.KNOWN_FOR, address="192.0.2.1")
        assert session().scalars(select(LoginSession.user)).all() == ["sam", "sam"]
    assert [step["type"] for step in told(desk, "cleo")] == ["logged_in"]
