"""An office writes inside a unit of work or not at all: outside one, a connection would commit by itself."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from models.base import session, transaction
from models.identity import Department

RENAMED = update(Department).where(Department.code == "service_hall").values(name_en="X")
NAMES = select(Department.name_en)


def test_a_statement_outside_is_refused(app: Flask) -> None:
    """It would be committed although what belongs to it may still fail."""
    with pytest.raises(RuntimeError, match="outside"):
        session().execute(RENAMED)
    assert "X" not in session().scalars(NAMES).all()


def test_a_row_that_is_changed_outside_is_refused(app: Flask) -> None:
    """The session sends it with the next question, long after the line that changed it."""
    session().get_one(Department, "service_hall").name_en = "X"
    with pytest.raises(RuntimeError, match="outside"):
        session().scalars(NAMES).all()
    session().rollback()
    assert "X" not in session().scalars(NAMES).all()


def test_both_are_done_inside(app: Flask) -> None:
    """The guard stands at the door and nowhere else."""
    with transaction():
        session().execute(RENAMED)
        session().get_one(Department, "service_hall").name_zh = "甲"
    row = session().get_one(Department, "service_hall")
    assert (row.name_en, row.name_zh) == ("X", "甲")
