"""Copies of an office on PostgreSQL, each a database of its own."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import create_engine, make_url, text


class Copies:
    """Databases on a PostgreSQL that are copies of the one with the office."""

    def __init__(self, server: str, pattern: str) -> None:
        self._server, self._pattern = server, pattern
        self._administration = create_engine(server, isolation_level="AUTOCOMMIT")

    def make(self, name: str) -> str:
        """The URL of a database of that name, in the place of the one before it."""
        self.drop(name)
        self._do(f"CREATE DATABASE {name} TEMPLATE {self._pattern}")
        return self.url(name)

    def drop(self, name: str) -> None:
        """Whoever is connected is sent away."""
        self._do(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        """Where a program finds it."""
        return make_url(self._server).set(database=name).render_as_string(hide_password=False)

    def _do(self, statement: str) -> None:
        with self._administration.connect() as connection:
            connection.execute(text(statement))


def unused() -> str:
    """A name no database has."""
    return f"office_{uuid4().hex[:12]}"
