"""Those who come to a test office: a browser with its cookies, a program with its token, and what stands in every table before and after."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from lxml import html
from sqlalchemy import Connection, select
from werkzeug.test import TestResponse

import engine
from engine import published, record
from models.base import Base
from office import demo
from tests.support.actors import OLU
from web import create_app
from web.edge import access_logging, config
from web.edge.application import Office

PROCESSES = Path(__file__).parents[2] / "processes"
LANGUAGES = ("zh", "en")
_quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Compiled(BytecodeCache):
    """Templates compiled once for all apps of this run."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what another app has compiled of the same text."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for other apps."""
        self._code[bucket.key, bucket.checksum] = bucket.code


COMPILED = Compiled()
BESIDE = ("login_failure", "login_session", "unsent_form")


def settings(folder: Path, url: str = "") -> config.Settings:
    """A test office in a folder; its keys are always the same, so that a copy of its database opens."""
    keys = record.Keys(master=b"m" * 32, signing=b"s" * 32)
    database = url or f"sqlite:///{folder / 'office.db'}"
    return config.Settings(database_url=database, var=folder, keys=keys, secret_key=b"k" * 32, testing=True)


def found_office(app: Flask) -> None:
    """Fill an empty database with the demo people, their passwords, customers and processes."""
    with app.app_context():
        Base.metadata.create_all(app.extensions["sqlalchemy"].engine)
        demo.seed(engine.now(), hash_password=_quick.hash)
        published.publish_directory(PROCESSES, by=OLU, note="", at=engine.now())


def open_office(folder: Path, url: str = "") -> Office:
    """The app over a database that is there already."""
    app = create_app(settings(folder, url))
    app.jinja_env.bytecode_cache = COMPILED
    return app


def copy(office: Path, folder: Path) -> None:
    """The database of an office, over whatever lies in the folder."""
    for file in folder.glob("office.db*"):
        file.unlink()
    for file in office.glob("office.db*"):
        shutil.copy(file, folder)


class Standing:
    """An app that stays while the database it serves is exchanged: whatever a test did to either is gone before the next."""

    def __init__(self, app: Office, exchange: Callable[[], None]) -> None:
        self.app, self._exchange = app, exchange
        self._config, self._pattern = dict(app.config), app.runtime

    def again(self) -> Office:
        """The app over a database as it was at first."""
        let_go(self.app)
        self._exchange()
        self.app.config.clear()
        self.app.config.update(self._config)
        before = self._pattern
        served = {"handlers": dict(before.handlers), "background": dict(before.background)}
        self.app.runtime = replace(before, answered_by=dict(before.answered_by), in_hand=set(), **served)
        vars(self.app).pop("numbers_to_try", None)
        access_logging.register(self.app)
        return self.app


def let_go(app: Flask) -> None:
    """Have an app close its connections."""
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


WHERE = {
    "stream_head": " WHERE stream <> 'user' AND (stream <> 'register' OR stream_id <> '')",  # the register counts people
    "entry": " WHERE stream <> 'user'",
}


def contents(app: Flask) -> dict[str, list[int]]:
    """A fingerprint of every table, to be compared with a later one; what a person looked at and left typed is not the office's doing."""
    with app.app_context(), app.extensions["sqlalchemy"].engine.connect() as connection:
        return {
            name: sorted(map(_fingerprint, _rows(connection, name)))
            for name in Base.metadata.tables
            if name not in BESIDE
        }


def _rows(connection: Connection, table: str) -> list[tuple[Any, ...]]:
    """What the driver gives, whose values need no more than to be the same."""
    result = connection.exec_driver_sql(f'SELECT * FROM "{table}"{WHERE.get(table, "")}')
    return [tuple(row) for row in result]


def _fingerprint(row: tuple[Any, ...]) -> int:
    """A number for a row; PostgreSQL gives JSON as dictionaries and lists, which have none of their own."""
    return hash(tuple(repr(value) if isinstance(value, dict | list) else value for value in row))


def beside(app: Flask) -> dict[str, int]:
    """How many rows there are of what `contents` leaves out: sessions, unsent forms, and what stands in people's own histories."""
    kept = {table.name: table for table in Base.metadata.sorted_tables if table.name in BESIDE}
    entries = Base.metadata.tables["entry"]
    with app.app_context(), app.extensions["sqlalchemy"].engine.connect() as connection:
        rows = {name: len(connection.execute(select(table)).all()) for name, table in kept.items()}
        return {**rows, "entry": len(connection.execute(select(entries).where(entries.c.stream == "user")).all())}


class Page:
    """An answer as a person reads it."""

    def __init__(self, answer: TestResponse) -> None:
        self.status = answer.status_code
        self.text = answer.get_data(as_text=True)
        self.tree: Any = html.document_fromstring(self.text) if self.text.strip() else html.document_fromstring("<p>")

    @property
    def title(self) -> str:
        """The one h1."""
        (found,) = self.tree.xpath("//h1")
        return " ".join(found.text_content().split())

    @property
    def summary(self) -> dict[str, str]:
        """What the summary of errors says, by the place its link leads to."""
        links = self.tree.xpath("//*[contains(@class, 'desk-errors')]//li/a")
        return {link.get("href"): " ".join(link.text_content().split()) for link in links}

    def has(self, anchor: str) -> bool:
        """Whether a link of the page, such as #field-text, leads somewhere on it."""
        return bool(self.tree.xpath(f"//*[@id='{anchor.removeprefix('#')}']"))

    def beside(self, field: str) -> str:
        """The message beside a field; "" without one."""
        return "".join(found.text_content().strip() for found in self.tree.xpath(f"//*[@id='error-{field}']"))

    def typed(self, field: str) -> str | None:
        """What stands in a field."""
        for found in self.tree.xpath(f"//main//*[@name='{field}']"):
            if found.tag == "textarea":
                return str(found.text or "").removeprefix("\n")
            if found.tag == "select":
                return next((one.get("value") for one in found.xpath("./option[@selected]")), "")
            if found.get("type") in ("radio", "checkbox"):
                checked = self.tree.xpath(f"//main//*[@name='{field}'][@checked]")
                return str(checked[0].get("value")) if checked else ""
            return str(found.get("value"))
        return None


class Visitor:
    """Somebody at a browser; without a name, somebody who has not logged in."""

    def __init__(self, app: Flask, name: str = "", language: str = "zh") -> None:
        self.client: FlaskClient = app.test_client()
        if name:
            given = {"name": name, "password": f"{name}-reception-desk"}
            assert self.client.post("/login", data=given).status_code == 302
        if language != "zh":
            self.client.post("/language", data={"language": language})

    def get(self, path: str, **query: Any) -> Page:
        """Open a page; redirects are followed."""
        return Page(self.client.get(path, query_string=query or None, follow_redirects=True))

    def post(self, path: str, **form: Any) -> Page:
        """Send a form; a redirect is not followed."""
        return Page(self.client.post(path, data=form))


class Caller:
    """A program with a token."""

    def __init__(self, client: FlaskClient, token: str, language: str = "en") -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}

    def get(self, path: str, **query: Any) -> TestResponse:
        """GET under /api/v1."""
        return self.client.get(f"/api/v1{path}", headers=self.headers, query_string=query)

    def post(self, path: str, document: Any = None, **headers: str) -> TestResponse:
        """POST under /api/v1."""
        sent = json.dumps({} if document is None else document)
        return self.client.post(
            f"/api/v1{path}", headers=self.headers | headers, data=sent, content_type="application/json"
        )
