"""Guessing passwords: what locks a name, what locks an address, and whom that leaves alone, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

import engine
from engine import record
from models.base import session
from models.identity import LoginFailure
from office import guesses
from tests.support.visitors import Visitor, copy, settings
from web import create_app
from web.edge import auth, known_browsers

TOO_MANY = "密码输错次数太多"
HERE, ELSEWHERE, ANYWHERE = "192.0.2.1", "192.0.2.2", "198.51.100.{}"


@pytest.fixture
def quick_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password is right when it is the demo's, without the work that makes guessing dear."""
    monkeypatch.setattr(auth, "check_password", lambda stored, given: given.endswith("-reception-desk"))


def log_in(desk: Flask, name: str, password: str, address: str = HERE, forwarded: str = "") -> TestResponse:
    """One try, by somebody with a fresh browser."""
    form, headers = {"name": name, "password": password}, {"X-Forwarded-For": forwarded} if forwarded else {}
    return Visitor(desk).client.post("/login", data=form, headers=headers, environ_base={"REMOTE_ADDR": address})


def test_five_wrong_passwords_lock_the_name_where_they_came_from(any_desk: Flask, quick_check: None) -> None:
    """Whoever guesses at Cleo's password gets no sixth try, and the right one is of no use either; Sam is not locked out, and Cleo is let in elsewhere."""
    tries = [log_in(any_desk, "cleo", "guess").status_code for _ in range(guesses.OF_NAME_AND_ADDRESS)]
    late = log_in(any_desk, "cleo", "cleo-reception-desk")
    assert (set(tries), late.status_code) == ({401}, 429)
    assert TOO_MANY in late.get_data(as_text=True)
    assert 500 < int(late.headers["Retry-After"]) <= 600
    assert log_in(any_desk, "sam", "sam-reception-desk").status_code == 302
    assert log_in(any_desk, "cleo", "cleo-reception-desk", ELSEWHERE).status_code == 302


def test_a_lock_ends_and_the_right_password_ends_what_led_to_it(
    desk: Flask, quick_check: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten minutes later one may try again; four failures and a success are none."""
    for password in ["guess"] * 4 + ["cleo-reception-desk"] + ["guess"] * 5:
        assert log_in(desk, "cleo", password).status_code in (302, 401)
    assert log_in(desk, "cleo", "cleo-reception-desk").status_code == 429
    now = engine.now()
    monkeypatch.setattr(engine, "now", lambda: now + guesses.LOCKED_FOR)
    assert log_in(desk, "cleo", "cleo-reception-desk").status_code == 302


def test_every_process_of_the_office_counts_the_same(founded: Path, tmp_path: Path, quick_check: None) -> None:
    """Whoever meets another process with every try gets no more tries for it."""
    copy(founded, tmp_path)
    several = [create_app(settings(tmp_path)) for _ in range(3)]
    tries = [log_in(several[number % 3], "cleo", "guess").status_code for number in range(7)]
    assert tries == [401] * guesses.OF_NAME_AND_ADDRESS + [429] * 2


def test_nobody_is_locked_out_of_their_own_desk_from_elsewhere(any_desk: Flask, quick_check: None) -> None:
    """Fifty failures from many addresses keep Cleo's name out where nobody knows her, and not where she has logged in before."""
    assert log_in(any_desk, "cleo", "cleo-reception-desk", HERE).status_code == 302
    tries = [log_in(any_desk, "cleo", "guess", ANYWHERE.format(n // 4)).status_code for n in range(guesses.OF_NAME)]
    assert set(tries) == {401}
    assert log_in(any_desk, "cleo", "cleo-reception-desk", ELSEWHERE).status_code == 429
    assert log_in(any_desk, "cleo", "cleo-reception-desk", HERE).status_code == 302


def test_a_neighbour_at_the_same_address_locks_nobody_out_of_their_browser(any_desk: Flask, quick_check: None) -> None:
    """A whole hall shares an address: where Cleo has logged in before, only what is tried in that browser counts, and that five times."""
    cleo, right = Visitor(any_desk).client, {"name": "cleo", "password": "cleo-reception-desk"}
    from_here = {"REMOTE_ADDR": HERE}
    assert cleo.post("/login", data=right, environ_base=from_here).status_code == 302
    cleo.post("/logout")
    for number in range(guesses.OF_ADDRESS + guesses.OF_NAME):
        log_in(any_desk, "cleo" if number < guesses.OF_NAME else f"name{number}", "guess")
    assert log_in(any_desk, "cleo", "cleo-reception-desk").status_code == 429
    assert cleo.post("/login", data=right, environ_base=from_here).status_code == 302
    cleo.post("/logout")
    tries = [cleo.post("/login", data={**right, "password": "guess"}).status_code for _ in range(6)]
    assert tries == [401] * guesses.OF_NAME_AND_ADDRESS + [429]


@pytest.mark.parametrize("brought", ["", "x", "W10.x", "\u00ff"])
def test_a_browser_cannot_say_by_itself_that_it_is_known(desk: Flask, quick_check: None, brought: str) -> None:
    """The office has signed what it believes, and only for whoever has logged in there."""
    stranger = Visitor(desk).client
    stranger.set_cookie(known_browsers.COOKIE, brought, path="/login")
    form = {"name": "cleo", "password": "guess"}
    assert [stranger.post("/login", data=form).status_code for _ in range(6)] == [401] * 5 + [429]
    nora = Visitor(desk, "nora").client
    nora.post("/logout")
    assert nora.post("/login", data={"name": "cleo", "password": "cleo-reception-desk"}).status_code == 429


def test_a_hundred_wrong_passwords_lock_the_address(any_desk: Flask, quick_check: None) -> None:
    """One password tried on every name of the office ends as well, in words; other addresses are let in, and whoever has logged in there before."""
    assert log_in(any_desk, "cora", "cora-reception-desk").status_code == 302
    tries = [log_in(any_desk, f"name{number}", "guess").status_code for number in range(guesses.OF_ADDRESS)]
    late = log_in(any_desk, "sam", "sam-reception-desk")
    assert (set(tries), late.status_code) == ({401}, 429)
    assert TOO_MANY in late.get_data(as_text=True)
    assert 500 < int(late.headers["Retry-After"]) <= 600
    assert log_in(any_desk, "sam", "sam-reception-desk", ELSEWHERE).status_code == 302
    assert log_in(any_desk, "cora", "cora-reception-desk").status_code == 302


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("x" * 100, "x" * 45),
        ("a\0b\ud800", "ab"),
        ("", ""),
    ],
)
def test_an_address_is_what_its_owner_cannot_choose(address: str, place: str) -> None:
    """Whoever has one address of IPv6 has 2**64; what is no address at all is cut to what can be stored, not refused."""
    assert guesses.place(address) == place


def test_right_passwords_are_not_counted(desk: Flask, quick_check: None) -> None:
    """A whole hall that shares an address may begin its day at the same time."""
    tries = [log_in(desk, "sam", "sam-reception-desk").status_code for _ in range(guesses.OF_ADDRESS + 10)]
    assert set(tries) == {302}


@pytest.mark.parametrize(("proxies", "answer"), [(0, 429), (1, 302)])
def test_where_somebody_comes_from_is_said_by_proxies_alone(
    founded: Path, tmp_path: Path, quick_check: None, proxies: int, answer: int
) -> None:
    """Behind a proxy a guesser locks out his own address and not the office; without one he cannot make addresses up."""
    copy(founded, tmp_path)
    desk = create_app(replace(settings(tmp_path), proxies=proxies))
    for number in range(guesses.OF_ADDRESS):
        log_in(desk, f"name{number}", "guess", forwarded="198.51.100.1")
    assert log_in(desk, "sam", "sam-reception-desk", forwarded="198.51.100.2").status_code == answer


def test_failures_of_long_names_hold_no_memory(any_desk: Flask, quick_check: None) -> None:
    """A log-in name has sixty characters; who sends a hundred thousand is nobody. Of no name more than a mark is kept, and that for ten minutes."""
    for letter in "abc":
        assert log_in(any_desk, letter * 100_000, "guess").status_code == 401
    with any_desk.app_context():
        kept = session().execute(select(LoginFailure.name_mark, LoginFailure.address)).all()
        assert [(len(mark), address) for mark, address in kept] == [(guesses.OF_MARK, HERE)] * 3
        guesses.note("d", HERE, at=engine.now() + guesses.LOCKED_FOR + timedelta(seconds=1), works_here=False)
        assert len(session().scalars(select(LoginFailure.id)).all()) == 1


@pytest.mark.parametrize("host", ["a..b", "a" * 64, "..", ".", "a b", "a@b", "[zz]", "a:x", "客.example", "a." * 200])
def test_an_impossible_host_is_refused_in_words(desk: Flask, host: str) -> None:
    """It used to be a bare 500, because the error page needs an address too."""
    answer = desk.test_client().get("/login", headers={"Host": host.encode().decode("latin-1")})
    assert answer.status_code == 400
    assert "无法识别这个请求的地址" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "host", ["desk", "desk:8000", "desk.example.", "192.0.2.1:80", "[::1]:8000", "my_desk", "a-b.c"]
)
def test_a_host_that_there_may_be_is_served(desk: Flask, host: str) -> None:
    """Names of containers and of machines, with and without a port."""
    assert desk.test_client().get("/login", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("proxies", [0, 1])
def test_nothing_but_the_address_is_believed_of_a_proxy(founded: Path, tmp_path: Path, proxies: int) -> None:
    """What a request says of its own host, protocol or prefix leads nobody elsewhere and is on no page."""
    copy(founded, tmp_path)
    desk = create_app(replace(settings(tmp_path), proxies=proxies))
    said = {
        "Forwarded": "for=198.51.100.1;host=evil.example;proto=https",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Port": "444",
        "X-Forwarded-Prefix": "/evil",
        "X-Original-URL": "/evil",
    }
    page, away = (desk.test_client().get(path, headers=said) for path in ("/login", "/tasks"))
    assert "evil" not in page.get_data(as_text=True)
    assert away.headers["Location"] == "/login?next=/tasks"
    assert "Secure" not in page.headers["Set-Cookie"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_language_chosen_before_the_log_in_is_kept(desk: Flask, quick_check: None, language: str) -> None:
    """Whoever chose on the log-in page reads on in it, there after a wrong password, inside, and at the next log-in elsewhere."""
    shown = {"zh": 'lang="zh-CN"', "en": 'lang="en"'}[language]
    browser = Visitor(desk).client
    browser.post("/language", data={"language": language, "next": "/login"})
    assert shown in browser.post("/login", data={"name": "olu", "password": "wrong"}).text
    browser.post("/login", data={"name": "olu", "password": "olu-reception-desk"})
    assert shown in browser.get("/processes").text
    other = Visitor(desk).client
    other.post("/login", data={"name": "olu", "password": "olu-reception-desk"})
    assert shown in other.get("/processes").text


@pytest.mark.parametrize("way", ["logged out", "ended"])
def test_the_log_in_page_goes_on_in_the_language_of_whoever_was_there(
    desk: Flask, quick_check: None, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """After a log-out and after a session that ran out; the next person at this browser still reads their own."""
    english, chinese = 'lang="en"', 'lang="zh-CN"'
    browser = Visitor(desk).client
    browser.post("/login", data={"name": "olu", "password": "olu-reception-desk"})
    browser.post("/language/en", data={"next": "/processes"})
    if way == "logged out":
        browser.post("/logout")
    else:
        later = engine.now() + timedelta(days=2)
        monkeypatch.setattr(engine, "now", lambda: later)
    assert english in browser.get("/processes", follow_redirects=True).text
    browser.post("/login", data={"name": "ada", "password": "ada-reception-desk"})
    assert chinese in browser.get("/processes").text


@pytest.mark.parametrize(
    ("failures", "of"),
    [
        ([("cleo", "198.51.100.7")] * 5, "here"),
        ([("cleo", f"198.51.100.{n}") for n in range(50)], "name"),
        ([(f"nobody{n}", "198.51.100.7") for n in range(99)] + [("cleo", "198.51.100.7")], "address"),
    ],
)
def test_the_record_says_what_a_lock_holds_for_and_that_it_was_tried(
    desk: Flask, quick_check: None, failures: list[tuple[str, str]], of: str
) -> None:
    """Of a name here, of a name everywhere, of an address; what is refused afterwards is written down once."""
    for name, address in failures:
        log_in(desk, name, "guess", address)
    assert [log_in(desk, "cleo", "guess", "198.51.100.7").status_code for _ in range(3)] == [429] * 3
    with desk.app_context():
        steps = [step for entry in record.read_history("user", "cleo") for step in entry.steps]
    told = [(step["type"], step["of"]) for step in steps if "of" in step]
    assert told == [("login_locked", of), ("login_refused", of)]


@pytest.mark.parametrize(
    "place", ["/tasks\r\nSet-Cookie: a=b", "/tasks\t", "//evil.com", "/\\evil.com", "http://[", "tasks"]
)
def test_a_log_in_leads_to_a_page_of_ours(desk: Flask, place: str) -> None:
    """What no header may hold is no page of ours, and nobody is logged in behind an error page."""
    answer = desk.test_client().post("/login", data={"name": "cora", "password": "cora-reception-desk", "next": place})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
