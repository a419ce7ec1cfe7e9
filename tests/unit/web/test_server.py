"""The clockwork beside the server: it goes on whatever happens."""

from __future__ import annotations

import gc
import logging
import threading

import pytest
from flask import Flask

from web import server


def test_a_failure_does_not_end_the_clockwork(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something nobody thought of is logged without a customer's data, and the next thing due is still done."""
    monkeypatch.setattr(server, "EVERY_SECONDS", 0.0)
    stop, tries = threading.Event(), []

    def work() -> int:
        tries.append(1)
        if len(tries) == 2:
            stop.set()
        raise ZeroDivisionError("13900000001")

    with caplog.at_level(logging.ERROR):
        server.keep_on(Flask("test"), work, stop)
    assert len(tries) == 2
    assert "ZeroDivisionError" in caplog.text
    assert "13900000001" not in caplog.text


def test_what_is_loaded_for_good_is_out_of_the_collectors_sight() -> None:
    """A full collection over a whole office takes longer than any answer, and would come while somebody waits."""
    before = gc.get_freeze_count()
    server.settle()
    settled = gc.get_freeze_count()
    gc.unfreeze()
    assert settled > before + 10_000
