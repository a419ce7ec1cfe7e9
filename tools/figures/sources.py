"""The modules of the product and of its tests as syntax trees, and the walks that the figures share."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cli.output import ROOT

PACKAGES = ("tools", "cli", "web", "office", "service_tasks", "engine", "models", "reception_desk")
Function = ast.FunctionDef | ast.AsyncFunctionDef
Modules = tuple[tuple[str, ast.Module], ...]


@cache
def product() -> Modules:
    """Return every module of the product, as (path from the root, tree)."""
    return tuple(_parsed(file) for package in PACKAGES for file in _files(package))


@cache
def tests() -> Modules:
    """Return every module below tests/, as (path from the root, tree)."""
    return tuple(_parsed(file) for file in _files("tests"))


@cache
def bench() -> Modules:
    """Return every module below bench/, as (path from the root, tree)."""
    return tuple(_parsed(file) for file in _files("bench"))


def _files(folder: str) -> list[Path]:
    return sorted(file for file in (ROOT / folder).rglob("*.py") if "node_modules" not in file.parts)


def _parsed(file: Path) -> tuple[str, ast.Module]:
    return file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def functions(tree: ast.Module) -> Iterator[Function]:
    """Return every function and method of a module, inner ones included."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def inside(function: Function) -> Iterator[ast.AST]:
    """Yield the nodes of a function without those of the functions and classes in it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(node))
