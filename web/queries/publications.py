"""What was done with a process definition, as sentences: submitted, given back, approved, published, rolled back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext

import engine

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


def _text(step: dict[str, Any]) -> str:
    if step["type"] == "definition_published":
        if step.get("restores"):
            return gettext(
                "Version %(version)s published: the content of version %(former)s again",
                version=step["version"],
                former=step["restores"],
            )
        return gettext("Version %(version)s published", version=step["version"])
    differing = len(step.get("differing") or ())
    known = {
        "draft_submitted": gettext("Draft submitted for approval"),
        "draft_approved": gettext("Draft approved"),
        "draft_returned": gettext("Draft given back"),
    }
    said = known.get(step["type"], step["type"])
    if differing:
        said = gettext("%(said)s; %(n)s scenarios differ from what was agreed, as meant", said=said, n=differing)
    if step.get("warnings"):
        said = gettext("%(said)s; with %(n)s warnings", said=said, n=step["warnings"])
    return said
