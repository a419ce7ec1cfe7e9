"""Files of the pages' scripts that no linter and no type check looks at."""

from __future__ import annotations

from cli.output import ROOT
from tools.figures import Figure

FRONTEND = ROOT / "web" / "frontend"
LINTED = ("eslint.config.js", "tsconfig.json")


def measured() -> Figure:
    """All scripts, as long as one of the two is not set up; the two look at every file of the folder."""
    scripts = [file.relative_to(ROOT).as_posix() for file in sorted((FRONTEND / "src").rglob("*.js"))]
    is_looked_at = all((FRONTEND / name).exists() for name in LINTED)
    return Figure("scripts without linter and type check", 0 if is_looked_at else len(scripts), 0)
