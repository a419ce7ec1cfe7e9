"""`./desk begin` prints the number of the case, and says in words reason a process is not begun by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from cli import cases as command


@pytest.fixture(scope="module", autouse=True)
def office_without_cases(sqlite_office: Flask) -> Iterator[None]:
    """An office with its processes and no case, which the command opens."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "open_office", lambda: sqlite_office)
        yield


def run(key: str) -> Result:
    """The command as it is typed."""
    return CliRunner().invoke(command.begin, [key])


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("TS-002", "take one in at /intake"),
        ("BATCH-001", "a date begins it"),
        ("SUB-001", "another process calls it"),
        ("SUB-008", "a service task begins it"),
        ("NOWHERE", "there is no published process NOWHERE"),
    ],
)
def test_what_is_not_begun_by_hand_is_said(key: str, reason: str) -> None:
    """Status 1 and one sentence; no trace back."""
    result = run(key)
    assert (result.exit_code, reason in result.output) == (1, True), result.output
