"""The reference pages that are lists: processes, service tasks, settings, errors, steps of history, commands."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NotRequired, get_args, get_origin, get_type_hints

from marshmallow import Schema

import cli
import engine
import office
import service_tasks
import tools
import web
from cli.listing import COMMANDS
from cli.output import ROOT
from engine import elements
from engine.definitions import Definition
from engine.elements import KINDS as KINDS_OF_ELEMENTS
from engine.elements import multi_instance
from engine.elements.kind import ANYWHERE, Kind
from engine.published import DefinitionStep
from engine.record import steps
from engine.record.case_steps import CaseStep
from engine.record.person_steps import PersonStep
from engine.runtime import handlers
from tools.reference_pages.markdown import code, table
from web.edge import config

PACKAGES: tuple[ModuleType, ...] = (engine, service_tasks, office, web, cli, tools)
KINDS = (
    (engine.NotFound, 404),
    (engine.NotPermitted, 403),
    (engine.Conflict, 409),
    (engine.Invalid, 422),
    (engine.Corrupt, 500),
)


def processes_page(definitions: dict[str, Definition]) -> str:
    """Return the list of process pages."""
    rows = [
        [
            f"[{key}](processes/{key}.md)",
            definition.name,
            str(definition.english.get(key, {}).get("", "")),
            ", ".join(definition.package.processes[1:]),
        ]
        for key, definition in definitions.items()
    ]
    return "# Processes\n\n" + table(("key", "name", "in English", "calls, directly or not"), rows)


def service_tasks_page() -> str:
    """Return every service task with parameters, result and refusals."""
    sections = [_service_task(topic, handler) for topic, handler in sorted(handlers.handlers_by_topic().items())]
    return "# Service tasks\n\n" + "\n".join(sections)


def _service_task(topic: str, handler: handlers.Handler) -> str:
    refusals = ", ".join(map(_refusal, handler.about.items())) or "none"
    execution = "reaches outside, as a job" if handler.outside else "in the commit of the step"
    about = (inspect.getdoc(handler.function) or "").split("\n\n")[0]
    file = Path(inspect.getfile(handler.function)).relative_to(ROOT).as_posix()
    return "\n".join(
        [
            f"## {topic}\n",
            f"{handler.title_zh} · {handler.title_en}. {about}\n",
            f"Manual: {handler.manual_ref or 'none'}. Runs {execution}. Refusals: {refusals}. In `{file}`.\n",
            table(("parameter", "中文", "type", "unit", "when left out"), _schema(handler.parameters)),
            table(("result", "中文", "type", "unit", ""), _schema(handler.result)),
        ]
    )


def _schema(schema: type[Schema]) -> Iterable[list[str]]:
    for name, field in schema().fields.items():
        about = field.metadata
        personal = ", personal" if about.get("personal") else ""
        default = field.load_default
        default_text = str(default) if not field.required and isinstance(default, str | int | float) else ""
        yield [
            f"{code(name)} {about.get('en', '')}".strip(),
            str(about.get("zh", "")),
            type(field).__name__.lower() + personal,
            str(about.get("unit", "")),
            default_text,
        ]


def _refusal(declared: tuple[str, tuple[str, ...]]) -> str:
    """Return a code, and the parameters at whose fields it is told."""
    name, about = declared
    return f"{code(name)} (about {', '.join(map(code, about))})" if about else code(name)


def errors_page() -> str:
    """Return every error a verb may raise: what API clients find under `code`."""
    rows = [
        [code(error.__name__), str(_status(error)), (inspect.getdoc(error) or "").splitlines()[0]]
        for error in _errors()
    ]
    return "# Errors\n\n" + table(("code", "status", "meaning"), rows)


def _errors() -> list[type[engine.EngineError]]:
    """Return the classes of all packages, by name; every module is imported, so that none is missed."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                import_module(module.name)
    kinds = {kind for kind, _ in KINDS}
    return sorted(set(_below(engine.EngineError)) - kinds, key=lambda error: error.__name__)


def _below(error: type[engine.EngineError]) -> Iterator[type[engine.EngineError]]:
    for subclass in error.__subclasses__():
        yield subclass
        yield from _below(subclass)


def _status(error: type[engine.EngineError]) -> int:
    return next((status for kind, status in KINDS if issubclass(error, kind)), 500)


ABOUT_STEPS = (
    "Keys and whether they may lack (`?`) are those of the types in `engine/record/case_steps.py`, `engine/record/person_steps.py` and "
    "`engine/published/definition_steps.py`; an entry says by `v` how it was written, and is of the first schema when it says nothing."
)


def history_page() -> str:
    """Return the steps that a history entry may hold."""
    shapes = {name: shape for shape in _SHAPES for name in get_args(get_type_hints(shape)["type"])}
    rows = [[code(name), _fields(shapes[name]), meaning] for name, meaning in steps.STEPS.items()]
    return f"# Steps of history\n\n{ABOUT_STEPS}\n\n" + table(("step", "fields", "what they say"), rows)


_SHAPES = (*get_args(CaseStep), *get_args(DefinitionStep), *get_args(PersonStep))


def _fields(shape: type) -> str:
    """Return the keys of a step by its type, those that may lack with a question mark."""
    hints = get_type_hints(shape, include_extras=True)
    keys = [f"{name}?" if get_origin(kind) is NotRequired else name for name, kind in hints.items() if name != "type"]
    return ", ".join(map(code, keys)) or "—"


ABOUT_ELEMENTS = (
    "What an element is and does stands in the module of its kind, in `engine/elements/`; what is not in this list is refused when a process is published. "
    "Moments are those of which the kind says something of its own (`engine/elements/kind.py`). At every element may be recorded besides: "
)
MOMENTS = ("problems", "arrive", "carry_out", "leave", "again", "retry", "settle", "take_away", "close")


def elements_page() -> str:
    """Return the elements that are executed, by BPMN type and trigger: their module, its moments, and the steps that it records."""
    kinds = {f"{type} ({trigger})" if trigger else type: kind for (type, trigger), kind in KINDS_OF_ELEMENTS.items()}
    kinds["any activity that is repeated"] = multi_instance.KIND
    rows = [[name, _module(kind), _listed(_moments(kind)), _listed(sorted(kind.steps))] for name, kind in kinds.items()]
    anywhere = _listed(sorted(ANYWHERE))
    return f"# Elements\n\n{ABOUT_ELEMENTS}{anywhere}.\n\n" + table(("element", "module", "moments", "steps"), rows)


def _moments(kind: Kind) -> list[str]:
    return [moment for moment in MOMENTS if getattr(kind, moment) is not getattr(Kind(), moment)]


def _module(kind: Kind) -> str:
    """Return the module that has this kind, as a name below `engine/elements/`."""
    modules = [import_module(module.name) for module in pkgutil.iter_modules(elements.__path__, "engine.elements.")]
    return next(code(f"{module.__name__.split('.')[-1]}.py") for module in modules if kind in _members(module))


def _members(module: ModuleType) -> list[object]:
    return [member for member in vars(module).values() if isinstance(member, Kind)]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(code, names)) or "—"


def commands_page() -> str:
    """Return the commands of ./desk."""
    rows = [[code(f"./desk {name}"), summary] for name, (_, summary) in COMMANDS.items()]
    return "# Commands\n\n" + table(("command", "what it does"), rows)


def settings_page() -> str:
    """Return what an office can be configured with, all of it by the environment."""
    rows = [[code(name), default, about] for name, (default, about) in config.SETTINGS.items()]
    return "# Settings\n\n" + table(("variable", "when it is not set", "what it says"), rows)
