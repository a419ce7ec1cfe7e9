"""`./desk migrate`: an office from before there were heads has them when it is done, not when somebody next writes. And which office a command opens."""

from __future__ import annotations

from pathlib import Path

import click
import orjson
import pytest
from alembic import command
from sqlalchemy import create_engine, delete, insert, select

import engine
from cli.database import bring_up_to_date, configuration, open_office
from engine import ground, proof, record
from models.base import session, transaction
from models.entry import HistoryEntry
from models.head import StreamHead
from web import create_app
from web.edge import config
from web.edge.application import Office

SAM = (HistoryEntry.stream == "user", HistoryEntry.stream_id == "sam")


def office_from_before(folder: Path) -> Office:
    """An office of the schema before the heads, in which Sam has logged in once."""
    url = f"sqlite:///{folder / 'office.db'}"
    app = create_app(config.Settings(url, folder, keys=ground.ephemeral_keys()))
    command.upgrade(configuration(url), "0023")
    at = engine.now()
    entry = {"stream": "user", "id": "sam", "seq": 1, "at": {"~instant": at.isoformat()}, "by": "sam"}
    body = orjson.dumps({**entry, "calendar": "", "steps": [{"type": "logged_out"}]})
    with app.app_context():
        digest = record.chain(record.GENESIS, body)
        signed = {"body": body, "previous": record.GENESIS, "hash": digest, "mac": record.mac(digest)}
    row = {"stream": "user", "stream_id": "sam", "sequence": 1, "at": at, "actor": "sam", **signed}
    with create_engine(url).begin() as connection:
        connection.execute(insert(HistoryEntry).values(**row))
    return app


def test_an_office_from_before_is_numbered_when_it_is_migrated(tmp_path: Path) -> None:
    """Otherwise whoever deletes a person's history before the first writing would be found by nobody."""
    app = office_from_before(tmp_path)
    bring_up_to_date(app)
    with app.app_context():
        streams = session().execute(select(StreamHead.stream, StreamHead.stream_id, StreamHead.ordinal)).all()
        assert sorted(map(tuple, streams)) == [("register", "", 0), ("user", "sam", 1)]
        assert proof.verify_registers() == []
        with transaction():
            session().execute(delete(StreamHead).where(StreamHead.stream == "user"))
        (deviation,) = proof.verify_registers()
        assert "the register of all streams: number 1 is gone" in deviation.what


def test_migrating_again_changes_no_register(tmp_path: Path) -> None:
    """Every start of the office migrates; what has been signed stays as it is."""
    app = office_from_before(tmp_path)
    bring_up_to_date(app)
    with app.app_context():
        before = [tuple(row) for row in session().execute(select(StreamHead.__table__))]
    bring_up_to_date(app)
    with app.app_context():
        assert [tuple(row) for row in session().execute(select(StreamHead.__table__))] == before


def test_another_environment_names_another_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The benchmark opens the office that it has founded, and never the one that the operator's own settings name."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'own.db'}")
    place = {"DESK_VAR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path / 'other.db'}"}
    with pytest.raises(click.ClickException, match="no office in"):
        open_office(place)
    bring_up_to_date(create_app(config.read(place)))
    app = open_office(place)
    assert app.config["SQLALCHEMY_DATABASE_URI"] == place["DATABASE_URL"]
    assert not (tmp_path / "own.db").exists()
