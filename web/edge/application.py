"""The application: a Flask that serves one office, in whose context sessions, keys, calendar and service tasks are those of that office."""

from __future__ import annotations

from contextvars import Token
from functools import cached_property
from typing import Any, NamedTuple

from flask import Flask, has_request_context
from flask.ctx import AppContext
from flask.globals import request_ctx

import engine
import engine.runtime
from models import base
from office import composition, demo
from web.edge import database

BUILT, A_YEAR = "build/assets/", 365 * 24 * 3600
_IN_ADDRESSES, MOST_ADDRESSES = frozenset({str, int}), 20_000


class _Before(NamedTuple):
    sessions: Token[base.Sessions]
    office: engine.runtime.Around


class Context(AppContext):
    """What Flask enters for every request and every command."""

    def __init__(self, app: Flask, runtime: engine.runtime.Runtime) -> None:
        super().__init__(app)
        self._runtime = runtime
        self._before: list[_Before] = []

    def push(self) -> None:
        """Enter it; it may be entered several times."""
        super().push()
        self._before.append(_Before(base.entered(database.db), engine.runtime.enter(self._runtime)))

    def pop(self, *exc: BaseException | None) -> None:
        """Leave it."""
        try:
            super().pop(*exc)
        finally:
            before = self._before.pop()
            engine.runtime.leave(before.office)
            base.left(before.sessions)


class Office(Flask):
    """The application. A built file has its content in its name, so that a browser never asks for it twice; it asks about any other."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.runtime = composition.runtime()
        self._addresses: dict[Any, str] = {}

    def app_context(self) -> AppContext:
        """Return what work on the office stands in; sessions, keys, calendar and service tasks are its own there."""
        return Context(self, self.runtime)

    @cached_property
    def numbers_to_try(self) -> list[demo.Case]:
        """The demo's customers, where this is the demo; an office does not become one while it serves."""
        return demo.cases(engine.now()) if demo.is_here() else []

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        return (
            A_YEAR if filename is not None and filename.startswith(BUILT) else super().get_send_file_max_age(filename)
        )

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """Return the address of an endpoint; a path with nothing but texts and numbers in it is built once for each way in and kept."""
        plain = all(name[0] != "_" and type(value) in _IN_ADDRESSES for name, value in values.items())
        if not plain or endpoint[0] == "." or not has_request_context():
            return super().url_for(endpoint, **values)
        way: Any = request_ctx.url_adapter
        key = (way.script_name, way.default_method, endpoint, *values.items())
        kept_address = self._addresses.get(key)
        if kept_address is not None:
            return kept_address
        address = super().url_for(endpoint, **values)
        if "?" not in address:  # what somebody looks for is not kept
            if len(self._addresses) >= MOST_ADDRESSES:
                self._addresses.clear()
            self._addresses[key] = address
        return address
