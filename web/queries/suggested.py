"""What the desk suggested for a complaint, in words: a process only where it was sure of one, as the intake showed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

import engine
from models.complaint import Complaint
from office import intake
from web.queries.names import process_name

TOPIC = "classification/suggest"
VERDICT = frozenset({"process", "confidence", "alternatives"})


def in_words(found: Mapping[str, Any], definition: engine.Definition | None = None) -> str:
    """A suggestion as it was recorded: `process`, `confidence` in per cent and, where they are known, `alternatives`."""
    likely = [
        one
        for one in (found, *(found.get("alternatives") or ()))
        if isinstance(one.get("confidence"), int) and one["confidence"]
    ]
    if not likely:
        return gettext("nothing was recognised")
    if likely[0]["confidence"] >= intake.SURE:
        return _likely(likely[0], definition)
    shown = gettext("; ").join(_likely(one, definition) for one in likely[: intake.MOST_SHOWN])
    return gettext("not sure enough to suggest one; most likely were: %(processes)s", processes=shown)


def _likely(one: Mapping[str, Any], definition: engine.Definition | None) -> str:
    return f"{process_name(str(one.get('process') or ''), definition)} · {one['confidence']} %"


def of_complaint(complaint: Complaint, told: engine.CaseHistory) -> str:
    """What was suggested when a case was taken in; the alternatives as far as the part of its history shown holds them."""
    recorded = (step.get("result") for entry in told.entries for step in entry.steps if step.get("topic") == TOPIC)
    found = next((one for one in recorded if isinstance(one, Mapping)), None)
    kept = {"process": complaint.suggested_process, "confidence": complaint.confidence}
    return in_words(found or kept, told.definition)
