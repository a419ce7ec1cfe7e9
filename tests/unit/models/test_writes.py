"""Changes sent together, on both databases: all of them happen, and the ids asked for come back to the write that asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.base import scratch
from models.identity import Department
from models.notice import DepartmentNotice
from models.writes import change, insertion, removal, send

NOTICE = DepartmentNotice.__table__


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> Iterator[Session]:
    """A database of either kind with one department."""
    with scratch("" if request.param == "sqlite" else request.getfixturevalue("postgresql_tables")) as session:
        send([insertion(Department.__table__, {"code": "hall", "name_zh": "厅", "name_en": "Hall"})])
        yield session


def notice(key: str, at: datetime, subject: str = "late") -> dict[str, object]:
    """The columns of a notice."""
    return {"key": key, "department": "hall", "case_number": "A-1", "subject": subject, "text": "", "at": at}


def test_every_change_happens_and_ids_go_to_whoever_asked(database: Session, at: datetime) -> None:
    """A task's id must not be taken for that of the case that is changed with it."""
    ((first,), (two,), (three,)) = send([insertion(NOTICE, notice(key, at), wants_id=True) for key in "abc"])
    writes = [
        removal(NOTICE, key="a"),
        change(NOTICE, {"subject": "seen"}, wants_id=True, key="b", department="hall"),
        insertion(NOTICE, notice("d", at)),
        change(NOTICE, {"subject": "seen"}, wants_id=True, key="nobody"),
        insertion(NOTICE, notice("e", at), wants_id=True),
    ]
    assert len({first, two, three}) == 3
    removed, changed, added, unchanged, fifth = send(writes)
    rows = {
        key: (id, subject) for key, id, subject in database.execute(select(NOTICE.c.key, NOTICE.c.id, NOTICE.c.subject))
    }
    assert (removed, changed, added, unchanged) == ([], [two], [], [])
    assert rows.keys() == {"b", "c", "d", "e"}
    assert (rows["b"], rows["c"], rows["e"]) == ((two, "seen"), (three, "late"), (*fifth, "late"))


def test_an_instant_is_kept_whatever_its_zone(database: Session, at: datetime) -> None:
    """Values go through the types of their columns although the statement is made beforehand."""
    send([insertion(NOTICE, notice("a", at.astimezone(timezone(timedelta(hours=8)))))])
    assert database.scalars(select(DepartmentNotice.at)).one() == at


def test_a_row_that_may_not_be_is_an_integrity_error(database: Session, at: datetime) -> None:
    """Whoever catches the loser of a race must know it however the row was sent."""
    send([insertion(NOTICE, notice("a", at))])
    with pytest.raises(IntegrityError):
        send([insertion(NOTICE, notice("b", at)), insertion(NOTICE, notice("a", at))])


@pytest.mark.parametrize("database", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_on_postgresql_they_are_one_round_trip(database: Session, at: datetime) -> None:
    """Each round trip costs about as much as everything the engine reckons."""
    bind, statements = database.get_bind(), []
    assert isinstance(bind, Engine)
    event.listen(bind, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    send([insertion(NOTICE, notice("a", at)), removal(NOTICE, key="b"), insertion(NOTICE, notice("c", at))])
    assert len(statements) == 1, statements
