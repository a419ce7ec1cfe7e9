"""Worlds that tests of several rooms work in: an office that threads reach, accounts in memory, a population that is played."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from models.base import Base, scratch, session, transaction
from office import scenarios
from office.fixtures import build
from tests.support import population
from tests.support.tampering import disarm
from tests.support.visitors import let_go, open_office


@contextmanager
def shared_office(folder: Path, url: str = "") -> Iterator[Flask]:
    """An office with every table and nothing in it, over a database that several threads can reach: a file in `folder`, or that at `url`."""
    app = open_office(folder, url)
    with app.app_context():
        Base.metadata.create_all(app.extensions["sqlalchemy"].engine)
        yield app
        session().rollback()
    let_go(app)


@contextmanager
def accounts(world: Mapping[str, Any] | None = None, *, at: datetime | None = None, url: str = "") -> Iterator[None]:
    """What a world says in a database of its own, in memory or at `url`, inside a transaction; an empty one without a world."""
    with scratch(url), transaction():
        if world is not None and at is not None:
            build(world, at=at)
        yield


@contextmanager
def played(names: Collection[str]) -> Iterator[Session]:
    """Cases of the scenarios of these English names, in a database in memory that lets itself be tampered with, in the office around."""
    with scratch() as current:
        population.publish()
        for place, scenario in enumerate(scenarios.read(population.PROCESSES)):
            if scenario.name_en in names:
                population.play(scenario, place)
        disarm(current)
        current.commit()
        yield current
