"""The verdict on a case in words: what was checked, or what contradicts the record, where and since when."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext

import engine
from office import masking
from web.i18n import exact
from web.i18n import mark as _
from web.queries.names import person_name

KINDS = {
    "chain": _("An entry of the history was changed, removed, inserted or moved"),
    "columns": _("What stands beside an entry is not what was signed in it"),
    "mac": _("An entry was not written by this office"),
    "head": _("Entries at the end of the history are missing"),
    "key": _("The key of the case's personal data is not the one that belongs to the case"),
    "cell": _("Something stands in a place of a table where it cannot stand"),
    "unverifiable": _("Something cannot be verified"),
    "definition": _("The process is not the version that the case was begun with"),
    "calendar": _("The business calendar was changed afterwards"),
    "rows": _("A row of the office does not follow from the history"),
    "steps": _("Run again, the engine comes to something else"),
    "state": _("The stored state is not the one the history leads to"),
    "lines": _("What was given of a line does not agree with what is kept of it"),
    "ledger": _("Money and history do not agree"),
    "missing": _("A case is gone"),
}


def said(verdict: engine.Verdict) -> list[str]:
    """One sentence when all is well, else one for every deviation."""
    if verdict.deviations:
        return contradictions(verdict.deviations)
    if verdict.erasure is not None:
        return [
            gettext(
                "Verified: %(count)s entries; chain, signatures, rows and ledger agree. The personal data were erased on %(at)s by %(by)s (%(why)s), so the engine cannot be run again.",
                count=verdict.entries,
                at=exact(verdict.erasure.at),
                by=person_name(verdict.erasure.by),
                why=masking.masked(verdict.erasure.reason),
            )
        ]
    return [
        gettext(
            "Verified: %(count)s entries; chain, signatures, rows, re-execution and ledger agree.",
            count=verdict.entries,
        )
    ]


def contradictions(found: Iterable[engine.Deviation | engine.Doubt]) -> list[str]:
    """One sentence for every deviation."""
    return [_deviation(one) for one in found]


def _deviation(one: engine.Deviation | engine.Doubt) -> str:
    if not one.what:
        return gettext("%(kind)s, since entry %(seq)s", kind=gettext(KINDS[one.kind]), seq=one.seq)
    return gettext("%(kind)s, since entry %(seq)s: %(what)s", kind=gettext(KINDS[one.kind]), seq=one.seq, what=one.what)
