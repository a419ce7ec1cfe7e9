"""How much of the code has the type Any: as mypy counts expressions, and what hides some from it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from cli.output import ROOT
from tools.figures import Figure
from tools.figures.sources import product

MOST, MOST_OF_FEEL = 3.0, 6.0
FEEL = "engine.language"
ROW = re.compile(r"^\s*(?P<module>[\w.]+)\s+(?P<untyped>\d+)\s+(?P<all>\d+)\s+[\d.]+%$", re.MULTILINE)


class Counted(NamedTuple):
    """Expressions of a module: those of type Any, and all."""

    module: str
    untyped: int
    all: int


def measured() -> list[Figure]:
    """Return expressions of type Any outside and inside the language, and what hides some from that count: aliases, casts and ignores are counted with them."""
    hiding = {
        "aliases of Any": _all(_is_alias),
        "casts": _all(_is_cast),
        "lines that the type check leaves out": _ignores(),
    }
    places = [place for kind in hiding.values() for place in kind]
    modules = _counted()
    feel = [module for module in modules if module.module.startswith(FEEL)]
    rest = [module for module in modules if module not in feel]
    in_feel = sum(place.startswith(FEEL.replace(".", "/")) for place in places)
    return [
        _share("expressions of type Any, the language aside", rest, MOST, len(places) - in_feel),
        _share("expressions of type Any in the language", feel, MOST_OF_FEEL, in_feel),
        *(Figure(name, len(kind), None, places=tuple(kind[:5])) for name, kind in hiding.items()),
    ]


def _counted() -> list[Counted]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "mypy", "--any-exprs-report", folder, "--cache-dir", f"{folder}/cache"]
        subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
        report = (Path(folder) / "any-exprs.txt").read_text(encoding="utf-8")
    rows = [Counted(row["module"], int(row["untyped"]), int(row["all"])) for row in ROW.finditer(report)]
    return [row for row in rows if row.module != "Total"]


def _share(name: str, modules: list[Counted], most: float, hiding: int) -> Figure:
    worst = sorted(modules, key=lambda module: -module.untyped)[:5]
    places = tuple(f"{module.module} {module.untyped}" for module in worst)
    return Figure(name, sum(m.untyped for m in modules) + hiding, most, sum(m.all for m in modules), places)


def _all(is_hidden: Callable[[ast.AST], bool]) -> list[str]:
    return [
        f"{path}:{getattr(node, 'lineno', 0)}" for path, tree in product() for node in ast.walk(tree) if is_hidden(node)
    ]


def _is_alias(node: ast.AST) -> bool:
    """Tell whether a statement is `Step = dict[str, Any]` or the like."""
    is_named = isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript | ast.Name)
    return is_named and any(isinstance(part, ast.Name) and part.id == "Any" for part in ast.walk(node))


def _is_cast(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "cast"


def _ignores() -> list[str]:
    return [
        f"{path}:{number}"
        for path, _ in product()
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1)
        if "# type: ignore" in line
    ]
