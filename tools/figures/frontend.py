"""Files of the pages' scripts that no linter and no type check looks at."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from cli import building
from cli.output import ROOT
from tools.figures import Figure

FRONTEND = ROOT / "web" / "frontend"
FOLDERS = ("src", "tests")
TSC = FRONTEND / "node_modules" / "typescript" / "bin" / "tsc"
ESLINT = FRONTEND / "node_modules" / "eslint" / "bin" / "eslint.js"


def measured() -> Figure:
    """Return the scripts that `tsc` does not list among what it checks, or that ESLint does not report on."""
    scripts = {file.resolve() for folder in FOLDERS for file in (FRONTEND / folder).rglob("*.js")}
    node = building.node_with_libraries()
    missed = sorted(file.relative_to(ROOT).as_posix() for file in scripts - (_typed(node) & _linted(node)))
    return Figure("scripts without linter and type check", len(missed), 0, places=tuple(missed[:5]))


def _typed(node: str) -> set[Path]:
    return {Path(line).resolve() for line in _said(node, str(TSC), "--listFilesOnly").splitlines()}


def _linted(node: str) -> set[Path]:
    return {Path(file["filePath"]).resolve() for file in json.loads(_said(node, str(ESLINT), "--format", "json", "."))}


def _said(*command: str) -> str:
    return subprocess.run(command, cwd=FRONTEND, check=False, capture_output=True, text=True).stdout
