"""What the documents name is there: files and folders, what is said to stand in a file, commands with their options, and the queries an operator types."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
from sqlalchemy import create_engine, text

import web
from cli.listing import COMMANDS
from models.base import Base
from tools.docs import UNWRAPPED
from tools.reference_pages.markdown import wrapped

ROOT = Path(__file__).parents[2]
GENERATED = ROOT / "docs" / "reference"
DOCUMENTS = sorted(
    path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")) if not path.is_relative_to(GENERATED)
)
HISTORIC = {"CHANGELOG.md", "THIRD_PARTY_NOTICES.md"}  # what was there once, or is somewhere else
FOLDERS = tuple(f"{folder.name}/" for folder in ROOT.iterdir() if folder.is_dir())
NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.-]*)`(?: \((`\w+`(?:, `\w+`)*)\))?")
COMMAND = re.compile(r"\./desk [a-z][^`\n|]*")
EXAMPLES = re.compile(r"\b(?:KEY|NUMBER|FILE|LOGIN|URL)\b|…")
MADE = ("var/", "web/static/build/")  # there once the office is

of_documents = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())


@of_documents
def test_files_that_are_named_are_there(document: Path) -> None:
    """With what is said, in brackets behind them, to stand in them."""
    wrong = []
    for path, names in NAMED.findall(document.read_text(encoding="utf-8")):
        if document.name in HISTORIC or not path.startswith(FOLDERS) or path.startswith(MADE) or EXAMPLES.search(path):
            continue
        file = (
            ROOT / path if (ROOT / path).exists() else ROOT / f"{path}.py"
        )  # a module may be named without its ending
        if not file.exists():
            wrong.append(path)
        elif names:
            content = file.read_text(encoding="utf-8")
            wrong += [f"{path} {name}" for name in re.findall(r"\w+", names) if not re.search(rf"\b{name}\b", content)]
    assert wrong == []


@of_documents
def test_commands_can_be_typed(document: Path) -> None:
    """Every `./desk …` names a command that there is, with options that it has."""
    wrong = [line for line in commands(document) if unknown(line)]
    assert wrong == []


def commands(document: Path) -> Iterator[str]:
    """What a document has somebody type; nothing of the prose beside it."""
    content = document.read_text(encoding="utf-8")
    typed = [line for block in re.findall(r"```(?:sh)?\n(.*?)```", content, re.DOTALL) for line in block.splitlines()]
    typed += re.findall(r"^    +(\S.*)$", content, re.MULTILINE) + re.findall(r"`([^`\n]+)`", content)
    for line in typed:
        yield from (command.rstrip(" .,:;") for command in COMMAND.findall(line.split("   ")[0]))


def unknown(line: str) -> list[str]:
    """What of a command line there is not: the command itself, or options."""
    _, name, *words = shlex.split(re.split(r" [&|>;] ?|…", line)[0])
    if name not in COMMANDS:
        return [name]
    command: click.Command = getattr(import_module(COMMANDS[name][0]), name.replace("-", "_"))
    options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    passed_on = command.context_settings.get("ignore_unknown_options", False)
    return [word for word in words if word.startswith("--") and word.split("=")[0] not in options and not passed_on]


def test_what_cannot_be_typed_is_found() -> None:
    """The check would see a command that was renamed, and an option that is gone."""
    assert unknown("./desk verfy --all") == ["verfy"]
    assert unknown("./desk verify --everything") == ["--everything"]
    assert unknown("./desk verify --instance AJ-20260303-0001") == []


def test_queries_run_on_our_schema() -> None:
    """Every query of the documents names tables and columns that there are."""
    assert web  # which registers every table
    queries = {
        query.strip()
        for document in DOCUMENTS
        for query in re.findall(r"```sql\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL)
    }
    assert queries
    database = create_engine("sqlite://")
    Base.metadata.create_all(database)
    with database.connect() as connection:
        for query in queries:
            assert query.startswith("SELECT")
            connection.execute(text(query))


def test_the_figures_of_the_readme_are_those_of_the_reference() -> None:
    """What is said of the compatibility kit is what it says when it is played."""
    figures = re.findall(
        r"([\d,]+) of ([\d,]+)(?: results)? of level", (ROOT / "README.md").read_text(encoding="utf-8")
    )
    page = (GENERATED / "dmn-tck.md").read_text(encoding="utf-8")
    assert figures == [(passed, results) for results, passed in re.findall(r"([\d,]+) results: ([\d,]+) pass", page)]


@pytest.mark.parametrize(
    "document",
    sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").rglob("*.md")]),
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_lines_are_not_too_long(document: Path) -> None:
    """Paragraphs and lists stand in lines of at most 120 characters; `./desk docs` wraps them. Tables, headings, code and pictures are as long as they are; the change log is exempt, which is a line for each change."""
    content = document.read_text(encoding="utf-8")
    if document not in UNWRAPPED:
        assert content == wrapped(content)
