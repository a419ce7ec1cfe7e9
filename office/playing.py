"""Scenarios played on a draft, or on several as a whole, by the office itself: queued, carried on whether anybody looks or not, and begun again where it stopped after a restart.

How far it is stands in the outcomes themselves, which are kept one by one with the fingerprint of what was played; see office.publication and office.joint_publication.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, delete, select

import engine
from engine import published, running
from models.base import session, transaction
from models.definition import DefinitionDraft
from models.job import Job
from models.states import JobState
from office import drafts, joint_publication, publication
from office.drafts import Draft
from office.joint_publication import Joint

TOPIC = "drafts/play_scenarios"
APART = ","  # no key of a process holds one


def begin(*keys: str, again: bool, at: datetime) -> None:
    """Queue the playing of what has not been played on the draft of a process, or on those of several as a whole; `again`: of every scenario.

    What is queued already goes on. Errors: UnknownProcess when one of the drafts is not stored.
    """
    with transaction():
        for key in sorted(keys):
            if session().get(DefinitionDraft, key, with_for_update=True) is None:
                raise published.UnknownProcess(process=key)
        if state(*keys) == JobState.QUEUED:
            return
        for key in keys if again else ():
            publication.forget_plays(key)
        session().execute(delete(Job).where(*_of(keys)))
        running.enqueue(TOPIC, {"key": APART.join(keys)}, key=f"{_prefix(keys)}{at:%Y%m%dT%H%M%S%f}", at=at)


def state(*keys: str) -> str:
    """Say queued while scenarios of these drafts are being played or wait for it, failed when that was given up, done, or empty when nobody asked."""
    return session().scalar(select(Job.state).where(*_of(keys)).order_by(Job.id.desc()).limit(1)) or ""


def _prefix(keys: Sequence[str]) -> str:
    """Return the prefix of the key of a job, which has room for one process and not for every number of them."""
    identifier = keys[0] if len(keys) == 1 else hashlib.sha256(APART.join(sorted(keys)).encode()).hexdigest()
    return f"play:{identifier}:"


def _of(keys: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return Job.topic == TOPIC, Job.key.startswith(_prefix(keys), autoescape=True)


def carry_on(key: str, directory: Path, now: Callable[[], datetime]) -> None:
    """Play one scenario after the other on what is saved then, until none is left, or a draft is gone or cannot be executed; `key` as `begin` queued it."""
    checked, remaining = "", 0
    while True:
        stored = _stored(key.split(APART))
        if stored is None:
            return
        if stored.sha256 != checked:
            checked, remaining = stored.sha256, 0
            if _is_blocked(stored):
                return
        before, remaining = remaining, _play_one(stored, directory, now())
        if not remaining:
            return
        if remaining == before:
            raise engine.Corrupt(process=key, left=remaining)  # an outcome was kept that cannot be read back


def _stored(keys: Sequence[str]) -> Draft | Joint | None:
    """Return the draft, or several as a whole; None when one of them is gone."""
    try:
        stored = drafts.find(keys[0]) if len(keys) == 1 else joint_publication.find(keys)
    except published.UnknownProcess:
        return None
    return stored if isinstance(stored, Joint) or stored.revision else None


def _is_blocked(stored: Draft | Joint) -> bool:
    if isinstance(stored, Joint):
        return any(joint_publication.problems(stored).values())
    return bool(publication.problems(stored))


def _play_one(stored: Draft | Joint, directory: Path, at: datetime) -> int:
    """Play one scenario; returns how many are left, none when a draft has gone meanwhile."""
    try:
        if isinstance(stored, Joint):
            return joint_publication.play(stored, directory, at=at, most=1)
        return publication.play(stored, directory, at=at, most=1)
    except published.UnknownProcess:
        return 0
