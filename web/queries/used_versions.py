"""Which versions a case runs on, of the process itself and of those it called, and which versions of called processes a new version took up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

import engine
from models.base import session
from models.definition import ProcessDefinition
from web.queries import names


@dataclass(frozen=True)
class Used:
    """A process with the version that is used, and the one in force; 0 for a version that was never published by itself."""

    key: str
    name: str
    version: int
    newest: int


@dataclass(frozen=True)
class TakenUp:
    """A called process whose content came to be that of another version."""

    key: str
    name: str
    before: int
    after: int


def of_case(definition: engine.Definition, processes: Iterable[str]) -> list[Used]:
    """The versions behind a case that went through some processes, its own first."""
    called = sorted(set(processes) - {definition.key})
    own = Used(definition.key, names.process_name(definition.key), definition.version, _newest(definition.key))
    found = [Used(k, names.process_name(k), version_in(definition.package, k), _newest(k)) for k in called]
    return [own, *found]


def taken_up(old: engine.Package, new: engine.Package) -> list[TakenUp]:
    """Called processes that another version of is in `new` than was in `old`."""
    both = sorted(set(old.processes) & set(new.processes) - {new.key})
    found = [TakenUp(key, names.process_name(key), version_in(old, key), version_in(new, key)) for key in both]
    return [one for one in found if one.before != one.after]


def _newest(key: str) -> int:
    return next(iter(_numbers(key)), 0)


def _numbers(key: str) -> list[int]:
    query = select(ProcessDefinition.version).where(ProcessDefinition.key == key)
    return list(session().scalars(query.order_by(ProcessDefinition.version.desc())))


def version_in(package: engine.Package, key: str) -> int:
    """The newest version of a called process whose own files are those in the package; 0 when none is."""
    for number in _numbers(key):
        published = engine.definition(key, number).package
        if all(package.files.get(name) == published.files[name] for name in engine.own_files(published)):
            return number
    return 0
