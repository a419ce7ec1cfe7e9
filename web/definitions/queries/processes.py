"""Processes as their pages show them: versions with running cases, drafts, who published, what was recorded, how the process is doing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select

from models.base import session
from models.definition import DefinitionDraft, ProcessDefinition
from models.instance import ProcessInstance
from models.states import CaseState
from models.user_task import UserTask
from web.definitions.queries import running_cases

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Version:
    """One published version and how many cases run on it: those of its own, and `called` that other processes have called it for."""

    id: int
    key: str
    number: int
    published_at: datetime
    published_by: str
    approved_by: str
    note: str
    running: int
    called: int = 0


@dataclass(frozen=True)
class Card:
    """A process on the listing: its newest version, former versions that cases still run on, and its draft."""

    newest: Version
    former: list[Version] = field(default_factory=list)
    draft: DefinitionDraft | None = None

    @property
    def running(self) -> int:
        """Running cases on all versions."""
        return self.newest.running + sum(version.running for version in self.former)

    @property
    def called(self) -> int:
        """How many of them are cases of another process, which has called this one."""
        return self.newest.called + sum(version.called for version in self.former)


@dataclass(frozen=True)
class Figures:
    """How a process is doing: running, of these called by other processes and late; and of those closed lately that went through it how many were late."""

    running: int
    called: int
    late: int
    closed: int
    closed_late: int


def cards() -> list[Card]:
    """Return every published process by key."""
    drafts = {row.key: row for row in session().scalars(select(DefinitionDraft))}
    grouped: dict[str, list[Version]] = {}
    for version in _versions():
        grouped.setdefault(version.key, []).append(version)
    return [
        Card(versions[0], [version for version in versions[1:] if version.running], drafts.get(key))
        for key, versions in sorted(grouped.items())
    ]


def new_drafts() -> list[DefinitionDraft]:
    """Return drafts of processes that have no version yet."""
    published = select(ProcessDefinition.key)
    query = select(DefinitionDraft).where(DefinitionDraft.key.not_in(published)).order_by(DefinitionDraft.key)
    return list(session().scalars(query))


def versions(key: str, called: running_cases.Called | None = None) -> list[Version]:
    """Return the versions of a process, newest first; `called` are the cases inside each called process, where they were read already."""
    return _versions(key, called)


def _versions(key: str = "", called: running_cases.Called | None = None) -> list[Version]:
    active = and_(ProcessInstance.definition_id == ProcessDefinition.id, ProcessInstance.state == CaseState.ACTIVE)
    columns = (
        ProcessDefinition.id,
        ProcessDefinition.key,
        ProcessDefinition.version,
        ProcessDefinition.published_at,
        ProcessDefinition.published_by,
        func.coalesce(ProcessDefinition.approved_by, ""),
        ProcessDefinition.note,
    )
    count = select(func.count()).select_from(ProcessInstance).where(active).correlate(ProcessDefinition)
    query = select(*columns, count.scalar_subquery()).order_by(ProcessDefinition.version.desc())
    if key:
        query = query.where(ProcessDefinition.key == key)
    inside = running_cases.called() if called is None else called
    return [
        _with_called(Version(*row), len(inside.get(row.key, {}).get(row.version, ())))
        for row in session().execute(query)
    ]


def _with_called(version: Version, cases_called: int) -> Version:
    return replace(version, running=version.running + cases_called, called=cases_called)


def figures(key: str, now: datetime, called: running_cases.Called | None = None) -> Figures:
    """Return the numbers at the top of a process page; `called` as in `versions`."""
    by_version = (running_cases.called() if called is None else called).get(key, {})
    inside = {case for cases in by_version.values() for case in cases}
    of_key, case = ProcessInstance.key == key, ProcessInstance
    passed = select(UserTask.instance_id).where(UserTask.process_key == key)
    closed = and_(or_(of_key, case.id.in_(passed)), case.state == CaseState.COMPLETED, case.ended_at > now - LATELY)
    running = select(func.count(), func.count().filter(case.overdue)).where(of_key, case.state == CaseState.ACTIVE)
    own, own_late = session().execute(running).one()
    late = session().scalars(select(case.id).where(case.state == CaseState.ACTIVE, case.overdue)) if inside else ()
    over, over_late = session().execute(select(func.count(), func.count().filter(case.overdue)).where(closed)).one()
    return Figures(own + len(inside), len(inside), own_late + len(inside & set(late)), over, over_late)
