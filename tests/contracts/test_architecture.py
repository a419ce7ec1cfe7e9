"""Rules of the architecture that import contracts cannot say: one writer, one clock, one reader of the environment, nothing evaluated."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("web", "office", "service_tasks", "engine", "models")
FOLDERS = {*PACKAGES, "processes", "migrations", "docs", "tests", "bench"}
SOURCES = sorted(
    path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "node_modules" not in path.parts
)
COMMANDS = {path.relative_to(ROOT).as_posix() for path in (ROOT / "web" / "commands").rglob("*.py")}
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))


@cache
def parsed() -> tuple[tuple[str, ast.Module], ...]:
    """Every module of the product as (path from the root, syntax tree)."""
    return tuple((path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in SOURCES)


def dotted(node: ast.AST) -> str:
    """`datetime.now` for the expression that reads so; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def places(*endings: str) -> set[str]:
    """The modules in which an expression ends in one of the dotted names."""
    return {
        path
        for path, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute | ast.Name)
        and any(dotted(node) == ending or dotted(node).endswith(f".{ending}") for ending in endings)
    }


def test_one_place_commits() -> None:
    """A commit outside models.base would tear a step apart: the entry, the rows and the engine's state go together."""
    committing = [
        path
        for path, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert set(committing) == {"models/base.py"}


def test_one_place_reads_the_wall_clock() -> None:
    """Replay gives the recorded instant to the same code, which works only while nothing reads a clock of its own."""
    assert places("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time") == {"engine/clock.py"}


def test_one_place_reads_the_environment() -> None:
    """Every setting is found in web.config, and documented from there."""
    assert places("os.environ", "os.getenv") <= {"web/config.py"}


def test_one_place_reads_what_an_address_asks_for() -> None:
    """A parameter read past its schema is a fault of ours waiting for whoever types something else."""
    assert places("request.args", "request.values", "request.query_string") == {"web/addresses.py"}
    templates = (ROOT / "web" / "templates").glob("*.html")
    assert [
        one.name for one in templates if re.search(r"request\.(args|values)", one.read_text(encoding="utf-8"))
    ] == []


def test_one_place_reads_bodies_in_json() -> None:
    """`request.get_json` and the API's parser go through web.bodies; nothing else parses what a stranger sent."""
    assert {path for path in places("json.loads") if path.startswith("web/")} <= {
        "web/__init__.py",
        "web/bodies.py",
        *COMMANDS,
    }


def test_nothing_is_evaluated_or_unpickled() -> None:
    """Whoever may publish a process or write a row must not thereby run Python."""
    calls = {
        path
        for path, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and dotted(node.func) in {"eval", "exec"}
    }
    imports = {
        path
        for path, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and {"pickle", "marshal", "shelve"} & {alias.name for alias in node.names}
        | {getattr(node, "module", "")} & {"pickle"}
    }
    assert calls | imports == set()


def test_only_two_places_catch_everything() -> None:
    """Elsewhere an unexpected exception rolls back and is seen; jobs make incidents of it, the edge makes an answer."""
    broad = {
        path
        for path, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and (node.type is None or dotted(node.type) == "Exception")
    }
    assert broad <= {"engine/jobs.py", "web/errors.py"}


def test_every_top_level_folder_is_known() -> None:
    """A new folder with Python in it must be named in the import contracts, or nothing holds for it."""
    found = {
        folder.name
        for folder in ROOT.iterdir()
        if folder.is_dir() and not folder.name.startswith(".") and any(folder.rglob("*.py"))
    }
    assert found <= FOLDERS | {"var"}


def test_import_contracts_name_every_package() -> None:
    """The layers contract covers all five packages, in the order in which they may see each other."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert settings["root_packages"] == list(PACKAGES)
    assert settings["contracts"][0]["layers"] == list(PACKAGES)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_says_what_lives_there(path: Path) -> None:
    """A newcomer learns from the first sentence of a file what it holds."""
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_test_says_what_it_protects(path: Path) -> None:
    """Whoever sees a test fail learns from its first line what would go wrong in the office."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tests = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    assert [test.name for test in tests if not ast.get_docstring(test)] == []
