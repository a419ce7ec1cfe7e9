"""The database session, its one commit, and the column types every table shares; no table lives here.

Code above asks `session()` and writes inside `transaction()`; nobody else commits. On SQLite a writing transaction opens with
BEGIN IMMEDIATE under a process-wide lock, because the driver would otherwise read before it locks and lose an update.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, MetaData, create_engine, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import TypeDecorator

from models.turns import Turns

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Declarative base with the naming convention that migrations rely on."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)


@dataclass(frozen=True)
class _Unit:
    """The open unit of work: its session, the connection that stays its own until the commit, and what that leads to."""

    session: Session
    connection: Connection
    engine: Engine


_scratch: ContextVar[Session | None] = ContextVar("scratch_session", default=None)
_unit: ContextVar[_Unit | None] = ContextVar("unit_of_work", default=None)
_sqlite_writer = Turns()


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC instant; a naive one is refused rather than guessed at."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive date and time {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def session() -> Session:
    """The session of the unit of work, or of the surrounding `scratch()`, or of the request."""
    unit = _unit.get()
    return unit.session if unit is not None else _scratch.get() or db.session()


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work: everything inside is committed together, or nothing is. Nested use joins the outer one."""
    outer = _unit.get()
    if outer is not None:
        yield outer.session
        return
    current, engine = session(), bind()
    with _writing(engine):
        token = None
        try:
            if current.in_transaction():
                current.rollback()
            opened = current.connection()
            token = _unit.set(_Unit(current, opened, engine))
            if _is_sqlite(engine):
                opened.exec_driver_sql("BEGIN IMMEDIATE")
            yield current
            current.commit()
        except BaseException:
            current.rollback()
            raise
        finally:
            if token is not None:
                _unit.reset(token)


@contextmanager
def _writing(engine: Engine) -> Iterator[None]:
    if _is_sqlite(engine) and _scratch.get() is None:  # a scratch database has nobody else
        with _sqlite_writer:
            yield
    else:
        yield


def one_writer() -> bool:
    """Whether transactions write one after the other, so that what one has read before a lock still holds after it."""
    return _is_sqlite(bind())


def _is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


@contextmanager
def scratch(url: str = "") -> Iterator[Session]:
    """A private database with every table, in memory unless `url` names an empty one; `session()` means it until the block ends."""
    engine = create_engine(url) if url else _in_memory()
    listen(engine)
    Base.metadata.create_all(engine)
    current = Session(engine, expire_on_commit=False)
    scratch_token, unit_token = _scratch.set(current), _unit.set(None)
    try:
        yield current
    finally:
        _unit.reset(unit_token)
        _scratch.reset(scratch_token)
        current.close()
        engine.dispose()


def _in_memory() -> Engine:
    return create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})


def in_scratch() -> bool:
    """Whether `session()` means a private database, of which nobody else may hear."""
    return _scratch.get() is not None


def listen(engine: Engine) -> None:
    """Set the pragmas that durability and foreign keys need on every SQLite connection, and let us write BEGIN ourselves."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def connection() -> Connection:
    """The connection of the current session, for statements written in Core."""
    unit = _unit.get()
    return unit.connection if unit is not None else session().connection()


def bind() -> Engine:
    """The engine of the current session."""
    unit = _unit.get()
    return unit.engine if unit is not None else cast(Engine, session().get_bind())


@contextmanager
def glance() -> Iterator[Connection]:
    """A connection for one question outside any unit of work; on PostgreSQL nothing is begun for it and rolled back after it."""
    engine = bind()
    if _unit.get() is not None or session().in_transaction() or isinstance(engine.pool, StaticPool):
        yield connection()
        return
    with engine.connect() as opened:
        yield opened if _is_sqlite(engine) else opened.execution_options(isolation_level="AUTOCOMMIT")
