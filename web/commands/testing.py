"""`./desk test`: brings what the tests need beside Python (built pages, a Chromium) and hands over to pytest."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import click

from web.commands.building import build_everything
from web.commands.output import ROOT, note, report
from web.config import environment

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
AT_ONCE = ("--numprocesses", "2", "--dist", "loadfile")
USUAL = "not long"
QUICK = f"{USUAL} and not slow and not browser and not postgresql"
MANY_EXAMPLES = "1500"
BRING_CHROMIUM = "apt-get install --yes chromium fonts-noto-cjk"


@click.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--quick", is_flag=True, help="Leave out the slow ones, the browser and PostgreSQL: an answer in a few minutes."
)
@click.option("--long", "long", is_flag=True, help="Everything, with ten times as many random cases: for a night.")
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON document on standard output; pytest speaks on standard error."
)
@click.option("--chromium", envvar="CHROMIUM", help="The browser to use; also CHROMIUM in the environment.")
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def test(quick: bool, long: bool, as_json: bool, chromium: str | None, pytest_arguments: tuple[str, ...]) -> None:
    """Run the tests; further arguments go to pytest as they are."""
    if quick and long:
        raise click.UsageError("--quick and --long are two different runs.")
    build_everything()
    if not quick:
        _ensure_chromium(chromium)
    command = [sys.executable, "-m", "pytest", *AT_ONCE, *_kept(quick, long), *pytest_arguments]
    surroundings = environment(DESK_EXAMPLES=MANY_EXAMPLES) if long else None
    if not as_json:
        sys.exit(subprocess.run(command, cwd=ROOT, check=False, env=surroundings).returncode)
    result = subprocess.run(command, cwd=ROOT, check=False, env=surroundings, stdout=subprocess.PIPE, text=True)
    sys.stderr.write(result.stdout)
    document = {"ok": result.returncode == 0, **summary(result.stdout)}
    report(document, [], as_json=True, found=result.returncode != 0)


def _kept(quick: bool, long: bool) -> list[str]:
    return [] if long else ["-m", QUICK if quick else USUAL]


def summary(output: str) -> dict[str, object]:
    """What pytest's short summary says: {"passed": 412, "failed": 1, …, "failures": ["tests/…::test_…"]}."""
    last = output.strip().splitlines()[-1] if output.strip() else ""
    counts = {
        word: int(number)
        for number, word in re.findall(r"(\d+) (passed|failed|skipped|error|xfailed|deselected)", last)
    }
    return {**counts, "failures": re.findall(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE)}


def _ensure_chromium(named: str | None) -> None:
    """Find a browser, or install one where this is allowed, or name the command that does."""
    if (named and shutil.which(named)) or any(map(shutil.which, BROWSERS)):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        note("The browser tests need Chromium; installing it …")
        for command in ("apt-get update --quiet", BRING_CHROMIUM):
            subprocess.run(command.split(), check=False, stdout=sys.stderr)
    if not any(map(shutil.which, BROWSERS)):
        raise click.ClickException(
            f"The browser tests need Chromium. As root: {BRING_CHROMIUM}; or CHROMIUM=/path/to/it ./desk test"
        )
