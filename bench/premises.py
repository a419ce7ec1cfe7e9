"""An office below the web: founded by `./desk seed`, and entered with sessions of plain SQLAlchemy, so that what is measured there is the engine alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import scoped_session, sessionmaker

import engine
import engine.runtime
from bench import commands
from bench.databases import Place
from engine import definitions, published, record
from models import base, drivers
from office import composition

CLEO = engine.Actor("cleo", frozenset({"service_hall"}), frozenset({"clerk"}))
OLU = engine.Actor("olu", frozenset(), frozenset({"owner"}))
# Fixed, so that a second process opens the same office; the files are what the served one reads.
KEYS = {"master": b"m" * 32, "signing": b"s" * 32, "session": b"b" * 32}


class Writing(base.Joining):
    """The session of a thread; it refuses to write outside a transaction, as that of a request does."""


base.only_inside_transactions(Writing)


class Sessions:
    """The sessions of one database, one for each thread."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = create_engine(url, **drivers.options(url))
        drivers.listen(self.engine)
        self.session = scoped_session(sessionmaker(self.engine, class_=Writing))


class Premises:
    """An office that is there; whoever works in it enters it, in each thread."""

    def __init__(self, place: Place) -> None:
        self._sessions = Sessions(place.url)
        self._runtime = composition.runtime(record.Keys(master=KEYS["master"], signing=KEYS["signing"]))

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Have what is done inside done in this office, and give the session back after it."""
        token = base.entered(self._sessions)
        try:
            with engine.runtime.entered(self._runtime):
                yield
                base.end_session()
        finally:
            base.left(token)

    def close(self) -> None:
        """Give all connections back."""
        self._sessions.engine.dispose()


@contextmanager
def founded(place: Place, *packages: definitions.Package) -> Iterator[Premises]:
    """Found the demo office in an empty database, with these processes published; it is entered until the block ends."""
    _write_keys(place)
    commands.run(place, "seed")
    premises = Premises(place)
    with premises.entered():
        for package in packages:
            published.publish(package, by=OLU, note="", at=engine.now())
        base.end_session()
        yield premises
    premises.close()


def _write_keys(place: Place) -> None:
    folder = place.folder / "keys"
    folder.mkdir(mode=0o700)
    for name, key in KEYS.items():
        file = folder / name
        file.touch(mode=0o600)
        file.write_text(key.hex())
