"""Alembic's environment: which tables there should be, and a connection on which a migration happens whole or not at all.

`./desk migrate` and the tests put the database URL into the configuration's attributes; nothing is read from a file or the environment.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

from alembic import context
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

import models
from models.base import Base, UTCDateTime

for module in pkgutil.iter_modules(models.__path__):
    import_module(f"models.{module.name}")


def connectable(url: str) -> Engine:
    """Return an engine without the application's pragmas; on SQLite changes of the schema are inside the transaction too."""
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _leave_begin_to_us)
        event.listen(engine, "begin", _begin)
    return engine


def _leave_begin_to_us(connection: Any, _record: Any) -> None:
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _render(kind: str, item: object, _context: object) -> str | bool:
    """Render a type as one of SQLAlchemy, which a migration names instead of ours: it must still run when ours have changed."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


def migrate() -> None:
    """Run the migrations that were asked for."""
    with connectable(context.config.attributes["url"]).connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            transactional_ddl=True,
            compare_type=True,
            render_item=_render,
        )
        with context.begin_transaction():
            context.run_migrations()


migrate()
