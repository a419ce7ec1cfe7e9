"""Processes as their pages show them: versions with running cases, drafts, who published, what was recorded, how the process is doing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select

from models.base import session
from models.definition import DefinitionDraft, ProcessDefinition
from models.identity import User
from models.instance import ProcessInstance

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Version:
    """One published version and how many cases run on it."""

    id: int
    key: str
    number: int
    published_at: datetime
    published_by: str
    approved_by: str
    note: str
    running: int


@dataclass(frozen=True)
class Card:
    """A process on the listing: its newest version, former versions that cases still run on, and its draft."""

    newest: Version
    former: list[Version] = field(default_factory=list)
    draft: DefinitionDraft | None = None

    @property
    def running(self) -> int:
        """Running cases on all versions."""
        return self.newest.running + sum(one.running for one in self.former)


@dataclass(frozen=True)
class Figures:
    """How a process is doing: running and of these late, and of those closed lately how many were late."""

    running: int
    late: int
    closed: int
    closed_late: int


def cards() -> list[Card]:
    """Every published process by key."""
    drafts = {row.key: row for row in session().scalars(select(DefinitionDraft))}
    grouped: dict[str, list[Version]] = {}
    for one in _versions():
        grouped.setdefault(one.key, []).append(one)
    return [
        Card(found[0], [one for one in found[1:] if one.running], drafts.get(key))
        for key, found in sorted(grouped.items())
    ]


def new_drafts() -> list[DefinitionDraft]:
    """Drafts of processes that have no version yet."""
    published = select(ProcessDefinition.key)
    query = select(DefinitionDraft).where(DefinitionDraft.key.not_in(published)).order_by(DefinitionDraft.key)
    return list(session().scalars(query))


def versions(key: str) -> list[Version]:
    """The versions of a process, newest first."""
    return _versions(key)


def _versions(key: str = "") -> list[Version]:
    running = and_(ProcessInstance.definition_id == ProcessDefinition.id, ProcessInstance.state == "active")
    columns = (
        ProcessDefinition.id,
        ProcessDefinition.key,
        ProcessDefinition.version,
        ProcessDefinition.published_at,
        ProcessDefinition.published_by,
        func.coalesce(ProcessDefinition.approved_by, ""),
        ProcessDefinition.note,
    )
    count = select(func.count()).select_from(ProcessInstance).where(running).correlate(ProcessDefinition)
    query = select(*columns, count.scalar_subquery()).order_by(ProcessDefinition.version.desc())
    if key:
        query = query.where(ProcessDefinition.key == key)
    return [Version(*row) for row in session().execute(query)]


def figures(key: str, now: datetime) -> Figures:
    """The numbers at the top of a process page."""
    counted = select(func.count()).select_from(ProcessInstance).where(ProcessInstance.key == key)
    running = counted.where(ProcessInstance.state == "active")
    closed = counted.where(ProcessInstance.state == "completed", ProcessInstance.ended_at > now - LATELY)
    found = (running, running.where(ProcessInstance.overdue), closed, closed.where(ProcessInstance.overdue))
    return Figures(*(session().scalar(query) or 0 for query in found))


def people(names: Iterable[str]) -> dict[str, str]:
    """Display names by login."""
    wanted = {name for name in names if name}
    query = select(User.name, User.display_name).where(User.name.in_(wanted))
    return {row.name: row.display_name for row in session().execute(query)}
