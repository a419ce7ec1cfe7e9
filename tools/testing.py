"""`./desk test`: brings what the tests need beside Python (built pages, a Chromium), runs those of the pages' scripts and hands over to pytest."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import click

from cli.building import FRONTEND, build_everything, node_with_libraries
from cli.output import ROOT, note, report
from web.edge.config import environment

# Chromium without windows opens a page at half the cost of the whole one and lets a person in at a third.
WITHOUT_WINDOWS = "chromium-headless-shell"
BROWSERS = (WITHOUT_WINDOWS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
AT_ONCE = (
    "--numprocesses",
    "2",
    "--dist",
    "loadfile",
    "--no-loadscope-reorder",
)  # tests/support/order.py says which is first
USUAL = "not long"
QUICK = f"{USUAL} and not slow and not browser and not postgresql"
MANY_EXAMPLES = "1500"
PICTURES = ROOT / "docs" / "pictures"
OF_PICTURES = ("tests/browser/test_pictures.py", "tests/browser/test_tutorial.py")
SCRIPTS = ("--test", "--test-reporter", "spec")
BRING_CHROMIUM = f"apt-get install --yes {WITHOUT_WINDOWS} fonts-noto-cjk"
NOT_WAITED_FOR = " -o Acquire::Retries=0 -o Acquire::http::Timeout=20"  # a browser is there; this one is only quicker


@click.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--quick", is_flag=True, help="Leave out the slow ones, the browser and PostgreSQL: an answer in a few minutes."
)
@click.option("--long", "long", is_flag=True, help="Everything, with ten times as many random cases: for a night.")
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON document on standard output; pytest speaks on standard error."
)
@click.option(
    "--pictures", is_flag=True, help="Only what takes the pictures of the documents, and keep them in docs/pictures/."
)
@click.option("--chromium", envvar="CHROMIUM", help="The browser to use; also CHROMIUM in the environment.")
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def test(
    quick: bool, long: bool, pictures: bool, as_json: bool, chromium: str | None, pytest_arguments: tuple[str, ...]
) -> None:
    """Run the tests; further arguments go to pytest as they are."""
    if (quick, long, pictures).count(True) > 1:
        raise click.UsageError("--quick, --long and --pictures are different runs.")
    build_everything()
    if not quick:
        ensure_chromium(chromium)
    command = [sys.executable, "-m", "pytest", *AT_ONCE, *_kept(quick, long or pictures), *pytest_arguments]
    command += OF_PICTURES if pictures else ()
    surroundings = _surroundings(long, pictures)
    output = subprocess.PIPE if as_json else None
    scripts = subprocess.run([node_with_libraries(), *SCRIPTS], cwd=FRONTEND, check=False, stdout=output, text=True)
    result = subprocess.run(command, cwd=ROOT, check=False, env=surroundings, stdout=output, text=True)
    failed = result.returncode or scripts.returncode
    if not as_json:
        sys.exit(failed)
    sys.stderr.write(scripts.stdout + result.stdout)
    document = {"ok": not failed, **summary(result.stdout), "scripts": scripts_summary(scripts.stdout)}
    report(document, [], as_json=True, found=bool(failed))


def _surroundings(long: bool, pictures: bool) -> dict[str, str] | None:
    if pictures:
        return environment(PICTURES=str(PICTURES))
    return environment(DESK_EXAMPLES=MANY_EXAMPLES) if long else None


def _kept(quick: bool, whole: bool) -> list[str]:
    return [] if whole else ["-m", QUICK if quick else USUAL]


def summary(output: str) -> dict[str, object]:
    """Return what pytest's short summary says: {"passed": 412, "failed": 1, …, "failures": ["tests/…::test_…"]}."""
    last = output.strip().splitlines()[-1] if output.strip() else ""
    counts = {
        word: int(number)
        for number, word in re.findall(r"(\d+) (passed|failed|skipped|error|xfailed|deselected)", last)
    }
    return {**counts, "failures": re.findall(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE)}


def scripts_summary(output: str) -> dict[str, object]:
    """Return what the tests of the scripts came to, in the words of pytest's: {"passed": 89, …, "failures": ["tests/…:22:1"]}."""
    counts = dict(re.findall(r"^ℹ (pass|fail|skipped|cancelled) (\d+)$", output, re.MULTILINE))
    words = {"pass": "passed", "fail": "failed", "skipped": "skipped", "cancelled": "error"}
    summed = {words[word]: int(number) for word, number in counts.items() if int(number)}
    return {**summed, "failures": re.findall(r"^test at (\S+)$", output, re.MULTILINE)}


def ensure_chromium(chromium: str | None) -> None:
    """Find a browser, or install one where this is allowed, or name the command that does."""
    if (chromium and shutil.which(chromium)) or shutil.which(WITHOUT_WINDOWS):
        return
    there = any(map(shutil.which, BROWSERS))
    if os.geteuid() == 0 and shutil.which("apt-get"):
        note("The browser tests are quickest in a Chromium without windows; installing it …")
        # Where there is a browser the lists by which it came are asked and no others: it is not exchanged for a newer one.
        for command in (BRING_CHROMIUM + NOT_WAITED_FOR,) if there else ("apt-get update --quiet", BRING_CHROMIUM):
            subprocess.run(command.split(), check=False, stdout=sys.stderr)
    if not any(map(shutil.which, BROWSERS)):
        raise click.ClickException(
            f"The browser tests need Chromium. As root: {BRING_CHROMIUM}; or CHROMIUM=/path/to/it ./desk test"
        )
