"""`./desk test`: what it makes of pytest's output."""

from web.commands.testing import QUICK, summary

OUTPUT = """
tests/a.py .F                                        [100%]
=========================== short test summary info ============================
FAILED tests/a.py::test_two - assert 1 == 2
============ 1 failed, 12 passed, 3 deselected in 4.20s ============
"""


def test_the_summary_counts_and_names_failures() -> None:
    """`--json` gives the counts of pytest's last line and the ids of what failed."""
    assert summary(OUTPUT) == {"failed": 1, "passed": 12, "deselected": 3, "failures": ["tests/a.py::test_two"]}


def test_no_output_is_no_count() -> None:
    """A run that never began reports nothing rather than breaking."""
    assert summary("") == {"failures": []}


def test_quick_leaves_out_every_slow_kind() -> None:
    """An answer within a minute needs neither a browser nor a server."""
    assert all(f"not {marker}" in QUICK for marker in ("long", "slow", "browser", "postgresql"))
