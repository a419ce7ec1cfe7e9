"""What the stubs say of libraries without types is there in the libraries: the type check believes them."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

STUBS = Path(__file__).parents[2] / "stubs"
FILES = sorted(STUBS.rglob("*.pyi"))
OURS = {"flask_login._Current"}  # what a proxy looks like from outside


def module_of(file: Path) -> str:
    """`lxml.etree` for stubs/lxml/etree.pyi."""
    return ".".join(file.relative_to(STUBS).with_suffix("").parts).removesuffix(".__init__")


def missing(module: str, tree: ast.Module) -> Iterator[str]:
    """The classes, functions, methods and named parameters of a stub that its library has not."""
    runtime = importlib.import_module(module)
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and f"{module}.{node.name}" not in OURS:
            yield from missing_in(runtime, node, module)


def missing_in(owner: object, node: ast.ClassDef | ast.FunctionDef, path: str) -> Iterator[str]:
    """The same of one class or function."""
    place = f"{path}.{node.name}"
    if not hasattr(owner, node.name):
        yield place
    elif isinstance(node, ast.ClassDef):
        inner = (member for member in node.body if isinstance(member, ast.ClassDef | ast.FunctionDef))
        for member in inner:
            yield from missing_in(getattr(owner, node.name), member, place)
    else:
        yield from (f"{place}({name})" for name in unknown_parameters(getattr(owner, node.name), node))


def unknown_parameters(function: object, node: ast.FunctionDef) -> list[str]:
    """What a function is called with by name in the stub and cannot be; nothing where the library does not say what it takes."""
    if not inspect.isfunction(function):
        return []
    parameters = inspect.signature(function).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return []
    return [argument.arg for argument in node.args.kwonlyargs if argument.arg not in parameters]


@pytest.mark.parametrize("file", FILES, ids=module_of)
def test_a_stub_says_what_is_there(file: Path) -> None:
    """A library that is renewed and has renamed something is found here, not when a case is worked on."""
    assert not list(missing(module_of(file), ast.parse(file.read_text(encoding="utf-8"))))


def test_there_are_stubs() -> None:
    """The folder that `mypy_path` names is the one that is looked at."""
    assert {"lxml.etree", "SpiffWorkflow.task", "flask_babel"} <= {module_of(file) for file in FILES}
