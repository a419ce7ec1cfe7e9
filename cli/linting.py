"""`./desk lint`: what keeps files from being executed, in the words of the editor; for what other tools drew as well. Needs no database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli.output import as_json, counted, report
from cli.speaking import speaking
from engine import checks, published, runtime
from office import composition, departments_and_duties, drafts
from web.definitions.telling import findings
from web.telling import i18n


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--language", type=click.Choice(i18n.LANGUAGES), default="en", show_default=True, help="Language of the findings."
)
@as_json
def lint(files: tuple[Path, ...], language: str, as_json: bool) -> None:
    """Check diagrams, decision tables and forms; status 1 when there are problems; warnings are told and keep nothing from being executed."""
    with speaking(language), runtime.entered(composition.bare()):
        findings_by_file = {str(file): _found(file) for file in files}
    lines = [line for file, findings_of_file in findings_by_file.items() for line in _lines(file, findings_of_file)]
    wrong = any(
        not finding["warning"] for findings_of_file in findings_by_file.values() for finding in findings_of_file
    )
    report({"ok": not wrong, "files": findings_by_file}, lines, as_json=as_json, found=wrong)


def _found(file: Path) -> list[Mapping[str, Any]]:
    """Return what keeps a file from being executed, and after it what can hardly be meant."""
    departments = [name for code, zh, _en in departments_and_duties.DEPARTMENTS for name in (code, zh)]
    warnings = checks.warnings_of_file(file, drafts.STARTED, departments)
    return [*findings.as_json(published.lint_file(file)), *findings.as_json(warnings)]


def _lines(file: str, findings_of_file: list[Mapping[str, Any]]) -> list[str]:
    warnings = sum(finding["warning"] for finding in findings_of_file)
    wrong = findings.how_many(findings_of_file[: len(findings_of_file) - warnings])
    verdict = counted(wrong, "problem") if wrong else "can be executed"
    return [
        f"{file}: {verdict}{', ' + counted(warnings, 'warning') if warnings else ''}",
        *(
            f"  {'warning, ' if finding['warning'] else ''}{_place(finding)}: {finding['text']}"
            for finding in findings_of_file
        ),
    ]


def _place(finding: Mapping[str, Any]) -> str:
    """Return line and element; what concerns the whole file stands at neither."""
    line = f"line {finding['line']:<5}" if finding["line"] else ""
    return " ".join(filter(None, (line, finding["element"] or (line and "-")))) or "the file"
