"""A former version asked back into force: its files become a draft that is submitted at once, so that a second owner decides, as about any other."""

from __future__ import annotations

from datetime import datetime

import engine
import engine.published
from engine.definitions import Package
from models.base import transaction
from office import drafts, playing, publication
from office.drafts import Draft


def ask(key: str, version: int, *, reason: str, by: engine.Actor, at: datetime) -> Draft:
    """Submit the content of a former version for approval, saying why; the office begins to play its scenarios. What it calls stays as it is in force.

    Shape:  no scenario has been played yet: whoever approves does so when all have been, and says whether differences are meant.
    Errors: NotAnOwner, UnknownProcess, NoReason, StaleDraft when a draft is open, UnusableFile, InvalidDefinition, NothingChanged, NobodyToApprove.
    """
    drafts.check_owner(by)
    former, note = engine.published.current(key, version).package, publication.reason_of(reason)
    _check_open(key)
    drafts.problems(_as_draft(key, former))  # what is checked again under the lock is then known and holds nobody up
    with transaction():
        saved = publication.draft_from_files(key, former, by=by, at=at)
        row, draft = publication.locked(key, saved.revision)
        publication.check(draft)
        publication.hand_over(row, draft, note=note, by=by, at=at, restores={"restores": version})
        playing.begin(key, again=False, at=at)
    return drafts.find(key)


def _check_open(key: str) -> None:
    """Check that nobody has a draft of the process. Errors: StaleDraft when somebody has."""
    draft = drafts.find(key)
    if draft.revision:
        raise drafts.StaleDraft(process=key, saved_by=draft.saved_by, saved_at=draft.saved_at, revision=draft.revision)


def _as_draft(key: str, former: Package) -> Package:
    return engine.definitions.completed_package(
        Package(key=key, files=drafts.own_contents(former)), engine.published.newest_package
    )
