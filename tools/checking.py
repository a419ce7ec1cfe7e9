"""`./desk check` and `./desk fix`: the same tools over the same code, once only looking, once putting right."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import click

from cli import building
from cli.output import ROOT, as_json, report
from tools.figures import Figure, commits, doors, frontend, naming, sources, state, typing

LIBRARIES = building.FRONTEND / "node_modules"
ESLINT = str(LIBRARIES / "eslint" / "bin" / "eslint.js")
LINTED = [ESLINT, "--config", "web/frontend/eslint.config.js", "--max-warnings", "0", "web/frontend"]
TYPED = [str(LIBRARIES / "typescript" / "bin" / "tsc"), "--project", "web/frontend"]
IMPORT_CONTRACTS = "from importlinter.cli import lint_imports_command as check; check()"
CHECKS = {
    "format": ["ruff", "format", "--check"],
    "lint": ["ruff", "check"],
    "types": ["mypy"],
    "dependencies": ["deptry", "."],
}
FIXES = {"lint": ["ruff", "check", "--fix"], "format": ["ruff", "format"], "docs": ["cli", "docs"]}


@click.command()
@click.option("--figures", "is_measuring", is_flag=True, help="Measure how the house is kept, beside what to reach.")
@click.option(
    "--names",
    "folder",
    metavar="FOLDER",
    help="List the locals at or below FOLDER that say nothing, by share and place.",
)
@as_json
def check(is_measuring: bool, folder: str | None, as_json: bool) -> None:
    """Look at everything a machine can judge without running the tests; every check runs even when one before it failed."""
    if folder is not None:
        return _list_names(folder, as_json=as_json)
    if is_measuring:
        return _measure(as_json=as_json)
    results = []
    for name, command in _commands().items():
        result = _run(command)
        results.append({"check": name, "ok": result.returncode == 0, "output": result.stdout.strip()})
        if not as_json:
            click.echo(f"{'ok  ' if result.returncode == 0 else 'FAIL'}  {name}")
            click.echo(result.stdout if result.returncode else "", nl=False)
    wrong = [str(result["check"]) for result in results if not result["ok"]]
    closing = f"wrong: {', '.join(wrong)}; ./desk fix may help" if wrong else "all checks hold"
    return report({"ok": not wrong, "checks": results}, [closing], as_json=as_json, found=bool(wrong))


def _commands() -> dict[str, list[str]]:
    commands = {name: [sys.executable, "-m", *command] for name, command in CHECKS.items()}
    commands["imports"] = [sys.executable, "-c", IMPORT_CONTRACTS]
    commands["docs"] = [sys.executable, "-m", "cli", "docs", "--check"]
    node = building.node_with_libraries()
    commands["scripts"] = [node, *LINTED]
    commands["script types"] = [node, *TYPED]
    return commands


def _measure(*, as_json: bool) -> None:
    modules, with_bench = sources.product(), (*sources.product(), *sources.bench())
    figures = [*typing.measured(), naming.measured(with_bench), *doors.measured(with_bench)]
    figures += [*state.measured(modules, sources.tests()), frontend.measured(), *commits.measured()]
    report({"figures": _rows(figures)}, [_line(figure) for figure in figures], as_json=as_json, found=False)


def _list_names(folder: str, *, as_json: bool) -> None:
    """List the share of each folder at or below this one, the largest first, and every place under it."""
    names = naming.locals_of((*sources.product(), *sources.bench(), *sources.tests()), folder)
    if not names:
        raise click.BadParameter(f"no module at or below {folder}", param_hint="--names")
    shares = naming.shares(names)
    lines = [line for share in shares for line in (_line(replace(share, places=())).rstrip(), *share.places)]
    report({"folders": _rows(shares)}, lines or ["no local says nothing"], as_json=as_json, found=False)


def _rows(figures: list[Figure]) -> list[dict[str, object]]:
    return [{"name": f.name, "value": round(f.value, 2), "most": f.most, "places": f.places} for f in figures]


def _line(figure: Figure) -> str:
    verdict = "" if figure.most is None else "reached" if figure.is_reached else "missed"
    unit = " %" if figure.of else ""
    most = "" if figure.most is None else f"≤ {figure.most:g}"
    return f"{figure.name:<48}{figure.value:>8.1f}{unit:<2} {verdict:<8}{most:<6}{'; '.join(figure.places[:3])}"


@click.command()
def fix() -> None:
    """Format, repair what the linter can repair safely, and write the reference pages anew."""
    failed = [name for name, command in FIXES.items() if _run([sys.executable, "-m", *command], show=True).returncode]
    if failed:
        raise click.ClickException(f"left to do by hand: {', '.join(failed)}")


def _run(command: list[str], *, show: bool = False) -> subprocess.CompletedProcess[str]:
    output = None if show else subprocess.PIPE
    return subprocess.run(command, cwd=ROOT, check=False, text=True, stdout=output, stderr=subprocess.STDOUT)
