"""`./desk check` and `./desk fix`: the same tools over the same code, once only looking, once putting right."""

from __future__ import annotations

import subprocess
import sys

import click

from web.commands.output import ROOT, as_json, report

IMPORT_CONTRACTS = "from importlinter.cli import lint_imports_command as check; check()"
CHECKS = {
    "format": ["ruff", "format", "--check"],
    "lint": ["ruff", "check"],
    "types": ["mypy"],
    "dependencies": ["deptry", "."],
}
FIXES = {"lint": ["ruff", "check", "--fix"], "format": ["ruff", "format"], "docs": ["web.commands", "docs"]}


@click.command()
@as_json
def check(as_json: bool) -> None:
    """Look at everything a machine can judge without running the tests; every check runs even when one before it failed."""
    commands = {name: ["-m", *command] for name, command in CHECKS.items()}
    commands |= {"imports": ["-c", IMPORT_CONTRACTS], "docs": ["-m", "web.commands", "docs", "--check"]}
    results = []
    for name, command in commands.items():
        result = _run(command)
        results.append({"check": name, "ok": result.returncode == 0, "output": result.stdout.strip()})
        if not as_json:
            click.echo(f"{'ok  ' if result.returncode == 0 else 'FAIL'}  {name}")
            click.echo(result.stdout if result.returncode else "", nl=False)
    wrong = [str(result["check"]) for result in results if not result["ok"]]
    closing = f"wrong: {', '.join(wrong)}; ./desk fix may help" if wrong else "all checks hold"
    report({"ok": not wrong, "checks": results}, [closing], as_json=as_json, found=bool(wrong))


@click.command()
def fix() -> None:
    """Format, repair what the linter can repair safely, and write the reference pages anew."""
    failed = [name for name, command in FIXES.items() if _run(["-m", *command], show=True).returncode]
    if failed:
        raise click.ClickException(f"left to do by hand: {', '.join(failed)}")


def _run(arguments: list[str], *, show: bool = False) -> subprocess.CompletedProcess[str]:
    output = None if show else subprocess.PIPE
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, check=False, text=True, stdout=output, stderr=subprocess.STDOUT
    )
