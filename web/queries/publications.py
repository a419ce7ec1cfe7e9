"""What was done with a process definition, as sentences: submitted, given back, approved, published, rolled back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext

import engine
from office import hands
from web.i18n import ZONE
from web.queries import names

FIRST = "first installation"


@dataclass(frozen=True)
class Line:
    """One thing that was done, by whom and why."""

    at: datetime
    by: str
    text: str
    why: str


def lines(key: str) -> list[Line]:
    """The history of a definition, newest first. Errors: BrokenChain."""
    found = [
        Line(entry.at, entry.actor, _text(step), said(str(step.get("note") or step.get("reason") or "")))
        for entry in engine.read_history("definition", key)
        for step in entry.steps
    ]
    return list(reversed(found))


def said(note: str) -> str:
    """Why a version was published; what the set-up of an office writes there is in the language of the page."""
    return str(gettext("first installation")) if note == FIRST else note


def known_of_versions(key: str) -> dict[int, list[str]]:
    """Version → what its history says beside its reason: whose content it is, and what was known when it was approved."""
    found: dict[int, list[str]] = {}
    approved: dict[str, Any] = {}
    approvers: dict[int, str] = {}
    for entry in engine.read_history("definition", key):
        for step in entry.steps:
            if step["type"] == "draft_approved":
                approved = step
            elif step["type"] == "definition_published":
                former = step.get("restores") or 0
                approvers[step["version"]] = step.get("approved_by") or approvers.get(former, "")
                known = [*found.get(former, ()), *_restored(former, approvers)] if former else _known(approved)
                found[step["version"]] = known
                approved = {}
    return found


def _restored(former: int, approvers: dict[int, str]) -> list[str]:
    approver = approvers.get(former, "")
    if not approver:
        return [gettext("as version %(n)s, which nobody approved", n=former)]
    return [gettext("as version %(n)s, which %(who)s approved", n=former, who=names.person_name(approver))]


def _known(approved: dict[str, Any]) -> list[str]:
    differing, warnings = len(approved.get("differing") or ()), approved.get("warnings") or 0
    authors = approved.get("authors") or []
    told = [gettext("drawn by %(list)s", list=_people(authors))] if len(authors) > 1 else []
    if differing:
        told.append(gettext("%(n)s scenarios differed from what was agreed", n=differing))
    if warnings:
        told.append(gettext("%(n)s warnings stood beside it", n=warnings))
    return told


def _text(step: dict[str, Any]) -> str:
    if step["type"] == "definition_published":
        if step.get("restores"):
            return gettext(
                "Version %(version)s published: the content of version %(former)s again",
                version=step["version"],
                former=step["restores"],
            )
        return gettext("Version %(version)s published", version=step["version"])
    if step["type"] == hands.SAVED:
        return _saved(step)
    differing = len(step.get("differing") or ())
    known = {
        "draft_discarded": gettext("Draft discarded"),
        "draft_submitted": gettext("Draft submitted for approval"),
        "draft_approved": gettext("Draft approved"),
        "draft_returned": gettext("Draft given back"),
    }
    said = known.get(step["type"], step["type"])
    if differing:
        said = gettext("%(said)s; %(n)s scenarios differ from what was agreed, as meant", said=said, n=differing)
    if step.get("warnings"):
        said = gettext("%(said)s; with %(n)s warnings", said=said, n=step["warnings"])
    if len(step.get("authors") or ()) > 1:
        said = gettext("%(said)s; drawn by %(list)s", said=said, list=_people(step["authors"]))
    return said


def _people(logins: list[str]) -> str:
    return gettext(", ").join(map(names.person_name, logins))


def _saved(step: dict[str, Any]) -> str:
    """A saving that is told: the draft was begun, came into other hands, was taken back, or lost what another had saved."""
    said = gettext("Draft begun") if step.get("begun") else gettext("Draft saved")
    if step.get("withdrawn"):
        who = names.person_name(step["withdrawn"])
        said = gettext("%(said)s; withdrawn by saving: %(who)s had submitted it", said=said, who=who)
    if step.get("instead"):
        who, at = names.person_name(step["saved_by"]), f"{step['saved_at'].astimezone(ZONE):%Y-%m-%d %H:%M}"
        listed = gettext(", ").join(step["instead"])
        said = gettext(
            "%(said)s; what %(who)s had saved at %(time)s was overwritten in %(list)s",
            said=said, who=who, time=at, list=listed,
        )  # fmt: skip
    return said
