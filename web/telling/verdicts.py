"""The verdict on a case in words: what was checked, or what contradicts the record, where and since when."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask_babel import gettext

from engine import proof
from office import masking
from web.telling.i18n import exact
from web.telling.i18n import mark as _
from web.telling.names import person_name

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
    "reviews": _("What was drawn to be looked at again is not what has to be drawn"),
    "lines": _("What was given of a line does not agree with what is kept of it"),
    "ledger": _("Money and history do not agree"),
    "missing": _("A case is gone"),
}

SAID_BY_THE_KIND = frozenset(
    (
        "columns differ from the signed body",
        "not signed by this office",
        "the stored state is not the one that the history leads to",
        "the key of the case does not open",
    )
)
ROW = re.compile(
    r"(?P<table>[a-z_]+) (?P<row>[^:]+?)(?P<end>: .*| is missing| belongs to no recorded (?:step|service call))"
)
ENDS = {
    " is missing": _("%(row)s is missing"),
    " belongs to no recorded step": _("%(row)s belongs to no step of the record"),
    " belongs to no recorded service call": _("%(row)s belongs to no service call of the record"),
}
TABLES = {
    "user_task": _("task"),
    "timer": _("timer"),
    "message_subscription": _("awaited message"),
    "incident": _("incident"),
    "complaint": _("complaint"),
    "outbox_message": _("message to the customer"),
    "department_notice": _("notice to a department"),
    "case_request": _("request"),
    "customer_try": _("try to reach the customer"),
    "refund": _("refund"),
    "credit_note": _("credit note"),
    "late_fee_waiver": _("late-fee waiver"),
    "charge_hold": _("hold"),
    "secondary_pricing_item": _("secondary-pricing item"),
    "authority_grant": _("grant"),
}


def said(verdict: proof.Verdict) -> list[str]:
    """Return one sentence when all is well, else one for every deviation."""
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


def contradictions(deviations: Iterable[proof.Deviation | proof.Doubt]) -> list[str]:
    """Return one sentence for every deviation."""
    return [_deviation(deviation) for deviation in deviations]


def _deviation(deviation: proof.Deviation | proof.Doubt) -> str:
    place = _where(deviation.what)
    if not place:
        return gettext("%(kind)s, since entry %(seq)s", kind=gettext(KINDS[deviation.kind]), seq=deviation.seq)
    return gettext(
        "%(kind)s, since entry %(seq)s: %(what)s", kind=gettext(KINDS[deviation.kind]), seq=deviation.seq, what=place
    )


def _where(path: str) -> str:
    """Return which row and which column, the row by its word; what the kind has said already is not said again."""
    if path in SAID_BY_THE_KIND:
        return ""
    row = ROW.fullmatch(path)
    if row is None or row["table"] not in TABLES:
        return path
    row_name = f"{gettext(TABLES[row['table']])} {row['row']}"
    if row["end"] in ENDS:
        return gettext(ENDS[row["end"]], row=row_name)
    return f"{row_name}{row['end']}"
