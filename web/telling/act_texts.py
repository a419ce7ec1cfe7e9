"""Acts on a case outside its steps in words: who said it and how, what came of it, and why it was asked for."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from models.acts import RequestState
from office import reviews, work_orders
from web.telling.i18n import mark as _
from web.telling.i18n import withheld

SAID_BY = {
    "customer": _("the customer"),
    "holder": _("the holder of the number"),
    "agent": _("somebody in the customer's name"),
}
HEARD = {"counter": _("at the counter"), "phone": _("by phone"), "letter": _("by letter")}
TOLD = {"sms": _("by text message"), "phone": _("by phone"), "counter": _("at the counter"), "letter": _("by letter")}
TOLD_OF_ERROR = {"nobody": _("not told: nothing was said of this case")} | TOLD
TRIED = {"phone": _("by phone"), "sms": _("by text message"), "visit": _("at home"), "letter": _("by letter")}
OUTCOMES = {
    "withdrawn": _("withdrawn by the customer"),
    "voided": _("void: entered in error by the office"),
    "not_reached": _("closed: the customer was not reached"),
}
STATES: dict[str, str] = {
    RequestState.ASKED: _("waits for an answer"),
    RequestState.AGREED: _("waits for the second person"),
    RequestState.GRANTED: _("granted"),
    RequestState.REFUSED: _("refused"),
    RequestState.LAPSED: _("lapsed with the case"),
}


# What the office itself writes as a reason is a code in the record, worded for whoever reads it; records of earlier versions hold a sentence.
OURS = {
    reviews.REASON: _("found wrong when it was looked at again the next day"),
    work_orders.NOBODY_WAITS: _("no complaint waits for its answer any more"),
}


def reason(text: Any) -> str:
    """Return why something was asked for or ended, as it was said, or in the words of the page where the office wrote it."""
    masked = withheld(text)
    return gettext(OURS[masked]) if masked in OURS else str(masked or "")


def outcome_text(code: str) -> str:
    """Return what an act outside the steps ended a case with, in the words of every page."""
    return gettext(OUTCOMES[code]) if code in OUTCOMES else code
