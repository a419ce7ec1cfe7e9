"""A population of cases: the agreed scenarios played again and again into one database, each with numbers, receipts and cards of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

import engine
from engine import definitions, published
from models.base import session, transaction
from models.billing import SecondaryPricingItem
from models.usage import Cdr, DirectDebit
from office import fixtures, scenarios
from office.scenarios.player import CannotGoOn, Play

PROCESSES = Path(__file__).parents[2] / "processes"
OWN = re.compile(r"\b(139\d{8}|TS\d{8}-\d{4}|(?:SJ|CK|K|ZH|MO|GD|HK)-?\d+)\b")

UNFOUNDED = ("complaints", "work_orders")
ORDER = "SUB-008"  # its scenarios begin with an order that no case of theirs has sent
OF_RECORD = re.compile(r"^(call|information-fee|debit|promised-credit):(\d+)")


class Records:
    """How many call records, debits and promised credits an office had before a scenario brought its own: there its first call is not `call:1`."""

    def __init__(self) -> None:
        tables = {"call": Cdr, "information-fee": Cdr, "debit": DirectDebit, "promised-credit": SecondaryPricingItem}
        self.before = {name: session().scalar(select(func.max(table.id))) or 0 for name, table in tables.items()}

    def own(self, value: Any) -> Any:
        """The same with the addresses that the scenario's own records have here."""
        if isinstance(value, dict):
            return {name: self.own(inner) for name, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(self.own(inner) for inner in value)
        return OF_RECORD.sub(self._moved, value) if isinstance(value, str) else value

    def _moved(self, found: re.Match[str]) -> str:
        return f"{found[1]}:{int(found[2]) + self.before[found[1]]}"


class _Play(Play):
    """A play in an office that has its processes already."""

    def prepare(self) -> dict[str, int]:
        """The world alone: the processes are there, and nobody compares the ledger. Complaints of earlier days and orders of other cases are left out: no case stands behind them."""
        world = {name: rows for name, rows in (self.scenario.given.get("world") or {}).items() if name not in UNFOUNDED}
        with transaction():
            self.records = Records()
            fixtures.build(world, at=self.clock)
        return {}

    def do(self, step: Mapping[str, Any]) -> None:
        """One step, about records of its own."""
        super().do(self.records.own(dict(step)))

    def course(self) -> None:
        """As far as it goes; nobody asks here whether it went as agreed."""
        with suppress(CannotGoOn, engine.EngineError):
            self.prepare()
            self.start()
            for step in self.scenario.steps:
                self.do(step)


def publish() -> None:
    """Every process of the product."""
    owner = engine.Actor("olu", frozenset(), frozenset({"owner"}))
    published.publish_directory(PROCESSES, by=owner, note="", at=datetime(2026, 1, 1, tzinfo=UTC))


def play_some(processes: tuple[str, ...]) -> list[int]:
    """The instances of the scenarios of these processes."""
    agreed = [one for one in scenarios.read(PROCESSES) if one.process.startswith(processes) and one.process != ORDER]
    return [play(scenario, number) for number, scenario in enumerate(agreed)]


def played(rounds: int) -> Iterator[int]:
    """The instances of the scenarios, `rounds` times over, as they are made. Call `publish` before.

    Every scenario once; after that those in which no time passes, because time passes for all the cases before them too, and no batches, because an
    office has one of each day.
    """
    agreed = [one for one in scenarios.read(PROCESSES) if one.process != ORDER]
    for number in range(rounds):
        for place, scenario in enumerate(agreed):
            if number and _once(scenario):
                continue
            instance_id = play(scenario, number * len(agreed) + place)
            if instance_id:
                yield instance_id


def _once(scenario: scenarios.Scenario) -> bool:
    return scenario.process.startswith("BATCH") or any("advance" in step or "until" in step for step in scenario.steps)


def play(scenario: scenarios.Scenario, number: int) -> int:
    """One play in the current database; whether it goes as agreed is not asked, because batches are shared."""
    own = replace(scenario, given=_renamed(scenario.given, number), steps=_renamed(scenario.steps, number))
    play = _Play(own, lambda: definitions.read_package(PROCESSES, own.process), {}.get)
    play.course()
    return play.instance_id


def _renamed(value: Any, number: int) -> Any:
    """The same with every number, receipt, card and case of its own for each play."""
    if isinstance(value, dict):
        return {_renamed(name, number): _renamed(inner, number) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_renamed(inner, number) for inner in value)
    return OWN.sub(lambda found: _own(found.group(), number), value) if isinstance(value, str) else value


def _own(text: str, number: int) -> str:
    if text.startswith("139"):
        return f"139{number % 100_000:05d}{text[-3:]}"
    return f"{text}-{number}" if text.startswith("TS") else f"{text}R{number}"
