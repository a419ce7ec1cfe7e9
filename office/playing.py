"""Scenarios played on a draft by the office itself: queued, carried on whether anybody looks or not, and begun again where it stopped after a restart.

How far it is stands in the outcomes themselves, which are kept one by one with the fingerprint of what was played; see office.publication.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, delete, select

import engine
from models.base import session, transaction
from models.definition import DefinitionDraft
from models.job import Job
from office import drafts, publication

TOPIC = "drafts/play_scenarios"


def begin(key: str, *, again: bool, at: datetime) -> None:
    """Queue the playing of what has not been played on the draft; `again`: of every scenario. What is queued already goes on.

    Errors: UnknownProcess when the draft is not stored.
    """
    with transaction():
        if session().get(DefinitionDraft, key, with_for_update=True) is None:
            raise engine.UnknownProcess(process=key)
        if state(key) == "queued":
            return
        if again:
            publication.forget_plays(key)
        session().execute(delete(Job).where(*_of(key)))
        engine.enqueue(TOPIC, {"key": key}, key=f"{_prefix(key)}{at:%Y%m%dT%H%M%S%f}", at=at)


def state(key: str) -> str:
    """queued while scenarios of the draft are being played or wait for it, failed when that was given up, done, or empty when nobody asked."""
    return session().scalar(select(Job.state).where(*_of(key)).order_by(Job.id.desc()).limit(1)) or ""


def _prefix(key: str) -> str:
    return f"play:{key}:"


def _of(key: str) -> tuple[ColumnElement[bool], ...]:
    return Job.topic == TOPIC, Job.key.startswith(_prefix(key), autoescape=True)


def carry_on(key: str, directory: Path, now: Callable[[], datetime]) -> None:
    """Play one scenario after the other on the draft as it is saved then, until none is left, or the draft is gone or cannot be executed."""
    checked, left = "", 0
    while True:
        draft = drafts.find(key)
        if not draft.revision:
            return
        if draft.sha256 != checked:
            checked, left = draft.sha256, 0
            if publication.problems(draft):
                return
        before, left = left, _play_one(draft, directory, now())
        if not left or left == before:
            return


def _play_one(draft: drafts.Draft, directory: Path, at: datetime) -> int:
    """How many are left; none when the draft has gone meanwhile."""
    try:
        return publication.play(draft, directory, at=at, most=1)
    except engine.UnknownProcess:
        return 0
