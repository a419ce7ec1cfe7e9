"""`./desk docs`: the reference pages, written from what they describe, so that they cannot lie; and the lines of all documents, none too long.

`--check` says which pages would change.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from cli.output import ROOT, as_json, report
from engine import runtime
from office import composition
from tools.reference_pages import pages
from tools.reference_pages.markdown import wrapped

REFERENCE = ROOT / "docs" / "reference"
UNWRAPPED = frozenset({ROOT / "CHANGELOG.md"})  # a line for each change


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; status 1 when a page is not up to date.")
@as_json
def docs(check: bool, as_json: bool) -> None:
    """Write docs/reference/ anew (a page per process, the service tasks, settings, errors, steps of history, commands), and wrap the lines of other documents."""
    with runtime.entered(composition.bare()):
        texts = {REFERENCE / name: text for name, text in pages.render(ROOT / "processes").items()}
    texts |= {path: wrapped(path.read_text(encoding="utf-8")) for path in written_by_hand()}
    outdated = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    surplus = [path for path in _written_before() if path not in texts]
    names = [path.relative_to(ROOT).as_posix() for path in (*outdated, *surplus)]
    if not check:
        _write({path: texts[path] for path in outdated}, surplus)
    lines = [f"{'outdated' if check else 'written'}  {name}" for name in names] or ["every page is up to date"]
    report({"pages": len(texts), "outdated": names}, lines, as_json=as_json, found=check and bool(names))


def written_by_hand() -> Iterator[Path]:
    """Yield the documents whose lines are wrapped, those of docs/reference/ aside."""
    for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").rglob("*.md")]):
        if path not in UNWRAPPED and not path.is_relative_to(REFERENCE):
            yield path


def _written_before() -> list[Path]:
    """Return pages that carry our mark; the others in the folder are written by people."""
    candidates = REFERENCE.rglob("*.md")
    return [path for path in candidates if path.read_text(encoding="utf-8").startswith(pages.MARK)]


def _write(pages_by_path: dict[Path, str], surplus: list[Path]) -> None:
    for path, text in pages_by_path.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in surplus:
        path.unlink()
