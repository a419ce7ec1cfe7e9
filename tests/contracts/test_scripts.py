"""The scripts of the pages are checked as strictly as the type checker can, and nothing in them is left out of it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from cli import building
from tools.checking import TYPED

FRONTEND = Path(__file__).parents[2] / "web" / "frontend"
TOP = ("eslint.config.js", "vite.config.js")
FOLDERS = ("src", "types", "tests")
WRITTEN = sorted(
    [FRONTEND / name for name in TOP]
    + [file for name in FOLDERS for kind in ("*.js", "*.ts") for file in (FRONTEND / name).rglob(kind)]
)
LEFT_OUT = re.compile(r"@ts-(?:ignore|nocheck|expect-error)|eslint-disable")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
BRACES = re.compile(r"\{[^\n]*\}")
ANY = re.compile(r"\bany\b")


def test_every_check_is_on() -> None:
    """Strict as a whole, with what strict leaves out; every folder of ours is read."""
    project = json.loads((FRONTEND / "tsconfig.json").read_text(encoding="utf-8"))
    options = project["compilerOptions"]
    assert all(options[name] for name in ("strict", "checkJs", "noImplicitReturns", "noImplicitOverride"))
    assert {name: value for name, value in options.items() if value is False} == {}
    assert {*FOLDERS, "*.config.js"} <= {*project["include"]}
    assert "exclude" not in project


def test_nothing_is_left_out_of_the_check() -> None:
    """No line tells the checkers to look away."""
    assert [file.name for file in WRITTEN if LEFT_OUT.search(file.read_text(encoding="utf-8"))] == []


def test_nothing_may_be_just_anything() -> None:
    """What a type is, is said: in the comments of the scripts and in the files of types."""
    assert len(WRITTEN) > 80
    assert [file.name for file in WRITTEN if _says_any(file)] == []


def _says_any(file: Path) -> bool:
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".ts":
        return bool(ANY.search(COMMENT.sub("", text)))
    types = [braces for comment in COMMENT.findall(text) for braces in BRACES.findall(comment)]
    return any(ANY.search(braces) for braces in types)


@pytest.mark.parametrize(
    "line",
    [
        'document.querySelector("input").value = "";',
        "export const twice = (amount) => 2 * amount;",
        '/** @import { Problem } from "../types/draft" */ /** @param {Problem} problem */ export const of = (problem) => problem.txt;',
    ],
)
def test_a_mistake_is_found(tmp_path: Path, line: str) -> None:
    """What may not be there, a parameter of no type, a name that the server never sends."""
    project = json.loads((FRONTEND / "tsconfig.json").read_text(encoding="utf-8"))
    script = tmp_path / "src" / "wrong.js"
    script.parent.mkdir()
    (tmp_path / "types").symlink_to(FRONTEND / "types")
    (tmp_path / "node_modules").symlink_to(FRONTEND / "node_modules")
    script.write_text(line)
    (tmp_path / "tsconfig.json").write_text(json.dumps({**project, "include": ["src"]}))
    checker = [building.node_with_libraries(), TYPED[0], "--project", str(tmp_path)]
    checked = subprocess.run(checker, capture_output=True, text=True, check=False)
    assert checked.returncode
    assert "src/wrong.js(1," in checked.stdout
