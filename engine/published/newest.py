"""What the newest version of a process says: when it begins by itself, and what its decisions come to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.language import feel
from engine.language.decisions import Outcome
from engine.published import versions
from engine.runtime.calendars import calendar


def start_timer(key: str) -> str:
    """Return when the newest version of a process begins, in FEEL over the present; empty for one that is begun by somebody, or not published."""
    try:
        elements = versions.current(key).elements.values()
    except versions.UnknownProcess:
        return ""
    return next((element.timer for element in elements if element.type == "startEvent" and element.parent == key), "")


def decide(key: str, decision_id: str, variables: dict[str, Any], *, at: datetime) -> Outcome:
    """Evaluate a decision of the newest version of a process. Errors: UnknownProcess, MissingFile."""
    scope = feel.Scope(at=at, calendar=calendar())
    return versions.current(key).decision(decision_id).evaluate(variables, scope)
