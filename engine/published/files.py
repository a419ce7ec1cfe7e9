"""Files that lie anywhere, held against the rules for what may be published."""

from __future__ import annotations

from pathlib import Path

from engine.definitions.standalone_files import check
from engine.ground.errors import Problem
from engine.published.publishing import problems


def lint_file(file: Path) -> list[Problem]:
    """Return every problem of a file that lies anywhere: a diagram, a decision table or a form, whoever drew it. Always findings, never an error."""
    return check(file, problems)
