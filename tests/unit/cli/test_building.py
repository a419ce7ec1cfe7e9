"""Building: when it is done again, and with which Node.js."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from cli import building


def node(folder: Path, version: str) -> str:
    """A program that calls itself Node.js of a version."""
    program = folder / "node"
    program.write_text(f"#!/bin/sh\necho {version}\n")
    program.chmod(0o755)
    return str(program)


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("v20.18.0", False),
        ("v20.19.0", True),
        ("v21.7.0", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.1.0", True),
        ("", False),
    ],
)
def test_only_a_node_that_vite_runs_on_is_used(tmp_path: Path, version: str, enough: bool) -> None:
    """With an older Node.js the build would break with a syntax error; one is fetched by pip instead."""
    assert building.is_new_enough(node(tmp_path, version)) is enough


def test_the_fingerprint_follows_names_and_contents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed, added or renamed source leads to a new build; an untouched tree does not."""
    monkeypatch.setattr(building, "ROOT", tmp_path)
    first = tmp_path / "a.js"
    first.write_text("1")
    before = building.fingerprint([first])
    assert building.fingerprint([first]) == before
    first.write_text("2")
    assert building.fingerprint([first]) != before
    first.write_text("1")
    assert building.fingerprint([first.rename(tmp_path / "b.js")]) != before


def test_translations_are_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue is compiled when it is newer than what was compiled from it, and left alone otherwise."""
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = Catalog(locale="en")
    catalogue.add("任务", "Task")
    with (folder / "messages.po").open("wb") as file:
        write_po(file, catalogue)
    monkeypatch.setattr(building, "TRANSLATIONS", tmp_path)
    building.compile_translations()
    compiled = folder / "messages.mo"
    assert b"Task" in compiled.read_bytes()
    compiled.write_bytes(b"untouched")
    building.compile_translations()
    assert compiled.read_bytes() == b"untouched"
