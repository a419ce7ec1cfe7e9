"""The processes that processes/ holds, by the keys that are typed after a command."""

from __future__ import annotations

import click

from cli.output import ROOT

PROCESSES = ROOT / "processes"


def ensure_drawn(keys: tuple[str, ...]) -> None:
    """Refuse a key that no file has, which would be passed over in silence. Errors: BadParameter with the keys there are."""
    names = {file.stem for file in PROCESSES.glob("*.bpmn")}
    if unknown := sorted(set(keys) - names):
        raise click.BadParameter(f"processes/ holds no {', '.join(unknown)}. It holds {', '.join(sorted(names))}.")
