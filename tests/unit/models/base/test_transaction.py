"""The unit of work: what the session holds and what is written past it stand or fall together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from models.base import connection, forget, savepoint, scratch, session, transaction
from models.identity import Department

HALL = update(Department).where(Department.code == "hall")
NAMES = select(Department.name_en)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def hall(request: pytest.FixtureRequest) -> Iterator[Department]:
    """A department, loaded before any unit of work begins."""
    with scratch("" if request.param == "sqlite" else request.getfixturevalue("postgresql_tables")):
        with transaction():
            session().add(Department(code="hall", name_zh="厅", name_en="Hall"))
        yield session().scalars(select(Department)).one()


def stored() -> str | None:
    """What the database says, whatever the session has loaded."""
    return session().connection().execute(NAMES).scalar()


def test_what_was_loaded_before_is_written_with_it(hall: Department) -> None:
    """A change of a row that nobody asks the session for again must not be lost."""
    with transaction():
        hall.name_en = "Reception"
    assert stored() == "Reception"


def failing(hall: Department) -> None:
    """A unit of work that has written both ways when it fails."""
    with transaction():
        hall.name_en = "Reception"
        connection().execute(HALL.values(name_zh="接待"))
        raise ZeroDivisionError


def test_what_was_loaded_before_is_undone_with_it(hall: Department) -> None:
    """A failure leaves neither the row nor the object changed."""
    with pytest.raises(ZeroDivisionError):
        failing(hall)
    assert (stored(), hall.name_en, hall.name_zh) == ("Hall", "Hall", "厅")


def test_session_and_connection_see_each_other(hall: Department) -> None:
    """Rows written past the session are read by it, and the other way round once it has been flushed."""
    with transaction():
        connection().execute(HALL.values(name_en="Reception"))
        forget(Department)
        assert hall.name_en == "Reception"
        hall.name_en = "Desk"
        session().flush()
        assert connection().execute(NAMES).scalar() == "Desk"
    assert stored() == "Desk"


def nested(hall: Department) -> None:
    """A unit of work that fails after one inside it has ended well."""
    with transaction():
        with transaction():
            hall.name_en = "Reception"
        raise ZeroDivisionError


def test_an_inner_unit_belongs_to_the_outer_one(hall: Department) -> None:
    """What a verb commits inside another verb is not there until the outer one is done."""
    with pytest.raises(ZeroDivisionError):
        nested(hall)
    assert stored() == "Hall"


def refused() -> None:
    """A service task that fails when it has written past the session only."""
    with savepoint():
        connection().execute(HALL.values(name_zh="接待"))
        raise ZeroDivisionError


def test_a_savepoint_is_given_up_alone(hall: Department) -> None:
    """A service task that fails is undone, and the step around it goes on."""
    with transaction():
        hall.name_en = "Reception"
        with pytest.raises(ZeroDivisionError):
            refused()
    assert (stored(), hall.name_zh) == ("Reception", "厅")
