"""Scenarios: what the office agreed a process does, played against a database of their own.

Reads processes/scenarios/*.yaml, or files from anywhere, plays each scenario through the engine's verbs and says where the course differed from what was agreed,
and which sequence flows no scenario takes. Nothing of a play survives it. How to write one: docs/how-to/change-a-process.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import engine
import service_tasks
from models.base import scratch
from office import batches, calendar
from office.scenarios.differences import Difference, dump, load
from office.scenarios.files import MalformedScenario, Scenario, read, read_files
from office.scenarios.player import DEFAULT_AT, CannotGoOn, Play, Played, duration, instant
from office.scenarios.trial import Trial, blank, trial

__all__ = [
    "DEFAULT_AT",
    "CannotGoOn",
    "Coverage",
    "Difference",
    "MalformedScenario",
    "Played",
    "Scenario",
    "Trial",
    "blank",
    "coverage",
    "dump",
    "duration",
    "instant",
    "load",
    "play",
    "play_on",
    "prepare",
    "read",
    "read_files",
    "trial",
]


@dataclass(frozen=True)
class Coverage:
    """How many sequence flows a process has and which of them no scenario takes, called processes included."""

    process: str
    flows: int
    never: tuple[str, ...]

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means all."""
        return 100 if not self.flows else (self.flows - len(self.never)) * 100 // self.flows


# Importing these registers the service tasks and the background work that a play needs.
REGISTERED = (service_tasks, batches)


def prepare() -> None:
    """What a running office has and a play needs too: the business calendar, and keys for sealing that last as long as the program."""
    engine.use_calendar(calendar.current)
    engine.configure_keys(engine.ephemeral_keys())


def play(scenario: Scenario, directory: Path, url: str = "") -> Played:
    """Play one scenario on the processes of `directory` in a database of its own, in memory unless `url` names an empty one."""
    with scratch(url):
        if not (directory / f"{scenario.process}.bpmn").is_file():
            return Played(
                scenario.process, scenario.name, (Difference("no_such_process", {"process": scenario.process}),)
            )
        return Play(scenario, lambda: engine.read_package(directory, scenario.process)).run()


def play_on(scenario: Scenario, package: engine.Package) -> Played:
    """Play one scenario on a package, such as a draft's, in a database of its own; nothing of it survives."""
    with scratch():
        return Play(scenario, lambda: package).run()


def coverage(directory: Path, played: Iterable[Played], keys: Iterable[str] = ()) -> list[Coverage]:
    """Per process, the flows that no play took."""
    taken: dict[str, set[str]] = {}
    for one in played:
        for process, flow in one.flows:
            taken.setdefault(process, set()).add(flow)
    wanted = set(keys)
    names = [path.stem for path in sorted(directory.glob("*.bpmn")) if not wanted or path.stem in wanted]
    return [_coverage(directory, key, taken.get(key, set())) for key in names]


def _coverage(directory: Path, key: str, taken: set[str]) -> Coverage:
    flows = engine.Definition(engine.read_package(directory, key)).flows
    return Coverage(key, len(flows), tuple(flow for flow in flows if flow not in taken))
