"""Through whose hands a draft has gone, as the history of its process tells it; and who is left to approve it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

import engine
from models.base import session
from models.identity import User, UserRole

OWNER = "owner"
SAVED, DISCARDED, RETURNED, SUBMITTED = "draft_saved", "draft_discarded", "draft_returned", "draft_submitted"
APPROVED, PUBLISHED = "draft_approved", "definition_published"


@dataclass(frozen=True)
class Done:
    """One thing that was done with a draft: `step` as engine.steps lists them."""

    by: str
    at: datetime
    step: dict[str, Any]

    @property
    def type(self) -> str:
        """The type of the step."""
        return str(self.step["type"])


def _all(key: str) -> list[Done]:
    """Everything that was done with a process definition, oldest first. Errors: BrokenChain."""
    return [
        Done(entry.actor, entry.at, step) for entry in engine.read_history("definition", key) for step in entry.steps
    ]


def since_begun(key: str) -> list[Done]:
    """What was done with the draft of a process since it was begun, oldest first."""
    found = _all(key)
    begun = [number for number, one in enumerate(found) if one.step.get("begun") or one.type == DISCARDED]
    return found[begun[-1] :] if begun else found


def savers(key: str) -> list[str]:
    """Everybody who has saved the draft since it was begun, in the order of their first saving."""
    return list(dict.fromkeys(one.by for one in since_begun(key) if one.type == SAVED))


def last_return(key: str) -> Done | None:
    """Who gave the draft back and why (`reason`); None when it was not, or has been submitted again."""
    said = [one for one in _all(key) if one.type in (RETURNED, SUBMITTED, PUBLISHED, DISCARDED)]
    return said[-1] if said and said[-1].type == RETURNED else None


def last_end(key: str) -> Done | None:
    """How the last draft of a process ended: published (`version`) or discarded; None when none did."""
    ended = [one for one in _all(key) if one.type in (PUBLISHED, DISCARDED)]
    return ended[-1] if ended else None


def last_revision(key: str) -> int:
    """The last revision that the history knows of; the next draft goes on from there, so that no two have the same."""
    return max((int(one.step.get("revision") or 0) for one in _all(key)), default=0)


def same_people(logins: Collection[str]) -> set[str]:
    """These log-ins and all others of the same people, who are told apart by their employee numbers."""
    number = select(User.employee_number).where(User.name.in_(logins), User.employee_number.is_not(None))
    return {*logins, *session().scalars(select(User.name).where(User.employee_number.in_(number)))}


def left_to_approve(authors: Collection[str]) -> list[str]:
    """The log-ins of the process owners who have no hand in it, by name."""
    return sorted(name for name in _owners() if name not in same_people(authors))


def _owners() -> Iterator[str]:
    query = select(User.name).join(UserRole, UserRole.user == User.name).where(UserRole.role == OWNER, User.active)
    return iter(session().scalars(query).all())
