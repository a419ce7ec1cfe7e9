"""`./desk lint`: what keeps files from being executed, in the words of the editor; for what other tools drew as well. Needs no database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from flask import Flask, g

import engine
import service_tasks
from office import batches, drafts, reference
from web import i18n
from web.commands.output import as_json, counted, report
from web.queries import findings

REGISTERED = (service_tasks, batches)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--language", type=click.Choice(i18n.LANGUAGES), default="en", show_default=True)
@as_json
def lint(files: tuple[Path, ...], language: str, as_json: bool) -> None:
    """Check diagrams, decision tables and forms; status 1 when there are problems; warnings are told and keep nothing from being executed."""
    app = Flask("web")
    i18n.register(app)
    with app.app_context():
        g.language = language
        found = {str(file): _found(file) for file in files}
    lines = [line for file, listed in found.items() for line in _lines(file, listed)]
    wrong = any(not one["warning"] for listed in found.values() for one in listed)
    report({"ok": not wrong, "files": found}, lines, as_json=as_json, found=wrong)


def _found(file: Path) -> list[Mapping[str, Any]]:
    """What keeps a file from being executed, and after it what can hardly be meant."""
    known = [name for code, zh, _en in reference.DEPARTMENTS for name in (code, zh)]
    warnings = engine.warnings_of_file(file, drafts.STARTED, known)
    return [*findings.as_json(engine.lint_file(file)), *findings.as_json(warnings)]


def _lines(file: str, listed: list[Mapping[str, Any]]) -> list[str]:
    warnings = sum(one["warning"] for one in listed)
    wrong = findings.how_many(listed[: len(listed) - warnings])
    verdict = counted(wrong, "problem") if wrong else "can be executed"
    return [
        f"{file}: {verdict}{', ' + counted(warnings, 'warning') if warnings else ''}",
        *(
            f"  {'warning, ' if one['warning'] else ''}line {one['line']:<5} {one['element'] or '-'}: {one['text']}"
            for one in listed
        ),
    ]
