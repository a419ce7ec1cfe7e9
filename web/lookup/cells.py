"""Radio cells: where each stands."""

from __future__ import annotations

from models.base import session
from models.usage import Cell


def place_of(cell: str | None) -> str:
    """Return where a cell stands; its code when it is not in the table."""
    row = session().get(Cell, cell) if cell else None
    return row.place if row is not None else cell or ""
