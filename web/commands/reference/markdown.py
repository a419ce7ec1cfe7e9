"""Markdown from values: tables and code; nothing knows what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, or a dash where there is nothing to list."""
    lines = [f"| {' | '.join(cell(value) for value in row)} |" for row in rows]
    if not lines:
        return "none\n"
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines]) + "\n"


def cell(text: str) -> str:
    """Text that neither ends a cell nor a line."""
    return " ".join(text.replace("|", "\\|").split())


def code(text: str | None) -> str:
    """Text as code; nothing for nothing."""
    return f"`{text}`" if text else ""
