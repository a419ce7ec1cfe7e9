"""Moving a SQLite office to PostgreSQL: everything arrives, or nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, Engine, create_engine, func, inspect, select, text
from sqlalchemy.pool import NullPool

import engine
import engine.cases
from cli.database import bring_up_to_date
from cli.relocation import copy_database
from engine import proof, published, running
from models.base import Base, session, transaction
from models.billing import LedgerAccount, Posting
from models.instance import ProcessInstance
from office import demo, fixtures
from service_tasks.gateway import Effect, gateway
from tests.support.actors import CLEO, SAM
from tests.support.drawing import catch, end, package, path, process, start, user
from web import create_app
from web.edge import config

pytestmark = pytest.mark.postgresql
DRAWN = process(
    "MOVE",
    start(),
    user("ask"),
    catch("wait", timer='duration("P90D")'),
    end(),
    path("begun", "ask", "wait", "finished"),
)


def exchanged(at: datetime) -> None:
    """Pay 30.00 back in cash against a receipt of 58.00, which leaves a replacement."""
    bill = {"period": "2026-10", "items": [{"kind": "function_fee", "text": "彩铃", "amount": 5800}], "paid": True}
    receipt = {"number": "SJ-MOVE", "kind": "charge", "amount": 5800}
    with transaction():
        fixtures.build({"subscriptions": [{"msisdn": "13912359999", "bill": bill, "receipts": [receipt]}]}, at=at)
        gateway().refund_cash("SJ-MOVE", 3000, Effect(key="0:1", at=at, case=None))


@pytest.fixture
def demo_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A SQLite office with the demo world and three cases, one of them waiting for a timer in 90 days."""
    monkeypatch.setenv("DESK_VAR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    app = create_app()
    bring_up_to_date(app)
    with app.app_context():
        at = engine.now()
        demo.seed(at, hash_password=lambda _password: "!")
        published.publish(package("MOVE", DRAWN), by=SAM, note="", at=at)
        exchanged(at)
        cases = [engine.cases.start("MOVE", business_key=f"AJ-{n}", variables={}, by=CLEO, at=at) for n in range(3)]
        engine.cases.complete(cases[0].user_task_ids[0], form={"note": "漫游"}, by=CLEO, at=at)


def moved(url: str) -> Result:
    return CliRunner().invoke(copy_database, [url])


@pytest.fixture
def target(postgresql: str) -> Iterator[Engine]:
    """The database to move into."""
    database = create_engine(postgresql, poolclass=NullPool)
    yield database
    database.dispose()


def rows_by_table(names: list[str], connection: Connection) -> dict[str, int]:
    """How many rows there are of each."""
    return {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}


def test_every_table_of_the_schema_is_carried(demo_world: None, postgresql: str, target: Engine) -> None:
    """The migrations say which tables there are: one that whoever copies does not know would be left behind in silence, replacements of receipts as well."""
    assert moved(postgresql).exit_code == 0
    source = create_engine(config.read().database_url, poolclass=NullPool)
    names = sorted(set(inspect(target).get_table_names()) - {"alembic_version"})
    assert set(names) == set(Base.metadata.tables)
    with target.connect() as there, source.connect() as here:
        rows = rows_by_table(names, there)
        assert rows == rows_by_table(names, here)
    assert rows["receipt_exchange"] == 1


def test_everything_arrives_and_the_office_goes_on(
    demo_world: None, postgresql: str, target: Engine, tmp_path: Path
) -> None:
    """Balances are not posted twice, numbers go on where they were, the record verifies, and the timer of 90 days fires there."""
    outcome = moved(postgresql)
    assert outcome.exit_code == 0, outcome.output
    assert "0 deviations" in outcome.output
    app = create_app(config.Settings(postgresql, tmp_path))
    with app.app_context():
        sums = select(func.count(), func.sum(Posting.amount))
        here = create_app()
        there = session().execute(sums).one(), session().scalar(select(func.sum(LedgerAccount.balance)))
        with here.app_context():
            assert there == (session().execute(sums).one(), session().scalar(select(func.sum(LedgerAccount.balance))))
        late = engine.now() + timedelta(days=91)
        assert running.run_clock(late) == 1
        again = engine.cases.start("MOVE", business_key="AJ-4", variables={}, by=CLEO, at=late)
        assert again.instance_id == 4
        assert proof.verify(1) == []
        assert session().get(ProcessInstance, 1).state == "completed"  # type: ignore[union-attr]
    with target.begin() as connection, pytest.raises(Exception, match="append-only"):
        connection.execute(text("DELETE FROM posting"))


def test_a_database_in_use_is_refused(demo_world: None, postgresql: str, target: Engine) -> None:
    """A second copy over the first would mix two offices; nothing is changed."""
    assert moved(postgresql).exit_code == 0
    with target.begin() as connection:
        connection.execute(text("UPDATE instance SET business_key = 'AJ-X' WHERE id = 2"))
    outcome = moved(postgresql)
    assert outcome.exit_code == 1
    assert "instance" in outcome.output
    with target.connect() as connection:
        assert connection.scalar(text("SELECT business_key FROM instance WHERE id = 2")) == "AJ-X"


def test_what_does_not_fit_leaves_nothing_behind(demo_world: None, postgresql: str, target: Engine) -> None:
    """A row that PostgreSQL refuses is named by its table, without what stands in it, and the target stays empty."""
    with create_app().app_context():
        session().execute(text("UPDATE instance SET business_key = :long WHERE id = 2"), {"long": "1390000" * 20})
        session().commit()
    outcome = moved(postgresql)
    assert outcome.exit_code == 1
    assert "instance" in outcome.output
    assert "1390000" not in outcome.output
    with target.connect() as connection:
        full = [
            table.name for table in Base.metadata.sorted_tables if connection.execute(select(table).limit(1)).first()
        ]
    assert full == []
