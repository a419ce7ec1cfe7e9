"""How long the subjects of the last commits are."""

from __future__ import annotations

import subprocess
from statistics import median

from cli.output import ROOT
from tools.figures import Figure

LAST, MOST = 100, 60


def measured() -> Figure:
    """The median of the last hundred that are no merge, in characters."""
    command = ["git", "log", "--no-merges", f"-{LAST}", "--format=%s"]
    log = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True).stdout
    return Figure("characters of a commit's subject, median", median(map(len, log.splitlines() or [""])), MOST)
