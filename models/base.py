"""The database session, its one commit, and the column types every table shares; no table lives here.

Code above asks `session()` and writes inside `transaction()`; nobody else commits. On SQLite a writing transaction opens with
BEGIN IMMEDIATE under a process-wide lock, because the driver would otherwise read before it locks and lose an update. What is read
outside a transaction is read in autocommit on both databases: nothing is begun for it, and nothing is rolled back after it.

Where sessions come from is said by whoever serves (`entered`): Flask-SQLAlchemy in `web.edge.database`, a session for each request. Nothing here
knows Flask.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Protocol, cast

from sqlalchemy import DateTime, Engine, MetaData, Table, create_engine, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, scoped_session
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import TypeDecorator

from models import drivers, in_memory
from models.turns import Turns

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

OUTSIDE = "something is written outside transaction(), where it would be committed by itself"


class Base(DeclarativeBase):
    """Declarative base with the naming convention that migrations rely on."""

    metadata = MetaData(naming_convention=NAMING)
    __table__: ClassVar[Table]


class Sessions(Protocol):
    """An office's sessions: the one of this request, and the engine of its database."""

    session: scoped_session[Any]

    @property
    def engine(self) -> Engine:
        """The engine of its database."""


class Joining(Session):
    """A session that becomes part of the unit of work around it: what it does then is done on that unit's connection."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        unit = _unit.get()
        if unit is None:
            return super().get_bind(*args, **kwargs)
        unit.joined = self
        return unit.connection


def only_inside_transactions(kind: type[Session]) -> None:
    """Have sessions of this kind refuse to write outside `transaction()`, where it would be committed by itself."""
    event.listen(kind, "before_flush", _held_back)
    event.listen(kind, "do_orm_execute", _sent)


def _held_back(*_event: object) -> None:
    if _unit.get() is None:
        raise RuntimeError(OUTSIDE)


def _sent(state: ORMExecuteState) -> None:
    if _unit.get() is None and (state.is_insert or state.is_update or state.is_delete):
        raise RuntimeError(OUTSIDE)


@dataclass
class _Unit:
    """The open unit of work: the connection that stays its own until the commit, where that leads to, and the session once anybody has asked for it."""

    connection: Connection
    engine: Engine
    joined: Session | None = None


_sessions: ContextVar[Sessions] = ContextVar("sessions")
_scratch: ContextVar[Session | None] = ContextVar("scratch_session", default=None)
_unit: ContextVar[_Unit | None] = ContextVar("unit_of_work", default=None)
sqlite_writer = Turns(drivers.WAIT_SECONDS)


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


def entered(sessions: Sessions) -> Token[Sessions]:
    """Have sessions come from these from here on, until `left` is given the token."""
    return _sessions.set(sessions)


def left(token: Token[Sessions]) -> None:
    """Have sessions come from where they came from before."""
    _sessions.reset(token)


def session() -> Session:
    """Return the session of the unit of work, or of the surrounding `scratch()`, or of the request."""
    unit = _unit.get()
    if unit is None:
        return _around()
    if unit.joined is None:
        _around().connection()
    return cast(Session, unit.joined)


def _around() -> Session:
    return _scratch.get() or cast(Session, _sessions.get().session())


@contextmanager
def transaction() -> Iterator[None]:
    """Open a unit of work: everything inside is committed together, or nothing is. Nested use joins the outer one."""
    if _unit.get() is not None:
        yield
        return
    engine = bind()
    with _writing(engine), _begun(engine) as opened:
        unit = _Unit(opened, engine)
        token = _unit.set(unit)
        try:
            yield
            flush()
            opened.commit()
            if unit.joined is not None:
                unit.joined.commit()
        except BaseException:
            if (current := _loaded()) is not None:
                current.rollback()
            opened.rollback()
            raise
        finally:
            _unit.reset(token)


@contextmanager
def _begun(engine: Engine) -> Iterator[Connection]:
    """Open a connection in a transaction; what was read before it is read again when it is looked at, and its connection goes back."""
    current = _loaded()
    if current is not None and current.in_transaction():
        current.rollback()
    with engine.connect().execution_options(**drivers.in_transaction(engine)) as opened:
        opened.begin()
        if drivers.is_sqlite(engine):
            opened.exec_driver_sql("BEGIN IMMEDIATE")
        yield opened


@contextmanager
def savepoint() -> Iterator[None]:
    """Undo what fails inside alone, so that the unit of work around it may go on."""
    with session().begin_nested():
        session().connection()  # SQLAlchemy would set it when the session is used first, and not before what is written past it
        yield


def flush() -> None:
    """Send what the session holds back, so that it comes before what is written past the session."""
    current = _loaded()
    if current is not None and (current.new or current.dirty or current.deleted):
        session().flush()


def _loaded() -> Session | None:
    """Return the session of the request or of the surrounding `scratch()`, when anybody has asked for it."""
    scratch = _scratch.get()
    if scratch is not None:
        return scratch
    sessions = _sessions.get().session
    return cast(Session, sessions()) if sessions.registry.has() else None


def forget(*models: type[Base]) -> None:
    """Forget what the session has loaded of these tables, whose rows are written past it: it is read again when it is looked at."""
    if (current := _loaded()) is None:
        return
    for row in list(current.identity_map.values()):
        if isinstance(row, models):
            current.expire(row)


@contextmanager
def _writing(engine: Engine) -> Iterator[None]:
    if drivers.is_sqlite(engine) and _scratch.get() is None:  # a scratch database has nobody else
        with sqlite_writer:
            yield
    else:
        yield


def one_writer() -> bool:
    """Tell whether transactions write one after the other, so that what one has read before a lock still holds after it."""
    return drivers.is_sqlite(bind())


def in_turn(model: type[Base]) -> None:
    """Have whoever else wants to write to this table in turn wait for our commit; readers do not."""
    if not one_writer():
        connection().exec_driver_sql(f"LOCK TABLE {model.__tablename__} IN SHARE ROW EXCLUSIVE MODE")


@contextmanager
def scratch(url: str = "") -> Iterator[Session]:
    """Open a private database with every table, in memory unless `url` names an empty one; `session()` means it until the block ends."""
    engine = _created(url) if url else in_memory.opened(Base.metadata)
    current = Joining(engine, expire_on_commit=False)
    scratch_token, unit_token = _scratch.set(current), _unit.set(None)
    try:
        yield current
    finally:
        _unit.reset(unit_token)
        _scratch.reset(scratch_token)
        current.close()
        engine.dispose()


def _created(url: str) -> Engine:
    engine = create_engine(url, **drivers.options(url))
    drivers.listen(engine)
    Base.metadata.create_all(engine)
    return engine


def end_session() -> None:
    """Give the session of this request back, as its end does: what it has read is read again."""
    _sessions.get().session.remove()


def connection() -> Connection:
    """Return the connection of the current session, for statements written in Core."""
    unit = _unit.get()
    return unit.connection if unit is not None else session().connection()


def bind() -> Engine:
    """Return the engine of the current session."""
    unit = _unit.get()
    if unit is not None:
        return unit.engine
    scratch = _scratch.get()
    return _sessions.get().engine if scratch is None else cast(Engine, scratch.get_bind())


@contextmanager
def glance() -> Iterator[Connection]:
    """Give a connection for one question outside any unit of work, and take it back at once."""
    engine = bind()
    if _unit.get() is not None or isinstance(engine.pool, StaticPool):
        yield connection()
        return
    with engine.connect() as opened:
        yield opened
