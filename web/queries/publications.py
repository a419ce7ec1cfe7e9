"""What was done with a process definition, as sentences: submitted, given back, approved, published, asked back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never, cast

from flask_babel import gettext

from engine import record
from engine.published import DefinitionStep, DraftApproved, DraftSaved, DraftSubmitted
from service_tasks.zone import ZONE
from web.telling import names

FIRST = "first installation"


@dataclass(frozen=True)
class Line:
    """One thing that was done, by whom and why."""

    at: datetime
    by: str
    text: str
    why: str


def entries(key: str) -> list[record.Entry]:
    """Return the history of a definition as it was recorded. Errors: BrokenChain."""
    return list(record.read_history("definition", key))


def lines(entries: Iterable[record.Entry]) -> list[Line]:
    """Return the history of a definition in sentences, newest first."""
    listing = [
        Line(entry.at, entry.actor, text(step), said(_why(step)))
        for entry in entries
        for step in cast(list[DefinitionStep], entry.steps)
    ]
    return list(reversed(listing))


def _why(step: DefinitionStep) -> str:
    match step["type"]:
        case "draft_submitted" | "definition_published":
            return step["note"]
        case "draft_returned":
            return step["reason"]
        case "draft_saved" | "draft_discarded" | "draft_approved":
            return ""
        case _:
            assert_never(step)


def said(note: str) -> str:
    """Return why a version was published; what the set-up of an office writes there is in the language of the page."""
    return str(gettext("first installation")) if note == FIRST else note


def known_of_versions(entries: Iterable[record.Entry]) -> dict[int, list[str]]:
    """Return version → what its history says beside its reason: whose content it is, and what was of_version when it was approved."""
    notes: dict[int, list[str]] = {}
    approved: DraftApproved | None = None
    approvers: dict[int, str] = {}
    for entry in entries:
        for step in cast(list[DefinitionStep], entry.steps):
            if step["type"] == "draft_approved":
                approved = step
            elif step["type"] == "definition_published":
                former = step.get("restores") or 0
                approvers[step["version"]] = step.get("approved_by") or approvers.get(former, "")
                of_version = [*notes.get(former, ()), *_restored(former, approvers)] if former else _known(approved)
                notes[step["version"]] = of_version
                approved = None
    return notes


def _restored(former: int, approvers: dict[int, str]) -> list[str]:
    approver = approvers.get(former, "")
    if not approver:
        return [gettext("as version %(n)s, which nobody approved", n=former)]
    return [gettext("as version %(n)s, which %(who)s approved", n=former, who=names.person_name(approver))]


def _known(approved: DraftApproved | None) -> list[str]:
    if approved is None:
        return []
    differing, warnings = len(approved.get("differing") or ()), approved.get("warnings") or 0
    authors = approved.get("authors") or []
    notes = [gettext("drawn by %(list)s", list=_people(authors))] if len(authors) > 1 else []
    if differing:
        notes.append(gettext("%(n)s scenarios differed from what was agreed", n=differing))
    if warnings:
        notes.append(gettext("%(n)s warnings stood beside it", n=warnings))
    return notes


def text(step: DefinitionStep) -> str:
    """Tell in a sentence what was done with the definition."""
    if step["type"] == "definition_published":
        if step.get("restores"):
            return gettext(
                "Version %(version)s published: the content of version %(former)s again",
                version=step["version"],
                former=step["restores"],
            )
        return gettext("Version %(version)s published", version=step["version"])
    if step["type"] == "draft_saved":
        return _saved(step)
    if step["type"] == "draft_discarded":
        return str(gettext("Draft discarded"))
    if step["type"] == "draft_returned":
        return str(gettext("Draft given back"))
    return _checked(step)


def _checked(step: DraftSubmitted | DraftApproved) -> str:
    approves = step["type"] == "draft_approved"
    sentence = _put_forward(step.get("restores") or 0, approves=approves)
    differing, warnings = len(step.get("differing") or ()), step.get("warnings")
    authors = step.get("authors") or () if step["type"] == "draft_approved" else ()
    if differing:
        sentence = gettext(
            "%(said)s; %(n)s scenarios differ from what was agreed, as meant", said=sentence, n=differing
        )
    if warnings:
        sentence = gettext("%(said)s; with %(n)s warnings", said=sentence, n=warnings)
    if len(authors) > 1:
        sentence = gettext("%(said)s; drawn by %(list)s", said=sentence, list=_people(authors))
    return sentence


def _put_forward(former: int, *, approves: bool) -> str:
    """Return what was submitted or approved: a draft, or the content of a former version."""
    if former and approves:
        return gettext("Approved: version %(n)s again", n=former)
    if former:
        return gettext("Version %(n)s asked back, submitted for approval", n=former)
    return str(gettext("Draft approved") if approves else gettext("Draft submitted for approval"))


def _people(logins: Sequence[str]) -> str:
    return gettext(", ").join(map(names.person_name, logins))


def _saved(step: DraftSaved) -> str:
    """Return a saving that is told: the draft was begun, came into other hands, was taken back, or lost what another had saved."""
    sentence = gettext("Draft begun") if step.get("begun") else gettext("Draft saved")
    if step.get("withdrawn"):
        person = names.person_name(step["withdrawn"])
        sentence = gettext("%(said)s; withdrawn by saving: %(who)s had submitted it", said=sentence, who=person)
    if step.get("instead"):
        person, at = names.person_name(step["saved_by"]), f"{step['saved_at'].astimezone(ZONE):%Y-%m-%d %H:%M}"
        files = gettext(", ").join(step["instead"])
        sentence = gettext(
            "%(said)s; what %(who)s had saved at %(time)s was overwritten in %(list)s",
            said=sentence, who=person, time=at, list=files,
        )  # fmt: skip
    return sentence
