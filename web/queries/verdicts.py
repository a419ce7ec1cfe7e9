"""The verdict on a case in words: what was checked, or what contradicts the record, where and since when."""

from __future__ import annotations

from flask_babel import gettext

import engine
from web.i18n import mark as _

KINDS = {
    "chain": _("An entry of the history was changed, removed, inserted or moved"),
    "mac": _("An entry was not written by this office"),
    "head": _("Entries at the end of the history are missing"),
    "key": _("The key of the case's personal data was exchanged"),
    "definition": _("The process is not the version that the case was begun with"),
    "calendar": _("The business calendar was changed afterwards"),
    "rows": _("A row of the office does not follow from the history"),
    "steps": _("Run again, the engine comes to something else"),
    "state": _("The stored state is not the one the history leads to"),
    "ledger": _("Money and history do not agree"),
    "missing": _("A case is gone"),
}


def said(verdict: engine.Verdict) -> list[str]:
    """One sentence when all is well, else one for every deviation."""
    if verdict.deviations:
        return [_deviation(one) for one in verdict.deviations]
    if verdict.erased:
        return [
            gettext(
                "Chain verified: %(count)s entries. The personal data were erased, so nothing else can be checked.",
                count=verdict.entries,
            )
        ]
    return [
        gettext(
            "Verified: %(count)s entries; chain, signatures, rows, re-execution and ledger agree.",
            count=verdict.entries,
        )
    ]


def _deviation(one: engine.Deviation) -> str:
    return gettext("%(kind)s, since entry %(seq)s: %(what)s", kind=gettext(KINDS[one.kind]), seq=one.seq, what=one.what)


def readable(verdict: engine.Verdict) -> bool:
    """Whether the history can be told at all: its chain holds."""
    return not any(one.kind in ("chain", "key", "head") for one in verdict.deviations)
