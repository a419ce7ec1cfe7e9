"""The power fails at random instants: nothing confirmed is lost, nothing happens twice, nothing is stuck, and the record holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
OFTEN = 300
ROOT = Path(__file__).parents[2]


def ordeal(kills: int, *more: str) -> dict[str, Any]:
    """What `./desk crash` found."""
    command = [sys.executable, "-m", "cli", "crash", "--json", "--kills", str(kills), *more]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.stdout, done.stderr[-2000:]
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_six_kills_of_a_sqlite_office() -> None:
    """One serving process, cut off together with its clockwork and its worker."""
    document = ordeal(6)
    assert document["ok"], document["findings"]
    assert document["completions"] >= 6


@pytest.mark.long
def test_hundreds_of_kills_of_a_sqlite_office() -> None:
    """The rarer instants: between two statements of one commit, in a checkpoint, in the answer."""
    document = ordeal(OFTEN)
    assert document["ok"], document["findings"]
    assert document["completions"] >= OFTEN


@pytest.mark.long
@pytest.mark.postgresql
def test_hundreds_of_kills_of_an_office_on_postgresql(postgresql: str) -> None:
    """The same with two processes and a worker."""
    document = ordeal(OFTEN, "--database", postgresql)
    assert document["ok"], document["findings"]
    assert document["completions"] >= OFTEN


@pytest.mark.postgresql
def test_five_kills_of_an_office_on_postgresql(postgresql: str) -> None:
    """Two serving processes and a worker beside them, cut off together or one at a time."""
    document = ordeal(5, "--database", postgresql)
    assert document["ok"], document["findings"]
    assert document["completions"] >= 5
