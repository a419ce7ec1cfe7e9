"""The engine by itself: whoever composed an office in an earlier test does not follow it here."""

from __future__ import annotations

import pytest

from engine import execution


@pytest.fixture(autouse=True)
def nobody_follows(plain_observers: None) -> None:
    """No read model of an office hangs on the engine."""
    execution._observers.clear()
