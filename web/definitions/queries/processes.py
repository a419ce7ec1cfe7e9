"""Processes as their pages show them: versions with running cases, drafts, who published, what was recorded, how the process is doing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select

from models.base import session
from models.definition import ProcessDefinition
from models.instance import ProcessInstance
from models.states import CaseState
from models.user_task import UserTask
from office.drafts import Draft
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
    draft: Draft | None = None

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


def cards(drafts: Mapping[str, Draft]) -> list[Card]:
    """Return every published process by key, with its draft of these."""
    grouped: dict[str, list[Version]] = {}
    for version in _versions():
        grouped.setdefault(version.key, []).append(version)
    return [
        Card(versions[0], [version for version in versions[1:] if version.running], drafts.get(key))
        for key, versions in sorted(grouped.items())
    ]


def versions(key: str, inside: running_cases.Called | None = None) -> list[Version]:
    """Return the versions of a process, newest first; `inside` are the cases inside each called process, where they were read already."""
    return _versions(key, inside)


def _versions(key: str = "", inside: running_cases.Called | None = None) -> list[Version]:
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
    cases = running_cases.called() if inside is None else inside
    return [
        _with_called(Version(*row), len(cases.get(row.key, {}).get(row.version, ())))
        for row in session().execute(query)
    ]


def _with_called(version: Version, cases_called: int) -> Version:
    return replace(version, running=version.running + cases_called, called=cases_called)


def figures(key: str, now: datetime, inside: running_cases.Called | None = None) -> Figures:
    """Return the numbers at the top of a process page; `inside` as in `versions`."""
    by_version = (running_cases.called() if inside is None else inside).get(key, {})
    cases = {case for of_version in by_version.values() for case in of_version}
    of_key, case = ProcessInstance.key == key, ProcessInstance
    passed = select(UserTask.instance_id).where(UserTask.process_key == key)
    closed = and_(or_(of_key, case.id.in_(passed)), case.state == CaseState.COMPLETED, case.ended_at > now - LATELY)
    running = and_(of_key, case.state == CaseState.ACTIVE)
    late = and_(case.id.in_(cases), case.state == CaseState.ACTIVE, case.overdue)
    counts = [_counted(condition) for condition in (running, and_(running, case.overdue), late)]
    counts += [_counted(condition) for condition in (closed, and_(closed, case.overdue))]
    own, own_late, called_late, over, over_late = map(int, session().execute(select(*counts)).one())
    return Figures(own + len(cases), len(cases), own_late + called_late, over, over_late)


def _counted(condition: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(ProcessInstance).where(condition).scalar_subquery()
