"""What a refusal carries is declared, so that whoever tells it knows which of it is money."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from service_tasks import refusals

ROOT = Path(__file__).parents[3] / "service_tasks"
REFUSALS = {"BpmnError", "Refused"}
NO_VALUE = {"reason", "because"}


def _raised() -> Iterator[tuple[str, str]]:
    """Where a refusal is made, with each name of what it carries; of `**told` the names of the dicts in that function."""
    for path in ROOT.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for call in ast.walk(function):
                    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in REFUSALS:
                        yield from ((f"{path.name}:{call.lineno}", name) for name in _names(call, function))


def _names(call: ast.Call, function: ast.FunctionDef) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg:
            yield keyword.arg
        elif isinstance(keyword.value, ast.Name):
            keys = (key for node in ast.walk(function) if isinstance(node, ast.Dict) for key in node.keys)
            yield from (key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))


def test_whatever_a_refusal_carries_is_declared() -> None:
    """A sum under a name that nobody declared would be told in fen."""
    assert {(place, name) for place, name in _raised() if name not in refusals.NAMES | NO_VALUE} == set()


def test_the_sums_of_a_refusal_are_fen() -> None:
    """The names under which billing tells a sum, of whichever refusal."""
    assert {"amount", "approved", "balance", "disputed", "left", "of", "owed"} <= refusals.FEN
    assert not {"count", "entry", "hold"} & refusals.FEN
