"""The migrations make the very schema that the models describe, on both databases, whole or not at all, and can be taken back."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, make_url, text
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

import models
from models.base import Base

for module in pkgutil.iter_modules(models.__path__):
    import_module(f"models.{module.name}")

MIGRATIONS = Path(__file__).parents[2] / "migrations"
TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": "SELECT tgname, pg_get_triggerdef(t.oid), prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid"
    " WHERE NOT tgisinternal ORDER BY tgname",
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    return f"sqlite:///{tmp_path / 'office.db'}" if request.param == "sqlite" else request.getfixturevalue("postgresql")


def configuration(url: str) -> Config:
    """Alembic's configuration for a database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def snapshot(connection: Connection) -> dict[str, Any]:
    """Everything the database knows of its tables: columns, keys, checks, indexes, triggers."""
    inspector = inspect(connection)
    tables = {
        name: {
            "columns": [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in inspector.get_columns(name)],
            "primary": inspector.get_pk_constraint(name),
            "foreign": sorted(map(str, inspector.get_foreign_keys(name))),
            "checks": sorted((c["name"], c["sqltext"]) for c in inspector.get_check_constraints(name)),
            "unique": sorted((c["name"], tuple(c["column_names"])) for c in inspector.get_unique_constraints(name)),
            "indexes": sorted(
                (
                    i["name"],
                    tuple(i["column_names"]),
                    bool(i["unique"]),
                    *map(str, i.get("dialect_options", {}).values()),
                )
                for i in inspector.get_indexes(name)
            ),
        }
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }
    return tables | {"triggers": [tuple(row) for row in connection.execute(text(TRIGGERS[connection.dialect.name]))]}


def test_the_migrated_schema_is_the_one_of_the_models(url: str) -> None:
    """An office that has been migrated must refuse what a fresh test database refuses: checks, keys and triggers included."""
    command.upgrade(configuration(url), "head")
    database = create_engine(url, poolclass=NullPool)
    with database.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        migrated = snapshot(connection)
    command.downgrade(configuration(url), "base")
    with database.begin() as connection:
        Base.metadata.create_all(connection)
        created = snapshot(connection)
    assert migrated == created


def test_a_downgrade_leaves_nothing(url: str) -> None:
    """Taking the schema back and bringing it again works, so nothing of it was left over."""
    command.upgrade(configuration(url), "head")
    command.downgrade(configuration(url), "base")
    with create_engine(url, poolclass=NullPool).connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
        assert snapshot(connection) == {"triggers": []}
    command.upgrade(configuration(url), "head")


BEFORE_LINES = (
    "insert into customer (id, kind, name, id_number, address) values (1, 'person', '甲某某', '', '')",
    "insert into subscription (id, msisdn, customer_id, kind, state, state_since, opened_at) "
    "values (1, '13900000001', 1, 'gotone', 'in_service', '2025-01-01 00:00:00', '2025-01-01 00:00:00')",
    "insert into ledger_account (id, kind, subscription_id, balance) values (1, 'receivable', 1, 0), (2, 'cash', null, null), (3, 'adjustment', null, null)",
    "insert into bill (id, subscription_id, period, issued_at, due_on, state) values "
    "(1, 1, '2026-09', '2026-10-01 01:00:00', '2026-10-15', 'paid'), (2, 1, '2026-10', '2026-11-01 01:00:00', '2026-11-15', 'open')",
    "insert into bill_item (bill_id, line, kind, text, amount, disputed) values (1, 1, 'call', '', 2000, 0), (2, 1, 'call', '', 5000, 0)",
    "insert into receipt (number, subscription_id, kind, amount, refunded, issued_at) values ('SJ-1', 1, 'charge', 2000, 600, '2026-10-12 01:00:00')",
    "insert into journal_entry (id, key, at, kind, memo) values (1, 'a', '2026-10-12 01:00:00', 'opening', ''), (2, '7:1', '2026-11-12 01:00:00', 'charge_refund', '')",
    "insert into posting (entry_id, line, debit_account_id, credit_account_id, amount) values (1, 1, 2, 1, 3000), (2, 1, 3, 2, 600)",
    "insert into refund (number, subscription_id, case_number, receipt_number, kind, method, amount, at, form, entry_id) "
    "values ('TF-1', 1, 'AJ-1', 'SJ-1', 'charge', 'cash', 600, '2026-11-12 01:00:00', '{}', 2)",
)


def test_what_was_paid_and_given_before_is_kept_line_by_line(url: str) -> None:
    """An office of the state before: 30.00 paid pay the oldest bill and part of the next, and 6.00 paid back are gone from the bill they were of."""
    command.upgrade(configuration(url), "0013")
    with create_engine(url, poolclass=NullPool).begin() as connection:
        for statement in BEFORE_LINES:
            connection.execute(text(statement))
    command.upgrade(configuration(url), "head")
    with create_engine(url, poolclass=NullPool).connect() as connection:
        payments = connection.execute(
            text("select bill_id, receipt_number, amount from bill_payment order by id")
        ).all()
        claimed = connection.execute(text("select address, amount, claimed from disputed_line")).all()
        states = connection.execute(text("select case_number, state, amount, entry_id from line_claim")).all()
    assert [tuple(row) for row in payments] == [(1, "SJ-1", 2000), (2, None, 1000)]
    assert [tuple(row) for row in claimed] == [("bill:2026-09", 2000, 600)]
    assert [tuple(row) for row in states] == [("AJ-1", "refunded", 600, 2)]


WORDS_BEFORE = """insert into outbox_message (key, case_number, to_msisdn, template, body, state, queued_at, channel, told_by, failure) values
('7:1', 'AJ-1', '139', 'reply', 'a', 'failed', '2026-11-12 01:00:00', 'sms', null, 'called_back:case_withdrawn'),
('7:2', 'AJ-1', '139', 'reply', 'a', 'failed', '2026-11-12 01:00:00', 'sms', null, 'no such number'),
('7:3', 'AJ-1', '', 'reply', 'a', 'told', '2026-11-12 01:00:00', 'letter', 'cleo', null),
('7:4', 'AJ-1', '', 'reply', 'a', 'told', '2026-11-12 01:00:00', 'letter', 'cleo', null),
('posted:4', 'AJ-1', '', 'reply', '2026-11-13', 'told', '2026-11-14 02:00:00', 'letter', 'sam', null),
('7:6', 'AJ-1', '', 'reply', 'a', 'told', '2026-11-12 01:00:00', 'letter', 'cleo', null),
('called_back:6', 'AJ-1', '', 'reply', 'credit_reversed', 'told', '2026-11-14 03:00:00', 'letter', 'sam', null),
('7:8', 'AJ-1', '', 'reply', 'a', 'told', '2026-11-12 01:00:00', 'phone', 'cleo', null)"""
WORDS = [
    (1, "recalled", None, "case_withdrawn", None),
    (2, "failed", None, None, None),
    (3, "unposted", None, None, None),
    (4, "posted", "2026-11-13", None, "sam"),
    (6, "recalled", None, "credit_reversed", "sam"),
    (8, "told", None, None, None),
]


def test_what_became_of_words_to_customers_has_columns_of_its_own(url: str) -> None:
    """A letter's day and who called it back stood in rows beside it, an act in the failure of a text message; the way back loses neither."""
    command.upgrade(configuration(url), "0022")
    database = create_engine(url, poolclass=NullPool)
    columns = text("select id, state, posted_on, recalled_for, settled_by from outbox_message order by id")
    before = text("select key, body, state, channel, told_by, failure from outbox_message order by key")
    with database.begin() as connection:
        connection.execute(text(WORDS_BEFORE))
        old = connection.execute(before).all()
    command.upgrade(configuration(url), "head")
    with database.connect() as connection:
        messages = connection.execute(columns).all()
    assert [(id, state, day and str(day), *rest) for id, state, day, *rest in messages] == WORDS
    command.downgrade(configuration(url), "0022")
    with database.connect() as connection:
        assert connection.execute(before).all() == old


@pytest.mark.parametrize("application", ["reception-desk-1", "of another"])
def test_tables_of_messages_go_unless_another_keeps_its_own_there(url: str, application: str) -> None:
    """What carried the numbers of jobs is not read any more; on SQLite the file is the office's, on PostgreSQL another may use the schema."""
    on_sqlite = url.startswith("sqlite")
    prefix, schema = ("", None) if on_sqlite else ("dbos.", "dbos")
    command.upgrade(configuration(url), "0025")
    database = create_engine(url, poolclass=NullPool)
    with database.begin() as connection:
        if schema is not None:
            connection.execute(text("CREATE SCHEMA dbos"))
        connection.execute(text(f"CREATE TABLE {prefix}workflow_status (application_version TEXT)"))
        connection.execute(text(f"INSERT INTO {prefix}workflow_status VALUES ('{application}')"))
    command.upgrade(configuration(url), "head")
    with database.connect() as connection:
        is_left = inspect(connection).has_table("workflow_status", schema=schema)
    assert is_left is (not on_sqlite and application == "of another")


def test_a_migration_that_breaks_changes_nothing(tmp_path: Path) -> None:
    """On SQLite too a half-migrated database is impossible: a table of ours in the way stops the whole migration."""
    url = make_url(f"sqlite:///{tmp_path / 'office.db'}")
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("CREATE TABLE user_task (id INTEGER)"))
    with pytest.raises(Exception, match="user_task"):
        command.upgrade(configuration(str(url)), "head")
    with create_engine(url, poolclass=NullPool).connect() as connection:
        assert inspect(connection).get_table_names() == ["user_task"]


def test_an_office_of_before_gets_the_departments_that_are_told(url: str) -> None:
    """An office with departments gets those that processes write to since, and none twice; an empty one waits for its people."""
    command.upgrade(configuration(url), "0028")
    database = create_engine(url, poolclass=NullPool)
    names = text("select code from department order by code")
    command.upgrade(configuration(url), "head")
    with database.begin() as connection:
        assert list(connection.scalars(names)) == []
        connection.execute(
            text("insert into department (code, name_zh, name_en) values ('security', '保卫科', 'Guard')")
        )
    command.downgrade(configuration(url), "0028")
    command.upgrade(configuration(url), "head")
    with database.connect() as connection:
        assert list(connection.scalars(names)) == ["department_head", "security"]
