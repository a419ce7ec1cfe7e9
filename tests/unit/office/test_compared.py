"""What verification compares and what it does not is said of every table, in the page and where the verdict is printed, and both say the same."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import models
from models.base import Base
from office import compared

PAGE = Path(__file__).parents[3] / compared.PAGE
TABLE = re.compile(r"`([a-z_]+)`")


def first_columns(heading: str) -> list[str]:
    """The tables that the first column of a section's table names."""
    section = PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")]
    return [name for row in rows for name in TABLE.findall(row)]


def schema() -> set[str]:
    """Every table that there is."""
    for module in pkgutil.iter_modules(models.__path__):
        importlib.import_module(f"models.{module.name}")
    return set(Base.metadata.tables)


def test_every_table_is_said_to_be_compared_or_not() -> None:
    """A table that comes without a word about it, in neither list or in both, fails here."""
    named_tables, bare_tables = first_columns("What verification finds"), first_columns("Tables that are not compared")
    assert sorted(named_tables + bare_tables) == sorted(schema())


def test_the_page_and_the_verdict_leave_out_the_same() -> None:
    """Whoever reads `all agree` is told of the very tables that the page lists."""
    assert sorted(first_columns("Tables that are not compared")) == compared.tables()
