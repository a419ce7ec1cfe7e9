"""The reference pages that are lists: processes, service tasks, settings, errors, steps of history, commands."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from importlib import import_module
from types import ModuleType

from marshmallow import Schema

import engine
import office
import service_tasks
import web
from engine import Definition, handlers, steps
from web import config
from web.commands.listing import COMMANDS
from web.commands.reference.markdown import code, table

PACKAGES: tuple[ModuleType, ...] = (engine, service_tasks, office, web)
KINDS = (
    (engine.NotFound, 404),
    (engine.NotPermitted, 403),
    (engine.Conflict, 409),
    (engine.Invalid, 422),
    (engine.Corrupt, 500),
)


def processes_page(definitions: dict[str, Definition]) -> str:
    """The list of process pages."""
    rows = [
        [
            f"[{key}](processes/{key}.md)",
            one.name,
            str(one.english.get(key, {}).get("", "")),
            ", ".join(one.package.processes[1:]),
        ]
        for key, one in definitions.items()
    ]
    return "# Processes\n\n" + table(("key", "name", "in English", "calls, directly or not"), rows)


def service_tasks_page() -> str:
    """Every service task with parameters, result and refusals."""
    sections = [_service_task(topic, one) for topic, one in sorted(handlers.registered().items())]
    return "# Service tasks\n\n" + "\n".join(sections)


def _service_task(topic: str, handler: handlers.Handler) -> str:
    refusals = ", ".join(map(_refusal, handler.about.items())) or "none"
    where = "reaches outside, as a job" if handler.outside else "in the commit of the step"
    about = (inspect.getdoc(handler.function) or "").split("\n\n")[0]
    return "\n".join(
        [
            f"## {topic}\n",
            f"{handler.title_zh} · {handler.title_en}. {about}\n",
            f"Manual: {handler.manual_ref or 'none'}. Runs {where}. Refusals: {refusals}.\n",
            table(("parameter", "中文", "type", "unit", "when left out"), _schema(handler.parameters)),
            table(("result", "中文", "type", "unit", ""), _schema(handler.result)),
        ]
    )


def _schema(schema: type[Schema]) -> Iterable[list[str]]:
    for name, field in schema().fields.items():
        about = field.metadata
        personal = ", personal" if about.get("personal") else ""
        default = field.load_default
        shown = str(default) if not field.required and isinstance(default, str | int | float) else ""
        yield [
            f"{code(name)} {about.get('en', '')}".strip(),
            str(about.get("zh", "")),
            type(field).__name__.lower() + personal,
            str(about.get("unit", "")),
            shown,
        ]


def _refusal(declared: tuple[str, tuple[str, ...]]) -> str:
    """A code, and the parameters at whose fields it is told."""
    name, about = declared
    return f"{code(name)} (about {', '.join(map(code, about))})" if about else code(name)


def errors_page() -> str:
    """Every error a verb may raise: what API clients find under `code`."""
    rows = [[code(one.__name__), str(_status(one)), (inspect.getdoc(one) or "").splitlines()[0]] for one in _errors()]
    return "# Errors\n\n" + table(("code", "status", "meaning"), rows)


def _errors() -> list[type[engine.EngineError]]:
    """The classes of all packages, by name; every module is imported, so that none is missed."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                import_module(module.name)
    kinds = {kind for kind, _ in KINDS}
    return sorted(set(_below(engine.EngineError)) - kinds, key=lambda one: one.__name__)


def _below(error: type[engine.EngineError]) -> Iterator[type[engine.EngineError]]:
    for one in error.__subclasses__():
        yield one
        yield from _below(one)


def _status(error: type[engine.EngineError]) -> int:
    return next((status for kind, status in KINDS if issubclass(error, kind)), 500)


def history_page() -> str:
    """The steps that a history entry may hold."""
    rows = [[code(name), said] for name, said in steps.STEPS.items()]
    return "# Steps of history\n\n" + table(("step", "fields"), rows)


def commands_page() -> str:
    """The commands of ./desk."""
    rows = [[code(f"./desk {name}"), summary] for name, (_, summary) in COMMANDS.items()]
    return "# Commands\n\n" + table(("command", "what it does"), rows)


def settings_page() -> str:
    """What an office can be configured with, all of it by the environment."""
    rows = [[code(name), default, about] for name, (default, about) in config.SETTINGS.items()]
    return "# Settings\n\n" + table(("variable", "when it is not set", "what it says"), rows)
