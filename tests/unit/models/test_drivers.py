"""What PostgreSQL is told: statements stay prepared while people only read, whatever numbers are in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError

from models import drivers
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


def test_a_locked_database_is_away_and_a_wrong_statement_is_not(tmp_path: Path) -> None:
    """The same statement may go well a moment later, or never: people are told to come again only for the first."""
    engine = create_engine(f"sqlite:///{tmp_path / 'a.db'}", connect_args={"timeout": 0})
    with engine.connect() as first, engine.connect() as second:
        first.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(DBAPIError) as locked:
            second.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(DBAPIError) as wrong:
            first.exec_driver_sql("SELECT * FROM nothing")
    assert (drivers.is_away(locked.value), drivers.is_away(wrong.value)) == (True, False)


def test_a_database_that_nobody_serves_is_away() -> None:
    """No server at the port: psycopg gives no state then."""
    with pytest.raises(DBAPIError) as nobody:
        create_engine("postgresql+psycopg://x@127.0.0.1:1/x").connect()
    assert drivers.is_away(nobody.value)


@pytest.mark.postgresql
def test_a_connection_that_was_ended_is_away_and_a_wrong_statement_is_not(postgresql: str) -> None:
    """A restart of the server ends connections; a wrong name does not get right by waiting."""
    engine = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with engine.connect() as opened, engine.connect() as second:
        with pytest.raises(DBAPIError) as wrong:
            opened.exec_driver_sql("SELECT * FROM nothing")
        number = opened.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        second.exec_driver_sql(f"SELECT pg_terminate_backend({number})")
        with pytest.raises(DBAPIError) as ended:
            opened.exec_driver_sql("SELECT 1")
    engine.dispose()
    assert (drivers.is_away(ended.value), drivers.is_away(wrong.value)) == (True, False)
