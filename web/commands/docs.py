"""`./desk docs`: the reference pages, written from what they describe, so that they cannot lie; `--check` says which ones would change."""

from __future__ import annotations

from pathlib import Path

import click

from web.commands.output import ROOT, as_json, report
from web.commands.reference import pages

REFERENCE = ROOT / "docs" / "reference"


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; status 1 when a page is not up to date.")
@as_json
def docs(check: bool, as_json: bool) -> None:
    """Write docs/reference/ anew: a page per process, the service tasks, settings, errors, steps of history, commands."""
    wanted = {REFERENCE / name: text for name, text in pages.render(ROOT / "processes").items()}
    outdated = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    surplus = [path for path in _written_before() if path not in wanted]
    names = [path.relative_to(ROOT).as_posix() for path in (*outdated, *surplus)]
    if not check:
        _write({path: wanted[path] for path in outdated}, surplus)
    lines = [f"{'outdated' if check else 'written'}  {name}" for name in names] or ["the reference is up to date"]
    report({"pages": len(wanted), "outdated": names}, lines, as_json=as_json, found=check and bool(names))


def _written_before() -> list[Path]:
    """Pages that carry our mark; the others in the folder are written by people."""
    found = REFERENCE.rglob("*.md")
    return [path for path in found if path.read_text(encoding="utf-8").startswith(pages.MARK)]


def _write(pages_by_path: dict[Path, str], surplus: list[Path]) -> None:
    for path, text in pages_by_path.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in surplus:
        path.unlink()
