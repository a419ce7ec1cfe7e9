"""An office for the auditor's tests: its people, its processes, and a few scenarios played to their end, one after another path."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from argon2 import PasswordHasher
from flask import Flask

import engine
from engine import record
from models.base import Base, session
from models.instance import ProcessInstance
from office import demo, scenarios
from tests.support import population
from web import create_app
from web.edge import config

_quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CALLED = "The bill is paid, the receipt held and the customer insists on cash, paid back by TS-002"
REFUSED = "Prepayment moved after every kind of refusal"
CORRECTED = "Cancelled number, moved after four wrong targets"
OMITTED = "Answered at the decision, left out once, made good; the customer gets one message at posting"
PARALLEL = "2 seconds, credited and searched"
HELD = "Two items picked, not paid, held and credited on Thursday"


def office(folder: Path, played: Sequence[str], url: str = "") -> tuple[Flask, dict[str, str]]:
    """An app over the database at `url`, by default a SQLite file in `folder`, and the case numbers of the scenarios in it by English name."""
    keys = record.Keys(master=b"m" * 32, signing=b"s" * 32)
    settings = config.Settings(
        database_url=url or f"sqlite:///{folder / 'office.db'}", var=folder, keys=keys, testing=True
    )
    app = create_app(settings)
    with app.app_context():
        Base.metadata.create_all(app.extensions["sqlalchemy"].engine)
        demo.seed(engine.now(), hash_password=_quick.hash)
        population.publish()
        agreed = [one for one in scenarios.read(population.PROCESSES) if one.name_en in played]
        assert {one.name_en for one in agreed} == set(played), "a scenario has another name"
        return app, {one.name_en: _number(population.play(one, place)) for place, one in enumerate(agreed)}


def _number(instance_id: int) -> str:
    found = session().get(ProcessInstance, instance_id)
    assert found is not None
    return found.business_key
