"""How a reporting command speaks: plain lines for people, one JSON document for programs, and exit status 1 when something was found."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, TypeVar

import click

T = TypeVar("T")
ROOT = Path(__file__).parents[1]

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


def report(document: dict[str, Any], lines: Iterable[str], *, as_json: bool, found: bool) -> None:
    """Print `document` or `lines`, and end with status 1 when `found`."""
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(lines))
    if found:
        sys.exit(1)


def note(text: str) -> None:
    """Print a line about progress; on standard error, where it does not disturb JSON."""
    click.echo(text, err=True)


def counted(n: int, singular: str, several: str = "") -> str:
    """Return a number with its word: 1 problem, 2 problems; `several` where an s does not make it."""
    return f"{n} {singular}" if n == 1 else f"{n} {several or singular + 's'}"


def progress(
    items: Iterable[T], label: str, label_of: Callable[[T | None], str | None]
) -> AbstractContextManager[Iterable[T]]:
    """Return a progress bar on standard error over `items`; says nothing where there is no terminal."""
    return click.progressbar(
        list(items), label=label, item_show_func=label_of, file=sys.stderr, hidden=not sys.stderr.isatty()
    )
