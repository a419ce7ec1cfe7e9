"""Scenarios: what the office agreed a process does, played against a database of their own.

Reads processes/scenarios/*.yaml, or files from anywhere, plays each scenario through the engine's verbs and says where the course differed from what was agreed,
and which sequence flows no scenario takes. Nothing of a play survives it. How to write one: docs/how-to/change-a-process.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine import definitions
from models.base import scratch
from office.scenarios.differences import Difference, dump, load
from office.scenarios.files import MalformedScenario, Scenario, read, read_files
from office.scenarios.player import DEFAULT_AT, CannotGoOn, Play, Played, duration, instant
from office.scenarios.trial import Trial, blank, in_force, trial

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


def play(scenario: Scenario, directory: Path, url: str = "") -> Played:
    """Play one scenario on the processes of `directory` in a database of its own, in memory unless `url` names an empty one."""
    with scratch(url):
        if not (directory / f"{scenario.process}.bpmn").is_file():
            return Played(
                scenario.process, scenario.name, (Difference("no_such_process", {"process": scenario.process}),)
            )
        return Play(scenario, lambda: definitions.read_package(directory, scenario.process), drawn_in(directory)).run()


def drawn_in(directory: Path) -> Callable[[str], definitions.Package | None]:
    """Return what finds a process that is begun beside another, where it is drawn in a directory."""
    return lambda key: definitions.read_package(directory, key) if (directory / f"{key}.bpmn").is_file() else None


def play_on(
    scenario: Scenario, package: definitions.Package, beside: Mapping[str, definitions.Package] | None = None
) -> Played:
    """Play one scenario on a package, such as a draft's, in a database of its own; nothing of it survives.

    What it begins is what is in force, unless `beside` has it under its key.
    """
    packages = {**in_force(package), **(beside or {})}
    with scratch():
        return Play(scenario, lambda: package, packages.get).run()


def coverage(directory: Path, played: Iterable[Played], keys: Iterable[str] = ()) -> list[Coverage]:
    """Return, per process, the flows that no play took."""
    flows_by_process: dict[str, set[str]] = {}
    for play in played:
        for process, flow in play.flows:
            flows_by_process.setdefault(process, set()).add(flow)
    chosen_keys = set(keys)
    names = [path.stem for path in sorted(directory.glob("*.bpmn")) if not chosen_keys or path.stem in chosen_keys]
    return [_coverage(directory, key, flows_by_process.get(key, set())) for key in names]


def _coverage(directory: Path, key: str, flows_taken: set[str]) -> Coverage:
    flows = definitions.Definition(definitions.read_package(directory, key)).flows
    return Coverage(key, len(flows), tuple(flow for flow in flows if flow not in flows_taken))
