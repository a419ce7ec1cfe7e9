"""Pages that are submitted twice: a nervous double click, the back button, a proxy that tries again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import engine
from engine import published, record
from models.base import Base
from office import demo, intake, notices
from tests.support.actors import CLEO
from web import create_app
from web.edge import auth, config

PASSWORD = "cleo-reception-desk"
PROCESSES = Path(__file__).parents[5] / "processes"
KEYS = record.Keys(master=b"m" * 32, signing=b"s" * 32)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """An office with its demo people and processes."""
    url = f"sqlite:///{tmp_path / 'office.db'}"
    app = create_app(config.Settings(database_url=url, var=tmp_path, keys=KEYS, testing=True))
    with app.app_context():
        Base.metadata.create_all(app.extensions["sqlalchemy"].engine)
        known = auth.hash_password(PASSWORD)
        demo.seed(engine.now(), hash_password=lambda password: known if password == PASSWORD else "x")
        published.publish_directory(PROCESSES, by=engine.Actor("olu"), note="", at=engine.now())
        yield app


@pytest.fixture
def cleo(app: Flask) -> FlaskClient:
    """Cleo's browser, her notices read."""
    for notice in notices.unconfirmed("cleo"):
        notices.confirm(notice.id, by=CLEO, at=engine.now())
    client = app.test_client()
    client.post("/login", data={"name": "cleo", "password": PASSWORD})
    return client


@pytest.mark.slow
def test_a_page_submitted_twice_is_done_once(cleo: FlaskClient) -> None:
    """The second submission of the same page leads where the first led; another page's submission hears that it is done."""
    taken = intake.Intake(
        msisdn="13900000201",
        text="多收了彩铃功能费,要求退费",
        channel="counter",
        process="TS-002",
        overrule_reason="客户要求",
    )
    intake.accept(taken, by=CLEO, at=engine.now())
    page = cleo.get("/tasks/next", follow_redirects=True)
    address = page.request.path
    keys = [re.search(r'name="submit_key" value="([^"]+)"', cleo.get(address).text) for _ in range(2)]
    form = {"finding": "charge_right", "finding_note": "客户自己开通", "disputed_amount": "10.00"}
    sent = [
        cleo.post(f"{address}/completion", data={**form, "submit_key": key[1]})
        for key in (keys[0], keys[0], keys[1])
        if key
    ]
    assert [one.status_code for one in sent] == [302, 302, 409]
    assert sent[0].location == sent[1].location
