"""Definitions by key, by row and by case: each read once in a request, and inside of_definition those of a draft or of a case's own version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flask import g
from sqlalchemy import select

import engine
import engine.definitions
import engine.published
from models.base import session
from models.definition import ProcessDefinition
from models.instance import ProcessInstance


def published(key: str) -> engine.definitions.Definition:
    """Return the newest version of a process; `UnknownProcess` when it is not published."""
    definition = newest(key)
    if definition is None:
        raise engine.published.UnknownProcess(process=key)
    return definition


@contextmanager
def of_definition(definition: engine.definitions.Definition) -> Iterator[None]:
    """Have everything inside the block called as in a definition that need not be published, such as that of a draft."""
    before = g.pop("definitions", None)
    g.definitions = dict.fromkeys(definition.processes, definition)
    try:
        yield
    finally:
        g.pop("definitions")
        if before is not None:
            g.definitions = before


def newest(key: str) -> engine.definitions.Definition | None:
    """Return the newest version of a process, all asked for at once and once in a request; None when it is not published."""
    definitions: dict[str, engine.definitions.Definition] = g.get("definitions") or {}
    return definitions[key] if key in definitions else _in_force().get(key)


def is_published(key: str) -> bool:
    """Tell whether a process has a version."""
    return key in _in_force()


def callers_of(key: str) -> list[str]:
    """Return the processes whose newest version calls this one, directly or not, by key."""
    return _in_force().callers_of(key)


def _in_force() -> engine.published.InForce:
    if "in_force" not in g:
        g.in_force = engine.published.InForce()
    in_force: engine.published.InForce = g.in_force
    return in_force


def version(definition_id: int, sha256: str = "") -> engine.definitions.Definition:
    """Return a version by its row, asked for once in a request; what a case says is said in the words of its own."""
    definitions: dict[int, engine.definitions.Definition] = g.setdefault("versions", {})
    if definition_id not in definitions:
        definitions[definition_id] = engine.published.by_id(definition_id, sha256)
    return definitions[definition_id]


def versions_of(numbers: Iterable[str | None]) -> dict[str, engine.definitions.Definition]:
    """Return the version that each of these cases runs on, by case number."""
    columns = (ProcessInstance.business_key, ProcessInstance.definition_id, ProcessDefinition.sha256)
    query = select(*columns).join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
    query = query.where(
        ProcessInstance.business_key.in_({case_number for case_number in numbers if case_number})
    ).order_by(ProcessInstance.id)
    return {number: version(id, sha256) for number, id, sha256 in session().execute(query)}
