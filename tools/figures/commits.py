"""How long the subjects of commits are, and how many of them have no body that says why."""

from __future__ import annotations

import subprocess
from statistics import median

from cli.output import ROOT
from tools.figures import Figure

SINCE, MOST = "2026-11-28", 60  # when the form of commits was agreed
BETWEEN = "\x1e"


def measured() -> list[Figure]:
    """Return the median of the subjects, in characters, and the share of commits without a body; merges aside."""
    command = ["git", "log", "--no-merges", f"--since={SINCE} 00:00 +0000", f"--format={BETWEEN}%s%n%b"]
    log = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True).stdout
    commits = [text.strip().splitlines() for text in log.split(BETWEEN)[1:]]
    bare = sum(len(lines) < 2 for lines in commits)
    return [
        Figure("characters of a commit's subject, median", median([len(lines[0]) for lines in commits] or [0]), MOST),
        Figure("commits without a body", bare, None, of=len(commits)),
    ]
