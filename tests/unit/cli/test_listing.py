"""The list of commands: printed by a bare Python, complete, one line each."""

import subprocess
import sys
from pathlib import Path

from cli.listing import COMMANDS, lines

ROOT = Path(__file__).parents[3]
BARE = ("-E", "-s", "-S", "-m", "cli.listing")


def test_a_bare_python_can_print_it() -> None:
    """`./desk` in a fresh checkout lists the commands before anything is installed: -S leaves out every installed package."""
    printed = subprocess.run([sys.executable, *BARE], cwd=ROOT, capture_output=True, text=True, check=True)
    assert printed.stdout.splitlines() == lines()


def test_every_command_has_one_line() -> None:
    """A list is read at a glance: one line each, within the width of a terminal."""
    assert all(any(line.startswith(f"  {name} ") for line in lines()) for name in COMMANDS)
    assert max(map(len, lines())) <= 110
