"""The writer's lock of a SQLite office: in the order of asking, reentrant, and never lost."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from models.turns import OutOfTurn, Turns


def test_it_goes_to_whoever_asked_first() -> None:
    """Whoever lets go and asks again comes after those who have been waiting, or the clock would keep clerks out."""
    turns, order = Turns(5), []

    def take(name: str) -> None:
        with turns:
            order.append(name)

    clerks = [threading.Thread(target=take, args=(f"clerk {n}",)) for n in range(3)]
    with turns:
        for number, clerk in enumerate(clerks, start=1):
            clerk.start()
            while len(turns.waiting) < number:
                pass
    with turns:
        order.append("clock")
    for clerk in clerks:
        clerk.join()
    assert order == ["clerk 0", "clerk 1", "clerk 2", "clock"]


def test_the_holder_may_take_it_again() -> None:
    """A verb inside a verb does not wait for itself, and the lock is free only when the outer one is done."""
    turns = Turns(5)
    with turns:
        with turns:
            pass
        assert turns.owner == threading.get_ident()
    assert turns.owner is None


def test_giving_up_waiting_does_not_lose_it() -> None:
    """Somebody who is interrupted while waiting leaves the queue; the next one gets the lock."""
    turns = Turns(5)

    class _Turn:
        def acquire(self, timeout: float) -> None:
            raise KeyboardInterrupt

    turn: Any = _Turn()
    with turns:
        turns.waiting.append(turn)
        with pytest.raises(KeyboardInterrupt):
            turns.wait_for(turn)
        assert not turns.waiting
    with turns:
        assert turns.depth == 1


def test_nobody_waits_for_ever() -> None:
    """Behind a writer who waits for another program a clerk is told to come again; whoever comes later gets the lock all the same."""
    turns, outcomes = Turns(0.05), []

    def take() -> None:
        try:
            with turns:
                outcomes.append("let in")
        except OutOfTurn:
            outcomes.append("sent away")

    with turns:
        clerk = threading.Thread(target=take)
        clerk.start()
        clerk.join()
    assert not turns.waiting
    take()
    assert outcomes == ["sent away", "let in"]


def test_a_turn_that_comes_in_the_last_moment_is_taken() -> None:
    """Handed over while its waiter had just given up: it is theirs, and not lost."""
    turns = Turns(0)

    class _Turn:
        def acquire(self, timeout: float) -> bool:
            turns.waiting.remove(turn)
            return False

    turn: Any = _Turn()
    turns.waiting.append(turn)
    turns.wait_for(turn)  # raises OutOfTurn where it was lost
    assert not turns.waiting
