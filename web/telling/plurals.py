"""English says one thing otherwise than several; Chinese does not, so that the catalogue of texts knows one wording only, the one for several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COUNTED = ("n", "count", "limit")
ONE = {
    "%(count)s elements were not drawn; the whole diagram was drawn anew. Please look it through.": "One element was not drawn; the whole diagram was drawn anew. Please look it through.",
    "%(count)s events": "1 event",
    "%(count)s pairs of calls in 30 days change place as no traveller does": "1 pair of calls in 30 days changes place as no traveller does",
    "%(count)s long-distance calls of 3 seconds or less in 30 days": "1 long-distance call of 3 seconds or less in 30 days",
    "%(count)s Monternet charges after suspension, cancellation or change": "1 Monternet charge after suspension, cancellation or change",
    "%(count)s recharge cards were loaded onto this invalid or cancelled number": "1 recharge card was loaded onto this invalid or cancelled number",
    "%(count)s payments at a bank were not posted to this number": "1 payment at a bank was not posted to this number",
    "%(count)s direct debits failed in 90 days": "1 direct debit failed in 90 days",
    "%(count)s service orders of 180 days were not keyed in as agreed": "1 service order of 180 days was not keyed in as agreed",
    "%(count)s more are not shown; look for them, or tick them all at once.": "1 more is not shown; look for it, or tick all at once.",
    "%(n)s differ from what was agreed": "1 differs from what was agreed",
    "%(n)s scenarios differ from what was agreed; above stands how. If this is meant, tick it below and repeat; if not, change the draft.": "One scenario differs from what was agreed; above stands how. If this is meant, tick it below and repeat; if not, change the draft.",
    "%(n)s scenarios have not been played on the draft as it is now. Have them played above, then repeat; what you typed is kept.": "One scenario has not been played on the draft as it is now. Have it played above, then repeat; what you typed is kept.",
    "%(n)s scenarios differed from what was agreed": "one scenario differed from what was agreed",
    "%(n)s warnings stood beside it": "one warning stood beside it",
    "%(n)s days": "1 day",
    "%(n)s elements stand elsewhere on the drawing": "1 element stands elsewhere on the drawing",
    "%(n)s files are in the draft now.": "One file is in the draft now.",
    "%(n)s hours": "1 hour",
    "%(n)s minutes": "1 minute",
    "The last try was less than an hour ago and counts as the same. Please try again in %(n)s minutes.": "The last try was less than an hour ago and counts as the same. Please try again in one minute.",
    "%(n)s steps so far": "1 step so far",
    "%(said)s; %(n)s scenarios differ from what was agreed, as meant": "%(said)s; one scenario differs from what was agreed, as meant",
    "%(said)s; with %(n)s warnings": "%(said)s; with one warning",
    "The newest %(n)s steps are shown.": "The newest step is shown.",
    "Too many wrong passwords. Try again in %(n)s minutes.": "Too many wrong passwords. Try again in one minute.",
    "At least %(limit)s characters.": "At least one character.",
    "At most %(limit)s lines can be picked at once.": "At most one line can be picked at once.",
    "At most %(limit)s characters.": "At most one character.",
    "At most %(limit)s decimals.": "At most one decimal.",
    "This case has %(count)s entries, which are being verified.": "This case has one entry, which is being verified.",
    "Verified: %(count)s entries; chain, signatures, rows and ledger agree. The personal data were erased on %(at)s by %(by)s (%(why)s), so the engine cannot be run again.": "Verified: one entry; chain, signatures, rows and ledger agree. The personal data were erased on %(at)s by %(by)s (%(why)s), so the engine cannot be run again.",
    "Verified: %(count)s entries; chain, signatures, rows, re-execution and ledger agree.": "Verified: one entry; chain, signatures, rows, re-execution and ledger agree.",
    "within %(count)s working days": "within one working day",
}


def fitting(text: str, values: Mapping[str, Any]) -> str:
    """Return the wording for one, when one thing is counted and there is such a wording."""
    return ONE.get(text, text) if any(str(values.get(name)) == "1" for name in COUNTED) else text
