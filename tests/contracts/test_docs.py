"""The documents say what is: generated pages are up to date, links lead somewhere, every command and setting has its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.listing import COMMANDS
from tools.reference_pages import pages

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").rglob("*.md")])


def test_the_reference_is_what_would_be_written_now() -> None:
    """A page that was right once and is wrong now is worse than none."""
    texts = pages.render(ROOT / "processes")
    folder = ROOT / "docs" / "reference"
    assert [
        name
        for name, text in texts.items()
        if not (folder / name).exists() or (folder / name).read_text("utf-8") != text
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of every document names a file that is there."""
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_command_is_in_the_module_it_is_listed_with() -> None:
    """`./desk` promises no command that is not there."""
    for name, (module, _) in COMMANDS.items():
        source = ROOT.joinpath(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8")
        assert f"def {name.replace('-', '_')}(" in source


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_named_files_are_there(page: Path) -> None:
    """A file of the source that a document names has not moved since; the page on the editor names its own from its folder."""
    paths = re.findall(r"`((?:[a-z_-]+/)+[a-z0-9_-]+\.(?:py|js|po|cfg|toml))`", page.read_text(encoding="utf-8"))
    folders = (ROOT, ROOT / "web" / "frontend" / "src" / "editor")
    assert [path for path in paths if not any((folder / path).exists() for folder in folders)] == []


WHOLE_ROOMS = {
    "spiff",
    "elements",
    "checks",
    "definitions",
    "diagrams",
    "language",
}  # too many modules for a table; each says by its name what it is about


def test_the_architecture_names_every_module_of_the_engine() -> None:
    """Whoever looks for the layer of a module finds it in the table."""
    table = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = {path.parent for path in (ROOT / "engine").glob("*/__init__.py")}
    modules = {path.stem for room in rooms if room.name not in WHOLE_ROOMS for path in room.glob("*.py")}
    module_names = set(re.findall(r"`([a-z_]+)/?`", table))
    assert sorted((modules | {room.name for room in rooms}) - module_names - {"__init__"}) == []
