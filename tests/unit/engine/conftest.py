"""The engine by itself: whoever composed an office in an earlier test does not follow it here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import execution


@pytest.fixture(autouse=True)
def nobody_follows(plain_observers: None) -> Iterator[None]:
    """No read model of an office hangs on the engine."""
    execution._observers.clear()
    yield
