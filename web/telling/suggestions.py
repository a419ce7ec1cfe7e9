"""What the desk suggested for a complaint, in words: a process only where it was sure of one, as the intake showed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from engine import definitions, proof
from models.complaint import Complaint
from office import intake
from web.telling.names import process_name

TOPIC = "classification/suggest"
VERDICT = frozenset({"process", "confidence", "alternatives"})


def in_words(suggestion: Mapping[str, Any], definition: definitions.Definition | None = None) -> str:
    """A suggestion as it was recorded: `process`, `confidence` in per cent and, where they are known, `alternatives`."""
    likely = [
        candidate
        for candidate in (suggestion, *(suggestion.get("alternatives") or ()))
        if isinstance(candidate.get("confidence"), int) and candidate["confidence"]
    ]
    if not likely:
        return gettext("nothing was recognised")
    if likely[0]["confidence"] >= intake.SURE:
        return _likely(likely[0], definition)
    listing = gettext("; ").join(_likely(candidate, definition) for candidate in likely[: intake.MOST_SHOWN])
    return gettext("not sure enough to suggest one; most likely were: %(processes)s", processes=listing)


def _likely(candidate: Mapping[str, Any], definition: definitions.Definition | None) -> str:
    return f"{process_name(str(candidate.get('process') or ''), definition)} · {candidate['confidence']} %"


def of_complaint(complaint: Complaint, history: proof.CaseHistory) -> str:
    """What was suggested when a case was taken in; the alternatives as far as the part of its history shown holds them."""
    recorded = (step.get("result") for entry in history.entries for step in entry.steps if step.get("topic") == TOPIC)
    suggestion = next((result for result in recorded if isinstance(result, Mapping)), None)
    of_row = {"process": complaint.suggested_process, "confidence": complaint.confidence}
    return in_words(suggestion or of_row, history.definition)
