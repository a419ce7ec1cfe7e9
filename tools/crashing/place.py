"""The place of the crash: an office in a folder of its own, with people, tokens and cases, and the processes that serve it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO, cast

from sqlalchemy import func, select

import engine
from cli.database import bring_up_to_date
from cli.output import ROOT
from cli.publication import publish_all
from engine import cases, definitions, published
from models.base import session
from models.billing import LedgerAccount
from models.customer import Subscription, SubscriptionState
from models.instance import ProcessInstance
from office import demo, notices, tokens
from office.demo.staff import PEOPLE
from tools.crashing import serving
from web.edge import config
from web.edge.application import Office

KEY = "CRASH-001"
DRAWN = Path(__file__).parent / "process"
OLU = engine.Actor("olu", frozenset(), frozenset({"owner"}))
CLEO = engine.Actor("cleo", frozenset({"service_hall"}), frozenset({"clerk"}))
SECONDS_TO_COME_UP = 60
NO_PASSWORD = "!"


class OccupiedDatabase(engine.Conflict):
    """The crash needs a database of its own, and this one is in use."""


class DidNotComeUp(engine.Corrupt):
    """The office does not serve again after it was killed."""


def free_port() -> int:
    """Return a port nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Place:
    """An office in `var`, reachable on `port` while it is up."""

    var: Path
    url: str
    port: int = field(default_factory=free_port)
    app: Office = field(init=False)
    tokens: list[str] = field(default_factory=list)
    running: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        environment = config.environment(DESK_VAR=str(self.var), DATABASE_URL=self.url)
        self.app = serving.office(config.read(environment))
        self.log = self.var / "serving.log"
        self._starter = _starter(environment, self.log)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The processes it consists of."""
        return ("serving",) if self.url.startswith("sqlite") else ("serving", "working")

    def prepare(self) -> None:
        """Make the schema, people, processes and a token for every clerk. Errors: OccupiedDatabase."""
        bring_up_to_date(self.app)
        with self.app.app_context():
            if published.count_published():
                raise OccupiedDatabase(database=self.url.split("@")[-1])
        publish_all(self.app)
        with self.app.app_context():
            demo.seed(engine.now(), hash_password=lambda _password: NO_PASSWORD)
            published.publish(definitions.read_package(DRAWN, KEY), by=OLU, note="", at=engine.now())
            clerks = [name for name, _shown, _departments, roles in PEOPLE if "clerk" in roles]
            self.tokens = [_ready(name) for name in clerks]

    def begin_cases(self, count: int) -> None:
        """Begin cases that move money, tell the world and wait for a timer."""
        with self.app.app_context():
            source, target = _richest()
            for _number in range(count):
                number = f"CRASH-{session().scalar(select(func.count()).select_from(ProcessInstance))}"
                variables = {"case_number": number, "source": source, "target": target}
                cases.start(KEY, business_key=number, variables=variables, by=CLEO, at=engine.now())

    def come_up(self) -> None:
        """Start whatever is not running and wait until it answers. Errors: DidNotComeUp."""
        for kind in self.kinds:
            if kind not in self.running:
                self.running[kind] = self._start(f"{self.port} {len(self.kinds)}" if kind == "serving" else "work")
        limit = time.monotonic() + SECONDS_TO_COME_UP
        while not self._answers():
            if time.monotonic() > limit:
                raise DidNotComeUp(log=self.log.read_text(encoding="utf-8")[-2000:])
            time.sleep(0.05)

    def _start(self, job: str) -> int:
        asking, answering = cast(IO[str], self._starter.stdin), cast(IO[str], self._starter.stdout)
        asking.write(f"{job}\n")
        asking.flush()
        while not (line := answering.readline()).strip().isdigit():
            if not line:
                raise DidNotComeUp(log=self.log.read_text(encoding="utf-8")[-2000:])
        return int(line)

    def _answers(self) -> bool:
        with suppress(HTTPException, OSError), closing(HTTPConnection("127.0.0.1", self.port, timeout=2)) as connection:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        return False

    @property
    def address(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.port}"

    def kill(self, kinds: tuple[str, ...]) -> None:
        """Cut processes off, and all that they started, without a word."""
        for kind in kinds:
            id = self.running.pop(kind, None)
            if id is not None:
                _kill(id)

    def close(self) -> None:
        """End everything that was started here."""
        self.kill(self.kinds)
        self._starter.kill()
        self._starter.wait()


def _starter(environment: dict[str, str], log: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", f"from {serving.__name__} import main; main()"]
    with log.open("ab") as opened:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=opened,
            text=True,
            start_new_session=True,
        )


def _kill(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
        while True:
            os.kill(group, 0)
            time.sleep(0.005)


def _ready(name: str) -> str:
    actor = engine.Actor(name, frozenset(), frozenset({"clerk"}))
    for notice in notices.unconfirmed(name):
        notices.confirm(notice.id, by=actor, at=engine.now())
    return tokens.create(name, at=engine.now(), lifetime=timedelta(days=1))


def _richest() -> tuple[str, str]:
    """Return the two numbers between which money can be moved longest."""
    query = (
        select(Subscription.msisdn)
        .join(LedgerAccount, LedgerAccount.subscription_id == Subscription.id)
        .where(
            Subscription.kind == "gotone",
            Subscription.state == SubscriptionState.IN_SERVICE,
            LedgerAccount.kind == "prepayment",
        )
        .order_by(LedgerAccount.balance.desc())
        .limit(2)
    )
    source, target = session().scalars(query)
    return source, target


@contextmanager
def opened(var: Path, url: str) -> Iterator[Place]:
    """Give a prepared place; whatever still runs at the end is ended."""
    place = Place(var, url)
    try:
        place.prepare()
        yield place
    finally:
        place.close()
