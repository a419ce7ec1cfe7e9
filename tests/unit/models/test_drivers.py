"""What PostgreSQL is told: statements stay prepared while people only read, whatever numbers are in them."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from models.base import glance, scratch, session, transaction
from models.instance import ProcessInstance

PREPARED = text("select count(*) from pg_prepared_statements where statement like '%FROM instance%'")
SMALL, LARGE = 1, 2_000_000_000
OFTEN = 4


@pytest.mark.postgresql
def test_reading_does_not_undo_what_is_prepared(postgresql: str) -> None:
    """A statement was parsed and planned anew for every completion, because every page that was read ended with a ROLLBACK."""
    with scratch(postgresql) as opened:
        for number in [SMALL] * OFTEN + [LARGE] * OFTEN:
            assert session().get(ProcessInstance, number) is None
            opened.close()
        with glance() as connection:
            assert connection.scalar(PREPARED) == 1


@pytest.mark.postgresql
def test_a_unit_of_work_leaves_the_connection_to_readers(postgresql: str) -> None:
    """After a commit nothing is begun any more: the next look is neither begun nor rolled back."""
    with scratch(postgresql):
        with transaction():
            assert session().scalar(text("show transaction_isolation")) == "read committed"
        with glance() as connection:
            connection.execute(select(1))
            driver = connection.connection.driver_connection
            assert driver is not None
            assert driver.info.transaction_status.name == "IDLE"
