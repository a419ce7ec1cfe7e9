"""What the machine can do at best: one durable commit, and a Flask request that does only that."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING

from bench.databases import SQLITE, Place, plain_connection
from bench.figures import Samples, sample

if TYPE_CHECKING:
    from flask import Flask

STATE_BYTES, EVENT_BYTES, ROWS = 4_000, 300, 100


def prepare(place: Place) -> None:
    """Make two tables with some rows."""
    connection = plain_connection(place)
    blob = "blob" if place.kind == SQLITE else "bytea"
    cursor = connection.cursor()
    cursor.execute(f"create table floor_state (id integer primary key, body {blob})")
    cursor.execute(f"create table floor_event (id integer, body {blob})")
    for number in range(ROWS):
        cursor.execute(_sql(place, "insert into floor_state values (?, ?)"), (number, secrets.token_bytes(STATE_BYTES)))
    if place.kind != SQLITE:
        connection.commit()
    connection.close()


def committer(place: Place) -> Callable[[], None]:
    """Return a function that updates 4 KB, inserts 300 bytes and commits durably."""
    connection = plain_connection(place)
    begin, end = ("BEGIN IMMEDIATE", "COMMIT") if place.kind == SQLITE else ("", "")
    change = _sql(place, "update floor_state set body = ? where id = ?")
    note = _sql(place, "insert into floor_event values (?, ?)")
    counter = iter(range(10**9))

    def commit() -> None:
        number = next(counter)
        cursor = connection.cursor()
        if begin:
            cursor.execute(begin)
        cursor.execute(change, (secrets.token_bytes(STATE_BYTES), number % ROWS))
        cursor.execute(note, (number, secrets.token_bytes(EVENT_BYTES)))
        cursor.execute(end) if end else connection.commit()

    return commit


def _sql(place: Place, text: str) -> str:
    return text if place.kind == SQLITE else text.replace("?", "%s")


def commit(place: Place, times: int) -> Samples:
    """Return the floor of every write."""
    return sample(committer(place), times)


def application(place: Place) -> Flask:
    """Return a Flask app with one route that commits once, for the floor of a request."""
    from threading import Lock, local

    from flask import Flask

    app, own, lock = Flask("floor"), local(), Lock()

    @app.put("/")
    def put() -> str:
        if not hasattr(own, "commit"):
            own.commit = committer(place)
        with lock:
            own.commit()
        return "done"

    return app
