"""Guessing passwords: what locks a name, what locks an address, and whom that leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.visitors import Visitor, copy, settings
from web import auth, create_app

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
    tries = [log_in(desk, "cleo", "guess").status_code for _ in range(auth.MOST_FAILURES)]
    late = log_in(desk, "cleo", "cleo-reception-desk", address="192.0.2.2")
    assert (set(tries), late.status_code) == ({401}, 429)
    assert TOO_MANY in late.get_data(as_text=True)
    assert log_in(desk, "sam", "sam-reception-desk").status_code == 302


def test_a_hundred_wrong_passwords_lock_the_address(desk: Flask, quick_check: None) -> None:
    """One password tried on every name of the office ends as well, in words; other addresses are let in."""
    tries = [log_in(desk, f"name{number}", "guess").status_code for number in range(OF_AN_ADDRESS)]
    late = log_in(desk, "sam", "sam-reception-desk")
    assert (set(tries), late.status_code) == ({401}, 429)
    assert TOO_MANY in late.get_data(as_text=True)
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
