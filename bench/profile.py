"""Where the CPU time of a completion goes, in process and in a request: which part of the program, and which functions. Shares, because the profiler itself costs time."""

from __future__ import annotations

import cProfile
import pstats
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextvars import Context
from dataclasses import asdict, dataclass
from functools import partial
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask
from werkzeug.test import TestResponse

from bench import commands, completion, workloads
from bench.databases import Place
from bench.premises import founded
from bench.serving import csrf_token
from cli.database import open_office
from models.base import end_session

ROOT = Path(__file__).parents[1]
WARM, TIMES, MOST_SHOWN = 60, 600, 25
LEAST_SHARE, REST = 0.005, "Python and the rest"
OF_DATA = (
    "SpiffWorkflow",
    "sqlalchemy",
    "flask_sqlalchemy",
    "marshmallow",
    "psycopg",
    "psycopg_binary",
    "cryptography",
)
OF_THE_WEB = ("flask", "werkzeug", "itsdangerous", "flask_login", "flask_wtf", "flask_babel", "babel")
THEIRS = (*OF_DATA, *OF_THE_WEB)
DRIVERS = ("sqlite3.", "psycopg")
PASSWORD = "cleo-reception-desk"
Function = tuple[str, int, str]
Completion = Callable[[int], int | None]
Watch = Callable[[Callable[..., Any]], Callable[..., Any]]


@dataclass(frozen=True)
class Line:
    """A part of the program or a function: its share of the CPU time of all completions, and how often it is called in one."""

    what: str
    share: float
    calls: float


class Profiled(NamedTuple):
    """Parts and functions by their own time over whole cases of the benchmark process, the most first."""

    parts: list[Line]
    functions: list[Line]

    def document(self) -> dict[str, Any]:
        """Return the same as JSON has it."""
        return {
            "parts": [asdict(part) for part in self.parts],
            "functions": [asdict(function) for function in self.functions],
        }


def completing(place: Place) -> dict[str, Profiled]:
    """Profile a completion by the verb alone, and the request that does it with login, CSRF token and redirect."""
    with founded(place, workloads.benchmark()):
        app = open_office(commands.environment(place))
        return {"a completion": _profiled(_verb), "its request": _profiled(partial(_request, app))}


def _profiled(prepare: Callable[[Watch], Completion]) -> Profiled:
    profile, calls = cProfile.Profile(time.process_time), count()

    def watch(function: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: object) -> object:
            if next(calls) < WARM:
                return function(*arguments)
            profile.enable()
            try:
                return function(*arguments)
            finally:
                profile.disable()

        return watched

    complete, task = prepare(watch), None
    for _ in range(WARM + TIMES):
        task = task or completion.start("BENCH")
        end_session()
        task = complete(task)
    stats: Mapping[Function, Any] = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    return Profiled(_lines(_by_part(stats), stats), _lines(_by_function(stats), stats)[:MOST_SHOWN])


def _verb(watch: Watch) -> Completion:
    return watch(completion.finish)


def _request(app: Flask, watch: Watch) -> Completion:
    """Return what posts a form as a browser does; what is watched is the application, not the one who asks it."""
    browser, token = app.test_client(), {"csrf_token": ""}
    token["csrf_token"] = csrf_token(_apart(browser.get, "/login").text)
    _apart(browser.post, "/login", data={"name": "cleo", "password": PASSWORD, **token})
    token["csrf_token"] = csrf_token(_apart(browser.get, "/tasks").text)
    at_login = browser.get_cookie("session")
    assert at_login is not None
    app.wsgi_app = watch(app.wsgi_app)  # type: ignore[method-assign]

    def complete(task: int) -> int | None:
        browser.set_cookie("session", at_login.value)  # without the messages that no page has shown
        answer = _apart(browser.post, f"/tasks/{task}/completion", data={**workloads.ENTERED, **token})
        if answer.status_code != HTTPStatus.FOUND:
            raise RuntimeError(f"the task was not completed: {answer.status}")
        return completion.open_task(task)

    return complete


def _apart(ask: Callable[..., TestResponse], *arguments: Any, **form: Any) -> TestResponse:
    """Send a request outside the context of the office, in which requests would share what each has for itself."""
    return Context().run(partial(ask, *arguments, **form))


Spent = dict[str, tuple[float, int]]


def _by_function(stats: Mapping[Function, Any]) -> Spent:
    return {_named(function): (own, calls) for function, (_, calls, own, _, _) in stats.items()}


def _by_part(stats: Mapping[Function, Any]) -> Spent:
    """Add the time up by part: what Python does in C on behalf of a part counts as that part's; what the driver does, as the database's."""
    seconds_by_part: Counter[str] = Counter()
    for function, (_, _, own, _, callers) in stats.items():
        if function[0] != "~" or not callers:
            seconds_by_part[_part(function)] += own
        elif any(driver in function[2] for driver in DRIVERS):
            seconds_by_part["the database and its driver"] += own
        else:
            for caller, (_, _, within, _) in callers.items():
                seconds_by_part[_part(caller)] += within
    return {part: (own, 0) for part, own in _worth_a_line(seconds_by_part).items()}


def _worth_a_line(seconds_by_part: Counter[str]) -> Counter[str]:
    lines: Counter[str] = Counter()
    for part, own in seconds_by_part.items():
        lines[part if own >= LEAST_SHARE * seconds_by_part.total() else REST] += own
    return lines


def _lines(costs: Spent, stats: Mapping[Function, Any]) -> list[Line]:
    total = sum(own for _, _, own, _, _ in stats.values())
    lines = [Line(name, own / total, calls / TIMES) for name, (own, calls) in costs.items()]
    return sorted(lines, key=lambda line: line.share, reverse=True)


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
