"""A question outside a unit of work: nothing is begun for it, and inside one it sees what the unit has done."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import glance, scratch, transaction
from models.identity import Department
from models.writes import insertion, send

ASKED = select(Department.code)
HALL = {"code": "hall", "name_zh": "厅", "name_en": "Hall"}


def test_it_sees_what_is_not_committed_yet_only_where_that_is_done(database: Session) -> None:
    """Permission checks inside a step must not look past the step."""
    with transaction():
        send([insertion(Department.__table__, HALL)])
        with glance() as opened:
            assert opened.scalars(ASKED).all() == ["hall"]


def undone() -> None:
    """A unit of work that fails after its write."""
    with transaction():
        send([insertion(Department.__table__, HALL)])
        raise ZeroDivisionError


@pytest.mark.postgresql
def test_it_leaves_nothing_begun(postgresql_tables: str) -> None:
    """A question that began a transaction cost two round trips more, at every login check."""
    with scratch(postgresql_tables) as session:
        with glance() as opened:
            driver: Any = opened.connection.driver_connection
            assert (opened.scalars(ASKED).all(), driver.info.transaction_status.name) == ([], "IDLE")
        with pytest.raises(ZeroDivisionError):  # on the connection that the question was asked on
            undone()
        assert session.scalars(ASKED).all() == []
