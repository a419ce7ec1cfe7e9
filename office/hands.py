"""Through whose hands a draft has gone, as the history of its process tells it; and who is left to approve it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from engine import record
from engine.published import DefinitionStep
from models.base import session
from models.identity import User, UserRole

OWNER = "owner"
SAVED, DISCARDED, RETURNED, SUBMITTED = "draft_saved", "draft_discarded", "draft_returned", "draft_submitted"
APPROVED, PUBLISHED = "draft_approved", "definition_published"


@dataclass(frozen=True)
class Done:
    """One thing that was done with a draft: `step` as engine.record.steps lists them."""

    by: str
    at: datetime
    step: DefinitionStep

    @property
    def type(self) -> str:
        """The type of the step."""
        return self.step["type"]

    @property
    def reason(self) -> str:
        """Why the draft was given back; empty for anything else."""
        return self.step["reason"] if self.step["type"] == "draft_returned" else ""


def _all(key: str) -> list[Done]:
    """Return everything that was done with a process definition, oldest first. Errors: BrokenChain."""
    return [
        Done(entry.actor, entry.at, step)
        for entry in record.read_history("definition", key)
        for step in cast(list[DefinitionStep], entry.steps)
    ]


def since_begun(key: str) -> list[Done]:
    """Return what was done with the draft of a process since it was begun, oldest first."""
    acts = _all(key)
    starts = [number for number, act in enumerate(acts) if _begins(act.step)]
    return acts[starts[-1] :] if starts else acts


def _begins(step: DefinitionStep) -> bool:
    return step["type"] == "draft_discarded" or (step["type"] == "draft_saved" and bool(step.get("begun")))


def savers(key: str) -> list[str]:
    """Return everybody who has saved the draft since it was begun, in the order of their first saving."""
    return list(dict.fromkeys(act.by for act in since_begun(key) if act.type == SAVED))


def changers(key: str, contents: str) -> list[str]:
    """Return those of them whose changes were not all taken back by themselves; `contents`: the fingerprint of the draft as it is now.

    What somebody took over and what they left, to the next or until now, are the same where nothing of theirs remains.
    """
    turns: list[tuple[str, str | None]] = []
    for act in since_begun(key):
        if act.step["type"] == "draft_saved" and (not turns or turns[-1][0] != act.by):
            turns.append((act.by, act.step.get("took_over")))
    contents_after = [*(took_over for _, took_over in turns[1:]), contents]
    changed = [
        by for (by, took_over), after in zip(turns, contents_after, strict=True) if not took_over or took_over != after
    ]
    return list(dict.fromkeys(changed))


def submitted_with(key: str) -> list[str]:
    """Return the processes whose drafts were submitted together with this one, its own among them, in the order of publication; none when it was by itself."""
    handed_over = [act.step for act in since_begun(key) if act.step["type"] == "draft_submitted"]
    return list(handed_over[-1].get("together") or ()) if handed_over else []


def asked_back(key: str) -> int:
    """Return the former version whose content the draft was made of when it was asked back into force; 0 when it was not."""
    requests = [act.step for act in since_begun(key) if act.step["type"] == "draft_submitted"]
    return next((step["restores"] for step in requests if step.get("restores")), 0)


def last_return(key: str) -> Done | None:
    """Return who gave the draft back and why (`reason`); None when it was not, or has been submitted again."""
    turns = [act for act in _all(key) if act.type in (RETURNED, SUBMITTED, PUBLISHED, DISCARDED)]
    return turns[-1] if turns and turns[-1].type == RETURNED else None


def last_end(key: str) -> Done | None:
    """Return how the last draft of a process ended: published (`version`) or discarded; None when none did."""
    ended = [act for act in _all(key) if act.type in (PUBLISHED, DISCARDED)]
    return ended[-1] if ended else None


def last_revision(key: str) -> int:
    """Return the last revision that the history knows of; the next draft goes on from there, so that no two have the same."""
    return max((_revision(act.step) for act in _all(key)), default=0)


def _revision(step: DefinitionStep) -> int:
    return 0 if step["type"] == "definition_published" else step.get("revision") or 0


def same_people(logins: Collection[str]) -> set[str]:
    """Return these log-ins and all others of the same people, who are told apart by their employee numbers."""
    number = select(User.employee_number).where(User.name.in_(logins), User.employee_number.is_not(None))
    return {*logins, *session().scalars(select(User.name).where(User.employee_number.in_(number)))}


def left_to_approve(authors: Collection[str]) -> list[str]:
    """Return the log-ins of the process owners who have no hand in it, by name."""
    return [name for name, may_approve in owners(authors).items() if may_approve]


def owners(authors: Collection[str]) -> dict[str, bool]:
    """Return the log-ins of the process owners, by name, each with whether they are none of these people."""
    author, person = aliased(User), User
    is_author = exists().where(author.name.in_(authors), author.employee_number == person.employee_number)
    query = select(person.name, is_author).join(UserRole, UserRole.user == person.name)
    rows = session().execute(query.where(UserRole.role == OWNER, person.active)).all()
    return {name: not (same_number or name in authors) for name, same_number in sorted(rows)}
