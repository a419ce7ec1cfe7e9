"""What the desk suggested for a complaint and why, in words: a process only where it was sure of one, as the intake showed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import definitions, proof
from models.complaint import Complaint
from office import intake
from web.telling.i18n import gettext, in_language
from web.telling.i18n import mark as _
from web.telling.names import process_name

TOPIC = "classification/suggest"
VERDICT = frozenset({"process", "confidence", "alternatives"})
FACTS = {
    "word": _("The customer says “%(word)s”"),
    "border_roaming": _("%(count)s pairs of calls in 30 days change place as no traveller does"),
    "ultra_short": _("%(count)s long-distance calls of 3 seconds or less in 30 days"),
    "orphan_monternet": _("%(count)s Monternet charges after suspension, cancellation or change"),
    "recharge_card": _("%(count)s recharge cards were loaded onto this invalid or cancelled number"),
    "bank_payment": _("%(count)s payments at a bank were not posted to this number"),
    "own_balance": _("The number is cancelled and still has prepayment of its holder"),
    "direct_debit": _("%(count)s direct debits failed in 90 days"),
    "service_order": _("%(count)s service orders of 180 days were not keyed in as agreed"),
}


def in_words(suggestion: Mapping[str, Any], definition: definitions.Definition | None = None) -> str:
    """Return a suggestion as it was recorded: `process`, `confidence` in per cent and, where they are known, `alternatives`."""
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


def is_reason(entry: Any) -> bool:
    """Tell whether something recorded is one of the reasons of a suggestion."""
    return isinstance(entry, Mapping) and {"process", "kind", "points"} <= entry.keys()


def reason(entry: Mapping[str, Any]) -> str:
    """Return one reason of a suggestion as it was recorded; earlier versions recorded it in both languages, and there it stays as it was."""
    if entry.get("text"):
        return in_language(str(entry["text"]), str(entry.get("text_en") or ""))
    if entry["kind"] not in FACTS:
        return gettext("No word that is known here and no record points to a process; please choose one")
    fact = gettext(FACTS[entry["kind"]], word=entry.get("word") or "", count=entry.get("count") or 0)
    return gettext("%(fact)s, which points to “%(process)s”", fact=fact, process=process_name(str(entry["process"])))


def reasons(entries: Any) -> str:
    """Return all reasons of a suggestion in one line."""
    return gettext("; ").join(reason(entry) for entry in entries or () if is_reason(entry))


def _likely(candidate: Mapping[str, Any], definition: definitions.Definition | None) -> str:
    return f"{process_name(str(candidate.get('process') or ''), definition)} · {candidate['confidence']} %"


def of_complaint(complaint: Complaint, history: proof.CaseHistory) -> str:
    """Return what was suggested when a case was taken in; the alternatives as far as the part of its history shown holds them."""
    recorded = (
        step["result"]
        for entry in history.entries
        for step in entry.steps
        if step["type"] == "job_completed" and step["topic"] == TOPIC
    )
    suggestion: Mapping[str, Any] | None = next((result for result in recorded if isinstance(result, Mapping)), None)
    of_row = {"process": complaint.suggested_process, "confidence": complaint.confidence}
    return in_words(suggestion or of_row, history.definition)
