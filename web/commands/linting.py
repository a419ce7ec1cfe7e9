"""`./desk lint`: what keeps files from being executed, in the words of the editor; for what other tools drew as well. Needs no database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from flask import Flask, g

import engine
import service_tasks
from office import batches
from web import i18n
from web.commands.output import as_json, report
from web.queries import findings

REGISTERED = (service_tasks, batches)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--language", type=click.Choice(i18n.LANGUAGES), default="en", show_default=True)
@as_json
def lint(files: tuple[Path, ...], language: str, as_json: bool) -> None:
    """Check diagrams, decision tables and forms; status 1 when there are problems."""
    app = Flask("web")
    i18n.register(app)
    with app.app_context():
        g.language = language
        found = {str(file): findings.as_json(engine.lint_file(file)) for file in files}
    lines = [line for file, listed in found.items() for line in _lines(file, listed)]
    wrong = any(found.values())
    report({"ok": not wrong, "files": found}, lines, as_json=as_json, found=wrong)


def _lines(file: str, listed: list[Mapping[str, Any]]) -> list[str]:
    return [
        f"{file}: {'can be executed' if not listed else f'{findings.how_many(listed)} problems'}",
        *(f"  line {one['line']:<5} {one['element'] or '-'}: {one['text']}" for one in listed),
    ]
