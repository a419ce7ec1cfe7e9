"""Guessing passwords: what locks a name, what locks an address, and whom that leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.visitors import Visitor, copy, settings
from web import auth, create_app
from web.failures import LOCKED_FOR, MOST_FAILURES, Failures

OF_AN_ADDRESS = int(auth.FAILURES_OF_AN_ADDRESS.split()[0])
TOO_MANY = "密码输错次数太多"


@pytest.fixture(autouse=True)
def nobody_has_guessed(desk: Flask) -> Iterator[None]:
    """What one test guesses is forgotten for the next."""
    yield
    auth._failures.clear()
    with desk.app_context():
        auth.limiter.reset()


@pytest.fixture
def quick_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password is right when it is the demo's, without the work that makes guessing dear."""
    monkeypatch.setattr(auth, "check_password", lambda stored, given: given.endswith("-reception-desk"))


def log_in(desk: Flask, name: str, password: str, address: str = "192.0.2.1", forwarded: str = "") -> TestResponse:
    """One try, by somebody with a fresh browser."""
    form, headers = {"name": name, "password": password}, {"X-Forwarded-For": forwarded} if forwarded else {}
    return Visitor(desk).client.post("/login", data=form, headers=headers, environ_base={"REMOTE_ADDR": address})


def test_five_wrong_passwords_lock_the_name(desk: Flask) -> None:
    """Whoever guesses at Cleo's password gets no sixth try, and the right one is of no use either; Sam is not locked out."""
    tries = [log_in(desk, "cleo", "guess").status_code for _ in range(MOST_FAILURES)]
    late = log_in(desk, "cleo", "cleo-reception-desk", address="192.0.2.2")
    assert (set(tries), late.status_code) == ({401}, 429)
    assert TOO_MANY in late.get_data(as_text=True)
    assert 500 < int(late.headers["Retry-After"]) <= 600
    assert log_in(desk, "sam", "sam-reception-desk").status_code == 302


def test_a_hundred_wrong_passwords_lock_the_address(desk: Flask, quick_check: None) -> None:
    """One password tried on every name of the office ends as well, in words; other addresses are let in."""
    tries = [log_in(desk, f"name{number}", "guess").status_code for number in range(OF_AN_ADDRESS)]
    late = log_in(desk, "sam", "sam-reception-desk")
    assert (set(tries), late.status_code) == ({401}, 429)
    assert TOO_MANY in late.get_data(as_text=True)
    assert 500 < int(late.headers["Retry-After"]) <= 600
    assert log_in(desk, "sam", "sam-reception-desk", address="192.0.2.2").status_code == 302


def test_right_passwords_are_not_counted(desk: Flask, quick_check: None) -> None:
    """A whole hall that shares an address may begin its day at the same time."""
    tries = [log_in(desk, "sam", "sam-reception-desk").status_code for _ in range(OF_AN_ADDRESS + 10)]
    assert set(tries) == {302}


@pytest.mark.parametrize(("proxies", "answer"), [(0, 429), (1, 302)])
def test_where_somebody_comes_from_is_said_by_proxies_alone(
    office: Path, tmp_path: Path, quick_check: None, proxies: int, answer: int
) -> None:
    """Behind a proxy a guesser locks out his own address and not the office; without one he cannot make addresses up."""
    copy(office, tmp_path)
    desk = create_app(replace(settings(tmp_path), proxies=proxies))
    for number in range(OF_AN_ADDRESS):
        log_in(desk, f"name{number}", "guess", forwarded="198.51.100.1")
    assert log_in(desk, "sam", "sam-reception-desk", forwarded="198.51.100.2").status_code == answer


def test_failures_of_long_names_hold_no_memory(desk: Flask, quick_check: None) -> None:
    """A log-in name has sixty characters; who sends a hundred thousand is nobody, and only so much of it is kept."""
    for letter in "abc":
        assert log_in(desk, letter * 100_000, "guess").status_code == 401
    assert len(auth._failures) == 3
    assert max(map(len, auth._failures._of)) <= auth.MOST_NAME + 1


def test_failures_of_many_names_are_bounded_and_unlock_nobody(at: datetime) -> None:
    """The names of a guesser push each other out, and never a name that is locked."""
    failures = Failures(most_names=10)
    for _ in range(MOST_FAILURES + 3):
        failures.note("cleo", at)
    for number in range(50):
        assert not failures.locks(f"name{number}", at)
        failures.note(f"name{number}", at)
    assert (len(failures), failures.locks("cleo", at)) == (10, True)
    failures.note("sam", at + LOCKED_FOR)
    assert (len(failures), failures.locks("cleo", at + LOCKED_FOR)) == (1, False)


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
def test_nothing_but_the_address_is_believed_of_a_proxy(office: Path, tmp_path: Path, proxies: int) -> None:
    """What a request says of its own host, protocol or prefix leads nobody elsewhere and is on no page."""
    copy(office, tmp_path)
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
