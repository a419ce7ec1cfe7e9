"""Where the CPU time of a completion goes: which part of the program, and which functions. Shares, because the profiler itself costs time."""

from __future__ import annotations

import cProfile
import pstats
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import completion, workloads
from bench.databases import Place, office
from models.base import db

ROOT = Path(__file__).parents[1]
WARM, TIMES, MOST_SHOWN = 60, 600, 25
LEAST_SHARE, REST = 0.005, "Python and the rest"
THEIRS = ("SpiffWorkflow", "sqlalchemy", "flask_sqlalchemy", "marshmallow", "psycopg", "psycopg_binary", "cryptography")
DRIVERS = ("sqlite3.", "psycopg")
Function = tuple[str, int, str]


@dataclass(frozen=True)
class Line:
    """A part of the program or a function: its share of the CPU time of all completions, and how often it is called in one."""

    what: str
    share: float
    calls: float


def completing(place: Place) -> tuple[list[Line], list[Line]]:
    """Parts and functions by their own time over whole cases of the benchmark process, the most first."""
    with office(place, workloads.benchmark()):
        _complete(WARM, None)
        profile = cProfile.Profile(time.process_time)
        _complete(TIMES, profile)
    stats: Mapping[Function, Any] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    return _lines(_by_part(stats), stats), _lines(_by_function(stats), stats)[:MOST_SHOWN]


def document(parts: list[Line], functions: list[Line]) -> dict[str, Any]:
    """As JSON."""
    return {"parts": [asdict(one) for one in parts], "functions": [asdict(one) for one in functions]}


def _complete(times: int, profile: cProfile.Profile | None) -> None:
    task: int | None = None
    for _ in range(times):
        task = task or completion.start("BENCH")
        db.session.remove()
        if profile is not None:
            profile.enable()
        task = completion.finish(task)
        if profile is not None:
            profile.disable()


Spent = dict[str, tuple[float, int]]


def _by_function(stats: Mapping[Function, Any]) -> Spent:
    return {_named(function): (own, calls) for function, (_, calls, own, _, _) in stats.items()}


def _by_part(stats: Mapping[Function, Any]) -> Spent:
    """What Python does in C on behalf of a part counts as that part's; what the driver does, as the database's."""
    spent: Counter[str] = Counter()
    for function, (_, _, own, _, callers) in stats.items():
        if function[0] != "~" or not callers:
            spent[_part(function)] += own
        elif any(driver in function[2] for driver in DRIVERS):
            spent["the database and its driver"] += own
        else:
            for caller, (_, _, within, _) in callers.items():
                spent[_part(caller)] += within
    return {part: (own, 0) for part, own in _worth_a_line(spent).items()}


def _worth_a_line(spent: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for part, own in spent.items():
        found[part if own >= LEAST_SHARE * spent.total() else REST] += own
    return found


def _lines(spent: Spent, stats: Mapping[Function, Any]) -> list[Line]:
    total = sum(own for _, _, own, _, _ in stats.values())
    found = [Line(what, own / total, calls / TIMES) for what, (own, calls) in spent.items()]
    return sorted(found, key=lambda one: one.share, reverse=True)


def _part(function: Function) -> str:
    file = function[0]
    if _is_ours(file):
        return "/".join(Path(file).relative_to(ROOT).with_suffix("").parts[:2])
    return next((name for name in THEIRS if name in Path(file).parts), REST)


def _named(function: Function) -> str:
    file, line, name = function
    return name if file == "~" else f"{_within(file)}:{line} {name}"


def _within(file: str) -> str:
    parts = Path(file).parts
    if "site-packages" in parts:
        return "/".join(parts[parts.index("site-packages") + 1 :])
    return str(Path(file).relative_to(ROOT)) if _is_ours(file) else "/".join(parts[-2:])


def _is_ours(file: str) -> bool:
    return Path(file).is_relative_to(ROOT) and ".venv" not in Path(file).parts
